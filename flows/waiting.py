"""Spare the runs that wait for one that does their work."""

from datetime import UTC, datetime
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
)
from prefect.context import FlowRunContext
from prefect.states import Cancelled

#: A run that found its deployment's place taken, one that no worker took yet, one that has just been asked for.
_WAITING = ["AwaitingConcurrencySlot", "Late", "Scheduled"]


def spare_waiting() -> int:
    """
    Cancel the runs of the deployment under way that wait for their turn; return how many.

    To be called before the warehouse is asked what is to be done: all that they were started for stands in it already.
    Each tries for the place again and again: eight of them, on a machine too busy to end runs as fast as bells came,
    made 11,000 events in half an hour, four of five that Prefect stored, and kept the worker from starting any poll.
    """
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or context.flow_run.deployment_id is None:
        return 0
    with get_client(sync_client=True) as client:
        return cancel_waiting(client, context.flow_run.deployment_id, by=context.flow_run.name)


def cancel_waiting(client: SyncPrefectClient, deployment_id: UUID, *, by: str) -> int:
    """
    Cancel the waiting runs of a deployment that want nothing special; return how many.

    Args:
        client: Of the server.
        deployment_id: Whose runs.
        by: Name of the run that does their work.
    """
    # Any instant will do; the type asks for Prefect's own.
    past = FlowRunFilterExpectedStartTime(before_=datetime.now(UTC))  # type: ignore[arg-type]
    due = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment_id]),
        state=FlowRunFilterState(name=FlowRunFilterStateName(any_=_WAITING)),
        expected_start_time=past,
    )
    # Parameters were given by a person, who wants this very run.
    spared = [run for run in client.read_flow_runs(flow_run_filter=due) if not run.parameters]
    for run in spared:
        client.set_flow_run_state(run.id, Cancelled(message=f"{by} does its work."))
    return len(spared)
