"""The looks of the warehouse: which pages have a plan, what is due, what is loaded together."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from extractors.model import Look, Looked, LookOutcome
from tests.warehouse.newsroom import NOW, TEXT, WARC, Newsroom, Warehouse
from warehouse.doctor import run_checks
from warehouse.documents import documents_of
from warehouse.looks import load_looks, looks_due, plan_looks, put_off_looks
from warehouse.reextraction import Rereading
from warehouse.verdicts import Change

WEEK = timedelta(days=7)
LOOKS = "select article_id, look_count, last_outcome, next_look_at from looks order by article_id"


def in_an_hour(look: Look) -> datetime:
    return look.first_seen_at + timedelta(hours=1)


def plan(warehouse: Warehouse, *, at: datetime = NOW, is_every: bool = False) -> int:
    return plan_looks(warehouse.con, now=at, reach=WEEK, is_every=is_every, next_look_at=in_an_hour)


def due(warehouse: Warehouse, *, at: datetime, is_every: bool = False, limit: int = 9) -> list[Look]:
    return looks_due(warehouse.con, now=at, is_every=is_every, limit=limit)


def failing(warehouse: Warehouse) -> list[str]:
    return [check.name for check in run_checks(warehouse.con) if check.failed_count]


def looked(look: Look, outcome: LookOutcome, *, at: datetime) -> Looked:
    return Looked(article_id=look.article_id, looked_at=at, outcome=outcome, look_count=look.look_count + 1, etag='"2"')


@pytest.fixture
def held(warehouse: Warehouse, room: Newsroom) -> Warehouse:
    """Return a warehouse with an article that a topic covers and one that none does."""
    first, second = warehouse.found(2)
    item = room.collected(first)
    with_etag = replace(item.document, etag='"1"')  # type: ignore[type-var]
    warehouse.loaded(replace(item, document=with_etag), room.collected(second, text="Nothing.", title="None"))
    return warehouse


def test_what_a_topic_covers_is_planned_once_with_the_validators_of_its_page(held: Warehouse) -> None:
    assert plan(held) == 1
    assert plan(held) == 0

    assert due(held, at=NOW) == []
    (look,) = due(held, at=NOW + timedelta(hours=1))
    (own,) = held.rows("select article_id, document_sha256 from articles where load_seq = 1")
    assert (look.article_id, look.body_sha256, look.etag, look.is_covered) == (*own, '"1"', True)
    assert failing(held) == []


def test_what_no_topic_covers_is_planned_and_due_only_where_all_is(held: Warehouse) -> None:
    assert plan(held, is_every=True) == 2

    later = NOW + timedelta(hours=2)
    assert [look.is_covered for look in due(held, at=later)] == [True]
    assert sorted(look.is_covered for look in due(held, at=later, is_every=True)) == [False, True]
    assert len(due(held, at=later, is_every=True, limit=1)) == 1


@pytest.mark.parametrize(
    "otherwise",
    [
        "update articles set published_at = first_seen_at - interval 8 days",
        "update articles set first_seen_at = first_seen_at - interval 8 days",
        "update documents set http_status = null",
        "update feeds set kind = 'files'",
    ],
)
def test_what_is_old_or_never_was_a_page_has_no_plan(held: Warehouse, otherwise: str) -> None:
    held.con.execute(otherwise)

    assert plan(held) == 0


def test_a_look_that_is_put_off_counts_as_none(held: Warehouse, room: Newsroom) -> None:
    plan(held)
    (look,) = due(held, at=room.later())
    put_off_looks(held.con, {look.article_id: room.later(3)})

    assert held.rows(LOOKS) == [(look.article_id, 0, None, room.later(3))]


def test_an_edit_is_loaded_with_its_look_and_leaves_the_ledger_alone(held: Warehouse, room: Newsroom) -> None:
    plan(held)
    (look,) = due(held, at=room.later())
    entries = held.rows("from entries order by entry_id")

    topics = load_looks(
        held.con,
        [looked(look, LookOutcome.EDITED, at=room.later())],
        edits=[edit(held, room, look)],
        archives={WARC: 2_000},
        run_id="run-1",
        now=room.later(),
    )

    assert topics == ()
    assert held.rows("select change, added_chars, seen_at from revisions where revision = 2") == [
        ("edited by publisher", 6, room.later())
    ]
    assert held.rows(LOOKS) == [(look.article_id, 1, "edited", None)]
    assert held.value("select committed_bytes from archives") == 2_000
    assert held.rows("from entries order by entry_id") == entries
    assert failing(held) == []


def test_an_edit_of_an_article_that_has_changed_meanwhile_stays_due(held: Warehouse, room: Newsroom) -> None:
    plan(held)
    (look,) = due(held, at=room.later())
    stale = replace(edit(held, room, look), text_sha256="another")

    load_looks(
        held.con,
        [looked(look, LookOutcome.EDITED, at=room.later())],
        edits=[stale],
        archives={},
        run_id="run-1",
        now=room.later(),
    )

    assert due(held, at=room.later()) == [look]
    assert held.value("select count(*) from documents") == 2
    assert failing(held) == []


def edit(warehouse: Warehouse, room: Newsroom, look: Look) -> Rereading:
    """Return another text of the article that *look* is about."""
    (sha256,) = warehouse.rows("select text_sha256 from articles where article_id = ?", look.article_id)[0]
    kept = documents_of(warehouse.con, [look.article_id])[look.article_id]
    item = room.collected(kept.entry, text=f"{TEXT} More.", at=room.later())
    assert item.reading
    return Rereading(
        entry=item.entry,
        reading=item.reading,
        revision=1,
        text_sha256=str(sha256),
        change=Change.EDITED,
        added_chars=6,
        document=item.document,
    )
