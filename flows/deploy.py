"""Register with a Prefect server what newsdesk is there: work pool, queues, deployments, automations."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from extractors.errors import ServiceError
from flows.api import ask
from flows.settings import ROOT

POOL = "newsdesk"
#: Queues by priority: what somebody waits for goes before what takes hours.
QUEUES = {"urgent": 1, "default": 2}
DEPLOYMENTS = ROOT / "prefect.yaml"
AUTOMATIONS = ROOT / "automations.yaml"
#: A deployment of eight flows takes 5 s on a quiet machine.
_TIMEOUT_SECONDS = 300


def deploy(api: str, *, command: str | None = None, has_automations: bool = True) -> list[str]:
    """
    Register everything with the server at *api*; done again, it changes what has changed.

    Args:
        api: The address of the server's API.
        command: What a worker of the pool starts for each run; None: Prefect's own. An existing pool keeps its command
            where this is None.
        has_automations: Register those of automations.yaml too.

    Returns:
        The names of the deployments.

    Raises:
        ServiceError: The server cannot be reached or refuses, or this installation has no prefect.yaml.
    """
    for needed in (DEPLOYMENTS, AUTOMATIONS):
        if not needed.is_file():
            raise ServiceError(f"{needed} is missing from this installation; deploy from a checkout")
    make_pool(api, command=command)
    for name, priority in QUEUES.items():
        make_queue(api, name, priority=priority)
    names = register_deployments(api)
    for automation in read_yaml(AUTOMATIONS)["automations"] if has_automations else ():
        register_automation(api, automation)
    return names


def read_yaml(path: Path) -> dict[str, Any]:
    """Return what the file at *path* says."""
    import yaml

    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def make_pool(api: str, *, command: str | None) -> None:
    """Make the work pool where there is none, and give it *command*."""
    held = ask(api, f"/work_pools/{POOL}")
    if held is None:
        description = "Runs of newsdesk, each a process on the worker's machine."
        held = ask(api, "/work_pools/", {"name": POOL, "type": "process", "description": description})
    if command is not None:
        template = held.get("base_job_template") or _process_template(api)
        template["variables"]["properties"]["command"]["default"] = command
        ask(api, f"/work_pools/{POOL}", {"base_job_template": template}, method="PATCH")


def _process_template(api: str) -> dict[str, Any]:
    """Return the template of jobs that Prefect's worker for processes takes."""
    kinds = ask(api, "/collections/views/aggregate-worker-metadata")
    return dict(kinds["prefect"]["process"]["default_base_job_configuration"])


def make_queue(api: str, name: str, *, priority: int) -> None:
    """Make the queue *name* of the pool, or give it *priority*: 1 goes first."""
    path = f"/work_pools/{POOL}/queues"
    if ask(api, f"{path}/{name}") is None:
        ask(api, path, {"name": name, "priority": priority})
    else:
        ask(api, f"{path}/{name}", {"priority": priority}, method="PATCH")


def register_deployments(api: str) -> list[str]:
    """
    Let Prefect read prefect.yaml; return the names of the deployments.

    Prefect's own command does it, because it alone knows what that file may say.

    Raises:
        ServiceError: It fails; the message is the last thing it said.
    """
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(DEPLOYMENTS)]
    environment = os.environ | {"PREFECT_API_URL": api, "NEWSDESK_ROOT": str(ROOT), "PREFECT_LOGGING_LEVEL": "ERROR"}
    done = _run(command, environment=environment)
    if done.returncode:
        raise ServiceError(f"prefect deploy: {last_line(done.stdout + done.stderr)}")
    return [str(deployment["name"]) for deployment in read_yaml(DEPLOYMENTS)["deployments"]]


def _run(command: Sequence[str], *, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(  # noqa: S603 - Prefect's command, with our file
            command,
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise ServiceError(f"prefect deploy: took longer than {_TIMEOUT_SECONDS} s") from error


def last_line(printed: str) -> str:
    """Return the last line of *printed* that says something, without the frames that Prefect draws."""
    lines = [line.strip(" │╭╮╰╯─\t") for line in printed.splitlines()]
    return next((line for line in reversed(lines) if line), "it failed and said nothing")


def register_automation(api: str, automation: Mapping[str, object]) -> None:
    """Register *automation*, in the place of one of its name."""
    wanted = {"automations": {"name": {"any_": [automation["name"]]}}}
    held = ask(api, "/automations/filter", wanted) or []
    if held:
        ask(api, f"/automations/{held[0]['id']}", automation, method="PUT")
    else:
        ask(api, "/automations/", automation)


def start_run(api: str, name: str, *, tags: Sequence[str] = ()) -> str:
    """
    Start a run of the deployment *name*; return its id.

    Raises:
        ServiceError: There is no such deployment, or the server cannot be reached.
    """
    held = ask(api, f"/deployments/name/{name}/{name}")
    if held is None:
        raise ServiceError(f"{api}: no deployment {name}; `newsdesk deploy` registers it")
    wanted = {"state": {"type": "SCHEDULED"}, "tags": list(tags)}
    return str(ask(api, f"/deployments/{held['id']}/create_flow_run", wanted)["id"])
