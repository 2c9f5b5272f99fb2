"""Read the ledger's open entries; add those that no feed listed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from extractors.model import PendingEntry, WatchedFeed
from warehouse.connection import transaction
from warehouse.staging import INSTANT, TEXT, TEXTS, named_rows, staged

_ENTRY = {
    "entry_id": TEXT, "guid": TEXT, "url": TEXT, "url_key": TEXT, "title": TEXT, "content_html": TEXT,
    "authors": TEXTS, "published_at": INSTANT, "first_seen_at": INSTANT,
}  # fmt: skip


def pending_entries(
    con: duckdb.DuckDBPyConnection,
    *,
    now: datetime,
    limit: int,
    after: PendingEntry | None = None,
) -> list[PendingEntry]:
    """
    Return the entries that wait for their page, earliest claim of publication first, those without one last.

    Files that an ingest was killed over are left out: there is no page to fetch, and the next ingest reads them.

    The order is the same in every run, because of two entries that lead to one article the first is stored and the
    second is its duplicate.

    Args:
        con: Any connection to the warehouse.
        now: Aware UTC; entries put off beyond it are left out.
        limit: Most entries to return.
        after: The last entry of the page before, where a run asks page by page.
    """
    cursor = [after is None, after and after.published_at, after and after.entry_id]
    rows = named_rows(con, _PENDING, [now, *cursor, limit])
    return [PendingEntry(**(row | {"authors": tuple(row["authors"])})) for row in rows]


def pending_count(con: duckdb.DuckDBPyConnection, *, now: datetime) -> int:
    """Return how many entries wait for their page and are not put off beyond *now* (aware UTC)."""
    row = con.execute(_PENDING_COUNT, [now]).fetchone()
    return int(row[0]) if row else 0


def add_entries(
    con: duckdb.DuckDBPyConnection,
    feed: WatchedFeed,
    entries: Sequence[PendingEntry],
    *,
    run_id: str | None = None,
) -> int:
    """
    Add *entries* that no feed listed (files, lists) as pending, in one transaction; return how many were new.

    Args:
        con: The writer's connection.
        feed: The pseudo-feed they belong to; made where it is not there, with its kind, by default ``files``; never
            polled.
        entries: Those already in the ledger stay as they are.
        run_id: The run that found them.
    """
    rows: list[dict[str, Any]] = [{name: getattr(entry, name) for name in _ENTRY} for entry in entries]
    with transaction(con), staged(con, "found", schema=_ENTRY, rows=rows):
        seen_at = min((entry.first_seen_at for entry in entries), default=None)
        if seen_at is not None:
            con.execute(_ADD_FEED, [feed.feed_id, feed.url, feed.source, feed.currency, feed.kind, seen_at])
        return len(con.execute(_ADD_ENTRIES, [feed.feed_id, run_id]).fetchall())


def readdress(con: duckdb.DuckDBPyConnection, addresses: Mapping[str, tuple[str, str]]) -> None:
    """Give pending entries another address, in one transaction; *addresses* are (URL, URL key) by entry."""
    rows = [{"entry_id": entry_id, "url": url, "url_key": key} for entry_id, (url, key) in addresses.items()]
    if rows:
        schema = {"entry_id": TEXT, "url": TEXT, "url_key": TEXT}
        with transaction(con), staged(con, "sent_on", schema=schema, rows=rows):
            con.execute(_READDRESS)


def known_urls(con: duckdb.DuckDBPyConnection, url_keys: Collection[str]) -> dict[str, str]:
    """Return, by URL key, the article to which an entry with that key already led; keys without one are left out."""
    rows = [{"url_key": key} for key in set(url_keys)]
    with staged(con, "asked", schema={"url_key": TEXT}, rows=rows):
        return dict(con.execute(_KNOWN).fetchall())


def settled_documents(con: duckdb.DuckDBPyConnection, entry_ids: Collection[str]) -> dict[str, str | None]:
    """Return, by entry, the sha256 of what its last attempt received (None: nothing); pending ones are left out."""
    rows = [{"entry_id": entry_id} for entry_id in set(entry_ids)]
    with staged(con, "asked", schema={"entry_id": TEXT}, rows=rows):
        return dict(con.execute(_SETTLED).fetchall())


def outcome_counts(con: duckdb.DuckDBPyConnection, *, run_id: str | None = None) -> dict[str, int]:
    """Return the number of entries by outcome: of the whole ledger, or of those whose last attempt *run_id* made."""
    sql = "select outcome, count(*) from entries where ? is null or run_id = ? group by outcome order by outcome"
    return dict(con.execute(sql, [run_id, run_id]).fetchall())


_PENDING = """
with cursor as (
    select ?::timestamptz as now, ?::boolean as is_first, ?::timestamptz as published_at, ?::varchar as entry_id
)
select
    entries.entry_id, entries.feed_id, entries.url, entries.url_key, feeds.source, feeds.currency,
    entries.guid, entries.title, entries.published_at, entries.first_seen_at, entries.content_html, entries.authors,
    entries.attempt_count
from entries
join feeds using (feed_id)
cross join cursor
where outcome = 'pending'
    and feeds.kind is distinct from 'files'
    and coalesce(next_attempt_at <= cursor.now, true)
    and (
        is_first
        or (coalesce(entries.published_at, 'infinity'), entries.entry_id)
            > (coalesce(cursor.published_at, 'infinity'), cursor.entry_id)
    )
order by coalesce(entries.published_at, 'infinity'), entries.entry_id
limit ?
"""

_PENDING_COUNT = """
select count(*)
from entries
join feeds using (feed_id)
where outcome = 'pending'
    and feeds.kind is distinct from 'files'
    and coalesce(next_attempt_at <= ?, true)
"""

_ADD_FEED = """
insert into feeds (feed_id, url, source, currency, kind, is_watched, is_active, added_at, failure_weight, status)
values ($1, $2, $3, $4, coalesce($5, 'files'), false, false, $6, 0, coalesce($5, 'files'))
on conflict do nothing
"""

_ADD_ENTRIES = """
insert into entries (
    entry_id, feed_id, guid, url, url_key, title, content_html, authors, published_at, first_seen_at,
    first_seen_run_id, outcome, attempt_count
)
select
    entry_id, ?, guid, url, url_key, title, content_html, authors, published_at, first_seen_at, ?, 'pending', 0
from found anti join entries using (entry_id)
qualify row_number() over (partition by entry_id order by first_seen_at, url) = 1
order by first_seen_at, entry_id
returning entry_id
"""

_READDRESS = """
update entries set url = sent_on.url, url_key = sent_on.url_key
from sent_on
where entries.entry_id = sent_on.entry_id and entries.outcome = 'pending'
"""

_KNOWN = """
select entries.url_key, arg_min(article_id, first_seen_at)
from entries semi join asked using (url_key)
where article_id is not null
group by entries.url_key
"""

_SETTLED = """
select entry_id, document_sha256
from entries semi join asked using (entry_id)
where outcome <> 'pending'
"""
