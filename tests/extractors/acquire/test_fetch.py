"""Fetching, against a real server that fails in the ways real servers do."""

import inspect
import logging
import resource
from collections.abc import Iterator

import aiohttp
import pytest
from aiohttp import client_exceptions
from fault_server import FAULTS, FEED, Answer, FaultServer

from extractors.acquire.exchange import ERRORS
from extractors.acquire.fetch import Fetcher
from extractors.errors import (
    BadUrlError,
    BlockedAddressError,
    BodyTooLargeError,
    ConnectError,
    DnsError,
    FetchError,
    FetchTimeoutError,
    ProtocolError,
    RedirectLoopError,
    TruncatedBodyError,
)
from extractors.model import FetchOutcome, FetchRequest


@pytest.fixture
def fetcher(server: FaultServer) -> Iterator[Fetcher]:
    with Fetcher(user_agent="newsdesk-test/1 (+http://desk.example)", connect_to={".example": server.address}) as it:
        yield it


def get(fetcher: Fetcher, path: str, *, seconds: float = 5.0, limit: int = 5_000_000) -> FetchOutcome:
    url = path if "://" in path else f"http://desk.example{path}"
    return fetcher.fetch(FetchRequest(url=url, timeout_seconds=seconds, limit_bytes=limit))


#: What each fault of the server must come to: an error class, or the status of a usable answer.
EXPECTED: dict[str, type[FetchError] | int] = {
    "/good": 200,
    "/gzip": 200,
    "/truncated-gzip": TruncatedBodyError,
    "/gzip-twice": 200,
    "/gzip-with-junk": 200,
    "/gzip-undeclared": 200,
    "/gzip-declared-plain": 200,
    "/deflate-wrapped": 200,
    "/deflate-raw": 200,
    "/brotli": 200,
    "/encoding-unknown": ProtocolError,
    "/encoding-is-a-charset": 200,
    "/length-too-long": TruncatedBodyError,
    "/length-too-short": ProtocolError,
    "/length-bad": ProtocolError,
    "/length-twice": ProtocolError,
    "/length-absent": 200,
    "/chunked": 200,
    "/chunk-size-bad": ProtocolError,
    "/chunked-cut": TruncatedBodyError,
    "/empty": 200,
    "/no-content": 204,
    "/http-0.9": ProtocolError,
    "/http-1.0": 200,
    "/status-garbage": ProtocolError,
    "/icy": ProtocolError,
    "/header-60-kb": 200,
    "/header-300": 200,
    "/header-name-bad": ProtocolError,
    "/header-not-ascii": 200,
    "/header-latin-1": 200,
    "/line-feeds-only": 200,
    "/early-hints": 200,
    "/redirect-301": 200,
    "/redirect-302": 200,
    "/redirect-303": 200,
    "/redirect-307": 200,
    "/redirect-308": 200,
    "/redirect-loop": RedirectLoopError,
    "/redirect-loop-back": RedirectLoopError,
    "/redirect-to-file": BadUrlError,
    "/redirect-to-data": BadUrlError,
    "/redirect-to-private": BlockedAddressError,
    "/redirect-to-metadata": BlockedAddressError,
    "/redirect-to-decimal": BadUrlError,
    "/redirect-to-mapped": BlockedAddressError,
    "/redirect-without-location": 302,
    "/redirect-scheme-relative": 200,
    "/redirect-not-ascii": 404,
    "/redirect-unreadable": BadUrlError,
    "/gone": 410,
    "/missing": 404,
    "/teapot-legal": 451,
    "/challenge": 403,
    "/busy-seconds": 429,
    "/busy-date": 429,
    "/busy-zero": 429,
    "/busy-garbage": 429,
    "/down": 503,
    "/uninvited-304": 304,
    "/html-as-feed": 200,
    "/payment": 402,
    "/unauthorised": 401,
    "/storm-503": 503,
    "/server-error": 500,
    "/soft-404": 200,
    "/nul-bytes": 200,
    "/utf-16-without-bom": 200,
    "/windows-1251-said-utf-8": 200,
    "/bot-wall": 200,
    "/consent-wall": 200,
    "/pdf": 200,
    "/robots-allow": 200,
    "/robots-disallow": 200,
    "/robots-disallow-us": 200,
    "/robots-disallow-others": 200,
    "/robots-utf-8-bom": 200,
    "/robots-404": 404,
    "/robots-401": 401,
    "/robots-429": 429,
    "/robots-500": 500,
    "/robots-html": 200,
    "/robots-empty": 200,
    "/robots-redirect": 200,
    "/robots-redirect-loop": RedirectLoopError,
    "/robots-redirect-private": BlockedAddressError,
    "/robots-huge": BodyTooLargeError,
    "/robots-huge-and-late": BodyTooLargeError,
    "/robots-gzip-cut": TruncatedBodyError,
    "/robots-crawl-delay": 200,
    "/robots-crawl-delay-absurd": 200,
    "/robots-crawl-delay-words": 200,
    "/robots-timeout": FetchTimeoutError,
    "/robots-reset": ConnectError,
    "/endless-pages": 200,
    "/same-etag": 200,
    "/slow-headers": FetchTimeoutError,
    "/slow-body": FetchTimeoutError,
    "/stall": FetchTimeoutError,
    "/silence": FetchTimeoutError,
    "/close-at-once": ConnectError,
    "/reset-in-body": TruncatedBodyError,
    "/gzip-bomb": BodyTooLargeError,
    "/endless": BodyTooLargeError,
    "/large": BodyTooLargeError,
    "/large-undeclared": BodyTooLargeError,
    "/hops": 200,
    "/cookie-wall": 200,
    "/conditional": 200,
    "/keep-alive-reset": 200,
}
#: Answers whose body must arrive whole, whatever happened on the way.
WHOLE = {name for name, came_to in EXPECTED.items() if came_to == 200 and not name.startswith("/robots-")} - {
    "/empty", "/html-as-feed", "/header-latin-1", "/soft-404", "/nul-bytes", "/utf-16-without-bom",
    "/windows-1251-said-utf-8", "/bot-wall", "/consent-wall", "/pdf", "/endless-pages", "/same-etag",
}  # fmt: skip


