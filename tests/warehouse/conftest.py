"""What the warehouse's tests share: a warehouse that is ready to be filled."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.warehouse.newsroom import Newsroom, Warehouse
from warehouse.connection import writer
from warehouse.coverage import sync_topics
from warehouse.feeds import sync_feeds
from warehouse.runs import start_run


@pytest.fixture
def room() -> Newsroom:
    """Return the builder of records."""
    return Newsroom()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of a closed warehouse that watches one feed and one topic, in one run; only to be copied."""
    home, room = tmp_path_factory.mktemp("prepared"), Newsroom()
    with writer(home) as con:
        sync_feeds(con, [room.feed], now=room.now)
        sync_topics(con, [room.topic], now=room.now)
        start_run(con, run_id="run-1", flow="collect", now=room.now, newsdesk_version="0", extractor_version="1")
        # Else every test would replay the log.
        con.execute("checkpoint")
    return home


@pytest.fixture
def warehouse(home: Path, room: Newsroom, prepared: Path) -> Iterator[Warehouse]:
    """Return an open warehouse that watches one feed and one topic, in one run."""
    shutil.copytree(prepared, home, dirs_exist_ok=True)
    with writer(home) as con:
        yield Warehouse(con=con, room=room)


@pytest.fixture
def warehouse_of_one(home: Path, room: Newsroom, prepared: Path) -> Path:
    """Return the home of a closed warehouse that holds one article."""
    shutil.copytree(prepared, home, dirs_exist_ok=True)
    with writer(home) as con:
        warehouse = Warehouse(con=con, room=room)
        warehouse.loaded(room.collected(warehouse.found(1)[0]))
    return home
