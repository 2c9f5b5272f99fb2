"""Mark the runs as crashed whose process is no more."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flows.api import ask
from flows.console import note
from flows.deploy import POOL

_OURS = {"work_pools": {"name": {"any_": [POOL]}}}
_UNFINISHED = ["RUNNING", "PENDING", "CANCELLING"]
_ENDED_BADLY = ["CRASHED", "FAILED", "CANCELLED"]
_DEAD = {"type": "CRASHED", "name": "Crashed", "message": "Its process is no more; it is marked as crashed."}
_UNBEGUN = {"type": "SCHEDULED", "name": "Scheduled", "message": "Its worker died before it began; it starts anew."}
#: Runs that ended badly whose subflows are looked at, the last first: more than end so between two looks.
_LAST_ENDED = 100


def bury_dead_runs(api: str, *, alive: Collection[str], latest: datetime) -> int:
    """
    Mark the runs of newsdesk's work pool, and subflows of such, as crashed that have no process; return how many.

    A run that had none yet is started anew.

    Args:
        api: Of the server.
        alive: Ids of the runs whose process lives.
        latest: A run whose state is younger may be about to get its process.
    """
    dead = [
        run
        for run in [*_unfinished(api), *_left_by_their_parents(api)]
        if run["id"] not in alive and datetime.fromisoformat(run["state"]["timestamp"]) <= latest
    ]
    for run in dead:
        state = _UNBEGUN if run["state_type"] == "PENDING" and not run["parent_task_run_id"] else _DEAD
        ask(api, f"/flow_runs/{run['id']}/set_state", {"state": state, "force": True})
        note(f"run {run['name']}: {state['message']}")
    return len(dead)


def _unfinished(api: str) -> list[dict[str, Any]]:
    return ask(api, "/flow_runs/filter", _OURS | {"flow_runs": _in_states(_UNFINISHED)}) or []


def _left_by_their_parents(api: str) -> list[dict[str, Any]]:
    """Return the unfinished subflows of runs that ended badly; those have neither a work pool nor a process."""
    last = {"sort": "END_TIME_DESC", "limit": _LAST_ENDED}
    ended = ask(api, "/flow_runs/filter", _OURS | {"flow_runs": _in_states(_ENDED_BADLY)} | last) or []
    left = _in_states(_UNFINISHED) | {"parent_flow_run_id": {"any_": [run["id"] for run in ended]}}
    return ask(api, "/flow_runs/filter", {"flow_runs": left}) or []


def _in_states(types: Sequence[str]) -> dict[str, Any]:
    return {"state": {"type": {"any_": types}}}
