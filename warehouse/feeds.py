"""Keep what is known of each feed: what is watched, what is due, what each poll came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from extractors.identity import derived_id
from extractors.model import FeedState, ParsedEntry, PolledFeed, PollResult, WatchedFeed
from warehouse.connection import transaction
from warehouse.staging import INSTANT, INTEGER, REAL, TEXT, TEXTS, named_rows, staged

#: Share of the last document's entries from which a document without one known entry counts as an overrun; a shorter
#: one was more likely emptied or rebuilt. A design value, not measured.
_OVERRUN_SHARE = 0.8

_FEED = {"feed_id": TEXT, "url": TEXT, "source": TEXT, "currency": TEXT}
_POLL = {
    "poll_id": TEXT, "feed_id": TEXT, "polled_at": INSTANT, "http_status": INTEGER, "outcome": TEXT,
    "entry_count": INTEGER, "body_bytes": INTEGER, "duration_seconds": REAL, "error": TEXT, "title": TEXT,
    "kind": TEXT, "etag": TEXT, "last_modified": TEXT, "body_sha256": TEXT, "failure_weight": REAL,
    "poll_interval_minutes": REAL, "next_poll_at": INSTANT, "hold_until": INSTANT, "status": TEXT,
    "read_count": INTEGER,
}  # fmt: skip
_ENTRY = {
    "poll_id": TEXT, "feed_id": TEXT, "polled_at": INSTANT, "entry_id": TEXT, "guid": TEXT, "url": TEXT,
    "url_key": TEXT, "title": TEXT, "summary": TEXT, "content_html": TEXT, "authors": TEXTS,
    "published_at": INSTANT, "published_raw": TEXT, "ordinal": INTEGER,
}  # fmt: skip
_SUCCESSES = (PollResult.CHANGED, PollResult.UNCHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCounts:
    """What a watchlist changed."""

    #: Feeds never watched before.
    added: int
    #: Feeds watched again after a time.
    returned: int
    #: Feeds no longer watched; their history stays.
    dropped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCounts:
    """What a batch of polls came to; polls loaded before count for nothing."""

    poll_count: int
    #: Polls that gave neither a feed nor "unchanged".
    failed_count: int
    entry_count: int
    new_entry_count: int
    overrun_count: int
    #: Feeds that brought entries not seen before, in order.
    feed_ids: tuple[str, ...]


def sync_feeds(con: duckdb.DuckDBPyConnection, feeds: Sequence[WatchedFeed], *, now: datetime) -> SyncCounts:
    """
    Make the warehouse watch exactly *feeds*, in one transaction.

    Args:
        con: The writer's connection.
        feeds: What the watchlist names; of two with one id the first counts.
        now: Aware UTC.

    Returns:
        How many were added, came back, were dropped. A dropped feed keeps its history and is polled no more; a
        feed that comes back is polled again, also where it was gone.
    """
    rows = [{name: getattr(feed, name) for name in _FEED} for feed in {f.feed_id: f for f in reversed(feeds)}.values()]
    with transaction(con), staged(con, "watched", schema=_FEED, rows=rows):
        dropped = _ids(con, _DROP)
        returned = _ids(con, _RETURN)
        con.execute(_CHANGE)
        added = _ids(con, _ADD, [now])
    return SyncCounts(added=len(added), returned=len(returned), dropped=len(dropped))


def feeds_to_poll(con: duckdb.DuckDBPyConnection, *, now: datetime, only_due: bool) -> list[FeedState]:
    """
    Return the feeds to poll, by URL.

    Args:
        con: Any connection to the warehouse.
        now: Aware UTC.
        only_due: Leave out those whose next poll is later than *now*. Feeds that are gone, no longer watched, or
            whose server asked for a pause are left out in any case.
    """
    return [FeedState(**row) for row in named_rows(con, _DUE, [now, only_due, now])]


def feed_statuses(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, datetime | None, datetime | None]]:
    """Return (status, last_new_at, next_poll_at) of every feed by id; the instants are aware UTC, or None."""
    rows = con.execute("select feed_id, status, last_new_at, next_poll_at from feeds").fetchall()
    return {feed_id: (status, last_new_at, next_poll_at) for feed_id, status, last_new_at, next_poll_at in rows}


def load_polls(con: duckdb.DuckDBPyConnection, polls: Sequence[PolledFeed], *, run_id: str) -> PollCounts:
    """
    Record *polls* with their new entries and the state of their feeds, in one transaction.

    An entry already in the ledger stays as it is. A poll loaded before changes nothing.

    Args:
        con: The writer's connection.
        polls: Of one feed the polls must be in the order they happened.
        run_id: The run that polled.

    Raises:
        duckdb.Error: Mapped by ``connection.writer``.
    """
    poll_rows = [_poll_row(poll) for poll in polls]
    entry_rows = [row for poll in polls for row in _entry_rows(poll)]
    with (
        transaction(con),
        staged(con, "polled", schema=_POLL, rows=poll_rows),
        staged(con, "listed", schema=_ENTRY, rows=entry_rows),
    ):
        con.execute(_TALLY, [_OVERRUN_SHARE])
        con.execute(_ADD_ENTRIES, [run_id])
        con.execute(_ADD_POLLS, [run_id])
        con.execute(_UPDATE_FEEDS, [[str(result) for result in _SUCCESSES]])
        counts = con.execute(_COUNTS, [[str(result) for result in _SUCCESSES]]).fetchone() or (0, 0, 0, 0, 0, [])
        con.execute("drop table tally")
    return PollCounts(
        poll_count=counts[0],
        failed_count=counts[1],
        entry_count=counts[2],
        new_entry_count=counts[3],
        overrun_count=counts[4],
        feed_ids=tuple(counts[5] or ()),
    )


def _ids(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | None = None) -> list[str]:
    """Run *sql*, which returns one id a row."""
    return [row[0] for row in con.execute(sql, parameters).fetchall()]


def _poll_id(poll: PolledFeed) -> str:
    """Return the id of *poll*: the same poll loaded twice has one id."""
    return derived_id("poll", poll.feed_id, poll.polled_at.isoformat())


def _poll_row(poll: PolledFeed) -> dict[str, Any]:
    """Return the row of *poll* for staging."""
    row: dict[str, Any] = {name: getattr(poll, name) for name in _POLL if name in PolledFeed.__dataclass_fields__}
    parsed = poll.parsed
    return row | {
        "poll_id": _poll_id(poll),
        "outcome": str(poll.result),
        "entry_count": len(parsed.entries) if parsed else 0,
        "read_count": len(parsed.entries) if parsed else None,
        "title": parsed.title if parsed else None,
        "kind": parsed.kind if parsed else None,
        "hold_until": poll.hold_until,
    }


def _entry_rows(poll: PolledFeed) -> list[dict[str, Any]]:
    """Return the rows of the entries that *poll* listed."""
    entries = poll.parsed.entries if poll.parsed else ()
    extra = {"poll_id": _poll_id(poll), "feed_id": poll.feed_id, "polled_at": poll.polled_at}
    return [
        {name: getattr(entry, name) for name in ParsedEntry.__dataclass_fields__} | extra | {"ordinal": ordinal}
        for ordinal, entry in enumerate(entries)
    ]


_DROP = """
update feeds set is_watched = false, is_active = false
where is_watched and feed_id not in (select feed_id from watched)
returning feed_id
"""

_RETURN = """
update feeds set is_watched = true, is_active = true, status = 'new', failure_weight = 0, next_poll_at = null
where not is_watched and feed_id in (select feed_id from watched)
returning feed_id
"""

_CHANGE = """
update feeds set source = watched.source, currency = watched.currency
from watched
where feeds.feed_id = watched.feed_id
    and (feeds.source, feeds.currency) is distinct from (watched.source, watched.currency)
