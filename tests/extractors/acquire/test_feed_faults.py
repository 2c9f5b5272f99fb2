"""Every fault of a feed, and of its server, comes to a poll that says what it was."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp.abc import ResolveResult
from fault_server import FAULTS, Answer, FaultServer
from fault_table import SERVER_FAULTS, tables, written
from faults import FEED
from feed_faults import FEED_FAULTS, RUSSIAN_TITLE, rss

from extractors.acquire.addresses import is_public
from extractors.acquire.fetch import Fetcher
from extractors.acquire.polling import decide, poll_request
from extractors.errors import BlockedAddressError
from extractors.model import FeedState, FetchOutcome, FetchRequest, PolledFeed, WatchedFeed
from warehouse.connection import writer
from warehouse.feeds import sync_feeds
from warehouse.polls import load_polls

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
#: So long is waited for servers that never end.
SHORT_SECONDS = 0.7


def state(name: str, path: str | None = None) -> FeedState:
    return FeedState(feed_id=name, url=f"http://{name}.example/{path or name}", source=f"{name}.example")


def polled(fetcher: Fetcher, *states: FeedState) -> dict[str, PolledFeed]:
    requests = [poll_request(one) for one in states]
    requests = [
        replace(request, timeout_seconds=SHORT_SECONDS)
        if "timeout" in SERVER_FAULTS.get(one.feed_id, ("", ""))[1]
        else request
        for one, request in zip(states, requests, strict=True)
    ]
    return {
        states[number].feed_id: decide(states[number], outcome, now=NOW)
        for number, outcome in fetcher.fetch_all(requests)
    }


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[FaultServer, dict[str, PolledFeed]]]:
    """Poll every fault once."""
    pages = {f"/{name}": fault.answer for name, fault in FEED_FAULTS.items()}
    names = [*SERVER_FAULTS, *FEED_FAULTS]
    with FaultServer(pages) as server, Fetcher(user_agent="t", connect_to={".example": server.address}) as fetcher:
        yield server, polled(fetcher, *(state(name) for name in names))


def test_every_fault_of_a_server_has_an_expected_poll() -> None:
    of_pages_only = {name.strip("/") for name in FAULTS if name.startswith("/robots-")}

    assert set(SERVER_FAULTS) == {name.strip("/") for name in FAULTS} - of_pages_only
    assert len(FAULTS) + len(FEED_FAULTS) >= 45


@pytest.mark.parametrize("name", SERVER_FAULTS)
def test_a_fault_of_a_server_comes_to_its_status(served: tuple[FaultServer, dict[str, PolledFeed]], name: str) -> None:
    status, error = SERVER_FAULTS[name]
    poll = served[1][name]

    assert poll.status == status
    assert error in (poll.error or "")
    assert bool(error) == bool(poll.error)
    assert bool(poll.parsed and len(poll.parsed.entries) == 2) == (status == "working")


@pytest.mark.parametrize("name", FEED_FAULTS)
def test_a_fault_of_a_document_comes_to_its_status(
    served: tuple[FaultServer, dict[str, PolledFeed]], name: str
) -> None:
    fault, poll = FEED_FAULTS[name], served[1][name]

    assert (poll.status, len(poll.parsed.entries) if poll.parsed else 0) == (fault.status, fault.entry_count)
    assert fault.error in (poll.error or "")
    assert bool(fault.error) == bool(poll.error)


def test_what_can_be_read_of_a_faulty_document_is_read_right(
    served: tuple[FaultServer, dict[str, PolledFeed]],
) -> None:
    entries = {name: poll.parsed.entries for name, poll in served[1].items() if poll.parsed and poll.parsed.entries}

    assert entries["feed-utf-16-without-bom"][0].title == "First"
    assert entries["feed-windows-1251-said-utf-8"][0].title == RUSSIAN_TITLE
    assert entries["feed-nul-bytes"][0].title == "First"
    assert entries["feed-xxe"][0].title == "First"
    assert len(entries["feed-billion-laughs"][0].title or "") < 100
    assert entries["feed-one-bad-byte"][1].title == "Second"
    assert entries["feed-bare-ampersand"][0].title == "AT&T first"
    assert entries["feed-relative-links"][0].url == "http://feed-relative-links.example/1"
    assert {entry.published_at for entry in entries["feed-future-dates"]} == {None}
    assert "2126" in (entries["feed-future-dates"][0].published_raw or "")
    assert {entry.published_at for entry in entries["feed-missing-dates"]} == {None}
    assert len({entry.entry_id for entry in entries["feed-duplicate-guids"]}) == 2
    assert entries["feed-50000-entries"][0].title == "t0"


def test_a_poll_asks_for_one_page_of_a_feed_however_many_follow(
    served: tuple[FaultServer, dict[str, PolledFeed]],
) -> None:
    assert len(served[0].asked_for("/feed-endless-pages")) == 1


def test_the_same_etag_does_not_hide_a_changed_body(served: tuple[FaultServer, dict[str, PolledFeed]]) -> None:
    server, polls = served
    first = polls["same-etag"]
    known = replace(state("same-etag"), etag=first.etag, body_sha256=first.body_sha256)
    with Fetcher(user_agent="t", connect_to={".example": server.address}) as fetcher:
        again = polled(fetcher, known)["same-etag"]

    assert again.etag == first.etag
    assert (again.result, again.body_sha256 != first.body_sha256) == ("changed", True)


def test_503_storms_slow_a_feed_down_and_its_first_answer_ends_them() -> None:
    storm = FetchOutcome(url="http://storm.example/", fetched_at=NOW, duration_seconds=0.1, http_status=503)
    known, waits = state("storm"), []
    for hour in range(6):
        poll = decide(known, storm, now=NOW + timedelta(hours=hour))
        waits.append(poll.next_poll_at - poll.polled_at)
        known = replace(known, failure_weight=poll.failure_weight, poll_interval_minutes=poll.poll_interval_minutes)
    healed = decide(known, replace(storm, http_status=200, body=FEED), now=NOW + timedelta(hours=7))

    assert waits[-1] > 2 * waits[0]
    assert (healed.status, healed.failure_weight) == ("working", 0.0)


def test_new_guids_at_every_poll_make_no_new_entries(tmp_path: Path) -> None:
    def document(turn: int) -> bytes:
        return rss(
            *(
                f"<title>Story {n}</title><link>http://churn.example/{n}</link><guid>{turn}-{n}</guid>"
                f"<pubDate>2026-11-{n + 1:02}</pubDate>"
                for n in range(10)
            )
        )

    watched = WatchedFeed(feed_id="churn", url="http://churn.example/feed", source="churn.example")
    new = []
    with writer(tmp_path) as con:
        sync_feeds(con, [watched], now=NOW)
        for turn in range(3):
            at = NOW + timedelta(hours=turn)
            answer = FetchOutcome(
                url=watched.url, fetched_at=at, duration_seconds=0.1, http_status=200, body=document(turn)
            )
            poll = decide(state("churn", "feed"), answer, now=at)
            new.append(load_polls(con, [poll], run_id="r").new_entry_count)

    assert new == [10, 0, 0]


def test_a_name_that_changes_its_address_between_check_and_connection_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: what is checked is the address that the socket connects to, whatever the name said before."""
    addresses = iter(["93.184.216.34", "127.0.0.1"])

    async def rebound(
        _: object, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host=next(addresses), port=port, family=family, proto=0, flags=0)]

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", rebound)
    checked = asyncio.run(rebound(None, "rebinding.test"))[0]["host"]
    with FaultServer({"/": Answer(body=FEED)}) as server, Fetcher(user_agent="t") as fetcher:
        outcome = fetcher.fetch(FetchRequest(url=f"http://rebinding.test:{server.address[1]}/", timeout_seconds=2))
        assert server.log == []

    assert is_public(checked)
    assert type(outcome.error) is BlockedAddressError
    assert "127.0.0.1 is not a public address" in str(outcome.error)


def test_the_table_of_the_docs_says_what_these_tests_expect() -> None:
    assert written() == tables(), "run `python tests/fault_table.py`"
