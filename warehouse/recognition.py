"""
Recognise the entries of a feed that were listed before, whatever its publisher changed of them.

Guids change with every poll, links get tracking parameters and new slugs, titles are edited, a guid is given to another
article. So an entry is known by three keys (guid, link, title) and its date, and no single one is believed:

- the same guid, unless link, title and date all say that it is another article
- the same link, unless guid, title and date all say so (postings of a live blog)
- the same title with the same date; without dates, where a feed's guids and links are new although its titles are known

A key that stands on several entries of one document names none of them. Two entries of one document are never one.

Source: the publisher faults and the shares are those of a simulation (13 faults, 60 articles, 20 polls each), in which
layered keys lost and doubled none; guids alone doubled up to 283 or lost 59.
"""

from collections.abc import Mapping
from typing import Any

import duckdb

from extractors.identity import entry_id
from extractors.model import ParsedEntry, PolledFeed
from warehouse.staging import INSTANT, INTEGER, TEXT, TEXTS

#: Entries of a document, without dates and with titles that are known in this share and guids or links that are known
#: in less than that share: its publisher makes guids and links anew for every answer.
_KNOWN_TITLES_SHARE = 0.5
_KNOWN_ADDRESSES_SHARE = 0.2
#: A smaller document with a title like "Weather" would look the same.
_CHURN_ENTRIES = 5

LISTED = {
    "poll_id": TEXT, "feed_id": TEXT, "polled_at": INSTANT, "entry_id": TEXT, "other_id": TEXT, "guid": TEXT,
    "guid_key": TEXT, "link_key": TEXT, "url": TEXT, "url_key": TEXT, "title": TEXT, "summary": TEXT,
    "content_html": TEXT, "authors": TEXTS, "published_at": INSTANT, "published_raw": TEXT, "ordinal": INTEGER,
}  # fmt: skip


def listed_rows(poll: PolledFeed, *, poll_id: str) -> list[Mapping[str, Any]]:
    """Return the rows of the entries that *poll* listed, to be staged as ``listed`` under the schema ``LISTED``."""
    entries = poll.parsed.entries if poll.parsed else ()
    extra = {"poll_id": poll_id, "feed_id": poll.feed_id, "polled_at": poll.polled_at}
    return [
        {name: getattr(entry, name) for name in ParsedEntry.__dataclass_fields__}
        | extra
        | {"ordinal": ordinal, "other_id": _other_id(poll.feed_id, entry)}
        | {
            "guid_key": entry.guid if entry.guid_key is None else entry.guid_key,
            "link_key": entry.url_key if entry.link_key is None else entry.link_key,
        }
        for ordinal, entry in enumerate(entries)
    ]


def recognise(con: duckdb.DuckDBPyConnection) -> None:
    """
    Make two temporary tables: ``recognised``, what of ``listed`` the ledger has, and ``fresh_entries``, the others.

    Columns of both: poll_id, ordinal (of the listed entry), entry_id (of the ledger). ``listed`` may hold one poll a
    feed.
    """
    con.execute(_LISTED_KEYS)
    con.execute(_RECOGNISED, [_CHURN_ENTRIES, _KNOWN_TITLES_SHARE, _KNOWN_ADDRESSES_SHARE])
    con.execute(_FRESH)


def remember(con: duckdb.DuckDBPyConnection, *, run_id: str) -> None:
    """Add ``fresh_entries`` to the ledger as pending; keep the keys of all listed entries as last seen."""
    con.execute(_CHANGED)
    if con.execute("select count(*) from changed_keys").fetchone() != (0,):
        con.execute(_CHANGE_KEYS)
    if con.execute("select count(*) from recognised where is_moved").fetchone() != (0,):
        con.execute(_READDRESS)
    con.execute(_ADD_ENTRIES, [run_id])
    con.execute(_ADD_KEYS)


