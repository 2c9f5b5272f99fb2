"""What is not told: what is no news, however it came to be loaded or to look new."""

from dataclasses import replace
from datetime import timedelta

from alert_desk import RULE, AlertDesk, clean, minutes, rule, text_of
from receiver import Receiver

from tests.warehouse.newsroom import NOW
from warehouse.connection import writer
from warehouse.coverage import sync_topics


def test_what_ingest_or_a_list_brings_is_told_only_when_asked(desk: AlertDesk) -> None:
    desk.stories(1, 2)
    for kind in ("files", "list"):
        with writer(desk.home) as con:
            con.execute("update feeds set kind = ?", [kind])
            con.execute("update alert_watches set load_seq = 1")
        assert desk.send(minutes(1)).decided_count == 0
    assert desk.send(minutes(3), asked_run_id="run-1").sent_count == 3, "with the story of long ago"
    assert desk.send(minutes(4), asked_run_id="run-1").sent_count == 0


def test_what_is_old_where_a_feed_first_lists_it_is_no_news(desk: AlertDesk, receiver: Receiver) -> None:
    old, guessed = desk.found(2)
    claim = NOW - timedelta(days=4)
    items = [
        desk.article(replace(entry, published_at=claim, first_seen_at=NOW), text=text_of(number))
        for number, entry in enumerate((old, guessed))
    ]
    assert items[1].reading is not None
    assert items[1].reading.article is not None
    article = replace(items[1].reading.article, published_at_from="htmldate")
    items[1] = replace(items[1], reading=replace(items[1].reading, article=article))
    desk.load(*items)

    desk.send(minutes(1))

    assert receiver.titles == ["DeepSeek: new story - DeepSeek and Article 1"], "a guessed date hides nothing"


def test_a_changed_query_applied_to_what_is_held_tells_nothing(desk: AlertDesk, receiver: Receiver) -> None:
    desk.stories(1, 2)
    with writer(desk.home) as con:
        con.execute("create table found as from coverage")
        # The query of then did not cover the second.
        con.execute("delete from coverage where load_seq = (select max(load_seq) from coverage)")
    assert desk.send(minutes(1)).sent_count == 1
    with writer(desk.home) as con:
        sync_topics(con, [replace(desk.room.topic, query_version="v2")], now=minutes(2))
        # As `newsdesk topics backfill` leaves it.
        con.execute("insert into coverage select * replace ('v2' as query_version, 1000 as load_seq) from found")
        con.execute("update load_sequence set last_load_seq = 1000")

    assert desk.send(minutes(3)).decided_count == 0
    assert len(receiver.posts) == 1


def test_a_text_read_again_by_another_extractor_tells_nothing(desk: AlertDesk) -> None:
    desk.rules(RULE + rule("edits", "edit"), names=["desk", "edits"])
    desk.stories(1)
    desk.send(minutes(1))
    with writer(desk.home) as con:
        con.execute(
            "insert into revisions select * replace (2 as revision, 're-extracted' as change, now() as seen_at)"
            " from revisions"
        )

    assert desk.send(minutes(2)).decided_count == 0


def test_stories_that_become_one_are_not_told_again_and_what_waits_of_them_is_told_once(
    desk: AlertDesk, receiver: Receiver
) -> None:
    desk.rules(RULE + rule("morning", "digest 08:00 Europe/London"), names=["desk", "morning"])
    desk.send()
    desk.stories(1, 2)
    assert desk.send(minutes(1)).sent_count == 2
    merge(desk)
    assert desk.send(minutes(2)).decided_count == 0
    assert desk.send(NOW + timedelta(days=1, hours=2)).sent_count == 1
    assert receiver.titles[2] == "DeepSeek: new story - DeepSeek and Article 1"
    assert desk.rows("select rule, outcome, error from alerts where outcome = 'skipped'") == [
        ("morning", "skipped", "its story turned out to be part of one that is told already")
    ]
    clean(desk)


def merge(desk: AlertDesk) -> None:
    """Make one story of the last two, as ``warehouse.stories`` writes it."""
    with writer(desk.home) as con:
        older, newer = [
            row[0] for row in con.execute("select story_id from articles order by load_seq desc limit 2").fetchall()
        ][::-1]
        for table in ("articles", "story_articles"):
            con.execute(f"update {table} set story_id = ? where story_id = ?", [older, newer])
        con.execute("delete from stories where story_id = ?", [newer])
        con.execute("insert into story_aliases values (?, ?, ?, ?)", [newer, older, NOW, newer])


def test_a_copy_of_what_was_there_before_the_rule_is_no_news(desk: AlertDesk) -> None:
    entry = desk.found(1, start=60)[0]
    desk.load(
        desk.article(replace(entry, published_at=None, first_seen_at=NOW), text=text_of(9_999), source="b.example")
    )

    assert desk.send(minutes(1)).decided_count == 0


def test_a_story_that_was_told_under_an_id_that_is_an_alias_now_is_told(desk: AlertDesk) -> None:
    desk.stories(1, 2)
    assert desk.send(minutes(1)).sent_count == 2
    merge(desk)
    with writer(desk.home) as con:
        con.execute("delete from alerts where story_id in (select story_id from stories)")
        con.execute("update alert_watches set load_seq = 1")

    assert desk.send(minutes(2)).decided_count == 0


def test_a_copy_of_what_is_old_is_no_news(desk: AlertDesk) -> None:
    first, copy = (replace(entry, published_at=None, first_seen_at=NOW) for entry in desk.found(2))
    old = replace(first, published_at=NOW - timedelta(days=4))
    desk.load(desk.article(old, text=text_of(1)), desk.article(copy, text=text_of(1), source="b.example"))

    assert desk.send(minutes(1)).decided_count == 0
