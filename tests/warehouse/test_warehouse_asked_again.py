"""A changed query asked of everything held: what it gains is new once, what it keeps is not new again."""

from dataclasses import replace

from extractors.facts.topics import compile_topics, match
from extractors.model import WatchedTopic
from tests.warehouse.newsroom import Newsroom, Warehouse
from warehouse.asked_again import (
    Answer,
    CoverageChange,
    finish,
    held_texts,
    last_load_seq,
    load_answers,
    unasked_counts,
)
from warehouse.coverage import sync_topics
from warehouse.doctor import run_checks

WIDER = "deepseek OR harbour"


def ask(warehouse: Warehouse, topic: WatchedTopic, *, hours: float) -> CoverageChange:
    """Ask *topic* of everything held, as the command does."""
    con = warehouse.con
    answers = []
    for held in held_texts(con, after=0, upto=last_load_seq(con)):
        mentions, coverage = match(
            compile_topics((topic,)), title=held.title, text=held.text, source=held.source, language=held.language
        )
        asked = {"article_id": held.article_id, "revision": held.revision, "text_sha256": held.text_sha256}
        answers.append(Answer(**asked, title=held.title, mentions=mentions, coverage=coverage))
    change = load_answers(con, [topic], answers, now=warehouse.room.later(hours))[topic.topic_id]
    finish(con, [topic], now=warehouse.room.later(hours))
    return change


def three_articles(warehouse: Warehouse, room: Newsroom) -> list[str]:
    """Load an article on the topic, one on the harbour, one on both; return their ids in the order of loading."""
    texts = ("DeepSeek cut its prices.", "The harbour is closed.", "DeepSeek looks at a harbour.")
    entries = warehouse.found(3)
    items = [room.collected(entry, text=text, title="Today") for entry, text in zip(entries, texts, strict=True)]
    warehouse.loaded(*items)
    return [item.reading.article.article_id for item in items if item.reading and item.reading.article]


def changed(warehouse: Warehouse, room: Newsroom, query: str, version: str, *, hours: float = 1) -> WatchedTopic:
    topic = replace(room.topic, query=query, query_version=version)
    sync_topics(warehouse.con, [topic], now=room.later(hours))
    return topic


def test_what_a_wider_query_gains_gets_new_numbers_and_what_it_keeps_its_own(
    warehouse: Warehouse, room: Newsroom
) -> None:
    first, second, third = three_articles(warehouse, room)
    topic = changed(warehouse, room, WIDER, "v2")
    assert unasked_counts(warehouse.con) == {"deepseek": 3}

    assert ask(warehouse, topic, hours=2) == CoverageChange(gained_count=1, lost_count=0, covered_count=3)

    assert warehouse.rows("select article_id, load_seq from coverage_after('deepseek', 0)") == [
        (first, 1), (third, 3), (second, 4),
    ]  # fmt: skip
    assert warehouse.rows("select article_id from coverage_after('deepseek', 3)") == [(second,)]
    assert unasked_counts(warehouse.con) == {}
    assert not [check for check in run_checks(warehouse.con) if check.failed_count]


def test_asked_twice_nothing_changes(warehouse: Warehouse, room: Newsroom) -> None:
    three_articles(warehouse, room)
    topic = changed(warehouse, room, WIDER, "v2")
    ask(warehouse, topic, hours=2)
    held = [warehouse.rows(f"from {table} order by all") for table in ("coverage", "mentions", "load_sequence")]

    change = ask(warehouse, topic, hours=3)

    assert change == CoverageChange(gained_count=0, lost_count=0, covered_count=3)
    assert [warehouse.rows(f"from {table} order by all") for table in ("coverage", "mentions", "load_sequence")] == held


def test_a_narrower_query_loses_and_both_versions_can_be_compared(warehouse: Warehouse, room: Newsroom) -> None:
    first, second, third = three_articles(warehouse, room)
    topic = changed(warehouse, room, "harbour", "v2")

    assert ask(warehouse, topic, hours=2) == CoverageChange(gained_count=1, lost_count=1, covered_count=2)

    compared = "select change, article_id from coverage_compared('DeepSeek') order by all"
    assert warehouse.rows(compared) == [("gained", second), ("kept", third), ("lost", first)]
    assert warehouse.rows("select distinct term from mentions") == [("harbour",)]
    assert not [check for check in run_checks(warehouse.con) if check.failed_count]


def test_an_article_edited_since_it_was_asked_is_left_to_its_edit(warehouse: Warehouse, room: Newsroom) -> None:
    three_articles(warehouse, room)
    topic = changed(warehouse, room, WIDER, "v2")
    (held, *_) = held_texts(warehouse.con, after=0, upto=1)
    mentions, coverage = match(
        compile_topics((topic,)), title=held.title, text=held.text, source=held.source, language=held.language
    )
    warehouse.con.execute("update articles set text_sha256 = 'other' where article_id = ?", [held.article_id])

    stale = {"article_id": held.article_id, "revision": held.revision, "text_sha256": held.text_sha256}
    load_answers(
        warehouse.con, [topic], [Answer(**stale, title=held.title, mentions=mentions, coverage=coverage)],
        now=room.later(2),
    )  # fmt: skip

    assert warehouse.rows("from coverage where query_version = 'v2'") == []
