"""
Import Prefect the way newsdesk wants it: quiet, patient, private.

Prefect reads these at import, so every command that starts flows imports this module first. What is already set in the
environment wins.
"""

import os
import signal
from contextlib import suppress
from pathlib import Path

_DEFAULTS = {
    # The temporary API needs 15 to 30 CPU seconds to start; its default limit of 20 s was exceeded twice when measured.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # The ledger is in the warehouse; Prefect's log of a temporary API is lost at exit anyway.
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}
# A temporary API is ended in the middle of its bookkeeping, and sometimes says so in tracebacks ("Exception terminating
# connection", "Error flushing 1 events"). Nothing is lost by that, since its history is not kept; what fails in a flow
# is raised.
_DEFAULTS_OF_A_TEMPORARY_API = {
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL",
}


def prepare(home: Path) -> None:
    """
    Set Prefect's environment, unless it is set; call before the first import of prefect.

    Without a server (no PREFECT_API_URL) the temporary API keeps its database below *home*, so that no other Prefect of
    this user, perhaps of another version, shares it.
    """
    defaults = _DEFAULTS | (_DEFAULTS_OF_A_TEMPORARY_API if is_temporary() else {})
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    if is_temporary():
        # Prefect makes the last folder of the path only.
        home.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("PREFECT_HOME", str((home / "prefect").resolve()))


def end_orphans(home: Path) -> list[int]:
    """
    End temporary APIs of *home* whose own process was killed; return their process ids.

    A killed `newsdesk run` cannot stop the API that Prefect started for it, and each would keep 200 MB for ever. An API
    is an orphan when its environment names this home's folder and its parent is no newsdesk. Only where /proc tells.
    """
    mark = f"PREFECT_HOME={(home / 'prefect').resolve()}".encode()
    orphans = [
        int(process.name)
        for process in Path("/proc").glob("[0-9]*")
        if b"prefect.server" in _told(process / "cmdline")
        and mark in _told(process / "environ").split(b"\0")
        and not _is_newsdesk(_parent(process))
    ]
    for pid in orphans:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    return orphans


def _told(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _parent(process: Path) -> Path:
    fields = _told(process / "stat").rpartition(b")")[2].split()
    return Path("/proc", fields[1].decode() if len(fields) > 1 else "1")


def _is_newsdesk(process: Path) -> bool:
    command = _told(process / "cmdline")
    return b"newsdesk" in command or b"flows.cli" in command


def is_temporary() -> bool:
    """Say whether this process will start an API of its own."""
    return "PREFECT_API_URL" not in os.environ
