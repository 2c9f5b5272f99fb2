"""Publishers of one owner are one witness."""

from dataclasses import replace

import pytest

from extractors.model import CollectedEntry, Owner, PendingEntry
from tests.warehouse.newsroom import CLAIMS, Newsroom, Warehouse
from warehouse.doctor import run_checks
from warehouse.entries import pending_entries
from warehouse.owners import sync_owners

HARBOUR = Owner(name="harbour", sources=("harbour.example", "harbour.test"))
COUNTS = "select article_count, source_count from stories"


def told(room: Newsroom, entry: PendingEntry, *, source: str) -> CollectedEntry:
    """Return *entry* with a text that all of them carry, published by *source*."""
    item = room.collected(entry, text=CLAIMS)
    article = replace(item.reading.article, source=source)  # type: ignore[union-attr,type-var]
    return replace(item, reading=replace(item.reading, article=article))  # type: ignore[type-var]


@pytest.fixture
def copied(warehouse: Warehouse, room: Newsroom) -> Warehouse:
    """Return a warehouse with one story of three publishers."""
    sources = ("harbour.example", "harbour.test", "paper.example")
    entries = warehouse.found(3)
    warehouse.loaded(*(told(room, entry, source=source) for entry, source in zip(entries, sources, strict=True)))
    assert warehouse.rows(COUNTS) == [(3, 3)]
    return warehouse


def sound(warehouse: Warehouse) -> bool:
    return not [check.name for check in run_checks(warehouse.con) if check.failed_count]


def test_an_owner_in_the_watchlist_makes_its_mirrors_one(copied: Warehouse) -> None:
    assert sync_owners(copied.con, [HARBOUR]) == 2

    assert copied.rows(COUNTS) == [(3, 2)]
    assert copied.rows("select distinct source_count from new_coverage") == [(2,)]
    assert copied.rows("select owner_of(source), source_count from story_spread order by all") == [
        ("harbour", 2),
        ("paper.example", 2),
    ]
    assert copied.rows("select sources from coverage_daily") == [(2,)]
    assert sound(copied)


def test_a_changed_watchlist_counts_anew_and_the_same_one_writes_nothing(copied: Warehouse) -> None:
    sync_owners(copied.con, [HARBOUR])
    everything = replace(HARBOUR, sources=(*HARBOUR.sources, "paper.example"))

    assert sync_owners(copied.con, [HARBOUR]) == 0
    assert sync_owners(copied.con, [everything]) == 1
    assert copied.rows(COUNTS) == [(3, 1)]
    assert copied.rows("from story_spread") == []
    assert sync_owners(copied.con, [replace(everything, name="other")]) == 3
    assert sync_owners(copied.con, []) == 3
    assert copied.rows(COUNTS) == [(3, 3)]
    assert sound(copied)


def test_what_is_loaded_later_is_counted_by_owners_too(copied: Warehouse, room: Newsroom) -> None:
    owners = [HARBOUR, Owner(name="paper", sources=("paper.example", "paper.test"))]
    sync_owners(copied.con, owners)
    copied.polled(room.poll(room.listed(3), room.listed(4), at=room.later()))
    entries = pending_entries(copied.con, now=room.later(), limit=9)
    copied.loaded(told(room, entries[0], source="paper.test"), told(room, entries[1], source="alone.example"))

    assert copied.rows(COUNTS) == [(5, 3)]
    assert sound(copied)
