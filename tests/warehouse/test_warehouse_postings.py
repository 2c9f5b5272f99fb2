"""The index of held texts: whatever happens to its files, it gives what a plain count over the warehouse gives."""

import json
import logging
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse import postings_process as process
from warehouse.connection import transaction
from warehouse.postings import Postings
from warehouse.postings_current import MOST_HOLDERS, catch_up, nearest, open_postings
from warehouse.postings_runs import PAGE, WINDOW, merged, near

Sketch = list[int]
Texts = list[tuple[int, Sketch]]


def counted(held: Texts, sketches: Sequence[Sketch], *, holders: int = MOST_HOLDERS) -> list[list[tuple[int, int]]]:
    """Return what the index must give, counted text by text."""
    holding: dict[int, list[int]] = {}
    for text_no, sketch in sorted(held):
        for number in sketch:
            holding.setdefault(number, []).append(text_no)
    size = {text_no: len(sketch) for text_no, sketch in held}
    answer = []
    for sketch in sketches:
        shared = Counter(text_no for number in sketch for text_no in holding.get(number, [])[:holders])
        same = [text_no for text_no, other in sorted(held) if sketch and set(other) == set(sketch)]
        shared.update(dict.fromkeys(same[:holders], len(sketch)))
        pairs = [(text_no, min(count, len(sketch))) for text_no, count in shared.items() if min(count, len(sketch)) > 1]
        answer.append(sorted(pairs, key=lambda pair: nearness(*pair, size[pair[0]], len(sketch)))[:64])
    return answer


def nearness(text_no: int, shared: int, *sizes: int) -> tuple[float, float, int]:
    return -shared / min(sizes), -shared / max(sizes), text_no


