"""The commands of the service: deploy, serve."""

import os

from extractors.errors import ServiceError
from flows import api, console
from flows.deploy import deploy as register
from flows.serve import serve as keep_running
from flows.settings import Settings
from flows.watched import read_watchlist


def deploy() -> None:
    """
    Register prefect.yaml with the server that PREFECT_API_URL names.

    Raises:
        ServiceError: It names none, or the server cannot be reached, is too old, refuses.
    """
    address = os.environ.get("PREFECT_API_URL", "")
    if not address:
        raise ServiceError("PREFECT_API_URL names no server; set it, or start one with `newsdesk serve`")
    version = api.check_version(address)
    console.say(f"deployed {', '.join(register(address))}")
    console.say(f"to Prefect {version} at {address}; a worker there: prefect worker start --pool newsdesk")


def serve(settings: Settings, *, port: int) -> None:
    """Run Prefect's server and a worker on this machine, until Ctrl-C."""
    # A wrong watchlist is said at once.
    read_watchlist(settings.watchlist)
    keep_running(settings, port=port)
