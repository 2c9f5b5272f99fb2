"""
Share the pace of hosts between all processes of one home, by files that outlive a killed one.

- ``hosts/NAME`` says what a host wishes: seconds between two requests, when it was last asked, until when it wants
  to be left alone. Only hosts with a wish have such a file, so that ten thousand feeds do not make as many.
- ``hosts.lock`` is never read or written: its byte ranges are locks, a few for each host, which the system takes
  back when their process dies. One byte of a host is a queue: whoever waits for a turn holds it, so that a process
  which asks page after page cannot overtake it.
"""

import fcntl
import os
import struct
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

#: Bytes of the lock file that belong to one host: its turns, and the last one its queue.
_RANGE = 64
MOST_TURNS = _RANGE - 1
_LONGEST_NAME = 120
#: More than a line ever has.
_LINE_BYTES = 100
#: ``struct flock``: type, whence, start, length, process (must be 0 for locks of an open file).
_FLOCK = struct.Struct("@hhqqi4x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a host wishes; instants are seconds since 1970, 0 means none."""

    delay_seconds: float = 0.0
    #: Begin or end of the last request, where the host has a delay.
    asked_at: float = 0.0
    hold_until: float = 0.0


_NONE = Wishes()


class HostBoard:
    """
    Where the processes of a home see each other's hosts; used by one thread.

    Args:
        folder: Home of the files, made where it is not there; None: nobody else is to see anything.
        turns: Requests under way to one host, over all processes: 1 to ``MOST_TURNS``.

    Raises:
        OSError: The folder cannot be written.
    """

    def __init__(self, folder: Path | None, *, turns: int) -> None:
        self._folder = folder
        self._turns = min(turns, MOST_TURNS)
        self._own: dict[str, Wishes] = {}
        self._locks = -1
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._locks = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def close(self) -> None:
        """Let go of every turn."""
        if self._locks >= 0:
            os.close(self._locks)
            self._locks = -1

    def wishes(self, name: str) -> Wishes:
        """Return what host *name* wishes, whichever process was told."""
        own = self._own.get(name, _NONE)
        if self._folder is None:
            return own
        try:
            file = os.open(f"{self._folder}/{_file_name(name)}", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return own
        try:
            return _later(_read(os.read(file, _LINE_BYTES)), own)
        finally:
            os.close(file)

    def note(
        self, name: str, *, delay_seconds: float | None = None, asked_at: float = 0.0, hold_until: float = 0.0
    ) -> None:
        """
        Write down what host *name* was told or asked; instants never go back.

        Args:
            name: A host, or what else a wish to be left alone is for (a domain, an address).
            delay_seconds: None: as before.
            asked_at: Seconds since 1970.
            hold_until: Seconds since 1970.
        """
        new = Wishes(asked_at=asked_at, hold_until=hold_until)
        own = self._own.get(name, _NONE)
        self._own[name] = _changed(own, new, delay_seconds)
        # On a full disk the wish is known to this process alone; the next load of the warehouse says what is wrong.
        if self._folder is not None:
            with suppress(OSError):
                _rewrite(self._folder / _file_name(name), new, delay_seconds)

    def take(self, name: str, *, taken: Collection[int], is_alone: bool) -> int | None:
        """
        Take a turn of host *name*, without waiting.

        Args:
            name: The host.
            taken: The turns of it that this process has; its own locks do not stop it.
            is_alone: Take all turns at once: for a host that is asked one thing at a time.

        Returns:
            The number of the turn; None where there is none free. Then this process stands in the queue until it
            gets one, or leaves it.
        """
        if is_alone:
            return 0 if not taken and self._lock(name, 0, length=self._turns) else None
        if not self._lock(name, MOST_TURNS):
            return None
        for turn in range(self._turns):
            if turn not in taken and self._lock(name, turn):
                self.leave_queue(name)
                return turn
        return None

    def give_back(self, name: str, turn: int, *, is_alone: bool) -> None:
        """Let others have *turn* of host *name*."""
        self._lock(name, turn, length=self._turns if is_alone else 1, kind=fcntl.F_UNLCK)

    def leave_queue(self, name: str) -> None:
        """Wait no longer for a turn of host *name*."""
        self._lock(name, MOST_TURNS, kind=fcntl.F_UNLCK)

    def _lock(self, name: str, start: int, *, length: int = 1, kind: int = fcntl.F_WRLCK) -> bool:
        """Lock or unlock bytes of host *name*; False where another process has one of them."""
        if self._locks < 0:
            return True
        try:
            # Locks of the open file, not of the process (fcntl.lockf): two fetchers of one process count as two.
            request = _FLOCK.pack(kind, os.SEEK_SET, _first_byte(name) + start, length, 0)
            fcntl.fcntl(self._locks, fcntl.F_OFD_SETLK, request)
        except BlockingIOError:
            return False
        return True


def _changed(old: Wishes, new: Wishes, delay_seconds: float | None) -> Wishes:
    later = _later(old, new)
    return later if delay_seconds is None else replace(later, delay_seconds=delay_seconds)


def _later(one: Wishes, other: Wishes) -> Wishes:
    """Return the later instants of two, with the delay of the first."""
    return Wishes(
        delay_seconds=one.delay_seconds,
        asked_at=max(one.asked_at, other.asked_at),
        hold_until=max(one.hold_until, other.hold_until),
    )


def _rewrite(path: Path, new: Wishes, delay_seconds: float | None) -> None:
    """Change what stands in *path*, alone among all processes."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        wishes = _changed(_read(os.pread(file, _LINE_BYTES, 0)), new, delay_seconds)
        # One write of one length: a process killed here leaves the old line or the new one.
        line = f"{wishes.delay_seconds:14.3f} {wishes.asked_at:20.6f} {wishes.hold_until:20.6f}\n"
        os.ftruncate(file, os.pwrite(file, line.encode(), 0))
    finally:
        os.close(file)


def _read(text: bytes) -> Wishes:
    """Return what a file says; nothing where it was not written to its end."""
    try:
        delay_seconds, asked_at, hold_until = (float(part) for part in text.split())
    except ValueError:
        return _NONE
    return Wishes(delay_seconds=delay_seconds, asked_at=asked_at, hold_until=hold_until)


@lru_cache(maxsize=4096)
def _file_name(name: str) -> str:
    """Return *name* as the name of a file: a host as it is, the rest escaped and, where too long, cut and marked."""
    escaped = quote(name, safe="")
    if len(escaped) <= _LONGEST_NAME:
        return escaped
    return f"{escaped[:_LONGEST_NAME]}~{sha256(name.encode()).hexdigest()[:16]}"


@lru_cache(maxsize=4096)
def _first_byte(name: str) -> int:
    """Return where the bytes of host *name* begin: 55 bits of its hash, so that no two hosts share them."""
    return (int.from_bytes(sha256(name.encode()).digest()[:7], "big") >> 1) * _RANGE
