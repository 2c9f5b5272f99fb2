"""
Keep Prefect's server with a worker running on this machine: `newsdesk serve`.

Four processes, each in a session of its own: this one, which watches; the server; the warm process, of which every run
is a fork; the worker, which hears what is due. What ends is started again, and whenever the server or the worker was,
one run of collect follows, because nobody heard the bells that rang meanwhile.
"""

import itertools
import json
import os
import shlex
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from extractors.errors import ServiceError, WarehouseBusyError
from flows import quick
from flows.api import check_version, wait_until_healthy
from flows.burying import bury_dead_runs
from flows.children import Child
from flows.console import note
from flows.deploy import POOL, deploy, start_run
from flows.settings import ROOT, Settings
from warehouse.gate import held_gate

#: The first start makes the database: 12 s on a quiet machine, 88 s on a busy one (measured with Prefect 3.8).
_START_SECONDS = 300.0
_LOOK_SECONDS = 0.5
#: Looks from one search for dead runs to the next: half a minute.
_LOOKS_A_ROUND = 60
#: From a run's being taken to its process; two seconds, 20 on a busy machine.
_SETTLING_SECONDS = 60.0
#: The same where no worker is left that could still start it.
_STARTING_SECONDS = 5.0
#: More would only wait for the one writer; a backfill of hours takes one of them.
_RUNS_AT_ONCE = 6
#: What wakes the work up after nobody listened.
_FIRST = ("collect",)


class Service:
    """
    The four processes of one home; a context manager, entered when all of them run.

    Args:
        settings: Whose home and watchlist it is.
        port: Of the server, on loopback.
    """

    def __init__(self, settings: Settings, *, port: int) -> None:
        self.ui = f"http://127.0.0.1:{port}"
        self.api = f"{self.ui}/api"
        self._port = port
        self._home = settings.home.resolve()
        self._watchlist = settings.watchlist.resolve()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start all of it, in the order in which it is needed."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="newsdesk-")))
            stack.callback(self._stop)
            self._warm_socket = folder / "warm"
            self._make(self._environment())
            self.server.start()
            self.warm.start()
            wait_until_healthy(self.api, seconds=_START_SECONDS, is_alive=self.server.is_running)
            note(f"Prefect {check_version(self.api)} is at {self.ui} (its data: {self._home / 'server'})")
            command = shlex.join([sys.executable, "-I", "-S", quick.__file__])
            # It sees for itself which runs live. The automation that hears their heartbeats would cost SQLite a write
            # for each event of a run.
            note(f"deployed {', '.join(deploy(self.api, command=command, has_automations=False))}")
            self.bury(older_than_seconds=0)
            self.worker.start()
            note("worker started; Ctrl-C ends all of it, at any moment")
            self.take_up()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all of it."""
        self._stack.close()

    def _make(self, environment: dict[str, str]) -> None:
        python = [sys.executable, "-m"]
        server = [*python, "flows.prefect_server", "start", "--host", "127.0.0.1", "--port", str(self._port)]
        worker = [*python, "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
        worker += ["--name", "newsdesk", "--limit", str(_RUNS_AT_ONCE)]
        quiet = {"PREFECT_LOGGING_LEVEL": "WARNING", "PREFECT_SERVER_LOGGING_LEVEL": "WARNING"}
        self.server = Child("server", server, environment=environment | quiet, is_silent=True)
        self.warm = Child("warm process", [*python, "flows.warm", str(self._warm_socket)], environment=environment)
        self.worker = Child("worker", worker, environment=environment)

    def _environment(self) -> dict[str, str]:
        """Return the environment of all of them: this one's, our choices where it says nothing, absolute paths."""
        chosen = {
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
            "DO_NOT_TRACK": "1",
            # A look at the queue costs the server 10 ms; Prefect's default of 10 s is half the way to the reader.
            "PREFECT_WORKER_QUERY_SECONDS": "0.5",
            # A run that finds its deployment's place taken tries again after so long; Prefect's default is 30. By the
            # prefetch, too, which else takes up each run that is due within 10 s, now, at every look, to no avail.
            "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "2",
            "PREFECT_WORKER_PREFETCH_SECONDS": "0",
            # In memory, they would be lost with the server, and their places stay taken.
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
            "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(self._home / "server" / "ui"),
            # Else Prefect keeps every run it ever made, not only those of 90 days.
            "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
            # One line for each fetch and each entry, kept with the run.
            "PREFECT_LOGGING_EXTRA_LOGGERS": "newsdesk",
            "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
            "PREFECT_LOGGING_COLORS": str(sys.stdout.isatty()).lower(),
        }
        fixed = {
            "PREFECT_API_URL": self.api,
            "PREFECT_HOME": str(self._home / "server"),
            "NEWSDESK_HOME": str(self._home),
            "NEWSDESK_WATCHLIST": str(self._watchlist),
            "NEWSDESK_DISPATCH": "event",
            "NEWSDESK_ROOT": str(ROOT),
            quick.WARM: str(self._warm_socket),
        }
        return {**chosen, **os.environ, **fixed}

    def watch(self) -> None:
        """Start again what ends, for ever."""
        for number in itertools.count(1):
            time.sleep(_LOOK_SECONDS)
            if number % _LOOKS_A_ROUND == 0:
                self._tolerating(self.bury)
            revived = [child for child in (self.server, self.warm, self.worker) if self._revived(child)]
            if self.worker in revived:
                # What it had begun to start has its process by now, or never will.
                time.sleep(_STARTING_SECONDS)
                self._tolerating(lambda: self.bury(older_than_seconds=_STARTING_SECONDS))
            if self.server in revived or self.worker in revived:
                self._tolerating(self._recover)

    def _revived(self, child: Child) -> bool:
        code = child.exit_code()
        is_revived = child.revive()
        if is_revived:
            note(f"the {child.name} ended ({_words(code)}) and was started again")
        return is_revived

    def _recover(self) -> None:
        """Take up what was lost while the server or the worker was away."""
        wait_until_healthy(self.api, seconds=_START_SECONDS, is_alive=self.server.is_running)
        self.take_up()

    def _tolerating(self, step: Callable[[], object]) -> None:
        """Do *step*; where the server does not answer, go on: it is started again, and the sweep finds what is left."""
        try:
            step()
        except ServiceError as error:
            note(f"newsdesk: {error}")

    def take_up(self) -> None:
        """Start what finds in the warehouse what is left to do."""
        for name in _FIRST:
            start_run(self.api, name, tags=["after-a-start"])

    def bury(self, *, older_than_seconds: float = _SETTLING_SECONDS) -> None:
        """Mark the runs of this home as crashed whose process is no more, but for those whose state is younger."""
        latest = datetime.now(UTC) - timedelta(seconds=older_than_seconds)
        bury_dead_runs(self.api, alive=runs_under_way(self._warm_socket), latest=latest)

    def _stop(self) -> None:
        for child in (self.worker, self.warm, self.server):
            child.stop()


