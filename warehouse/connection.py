"""
Open the warehouse: the one writer, readers of the published snapshot.

DuckDB lets one process write a file or many processes read it, never both. So the writer has a file of its own behind
a file lock, and analysts open a copy that ``snapshot.publish`` replaces by rename; neither ever waits for the other.
"""

import errno
import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from extractors.errors import SqlError, WarehouseBusyError, WarehouseError, WarehouseFullError
from warehouse.gate import held_gate
from warehouse.migrate import migrate

#: What `writer` and `reader` give; the flows name it by this, since DuckDB is known in this package alone.
Connection = duckdb.DuckDBPyConnection
#: The writer's own file below the home folder.
WAREHOUSE_NAME = "warehouse.duckdb"
#: The published copy below the home folder: the only file analysts open.
SNAPSHOT_NAME = "newsdesk.duckdb"

# Opening replays the log, 20 CPU ms a megabyte (an article of 4 kB logs 10 kB); a checkpoint takes 160. 4 MB is best at
# batches of 50, 16 MB at 200: 217 against 196 articles a second there, 825 against 1,078 here. (1.5.5, 2026-11.)
_LEAST_LOG_MB = 8
# A checkpoint of a file of 2.3 GB (a million short articles) takes 200 CPU ms whatever was written, of one of 8 GB
# 1,800: from this size on the log may grow by the root, at which both costs grow alike. (1.5.6, 2026-11.)
_LARGE_BYTES = 1 << 30
# Groups of 2,048 rows (the smallest) because every checkpoint writes the last group of a table anew: with DuckDB's
# 122,880 the close after a batch of 100 took 96 ms at 10,000 articles and grew, with 2,048 it took 24 and did not.
# Storage v1.2.0 packs long texts with zstd, a third of the size; DuckDB 1.2 or newer opens it. (1.5.5, 2026-11.)
_ATTACH = "attach {path} as warehouse (storage_version 'v1.2.0', row_group_size 2048)"
# What a batch is joined with is handed to the scan as a list, by which it passes over groups of rows that cannot match:
# numbers and instants that grow with the table are found without reading it. By itself DuckDB does so for 50 values.
_LISTS = "set dynamic_or_filter_threshold = 2048"


@contextmanager
def mapped_errors(subject: str) -> Iterator[None]:
    """
    Turn DuckDB's errors into newsdesk's, on one line that names *subject*.

    Raises:
        WarehouseFullError: The disk has no room.
        WarehouseBusyError: A process outside newsdesk holds the file.
        WarehouseError: Anything else: permissions, damage, a constraint.
        KeyboardInterrupt: Ctrl-C during a query, which DuckDB calls a RuntimeError.
    """
    try:
        yield
    except RuntimeError as error:
        if "interrupted" in str(error):
            raise KeyboardInterrupt from error
        raise
    except duckdb.Error as error:
        raise _mapped(error, subject) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WarehouseFullError(f"{subject}: no room on the disk; free some and run again") from error
        raise WarehouseError(f"{subject}: {error.strerror or error}") from error


def _mapped(error: duckdb.Error, subject: str) -> WarehouseError:
    """Return newsdesk's error for DuckDB's *error*; the words are matched because the classes are too wide."""
    words = one_line(error)
    if "No space left" in words or "Disk quota exceeded" in words or "max_temp_directory_size" in words:
        return WarehouseFullError(f"{subject}: no room on the disk; free some and run again")
    if "Could not set lock" in words or "Conflicting lock" in words:
        return WarehouseBusyError(f"{subject}: opened by another program; close it there: {words}")
    if "Permission denied" in words or "Read-only file system" in words:
        return WarehouseError(f"{subject}: permission denied; check who owns it")
    return WarehouseError(f"{subject}: {words}")


def one_line(error: BaseException) -> str:
    """Return what *error* says, without DuckDB's picture of the query."""
    lines = [line.strip() for line in str(error).splitlines()]
    return " ".join(line for line in lines if line and not line.startswith(("LINE ", "^"))) or type(error).__name__


