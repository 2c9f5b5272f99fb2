"""See whether all is well."""

from prefect import flow

from flows import events
from flows.collecting import now
from flows.console import note
from flows.maintaining import Found, look
from flows.publish import publish
from flows.recording import recorded
from flows.settings import Settings
from flows.showing import name_run


@flow(name="maintain", persist_result=False)
def maintain(settings: Settings | None = None, *, is_thorough: bool = False) -> Found:
    """
    Mark the runs that died, tell once of each problem that has begun or is over, wake up what dead runs left to do.

    Args:
        settings: Defaults to the environment.
        is_thorough: Publish first and check every invariant of the snapshot: minutes for a large warehouse.
    """
    settings = settings or Settings()
    # Its start marks dead runs as crashed.
    with recorded("maintain", settings):
        if is_thorough:
            publish(settings)
        found = look(settings, now=now(), is_thorough=is_thorough)
    for problem in found.begun:
        note(f"problem: {problem.words}")
    for problem in found.over:
        note(f"over: {problem.words}")
    if settings.dispatch == "event":
        _ring(found)
        name_run(f"{len(found.begun)} problems begun, {len(found.over)} over" if found.begun or found.over else "well")
    return found


def _ring(found: Found) -> None:
    """Tell Prefect; ring for entries that wait, since those of a dead run have no other bell."""
    for state, problems in (("begun", found.begun), ("over", found.over)):
        for problem in problems:
            events.health(problem.kind, subject=problem.subject, state=state)
    if found.due_count:
        events.entries_found([], entry_count=found.due_count)
