-- The ledger: which feeds are watched, what each poll came to, what became of every entry.

create table feeds (
    feed_id varchar primary key,
    url varchar not null,
    title varchar,
    source varchar not null,
    kind varchar check (kind in ('rss', 'atom', 'rdf', 'json', 'files')),
    currency varchar,
    is_watched boolean not null,
    is_active boolean not null,
    added_at timestamptz not null,
    last_polled_at timestamptz,
    last_success_at timestamptz,
    last_new_at timestamptz,
    next_poll_at timestamptz,
    hold_until timestamptz,
    poll_interval_minutes double,
    failure_weight double not null,
    status varchar not null,
    etag varchar,
    last_modified varchar,
    body_sha256 varchar,
    entry_count bigint
);

comment on table feeds is 'One row per feed that was ever watched, and one pseudo-feed per kind of ingested files.';
comment on column feeds.feed_id is 'Derived from the URL; stable across runs.';
comment on column feeds.url is 'Address polled, as the watchlist writes it.';
comment on column feeds.title is 'The feed''s own title; null until it was read once.';
comment on column feeds.source is 'Publisher: a registrable domain, or what the watchlist says.';
comment on column feeds.kind is 'rss, atom, rdf or json as last read; files: a pseudo-feed that stands for ingested files; null: not read yet.';
comment on column feeds.currency is 'ISO 4217 code of what a bare $ means at this source; null: by country of the domain.';
comment on column feeds.is_watched is 'True while the watchlist names this feed.';
comment on column feeds.is_active is 'True while it is polled: watched, and its publisher has not said (410) that it is gone.';
comment on column feeds.added_at is 'When newsdesk first learned of this feed.';
comment on column feeds.last_polled_at is 'Last attempt, whatever it came to; null: never polled.';
comment on column feeds.last_success_at is 'Last poll that gave a feed or said it was unchanged; null: none yet.';
comment on column feeds.last_new_at is 'Last poll that brought an entry not seen before; null: none yet.';
comment on column feeds.next_poll_at is 'Not due before this instant; null: due at once.';
comment on column feeds.hold_until is 'The server asked (429, 503) not to be asked before this instant, due or not; null: no such wish.';
comment on column feeds.poll_interval_minutes is 'Pace learned for this feed, in minutes; null: not polled yet.';
comment on column feeds.failure_weight is 'Sum of weighted failures in a row; 0 after a success.';
comment on column feeds.status is 'Short word for its state after the last poll; new: not polled yet. feed_health says it in words.';
comment on column feeds.etag is 'Validator exactly as the server sent it; null: none.';
comment on column feeds.last_modified is 'Validator exactly as the server sent it; null: none.';
comment on column feeds.body_sha256 is 'sha256 of the last document read; null: none yet.';
comment on column feeds.entry_count is 'Entries in the last document read; null: none yet. For files: files ever ingested are in entries.';

create table polls (
    poll_id varchar not null,
    feed_id varchar not null,
    run_id varchar not null,
    polled_at timestamptz not null,
    http_status smallint,
    outcome varchar not null,
    entry_count bigint not null,
    new_entry_count bigint not null,
    is_window_overrun boolean not null,
    body_bytes bigint not null,
    duration_seconds double not null,
    error varchar
);

comment on table polls is 'One row per attempt to read a feed.';
comment on column polls.poll_id is 'Derived from feed and instant; loading the same poll twice gives one row.';
comment on column polls.feed_id is 'The feed; see feeds.';
comment on column polls.run_id is 'The run that polled; see runs.';
comment on column polls.polled_at is 'When the attempt began.';
comment on column polls.http_status is 'Status of the last answer; null: there was no answer.';
comment on column polls.outcome is 'changed, unchanged, not_a_feed, http_error, gone or failed.';
comment on column polls.entry_count is 'Entries in the document; 0 where none was read.';
comment on column polls.new_entry_count is 'Of these, entries not seen before.';
comment on column polls.is_window_overrun is 'True where not one entry was known although an earlier poll succeeded: entries were probably lost between the two.';
comment on column polls.body_bytes is 'Bytes of the decoded body; 0 where there was none.';
comment on column polls.duration_seconds is 'Seconds the attempt took.';
comment on column polls.error is 'One line in words; null after a success.';

