"""The garbage of Prefect's server is collected where nobody waits for it."""

import subprocess
import sys
from pathlib import Path

# What was seen in the server, made small: a connection waits for its turn to write, a cursor of it is garbage, and the
# one who writes meets the garbage collector before it commits.
PROGRAM = """
import sqlite3, sys, threading, time
from flows.prefect_server import collect_garbage_apart

collect_garbage_apart()
first = sqlite3.connect(sys.argv[1], isolation_level=None)
first.execute("create table t (n)")
second = sqlite3.connect(sys.argv[1], isolation_level=None, check_same_thread=False, timeout=10)

def write():
    try:
        second.execute("begin immediate")
        print("wrote")
    except sqlite3.OperationalError as error:
        print(error)

first.execute("begin immediate")
held = [second.execute("select 1 union all select 2")]
held.append(held)
writer = threading.Thread(target=write)
writer.start()
time.sleep(0.5)
del held
made = [[n] for n in range(200_000)]
time.sleep(2)
first.execute("commit")
writer.join()
"""


def test_a_cursor_that_is_garbage_keeps_nobody_from_writing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "t.db")]

    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout == "wrote\n"