def test_every_fault_of_the_server_has_an_expected_end() -> None:
    assert set(EXPECTED) == set(FAULTS)


@pytest.fixture(scope="module")
def shared_fetcher() -> Iterator[Fetcher]:
    with FaultServer() as server, Fetcher(user_agent="t", connect_to={".example": server.address}) as it:
        yield it


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_each_fault_ends_as_expected(shared_fetcher: Fetcher, name: str) -> None:
    expected = EXPECTED[name]
    seconds = 0.7 if expected is FetchTimeoutError else 20.0

    outcome = get(shared_fetcher, f"http://{name.strip('/')}.example{name}", seconds=seconds)

    if isinstance(expected, int):
        assert outcome.error is None
        assert outcome.http_status == expected
        assert outcome.body == FEED or name not in WHOLE
    else:
        assert type(outcome.error) is expected
        assert outcome.error.url in str(outcome.error)
        assert outcome.body == b""
    assert outcome.duration_seconds < 15


@pytest.mark.parametrize(("hops", "expected"), [(10, None), (11, RedirectLoopError)])
def test_ten_redirects_are_followed_and_no_more(fetcher: Fetcher, hops: int, expected: type[FetchError] | None) -> None:
    outcome = get(fetcher, f"/hops?n={hops}")

    assert (type(outcome.error) if outcome.error else None) is expected


def test_the_redirects_passed_are_recorded_in_order(fetcher: Fetcher, server: FaultServer) -> None:
    server.pages["/a"] = Answer(status=301, headers=(("Location", "http://other.example/b"),))
    server.pages["/b"] = Answer(status=302, headers=(("Location", "/good"),))

    outcome = get(fetcher, "/a")

    assert outcome.hops == ((301, "http://desk.example/a"), (302, "http://other.example/b"))
    assert outcome.final_url == "http://other.example/good"
    assert outcome.url == "http://desk.example/a"


def test_a_redirect_beyond_ascii_arrives_as_it_was_sent(fetcher: Fetcher, server: FaultServer) -> None:
    get(fetcher, "/redirect-not-ascii")

    assert server.log[-1].target == "/caf%C3%A9?q=%E4%B8%AD%20b"


def test_an_address_is_asked_for_exactly_as_the_publisher_wrote_it(fetcher: Fetcher, server: FaultServer) -> None:
    get(fetcher, "/a%2fb/%7ec?x=%2B+1&&b=%zz;d#top")

    assert server.log[-1].target == "/a%2fb/%7ec?x=%2B+1&&b=%zz;d"


def test_we_say_who_we_are_and_what_we_take(fetcher: Fetcher, server: FaultServer) -> None:
    fetcher.fetch(FetchRequest(url="http://desk.example/good", accept="application/rss+xml"))

    headers = server.log[-1].headers
    assert headers["user-agent"] == "newsdesk-test/1 (+http://desk.example)"
    assert headers["accept"] == "application/rss+xml"
    assert headers["accept-encoding"] == "gzip, deflate, br"
    assert "cookie" not in headers


def test_a_form_is_posted_and_a_redirect_after_it_is_got(fetcher: Fetcher, server: FaultServer) -> None:
    server.pages["/form"] = Answer(status=303, headers=(("Location", "/good"),))

    outcome = fetcher.fetch(FetchRequest(url="http://desk.example/form", form=(("a", "1"), ("a", "2"))))

    assert (outcome.http_status, outcome.body) == (200, FEED)
    first, second = server.log
    assert first.headers["content-type"] == "application/x-www-form-urlencoded"
    assert first.headers["content-length"] == str(len("a=1&a=2"))
    assert "content-length" not in second.headers


