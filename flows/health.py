"""Tell from figures what keeps the service from doing its work; one place for every limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.settings import Settings
from warehouse.connection import SNAPSHOT_NAME, WAREHOUSE_NAME
from warehouse.gate import Holding, holding
from warehouse.health import Figures, Problem, SilentSource

#: A poll comes every five minutes: twelve of them were missed.
_FEED_DUE = timedelta(hours=1)
#: The sweep comes every quarter of an hour: four of them were missed, or found no end.
_ENTRY_DUE = timedelta(hours=1)
#: Every run that loads something publishes it.
_UNPUBLISHED = timedelta(hours=1)
#: A transaction takes seconds; a checkpoint of a large file a minute.
_HOLDS_THE_WRITER = timedelta(minutes=10)
_FAILED_IN_A_ROW = 3
#: What `newsdesk run` and the deployments run by themselves; a person sees what came of the rest.
_FLOWS = ("poll", "collect", "publish", "alert", "maintain")
#: The kinds of problem that ``problems_of`` looks for.
KINDS = ("not polling", "no new rows", "silent source", "queue", "old snapshot", "waiting writer", "failing runs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """What the home folder says of the service, beside its tables."""

    #: When the warehouse and its log were last written; None: there is none.
    written_at: datetime | None = None
    #: When the snapshot was published.
    published_at: datetime | None = None
    #: Who writes now.
    writer: Holding | None = None


def look_at_disk(home: Path) -> Disk:
    """Return what the files of *home* say."""
    written = [_changed_at(home / name) for name in (WAREHOUSE_NAME, f"{WAREHOUSE_NAME}.wal")]
    return Disk(
        written_at=max(filter(None, written), default=None),
        published_at=_changed_at(home / SNAPSHOT_NAME),
        writer=holding(home),
    )


def _changed_at(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except OSError:
        return None


def problems_of(figures: Figures, disk: Disk, *, settings: Settings, now: datetime) -> list[Problem]:
    """
    Return what is wrong at *now*, aware UTC, by kind in the order of ``KINDS``.

    Args:
        figures: What the tables say.
        disk: What the files say.
        settings: ``stale_hours``: how long a desk may go without a new article.
        now: The instant to measure from.
    """
    found = [
        *_polling(figures, now),
        *_new_rows(figures, now, timedelta(hours=settings.stale_hours)),
        *(_silent(source) for source in figures.silent_sources),
        *_queue(figures, now),
        *_snapshot(disk),
        *_writer(disk, now),
    ]
    failing = [(flow, count) for flow, count in figures.failed_in_a_row if flow in _FLOWS and count >= _FAILED_IN_A_ROW]
    words = "the last {} runs of {} failed; the runs table and Prefect's log say why"
    return found + [
        Problem(kind="failing runs", subject=flow, words=words.format(count, flow)) for flow, count in failing
    ]


def _polling(figures: Figures, now: datetime) -> Iterator[Problem]:
    if figures.feed_due_since and now - figures.feed_due_since > _FEED_DUE:
        since = _ago(now - figures.feed_due_since)
        yield Problem(kind="not polling", words=f"a feed has been due for {since} and nobody polled it: is it running?")


def _new_rows(figures: Figures, now: datetime, limit: timedelta) -> Iterator[Problem]:
    if limit and figures.last_loaded_at and now - figures.last_loaded_at > limit:
        yield Problem(kind="no new rows", words=f"no new article for {_ago(now - figures.last_loaded_at)}")


def _silent(source: SilentSource) -> Problem:
    newest = f", nothing new since {source.newest_entry_at:%Y-%m-%d %H:%M} UTC" if source.newest_entry_at else ""
    words = f"no feed of {source.source} works ({source.status}){newest}"
    return Problem(kind="silent source", subject=source.source, words=words)


def _queue(figures: Figures, now: datetime) -> Iterator[Problem]:
    if figures.due_since and now - figures.due_since > _ENTRY_DUE:
        waited = _ago(now - figures.due_since)
        yield Problem(kind="queue", words=f"{figures.due_count} entries wait to be collected, the oldest for {waited}")


def _snapshot(disk: Disk) -> Iterator[Problem]:
    if disk.written_at and disk.published_at and disk.written_at - disk.published_at > _UNPUBLISHED:
        behind = _ago(disk.written_at - disk.published_at)
        yield Problem(kind="old snapshot", words=f"the snapshot is {behind} older than the warehouse")


def _writer(disk: Disk, now: datetime) -> Iterator[Problem]:
    if disk.writer and now - disk.writer.since > _HOLDS_THE_WRITER:
        held = _ago(now - disk.writer.since)
        yield Problem(kind="waiting writer", words=f"process {disk.writer.pid} has held the warehouse for {held}")


def _ago(span: timedelta) -> str:
    """Return *span* in the unit that a person would use."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 2 * 60:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 2 * 24 * 60 else f"{minutes // (24 * 60)} days"