def _words(code: int | None) -> str:
    return f"exit code {code}" if code is None or code >= 0 else f"signal {-code}"


def runs_under_way(warm_socket: Path) -> set[str]:
    """Return the ids of the runs that the warm process at *warm_socket* has; none where it does not answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            line.connect(str(warm_socket))
            line.sendall(b'{"question": "runs"}\n')
            answer = line.makefile().readline()
        except OSError:
            return set()
    return set(json.loads(answer or "[]"))


def serve(settings: Settings, *, port: int) -> None:
    """
    Run server and worker for the home of *settings* until somebody ends it.

    Raises:
        ServiceError: The port is taken, another service has this home, or the server does not start.
    """
    check_port(port)
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        with (
            held_gate(settings.home, name="serve", wait_seconds=0),
            ended_by_signals(),
            Service(settings, port=port) as service,
        ):
            service.watch()
    except WarehouseBusyError as error:
        raise ServiceError(f"{settings.home}: another `newsdesk serve` has this home") from error


def check_port(port: int) -> None:
    """
    Say at once when *port* cannot be had.

    Raises:
        ServiceError: Something else listens there.
    """
    with socket.socket() as probe:
        # As servers do: a connection of the last server that still lingers is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ServiceError(f"port {port}: {error.strerror}; choose another with --port") from error


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as Ctrl-C does, which is no failure."""
    signals = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

    def end(number: int, _: FrameType | None) -> None:
        for heard in signals:
            # What is ended is ended once; an impatient second Ctrl-C would leave half of it running.
            signal.signal(heard, signal.SIG_IGN)
        raise KeyboardInterrupt(number)

    for number in signals:
        signal.signal(number, end)
    try:
        yield
    except KeyboardInterrupt:
        note("stopped")
