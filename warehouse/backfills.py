"""Keep how far each archive has been taken in."""

from dataclasses import fields
from datetime import datetime

import duckdb

from extractors.model import Backfill
from warehouse.connection import transaction
from warehouse.staging import named_rows

_COLUMNS = tuple(field.name for field in fields(Backfill))


def held_backfill(con: duckdb.DuckDBPyConnection, backfill_id: str) -> Backfill | None:
    """Return how far the backfill with this id has come; None: it was never begun."""
    for row in named_rows(con, "select * from backfills where backfill_id = ?", [backfill_id]):
        return Backfill(**{name: row[name] for name in _COLUMNS})
    return None


def save_backfill(con: duckdb.DuckDBPyConnection, backfill: Backfill, *, run_id: str, now: datetime) -> None:
    """
    Record how far *backfill* has come; saving the same twice changes nothing but the times.

    Args:
        con: The writer's connection, on which the batch was loaded before: a kill between the two makes the next run
            look at the batch again, and find its pages known.
        backfill: Its counts are those of the whole archive so far.
        run_id: The run.
        now: Aware UTC.
    """
    values = [getattr(backfill, name) for name in _COLUMNS]
    with transaction(con):
        held = con.execute(_STARTED_AT, [backfill.backfill_id]).fetchone()
        con.execute("delete from backfills where backfill_id = ?", [backfill.backfill_id])
        ended_at = now if backfill.is_ended else None
        con.execute(_ADD, [*values, held[0] if held else now, now, ended_at, run_id])


_STARTED_AT = "select started_at from backfills where backfill_id = ?"

_ADD = """
insert into backfills (
    backfill_id, url, total_bytes, question, next_offset, page_count, unmatched_count, uncovered_count, outside_count,
    revisit_count, entry_count, started_at, saved_at, ended_at, run_id
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
