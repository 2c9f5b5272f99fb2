"""What robots.txt asks of us."""

from datetime import UTC, datetime

import pytest
from fault_server import Answer, FaultServer
from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.fetch import Fetcher
from extractors.acquire.robots import RobotsRules, robots_request
from extractors.errors import FetchTimeoutError, RedirectLoopError
from extractors.model import FetchOutcome

AGENT = "newsdesk/0.1 (+https://newsdesk.example)"
FILE = b"""\xef\xbb\xbf# a comment
User-agent: *
Disallow: /private/
Disallow: /*.pdf$
Allow: /private/open
Crawl-delay: 3

User-agent: NewsDesk
Disallow: /desk-only
Crawl-delay: 99999

Sitemap: https://a.example/news.xml
Sitemap: /relative.xml
"""


def answer(status: int | None, body: bytes = b"", *, is_error: bool = False) -> FetchOutcome:
    url = "http://a.example/robots.txt"
    return FetchOutcome(
        url=url,
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
        duration_seconds=0.1,
        http_status=status,
        body=body,
        error=FetchTimeoutError("no answer", url=url) if is_error else None,
    )


@pytest.mark.parametrize(
    ("path", "agent", "expected"),
    [
        ("/", "other", True),
        ("/private/x", "other", False),
        ("/private/open", "other", True),
        ("/a/b.pdf", "other", False),
        ("/a/b.pdf?x", "other", True),
        ("/private/x", AGENT, True),
        ("/desk-only/x", AGENT, False),
    ],
)
def test_the_rules_for_us_are_followed_and_else_those_for_all(path: str, agent: str, expected: bool) -> None:  # noqa: FBT001
    assert RobotsRules.parse(FILE).allow(f"https://a.example{path}", user_agent=agent) is expected


def test_a_crawl_delay_is_kept_within_reason() -> None:
    rules = RobotsRules.parse(FILE)

    assert (rules.crawl_delay("other"), rules.crawl_delay(AGENT)) == (3.0, 120.0)
    assert RobotsRules.parse(b"User-agent: *\nCrawl-delay: soon").crawl_delay("x") == 0.0


def test_only_whole_addresses_of_sitemaps_are_given() -> None:
    assert RobotsRules.parse(FILE).sitemaps() == ("https://a.example/news.xml",)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (answer(200, b"User-agent: *\nDisallow: /"), False),
        (answer(200, b"<html>not found</html>"), True),
        (answer(404), True),
        (answer(403), True),
        (answer(302), True),
        (answer(429), False),
        (answer(500), False),
        (answer(None, is_error=True), False),
    ],
)
def test_without_a_file_all_is_open_and_while_the_server_fails_nothing_is(
    outcome: FetchOutcome,
    expected: bool,  # noqa: FBT001
) -> None:
    assert RobotsRules.of_answer(outcome).allow("http://a.example/x", user_agent=AGENT) is expected


def test_rules_that_were_known_stay_while_the_server_fails() -> None:
    known = RobotsRules.parse(b"User-agent: *\nDisallow: /closed")

    rules = RobotsRules.of_answer(answer(503), known=known)

    assert rules.allow("http://a.example/open", user_agent=AGENT)
    assert not rules.allow("http://a.example/closed", user_agent=AGENT)


def test_more_redirects_than_five_mean_that_there_is_no_file(server: FaultServer) -> None:
    server.pages["http://far.example/robots.txt"] = Answer(status=302, headers=(("Location", "/hops?n=5"),))
    server.pages["http://near.example/robots.txt"] = Answer(status=302, headers=(("Location", "/hops?n=4"),))
    with Fetcher(user_agent=AGENT, connect_to={".example": server.address}) as fetcher:
        near = fetcher.fetch(robots_request("http://near.example/"))
        far = fetcher.fetch(robots_request("http://far.example/"))

    assert (near.http_status, len(near.hops)) == (200, 5)
    assert isinstance(far.error, RedirectLoopError)
    assert RobotsRules.of_answer(far).allow("http://far.example/x", user_agent=AGENT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("User-agent: *\nDisallow: /", "*"),
        ("User-agent: NewsDesk # ours\nDisallow: /", "NewsDesk"),
        ("User-agent: other\nUser-agent: newsdesk\nDisallow: /", "newsdesk"),
    ],
)
def test_it_is_said_for_whom_the_rules_were_written(text: str, expected: str) -> None:
    assert RobotsRules.of_text(text).agent(AGENT) == expected


def test_rules_beyond_500_kib_are_cut_off() -> None:
    rules = RobotsRules.parse(b"User-agent: *\nDisallow: /a\n" + b"# more\n" * 100_000 + b"Disallow: /b\n")

    assert not rules.allow("http://a.example/a", user_agent=AGENT)
    assert rules.allow("http://a.example/b", user_agent=AGENT)


def test_the_file_is_asked_for_at_the_root_of_the_host(server: FaultServer) -> None:
    server.pages["/robots.txt"] = Answer(body=FILE, content_type="text/plain")
    with Fetcher(user_agent=AGENT, connect_to={".example": server.address}) as fetcher:
        rules = RobotsRules.of_answer(fetcher.fetch(robots_request("http://a.example/news/1?x=1#y")))

    assert not rules.allow("http://a.example/desk-only/", user_agent=AGENT)


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_are_rules(body: bytes, agent: str) -> None:
    rules = RobotsRules.parse(body)

    assert isinstance(rules.allow("http://a.example/x", user_agent=agent), bool)
    assert 0 <= rules.crawl_delay(agent) <= 120
