"""Publish the snapshot that analysts open."""

from prefect import flow

from flows import events
from flows.collecting import now
from flows.retention import forget_raw
from flows.settings import Settings
from flows.tasks import publish_tables
from warehouse.snapshot import Published


@flow(name="publish", persist_result=False)
def publish(settings: Settings | None = None) -> Published:
    """
    Let go of raw documents that are too old, then copy the warehouse to the snapshot by an atomic rename.

    Args:
        settings: Defaults to the environment.

    Raises:
        WarehouseFullError: No room; the old snapshot stays.
    """
    settings = settings or Settings()
    forget_raw(settings, now())
    published = publish_tables(settings.home, now=now())
    if settings.dispatch == "event":
        events.snapshot_published(load_seq=published.load_seq, article_count=published.article_count)
    return published