create table entries (
    entry_id varchar not null,
    feed_id varchar not null,
    guid varchar,
    url varchar not null,
    url_key varchar not null,
    title varchar,
    summary varchar,
    content_html varchar,
    authors varchar[] not null,
    published_at timestamptz,
    published_raw varchar,
    first_seen_at timestamptz not null,
    first_seen_run_id varchar,
    outcome varchar not null check (
        outcome in (
            'pending', 'stored', 'duplicate', 'unchanged', 'too_short', 'not_article',
            'paywalled', 'blocked', 'gone', 'unsupported', 'failed'
        )
    ),
    outcome_reason varchar,
    outcome_at timestamptz,
    attempt_count integer not null,
    next_attempt_at timestamptz,
    article_id varchar,
    document_sha256 varchar,
    run_id varchar
);

comment on table entries is 'The ledger: one row per entry that was ever found, with exactly one outcome.';
comment on column entries.entry_id is 'Derived from feed and guid (or link, or title); stable across runs.';
comment on column entries.feed_id is 'The feed that listed it; see feeds.';
comment on column entries.guid is 'The publisher''s id of the entry; null: it gave none.';
comment on column entries.url is 'Link as given, made absolute; empty: the entry has no link.';
comment on column entries.url_key is 'Key under which two spellings of one address meet.';
comment on column entries.title is 'Title in the feed; null: none.';
comment on column entries.summary is 'Plain text of the feed''s summary; null: none.';
comment on column entries.content_html is 'The feed''s own full content as HTML; null: it carries none.';
comment on column entries.authors is 'Authors as the feed names them; empty: none.';
comment on column entries.published_at is 'Publisher''s claim, may be wrong or in the future; null: absent or unreadable.';
comment on column entries.published_raw is 'The claim as written; null: absent.';
comment on column entries.first_seen_at is 'When newsdesk first saw it in its feed.';
comment on column entries.first_seen_run_id is 'The run that found it; null: unknown.';
comment on column entries.outcome is 'What became of it: pending, stored, duplicate, unchanged, too_short, not_article, paywalled, blocked, gone, unsupported or failed.';
comment on column entries.outcome_reason is 'In words; null where the outcome says it all.';
comment on column entries.outcome_at is 'When the last attempt ended; null: not tried yet.';
comment on column entries.attempt_count is 'How many times it was tried.';
comment on column entries.next_attempt_at is 'Not tried again before this instant; null: no wait, or finished.';
comment on column entries.article_id is 'The article it led to; null: none. Set for stored, duplicate and unchanged.';
comment on column entries.document_sha256 is 'What the last attempt received; null: nothing, or it was not fetched.';
comment on column entries.run_id is 'The run that recorded the outcome; null: not tried yet.';

create table runs (
    run_id varchar primary key,
    flow varchar not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    state varchar not null check (state in ('running', 'completed', 'failed', 'cancelled', 'crashed')),
    newsdesk_version varchar not null,
    extractor_version varchar not null,
    watchlist_sha256 varchar,
    entry_count bigint not null,
    stored_count bigint not null,
    failed_count bigint not null,
    process varchar not null
);

comment on table runs is 'One row per run of a flow or command; its id is the provenance of what it wrote.';
comment on column runs.run_id is 'Id of the run.';
comment on column runs.flow is 'What ran: poll, collect, ingest and so on.';
comment on column runs.started_at is 'When it began.';
comment on column runs.ended_at is 'When it ended; for a crashed run, when that was noticed; null: still running.';
comment on column runs.state is 'running, completed, failed, cancelled, or crashed (its process died without a word).';
comment on column runs.newsdesk_version is 'Version of newsdesk that ran.';
comment on column runs.extractor_version is 'Version of the extractor that read the pages.';
comment on column runs.watchlist_sha256 is 'sha256 of the watchlist used; null: it used none.';
comment on column runs.entry_count is 'Entries whose attempt this run recorded.';
comment on column runs.stored_count is 'Of these, entries that became a new article.';
comment on column runs.failed_count is 'Of these, entries that failed.';
comment on column runs.process is 'Host, process id and start mark; tells a dead run from one that is slow.';

create table archives (
    warc_file varchar primary key,
    committed_bytes bigint not null
);

comment on table archives is 'One row per WARC file: how much of it the warehouse refers to.';
comment on column archives.warc_file is 'Path below raw/ in the home folder.';
comment on column archives.committed_bytes is 'Bytes up to the end of the last record loaded; what follows was written by a killed run and may be cut.';

-- A row, not a DuckDB sequence: it rolls back with its transaction, so a killed load leaves no trace.
create table load_sequence (last_load_seq bigint not null);
insert into load_sequence values (0);

comment on table load_sequence is 'One row: the highest load_seq given so far.';
comment on column load_sequence.last_load_seq is 'Grows by one with every article, and with every coverage found later; never falls.';
