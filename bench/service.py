"""
A running service that a measurement looks at: `newsdesk serve` in a process of its own.

What is measured of it is seen from outside: through its API, in the snapshot that it publishes, in /proc.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from flows.api import ask
from flows.children import die_with_parent
from flows.deploy import start_run

_START_SECONDS, _STOP_SECONDS = 300.0, 60.0
_LOOK_SECONDS, _IDLE_SECONDS = 0.05, 2.0
_TICKS = os.sysconf("SC_CLK_TCK")
_BUSY = {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}
#: A run that another one started ends with it.
_ITS_OWN = {"parent_task_run_id": {"is_null_": True}}
#: What each child of the service has in its command line.
CHILDREN = {"server": "server start", "warm": "flows.warm", "worker": "prefect worker start"}


@dataclass(slots=True)
class Snapshot:
    """The published snapshot of *home*; opened again only where it was replaced."""

    home: Path
    _seen: tuple[int, int] = (0, 0)
    _rows: list[tuple[Any, ...]] = field(default_factory=list)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the answer to *query*, always the same one; empty before there is a snapshot."""
        path = self.home / "newsdesk.duckdb"
        if not path.exists():
            return []
        held = path.stat()
        if (held.st_ino, held.st_mtime_ns) != self._seen:
            with duckdb.connect(str(path), read_only=True) as con:
                self._rows = con.execute(query).fetchall()
            self._seen = (held.st_ino, held.st_mtime_ns)
        return self._rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that runs."""

    api: str
    pid: int
    log: Path

    def start(self, name: str) -> str:
        """Start a run of the deployment *name*; return its id."""
        return start_run(self.api, name)

    def wait_until_idle(self, *, seconds: float) -> None:
        """Wait until no run is under way; asked seldom, because the server's answer costs CPU that is measured."""
        wait_until(self.is_idle, seconds=seconds, what="all runs end", step_seconds=_IDLE_SECONDS)

    def is_idle(self) -> bool:
        """Say whether no run is under way, and none is about to begin."""
        late = {"type": {"any_": ["SCHEDULED"]}}
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
        begun = {"flow_runs": _ITS_OWN | {"state": _BUSY}}
        due = {"flow_runs": {"state": late, "next_scheduled_start_time": {"before_": soon}}}
        return not ask(self.api, "/flow_runs/count", begun) and not ask(self.api, "/flow_runs/count", due)

    def runs_under_way(self) -> list[str]:
        """Return the names of the runs that Prefect believes to be under way."""
        return [run["name"] for run in ask(self.api, "/flow_runs/filter", {"flow_runs": {"state": _BUSY}})]

    def poll_all(self) -> str:
        """Start a poll of every feed, not only of those due; return the run's id."""
        deployment = ask(self.api, "/deployments/name/poll/poll")
        wanted = {"state": {"type": "SCHEDULED"}, "parameters": {"only_due": False}}
        return str(ask(self.api, f"/deployments/{deployment['id']}/create_flow_run", wanted)["id"])

    def child(self, name: str) -> int | None:
        """Return the process id of the child *name* (of CHILDREN); None while there is none."""
        for pid in children_of(self.pid):
            if CHILDREN[name] in command_of(pid):
                return pid
        return None


def children_of(pid: int) -> list[int]:
    """Return the process ids of the children of *pid*, in the order of their start."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            continue
    return sorted(found)


def tree_of(pid: int) -> list[int]:
    """Return *pid* and all processes below it."""
    return [pid, *(below for child in children_of(pid) for below in tree_of(child))]


def command_of(pid: int) -> str:
    """Return the command line of *pid*, empty where it is no more."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the CPU seconds that *pids* have used, with those of their children that ended."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / _TICKS


def resident_mb(pids: Sequence[int]) -> float:
    """Return the resident memory of *pids* in MB."""
    pages = 0
    for pid in pids:
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def wait_until(is_so: Callable[[], bool], *, seconds: float, what: str, step_seconds: float = _LOOK_SECONDS) -> float:
    """
    Wait until *is_so*, asking every *step_seconds*; return the seconds that it took.

    Raises:
        TimeoutError: It took more than *seconds*.
    """
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(step_seconds)
    return time.monotonic() - began


@contextmanager
def serving(folder: Path, environment: Mapping[str, str]) -> Iterator[Service]:
    """Run `newsdesk serve` with *environment* until the block ends; what it says goes to serve.log in *folder*."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = "from flows.cli import main; main()"
    log = folder / "serve.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", program, "serve", "--port", str(port)],
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # A measurement that is killed leaves no service behind.
            preexec_fn=die_with_parent,  # noqa: PLW1509 - it makes one system call
        )
    try:
        wait_until(
            lambda: "worker started" in log.read_text() or process.poll() is not None,
            seconds=_START_SECONDS,
            what="the service starts",
        )
        if process.poll() is not None:
            sys.exit(f"newsdesk serve ended: {log.read_text()}")
        yield Service(api=f"http://127.0.0.1:{port}/api", pid=process.pid, log=log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
