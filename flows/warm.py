"""
A process that has everything imported, waiting to fork a run of Prefect in a few hundredths of a second.

``python -m flows.warm SOCKET``; started by `newsdesk serve`. It has one thread and opens nothing, so that a fork of it
is as good as a new process. It imports neither DuckDB nor PyArrow, which start threads when they are imported.

A run lives as long as the ``quick.py`` that ordered it: when that is killed, the run's whole process group is.
"""

import json
import os
import runpy
import selectors
import signal
import socket
import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from flows.children import die_with_parent

#: What the flows import that neither opens files nor starts threads.
_IMPORTED_AHEAD = (
    "prefect.flow_engine",
    "prefect.deployments.steps.core",
    "prefect.task_runners",
    "prefect.events",
    "prefect._internal.metrics",
    "prefect.runner.storage",
    "pebble",
    "extractors.acquire.fetch",
    "extractors.acquire.polling",
    "extractors.watchlist",
    "flows.settings",
    "flows.console",
)
_BACKLOG = 64
_READ_BYTES = 65536


@dataclass(slots=True)
class Order:
    """A connection of ``quick.py``: what it sent so far, the run it was given."""

    line: socket.socket
    received: bytes = b""
    outputs: list[int] = field(default_factory=list)
    #: Process id of the run; 0 before it begins.
    pid: int = 0
    #: Its id in Prefect.
    run_id: str = ""


class Warm:
    """The listening socket and the runs under way."""

    def __init__(self, path: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Left by a warm process that was killed.
        path.unlink(missing_ok=True)
        self._listener.bind(str(path))
        self._listener.listen(_BACKLOG)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._orders: dict[int, Order] = {}
        #: A byte arrives here with every signal, so that a child's end wakes the loop.
        self._woken, waker = socket.socketpair()
        waker.settimeout(0)
        self._waker = waker
        self._selector.register(self._woken, selectors.EVENT_READ)

    def serve(self) -> None:
        """Take orders and report ends, for ever."""
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._stop())
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._welcome()
                elif key.fileobj is self._woken:
                    self._woken.recv(_READ_BYTES)
                else:
                    self._listen_to(key.data)
            self._bury()

    def _welcome(self) -> None:
        line, _ = self._listener.accept()
        self._selector.register(line, selectors.EVENT_READ, Order(line=line))

    def _listen_to(self, order: Order) -> None:
        """Take what *order* sent; begin when it is whole, end its run when its sender is gone."""
        try:
            data, outputs, _, _ = socket.recv_fds(order.line, _READ_BYTES, 2)
        except OSError:
            data, outputs = b"", []
        order.outputs += outputs
        order.received += data
        if not data:
            self._forget(order)
            if order.pid:
                _kill(order.pid)
        elif not order.pid and order.received.endswith(b"\n"):
            self._obey(order)

    def _obey(self, order: Order) -> None:
        """Begin the run that *order* describes, or answer a question."""
        wanted = json.loads(order.received)
        if wanted.get("question") == "runs":
            with suppress(OSError):
                order.line.sendall(json.dumps([held.run_id for held in self._orders.values()]).encode() + b"\n")
            return
        order.run_id = wanted["environment"].get("PREFECT__FLOW_RUN_ID", "")
        self._begin(order, wanted)

    def _begin(self, order: Order, wanted: dict[str, object]) -> None:
        order.pid = os.fork()
        if order.pid == 0:
            self._become(order, wanted)
        for output in order.outputs:
            os.close(output)
        self._orders[order.pid] = order
        with suppress(OSError):
            order.line.sendall(f"{order.pid}\n".encode())

    def _become(self, order: Order, wanted: dict[str, object]) -> None:
        """Be the run, in the child: nothing of the warm process stays open."""
        code = 1
        try:
            os.setsid()
            die_with_parent(signal.SIGKILL)
            signal.set_wakeup_fd(-1)
            for changed in (signal.SIGCHLD, signal.SIGTERM):
                signal.signal(changed, signal.SIG_DFL)
            for number, output in enumerate(order.outputs, start=1):
                os.dup2(output, number)
                os.close(output)
            self._close_all()
            code = _run(wanted)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            # Not sys.exit: the stack below is the warm process's.
            os._exit(code)

    def _close_all(self) -> None:
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr] # only sockets are registered
        self._selector.close()
        self._waker.close()

    def _bury(self) -> None:
        """Tell the sender of every run that ended how it did."""
        for pid, order in list(self._orders.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            del self._orders[pid]
            with suppress(OSError):
                order.line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
            if order.line.fileno() >= 0:
                self._forget(order)

    def _forget(self, order: Order) -> None:
        self._selector.unregister(order.line)
        order.line.close()

    def _stop(self) -> None:
        for pid in self._orders:
            _kill(pid)
        sys.exit(0)


def _run(order: dict[str, object]) -> int:
    """Do the run that *order* describes, as `python -m prefect.engine` does; return the exit code."""
    os.environ.clear()
    os.environ.update(order["environment"])  # type: ignore[call-overload] # quick.py sends strings
    os.chdir(str(order["folder"]))
    from prefect.context import refresh_global_settings_context

    refresh_global_settings_context()
    sys.argv = ["prefect.engine"]
    try:
        # Not altering __main__: the processes that a run spawns import the module of that name anew.
        warnings.filterwarnings("ignore", message=".*prefect.engine.* found in sys.modules", category=RuntimeWarning)
        runpy.run_module("prefect.engine", run_name="__main__")
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except KeyboardInterrupt:
        return 130
    return 0


def _kill(pid: int) -> None:
    """Kill the run *pid* with the processes that read for it."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def main() -> None:
    """Import, then serve at the socket that the command line names."""
    for name in _IMPORTED_AHEAD:
        __import__(name)
    Warm(Path(sys.argv[1])).serve()


if __name__ == "__main__":
    main()
