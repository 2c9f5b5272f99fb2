"""Keep which feeds are pushed by a hub; the secrets are not here."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb

from extractors.model import Subscription
from warehouse.connection import transaction
from warehouse.staging import INSTANT, INTEGER, TEXT, named_rows, staged

_SUBSCRIPTION = {
    "feed_id": TEXT, "hub_url": TEXT, "topic_url": TEXT, "state": TEXT, "asked_at": INSTANT, "lease_until": INSTANT,
    "lease_seconds": INTEGER, "pushed_at": INSTANT, "push_count": INTEGER, "error": TEXT,
}  # fmt: skip


def subscriptions(con: duckdb.DuckDBPyConnection) -> list[Subscription]:
    """Return every subscription, with whether its feed is still watched, by feed."""
    return [Subscription(**row) for row in named_rows(con, _ALL)]


def note_hubs(con: duckdb.DuckDBPyConnection, hubs: Mapping[str, tuple[str, str]]) -> None:
    """
    Remember the hubs that feeds named, to be asked; a subscription to the same hub and topic stays as it is.

    Args:
        con: The writer's connection.
        hubs: (hub, topic) by feed id.
    """
    held = {one.feed_id: (one.hub_url, one.topic_url) for one in subscriptions(con)} if hubs else {}
    fresh = [
        Subscription(feed_id=feed_id, hub_url=hub, topic_url=topic)
        for feed_id, (hub, topic) in hubs.items()
        if held.get(feed_id) != (hub, topic)
    ]
    if fresh:
        keep_subscriptions(con, fresh)


def keep_subscriptions(con: duckdb.DuckDBPyConnection, changed: Sequence[Subscription]) -> None:
    """Keep *changed* in place of what was known of their feeds, in one transaction."""
    rows = [{name: getattr(one, name) for name in _SUBSCRIPTION} for one in changed]
    with transaction(con), staged(con, "changed", schema=_SUBSCRIPTION, rows=rows):
        con.execute("delete from subscriptions where feed_id in (select feed_id from changed)")
        con.execute("insert into subscriptions by name select * from changed")


def ring(con: duckdb.DuckDBPyConnection, feed_id: str, *, now: datetime) -> None:
    """Let the feed be polled now, or ten minutes after its last poll where that is later: its hub says it has news."""
    con.execute(_RING, [now, feed_id])


_ALL = """
select
    subscriptions.feed_id, hub_url, topic_url, state, asked_at, lease_until, lease_seconds, pushed_at, push_count,
    error, feeds.is_active as is_watched
from subscriptions
join feeds using (feed_id)
order by subscriptions.feed_id
"""

_RING = """
update feeds set next_poll_at = least(next_poll_at, greatest(?::timestamptz, last_polled_at + interval 10 minutes))
where feed_id = ?
"""
