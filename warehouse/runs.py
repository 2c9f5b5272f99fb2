"""Record each run: what ran, when, with which versions, how it ended."""

import os
import platform
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.connection import transaction


def start_run(
    con: duckdb.DuckDBPyConnection,
    *,
    run_id: str,
    flow: str,
    now: datetime,
    newsdesk_version: str,
    extractor_version: str,
    watchlist_sha256: str | None = None,
) -> int:
    """
    Record that a run begins; mark earlier runs of this machine whose process is no more as crashed.

    Args:
        con: The writer's connection.
        run_id: Its id; a run already recorded stays as it is.
        flow: What runs.
        now: Aware UTC.
        newsdesk_version: Version of newsdesk.
        extractor_version: Version of the extractor.
        watchlist_sha256: sha256 of the watchlist; None where none is used.

    Returns:
        How many runs were marked as crashed.
    """
    with transaction(con):
        running = con.execute("select run_id, process from runs where state = 'running'").fetchall()
        dead = [held_id for held_id, process in running if held_id != run_id and _is_dead(process)]
        if dead:
            con.execute(
                "update runs set state = 'crashed', ended_at = ? where run_id in (select unnest(?::varchar[]))",
                [now, dead],
            )
        con.execute(
            _START,
            [run_id, flow, now, newsdesk_version, extractor_version, watchlist_sha256, _process(os.getpid())],
        )
    return len(dead)


def end_run(con: duckdb.DuckDBPyConnection, *, run_id: str, state: str, now: datetime) -> None:
    """
    Record that *run_id* ended.

    Args:
        con: The writer's connection.
        run_id: Its id; ended before, it stays as it is.
        state: ``completed``, ``failed`` or ``cancelled``.
        now: Aware UTC.
    """
    with transaction(con):
        con.execute(
            "update runs set state = ?, ended_at = ? where run_id = ? and state = 'running'",
            [state, now, run_id],
        )


def _process(pid: int) -> str:
    """Return host, process id and the instant it started as Linux counts it (0 elsewhere): ids are used again."""
    try:
        # The name of the program, in brackets, may hold blanks; the 20th field after it is the start.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        # Z: it is dead, its parent has not asked how it died.
        started = "dead" if fields[0] == "Z" else fields[19]
    except (OSError, IndexError):
        started = "0"
    return f"{platform.node()} {pid} {started}"


def _is_dead(process: str) -> bool:
    """Tell whether *process* was on this host and is no more."""
    host, _, rest = process.partition(" ")
    pid = int(rest.partition(" ")[0])
    if host != platform.node():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return process != _process(pid)


_START = """
insert into runs (
    run_id, flow, started_at, state, newsdesk_version, extractor_version, watchlist_sha256, entry_count,
    stored_count, failed_count, process
)
values ($1, $2, $3, 'running', $4, $5, $6, 0, 0, 0, $7)
on conflict do nothing
"""