class Held:
    """A warehouse with nothing but texts, in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.con = duckdb.connect(home / "warehouse.duckdb")
        self.con.execute("create table if not exists story_texts (text_no bigint, sketch ubigint[])")
        self.folder = home / "index"

    @property
    def texts(self) -> Texts:
        return self.con.execute("select text_no, sketch from story_texts order by text_no").fetchall()

    def load(self, sketches: Sequence[Sketch], *, first: int = 0) -> None:
        newest = self.con.execute("select max(text_no) from story_texts").fetchall()[0][0]
        number = max(first, 1 if newest is None else newest + 1)
        numbers = [*range(number, number + len(sketches))]
        self.con.execute(
            "insert into story_texts select unnest(?::bigint[]), unnest(?::ubigint[][])", [numbers, sketches]
        )

    def catch_up(self) -> Postings:
        catch_up(self.con, open_postings(self.con), flush_texts=1)
        return open_postings(self.con)

    def nearest(self, sketches: Sequence[Sketch]) -> list[list[tuple[int, int]]]:
        return nearest(self.con, open_postings(self.con), sketches)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    """Give a warehouse of 30 texts, two of them with a text in common, all in the index."""
    held = Held(tmp_path)
    held.load([[*range(10 * place, 10 * place + 10)] for place in range(28)])
    held.load([[1, 2, 3, 1001], [3, 2, 1, 1002]])
    held.catch_up()
    yield held
    held.con.close()


ASKED = [[1, 2, 3, 4], [250, 251, 252], [7001, 7002]]
ANSWER = [[(1, 4), (29, 3), (30, 3)], [(26, 3)], []]
sketches = st.lists(
    st.lists(st.integers(0, 30) | st.integers(2**63 + 100, 2**63 + 103), unique=True, max_size=6), max_size=12
)
steps = st.lists(st.tuples(st.sampled_from(["load", "lose", "catch up", "forget"]), sketches), max_size=8)


@settings(max_examples=60, deadline=None)
@given(steps=steps, asked=sketches)
def test_after_any_loads_flushes_merges_and_losses_it_gives_what_a_count_gives(
    steps: list[tuple[str, list[Sketch]]], asked: list[Sketch]
) -> None:
    with TemporaryDirectory() as folder:
        held = Held(Path(folder))
        for step, sketches in steps:
            if step == "load":
                held.load(sketches)
            elif step == "lose":
                held.con.begin()
                held.load(sketches)
                held.con.rollback()
            elif step == "catch up":
                held.catch_up()
            else:
                (held.folder / "manifest.json").unlink(missing_ok=True)
            assert held.nearest(asked) == counted(held.texts, asked)
        held.con.close()


def test_many_pages_of_entries_are_searched_to_the_last(tmp_path: Path) -> None:
    draw = random.Random(3)
    texts = [(place, [draw.getrandbits(64) for _ in range(27)]) for place in range(1, 1200)]
    postings = Postings(tmp_path)
    for part in (texts[:900], texts[900:1100], texts[1100:]):
        assert all(postings.append(run, mark="made") for run in process.runs(part))
    asked = [draw.sample(sketch, 9) for _, sketch in texts]

    found = near(asked, postings.runs, least_shared=2, most=64, most_holders=100)

    assert sum(len(run.entries) for run in postings.runs) > 50 * PAGE
    assert found == [[(place, 9)] for place, _ in texts]


def test_numbers_of_many_texts_count_for_the_oldest_of_them_alone(tmp_path: Path) -> None:
    held = Held(tmp_path)
    held.load([[1, 2, 100 + place] for place in range(70)])
    held.catch_up()
    held.load([[1, 2, 100 + place] for place in range(70, 140)])

    answer = near([[1, 2, 239, 7]], process.runs(held.texts), least_shared=1, most=200, most_holders=MOST_HOLDERS)

    assert {text_no for text_no, _ in answer[0]} == {*range(1, 101), 140}
    assert held.nearest([[1, 2, 239, 7]]) == counted(held.texts, [[1, 2, 239, 7]])
    held.con.close()


def test_a_text_with_the_very_same_sketch_is_found_however_many_hold_its_numbers(tmp_path: Path) -> None:
    held = Held(tmp_path)
    held.load([[1, 2, 100 + place] for place in range(200)])
    held.catch_up()

    assert [near[0] for near in held.nearest([[250, 1, 2], [299, 2, 1]])] == [(151, 3), (200, 3)]
    held.con.close()


def test_texts_on_both_sides_of_a_windows_end_are_found(tmp_path: Path) -> None:
    held = Held(tmp_path)
    held.load([[1, 2], [1, 2, 3], [1, 2, 4], [2, 4]], first=WINDOW - 2)

    held.catch_up()

    assert len(open_postings(held.con).runs) == 2
    assert held.nearest([[1, 2, 4]]) == counted(held.texts, [[1, 2, 4]])
    held.con.close()


@given(
    sources=st.lists(st.sets(st.integers(0, 2**64 - 1) | st.integers(0, 40)), min_size=1, max_size=6),
    block=st.integers(1, 30),
)
def test_merging_gives_all_entries_in_order_and_never_more_than_a_block(sources: list[set[int]], block: int) -> None:
    taken: set[int] = set()
    apart = []
    for source in sources:
        apart.append(np.array(sorted(source - taken), dtype=np.uint64))
        taken |= source

    blocks = list(merged(apart, block=block))

    assert [int(entry) for part in blocks for entry in part] == sorted(taken)
    assert all(0 < len(part) <= max(block, len(sources)) for part in blocks)


def test_few_runs_remain_however_often_texts_are_taken_in(tmp_path: Path) -> None:
    postings = Postings(tmp_path)
    for place in range(1, 60):
        postings.append(*process.runs([(place, [place, place + 1])]), mark="made")

    assert len(postings.runs) <= 4
    assert sorted(path.name for path in tmp_path.glob("*.run")) == [kept["file"] for kept in manifest(tmp_path)["runs"]]


def test_texts_that_were_rolled_back_are_not_in_the_index(held: Held) -> None:
    with suppress(ZeroDivisionError), transaction(held.con):
        held.load([[1, 2, 3, 4]])
        found = held.nearest([[1, 2, 3, 4]])
        raise ZeroDivisionError
    held.catch_up()

    # The same transaction sees them.
    assert found == [[(31, 4), (1, 4), (29, 3), (30, 3)]]
    assert held.nearest(ASKED) == ANSWER
    assert open_postings(held.con).last_text_no == 30


def test_few_new_texts_are_looked_up_without_writing_files(tmp_path: Path) -> None:
    held = Held(tmp_path)
    held.load([[1, 2, 3], [2, 3, 4]])

    catch_up(held.con, open_postings(held.con))

    assert held.nearest([[2, 3]]) == [[(1, 2), (2, 2)]]
    assert not held.folder.exists()
    held.con.close()


def manifest(folder: Path) -> dict[str, list[dict[str, str]]]:
    told: dict[str, list[dict[str, str]]] = json.loads((folder / "manifest.json").read_text())
    return told


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-8])


@pytest.mark.parametrize(
    ("pattern", "damage"),
    [
        ("*.run", cut),
        ("*.run", Path.unlink),
        ("manifest.json", cut),
        ("manifest.json", Path.unlink),
        ("manifest.json", lambda path: path.write_text('{"format": 99}')),
        ("manifest.json", lambda path: path.write_text("[]")),
    ],
)
def test_damaged_files_are_said_in_a_line_and_made_anew(
    held: Held, pattern: str, damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(damage)
    damage(next(held.folder.glob(pattern)))

    during = held.nearest(ASKED)
    after = held.catch_up()

    assert during == held.nearest(ASKED) == ANSWER
    assert after.last_text_no == 30
    if damage is not Path.unlink or pattern == "*.run":
        assert [str(held.folder) in line for line in caplog.messages] == [True]


def test_a_run_with_other_bytes_stops_nobody_and_is_noticed_when_it_is_merged(
    held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    path = next(held.folder.glob("*.run"))
    content = bytearray(path.read_bytes())
    # The first entry is number 0 of text 1; now of a text that is none.
    content[0:3] = b"\xf0\xff\xff"
    path.unlink()
    path.write_bytes(content)

    during = held.nearest([[0, 1, 2]])
    held.load([[*range(5000 + 10 * place, 5010 + 10 * place)] for place in range(20)])
    held.catch_up()
    emptied = open_postings(held.con).last_text_no
    held.catch_up()

    assert during == [[(29, 2), (30, 2), (1, 2)]]
    assert emptied == -1
    assert len(caplog.messages) == 1
    assert held.nearest([[0, 1, 2], [5001, 5002]]) == [[(1, 3), (29, 2), (30, 2)], [(31, 2)]]


@pytest.mark.parametrize(
    "change",
    [
        "delete from story_texts where text_no > 20",
        "update story_texts set sketch = [text_no, 9001]",
        "update story_texts set sketch = [9002, 9001] where text_no = 16",
    ],
)
def test_the_index_of_another_warehouse_is_noticed(held: Held, change: str, caplog: pytest.LogCaptureFixture) -> None:
    held.con.execute(change)

    during = held.nearest(ASKED)
    held.catch_up()

    assert during == held.nearest(ASKED) == counted(held.texts, ASKED)
    assert len(caplog.messages) == 1
    assert open_postings(held.con).last_text_no == held.texts[-1][0]


def test_an_index_that_cannot_be_written_is_said_and_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    held = Held(tmp_path)
    held.folder.write_text("no folder")
    held.load([[1, 2, 3]])

    held.catch_up()

    assert held.nearest([[1, 2]]) == [[(1, 2)]]
    assert "slower" in caplog.text
    held.con.close()


def test_killed_at_any_step_of_a_flush_it_holds_the_old_texts_or_the_new(tmp_path: Path) -> None:
    # A process of its own, since it forks one for each step and kills that.
    done = subprocess.run(
        [sys.executable, process.__file__, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.endswith("wrong")] == []
    assert {line.rpartition(" ")[2] for line in done.stdout.splitlines()} == {"old", "new"}
    assert len(done.stdout.splitlines()) >= 8


@pytest.fixture(autouse=True)
def _notes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="newsdesk.stories")
