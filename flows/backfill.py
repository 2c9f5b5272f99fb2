"""Take in archives that somebody else collected: WARC, WACZ, lists of addresses, folders of pages."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from prefect import flow

from flows import events
from flows.backfilling import Question
from flows.console import note
from flows.ingest import take_in
from flows.publish import publish
from flows.settings import Settings
from flows.watched import read_watchlist


@flow(name="backfill", persist_result=False)
def backfill(
    paths: Sequence[Path],
    settings: Settings | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
    has_prefilter: bool = True,
    alerts: bool = False,
) -> dict[str, int]:
    """
    Read what is new below *paths*, load it, publish; killed at any moment, the next run goes on where it was.

    Args:
        paths: Files and folders on the machine of the worker.
        settings: Defaults to the environment.
        since: First day (UTC) on which a page was received; None: no bound.
        until: Last day (UTC); None: no bound.
        has_prefilter: Load what is about a topic of the watchlist, read only what can be; else everything.
        alerts: Tell people of it as if a feed had brought it.

    Returns:
        How many entries this run gave which outcome.
    """
    settings = settings or Settings()
    topics = read_watchlist(settings.watchlist).topics
    question = Question(since=since, until=until, has_prefilter=has_prefilter)
    summary = take_in(paths, settings=settings, topics=topics, question=question, flow="backfill")
    if alerts:
        summary.tell(settings)
    for problem in summary.problems:
        note(f"not read: {problem}")
    if settings.dispatch == "event" and summary.listed_count:
        events.entries_found([], entry_count=summary.listed_count)
    publish(settings)
    return dict(summary.outcomes)
