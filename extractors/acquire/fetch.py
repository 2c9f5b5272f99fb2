"""
Fetch addresses: the one module on the network.

The rest of newsdesk sees a plain, thread-safe call; behind it one event loop in one thread runs one aiohttp
session. What the network does is never an exception: it is a ``FetchOutcome``, with one of the ``FetchError``
classes where there is no usable answer. Every address is checked where it is connected to, on each hop, so
that a name that changes its address between the check and the connection gains nothing.
"""

import asyncio
import logging
import re
import ssl
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import SimpleQueue
from time import perf_counter
from typing import Any, Self
from urllib.parse import quote, urljoin

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from extractors.acquire.connector import REFUSED, HostGate, guarded_connector
from extractors.acquire.pacing import Lanes, retry_after
from extractors.acquire.unpack import ACCEPT_ENCODING, Unpacker
from extractors.acquire.urls import host, is_http_url, without_secrets
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

_log = logging.getLogger("newsdesk.fetch")

MAX_HOPS = 10
#: DNS, connection and TLS together; then silence between two pieces of an answer.
CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 15.0
_REDIRECTS = (301, 302, 303, 307, 308)
_TOO_MANY_REQUESTS = 429
#: Real servers send up to 300 headers (a feed of a large newspaper: 180), single ones up to 60 kB of cookies.
_MAX_HEADERS = 1000
_MAX_HEADER_BYTES = 65_536
_DNS_THREADS = 32
#: Outcomes are handed to the reader's thread together: to wake it for each one costs more than a small fetch.
_HAND_OVER_SECONDS = 0.002
_PLAIN_URL = re.compile(r"""[^\x00-\x20\x7f-\U0010ffff"<>\\^`{|}]+""")
_GAPS = re.compile(r"[\t\r\n]+")
_LOCATION_SAFE = "%/:=&?~#+!$,;'@()*[]|"

#: Which of our errors an exception of aiohttp or below becomes; the first match counts, so the narrow ones
#: come first.
ERRORS: tuple[tuple[type[BaseException], type[FetchError], str], ...] = (
    (aiohttp.InvalidURL, BadUrlError, "not an http address"),
    (aiohttp.NonHttpUrlClientError, BadUrlError, "not an http address"),
    (aiohttp.ClientConnectorDNSError, DnsError, "the host has no address"),
    (aiohttp.ClientSSLError, TlsError, "the certificate or the TLS handshake failed"),
    (aiohttp.ServerFingerprintMismatch, TlsError, "the certificate is another one"),
    (ssl.SSLError, TlsError, "the certificate or the TLS handshake failed"),
    (TimeoutError, FetchTimeoutError, "no answer in time"),
    (aiohttp.ClientConnectionError, ConnectError, "no connection"),
    (aiohttp.TooManyRedirects, RedirectLoopError, "too many redirects"),
    (aiohttp.ClientResponseError, ProtocolError, "the answer is not HTTP"),
    (HttpProcessingError, ProtocolError, "the answer is not HTTP"),
    (aiohttp.ClientPayloadError, TruncatedBodyError, "the body ends before its end"),
    (aiohttp.ClientError, ProtocolError, "the exchange failed"),
    (OSError, ConnectError, "no connection"),
    (ValueError, BadUrlError, "not an address that can be read"),
)
_CAUGHT = tuple(theirs for theirs, _, _ in ERRORS)

#: Outcomes as they end, several at a time; the batch's own future comes last.
_Done = SimpleQueue[list[tuple[int, FetchOutcome]] | Future[None]]


@dataclass(slots=True)
class _Trail:
    """How far one fetch has come."""

    url: str
    seconds: float = 0.0
    hops: list[tuple[int, str]] = field(default_factory=list)
    http_status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    request_headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cookies: aiohttp.CookieJar | None = None
    seen: set[tuple[str, str]] = field(default_factory=set)

    def follow(self, target: str) -> None:
        """Go on to where the last answer pointed."""
        self.hops.append((self.http_status or 0, self.url))
        if len(self.hops) > MAX_HOPS:
            raise RedirectLoopError(f"more than {MAX_HOPS} redirects", url=without_secrets(self.url))
        self.url = target


