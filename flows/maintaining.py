"""See whether all is well, tell once what is not. Plain functions; the flow ``maintain`` calls them."""

from dataclasses import dataclass
from datetime import datetime

from flows.collecting import open_writer
from flows.health import KINDS, look_at_disk, problems_of
from flows.settings import Settings
from warehouse.connection import reader
from warehouse.doctor import run_checks
from warehouse.health import Problem, health_figures, note_problems

DOCTOR = "doctor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a look at the service found."""

    begun: tuple[Problem, ...]
    over: tuple[Problem, ...]
    #: Entries that may be fetched now.
    due_count: int


def look(settings: Settings, *, now: datetime, is_thorough: bool) -> Found:
    """
    Compare what is wrong at *now* with what was, and record it.

    Args:
        settings: Whose service.
        now: Aware UTC.
        is_thorough: Check every invariant of the snapshot, too.
    """
    # Before the writer is opened: that is a change of its file, and makes this process the one that holds it.
    disk = look_at_disk(settings.home)
    broken = failed_checks(settings) if is_thorough else []
    kinds = {*KINDS, DOCTOR} if is_thorough else set(KINDS)
    with open_writer(settings) as con:
        figures = health_figures(con, now=now)
        problems = problems_of(figures, disk, settings=settings, now=now) + broken
        begun, over = note_problems(con, problems, kinds=kinds, now=now)
    return Found(begun=tuple(begun), over=tuple(over), due_count=figures.due_count)


def failed_checks(settings: Settings) -> list[Problem]:
    """Return the invariants that do not hold in the published snapshot."""
    with reader(settings.home) as con:
        results = run_checks(con)
    return [
        Problem(kind=DOCTOR, subject=one.name, words=f"{one.failed_count} rows break it, such as {one.example}")
        for one in results
        if one.failed_count
    ]
