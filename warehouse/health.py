"""Figures from which it can be told whether the service does its work; the problems that were told."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from warehouse.connection import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentSource:
    """A source none of whose feeds works; made here, taken by ``flows.health``."""

    source: str
    #: The states of its feeds: failing, dead, gone, silent.
    status: str
    newest_entry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the tables say of the service; made here, taken by ``flows.health``."""

    #: Since when a feed has been due that nobody polled; None: none is due.
    feed_due_since: datetime | None = None
    #: When the newest article became queryable; None: there is none.
    last_loaded_at: datetime | None = None
    silent_sources: tuple[SilentSource, ...] = ()
    #: Entries that may be fetched now.
    due_count: int = 0
    #: Since when the oldest of them has waited.
    due_since: datetime | None = None
    #: By flow, how many of its runs failed or crashed since the last that was completed.
    failed_in_a_row: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that keeps the service from doing its work; made by ``flows.health``, taken here."""

    kind: str
    words: str
    #: What has it: a source, a flow, a check; empty where it is the whole service.
    subject: str = ""


def health_figures(con: duckdb.DuckDBPyConnection, *, now: datetime) -> Figures:
    """
    Return the figures at *now*, aware UTC.

    Args:
        con: A reader's connection, or the writer's.
        now: What is due later is not due.
    """
    feed_due_since, last_loaded_at = con.execute(_CLOCKS, [now]).fetchone() or (None, None)
    due_count, due_since = con.execute(_DUE, [now, now]).fetchone() or (0, None)
    silent = con.execute(_SILENT).fetchall()
    return Figures(
        feed_due_since=feed_due_since,
        last_loaded_at=last_loaded_at,
        silent_sources=tuple(SilentSource(source=row[0], status=row[1], newest_entry_at=row[2]) for row in silent),
        due_count=due_count,
        due_since=due_since,
        failed_in_a_row=tuple(con.execute(_FAILED).fetchall()),
    )


def note_problems(
    con: duckdb.DuckDBPyConnection, problems: Sequence[Problem], *, kinds: Collection[str], now: datetime
) -> tuple[list[Problem], list[Problem]]:
    """
    Record which *problems* there are now.

    Args:
        con: The writer's connection.
        problems: All that were found.
        kinds: What was looked for: problems of other kinds stay as they are.
        now: Aware UTC.

    Returns:
        Those that are new, and those that are over.
    """
    found = {(problem.kind, problem.subject): problem for problem in problems}
    with transaction(con):
        rows = con.execute("select kind, subject, words from problems where ended_at is null").fetchall()
        held = {(kind, subject): Problem(kind=kind, subject=subject, words=words) for kind, subject, words in rows}
        for (kind, subject), problem in found.items():
            if (kind, subject) in held:
                con.execute(_SEEN_AGAIN, [problem.words, now, kind, subject])
            else:
                con.execute(_BEGUN, [_id(problem, now), kind, subject, problem.words, now, now])
        over = [problem for key, problem in held.items() if key not in found and problem.kind in kinds]
        for problem in over:
            con.execute(_OVER, [now, problem.kind, problem.subject])
    return [problem for key, problem in found.items() if key not in held], over


def _id(problem: Problem, now: datetime) -> str:
    return hashlib.sha256(f"{problem.kind}\x1f{problem.subject}\x1f{now.isoformat()}".encode()).hexdigest()[:16]


_CLOCKS = """
select
    (select min(next_poll_at) from feeds where is_watched and is_active and next_poll_at <= ?),
    (select max(loaded_at) from articles)
"""

_DUE = """
select count(*), min(coalesce(entries.next_attempt_at, entries.first_seen_at))
from entries
join feeds using (feed_id)
where entries.outcome = 'pending'
    and feeds.kind is distinct from 'files'
    and coalesce(entries.next_attempt_at, ?) <= ?
"""

_SILENT = """
select source, string_agg(distinct status, ', ' order by status), max(newest_entry_at)
from feeds
where is_watched and (kind is null or kind not in ('files', 'list'))
group by source
having bool_and(status in ('failing', 'dead', 'gone', 'silent'))
order by source
"""

_FAILED = """
with ended as (
    select flow, state, started_at from runs where state <> 'running'
), last_good as (
    select flow, max(started_at) as started_at from ended where state = 'completed' group by flow
)
select ended.flow, count(*)
from ended
left join last_good using (flow)
where last_good.started_at is null or ended.started_at > last_good.started_at
group by ended.flow
order by ended.flow
"""

_SEEN_AGAIN = "update problems set words = ?, last_seen_at = ? where kind = ? and subject = ? and ended_at is null"
_OVER = "update problems set ended_at = ? where kind = ? and subject = ? and ended_at is null"
_BEGUN = """
insert into problems (problem_id, kind, subject, words, first_seen_at, last_seen_at)
values (?, ?, ?, ?, ?, ?)
"""
