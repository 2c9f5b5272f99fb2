"""What becomes of a feed: it moves, falls silent, fails, comes too late; each is said once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from extractors.model import PolledFeed, PollResult, WatchedFeed
from tests.warehouse.newsroom import Newsroom, Warehouse
from warehouse.feeds import feeds_to_poll, sync_feeds
from warehouse.polls import PollCounts

NEW = "https://new.example/rss"


def daily(room: Newsroom, *, days: int, gap_hours: float = 24, at_hours: float = 0) -> PolledFeed:
    """Return a poll of a feed that published every *gap_hours* until now."""
    listed = [
        room.listed(number, published_at=room.now - timedelta(hours=gap_hours * (days - number)))
        for number in range(days)
    ]
    return room.poll(*listed, at=room.later(at_hours))


def unchanged(room: Newsroom, *, days: float) -> PolledFeed:
    return room.poll(at=room.later(24 * days), result=PollResult.UNCHANGED, parsed=None)


def failed(room: Newsroom, *, days: float, status: str = "failing", **changes: object) -> PolledFeed:
    failure = {"result": PollResult.FAILED, "http_status": None, "parsed": None, "error": "dns: no such host"}
    return room.poll(at=room.later(24 * days), status=status, failure_weight=5.0, **(failure | changes))


def alarms(counts: PollCounts) -> list[str]:
    return [alarm.status for alarm in counts.alarms]


def health(warehouse: Warehouse) -> tuple[object, ...]:
    return warehouse.rows("select health, problem from feed_health")[0]


def test_a_feed_that_is_silent_for_longer_than_its_habit_is_an_alarm_once(warehouse: Warehouse, room: Newsroom) -> None:
    assert alarms(warehouse.polled(daily(room, days=10))) == []
    assert alarms(warehouse.polled(unchanged(room, days=3.9))) == []
    assert alarms(warehouse.polled(unchanged(room, days=4.1))) == ["silent"]
    assert alarms(warehouse.polled(unchanged(room, days=5))) == []

    assert health(warehouse) == (
        "silent",
        "Nothing new for 6 days, since 2026-01-04; of this feed more than 5 days is unusual",
    )
    again = room.poll(room.listed(99, published_at=room.later(24 * 6)), at=room.later(24 * 6))
    assert alarms(warehouse.polled(again)) == []
    assert health(warehouse) == ("well", None)
    assert warehouse.value("select alarm from feeds") is None


@pytest.mark.parametrize(("gap_hours", "limit_hours"), [(0.5, 72.0), (24, 120.0), (24 * 7, 24 * 35.0)])
def test_a_habit_is_three_days_or_five_median_gaps(
    warehouse: Warehouse, room: Newsroom, gap_hours: float, limit_hours: float
) -> None:
    warehouse.polled(daily(room, days=12, gap_hours=gap_hours))

    assert warehouse.value("select silence_limit_hours from feeds") == limit_hours


def test_a_silence_that_a_feed_had_before_is_its_habit(warehouse: Warehouse, room: Newsroom) -> None:
    poll = daily(room, days=10)
    assert poll.parsed is not None
    long_ago = room.listed(77, published_at=room.now - timedelta(days=40))
    warehouse.polled(replace(poll, parsed=replace(poll.parsed, entries=(*poll.parsed.entries, long_ago))))

    assert warehouse.value("select silence_limit_hours from feeds") == 24 * 30


def test_of_a_feed_with_few_entries_no_habit_is_claimed(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.polled(daily(room, days=5))

    assert warehouse.rows("select silence_limit_hours, newest_entry_at from feeds") == [
        (None, room.now - timedelta(days=1))
    ]
    assert alarms(warehouse.polled(unchanged(room, days=300))) == []


def test_a_date_in_the_future_does_not_hide_a_silence(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.polled(room.poll(room.listed(1, published_at=room.later(24 * 30))))

    assert warehouse.value("select newest_entry_at from feeds") == room.now


def test_an_alarm_is_raised_when_a_feed_begins_to_fail_and_not_again_until_it_gave_something(
    warehouse: Warehouse, room: Newsroom
) -> None:
    warehouse.polled(room.poll(room.listed(1)))

    assert alarms(warehouse.polled(failed(room, days=1, status="troubled"))) == []
    counts = warehouse.polled(failed(room, days=2))
    assert [(alarm.feed_id, alarm.url, alarm.status) for alarm in counts.alarms] == [
        (room.feed.feed_id, room.feed.url, "failing")
    ]
    assert alarms(warehouse.polled(failed(room, days=3))) == []
    assert alarms(warehouse.polled(failed(room, days=4, status="waiting", http_status=503))) == []
    assert alarms(warehouse.polled(failed(room, days=5))) == []
    assert alarms(warehouse.polled(failed(room, days=40, status="dead"))) == ["dead"]
    assert health(warehouse) == ("dead", "It has given nothing for a month: dns: no such host")
    assert alarms(warehouse.polled(unchanged(room, days=41))) == []
    assert alarms(warehouse.polled(failed(room, days=42))) == ["failing"]


def test_a_poll_loaded_twice_raises_its_alarm_once(warehouse: Warehouse, room: Newsroom) -> None:
    poll = failed(room, days=1)

    assert alarms(warehouse.polled(poll)) == ["failing"]
    assert alarms(warehouse.polled(poll)) == []


def test_a_feed_is_polled_where_it_moved_to_and_keeps_its_id_and_the_watchlists_address(
    warehouse: Warehouse, room: Newsroom
) -> None:
    said = {"moved_to": NEW, "moved_at": room.now, "moved_poll_count": 1}
    warehouse.polled(room.poll(room.listed(1), **said))
    assert health(warehouse) == ("moved", f"It has moved to {NEW}, it says since 2026-01-05 (1 poll)")

    warehouse.polled(room.poll(room.listed(1), at=room.later(30), **(said | {"polled_url": NEW})))

    (state,) = feeds_to_poll(warehouse.con, now=room.later(99), only_due=False)
    assert (state.feed_id, state.url, state.polled_url) == (room.feed.feed_id, room.feed.url, NEW)
    assert (state.moved_to, state.moved_at, state.moved_poll_count) == (NEW, room.now, 1)
    assert health(warehouse) == ("moved", f"It has moved to {NEW} and is polled there")
    warehouse.polled(room.poll(room.listed(1), at=room.later(40)))
    assert health(warehouse) == ("well", None)


def test_a_feed_never_moves_onto_another_that_is_watched(warehouse: Warehouse, room: Newsroom) -> None:
    other = WatchedFeed(feed_id="f2", url="http://www.new.example/rss/", source="new.example")
    sync_feeds(warehouse.con, [room.feed, other], now=room.now)

    warehouse.polled(room.poll(room.listed(1), moved_to=NEW, moved_at=room.now, moved_poll_count=9, polled_url=NEW))

    assert warehouse.rows("select distinct polled_url from feeds") == [(None,)]
    assert warehouse.rows("select health, problem, advice from feed_health order by url desc")[0] == (
        "moved",
        f"It has moved to {NEW}, which is watched too",
        "Take this one from the watchlist.",
    )


def test_a_move_from_http_to_https_is_followed_without_a_word(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.polled(room.poll(room.listed(1), moved_to=room.feed.url.replace("https", "http"), moved_poll_count=1))

    assert health(warehouse) == ("well", None)


def test_where_entries_were_lost_the_feed_is_asked_sooner(warehouse: Warehouse, room: Newsroom) -> None:
    pace = {"poll_interval_minutes": 60.0, "overrun_interval_minutes": 15.0}
    first = [room.listed(number) for number in range(10)]
    warehouse.polled(room.poll(*first, overrun_poll_at=room.later(0.25), **pace))
    assert warehouse.rows("select poll_interval_minutes, next_poll_at from feeds") == [(60.0, room.later(1))]

    fresh = [room.listed(number) for number in range(20, 30)]
    counts = warehouse.polled(room.poll(*fresh, at=room.later(5), overrun_poll_at=room.later(5.25), **pace))

    assert counts.overrun_feed_ids == (room.feed.feed_id,)
    assert warehouse.rows("select poll_interval_minutes, next_poll_at from feeds") == [(15.0, room.later(5.25))]
    assert health(warehouse)[1] == "In the last seven days one poll came too late: entries were probably lost."


def test_new_guids_alone_are_no_lost_entries(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.polled(room.poll(*(room.listed(number) for number in range(10))))
    churned = [room.listed(number, guid=f"x{number}", entry_id=f"x{number}") for number in range(10)]

    counts = warehouse.polled(room.poll(*churned, at=room.later()))

    assert (counts.new_entry_count, counts.overrun_count) == (0, 0)


def test_feed_health_says_what_a_feed_is_and_when_it_last_gave_something(warehouse: Warehouse, room: Newsroom) -> None:
    assert warehouse.value("select about from feed_health") == "It has given nothing yet."
    warehouse.polled(daily(room, days=10))

    said = "RSS feed with 10 entries, the newest of 2026-01-04 06:00 UTC; asked every 60 minutes."
    assert warehouse.value("select about from feed_health") == said