def recognise_nothing(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``fresh_entries`` empty: most polls find nothing changed, and need not be compared with the ledger."""
    con.execute("create or replace temp table fresh_entries (poll_id varchar)")


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the temporary tables."""
    for table in ("listed_keys", "recognised", "fresh_entries", "changed_keys"):
        con.execute(f"drop table if exists {table}")


def _other_id(feed: str, entry: ParsedEntry) -> str:
    """Return the id of an entry whose own is taken: its guid once named another article."""
    return entry_id(feed, "\x1f".join(("", entry.guid or "", entry.url, entry.title or "", entry.published_raw or "")))


# A key that stands on several entries of the document is null: it names none.
_LISTED_KEYS = """
create or replace temp table listed_keys as
with keyed as (
    select
        poll_id, ordinal, entry_id, other_id, url, url_key, published_at,
        case when guid_key <> '' then listing_key(feed_id, 'guid', guid_key) end as guid_key,
        case when link_key <> '' then listing_key(feed_id, 'link', link_key) end as link_key,
        case when title_words(title) is not null then listing_key(feed_id, 'title', title_words(title)) end
            as title_key
    from listed
)
select * replace (
    case when count(*) over (partition by poll_id, guid_key) = 1 then guid_key end as guid_key,
    case when count(*) over (partition by poll_id, link_key) = 1 then link_key end as link_key,
    case when count(*) over (partition by poll_id, title_key) = 1 then title_key end as title_key
)
from keyed
"""

_RECOGNISED = """
create or replace temp table recognised as
with held as materialized (
    select *
    from entry_keys
    where guid_key in (select guid_key from listed_keys where guid_key is not null)
        or link_key in (select link_key from listed_keys where link_key is not null)
        or title_key in (select title_key from listed_keys where title_key is not null)
), candidates as (
    select poll_id, ordinal, held.entry_id from listed_keys join held using (guid_key)
    union
    select poll_id, ordinal, held.entry_id from listed_keys join held using (link_key)
    union
    select poll_id, ordinal, held.entry_id from listed_keys join held using (title_key)
), compared as (
    select
        candidates.*,
        coalesce(seen.guid_key = held.guid_key, false) as same_guid,
        coalesce(seen.link_key = held.link_key, false) as same_link,
        coalesce(seen.title_key = held.title_key, false) as same_title,
        coalesce(seen.published_at = held.published_at, false) as same_date,
        seen.guid_key is null or held.guid_key is null as no_guid,
        seen.link_key is null or held.link_key is null as no_link,
        seen.title_key is null or held.title_key is null as no_title,
        seen.published_at is null or held.published_at is null as no_date
    from candidates
    join listed_keys as seen using (poll_id, ordinal)
    join held on held.entry_id = candidates.entry_id
), sizes as (
    select poll_id, count(*) as entry_count from listed_keys group by poll_id
), churning as (
    select poll_id
    from compared
    join sizes using (poll_id)
    group by poll_id, entry_count
    having entry_count >= ?
        and count(distinct ordinal) filter (same_title) >= ?::double * entry_count
        and count(distinct ordinal) filter (same_guid or same_link) < ?::double * entry_count
), accepted as (
    select
        poll_id, ordinal, entry_id, not no_link and not same_link as is_moved,
        same_guid::integer + same_link::integer + same_title::integer + same_date::integer as agreement
    from compared
    where (same_guid and (same_link or same_title or same_date or no_link or no_title))
        or (same_link and (same_guid or same_title or same_date or no_guid))
        or (same_title and (same_date or (no_date and poll_id in (from churning))))
), best as (
    from accepted
    qualify row_number() over (partition by poll_id, ordinal order by agreement desc, entry_id) = 1
)
select poll_id, ordinal, entry_id, is_moved
from best
qualify row_number() over (partition by entry_id order by agreement desc, ordinal) = 1
"""

# An entry whose id is taken, by the article that its guid once named, gets another one.
_FRESH = """
create or replace temp table fresh_entries as
with unknown as (
    from listed_keys anti join recognised using (poll_id, ordinal)
), taken as materialized (
    select entry_id
    from entries
    where entry_id in (select unnest([entry_id, other_id]) from unknown)
), named as (
    select * replace (case when entry_id in (from taken) then other_id else entry_id end as entry_id) from unknown
)
from named
where entry_id not in (from taken)
qualify row_number() over (partition by entry_id order by ordinal) = 1
"""

_ADD_ENTRIES = """
insert into entries (
    entry_id, feed_id, guid, url, url_key, title, summary, content_html, authors, published_at, published_raw,
    first_seen_at, first_seen_run_id, outcome, attempt_count
)
select
    fresh_entries.entry_id, feed_id, guid, listed.url, listed.url_key, title, summary, content_html, authors,
    listed.published_at, published_raw, polled_at, ?, 'pending', 0
from fresh_entries
join listed using (poll_id, ordinal)
order by polled_at, feed_id, ordinal
"""

_ADD_KEYS = """
insert into entry_keys
select entry_id, guid_key, link_key, title_key, published_at from fresh_entries order by poll_id, ordinal
"""

_CHANGED = """
create or replace temp table changed_keys as
select
    recognised.entry_id,
    coalesce(seen.guid_key, held.guid_key) as guid_key,
    coalesce(seen.link_key, held.link_key) as link_key,
    coalesce(seen.title_key, held.title_key) as title_key,
    coalesce(seen.published_at, held.published_at) as published_at
from recognised
join listed_keys as seen using (poll_id, ordinal)
join entry_keys as held on held.entry_id = recognised.entry_id
where (
    coalesce(seen.guid_key, held.guid_key), coalesce(seen.link_key, held.link_key),
    coalesce(seen.title_key, held.title_key), coalesce(seen.published_at, held.published_at)
) is distinct from (held.guid_key, held.link_key, held.title_key, held.published_at)
"""

_CHANGE_KEYS = """
update entry_keys set
    guid_key = changed.guid_key,
    link_key = changed.link_key,
    title_key = changed.title_key,
    published_at = changed.published_at
from changed_keys as changed
where entry_keys.entry_id = changed.entry_id
"""

# Its old address may be dead; where it was fetched already, the ledger says from where.
_READDRESS = """
update entries set url = listed.url, url_key = listed.url_key
from recognised
join listed using (poll_id, ordinal)
where entries.entry_id = recognised.entry_id and recognised.is_moved and entries.outcome = 'pending'
"""
