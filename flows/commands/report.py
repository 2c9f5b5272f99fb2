"""The command that writes the briefing."""

from datetime import datetime
from pathlib import Path

from flows import console
from flows.collecting import now
from flows.report.writing import file_name, write_briefing
from flows.settings import Settings


def report(settings: Settings, topic: str | None, *, output: Path | None, since: datetime | None) -> None:
    """
    Write the briefing of *topic*, or of all topics, and say where it is.

    Args:
        settings: Of the home.
        topic: One topic, in any case; None: all current ones.
        output: The file; None: ``briefing-TOPIC.html`` or ``briefing.html`` here.
        since: Beginning of the period, aware UTC; None: everything held.

    Raises:
        WarehouseError: Nothing is published yet.
        QueryError: There is no such topic.
        InputError: The file cannot be written.
    """
    path = output or Path("briefing.html" if topic is None else f"briefing-{file_name(topic)}")
    written = write_briefing(settings.home, topic, path=path, since=since, now=now())
    told = ", ".join(
        f"{briefing.title}: {briefing.totals['article_count']:,} articles in {briefing.totals['story_count']:,} stories"
        for briefing in written.briefings
    )
    console.say(f"wrote {written.path} ({written.byte_count / 1e6:.1f} MB). {told}")