class Fetcher:
    """
    Fetches addresses politely; a context manager, safe to share between threads.

    Args:
        user_agent: Value of the User-Agent header: a name, with where to read who asks.
        connect_to: Where hosts really are: ``{".example": ("127.0.0.1", 8000)}`` sends every host under
            ``.example`` to
            that port, ``{"desk.example": ...}`` only this one. For tests and the demo: just these addresses
            may be private.
        per_host: Most requests under way to one host.
        concurrency: Most requests under way at all.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        connect_to: Mapping[str, tuple[str, int]] | None = None,
        per_host: int = 2,
        concurrency: int = 64,
    ) -> None:
        self._user_agent = user_agent
        self._connect_to = dict(connect_to or {})
        self._per_host = per_host
        self._concurrency = concurrency
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="newsdesk-fetch", daemon=True)
        self._names = ThreadPoolExecutor(_DNS_THREADS, thread_name_prefix="newsdesk-dns")
        self._gate = HostGate(per_host=per_host, concurrency=concurrency)
        self._session: aiohttp.ClientSession

    def __enter__(self) -> Self:
        """Start the loop."""
        self._loop.set_default_executor(self._names)
        self._thread.start()
        self._call(self._open()).result()
        return self

    def __exit__(self, *_: object) -> None:
        """Cancel what is under way; close every connection."""
        self._call(self._close()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._names.shutdown(wait=False, cancel_futures=True)
        self._loop.close()

    def fetch(self, request: FetchRequest) -> FetchOutcome:
        """
        Fetch one address.

        Args:
            request: What to ask for, within which limits.

        Returns:
            What came of it. ``error`` is set where there is no usable answer; an error status (404, 503) is
            an answer.
        """
        outcome: FetchOutcome = self._call(self._run(request)).result()
        return outcome

    def fetch_all(self, requests: Sequence[FetchRequest]) -> Iterator[tuple[int, FetchOutcome]]:
        """
        Fetch many addresses at once.

        Args:
            requests: What to ask for. Hosts take turns, so one slow host keeps nobody else waiting.

        Yields:
            (number of the request, outcome) as they end. Whoever reads slowly slows the fetching down: a few
            hundred outcomes wait at most. Leaving the loop early cancels the rest.
        """
        done: _Done = SimpleQueue()
        room = asyncio.Semaphore(2 * self._concurrency)
        batch = self._call(self._run_all(requests, done=done, room=room))
        batch.add_done_callback(done.put)
        read, step = 0, max(1, self._concurrency // 4)

        def make_room() -> None:
            """Let the next outcomes come."""
            for _ in range(step):
                room.release()

        try:
            while isinstance(ended := done.get(), list):
                for item in ended:
                    read += 1
                    if read % step == 0:
                        self._loop.call_soon_threadsafe(make_room)
                    yield item
            ended.result()
        finally:
            batch.cancel()

    def _call(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=guarded_connector(self._connect_to),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS),
            max_line_size=_MAX_HEADER_BYTES,
            max_field_size=_MAX_HEADER_BYTES,
            max_headers=_MAX_HEADERS,
        )

    async def _close(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._session.close()

    async def _run_all(
        self,
        requests: Sequence[FetchRequest],
        *,
        done: _Done,
        room: asyncio.Semaphore,
    ) -> None:
        lanes = Lanes(requests, per_host=self._per_host)
        ended: list[tuple[int, FetchOutcome]] = []

        def hand_over() -> None:
            """Give the reader what has ended so far."""
            if ended:
                done.put(ended.copy())
                ended.clear()

        async def work() -> None:
            """Fetch one request after another."""
            while (taken := lanes.take()) is not None:
                lane, number, request = taken
                await room.acquire()
                outcome = await self._run(request, has_more=bool(lane.waiting))
                lanes.give_back(lane)
                if not ended:
                    self._loop.call_later(_HAND_OVER_SECONDS, hand_over)
                ended.append((number, outcome))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._concurrency, len(requests))):
                group.create_task(work())
        hand_over()

    async def _run(self, request: FetchRequest, *, has_more: bool = False) -> FetchOutcome:
        trail = _Trail(url=_GAPS.sub("", request.url.strip()))
        error: FetchError | None = None
        try:
            while (target := await self._ask(request, trail, has_more=has_more)) is not None:
                trail.follow(target)
        except FetchError as caught:
            error = caught
        outcome = FetchOutcome(
            url=request.url,
            fetched_at=datetime.now(UTC),
            duration_seconds=trail.seconds,
            final_url=trail.url,
            http_status=trail.http_status,
            headers=trail.headers,
            body=trail.body,
            hops=tuple(trail.hops),
            error=error,
            request_headers=trail.request_headers,
        )
        _say(outcome)
        return outcome

    async def _ask(self, request: FetchRequest, trail: _Trail, *, has_more: bool) -> str | None:
        """Make one exchange when it is its turn; return where the answer redirects to, None where it does not."""
        url, name = _address(trail.url), host(trail.url)
        async with self._gate.slot(name) as slot:
            held_until = self._gate.held_until(name, now=datetime.now(UTC))
            if held_until is not None:
                said = f"the host asked to be left alone until {held_until:%H:%M:%S} UTC"
                raise HostOnHoldError(said, url=without_secrets(trail.url), until=held_until)
            refused: list[str] = []
            REFUSED.set(refused)
            started = perf_counter()
            try:
                async with asyncio.timeout(request.timeout_seconds - trail.seconds):
                    is_last = slot.is_last and not has_more
                    return await self._exchange(url, request=request, trail=trail, is_last=is_last)
            except _CAUGHT as error:
                raise _translated(error, url=without_secrets(trail.url), refused=refused) from error
            finally:
                trail.seconds += perf_counter() - started

    async def _exchange(self, url: URL, *, request: FetchRequest, trail: _Trail, is_last: bool) -> str | None:
        headers = self._headers(request, is_last=is_last)
        trail.request_headers = tuple(headers.items())
        if cookies := _cookies(trail):
            headers["Cookie"] = cookies
        async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
            trail.http_status = answer.status
            trail.headers = tuple((_text(key), _text(value)) for key, value in answer.raw_headers)
            if answer.status == _TOO_MANY_REQUESTS:
                self._hold(host(trail.url), answer.headers.get("Retry-After"))
            location = answer.headers.get("Location")
            if answer.status in _REDIRECTS and location:
                if answer.cookies:
                    trail.cookies = trail.cookies or aiohttp.CookieJar(unsafe=True)
                    trail.cookies.update_cookies(answer.cookies, url)
                return urljoin(trail.url, quote(location.strip(), safe=_LOCATION_SAFE, errors="surrogateescape"))
            trail.body = await _body(answer, request=request, url=without_secrets(trail.url))
        return None

    def _headers(self, request: FetchRequest, *, is_last: bool) -> dict[str, str]:
        headers = {
            "User-Agent": self._user_agent,
            "Accept": request.accept,
            "Accept-Encoding": ACCEPT_ENCODING,
        }
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        if is_last:
            # A kept TLS connection costs 0.4 MB; with a thousand feeds on as many hosts nobody would use it
            # again.
            headers["Connection"] = "close"
        return headers

    def _hold(self, name: str, wish: str | None) -> None:
        if until := retry_after(wish, now=datetime.now(UTC)):
            self._gate.hold(name, until)


async def _body(answer: aiohttp.ClientResponse, *, request: FetchRequest, url: str) -> bytes:
    """Return the body of *answer*, its content encodings undone."""
    limit = request.limit_bytes
    if (answer.content_length or 0) > limit:
        raise BodyTooLargeError(f"more than {limit:,} bytes", url=url, limit_bytes=limit)
    unpacker = Unpacker(answer.headers.get("Content-Encoding"), limit_bytes=limit, url=url)
    async for chunk in answer.content.iter_any():
        unpacker.add(chunk)
    return unpacker.finish()


def _address(url: str) -> URL:
    """Return *url* as the publisher wrote it, ready to be asked for."""
    if not is_http_url(url):
        raise BadUrlError("not an http address", url=without_secrets(url))
    try:
        # yarl would rewrite escapes that some servers insist on; it is let loose only on what must be
        # escaped.
        return URL(url, encoded=_PLAIN_URL.fullmatch(url) is not None)
    except ValueError as error:
        raise BadUrlError("not an address that can be read", url=without_secrets(url)) from error


def _cookies(trail: _Trail) -> str:
    """Return the Cookie header for the next exchange; refuse to ask the very same thing twice."""
    jar = trail.cookies
    cookies = jar.filter_cookies(URL(trail.url)).output(attrs=[], header="", sep=";").strip() if jar else ""
    if (trail.url, cookies) in trail.seen:
        raise RedirectLoopError("redirects in a circle", url=without_secrets(trail.url))
    trail.seen.add((trail.url, cookies))
    return cookies


def _translated(error: BaseException, *, url: str, refused: Sequence[str]) -> FetchError:
    """Return our error for *error*, which came from aiohttp or below."""
    if refused:
        return BlockedAddressError(f"{refused[0]} is not a public address", url=url)
    kind, said = next((ours, said) for theirs, ours, said in ERRORS if isinstance(error, theirs))
    return kind(said, url=url)


def _text(raw: bytes) -> str:
    """Return a header as text: UTF-8 as servers mean it, else Latin-1 as RFC 9110 5.5 has it."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _say(outcome: FetchOutcome) -> None:
    """Write the one log line of a fetch."""
    if not _log.isEnabledFor(logging.INFO):
        return
    result = outcome.error.slug if outcome.error else outcome.http_status
    size, seconds, url = len(outcome.body), outcome.duration_seconds, without_secrets(outcome.url)
    moved = f" -> {without_secrets(outcome.final_url)}" if outcome.hops else ""
    _log.info("%s %d bytes %.3f s %s%s", result, size, seconds, url, moved)