"""

_ADD = """
insert into feeds (feed_id, url, source, currency, is_watched, is_active, added_at, failure_weight, status)
select feed_id, url, source, currency, true, true, ?, 0, 'new'
from watched anti join feeds using (feed_id)
order by url
returning feed_id
"""

_DUE = """
select
    feed_id, url, source, currency, etag, last_modified, body_sha256, last_polled_at, last_new_at,
    poll_interval_minutes, failure_weight, entry_count, last_success_at, status
from feeds
where is_active
    and coalesce(hold_until <= ?, true)
    and (not ? or coalesce(next_poll_at <= ?, true))
order by url, feed_id
"""

# What each poll brings, counted before anything is written: afterwards every entry is known.
_TALLY = """
create temp table tally as
with fresh as (
    select polled.*, row_number() over (partition by feed_id order by polled_at desc) = 1 as is_last
    from polled
    where poll_id not in (select poll_id from polls)
), firsts as (
    select listed.poll_id, listed.entry_id
    from listed anti join entries using (entry_id)
    qualify row_number() over (partition by listed.entry_id order by listed.polled_at, listed.ordinal) = 1
), news as (
    select poll_id, count(*) as new_entry_count from firsts group by poll_id
), known as (
    select listed.poll_id, count(*) as known_count from listed semi join entries using (entry_id) group by poll_id
)
select
    fresh.*,
    coalesce(new_entry_count, 0) as new_entry_count,
    coalesce(
        fresh.entry_count > 0 and coalesce(known_count, 0) = 0
            and fresh.entry_count >= feeds.entry_count * ?::double,
        false
    ) as is_window_overrun
