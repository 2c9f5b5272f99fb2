"""
Start one run of Prefect in the warm process of `newsdesk serve`; the command of the work pool that it makes.

Run as a script by a worker, so it imports next to nothing: a new Python that imports Prefect takes 2 to 3 seconds of
CPU before a flow begins (20 seconds on a busy machine), this and a fork a few hundredths. Where the warm process cannot
be had, it becomes the Python that Prefect would have started.
"""

import json
import os
import signal
import socket
import sys
from contextlib import suppress

#: Names the socket of the warm process.
WARM = "NEWSDESK_WARM_SOCKET"
_MOST_BYTES = 65536


def main() -> None:
    """Have the run done in a fork of the warm process and end as it ended; else do it here."""
    line = _connected(os.environ.get(WARM, ""))
    if line is None:
        os.execv(sys.executable, [sys.executable, "-m", "prefect.engine"])  # noqa: S606 - what Prefect itself starts
    _order(line)
    answers = line.makefile()
    pid = answers.readline().strip()
    if not pid:
        os.execv(sys.executable, [sys.executable, "-m", "prefect.engine"])  # noqa: S606
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: _pass_on(received, to=int(pid)))
    ended = answers.readline().strip()
    _end_as(int(ended) if ended else -signal.SIGKILL)


def _connected(path: str) -> socket.socket | None:
    """Return a connection to the warm process, None where it cannot be had."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.connect(path)
    except OSError:
        line.close()
        return None
    return line


def _order(line: socket.socket) -> None:
    """Send what the run needs: environment, folder, where its output goes."""
    order = json.dumps({"environment": dict(os.environ), "folder": os.getcwd()}).encode() + b"\n"  # noqa: PTH109
    # The descriptors travel with the first bytes.
    sent = socket.send_fds(line, [order[:_MOST_BYTES]], [1, 2])
    line.sendall(order[sent:])


def _pass_on(received: int, *, to: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(to, received)


def _end_as(code: int) -> None:
    """End with *code*; by the signal, where it is negative."""
    if code < 0:
        signal.signal(-code, signal.SIG_DFL) if -code != signal.SIGKILL else None
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    main()
