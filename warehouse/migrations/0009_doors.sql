-- More doors than feeds: sitemaps, lists of addresses, publishers that push.

-- A check cannot be widened in place, and a table made anew would lose what other migrations added to it. The column is
-- made anew without one; checks/feed_kinds.sql of doctor guards the list from now on.
alter table feeds add column door varchar;
-- Not an update: DuckDB 1.5 refuses to commit one in the transaction that then alters the table.
alter table feeds alter column door set data type varchar using (kind);
alter table feeds drop column kind;
alter table feeds rename column door to kind;
comment on table feeds is 'One row per feed or sitemap that was ever watched, and one pseudo-feed per folder of ingested files, list of addresses, and sitemap that was read only because a feed lost entries.';
comment on column feeds.kind is 'rss, atom, rdf or json as last read; sitemap; files or list: a pseudo-feed that stands for ingested files or a list of addresses; null: not read yet.';

create table sitemap_children (
    feed_id varchar not null,
    url varchar not null,
    modified_at timestamptz,
    etag varchar,
    last_modified varchar,
    body_sha256 varchar,
    read_at timestamptz
);

comment on table sitemap_children is 'One row per sitemap that a watched index of sitemaps names and that had something new since it is watched.';
comment on column sitemap_children.feed_id is 'The index; see feeds.';
comment on column sitemap_children.url is 'Address of the child.';
comment on column sitemap_children.modified_at is 'Its last change as the index states it; null: it states none.';
comment on column sitemap_children.etag is 'Validator exactly as the server sent it; null: none.';
comment on column sitemap_children.last_modified is 'Validator exactly as the server sent it; null: none.';
comment on column sitemap_children.body_sha256 is 'sha256 of the document last read; null: none yet.';
comment on column sitemap_children.read_at is 'When it was last asked for; null: it changed and waits for its turn.';

create table subscriptions (
    feed_id varchar not null,
    hub_url varchar not null,
    topic_url varchar not null,
    state varchar not null check (state in ('found', 'asked', 'active', 'denied', 'ended', 'failed')),
    asked_at timestamptz,
    lease_until timestamptz,
    lease_seconds bigint,
    pushed_at timestamptz,
    push_count bigint not null,
    error varchar
);

comment on table subscriptions is 'One row per feed that names a hub (WebSub): whether the hub was asked to push it, and does. The secrets of it are not here but in websub.json of the home folder.';
comment on column subscriptions.feed_id is 'The feed; see feeds.';
comment on column subscriptions.hub_url is 'The hub that the feed names.';
comment on column subscriptions.topic_url is 'The feed''s own address as it names itself: what the hub knows it by.';
comment on column subscriptions.state is 'found (the feed names a hub), asked (the hub has not come back yet), active, denied (the hub refused), ended (unsubscribed), failed (the hub did not take the request).';
comment on column subscriptions.asked_at is 'Last request to the hub; null: none yet.';
comment on column subscriptions.lease_until is 'Until when the hub pushes; null: not active.';
comment on column subscriptions.lease_seconds is 'For how long the hub granted it; null: not active.';
comment on column subscriptions.pushed_at is 'Last push whose signature was right; null: none yet.';
comment on column subscriptions.push_count is 'Pushes whose signature was right.';
comment on column subscriptions.error is 'Why it is denied or failed, in words; null: it is not.';
