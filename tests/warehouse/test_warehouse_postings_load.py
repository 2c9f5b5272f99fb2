"""Loading keeps the index of held texts current: what is committed is in it, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.errors import NewsdeskError
from extractors.model import Assignment, CollectedEntry, NewText
from flows.assigning import assign_stories, fingerprint_of
from tests.warehouse.newsroom import WARC, Warehouse
from tests.warehouse.story_stream import prose, spun
from warehouse.articles import load_batch
from warehouse.held_stories import HeldStories
from warehouse.postings_current import catch_up, current_postings, open_postings
from warehouse.stories import rebuild_stories


class BrokenError(NewsdeskError):
    """What stops a load or a rebuild."""


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every load write to the index what was loaded before."""
    monkeypatch.setitem(catch_up.__kwdefaults__, "flush_texts", 1)


def items(warehouse: Warehouse, texts: Sequence[str]) -> list[CollectedEntry]:
    entries = sorted(warehouse.found(len(texts)), key=lambda entry: entry.url)
    return [warehouse.room.collected(entry, text=text) for entry, text in zip(entries, texts, strict=True)]


def broken(new: Sequence[NewText], held: HeldStories) -> Assignment:
    found = assign_stories(new, held)
    return replace(found, places=(*found.places, replace(found.places[0], relation="cousin")))


def test_copies_are_found_through_the_index_whatever_load_brings_them(warehouse: Warehouse, home: Path) -> None:
    first, other, copy, rewrite, last = items(warehouse, [prose(1), prose(2), prose(1), spun(prose(2)), prose(3)])
    for item in (first, other, copy, rewrite, last):
        warehouse.loaded(item)

    held = warehouse.rows("select story_id, count(*) from articles group by all having count(*) > 1")
    assert [count for _, count in held] == [2, 2]
    # The text of the last load is still in the table alone.
    assert open_postings(warehouse.con).last_text_no == 3
    assert warehouse.value("select max(text_no) from story_texts") == 4
    assert [path.suffix for path in sorted((home / "index").iterdir())] == [".run", ".json"]


def test_a_load_that_fails_leaves_nothing_in_the_index(warehouse: Warehouse) -> None:
    first, *others = items(warehouse, [prose(1), prose(2), prose(3)])
    warehouse.loaded(first)

    with pytest.raises(Exception, match="CHECK"):
        load_batch(warehouse.con, others, run_id="run-1", now=warehouse.room.now, archives={WARC: 1}, assign=broken)

    assert current_postings(warehouse.con).last_text_no == 1
    warehouse.loaded(*others)
    assert warehouse.value("select count(*) from stories") == 3


def test_a_rebuild_of_the_stories_makes_the_index_anew(warehouse: Warehouse, home: Path) -> None:
    texts = [prose(1), prose(2), prose(1), spun(prose(2)), prose(3)]
    for item in items(warehouse, texts):
        warehouse.loaded(item)
    before = warehouse.rows("from story_articles order by all")
    mark = open_postings(warehouse.con).mark
    # Texts numbered otherwise than the rebuild numbers them.
    warehouse.con.execute("update story_texts set text_no = text_no + 100, core_no = core_no + 100")

    rebuild_stories(
        warehouse.con, fingerprint=fingerprint_of, assign=assign_stories, now=warehouse.room.now, batch_count=1
    )

    assert warehouse.rows("from story_articles order by all") == before
    assert open_postings(warehouse.con).mark == mark
    assert not (home / "index.rebuilding").exists()


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(warehouse: Warehouse, home: Path) -> None:
    for item in items(warehouse, [prose(1), prose(2), prose(3)]):
        warehouse.loaded(item)
    before = {path.name: path.read_bytes() for path in (home / "index").iterdir()}
    left = iter(range(2))

    def failing(new: Sequence[NewText], held: HeldStories) -> Assignment:
        if next(left, None) is None:
            raise BrokenError
        return assign_stories(new, held)

    with pytest.raises(BrokenError):
        rebuild_stories(
            warehouse.con, fingerprint=fingerprint_of, assign=failing, now=warehouse.room.now, batch_count=1
        )

    assert {path.name: path.read_bytes() for path in (home / "index").iterdir()} == before
    assert open_postings(warehouse.con).last_text_no == 2
    assert not (home / "index.rebuilding").exists()


def test_what_a_killed_rebuild_left_is_removed_by_the_next_load(warehouse: Warehouse, home: Path) -> None:
    (home / "index.rebuilding").mkdir()
    (home / "index.rebuilding" / "x.run").write_bytes(b"half")

    warehouse.loaded(*items(warehouse, [prose(1)]))

    assert not (home / "index.rebuilding").exists()
