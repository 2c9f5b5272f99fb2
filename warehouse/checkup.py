"""Say of feeds what `feed_health` would say after a poll that is not stored."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from extractors.errors import WarehouseError
from extractors.model import FeedState, PolledFeed, WatchedFeed
from warehouse.connection import SNAPSHOT_NAME, reader
from warehouse.feeds import feeds_to_poll, sync_feeds
from warehouse.migrate import migrate, packaged_migrations
from warehouse.polls import load_polls
from warehouse.staging import named_rows


def published_states(home: Path, *, now: datetime) -> dict[str, FeedState]:
    """Return what the snapshot in *home* knows of each feed that is polled, by id; empty where none is published."""
    try:
        with reader(home) as con:
            return {state.feed_id: state for state in feeds_to_poll(con, now=now, only_due=False)}
    except (WarehouseError, duckdb.Error):
        # None yet, or one of an older newsdesk: the check knows less, and says so by itself.
        return {}


def checkup(
    feeds: Sequence[WatchedFeed], polls: Sequence[PolledFeed], *, home: Path, now: datetime
) -> dict[str, dict[str, Any]]:
    """
    Return the row of the view ``feed_health`` for each of *feeds*, by id, as if *polls* had been stored.

    It is worked out in memory, from the polls and what the snapshot in *home* knows of the feeds; nothing is written.

    Args:
        feeds: What the watchlist names.
        polls: One for each.
        home: May hold no snapshot, or one of another version; then only the polls count.
        now: Aware UTC.
    """
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        migrate(con)
        sync_feeds(con, feeds, now=now)
        is_known = _attach(con, home / SNAPSHOT_NAME)
        if is_known:
            con.execute(_TAKE_OVER)
            con.execute(_TAKE_OVERRUNS)
        load_polls(con, polls, run_id="check")
        if is_known:
            con.execute(_TAKE_COUNTS)
        return {row["feed_id"]: row for row in named_rows(con, "from feed_health")}


def _attach(con: duckdb.DuckDBPyConnection, snapshot: Path) -> bool:
    """Attach *snapshot* as ``held``; return whether it is one of this newsdesk."""
    if not snapshot.exists():
        return False
    try:
        con.execute(f"attach '{str(snapshot).replace(chr(39), chr(39) * 2)}' as held (read_only)")
        row = con.execute("select max(version) from held.schema_migrations").fetchone()
    except duckdb.Error:
        return False
    return row == (packaged_migrations()[-1].version,)


_TAKE_OVER = """
update feeds set
    title = known.title,
    kind = known.kind,
    last_success_at = known.last_success_at,
    newest_entry_at = known.newest_entry_at,
    silence_limit_hours = known.silence_limit_hours
from held.feeds as known
where known.feed_id = feeds.feed_id
"""

_TAKE_OVERRUNS = "insert into polls by name select * from held.polls where is_window_overrun"

# Not before: without their entries every document would look like one of which nothing is known.
_TAKE_COUNTS = """
update feeds set entry_count = known.entry_count
from held.feeds as known
where known.feed_id = feeds.feed_id and feeds.entry_count is null
"""