@pytest.mark.parametrize("path", ["/large", "/large-undeclared", "/endless"])
def test_a_body_may_be_cut_at_its_limit_instead_of_refused(fetcher: Fetcher, path: str) -> None:
    outcome = fetcher.fetch(FetchRequest(url=f"http://desk.example{path}", limit_bytes=1_000_000, is_cut_at_limit=True))

    assert outcome.error is None
    assert 500_000 < len(outcome.body) <= 1_000_000


def test_validators_go_out_as_they_came_in(fetcher: Fetcher) -> None:
    first = get(fetcher, "/conditional")
    request = FetchRequest(url=first.url, etag=first.header("etag"), last_modified=first.header("Last-Modified"))

    second = fetcher.fetch(request)

    assert (second.http_status, second.body, second.error) == (304, b"", None)


def test_cookies_live_no_longer_than_one_fetch(fetcher: Fetcher, server: FaultServer) -> None:
    get(fetcher, "/cookie-wall")
    get(fetcher, "/good")

    walled = server.asked_for("/cookie-wall")
    assert [asked.headers.get("cookie") for asked in walled] == [None, "wall=passed"]
    assert "cookie" not in server.asked_for("/good")[0].headers


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://desk.example/",
        "javascript:alert(1)",
        "/relative",
        "",
        "http://",
        "http://a b/",
        "http://[::1",
        "http://desk.example:99999/",
    ],
)
def test_what_is_no_http_address_is_refused_without_a_connection(
    fetcher: Fetcher, server: FaultServer, url: str
) -> None:
    outcome = fetcher.fetch(FetchRequest(url=url))

    assert type(outcome.error) is BadUrlError
    assert outcome.http_status is None
    assert server.log == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.99",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
        "100.64.0.1",
        "224.0.0.1",
        "0.0.0.0",  # noqa: S104
        "localhost",
    ],
)
def test_an_address_that_is_not_public_is_never_connected_to(fetcher: Fetcher, host: str) -> None:
    outcome = get(fetcher, f"http://{host}:9/")

    assert type(outcome.error) is BlockedAddressError
    assert "not a public address" in str(outcome.error)


def test_the_setting_opens_its_own_port_and_no_other(fetcher: Fetcher, server: FaultServer) -> None:
    address, port = server.address

    assert get(fetcher, f"http://{address}:{port}/good").http_status == 200
    with FaultServer() as neighbour:
        other = get(fetcher, f"http://{address}:{neighbour.address[1]}/good")
        assert neighbour.log == []
    assert type(other.error) is BlockedAddressError


def test_a_host_setting_without_a_dot_means_this_host_only(server: FaultServer) -> None:
    with Fetcher(user_agent="t", connect_to={"desk.example": server.address}) as fetcher:
        assert get(fetcher, "http://desk.example/good").http_status == 200
        assert type(get(fetcher, "http://other.desk.example/good").error) is DnsError


def test_a_host_without_an_address_is_a_dns_error(fetcher: Fetcher) -> None:
    assert type(get(fetcher, "http://nowhere.invalid/").error) is DnsError


def test_a_closed_port_is_a_connect_error() -> None:
    with FaultServer() as gone:
        address = gone.address
    with Fetcher(user_agent="t", connect_to={".example": address}) as fetcher:
        assert type(get(fetcher, "/good").error) is ConnectError


def test_secrets_in_an_address_reach_neither_the_error_nor_the_log(
    fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="newsdesk.fetch"):
        outcome = get(fetcher, "http://me:hush@desk.example/close-at-once?token=hush")

    assert "hush" not in str(outcome.error)
    assert "hush" not in caplog.text


def test_each_fetch_writes_one_line_that_says_what_came_of_it(
    fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="newsdesk.fetch"):
        get(fetcher, "/redirect-301")
        get(fetcher, "/chunked-cut")

    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("200 ")
    assert first.endswith("http://desk.example/redirect-301 -> http://desk.example/good")
    assert second.startswith("truncated ")


def test_a_bomb_costs_no_memory(fetcher: Fetcher) -> None:
    get(fetcher, "/gzip-bomb")  # the server's own share comes first
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    get(fetcher, "/gzip-bomb")
    get(fetcher, "/endless")

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_every_exception_of_the_http_client_becomes_one_of_our_errors() -> None:
    mapped = [theirs for theirs, _, _ in ERRORS if theirs is not aiohttp.ClientError]
    #: Raised only where we never go: uploads, redirects followed by aiohttp, wrong use by the programmer.
    never = {
        client_exceptions.ClientError,
        client_exceptions.UploadAbortedError,
        client_exceptions.RedirectClientError,
        client_exceptions.WSMessageTypeError,
    }
    unmapped = [
        kind.__name__
        for _, kind in inspect.getmembers(client_exceptions, inspect.isclass)
        if kind.__module__ == client_exceptions.__name__
        and issubclass(kind, Exception)
        and kind not in never
        and not issubclass(kind, tuple(mapped))
    ]

    assert unmapped == []
