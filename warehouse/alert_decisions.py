"""
Decide which alerts there are to send; a row for each, in one transaction.

A story is told when the earliest of its articles that covers the topic has just come in by a feed. What came in by
files, by a list of addresses, by a changed query or by reading again is not told unless it is asked for.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from extractors.identity import derived_id
from extractors.model import AlertKind, AlertWatch
from warehouse.alert_findings import Row, SpikeOf, edits, failing_feeds, new_stories, spikes
from warehouse.connection import transaction
from warehouse.staging import INSTANT, INTEGER, TEXT, TRUTH, named_rows, staged

#: More alerts of one rule than this at once are one message: nobody reads the sixth.
_MOST_MESSAGES = 5

_WATCH = {"rule": TEXT, "kind": TEXT, "topic_id": TEXT, "due_at": INSTANT}
_ALERT = {
    "alert_id": TEXT, "rule": TEXT, "kind": TEXT, "topic_id": TEXT, "story_id": TEXT, "article_id": TEXT,
    "revision": INTEGER, "feed_id": TEXT, "headline": TEXT, "passage": TEXT, "reason": TEXT, "created_at": INSTANT,
    "due_at": INSTANT, "message_id": TEXT, "attempt_count": INTEGER, "outcome": TEXT, "is_first_look": TRUTH,
}  # fmt: skip


def decide_alerts(
    con: duckdb.DuckDBPyConnection,
    watches: Sequence[AlertWatch],
    *,
    now: datetime,
    spike_of: SpikeOf,
    asked_run_id: str | None = None,
) -> int:
    """
    Write an alert for all that *watches* watch for and that was not told; return how many were written.

    A rule that looks at a topic for the first time tells the last three days in one message, and of edits nothing.
    Alerts of rules that are not among *watches* any more are skipped.

    Args:
        con: The writer's connection.
        watches: Every rule of the watchlist with each of its topics.
        now: Aware UTC.
        spike_of: Tells from the counts of days, newest first, whether they end in a spike.
        asked_run_id: What this run loaded is told like what a feed brings, however old it is.
    """
    rows = [{name: getattr(watch, name) for name in _WATCH} for watch in watches]
    with transaction(con), staged(con, "watches", schema=_WATCH, rows=rows):
        con.execute(_FORGET_WATCHES)
        con.execute(_SKIP_UNWATCHED)
        kinds = {watch.kind for watch in watches}
        found: list[Row] = []
        if AlertKind.NEW_STORY in kinds:
            found += new_stories(con, now=now, asked_run_id=asked_run_id)
        if AlertKind.EDIT in kinds:
            found += edits(con, now=now)
        if AlertKind.SPIKE in kinds:
            found += spikes(con, now=now, spike_of=spike_of)
        if AlertKind.FEED_FAILING in kinds:
            found += failing_feeds(con)
        written = _write(con, found, watches, now=now)
        con.execute(_KEEP_PLACE)
        con.execute(_BEGIN_WATCHES, [now])
    return written


def _write(
    con: duckdb.DuckDBPyConnection, found: Sequence[Row], watches: Sequence[AlertWatch], *, now: datetime
) -> int:
    """Write those of *found* that are not there; return how many."""
    due = {(watch.rule, watch.topic_id): watch.due_at for watch in watches}
    rows = [_alert(row, due_at=due[row["rule"], row["topic_id"]], now=now) for row in found]
    with staged(con, "decided", schema=_ALERT, rows=rows):
        fresh = [dict(row) for row in named_rows(con, "from decided anti join alerts using (alert_id)")]
    many = {rule for rule, count in Counter(row["rule"] for row in fresh).items() if count > _MOST_MESSAGES}
    for row in fresh:
        is_shared = row["due_at"] > now or row["is_first_look"] or row["rule"] in many
        together = derived_id("message", row["rule"], row["due_at"].isoformat())
        row["message_id"] = together if is_shared else row["alert_id"]
    with staged(con, "decided", schema=_ALERT, rows=fresh):
        con.execute("insert into alerts by name select * exclude (is_first_look) from decided")
    return len(fresh)


def _alert(row: Mapping[str, Any], *, due_at: datetime, now: datetime) -> Row:
    """Return the row of the table for what was found."""
    about = (row["rule"], row["kind"], row["topic_id"] or "", row["key"])
    return {name: row.get(name) for name in _ALERT} | {
        "alert_id": derived_id("alert", *about),
        "kind": str(row["kind"]),
        "headline": row["headline"] or "(without a title)",
        "created_at": now,
        "due_at": due_at,
        "attempt_count": 0,
        "outcome": "pending",
    }


_FORGET_WATCHES = (
    "delete from alert_watches where (rule, kind, topic_id) not in (select (rule, kind, topic_id) from watches)"
)

_SKIP_UNWATCHED = """
update alerts set outcome = 'skipped', error = 'the watchlist has no such rule any more', next_attempt_at = null
where outcome = 'pending' and (rule, kind) not in (select (rule, kind) from watches)
"""

_KEEP_PLACE = """
update alert_watches set load_seq = last_load_seq from load_sequence where load_seq < last_load_seq
"""

_BEGIN_WATCHES = """
insert into alert_watches
select distinct rule, kind, topic_id, ?::timestamptz, last_load_seq
from watches
anti join alert_watches using (rule, kind, topic_id)
cross join load_sequence
where kind in ('new story', 'edit')
"""
