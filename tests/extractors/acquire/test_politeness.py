"""Politeness, proven from the log of the server that is asked."""

import threading
import time
from collections.abc import Iterator

import pytest
from fault_server import Answer, FaultServer

from extractors.acquire.fetch import Fetcher
from extractors.errors import HostOnHoldError
from extractors.model import FetchOutcome, FetchRequest


@pytest.fixture
def fetcher(server: FaultServer) -> Iterator[Fetcher]:
    with Fetcher(user_agent="newsdesk-test/1 (+http://desk.example)", connect_to={".example": server.address}) as it:
        yield it


def get(fetcher: Fetcher, path: str, *, seconds: float = 5.0, limit: int = 5_000_000) -> FetchOutcome:
    url = path if "://" in path else f"http://desk.example{path}"
    return fetcher.fetch(FetchRequest(url=url, timeout_seconds=seconds, limit_bytes=limit))


def test_never_more_requests_to_one_host_than_allowed_even_from_several_threads(server: FaultServer) -> None:
    server.pages["/slow"] = Answer(body=b"x", delay=0.02)
    requests = [FetchRequest(url=f"http://h{number % 3}.example/slow") for number in range(30)]
    ends: list[int] = []
    with Fetcher(user_agent="t", connect_to={".example": server.address}, per_host=2) as fetcher:
        threads = [
            threading.Thread(target=lambda: ends.extend(number for number, _ in fetcher.fetch_all(requests)))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(ends) == sorted(list(range(30)) * 3)
    assert server.most_under_way() == 2


def test_waiting_for_a_turn_costs_nothing_of_a_requests_time(server: FaultServer) -> None:
    server.pages["/slow"] = Answer(body=b"x", delay=0.2)
    requests = [FetchRequest(url="http://one.example/slow", timeout_seconds=0.8) for _ in range(8)]
    with Fetcher(user_agent="t", connect_to={".example": server.address}, per_host=1) as fetcher:
        outcomes = [outcome for _, outcome in fetcher.fetch_all(requests)]

    assert [outcome.error for outcome in outcomes] == [None] * 8


def test_a_host_that_hangs_keeps_no_other_waiting(server: FaultServer) -> None:
    server.pages["/page"] = Answer(body=b"x")
    hanging = [FetchRequest(url="http://dead.example/silence", timeout_seconds=1.0) for _ in range(4)]
    others = [FetchRequest(url=f"http://h{number}.example/page") for number in range(40)]
    started = time.monotonic()
    with Fetcher(user_agent="t", connect_to={".example": server.address}, concurrency=4) as fetcher:
        ends = {
            number: time.monotonic() - started
            for number, outcome in fetcher.fetch_all([*hanging, *others])
            if outcome.error is None
        }

    assert len(ends) == 40
    assert max(ends.values()) < 0.9


@pytest.mark.parametrize("concurrency", [1, 3, 50])
def test_a_slow_reader_gets_every_outcome_once(server: FaultServer, concurrency: int) -> None:
    server.pages["/page"] = Answer(body=b"x")
    requests = [FetchRequest(url=f"http://h{number % 7}.example/page") for number in range(150)]
    ends = []
    with Fetcher(user_agent="t", connect_to={".example": server.address}, concurrency=concurrency) as fetcher:
        for number, outcome in fetcher.fetch_all(requests):
            assert outcome.error is None
            ends.append(number)
            if number % 50 == 0:
                time.sleep(0.05)

    assert sorted(ends) == list(range(150))


def test_leaving_a_batch_early_cancels_the_rest(fetcher: Fetcher, server: FaultServer) -> None:
    server.pages["/page"] = Answer(body=b"x", delay=0.01)
    requests = [FetchRequest(url=f"http://h{number}.example/page") for number in range(2000)]

    for _ in fetcher.fetch_all(requests):
        break

    time.sleep(0.3)
    asked = len(server.log)
    time.sleep(0.3)
    assert len(server.log) == asked < 2000


def test_an_empty_batch_ends_at_once(fetcher: Fetcher) -> None:
    assert list(fetcher.fetch_all([])) == []


def test_after_429_a_host_is_left_alone_and_others_are_not(fetcher: Fetcher, server: FaultServer) -> None:
    assert get(fetcher, "/busy-seconds").http_status == 429

    held = get(fetcher, "/good")
    assert isinstance(held.error, HostOnHoldError)
    wait = (held.error.until - held.fetched_at).total_seconds()
    assert 100 < wait < 121
    assert server.asked_for("/good") == []
    assert get(fetcher, "http://other.example/good").http_status == 200


@pytest.mark.parametrize("path", ["/busy-zero", "/busy-garbage", "/down"])
def test_without_a_readable_wish_of_the_host_it_is_not_held(fetcher: Fetcher, path: str) -> None:
    get(fetcher, path)

    assert get(fetcher, "/good").error is None


def test_a_kept_connection_that_the_server_closed_costs_no_fetch(fetcher: Fetcher) -> None:
    requests = [FetchRequest(url="http://desk.example/keep-alive-reset") for _ in range(12)]

    assert [outcome.error for _, outcome in fetcher.fetch_all(requests)] == [None] * 12
