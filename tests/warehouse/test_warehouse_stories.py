"""Every article has a story: the same ones whatever the batches, with a trace of what was merged."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from extractors.model import Assignment, CollectedEntry, NewText
from flows.assigning import assign_stories, fingerprint_of
from tests.warehouse.newsroom import WARC, Newsroom, Warehouse
from tests.warehouse.story_stream import parted, prose, spun
from warehouse.articles import load_batch
from warehouse.doctor import run_checks
from warehouse.held_stories import HeldStories
from warehouse.migrate import migrate, packaged_migrations
from warehouse.stories import rebuild_stories


def stories(warehouse: Warehouse) -> dict[str, str]:
    """Return the story of each article, both by the number in its address."""
    return {
        str(url)[-5:]: str(first)[-5:]
        for url, first in warehouse.rows(
            """
            select articles.url, firsts.url
            from articles join articles as firsts on firsts.article_id = articles.story_id
            """
        )
    }


def collected(warehouse: Warehouse, texts: Sequence[str], **changes: Any) -> list[CollectedEntry]:
    """Return an item for each text, seen one a minute in the order in which their entries are listed."""
    entries = sorted(warehouse.found(len(texts)), key=lambda entry: entry.url)
    items = [warehouse.room.collected(entry, text=text, **changes) for entry, text in zip(entries, texts, strict=True)]
    return [seen_after(item, number / 60) for number, item in enumerate(items)]


def from_source(item: CollectedEntry, source: str) -> CollectedEntry:
    assert item.reading
    assert item.reading.article
    return replace(item, reading=replace(item.reading, article=replace(item.reading.article, source=source)))


def seen_after(item: CollectedEntry, hours: float) -> CollectedEntry:
    """Return *item* first seen so many hours after the others."""
    seen_at = item.entry.first_seen_at + timedelta(hours=hours)
    return replace(item, entry=replace(item.entry, first_seen_at=seen_at))


def test_a_copy_joins_the_story_of_the_text_whichever_batch_brings_it(warehouse: Warehouse) -> None:
    text, other = prose(1), prose(2)
    first, alone, copy, rewrite = collected(warehouse, [text, other, text, spun(text)])

    warehouse.loaded(first, alone)
    warehouse.loaded(copy, rewrite)

    assert stories(warehouse) == {"00000": "00000", "00001": "00001", "00002": "00000", "00003": "00000"}
    assert warehouse.rows("select relation from story_articles join articles using (article_id) order by load_seq") == [
        ("first",), ("first",), ("copy",), ("rewrite",),
    ]  # fmt: skip
    assert [result.name for result in run_checks(warehouse.con) if result.failed_count] == []


def test_a_row_says_what_was_found(warehouse: Warehouse) -> None:
    text = prose(1)
    warehouse.loaded(*collected(warehouse, [text, text, spun(text), prose(3, words=90) + " " + text]))

    found = warehouse.rows(
        "select relation, novelty, evidence from story_articles join articles using (article_id) order by load_seq"
    )
    first = warehouse.value("select story_id from stories")
    assert found[0] == ("first", 1.0, None)
    assert found[1] == ("copy", 0.0, f"the same text as {first}")
    assert found[2][2] == f"144 of 161 words stand in {first} in the same order; from the first word on"
    assert found[3][0] == "update"
    assert str(found[3][2]).startswith(f"161 of the 161 words of {first} stand here in the same order; from word 9")
    assert float(str(found[3][1])) == pytest.approx(90 / 252, abs=0.1)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_the_size_of_the_batches_changes_nothing(warehouse: Warehouse, size: int) -> None:
    whole = prose(1, words=600)
    begin, end = parted(whole)
    items = collected(
        warehouse, [begin, end, *map(prose, range(10, 16)), whole, spun(prose(10)), prose(11), end, spun(prose(11))]
    )
    items = [seen_after(item, hours) for hours, item in enumerate(items)]
    for start in range(0, len(items), size):
        warehouse.loaded(*items[start : start + size])

    assert [int(story) for _, story in sorted(stories(warehouse).items())] == [0, 0, 2, 3, 4, 5, 6, 7, 0, 2, 3, 0, 3]
    assert [result.name for result in run_checks(warehouse.con) if result.failed_count] == []


def test_a_merge_keeps_the_older_story_and_leaves_a_trace(warehouse: Warehouse) -> None:
    whole = prose(1, words=600)
    begin, end = parted(whole)
    older, younger, showing = collected(warehouse, [begin, end, whole])
    # The younger story is loaded first: age is what counts.
    older = seen_after(older, -2)
    warehouse.loaded(younger, older)
    assert stories(warehouse) == {"00000": "00000", "00001": "00001"}

    warehouse.loaded(showing, now=warehouse.room.later())

    assert set(stories(warehouse).values()) == {"00000"}
    kept, gone, shown_by = (
        item.reading.article.article_id for item in (older, younger, showing) if item.reading if item.reading.article
    )
    assert warehouse.rows("from story_aliases") == [(gone, kept, warehouse.room.later(), shown_by)]
    told = warehouse.rows("select relation, evidence from story_articles where article_id = ?", gone)
    assert told[0][0] == "excerpt"
    assert f"stand in {shown_by} in the same order" in str(told[0][1])
    assert [result.name for result in run_checks(warehouse.con) if result.failed_count] == []


def test_a_copy_of_what_an_article_said_before_its_edit_joins_its_story(warehouse: Warehouse) -> None:
    text = prose(1)
    first, copy = collected(warehouse, [text, text + " One sentence more, which the first one never had."])
    warehouse.loaded(first)
    edited = warehouse.room.collected(first.entry, text=prose(7), at=warehouse.room.later())
    assert warehouse.loaded(edited).revision_count == 1

    warehouse.loaded(copy)

    assert stories(warehouse) == {"00000": "00000", "00001": "00000"}


def test_loading_the_same_again_changes_nothing(warehouse: Warehouse) -> None:
    text = prose(1)
    items = collected(warehouse, [text, spun(text), prose(2)])
    warehouse.loaded(*items)
    tables = ("stories", "story_articles", "story_texts", "story_aliases")
    before = [warehouse.rows(f"from {table} order by all") for table in tables]

    warehouse.loaded(*items)

    assert [warehouse.rows(f"from {table} order by all") for table in tables] == before


def test_an_edited_article_keeps_its_story(warehouse: Warehouse, room: Newsroom) -> None:
    first, second = collected(warehouse, [prose(1), prose(2)])
    warehouse.loaded(first, second)

    warehouse.loaded(room.collected(second.entry, text=prose(1), at=room.later()))

    assert stories(warehouse) == {"00000": "00000", "00001": "00001"}
    assert [result.name for result in run_checks(warehouse.con) if result.failed_count] == []


def test_a_story_counts_publishers_and_knows_who_had_it_first(warehouse: Warehouse, room: Newsroom) -> None:
    text = prose(1)
    late, early, future = collected(warehouse, [text, text, text])
    items = [from_source(late, "a.example"), from_source(early, "b.example"), from_source(future, "b.example")]
    claims = [room.later(-1), room.later(-5), room.later(90)]
    warehouse.loaded(
        *(
            replace(item, reading=replace(item.reading, article=replace(item.reading.article, published_at=claim)))
            for item, claim in zip(items, claims, strict=True)
            if item.reading
            if item.reading.article
        )
    )

    (told,) = warehouse.rows(
        "select article_count, source_count, url from stories join articles on article_id = first_article_id"
    )
    assert told == (3, 2, early.entry.url)
    assert warehouse.rows("select source, lag::varchar, is_first, relation from story_spread") == [
        ("b.example", "00:00:00", True, "first"),
        ("a.example", "04:00:00", False, "copy"),
    ]


def test_a_claim_of_midnight_is_a_day_and_no_proof_of_being_first(warehouse: Warehouse, room: Newsroom) -> None:
    assert warehouse.rows(
        """
        select had_it_at('2026-01-05 00:00:00+00'::timestamptz, '2026-01-06 09:00:00+00'::timestamptz),
            had_it_at('2026-01-05 00:00:00+00'::timestamptz, '2026-01-05 09:00:00+00'::timestamptz),
            had_it_at(null, '2026-01-05 06:00:00+00'::timestamptz)
        """
    ) == [(room.later(18), room.later(3), room.now)]


def test_a_copy_that_comes_later_does_not_make_a_story_new_again_but_an_update_does(warehouse: Warehouse) -> None:
    text = prose(1)
    first, other, copy, update = collected(warehouse, [text, prose(2), text, f"{text} {prose(3, words=90)}"])
    shown = "select url, article_count from new_coverage"
    warehouse.loaded(first, other)
    warehouse.loaded(copy)
    assert warehouse.rows(shown) == [(other.entry.url, 1), (first.entry.url, 2)]

    warehouse.loaded(update)
    assert warehouse.rows(shown) == [(first.entry.url, 3), (other.entry.url, 1)]


def test_a_batch_that_fails_leaves_no_part_of_a_story(warehouse: Warehouse) -> None:
    def broken(new: Sequence[NewText], held: HeldStories) -> Assignment:
        found = assign_stories(new, held)
        return replace(found, places=(*found.places, replace(found.places[0], relation="cousin")))

    items = collected(warehouse, [prose(1), prose(2)])
    with pytest.raises(Exception, match="CHECK"):
        load_batch(warehouse.con, items, run_id="run-1", now=warehouse.room.now, archives={WARC: 1}, assign=broken)

    for table in ("articles", "stories", "story_articles", "story_texts"):
        assert warehouse.value(f"select count(*) from {table}") == 0


def test_texts_of_a_story_are_found_among_many_that_share_two_numbers(warehouse: Warehouse) -> None:
    text = prose(1)
    tail = " ".join(prose(99).split(" ")[-30:])
    others = [f"{prose(100 + number)} {tail}" for number in range(40)]
    warehouse.loaded(*collected(warehouse, [text, *others, f"{text} {tail}"]))

    assert stories(warehouse)["00041"] == "00000"
    assert warehouse.value("select count(*) from stories") == 41


def test_articles_loaded_before_there_were_stories_have_one_after_the_migration(warehouse: Warehouse) -> None:
    text = prose(1)
    warehouse.loaded(*collected(warehouse, [text, prose(2), text]))
    held = warehouse.con.execute("from articles").to_arrow_table()
    steps = packaged_migrations()
    with duckdb.connect() as old:
        migrate(old, migrations=[step for step in steps if step.version < 11], views=())
        old.register("held", held)
        old.execute("insert into articles by name select * replace (null as story_id) from held")
        migrate(old, migrations=[step for step in steps if step.version <= 11], views=())

        same = "select * exclude (first_seen_at, last_seen_at) from stories order by all"
        assert old.execute(same).fetchall() == warehouse.rows(same)
        same = "select story_id, article_id, relation, evidence from story_articles order by all"
        assert old.execute(same).fetchall() == warehouse.rows(same)
        assert old.execute("select count(story_id) from articles").fetchone() == (3,)


def test_a_rebuild_gives_what_loading_in_order_gave_and_old_ids_lead_somewhere(warehouse: Warehouse) -> None:
    whole = prose(1, words=600)
    begin, end = parted(whole)
    items = collected(warehouse, [begin, end, prose(2), whole, spun(prose(2)), prose(3)])
    for hours, item in enumerate(items):
        warehouse.loaded(seen_after(item, hours))
    tables = ("stories", "story_articles", "story_texts", "story_aliases")
    before = [warehouse.rows(f"from {table} order by all") for table in tables]
    # A story that today's rules would not begin.
    warehouse.con.execute("update articles set story_id = article_id where load_seq = 5")
    warehouse.con.execute(
        """
        insert into stories
        select article_id, 'x', article_id, now(), now(), 1, 1 from articles where load_seq = 5
        """
    )

    rebuilt = rebuild_stories(
        warehouse.con, fingerprint=fingerprint_of, assign=assign_stories, now=warehouse.room.now, batch_count=2
    )

    assert rebuilt == 3
    assert [warehouse.rows(f"from {table} order by all") for table in tables[:3]] == before[:3]
    former = "select article_id from articles where load_seq in (2, 5) order by all"
    assert warehouse.rows("select story_id from story_aliases order by all") == warehouse.rows(former)
    assert [result.name for result in run_checks(warehouse.con) if result.failed_count] == []