@contextmanager
def writer(home: Path, *, wait_seconds: float = 60.0) -> Iterator[duckdb.DuckDBPyConnection]:
    """
    Open the warehouse of *home* for writing, alone.

    Creates *home* and applies what migrations are missing. Errors of DuckDB inside the ``with`` block leave as
    newsdesk's. The write-ahead log is kept on closing (a checkpoint costs more than a batch of articles); DuckDB
    checkpoints by itself at 8 MB (more where the warehouse is large), and ``snapshot.publish`` does.

    Args:
        home: The folder of newsdesk's data.
        wait_seconds: How long to wait for another writer, in seconds.

    Yields:
        A connection whose time zone is UTC.

    Raises:
        WarehouseBusyError: Another writer held it all that time.
        WarehouseFullError: No room on the disk.
        MigrationError: The file is of a newer version (it is left untouched), or a migration failed.
        WarehouseError: It cannot be opened: permissions, damage.
    """
    with mapped_errors(str(home)):
        home.mkdir(parents=True, exist_ok=True)
    with held_gate(home, wait_seconds=wait_seconds), opened(home) as con:
        yield con


@contextmanager
def opened(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """
    Open the warehouse of *home* for writing; the caller holds the gate (``writer`` does, ``snapshot.publish`` too).

    Raises:
        WarehouseError: As in ``writer``.
    """
    path = home / WAREHOUSE_NAME
    with mapped_errors(str(path)):
        con = _attached(path)
        try:
            migrate(con)
            yield con
        finally:
            con.close()


def log_megabytes(file_bytes: int) -> int:
    """Return the size of the log at which a warehouse of *file_bytes* is checkpointed, in MB."""
    return round(_LEAST_LOG_MB * max(1.0, math.sqrt(file_bytes / _LARGE_BYTES)))


def _attached(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection whose default database is the file at *path*, created where it is not there."""
    # A connection of its own in memory, with the file attached: only ATTACH takes the size of row groups.
    size = path.stat().st_size if path.exists() else 0
    con = duckdb.connect(config={"checkpoint_threshold": f"{log_megabytes(size)}MB"})
    try:
        con.execute(_ATTACH.format(path=_literal(path)))
        con.execute("use warehouse")
        _quiet(con)
        con.execute("pragma disable_checkpoint_on_shutdown")
        con.execute(_LISTS)
    except duckdb.Error:
        con.close()
        raise
    return con


def _quiet(con: duckdb.DuckDBPyConnection) -> None:
    """Speak in UTC, and draw no bar: DuckDB draws one on stdout after two seconds, also into a file and over JSON."""
    con.execute("set timezone = 'UTC'")
    con.execute("set enable_progress_bar = false")


def _literal(path: Path) -> str:
    """Return *path* as an SQL literal; ATTACH is the one statement that takes no parameter."""
    return "'" + str(path).replace("'", "''") + "'"


@contextmanager
def reader(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """
    Open the published snapshot of *home* read-only; never waits for the writer, never stops it.

    The connection keeps the snapshot it opened when a newer one is published. One process that opens a second reader
    while the first is open gets the same snapshot as the first: DuckDB shares open files within a process.

    Raises:
        WarehouseError: Nothing is published yet, or it cannot be opened.
    """
    path = home / SNAPSHOT_NAME
    if not path.exists():
        raise WarehouseError(f"nothing published yet in {home}: run `newsdesk run` or `newsdesk ingest` first")
    with mapped_errors(str(path)):
        con = duckdb.connect(str(path), read_only=True)
        try:
            _quiet(con)
            yield con
        finally:
            con.close()


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Make everything inside the ``with`` block one transaction: all of it is kept, or nothing."""
    con.begin()
    is_kept = False
    try:
        yield
        con.commit()
        is_kept = True
    finally:
        if not is_kept:
            # What stands in the way of rolling back (a full disk closes the database) must not hide the first error.
            with suppress(duckdb.Error):
                con.rollback()


@contextmanager
def analyst_errors() -> Iterator[None]:
    """
    Turn DuckDB's errors about a person's query into one line.

    Raises:
        SqlError: The query is wrong, or tries to write.
    """
    try:
        yield
    except duckdb.Error as error:
        raise SqlError(one_line(error)) from error
