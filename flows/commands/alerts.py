"""The commands about alerts: list, test."""

from typing import Any

from extractors.errors import ChannelError
from extractors.model import AlertRule, Watchlist
from flows import console
from flows.settings import Settings
from flows.watched import read_watchlist

_COLUMNS = ("decided", "rule", "kind", "topic", "headline", "state")


def list_alerts(settings: Settings, *, limit: int, as_json: bool) -> None:
    """List the newest alerts as published, those that wait first."""
    from warehouse.alerts import recent_alerts
    from warehouse.connection import reader

    with reader(settings.home) as con:
        rows = recent_alerts(con, limit=limit)
    if as_json:
        console.say_json(rows)
    elif rows:
        cells = [
            (row["created_at"], row["rule"], row["kind"], row["topic_id"], row["headline"], _state(row)) for row in rows
        ]
        console.say_table(_COLUMNS, cells)
    else:
        console.say("no alerts yet")


def _state(row: dict[str, Any]) -> str:
    """Say in words what became of an alert."""
    match row["outcome"]:
        case "sent":
            return f"sent {console.cell(row['sent_at'])} ({row['channel']})"
        case "pending":
            last = f"; last: {row['error']}" if row["error"] else ""
            return f"waits until {console.cell(row['next_at'])} UTC{last}"
        case outcome:
            return f"{outcome}: {row['error']}"


def test_alert(settings: Settings, name: str) -> None:
    """
    Send one test message to the channel of rule *name*; say what came back.

    Raises:
        ChannelError: There is no such rule, its channel cannot be had, or it did not take the message.
    """
    from flows.alerting import send_test

    rule = _rule(read_watchlist(settings.watchlist), name)
    console.say(f"{send_test(rule)} took a test message of rule {name}")


def _rule(watchlist: Watchlist, name: str) -> AlertRule:
    for rule in watchlist.alerts:
        if rule.name == name:
            return rule
    known = ", ".join(rule.name for rule in watchlist.alerts) or "none"
    raise ChannelError(f"the watchlist has no such rule; it has {known}", rule=name)
