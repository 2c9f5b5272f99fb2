-- By what an entry is known again, where a feed has moved to, how long it may be silent.

create macro listing_key(feed_id, kind, said) as
    ('0x' || left(sha256(concat_ws(chr(31), feed_id, kind, nullif(said, ''))), 16))::ubigint;
comment on macro listing_key is '64 bits of a sha256 that stand for what a feed says of an entry (guid, link or title); compared only within the feed.';

create macro title_words(title) as
    nullif(lower(regexp_replace(nfc_normalize(title), '[^\pL\pN]+', '', 'g')), '');
comment on macro title_words is 'A title as it is compared: letters and digits in lower case; null: it has none.';

create macro bare_address(url) as
    regexp_replace(regexp_replace(url, '^https?://(www\.)?', ''), '/+$', '');
comment on macro bare_address is 'An address without what a move from http to https changes.';

create table entry_keys (
    entry_id varchar not null,
    guid_key ubigint,
    link_key ubigint,
    title_key ubigint,
    published_at timestamptz
);

comment on table entry_keys is 'One row per entry that a feed listed: by what it is known again when its guid, link or title changes.';
comment on column entry_keys.entry_id is 'The entry; see entries.';
comment on column entry_keys.guid_key is 'Stands for the guid last seen; null: none that names this entry alone.';
comment on column entry_keys.link_key is 'Stands for the link last seen; null: none that names this entry alone.';
comment on column entry_keys.title_key is 'Stands for the title last seen; null: none that names this entry alone.';
comment on column entry_keys.published_at is 'Publisher''s claim as last seen; null: none.';

-- A guid that is the entry's own address was compared under its key; others as they are.
insert into entry_keys
select
    entry_id,
    case when guid <> '' then listing_key(feed_id, 'guid', case when guid = entries.url then url_key else guid end) end,
    case when url_key <> '' then listing_key(feed_id, 'link', url_key) end,
    case when title_words(entries.title) is not null then listing_key(feed_id, 'title', title_words(entries.title)) end,
    entries.published_at
from entries
join feeds using (feed_id)
where feeds.kind is distinct from 'files';

alter table feeds add column polled_url varchar;
alter table feeds add column moved_to_url varchar;
alter table feeds add column moved_at timestamptz;
alter table feeds add column moved_poll_count integer default 0;
alter table feeds add column newest_entry_at timestamptz;
alter table feeds add column silence_limit_hours double;
alter table feeds add column alarm varchar;

comment on column feeds.url is 'Address as the watchlist writes it; see polled_url.';
comment on column feeds.polled_url is 'Address polled in its place, since the feed has moved; null: it has not.';
comment on column feeds.moved_to_url is 'Where the feed says that it has moved for good; null: it says no such thing.';
comment on column feeds.moved_at is 'First of the polls in a row that said so; null with it.';
comment on column feeds.moved_poll_count is 'How many polls in a row said so.';
comment on column feeds.newest_entry_at is 'Date of its newest entry, at most the instant it was first seen; null: none yet.';
comment on column feeds.silence_limit_hours is 'Silence longer than this is an alarm: three days, five median gaps between its last hundred entries, or the longest of them, whichever is most; null: too few to know.';
comment on column feeds.alarm is 'failing, dead, gone or silent, from when it became so until it gives something again; null: no alarm.';
comment on column entries.url is 'Link as given, made absolute, an aggregator''s replaced by the address it names; empty: the entry has no link.';
comment on column documents.http_status is 'Status of the answer; null: never an HTTP answer, but a file or the content of a feed''s entry.';
