"""Runs that wait for one that does their work: which are cancelled, and which are somebody's own."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from datetime import UTC, datetime, timedelta
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.states import Scheduled
from flows.waiting import cancel_waiting, spare_waiting

@flow(name="waiting for its turn")
def work(number: int = 0) -> int:
    return spare_waiting()

now = datetime.now(UTC)
with get_client(sync_client=True) as client:
    flow_id = client.create_flow_from_name("waiting for its turn")
    deployment_id = client.create_deployment(flow_id=flow_id, name="waits")
    def ask_for(name, **more):
        state = Scheduled(name=name, scheduled_time=now - timedelta(seconds=9))
        return client.create_flow_run_from_deployment(deployment_id, **({"state": state} | more)).id
    runs = {
        "place taken": ask_for("AwaitingConcurrencySlot"),
        "late": ask_for("Late"),
        "just asked for": ask_for("Scheduled"),
        "to come": ask_for("Scheduled", state=Scheduled(scheduled_time=now + timedelta(hours=1))),
        "somebody's own": ask_for("AwaitingConcurrencySlot", parameters={"number": 7}),
    }
    print(cancel_waiting(client, deployment_id, by="another"))
    for words, run_id in runs.items():
        print(words, "|", client.read_flow_run(run_id).state.type.value)
    print(client.read_flow_run(runs["late"]).state.message)
print(work())
"""


@pytest.mark.slow
def test_runs_that_wait_are_cancelled_but_not_those_to_come_or_with_parameters(prefect_server: str) -> None:
    environment = os.environ | {"PREFECT_API_URL": prefect_server, "PREFECT_LOGGING_LEVEL": "ERROR"}

    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == [
        "3",
        "place taken | CANCELLED",
        "late | CANCELLED",
        "just asked for | CANCELLED",
        "to come | SCHEDULED",
        "somebody's own | SCHEDULED",
        "another does its work.",
        "0",
    ]
