"""Processes that a service keeps running: started anew when they end, ended with it however it ends."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

#: prctl(2): the signal that a process gets when its parent ends.
_PR_SET_PDEATHSIG = 1
#: What a process is given to end by itself before it is killed.
_GRACE_SECONDS = 10.0
#: Wait before a process that ended is started again: doubled each time up to the longest, and forgotten by one that
#: ran for longer than that.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 60.0


class Child:
    """
    A process of a session of its own that is started again whenever it ends.

    Args:
        name: What to call it in the log.
        command: Program and arguments.
        environment: All of its environment.
        is_silent: Its stdout is thrown away; what it says on stderr is kept.
    """

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], is_silent: bool = False
    ) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._stdout = subprocess.DEVNULL if is_silent else None
        self._process: subprocess.Popen[bytes] | None = None
        self._pause_seconds = _FIRST_PAUSE_SECONDS
        self._started = 0.0
        self._ended: float | None = None

    def start(self) -> None:
        """Start it; it gets SIGTERM when this process ends, whatever ends it (Linux)."""
        self._process = subprocess.Popen(  # noqa: S603 - commands of this package
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._stdout,
            start_new_session=True,
            # One thread, and nothing but system calls: safe between fork and exec.
            preexec_fn=_prepare,  # noqa: PLW1509
        )
        self._started, self._ended = time.monotonic(), None

    @property
    def pid(self) -> int | None:
        """Its process id, None before the first start."""
        return self._process.pid if self._process else None

    def is_running(self) -> bool:
        """Say whether it runs."""
        return self._process is not None and self._process.poll() is None

    def exit_code(self) -> int | None:
        """Return what it ended with, negative for a signal; None while it runs."""
        return self._process.poll() if self._process else None

    def revive(self) -> bool:
        """Start it again where it has ended and its pause is over; say whether it was."""
        if self.is_running():
            return False
        now = time.monotonic()
        if self._ended is None:
            self._ended = now
            ran_seconds = now - self._started
            is_steady = ran_seconds > _LONGEST_PAUSE_SECONDS
            self._pause_seconds = _FIRST_PAUSE_SECONDS if is_steady else self._pause_seconds
        if now - self._ended < self._pause_seconds:
            return False
        self._pause_seconds = min(2 * self._pause_seconds, _LONGEST_PAUSE_SECONDS)
        self.start()
        return True

    def stop(self) -> None:
        """End it: with SIGTERM, and with SIGKILL, with all its processes, what is left of them."""
        if self._process is None:
            return
        if self.is_running():
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _prepare() -> None:
    die_with_parent()
    # A shell starts what it puts in the background deaf to it, and Prefect's worker ends by it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def die_with_parent(sent: int = signal.SIGTERM) -> None:
    """Let this process get the signal *sent* when its parent ends; Linux only, elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, sent, 0, 0, 0)
