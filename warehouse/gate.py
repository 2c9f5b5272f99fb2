"""
Let one writer at a time through, by a file lock that dies with its holder.

Two locks: a writer first queues at the outer one, so whoever waits at the inner one cannot be overtaken by a process
that opens and closes in a loop (measured: without a gate, two batches of fifteen got through beside four readers).
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from extractors.errors import WarehouseBusyError, WarehouseError

#: Seconds between two looks at a lock; only the first in the queue looks at the inner one.
_STEP_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Who holds a gate; made here, taken by ``flows.health``."""

    #: Its process id; 0 where it could not write it down.
    pid: int
    #: When it got it.
    since: datetime


def holding(home: Path, *, name: str = "warehouse") -> Holding | None:
    """Return who holds the gate *name* of *home* now; None: nobody does."""
    try:
        with (home / f"{name}.lock").open("r+", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(lock, fcntl.LOCK_UN)
            return None
    except BlockingIOError:
        # Whoever gets the lock writes into it.
        path = home / f"{name}.lock"
        pid = path.read_text(encoding="ascii").strip()
        since = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
        return Holding(pid=int(pid) if pid.isdigit() else 0, since=since)
    except OSError:
        return None


@contextmanager
def held_gate(home: Path, *, wait_seconds: float, name: str = "warehouse") -> Iterator[None]:
    """
    Hold the gate *name* of *home*, alone among all processes.

    Args:
        home: The folder of newsdesk's data; must exist.
        wait_seconds: How long to wait, in seconds, counted in steps of 10 ms.
        name: The writer's gate by default; work that must not be done twice at once has one of its own.

    Raises:
        WarehouseBusyError: Another process held it all that time; the message names its process id.
        WarehouseError: The lock file cannot be opened.
    """
    steps = max(1, round(wait_seconds / _STEP_SECONDS))
    with ExitStack() as stack:
        queue = stack.enter_context(_opened(home / f"{name}.queue"))
        lock = stack.enter_context(_opened(home / f"{name}.lock"))
        left = _wait(queue, steps)
        left = _wait(lock, left) if left else 0
        if not left:
            holder = _holder(lock)
            words = f"another newsdesk{holder} is at work there ({name}); waited {wait_seconds:g} s, try again"
            raise WarehouseBusyError(f"{home}: {words}")
        fcntl.flock(queue, fcntl.LOCK_UN)
        _sign(lock)
        try:
            yield
        finally:
            # Said aloud, not left to closing: a process forked meanwhile would keep the lock.
            fcntl.flock(lock, fcntl.LOCK_UN)


def _opened(path: Path) -> IO[str]:
    """Return the lock file at *path*, created where it is not there; never truncated, it names the holder."""
    try:
        return path.open("a+", encoding="ascii")
    except OSError as error:
        raise WarehouseError(f"{path}: {error.strerror}; check who owns the folder") from error


def _wait(lock: IO[str], steps: int) -> int:
    """Take *lock* within *steps* looks; return the looks left (at least 1), 0 where it was not had."""
    for left in range(steps, 0, -1):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_STEP_SECONDS)
        else:
            return left
    return 0


def _sign(lock: IO[str]) -> None:
    """Write this process's id into *lock*; on a full disk the lock holds without it."""
    try:
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
    except OSError:
        return


def _holder(lock: IO[str]) -> str:
    """Return `` (process N)`` as the holder of *lock* signed it; empty where it did not."""
    lock.seek(0)
    pid = lock.read(20).strip()
    return f" (process {pid})" if pid.isdigit() else ""
