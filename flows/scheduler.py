"""
Import Prefect the way newsdesk wants it: quiet, patient, private.

Prefect reads these at import, so every command that starts flows imports this module first. What is already set in the
environment wins.
"""

import os
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


def prepare(home: Path) -> None:
    """
    Set Prefect's environment, unless it is set; call before the first import of prefect.

    Without a server (no PREFECT_API_URL) the temporary API keeps its database below *home*, so that no other Prefect of
    this user, perhaps of another version, shares it.
    """
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    if is_temporary():
        # Prefect makes the last folder of the path only.
        home.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("PREFECT_HOME", str((home / "prefect").resolve()))


def is_temporary() -> bool:
    """Say whether this process will start an API of its own."""
    return "PREFECT_API_URL" not in os.environ
