"""Many processes at once: readers beside the writer, killed loaders, a reader that keeps its snapshot."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.warehouse.newsroom import Newsroom
from warehouse.connection import reader, writer
from warehouse.doctor import run_checks
from warehouse.snapshot import publish

ROOT = Path(__file__).parents[2]
#: Names of tables whose final rows must not depend on a kill; poll and run ids are fixed by the loading process.
TABLES = (
    "feeds", "polls", "entries", "documents", "articles", "revisions", "removals", "mentions", "figures", "quotes",
    "coverage",
)  # fmt: skip
BATCH = 20


def loader(home: Path, *, batches: int, mode: str = "quiet") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.warehouse.loading_process", str(home), str(batches), str(BATCH), mode]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def finished(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return out


def tables(home: Path) -> dict[str, list[tuple[object, ...]]]:
    with writer(home) as con:
        return {table: con.execute(f"from {table} order by all").fetchall() for table in TABLES}


@pytest.mark.slow
def test_four_processes_query_the_snapshot_while_batches_are_loaded_without_an_error_or_a_torn_read(
    home: Path, room: Newsroom
) -> None:
    publish(home, now=room.now)
    readers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.warehouse.reading_process", str(home), str(BATCH)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(4)
    ]
    acknowledged = finished(loader(home, batches=8, mode="publish")).split()
    found = [json.loads(process.communicate(timeout=60)[0]) for process in readers]

    assert len(acknowledged) == 8
    assert [result["errors"] for result in found] == [[]] * 4
    assert [result["torn"] for result in found] == [[]] * 4
    assert all(result["queries"] >= 5 for result in found)
    # They saw it grow: not only the first or the last snapshot.
    assert len({count for result in found for count in result["counts"]}) >= 3


@pytest.mark.slow
def test_a_loader_killed_at_random_and_started_again_leaves_what_an_undisturbed_one_leaves(tmp_path: Path) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    finished(loader(undisturbed, batches=16))
    chance = random.Random(20260105)
    kills = 0

    for _ in range(6):
        # After one batch more than before, so that it comes to its end; then anywhere in the next one or two.
        process = loader(killed, batches=16)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.06))
        process.kill()
        process.communicate(timeout=120)
        kills += process.returncode == -signal.SIGKILL
        with writer(killed) as con:
            assert [result for result in run_checks(con) if result.failed_count] == []
    finished(loader(killed, batches=16))

    assert kills >= 2
    assert tables(killed) == tables(undisturbed)


@pytest.mark.slow
def test_what_was_acknowledged_before_a_kill_is_there_afterwards(home: Path) -> None:
    process = loader(home, batches=12)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().strip() for _ in range(3)]
    process.kill()
    process.communicate(timeout=60)

    assert acknowledged == ["1", "2", "3"]
    with writer(home) as con:
        (count,) = con.execute("select count(*) from articles").fetchone()
    assert count >= 3 * BATCH
    assert count % BATCH == 0


@pytest.mark.usefixtures("warehouse_of_one")
def test_a_reader_that_holds_the_old_snapshot_keeps_it(home: Path, room: Newsroom) -> None:
    publish(home, now=room.now)
    with reader(home) as old:
        assert old.execute("select count(*) from articles").fetchone() == (1,)

        with writer(home) as con:
            con.execute("delete from articles")
        publish(home, now=room.later())
        fresh = subprocess.run(
            [sys.executable, "-c", _COUNT, str(home / "newsdesk.duckdb")], capture_output=True, text=True, check=True
        )

        assert old.execute("select count(*), count(title) from articles").fetchone() == (1, 1)
    assert fresh.stdout.strip() == "0"


_COUNT = """
import duckdb, sys
print(duckdb.connect(sys.argv[1], read_only=True).execute("select count(*) from articles").fetchone()[0])
"""
