"""Publish the snapshot that analysts open."""

from datetime import timedelta

from prefect import flow

from flows import events
from flows.collecting import now
from flows.metrics import write_metrics
from flows.report.showing import show_briefings
from flows.report.writing import write_briefings
from flows.retention import forget_raw
from flows.settings import Settings
from flows.showing import name_run
from flows.tasks import publish_tables
from warehouse.snapshot import Published


@flow(name="publish", persist_result=False)
def publish(settings: Settings | None = None) -> Published:
    """
    Let go of raw documents that are too old, then copy the warehouse to the snapshot by an atomic rename.

    Where the settings ask for it, the briefings are written from the new snapshot.

    Args:
        settings: Defaults to the environment.

    Raises:
        WarehouseFullError: No room; the old snapshot stays.
    """
    settings = settings or Settings()
    forget_raw(settings, now())
    published = publish_tables(settings.home, now=now())
    write_metrics(settings.home, published)
    if settings.briefings:
        _brief(settings)
    if settings.dispatch == "event":
        events.snapshot_published(load_seq=published.load_seq, article_count=published.article_count)
        name_run(f"{published.article_count} articles, {published.byte_count / 1e6:.1f} MB")
    return published


def _brief(settings: Settings) -> None:
    """Write the briefing of every topic; with a server, name them in the run."""
    until = now()
    since = until - timedelta(days=settings.briefing_days) if settings.briefing_days else None
    written = write_briefings(settings.home, since=since, now=until)
    if written and settings.dispatch == "event":
        show_briefings(written)
