"""What is ours of Prefect's server on SQLite: transactions in turn, garbage collected where nobody waits for it."""

import asyncio
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from flows.prefect_server import SqliteInTurn

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


def test_who_has_read_may_write_although_another_wanted_to(tmp_path: Path) -> None:
    config = SqliteInTurn(connection_url=f"sqlite+aiosqlite:///{tmp_path / 'prefect.db'}")

    async def write(number: int) -> None:
        async with await config.session(await config.engine()) as session, config.begin_transaction(session):
            await session.execute(text("insert into t values (:number)"), {"number": number})

    async def read_and_write() -> list[int]:
        async with await config.session(await config.engine()) as session:
            async with config.begin_transaction(session):
                await session.execute(text("create table t (n)"))
            async with config.begin_transaction(session):
                await session.execute(text("select * from t"))
                other = asyncio.create_task(write(2))
                await asyncio.wait([other], timeout=0.5)
                await session.execute(text("insert into t values (1)"))
            await other
            return list(await session.scalars(text("select n from t order by rowid")))

    assert asyncio.run(read_and_write()) == [1, 2]
