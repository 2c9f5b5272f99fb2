"""Keep what is known of each feed: what is watched, what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from extractors.model import FeedState, WatchedFeed
from warehouse.connection import transaction
from warehouse.staging import TEXT, named_rows, staged

_FEED = {"feed_id": TEXT, "url": TEXT, "source": TEXT, "currency": TEXT, "kind": TEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCounts:
    """What a watchlist changed."""

    #: Feeds never watched before.
    added: int
    #: Feeds watched again after a time.
    returned: int
    #: Feeds no longer watched; their history stays.
    dropped: int


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


def feed_titles(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the title of every feed that was read once and has one, by id."""
    return dict(con.execute("select feed_id, title from feeds where title is not null").fetchall())


def _ids(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | None = None) -> list[str]:
    """Run *sql*, which returns one id a row."""
    return [row[0] for row in con.execute(sql, parameters).fetchall()]


_DROP = """
update feeds set is_watched = false, is_active = false
where is_watched and feed_id not in (select feed_id from watched)
returning feed_id
"""

_RETURN = """
update feeds set
    is_watched = true,
    is_active = true,
    status = 'new',
    alarm = null,
    failure_weight = 0,
    next_poll_at = null
where not is_watched and feed_id in (select feed_id from watched)
returning feed_id
"""

_CHANGE = """
update feeds set
    source = watched.source,
    currency = watched.currency,
    -- Which kind of feed it is the document says; that it is a sitemap the watchlist says.
    kind = coalesce(watched.kind, nullif(feeds.kind, 'sitemap'))
from watched
where feeds.feed_id = watched.feed_id
    and (feeds.source, feeds.currency, feeds.kind)
        is distinct from (watched.source, watched.currency, coalesce(watched.kind, nullif(feeds.kind, 'sitemap')))
"""

_ADD = """
insert into feeds (feed_id, url, source, currency, kind, is_watched, is_active, added_at, failure_weight, status)
select feed_id, url, source, currency, kind, true, true, ?, 0, 'new'
from watched anti join feeds using (feed_id)
order by url
returning feed_id
"""

_DUE = """
select
    feed_id, url, source, currency, etag, last_modified, body_sha256, last_polled_at, last_new_at,
    poll_interval_minutes, failure_weight, entry_count, last_success_at, status, kind,
    polled_url, moved_to_url as moved_to, moved_at, coalesce(moved_poll_count, 0) as moved_poll_count
from feeds
where is_active
    and coalesce(hold_until <= ?, true)
    and (not ? or coalesce(next_poll_at <= ?, true))
order by url, feed_id
"""
