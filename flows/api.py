"""The few questions that newsdesk asks of Prefect's server, without importing Prefect."""

import base64
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from extractors.errors import ServiceError

_TIMEOUT_SECONDS = 30
_STEP_SECONDS = 0.2
#: A server on SQLite answers 503 while another of its transactions writes; Prefect's own client waits likewise.
_PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
#: Before it, concurrency limits of deployments and the triggers of prefect.yaml mean something else.
OLDEST_SERVER = (3, 8)


def ask(api: str, path: str, body: object = None, *, method: str | None = None) -> Any:  # noqa: ANN401 - it is JSON
    """
    Send *body* to *path* of the server at *api* and return its answer.

    Args:
        api: Such as ``http://127.0.0.1:4200/api``.
        path: Begins with a slash.
        body: Sent as JSON; None: nothing is sent.
        method: GET without a body, POST with one.

    Returns:
        The answer read as JSON; None where it is empty or says that there is no such thing (404).

    Raises:
        ServiceError: The server cannot be reached, or refuses.
    """
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | _credentials(os.environ)
    request = urllib.request.Request(api.rstrip("/") + path, data=data, headers=headers, method=method)  # noqa: S310
    for pause_seconds in (*_PAUSES_SECONDS, None):
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - a person named it
                text = answer.read()
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return None
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE or pause_seconds is None:
                words = " ".join(error.read().decode("utf-8", "replace").split())[:200]
                raise ServiceError(f"{api}{path}: Prefect's server answers {error.code}: {words}") from error
            time.sleep(pause_seconds)
        except (OSError, ValueError) as error:
            words = f"no Prefect server answers at {api} ({getattr(error, 'reason', error)})"
            raise ServiceError(f"{words}; start one with `newsdesk serve`") from error
        else:
            return json.loads(text) if text else None
    return None


def _credentials(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the header by which Prefect's own client would prove who it is."""
    if key := environment.get("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    if pair := environment.get("PREFECT_API_AUTH_STRING"):
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    return {}


def check_version(api: str) -> str:
    """
    Return the version of the server at *api*.

    Raises:
        ServiceError: It cannot be reached, or is older than what prefect.yaml needs.
    """
    version = str(ask(api, "/admin/version"))
    if tuple(int(part) if part.isdigit() else 0 for part in version.split(".")[:2]) < OLDEST_SERVER:
        needed = ".".join(map(str, OLDEST_SERVER))
        raise ServiceError(f"{api}: Prefect {version} is too old there; {needed} or newer is needed")
    return version


def wait_until_healthy(api: str, *, seconds: float, is_alive: Callable[[], bool]) -> None:
    """
    Wait until the server at *api* answers.

    Raises:
        ServiceError: It ended by itself, as *is_alive* says, or did not answer within *seconds*.
    """
    steps = max(1, round(seconds / _STEP_SECONDS))
    for _ in range(steps):
        if not is_alive():
            raise ServiceError("Prefect's server ended by itself; what it said stands above")
        if is_healthy(api):
            return
        time.sleep(_STEP_SECONDS)
    raise ServiceError(f"Prefect's server did not answer at {api} within {seconds:g} s")


def is_healthy(api: str) -> bool:
    """Say whether the server at *api* answers."""
    try:
        return bool(ask(api, "/health"))
    except ServiceError:
        return False