from fresh
join feeds using (feed_id)
left join news using (poll_id)
left join known using (poll_id)
"""

_ADD_ENTRIES = """
insert into entries (
    entry_id, feed_id, guid, url, url_key, title, summary, content_html, authors, published_at, published_raw,
    first_seen_at, first_seen_run_id, outcome, attempt_count
)
select
    entry_id, feed_id, guid, url, url_key, title, summary, content_html, authors, published_at, published_raw,
    polled_at, ?, 'pending', 0
from listed anti join entries using (entry_id)
where poll_id in (select poll_id from tally)
qualify row_number() over (partition by entry_id order by polled_at, ordinal) = 1
order by polled_at, feed_id, ordinal
"""

_ADD_POLLS = """
insert into polls
select
    poll_id, feed_id, ?, polled_at, http_status, outcome, entry_count, new_entry_count, is_window_overrun,
    body_bytes, duration_seconds, error
from tally
order by polled_at, feed_id
"""

# Where nothing was read anew (304, a failure) the poll brings no title, kind, hash or count: the old ones stay.
_UPDATE_FEEDS = """
update feeds set
    title = coalesce(tally.title, feeds.title),
    kind = coalesce(tally.kind, feeds.kind),
    is_active = feeds.is_active and tally.status <> 'gone',
    last_polled_at = tally.polled_at,
    last_success_at = case when list_contains(?, tally.outcome) then tally.polled_at else feeds.last_success_at end,
    last_new_at = case when tally.new_entry_count > 0 then tally.polled_at else feeds.last_new_at end,
    next_poll_at = tally.next_poll_at,
    hold_until = tally.hold_until,
    poll_interval_minutes = tally.poll_interval_minutes,
    failure_weight = tally.failure_weight,
    status = tally.status,
    etag = case when tally.outcome = 'changed' then tally.etag else coalesce(tally.etag, feeds.etag) end,
    last_modified = case
        when tally.outcome = 'changed' then tally.last_modified
        else coalesce(tally.last_modified, feeds.last_modified)
    end,
    body_sha256 = coalesce(tally.body_sha256, feeds.body_sha256),
    entry_count = coalesce(tally.read_count, feeds.entry_count)
from tally
where feeds.feed_id = tally.feed_id and tally.is_last
    and (feeds.last_polled_at is null or feeds.last_polled_at < tally.polled_at)
"""

_COUNTS = """
select
    count(*), count(*) filter (not list_contains(?, outcome)), coalesce(sum(entry_count), 0)::bigint,
    coalesce(sum(new_entry_count), 0)::bigint, count(*) filter (is_window_overrun),
    list(distinct feed_id order by feed_id) filter (new_entry_count > 0)
from tally
"""
