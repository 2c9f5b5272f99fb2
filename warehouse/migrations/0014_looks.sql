-- Looking at pages again: when, with what came of it; which publishers have one owner.

alter table documents add column etag varchar;
alter table documents add column last_modified varchar;

comment on column documents.etag is 'Validator exactly as the server sent it; null: none, or received before newsdesk kept it.';
comment on column documents.last_modified is 'Validator exactly as the server sent it; null: none, or received before newsdesk kept it.';

create table looks (
    article_id varchar not null,
    look_count integer not null,
    failure_count integer not null,
    next_look_at timestamptz,
    last_looked_at timestamptz,
    last_outcome varchar check (
        last_outcome in (
            'not_modified', 'same_bytes', 'same_text', 'edited', 'gone', 'moved', 'no_article', 'blocked', 'failed'
        )
    ),
    reason varchar,
    etag varchar,
    last_modified varchar,
    body_sha256 varchar,
    run_id varchar
);

comment on table looks is 'One row per article whose page is, or was, to be looked at again. Articles that are too old, that no watched topic covers, or that never were a page have none.';
comment on column looks.article_id is 'The article; see articles.';
comment on column looks.look_count is 'How many times its page was asked for again.';
comment on column looks.failure_count is 'Looks in a row that gave nothing to compare.';
comment on column looks.next_look_at is 'Not looked at before this instant; null: not looked at any more.';
comment on column looks.last_looked_at is 'When the last look was made; null: none yet.';
comment on column looks.last_outcome is 'What the last look came to. not_modified, same_bytes, same_text (other bytes, only furniture changed) and edited (a new revision) compare it with the text that is held; gone (404, 410), moved (another article answers), no_article (what answers is no whole article), blocked and failed have nothing to compare, and the article stays. Null: none yet.';
comment on column looks.reason is 'In words; null where the outcome says it all.';
comment on column looks.etag is 'Validator of the last answer, exactly as the server sent it; null: none.';
comment on column looks.last_modified is 'Validator of the last answer, exactly as the server sent it; null: none.';
comment on column looks.body_sha256 is 'sha256 of the last body that was compared.';
comment on column looks.run_id is 'The run that looked last; null: none yet.';

create table source_owners (
    source varchar primary key,
    owner varchar not null
);

comment on table source_owners is 'One row per publisher of which the watchlist says who owns it; publishers of one owner count once where independent ones are counted.';
comment on column source_owners.source is 'The publisher; see articles.source.';
comment on column source_owners.owner is 'Name of its owner in the watchlist.';

-- Who is behind a publisher: its owner where the watchlist names one, else itself. No owner's name is a domain.
create macro owner_of(publisher) as coalesce(
    (select owner from source_owners where source_owners.source = publisher),
    publisher
);

comment on column stories.source_count is 'Independent publishers of these: those of one owner (see source_owners) count once.';
comment on column revisions.change is 'first, edited by publisher, or re-extracted (the same page read anew, by another extractor or knowing more of its site''s furniture).';
