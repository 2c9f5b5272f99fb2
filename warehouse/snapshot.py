"""Publish the warehouse to analysts: a copy that takes the old one's place in one step."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from extractors.errors import WarehouseError
from warehouse.connection import SNAPSHOT_NAME, WAREHOUSE_NAME, mapped_errors, opened
from warehouse.durable import sync_folder
from warehouse.gate import held_gate
from warehouse.search import catch_up

#: The copy while it is being written; one name, so that a publish after a killed one replaces what it left.
_TEMPORARY_NAME = ".newsdesk.duckdb.publishing"
_COPY_BYTES = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a snapshot holds; the payload of ``newsdesk.snapshot.published``."""

    load_seq: int
    article_count: int
    #: Size of the snapshot in bytes.
    byte_count: int
    published_at: datetime


def publish(home: Path, *, now: datetime, wait_seconds: float = 60.0) -> Published:
    """
    Replace the snapshot of *home* by a copy of the warehouse as it is now.

    Index what is new for ``search()``, checkpoint, close, copy, fsync, rename, fsync of the folder. A reader that holds
    the old snapshot keeps it; one that opens meanwhile gets the old one or the new one, never a part. Where anything
    fails the old one stays.

    Args:
        home: The folder of newsdesk's data.
        now: Aware UTC; becomes ``published_at``.
        wait_seconds: How long to wait for another writer, in seconds.

    Raises:
        WarehouseFullError: No room for a second copy.
        WarehouseBusyError: Another writer held the warehouse all that time.
    """
    with mapped_errors(str(home)):
        home.mkdir(parents=True, exist_ok=True)
    with held_gate(home, wait_seconds=wait_seconds):
        with opened(home) as con:
            catch_up(con)
            con.execute("checkpoint")
            held = con.execute(_CONTENT).fetchone() or (0, 0)
        with mapped_errors(str(home / SNAPSHOT_NAME)):
            byte_count = _replace_snapshot(home)
    return Published(load_seq=held[0], article_count=held[1], byte_count=byte_count, published_at=now)


def _replace_snapshot(home: Path) -> int:
    """Copy the checkpointed file beside the snapshot, then rename it over that; return its size in bytes."""
    log = home / f"{WAREHOUSE_NAME}.wal"
    if log.exists() and log.stat().st_size:
        raise WarehouseError(f"{log}: the checkpoint left a log behind; nothing was published")
    temporary = home / _TEMPORARY_NAME
    # A killed publish may have left one.
    temporary.unlink(missing_ok=True)
    try:
        _copy(home / WAREHOUSE_NAME, temporary)
        byte_count = temporary.stat().st_size
        temporary.replace(home / SNAPSHOT_NAME)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(home)
    return byte_count


def _copy(source: Path, target: Path) -> None:
    """Copy *source* to *target* and wait until the disk has it."""
    with source.open("rb") as reading, target.open("wb") as writing:
        shutil.copyfileobj(reading, writing, _COPY_BYTES)
        writing.flush()
        os.fsync(writing.fileno())


_CONTENT = "select last_load_seq, (select count(*) from articles) from load_sequence"
