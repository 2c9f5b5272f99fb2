"""What is remembered of hosts' rules, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest

from extractors.acquire.robots_book import RobotsBook
from extractors.errors import ConnectError, RobotsDisallowedError, RobotsUnavailableError
from extractors.model import FetchOutcome, HostState

AGENT = "newsdesk/0.1 (+https://newsdesk.example)"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
URL = "http://a.example/page?token=hush"
CLOSED = b"User-agent: *\nDisallow: /page\nCrawl-delay: 7"


def answer(status: int | None, body: bytes = b"", *, at: datetime = NOW) -> FetchOutcome:
    url = "http://a.example/robots.txt"
    error = ConnectError("no connection", url=url) if status is None else None
    return FetchOutcome(url=url, fetched_at=at, duration_seconds=0.1, http_status=status, body=body, error=error)


@pytest.fixture
def book() -> RobotsBook:
    return RobotsBook(user_agent=AGENT, exempt=("own.example", ".ours.example"))


def test_a_host_is_asked_once_a_day(book: RobotsBook) -> None:
    assert book.is_asked(URL, now=NOW)
    book.learn(URL, answer(404))

    assert not book.is_asked("https://a.example/other", now=NOW + timedelta(hours=23, minutes=59))
    assert book.is_asked(URL, now=NOW + timedelta(hours=24))


def test_a_host_that_could_not_be_asked_is_asked_again_soon(book: RobotsBook) -> None:
    book.learn(URL, answer(503))

    assert not book.is_asked(URL, now=NOW + timedelta(minutes=9))
    assert book.is_asked(URL, now=NOW + timedelta(minutes=10))


def test_a_refusal_names_the_file_and_for_whom_it_was_written_but_no_secret(book: RobotsBook) -> None:
    state = book.learn(URL, answer(200, CLOSED))

    refusal = book.refusal(URL)
    assert isinstance(refusal, RobotsDisallowedError)
    assert "robots.txt of a.example disallows it for newsdesk (rules of User-agent: *)" in str(refusal)
    assert "hush" not in str(refusal)
    assert book.refusal("http://a.example/open") is None
    assert state.crawl_delay_seconds == 7.0


@pytest.mark.parametrize("status", [None, 429, 500])
def test_without_rules_a_host_is_left_alone_and_known_rules_stay(book: RobotsBook, status: int | None) -> None:
    book.learn("http://new.example/", answer(status))
    assert isinstance(book.refusal("http://new.example/x"), RobotsUnavailableError)

    book.learn(URL, answer(200, CLOSED))
    state = book.learn(URL, answer(status, at=NOW + timedelta(days=1)))
    assert isinstance(book.refusal(URL), RobotsDisallowedError)
    assert book.refusal("http://a.example/open") is None
    assert (state.robots_text, state.crawl_delay_seconds) == (CLOSED.decode(), 7.0)


def test_a_host_that_had_no_file_stays_open_only_as_long_as_it_says_so(book: RobotsBook) -> None:
    book.learn(URL, answer(404))
    book.learn(URL, answer(500, at=NOW + timedelta(days=1)))

    assert isinstance(book.refusal(URL), RobotsUnavailableError)


def test_what_earlier_runs_learned_holds_and_what_this_one_knows_is_not_overwritten(book: RobotsBook) -> None:
    earlier = HostState(host="a.example", robots_asked_at=NOW, robots_http_status=200, robots_text=CLOSED.decode())
    book.know([earlier])
    assert not book.is_asked(URL, now=NOW)
    assert isinstance(book.refusal(URL), RobotsDisallowedError)

    book.learn(URL, answer(404))
    book.know([earlier])
    assert book.refusal(URL) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [("own.example", True), ("www.own.example", False), ("www.ours.example", True), ("ours.example", True)],
)
def test_an_exempt_host_is_neither_asked_nor_refused(book: RobotsBook, name: str, *, expected: bool) -> None:
    url = f"http://{name}/page"

    assert book.is_asked(url, now=NOW) is not expected
    book.learn(url, answer(200, CLOSED))
    assert (book.refusal(url) is None) is expected
