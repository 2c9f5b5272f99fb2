-- Alerts: what was decided to be told, to whom, and what came of it.

create table alerts (
    alert_id varchar not null,
    rule varchar not null,
    kind varchar not null,
    topic_id varchar,
    story_id varchar,
    article_id varchar,
    revision integer,
    feed_id varchar,
    headline varchar not null,
    passage varchar,
    reason varchar not null,
    created_at timestamptz not null,
    due_at timestamptz not null,
    message_id varchar not null,
    next_attempt_at timestamptz,
    sent_at timestamptz,
    channel varchar,
    attempt_count integer not null,
    outcome varchar not null,
    error varchar
);

comment on table alerts is 'One row per alert: decided once, sent at least once. The outbox, too: what is pending is still to be sent.';
comment on column alerts.alert_id is 'Derived from the rule and what it is about, so that deciding twice gives one row.';
comment on column alerts.rule is 'Name of the rule in the watchlist.';
comment on column alerts.kind is 'new story, edit, spike or feed failing.';
comment on column alerts.topic_id is 'The topic; see topics. Null: the alert is about no topic.';
comment on column alerts.story_id is 'The story as it was when this was decided; story_aliases tells what it is now. Null: the alert is about no story.';
comment on column alerts.article_id is 'The article that is shown; see articles. Null: the alert is about no article.';
comment on column alerts.revision is 'Of an edit, the revision it made; else null.';
comment on column alerts.feed_id is 'The feed that fails; see feeds. Else null.';
comment on column alerts.headline is 'Title of the article, or address of the feed.';
comment on column alerts.passage is 'The sentence that matched best; of an edit what was changed; of a feed what is wrong. Null: none.';
comment on column alerts.reason is 'Why it is told, in words.';
comment on column alerts.created_at is 'When it was decided.';
comment on column alerts.due_at is 'Not sent before: the hour of the digest, the end of the quiet hours, else created_at.';
comment on column alerts.message_id is 'Alerts with one message_id are sent together. It stands in the message and is the same when that is sent again.';
comment on column alerts.next_attempt_at is 'Not tried again before; null: not tried yet, or settled.';
comment on column alerts.sent_at is 'When the channel had taken it; null: it has not.';
comment on column alerts.channel is 'Service it went to, such as Slack or JSON; never its address. Null: not tried yet.';
comment on column alerts.attempt_count is 'How many times it was tried.';
comment on column alerts.outcome is 'pending, sent, failed (given up), or skipped (not worth telling any more; error says why).';
comment on column alerts.error is 'What the channel said last, or why it was skipped, in one line without secrets; null: nothing went wrong.';

create table alert_watches (
    rule varchar not null,
    kind varchar not null,
    topic_id varchar not null,
    since_at timestamptz not null,
    load_seq bigint not null
);

comment on table alert_watches is 'One row per rule and topic: from when it is watched, how far was looked. newsdesk''s own.';
comment on column alert_watches.rule is 'Name of the rule in the watchlist.';
comment on column alert_watches.kind is 'new story or edit.';
comment on column alert_watches.topic_id is 'The topic.';
comment on column alert_watches.since_at is 'When the rule looked at this topic for the first time.';
comment on column alert_watches.load_seq is 'Coverage up to this number has been looked at.';
