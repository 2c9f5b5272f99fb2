"""What is known of each feed, and what each poll leaves."""

from dataclasses import replace
from datetime import datetime

from extractors.model import PollResult, WatchedFeed
from tests.warehouse.newsroom import Newsroom, Warehouse
from warehouse.entries import pending_entries
from warehouse.feeds import feed_statuses, feeds_to_poll, sync_feeds


def other_feed() -> WatchedFeed:
    return WatchedFeed(feed_id="f2", url="https://another.example/feed", source="another.example")


def urls_to_poll(warehouse: Warehouse, *, now: datetime, only_due: bool = False) -> list[str]:
    return [state.url for state in feeds_to_poll(warehouse.con, now=now, only_due=only_due)]


def test_a_watched_feed_is_due_at_once_and_in_order_of_url(warehouse: Warehouse, room: Newsroom) -> None:
    counts = sync_feeds(warehouse.con, [room.feed, other_feed()], now=room.now)

    assert (counts.added, counts.returned, counts.dropped) == (1, 0, 0)
    assert urls_to_poll(warehouse, now=room.now, only_due=True) == [other_feed().url, room.feed.url]


def test_a_feed_no_longer_watched_is_not_polled_and_keeps_its_history(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.found(2)

    assert sync_feeds(warehouse.con, [], now=room.now).dropped == 1
    assert urls_to_poll(warehouse, now=room.later(9)) == []
    assert warehouse.value("select count(*) from entries") == 2
    assert sync_feeds(warehouse.con, [room.feed], now=room.now).returned == 1
    assert urls_to_poll(warehouse, now=room.now) == [room.feed.url]


def test_a_changed_source_or_currency_is_taken_over(warehouse: Warehouse, room: Newsroom) -> None:
    sync_feeds(warehouse.con, [replace(room.feed, source="sheet.example", currency=None)], now=room.now)

    assert warehouse.rows("select source, currency from feeds") == [("sheet.example", None)]


def test_a_feed_named_twice_is_watched_once(warehouse: Warehouse, room: Newsroom) -> None:
    sync_feeds(warehouse.con, [other_feed(), other_feed()], now=room.now)

    assert warehouse.value("select count(*) from feeds") == 2


def test_a_poll_writes_its_entries_as_pending_and_the_state_of_the_feed(warehouse: Warehouse, room: Newsroom) -> None:
    counts = warehouse.polled(room.poll(room.listed(1), room.listed(2)))

    assert (counts.poll_count, counts.entry_count, counts.new_entry_count) == (1, 2, 2)
    assert counts.feed_ids == (room.feed.feed_id,)
    assert warehouse.rows("select distinct outcome, first_seen_at, authors, guid is null from entries") == [
        ("pending", room.now, ["Ann Ash", "Bo Birch"], False)
    ]
    (state,) = feeds_to_poll(warehouse.con, now=room.later(9), only_due=True)
    assert (state.etag, state.body_sha256, state.entry_count) == ('"one"', "aa", 2)
    assert (state.last_polled_at, state.last_new_at) == (room.now, room.now)
    assert feed_statuses(warehouse.con)[room.feed.feed_id] == ("working", room.now, room.later(1))


def test_a_feed_is_not_due_before_its_next_poll_but_can_be_asked_for(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.polled(room.poll(room.listed(1)))

    assert urls_to_poll(warehouse, now=room.now, only_due=True) == []
    assert urls_to_poll(warehouse, now=room.now, only_due=False) == [room.feed.url]


def test_a_poll_loaded_twice_changes_nothing(warehouse: Warehouse, room: Newsroom) -> None:
    poll = room.poll(room.listed(1), room.listed(2))
    warehouse.polled(poll)
    before = [warehouse.rows(f"from {table} order by all") for table in ("feeds", "polls", "entries")]

    counts = warehouse.polled(poll)

    assert (counts.poll_count, counts.new_entry_count, counts.feed_ids) == (0, 0, ())
    assert before == [warehouse.rows(f"from {table} order by all") for table in ("feeds", "polls", "entries")]


def test_an_entry_already_known_stays_as_it_was(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.polled(room.poll(room.listed(1)))

    counts = warehouse.polled(room.poll(room.listed(1, title="Another"), room.listed(2), at=room.later()))

    assert counts.new_entry_count == 1
    assert warehouse.value("select title from entries where guid = 'guid-1'") == "Article 1"


def test_an_entry_listed_twice_in_one_batch_is_one_row(warehouse: Warehouse, room: Newsroom) -> None:
    counts = warehouse.polled(
        room.poll(room.listed(1), room.listed(1, title="Second")), room.poll(room.listed(1), at=room.later())
    )

    assert counts.new_entry_count == 1
    assert warehouse.rows("select title from entries") == [("Article 1",)]
    assert warehouse.rows("select new_entry_count from polls order by polled_at") == [(1,), (0,)]


def test_an_unchanged_answer_keeps_what_was_read(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.polled(room.poll(room.listed(1)))
    warehouse.polled(
        room.poll(
            at=room.later(), result=PollResult.UNCHANGED, http_status=304, parsed=None, body_sha256=None, etag=None
        )
    )

    (state,) = feeds_to_poll(warehouse.con, now=room.later(9), only_due=False)
    assert (state.etag, state.body_sha256, state.entry_count) == ('"one"', "aa", 1)
    assert warehouse.rows("select kind, title, last_success_at from feeds") == [("rss", "The Paper", room.later())]


def test_a_failure_is_recorded_with_its_words(warehouse: Warehouse, room: Newsroom) -> None:
    counts = warehouse.polled(
        room.poll(result=PollResult.FAILED, http_status=None, parsed=None, error="no such host", failure_weight=1.0)
    )

    assert counts.failed_count == 1
    assert warehouse.rows("select outcome, error, entry_count from polls") == [("failed", "no such host", 0)]
    assert warehouse.rows("select failure_weight, last_success_at from feeds") == [(1.0, None)]


def test_a_server_that_asks_for_a_pause_is_left_alone_even_when_all_feeds_are_polled(
    warehouse: Warehouse, room: Newsroom
) -> None:
    paused = {"http_status": 429, "next_poll_at": room.later(3), "hold_until": room.later(3)}
    warehouse.polled(room.poll(result=PollResult.HTTP_ERROR, parsed=None, **paused))

    assert urls_to_poll(warehouse, now=room.later(2), only_due=False) == []
    assert urls_to_poll(warehouse, now=room.later(3), only_due=False) == [room.feed.url]


def test_a_feed_that_is_gone_is_polled_no_more(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.polled(room.poll(result=PollResult.GONE, http_status=410, parsed=None, status="gone"))

    assert urls_to_poll(warehouse, now=room.later(99), only_due=False) == []


def test_a_document_without_one_known_entry_is_an_overrun(warehouse: Warehouse, room: Newsroom) -> None:
    first = room.poll(*(room.listed(number) for number in range(10)))
    warehouse.polled(first)

    kept = warehouse.polled(room.poll(*(room.listed(number) for number in range(9, 19)), at=room.later(1)))
    short = warehouse.polled(room.poll(*(room.listed(number) for number in range(20, 27)), at=room.later(2)))
    lost = warehouse.polled(room.poll(*(room.listed(number) for number in range(30, 40)), at=room.later(3)))

    assert (kept.overrun_count, short.overrun_count, lost.overrun_count) == (0, 0, 1)
    assert warehouse.value("select is_window_overrun from polls order by polled_at limit 1") is False


def test_a_lone_surrogate_in_a_title_is_replaced_not_fatal(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.polled(room.poll(room.listed(1, title="broken \ud83d title")))

    (entry,) = pending_entries(warehouse.con, now=room.now, limit=5)
    assert entry.title == "broken ? title"
