"""Runs whose process is no more are marked as crashed, and so are the subflows that they leave."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows.api import ask
from flows.burying import bury_dead_runs
from flows.deploy import POOL

pytestmark = pytest.mark.timeout(300)


def started(api: str, state: str) -> dict[str, Any]:
    """Return a run of a deployment of newsdesk's pool that is in *state*."""
    if ask(api, f"/work_pools/{POOL}") is None:
        ask(api, "/work_pools/", {"name": POOL, "type": "process"})
    flow = ask(api, "/flows/", {"name": "buried"})
    deployment = ask(api, "/deployments/", {"name": "buried", "flow_id": flow["id"], "work_pool_name": POOL})
    run: dict[str, Any] = ask(api, f"/deployments/{deployment['id']}/create_flow_run", {})
    enter(api, run, state)
    return run


def child_of(api: str, run: dict[str, Any], state: str) -> dict[str, Any]:
    """Return a subflow of *run* that is in *state*, as `collect` has one that publishes."""
    task = ask(api, "/task_runs/", {"flow_run_id": run["id"], "task_key": "publish", "dynamic_key": str(uuid.uuid4())})
    child: dict[str, Any] = ask(api, "/flow_runs/", {"flow_id": run["flow_id"], "parent_task_run_id": task["id"]})
    enter(api, child, state)
    return child


def enter(api: str, run: dict[str, Any], state: str) -> None:
    ask(api, f"/flow_runs/{run['id']}/set_state", {"state": {"type": state}, "force": True})


def states(api: str, *runs: dict[str, Any]) -> list[str]:
    return [ask(api, f"/flow_runs/{run['id']}")["state_type"] for run in runs]


def now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=1)


def test_a_run_without_a_process_crashes_and_one_with_a_process_goes_on(prefect_server: str) -> None:
    dead, living = started(prefect_server, "RUNNING"), started(prefect_server, "RUNNING")

    assert bury_dead_runs(prefect_server, alive={living["id"]}, latest=now()) >= 1

    assert states(prefect_server, dead, living) == ["CRASHED", "RUNNING"]


def test_a_run_that_never_began_is_started_anew(prefect_server: str) -> None:
    unbegun = started(prefect_server, "PENDING")

    bury_dead_runs(prefect_server, alive=(), latest=now())

    assert states(prefect_server, unbegun) == ["SCHEDULED"]


def test_a_subflow_ends_with_the_run_that_was_killed_and_goes_on_with_one_that_lives(prefect_server: str) -> None:
    killed, living = started(prefect_server, "CRASHED"), started(prefect_server, "RUNNING")
    left, kept = child_of(prefect_server, killed, "RUNNING"), child_of(prefect_server, living, "RUNNING")

    bury_dead_runs(prefect_server, alive={living["id"]}, latest=now())

    assert states(prefect_server, left, kept) == ["CRASHED", "RUNNING"]


def test_a_run_that_may_be_about_to_get_its_process_is_left(prefect_server: str) -> None:
    young = started(prefect_server, "RUNNING")

    bury_dead_runs(prefect_server, alive=(), latest=now() - timedelta(minutes=1))

    assert states(prefect_server, young) == ["RUNNING"]
