"""Keep what hosts ask of us: their robots.txt, their pauses, until when they want to be left alone."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import duckdb

from extractors.model import CollectedEntry, HostState
from warehouse.connection import transaction
from warehouse.staging import INSTANT, INTEGER, REAL, TEXT, named_rows, staged

#: Rules older than that are asked for again anyway (RFC 9309 section 2.4), but they hold while a server fails.
_KNOWN_FOR = timedelta(days=30)

_HOST = {
    "host": TEXT, "robots_asked_at": INSTANT, "robots_http_status": INTEGER, "robots_text": TEXT, "robots_error": TEXT,
    "crawl_delay_seconds": REAL, "hold_until": INSTANT,
}  # fmt: skip
_PUT_OFF = {"entry_id": TEXT, "outcome_reason": TEXT, "next_attempt_at": INSTANT}


def save_hosts(con: duckdb.DuckDBPyConnection, states: Iterable[HostState]) -> None:
    """
    Record what was learned about hosts.

    Args:
        con: The writer's connection.
        states: In the order in which they were learned; what a state does not say (its robots.txt was not asked for,
            no wish to be left alone) stays as it was.
    """
    rows: list[dict[str, Any]] = [{name: getattr(state, name) for name in _HOST} for state in _merged(states).values()]
    if rows:
        with transaction(con), staged(con, "learned", schema=_HOST, rows=rows):
            con.execute(_SAVE)


def known_hosts(con: duckdb.DuckDBPyConnection, *, now: datetime) -> list[HostState]:
    """Return what is known of hosts that were asked for their robots.txt in the last 30 days before *now*, or hold."""
    rows = named_rows(con, _KNOWN, [now - _KNOWN_FOR, now])
    return [HostState(**row) for row in rows]


def put_off(con: duckdb.DuckDBPyConnection, items: Sequence[CollectedEntry]) -> None:
    """
    Leave the entries of *items* pending until their hosts may be asked; it counts as no attempt.

    Args:
        con: The writer's connection.
        items: Each with its ``reason`` and ``next_attempt_at``.
    """
    rows = [
        {"entry_id": item.entry.entry_id, "outcome_reason": item.reason, "next_attempt_at": item.next_attempt_at}
        for item in items
    ]
    if rows:
        with transaction(con), staged(con, "waiting", schema=_PUT_OFF, rows=rows):
            con.execute(_WAIT)


def _merged(states: Iterable[HostState]) -> dict[str, HostState]:
    """Return one state for each host: the last rules and the latest hold."""
    merged: dict[str, HostState] = {}
    for state in states:
        known = merged.get(state.host, state)
        holds = [until for until in (known.hold_until, state.hold_until) if until is not None]
        newest = state if state.robots_asked_at is not None else known
        merged[state.host] = replace(newest, hold_until=max(holds, default=None))
    return merged


_SAVE = """
insert into hosts by name from learned
on conflict (host) do update set
    robots_asked_at = coalesce(excluded.robots_asked_at, robots_asked_at),
    robots_http_status = if(excluded.robots_asked_at is null, robots_http_status, excluded.robots_http_status),
    robots_text = if(excluded.robots_asked_at is null, robots_text, excluded.robots_text),
    robots_error = if(excluded.robots_asked_at is null, robots_error, excluded.robots_error),
    crawl_delay_seconds = if(excluded.robots_asked_at is null, crawl_delay_seconds, excluded.crawl_delay_seconds),
    hold_until = coalesce(greatest(excluded.hold_until, hold_until), excluded.hold_until, hold_until)
"""

_KNOWN = """
select host, robots_asked_at, robots_http_status, robots_text, robots_error, crawl_delay_seconds, hold_until
from hosts
where robots_asked_at > ? or hold_until > ?
"""

_WAIT = """
update entries set
    outcome_reason = waiting.outcome_reason,
    next_attempt_at = waiting.next_attempt_at
from waiting
where entries.entry_id = waiting.entry_id and entries.outcome = 'pending'
"""
