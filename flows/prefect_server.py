"""
Prefect's server, able to run for weeks on SQLite: ``python -m flows.prefect_server ARGUMENTS`` is `prefect server`.

To free a cursor, SQLite takes the lock of its connection. Where the garbage collector does that in the thread of the
event loop, while the connection waits for its turn to write, all stand still until SQLite gives up after 60 s (decision
0020). So here the collector has a thread of its own, which can wait without anybody's waiting for it.
"""

import gc
import runpy
import sys
import threading
import time

_PAUSE_SECONDS = 1.0
#: Pauses from one look at all objects to the next; the young are looked at after each.
_FULL_EVERY = 30
_YOUNG = 1
_ALL = 2


def collect_garbage_apart() -> threading.Thread:
    """Let a thread of its own collect this process's garbage, and no other thread; return it."""
    gc.disable()
    thread = threading.Thread(target=_collect_for_ever, name="garbage", daemon=True)
    thread.start()
    return thread


def _collect_for_ever() -> None:
    number = 0
    while True:
        time.sleep(_PAUSE_SECONDS)
        number += 1
        gc.collect(_YOUNG if number % _FULL_EVERY else _ALL)


def main() -> None:
    """Do what `prefect server` does with the arguments of the command line."""
    collect_garbage_apart()
    sys.argv = ["prefect", "server", *sys.argv[1:]]
    runpy.run_module("prefect", run_name="__main__")


if __name__ == "__main__":
    main()
