"""Politeness, proven from the log of the server that is asked."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from fault_server import Answer, FaultServer

from extractors.acquire import turns
from extractors.acquire.fetch import Fetcher
from extractors.acquire.pacing import HoldScope, Manners
from extractors.errors import HostOnHoldError, RobotsDisallowedError
from extractors.model import FetchOutcome, FetchRequest, HostState


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


def test_many_hosts_that_hang_make_room_for_others(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SLOW_SECONDS", 0.1)
    server.pages["/page"] = Answer(body=b"x")
    hanging = [FetchRequest(url=f"http://dead{number}.example/silence", timeout_seconds=2.0) for number in range(4)]
    others = [FetchRequest(url=f"http://h{number}.example/page") for number in range(40)]
    started = time.monotonic()
    with Fetcher(user_agent="t", connect_to={".example": server.address}, concurrency=2) as fetcher:
        ends = {
            number: time.monotonic() - started
            for number, outcome in fetcher.fetch_all([*hanging, *others])
            if outcome.error is None
        }

    assert len(ends) == 40
    assert max(ends.values()) < 1.5


def test_no_more_slow_requests_stand_aside_than_there_is_room(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "SLOW_SECONDS", 0.05)
    hanging = [FetchRequest(url=f"http://dead{number}.example/silence", timeout_seconds=1.0) for number in range(8)]
    with Fetcher(user_agent="t", connect_to={".example": server.address}, concurrency=2) as fetcher:
        assert len(list(fetcher.fetch_all(hanging))) == 8

    begun = sorted(asked.started for asked in server.log)
    assert begun[5] - begun[0] < 0.8
    # Two places, and twice as many aside: the seventh waits for an end.
    assert begun[6] - begun[0] > 0.8


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


@pytest.mark.parametrize("path", ["/busy-zero", "/busy-garbage", "/server-error"])
def test_without_a_readable_wish_of_the_host_it_is_not_held(fetcher: Fetcher, path: str) -> None:
    get(fetcher, path)

    assert get(fetcher, "/good").error is None


def test_a_kept_connection_that_the_server_closed_costs_no_fetch(fetcher: Fetcher) -> None:
    requests = [FetchRequest(url="http://desk.example/keep-alive-reset") for _ in range(12)]

    assert [outcome.error for _, outcome in fetcher.fetch_all(requests)] == [None] * 12


def test_503_with_a_wish_holds_as_429_does(fetcher: Fetcher, server: FaultServer) -> None:
    get(fetcher, "/down")

    assert isinstance(get(fetcher, "/good").error, HostOnHoldError)
    assert server.asked_for("/good") == []


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        ("url", ["http://www.desk.example/busy-seconds"]),
        ("host", ["http://www.desk.example/busy-seconds", "http://www.desk.example/good"]),
        (
            "domain",
            ["http://www.desk.example/busy-seconds", "http://www.desk.example/good", "http://feeds.desk.example/good"],
        ),
    ],
)
def test_who_is_left_alone_after_429_is_a_setting(server: FaultServer, scope: HoldScope, held: list[str]) -> None:
    urls = [
        "http://www.desk.example/busy-seconds",
        "http://www.desk.example/good",
        "http://feeds.desk.example/good",
        "http://other.example/good",
    ]
    manners = Manners(hold_scope=scope)
    with Fetcher(user_agent="t", connect_to={".example": server.address}, manners=manners) as fetcher:
        assert get(fetcher, urls[0]).http_status == 429
        assert [url for url in urls if isinstance(get(fetcher, url).error, HostOnHoldError)] == held


def test_a_pause_of_our_own_is_kept_and_costs_other_hosts_nothing(server: FaultServer) -> None:
    server.pages["/page"] = Answer(body=b"x")
    requests = [FetchRequest(url="http://one.example/page")] * 4
    requests += [FetchRequest(url=f"http://h{number}.example/page") for number in range(50)]
    manners = Manners(delay_seconds=0.2, patience_seconds=5)
    started = time.monotonic()
    with Fetcher(user_agent="t", connect_to={".example": server.address}, concurrency=2, manners=manners) as fetcher:
        ended = [outcome.error for _, outcome in fetcher.fetch_all(requests)]
    took = time.monotonic() - started

    assert ended == [None] * 54
    asked = [one.started for one in server.log if one.host == "one.example"]
    assert min(later - earlier for earlier, later in pairwise(asked)) >= 0.2
    # Two hands are enough for all: none of them sleeps while there is work.
    others = [one.started for one in server.log if one.host != "one.example"]
    assert max(others) - min(others) < took - 0.1


def test_what_a_slow_host_cannot_give_in_time_is_sent_to_a_turn_of_its_own(server: FaultServer) -> None:
    server.pages["http://slow.example/robots.txt"] = Answer(body=b"User-agent: *\nCrawl-delay: 30")
    server.pages["/page"] = Answer(body=b"x")
    requests = [FetchRequest(url="http://slow.example/page", obeys_robots=True)] * 200
    with Fetcher(user_agent="t", connect_to={".example": server.address}) as fetcher:
        started = time.time()
        errors = [outcome.error for _, outcome in fetcher.fetch_all(requests)]

    assert time.time() - started < 5
    held = [error for error in errors if isinstance(error, HostOnHoldError)]
    assert len(held) == 200
    assert [asked.target for asked in server.log] == ["/robots.txt"]
    turns = sorted(error.until.timestamp() - started for error in held)
    assert all(29 < later - earlier < 31 for earlier, later in pairwise(turns))
    assert 29 < turns[0] < 33
    assert "the host wants 30 s between two requests" in str(held[0])


def test_robots_txt_is_asked_once_however_many_pages_follow(server: FaultServer) -> None:
    server.pages["/page"] = Answer(body=b"x")
    requests = [FetchRequest(url=f"http://h{number % 3}.example/page", obeys_robots=True) for number in range(60)]
    with Fetcher(user_agent="t", connect_to={".example": server.address}) as fetcher:
        assert {outcome.error for _, outcome in fetcher.fetch_all(requests)} == {None}
        learned = fetcher.learned()

    assert sorted(asked.host for asked in server.asked_for("/robots.txt")) == [f"h{n}.example" for n in range(3)]
    assert sorted(state.host for state in learned) == [f"h{number}.example" for number in range(3)]
    assert fetcher.learned() == []


def test_the_robots_txt_of_every_host_on_the_way_is_asked(server: FaultServer) -> None:
    server.pages["/short"] = Answer(status=302, headers=(("Location", "http://robots-disallow.example/page"),))

    with Fetcher(user_agent="t", connect_to={".example": server.address}) as fetcher:
        outcome = fetcher.fetch(FetchRequest(url="http://desk.example/short", obeys_robots=True))
        feed = fetcher.fetch(FetchRequest(url="http://robots-disallow.example/good"))

    assert isinstance(outcome.error, RobotsDisallowedError)
    assert [hop for _, hop in outcome.hops] == ["http://desk.example/short"]
    assert server.asked_for("/page") == []
    assert feed.http_status == 200, "what a person put on the watchlist is asked for"


def test_a_redirect_within_a_slow_host_waits_for_its_turn(server: FaultServer) -> None:
    server.pages["http://slow.example/robots.txt"] = Answer(body=b"User-agent: *\nCrawl-delay: 0.3")
    server.pages["/a"] = Answer(status=301, headers=(("Location", "/b"),))
    server.pages["/b"] = Answer(body=b"x")
    manners = Manners(patience_seconds=0.4)
    with Fetcher(user_agent="t", connect_to={".example": server.address}, manners=manners) as fetcher:
        outcome = fetcher.fetch(FetchRequest(url="http://slow.example/a", obeys_robots=True))

    assert outcome.body == b"x"
    assert [asked.target for asked in server.log] == ["/robots.txt", "/a", "/b"]
    asked = [one.started for one in server.log]
    assert min(later - earlier for earlier, later in pairwise(asked)) >= 0.3


def test_what_earlier_runs_were_told_still_holds(server: FaultServer) -> None:
    now = datetime.now(UTC)
    closed = HostState(host="a.example", robots_asked_at=now, robots_text="User-agent: *\nDisallow: /")
    held = HostState(host="b.example", hold_until=now + timedelta(hours=1))
    old = HostState(host="c.example", robots_asked_at=now - timedelta(days=2), robots_text="User-agent: *\nDisallow: /")
    with Fetcher(user_agent="t", connect_to={".example": server.address}) as fetcher:
        fetcher.know([closed, held, old])
        ended = [
            fetcher.fetch(FetchRequest(url=f"http://{name}.example/good", obeys_robots=True)).error for name in "abc"
        ]

    assert [type(error) for error in ended] == [RobotsDisallowedError, HostOnHoldError, type(None)]
    assert {asked.host for asked in server.log} == {"c.example"}
    assert [asked.target for asked in server.log] == ["/robots.txt", "/good"]
