"""Fetching, against a real server that fails in the ways real servers do."""

import datetime as dt
import inspect
import logging
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import client_exceptions
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fault_server import FAULTS, FEED, Answer, FaultServer

from extractors.acquire.fetch import ERRORS, Fetcher
from extractors.errors import (
    BadUrlError,
    BlockedAddressError,
    BodyTooLargeError,
    ConnectError,
    DnsError,
    FetchError,
    FetchTimeoutError,
    HostOnHoldError,
    ProtocolError,
    RedirectLoopError,
    TlsError,
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
WHOLE = {name for name, came_to in EXPECTED.items() if came_to == 200} - {"/empty", "/html-as-feed", "/header-latin-1"}


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


def test_every_exception_of_the_http_client_becomes_one_of_our_errors() -> None:
    mapped = [theirs for theirs, _, _ in ERRORS if theirs is not aiohttp.ClientError]
    #: Raised only where we never go: uploads, and wrong use by the programmer.
    never = {
        client_exceptions.ClientError,
        client_exceptions.UploadAbortedError,
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


# -- TLS ----------------------------------------------------------------------------------------------------


def make_certificate(folder: Path, name: str, *, days: int = 10) -> tuple[Path, Path]:
    """Write a self-signed certificate for *name* and its key; negative *days* make it an expired one."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=30))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / f"{name}{days}.pem", folder / f"{name}{days}.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


@pytest.mark.parametrize(
    ("name", "days", "is_trusted", "expected"),
    [
        ("desk.example", 10, True, None),
        ("desk.example", 10, False, TlsError),
        ("desk.example", -1, True, TlsError),
        ("other.example", 10, True, TlsError),
    ],
    ids=["right", "self-signed", "expired", "wrong host"],
)
def test_only_a_certificate_that_can_be_verified_is_taken(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    days: int,
    is_trusted: bool,  # noqa: FBT001
    expected: type[FetchError] | None,
) -> None:
    files = make_certificate(tmp_path, name, days=days)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    with (
        FaultServer(tls=files) as server,
        Fetcher(user_agent="t", connect_to={".example": server.address}) as fetcher,
    ):
        outcome = get(fetcher, "https://desk.example/good")

    assert (type(outcome.error) if outcome.error else None) is expected


def test_plain_http_where_tls_is_expected_is_a_tls_error(fetcher: Fetcher) -> None:
    assert type(get(fetcher, "https://desk.example/good").error) is TlsError


def test_a_handshake_that_never_ends_is_a_timeout() -> None:
    with (
        FaultServer(stalled_tls=True) as server,
        Fetcher(user_agent="t", connect_to={".example": server.address}) as fetcher,
    ):
        assert type(get(fetcher, "https://desk.example/", seconds=0.5).error) is FetchTimeoutError
