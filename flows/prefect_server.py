"""
Prefect's server, able to run for weeks on SQLite: ``python -m flows.prefect_server ARGUMENTS`` is `prefect server`.

Two things of it are ours (decision 0020 says what was seen):

- Transactions take SQLite's write lock when they begin. One that reads first and then wants to write is refused at once
  where another wrote meanwhile; its client asks again after 2, 4, 8, 16 s.
- The garbage collector has a thread of its own. To free a cursor, SQLite takes the lock of its connection; in the
  thread of the event loop, while that connection waits for its turn to write, all would stand still for 60 s.
"""

import gc
import runpy
import sys
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager

from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import temporary_database_config
from prefect.server.utilities.database import get_dialect
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction

_PAUSE_SECONDS = 1.0
#: Pauses from one look at all objects to the next; the young are looked at after each.
_FULL_EVERY = 30
_YOUNG = 1
_ALL = 2


class SqliteInTurn(AioSqliteConfiguration):
    """Prefect's SQLite, whose transactions wait for their turn to write before they read."""

    @asynccontextmanager
    async def begin_transaction(
        self,
        session: AsyncSession,
        with_for_update: bool = False,  # noqa: ARG002, FBT001, FBT002 - Prefect's signature
    ) -> AsyncGenerator[AsyncSessionTransaction, None]:
        """Begin a transaction of *session* as Prefect begins those that it knows will write: ``BEGIN IMMEDIATE``."""
        async with super().begin_transaction(session, with_for_update=True) as transaction:
            yield transaction


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
    with ExitStack() as stack:
        url = PREFECT_API_DATABASE_CONNECTION_URL.value()
        if get_dialect(url).name == "sqlite":
            stack.enter_context(temporary_database_config(SqliteInTurn(connection_url=url)))
        runpy.run_module("prefect", run_name="__main__")


if __name__ == "__main__":
    main()
