"""What the tests of alerts share: a desk with one rule, and the receiver that it sends to."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alert_desk import LONG_AGO, AlertDesk
from receiver import Receiver, receiving

from tests.warehouse.newsroom import Newsroom
from warehouse.connection import writer
from warehouse.coverage import sync_topics
from warehouse.feeds import sync_feeds
from warehouse.runs import start_run


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of a warehouse that has watched one feed and one topic for long; only to be copied."""
    home, room = tmp_path_factory.mktemp("watched"), Newsroom()
    with writer(home) as con:
        sync_feeds(con, [room.feed], now=LONG_AGO)
        sync_topics(con, [room.topic], now=LONG_AGO)
        start_run(con, run_id="run-1", flow="collect", now=LONG_AGO, newsdesk_version="0", extractor_version="1")
        con.execute("checkpoint")
    return home


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture
def desk(home: Path, tmp_path: Path, watched: Path, receiver: Receiver) -> AlertDesk:
    """Return a desk with one rule, which has looked once, at nothing of interest."""
    shutil.copytree(watched, home, dirs_exist_ok=True)
    made = AlertDesk(home=home, url=receiver.url, watchlist=tmp_path / "watchlist.toml")
    made.rules()
    made.begin()
    return made
