"""What is learnt of a site from the articles that are loaded, and what is not."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from generated_site import MadeArticle, Site

from extractors.identity import article_id, sha256_hex
from extractors.model import CollectedEntry, Furniture, PendingEntry, Sighting
from extractors.text.article import Block, BlockKind
from extractors.text.clean import About
from extractors.text.furniture import strip, survey
from tests.warehouse.newsroom import Newsroom, Warehouse
from warehouse import furniture as learning
from warehouse.doctor import run_checks
from warehouse.furniture import all_furniture, furniture_of

SOURCE = "paper.example"
APPEAL = "Our reporters go where the story is, in all weathers. If you value that, give what you can, please."


def blocks_of(made: MadeArticle) -> list[Block]:
    return [
        Block(
            text=block.text,
            kind=BlockKind.HEADING if block.is_heading else BlockKind.PARAGRAPH,
            is_witnessed=not block.is_linked,
        )
        for block in made.blocks
    ]


def about(made: MadeArticle) -> About:
    return About(titles=(made.title,), authors=(made.author,))


def collected(room: Newsroom, entry: PendingEntry, made: MadeArticle) -> CollectedEntry:
    """Return *entry* with the text of *made* and what may be furniture in it."""
    item = room.collected(entry, text="\n".join(block.text for block in made.blocks), title=made.title)
    return with_sightings(item, survey(blocks_of(made), about=about(made)))


def with_sightings(item: CollectedEntry, sightings: Sequence[Sighting]) -> CollectedEntry:
    assert item.reading is not None
    return replace(item, reading=replace(item.reading, sightings=tuple(sightings)))


def sighting(text: str = APPEAL, *, article: int = 1, **changes: object) -> Sighting:
    """Return a sighting of *text* in an article that is a copy of no other."""
    found = survey([Block(text=text)], about=About())[0]
    contexts = tuple(int(sha256_hex(f"{article} {part}")[:15], 16) * 4 + part for part in range(4))
    return replace(found, **({"contexts": contexts, "is_edge": False} | changes))  # type: ignore[arg-type]


def key(text: str = APPEAL) -> int:
    return survey([Block(text=text)], about=About())[0].block_key


def rows(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.rows("from site_blocks order by source, block_key")


def seen_in(warehouse: Warehouse, room: Newsroom, count: int, text: str = APPEAL, **changes: object) -> None:
    """Load *count* articles with *text* in each, and as many without."""
    entries = warehouse.found(2 * count)
    items = [
        with_sightings(room.collected(entry, text=f"Text {number}"), [sighting(text, article=number, **changes)])
        for number, entry in enumerate(entries[:count])
    ]
    warehouse.loaded(*items, *(room.collected(entry, text=f"Other {entry.url}") for entry in entries[count:]))


def test_a_block_of_four_unlike_articles_is_learnt_and_of_three_is_not(warehouse: Warehouse, room: Newsroom) -> None:
    entries = warehouse.found(4)
    items = [
        with_sightings(room.collected(entry, text=f"Text {number}"), [sighting(article=number)])
        for number, entry in enumerate(entries)
    ]
    warehouse.loaded(*items[:3])

    assert furniture_of(warehouse.con, [SOURCE, "other.example"]) == {
        SOURCE: Furniture(),
        "other.example": Furniture(),
    }

    warehouse.loaded(items[3])

    learnt = Furniture(known=frozenset({key()}))
    assert furniture_of(warehouse.con, [SOURCE]) == {SOURCE: learnt}
    assert all_furniture(warehouse.con) == {SOURCE: learnt}
    assert warehouse.rows("select text, article_count, share_pct, is_certain from site_furniture") == [
        (APPEAL, 4, 100.0, False),
    ]


def test_copies_of_one_article_are_one(warehouse: Warehouse, room: Newsroom) -> None:
    entries = warehouse.found(6)
    items = [
        with_sightings(room.collected(entry, text=f"Text {entry.url}"), [sighting(article=number // 3)])
        for number, entry in enumerate(entries)
    ]
    warehouse.loaded(*items)

    assert warehouse.rows("select article_count, context_count from site_blocks") == [(6, 2)]
    assert not furniture_of(warehouse.con, [SOURCE])[SOURCE].known


@pytest.mark.parametrize(
    ("text", "changes", "is_learnt"),
    [
        ("The firm did not answer a request for comment.", {}, False),
        ("The firm did not answer a request for comment.", {"is_edge": True}, True),
        ("The firm did not answer a request for comment.", {"is_marked": True}, True),
        ("Verdict: 4 out of 5", {"is_edge": True}, False),
        (APPEAL, {}, True),
        (APPEAL, {"is_on_topic": True}, False),
    ],
)
def test_a_short_block_needs_a_place_or_a_mark_and_no_block_speaks_of_the_subject(
    warehouse: Warehouse, room: Newsroom, text: str, changes: dict[str, object], *, is_learnt: bool
) -> None:
    entries = warehouse.found(20)
    items = [
        with_sightings(room.collected(entry, text=f"Text {number}"), [sighting(text, article=number, **changes)])
        for number, entry in enumerate(entries[:5])
    ]
    warehouse.loaded(*items, *(room.collected(entry, text=f"Other {entry.url}") for entry in entries[5:]))

    assert bool(furniture_of(warehouse.con, [SOURCE])[SOURCE].known) is is_learnt


def test_what_most_articles_carry_is_certain_even_where_it_speaks_of_the_subject(
    warehouse: Warehouse, room: Newsroom
) -> None:
    seen_in(warehouse, room, 12, is_on_topic=True, is_edge=True)

    assert furniture_of(warehouse.con, [SOURCE])[SOURCE].certain == {key()}


def test_the_share_is_of_the_articles_since_the_block_was_first_seen(warehouse: Warehouse, room: Newsroom) -> None:
    short = "More from the quay below"
    old = warehouse.found(40)
    warehouse.loaded(*(room.collected(entry, text=f"Old {entry.url}") for entry in old))
    later = replace(room, now=room.later(24))
    warehouse.polled(later.poll(*(later.listed(number) for number in range(100, 106))))
    items = [
        with_sightings(later.collected(entry, text=f"New {number}"), [sighting(short, article=number)])
        for number, entry in enumerate(replace(warehouse, room=later).found(0))
    ]
    warehouse.loaded(*items)

    assert warehouse.rows("select article_count, share_pct from site_furniture") == [(6, 100.0)]


def test_the_same_batch_a_revision_and_a_duplicate_count_nothing(warehouse: Warehouse, room: Newsroom) -> None:
    first, second = warehouse.found(2)
    item = with_sightings(room.collected(first), [sighting()])
    warehouse.loaded(item)
    before = rows(warehouse)

    warehouse.loaded(item)
    warehouse.loaded(with_sightings(room.collected(first, text="Edited.", at=room.later()), [sighting(article=2)]))
    warehouse.loaded(with_sightings(room.collected(second, canonical_url=first.url), [sighting(article=3)]))

    assert rows(warehouse) == before
    assert warehouse.value("select max(revision) from articles") == 2


def test_a_load_that_fails_teaches_nothing(warehouse: Warehouse, room: Newsroom) -> None:
    first, second = warehouse.found(2)
    stranger = replace(second, entry_id="0" * 16)
    with pytest.raises(Exception, match="not in the ledger"):
        warehouse.loaded(with_sightings(room.collected(first), [sighting()]), room.collected(stranger))

    assert rows(warehouse) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_batches_of_any_size_and_order_teach_the_same(warehouse: Warehouse, room: Newsroom, seed: int) -> None:
    made = Site().articles()
    entries = warehouse.found(len(made))
    items = [collected(room, entry, article) for entry, article in zip(entries, made, strict=True)]
    warehouse.loaded(*items)
    at_once = rows(warehouse)
    assert all_furniture(warehouse.con)[SOURCE].known
    warehouse.con.execute(
        "delete from site_blocks; delete from articles; delete from revisions; delete from documents;"
    )
    warehouse.con.execute("update entries set outcome = 'pending', outcome_at = null, article_id = null")

    order = random.Random(seed)
    order.shuffle(items)
    while items:
        size = order.randint(1, 7)
        warehouse.loaded(*items[:size])
        del items[:size]

    assert rows(warehouse) == at_once


def test_a_generated_site_loses_its_furniture_and_nothing_else(warehouse: Warehouse, room: Newsroom) -> None:
    made = Site(count=40).articles()
    entries = warehouse.found(len(made))
    warehouse.loaded(*(collected(room, entry, article) for entry, article in zip(entries, made, strict=True)))
    learnt = furniture_of(warehouse.con, [SOURCE])[SOURCE]

    gone_right = gone_wrong = left_wrong = 0
    for article in made:
        gone = {removal.text for removal in strip(blocks_of(article), about=about(article), furniture=learnt).removals}
        gone_right += sum(block.text in gone for block in article.blocks if not block.is_own)
        left_wrong += sum(block.text not in gone for block in article.blocks if not block.is_own)
        gone_wrong += sum(block.text in gone for block in article.blocks if block.is_own)

    assert gone_wrong == 0
    assert gone_right / (gone_right + left_wrong) > 0.95


def test_a_source_keeps_a_bounded_number_of_blocks_those_seen_most(
    warehouse: Warehouse, room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "_MOST_BLOCKS", 20)
    monkeypatch.setattr(learning, "_KEPT_BLOCKS", 10)
    seen_in(warehouse, room, 4)
    later = room.later(24)
    warehouse.polled(room.poll(room.listed(500), at=later))
    (entry,) = warehouse.found(0)
    many = [sighting(f"Block number {number} of a very long page") for number in range(30)]
    warehouse.loaded(with_sightings(room.collected(replace(entry, first_seen_at=later)), many))

    assert warehouse.value("select count(*) from site_blocks") == 10
    assert furniture_of(warehouse.con, [SOURCE])[SOURCE].known == {key()}


def test_the_check_finds_a_block_counted_twice_and_one_of_no_article(warehouse: Warehouse, room: Newsroom) -> None:
    def failed() -> int:
        return next(result.failed_count for result in run_checks(warehouse.con) if result.name == "site_blocks")

    seen_in(warehouse, room, 4)
    assert failed() == 0

    warehouse.con.execute("update site_blocks set text_article_id = ? where word_count > 15", [article_id("nowhere")])
    assert failed() == 1
    warehouse.con.execute("insert into site_blocks from site_blocks where word_count > 15")
    assert failed() == 2


def test_a_quiet_day_and_an_article_without_sightings_are_no_trouble(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry, at=room.now + timedelta(hours=1)))
    warehouse.loaded()

    assert all_furniture(warehouse.con) == {}
    assert furniture_of(warehouse.con, []) == {}
