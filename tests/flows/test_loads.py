"""Polls are loaded in bounded loads, while the next ones are asked for."""

import gc
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from extractors.model import ParsedEntry, ParsedFeed, PolledFeed, PollResult
from flows import loads

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def poll(number: int, *, entries: int = 0, after_seconds: float = 0) -> tuple[int, PolledFeed]:
    listed = tuple(ParsedEntry(entry_id=f"{number}-{n}", url="", url_key="") for n in range(entries))
    at = NOW + timedelta(seconds=after_seconds)
    return number, PolledFeed(
        feed_id=f"f{number}",
        url=f"http://h{number}.example/feed",
        polled_at=at,
        duration_seconds=0.1,
        result=PollResult.CHANGED,
        next_poll_at=at,
        parsed=ParsedFeed(kind="rss", title=None, entries=listed) if entries else None,
    )


def sizes(polls: Iterator[tuple[int, PolledFeed]]) -> list[int]:
    return [len(load) for load in loads.in_loads(polls)]


def test_a_load_ends_with_its_polls_its_entries_or_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads, "_MOST_POLLS", 4)
    monkeypatch.setattr(loads, "_MOST_ENTRIES", 10)

    assert sizes(poll(number) for number in range(9)) == [4, 4, 1]
    assert sizes(poll(number, entries=5) for number in range(5)) == [2, 2, 1]
    assert sizes(poll(number, after_seconds=6 * number) for number in range(5)) == [3, 2]
    assert sizes(iter(())) == []


def test_within_a_load_polls_are_in_the_order_of_the_feeds() -> None:
    [load] = loads.in_loads(poll(number) for number in (2, 0, 1))

    assert [one.feed_id for one in load] == ["f0", "f1", "f2"]


def test_the_next_polls_come_while_a_load_is_under_way() -> None:
    is_asked = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        is_asked.set()
        yield 2

    def load(number: int) -> int:
        assert is_asked.wait(timeout=5)
        return -number

    assert list(loads.meanwhile(load, items())) == [-1, -2]


def test_a_load_that_fails_ends_the_round() -> None:
    asked = []

    def items() -> Iterator[int]:
        for number in range(5):
            asked.append(number)
            yield number

    def load(number: int) -> int:
        return 1 // number

    with pytest.raises(ZeroDivisionError):
        list(loads.meanwhile(load, items()))
    assert asked == [0, 1]


def test_after_a_round_garbage_is_collected_as_before() -> None:
    before = gc.get_threshold()
    with loads.rarely_collected():
        assert gc.get_threshold() != before
        assert gc.get_freeze_count()

    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
