"""Publishing replaces the snapshot in one step or not at all."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.errors import WarehouseError, WarehouseFullError
from flows.assigning import assign_stories
from tests.warehouse.newsroom import Newsroom
from warehouse.articles import load_batch
from warehouse.connection import SNAPSHOT_NAME, WAREHOUSE_NAME, reader, writer
from warehouse.coverage import sync_topics
from warehouse.entries import pending_entries
from warehouse.feeds import sync_feeds
from warehouse.polls import load_polls
from warehouse.snapshot import publish


def articles(home: Path) -> int:
    with reader(home) as con:
        (count,) = con.execute("select count(*) from articles").fetchone()
    return count


def test_nothing_published_yet_is_said_with_the_next_command(home: Path) -> None:
    with (
        pytest.raises(WarehouseError, match=r"nothing published yet in .*: run `newsdesk run` or `newsdesk ingest`"),
        reader(home),
    ):
        pytest.fail("it was opened")


@pytest.mark.usefixtures("warehouse_of_one")
def test_a_publication_says_what_it_holds(home: Path, room: Newsroom) -> None:
    published = publish(home, now=room.now)

    assert (published.load_seq, published.article_count, published.published_at) == (1, 1, room.now)
    assert published.byte_count == (home / SNAPSHOT_NAME).stat().st_size
    assert articles(home) == 1
    with reader(home) as con:
        assert con.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)


@pytest.mark.usefixtures("warehouse_of_one")
def test_a_snapshot_has_what_only_the_log_held(home: Path, room: Newsroom) -> None:
    assert (home / f"{WAREHOUSE_NAME}.wal").stat().st_size > 0

    publish(home, now=room.now)

    assert articles(home) == 1
    assert not list(home.glob("newsdesk.duckdb.wal"))


@pytest.mark.usefixtures("warehouse_of_one")
def test_what_a_killed_publish_left_is_replaced(home: Path, room: Newsroom) -> None:
    (home / ".newsdesk.duckdb.publishing").write_bytes(b"half a copy")

    publish(home, now=room.now)

    assert articles(home) == 1
    assert not (home / ".newsdesk.duckdb.publishing").exists()


@pytest.mark.usefixtures("warehouse_of_one")
def test_the_snapshot_cannot_be_written_through_a_reader(home: Path, room: Newsroom) -> None:
    publish(home, now=room.now)

    with pytest.raises(WarehouseError, match="read-only"), reader(home) as con:
        con.execute("delete from articles")

    assert articles(home) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 32 MB; where none can be had the test cannot say anything."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        why = f"no small disk can be mounted here: {mounted.stderr.strip()}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def load(home: Path, room: Newsroom, number: int, *, kilobytes: int) -> None:
    """Load one batch of ten incompressible articles."""
    with writer(home) as con:
        entries = [room.listed(number * 10 + offset) for offset in range(10)]
        load_polls(con, [room.poll(*entries, at=room.later(number))], run_id="run-1")
        pending = pending_entries(con, now=room.now, limit=10)
        items = [room.collected(entry, text=f"DeepSeek {os.urandom(kilobytes * 512).hex()}") for entry in pending]
        load_batch(con, items, run_id="run-1", now=room.now, archives={"x.warc.gz": 1_000}, assign=assign_stories)


def load_until_full(home: Path, room: Newsroom) -> None:
    """Load batches until an error, and keep the number of those that were acknowledged; overwriting needs no room."""
    for number in range(1, 200):
        load(home, room, number, kilobytes=40)
        with (home / "acknowledged").open("r+") as file:
            file.write(f"{number + 1:3}")


def test_on_a_full_disk_loading_says_so_and_loses_nothing_that_was_acknowledged(
    small_disk: Path, room: Newsroom
) -> None:
    with writer(small_disk) as con:
        sync_feeds(con, [room.feed], now=room.now)
        sync_topics(con, [room.topic], now=room.now)
    load(small_disk, room, 0, kilobytes=4)
    publish(small_disk, now=room.now)
    (small_disk / "acknowledged").write_text("  1")
    with pytest.raises(WarehouseFullError, match="no room on the disk"):
        load_until_full(small_disk, room)

    assert articles(small_disk) == 10
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    with writer(small_disk) as con:
        held = con.execute("select count(*), sum(length(text)) from articles").fetchone()
    acknowledged = int((small_disk / "acknowledged").read_text())
    assert acknowledged >= 2
    assert held[0] == acknowledged * 10
    assert publish(small_disk, now=room.now).article_count == acknowledged * 10


def test_without_room_for_a_second_copy_the_old_snapshot_stays(small_disk: Path, room: Newsroom) -> None:
    with writer(small_disk) as con:
        sync_feeds(con, [room.feed], now=room.now)
        sync_topics(con, [room.topic], now=room.now)
    load(small_disk, room, 0, kilobytes=4)
    publish(small_disk, now=room.now)
    load(small_disk, room, 1, kilobytes=40)
    room_left = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    (small_disk / "ballast").write_bytes(bytes(max(0, room_left - 4_000_000)))

    with pytest.raises(WarehouseFullError, match="no room on the disk"):
        publish(small_disk, now=room.now)

    assert articles(small_disk) == 10
    assert not (small_disk / ".newsdesk.duckdb.publishing").exists()
    (small_disk / "ballast").unlink()
    assert publish(small_disk, now=room.now).article_count == 20
