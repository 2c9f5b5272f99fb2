"""Let go of the raw documents of days long past."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from extractors.errors import WarehouseBusyError
from flows.collecting import alone, open_writer
from flows.settings import Settings
from warehouse.archives import committed_bytes, forget_archive, forgettable_archives


def forget_raw(settings: Settings, now: datetime) -> int:
    """
    Remove the WARC files of days more than ``raw_retention_days`` ago; their documents stay as rows without bytes.

    A file whose documents an entry still waits for stays. The rows let go first: killed in between, a file is left that
    nothing refers to, and the next call removes it. While another process collects nothing is done; the next call does.

    Args:
        settings: 0 days: everything is kept for ever.
        now: Aware UTC.

    Returns:
        How many files were removed.
    """
    if not settings.raw_retention_days:
        return 0
    first_kept = now.date() - timedelta(days=settings.raw_retention_days)
    try:
        with alone(settings.model_copy(update={"writer_wait_seconds": 0})), open_writer(settings) as con:
            for warc_file in forgettable_archives(con, before=first_kept):
                forget_archive(con, warc_file)
            held = committed_bytes(con)
            return sum(
                _remove(path) for path in _old_files(settings.home / "raw", first_kept) if _name(path) not in held
            )
    except WarehouseBusyError:
        return 0


def _old_files(raw: Path, first_kept: date) -> list[Path]:
    """Return the WARC files below *raw* of the days before *first_kept*: the folder's name is the day."""
    return [path for path in sorted(raw.glob("????-??-??/*.warc.gz")) if path.parent.name < first_kept.isoformat()]


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _remove(path: Path) -> int:
    path.unlink(missing_ok=True)
    with suppress(OSError):
        # Not where something else lies in it.
        path.parent.rmdir()
    return 1
