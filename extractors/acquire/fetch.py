"""
Fetch addresses: the one module on the network.

The rest of newsdesk sees a plain, thread-safe call; behind it one event loop in one thread runs one aiohttp
session. What the network does is never an exception: it is a ``FetchOutcome``, with one of the ``FetchError``
classes where there is no usable answer. Every address is checked where it is connected to, on each hop, so
that a name that changes its address between the check and the connection gains nothing.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import SimpleQueue
from time import perf_counter, time
from typing import Any, Self

import aiohttp
from yarl import URL

from extractors.acquire.connector import REFUSED, guarded_connector
from extractors.acquire.exchange import CAUGHT, Trail, address_of, body_of, cookies_for, translated
from extractors.acquire.hosts import HostBoard
from extractors.acquire.pacing import Lanes, Manners, retry_after
from extractors.acquire.robots import MOST_DELAY_SECONDS, robots_request
from extractors.acquire.robots_book import RobotsBook
from extractors.acquire.turns import HostGate, Waiting
from extractors.acquire.unpack import ACCEPT_ENCODING
from extractors.acquire.urls import host, is_http_url, without_secrets
from extractors.errors import BadUrlError, BlockedAddressError, FetchError, HostOnHoldError, TlsError
from extractors.model import FetchOutcome, FetchRequest, HostState

_log = logging.getLogger("newsdesk.fetch")

#: DNS, connection and TLS together; then silence between two pieces of an answer.
CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 15.0
_WAITS = (429, 503)
#: A form is posted again only where the server says that the method stays (RFC 9110 section 15.4.8).
_METHOD_STAYS = (307, 308)
#: Real servers send up to 300 headers (a feed of a large newspaper: 180), single ones up to 60 kB of cookies.
_MAX_HEADERS = 1000
_MAX_HEADER_BYTES = 65_536
_DNS_THREADS = 32
#: Outcomes are handed to the reader's thread together: to wake it for each one costs more than a small fetch.
_HAND_OVER_SECONDS = 0.002
#: What is wrong with the host itself, not with its robots.txt.
_OF_THE_HOST = (BadUrlError, BlockedAddressError, TlsError)

#: Outcomes as they end, several at a time; the batch's own future comes last.
_Done = SimpleQueue[list[tuple[int, FetchOutcome]] | Future[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patience:
    """How one request waits for its turn."""

    #: Seconds since 1970.
    deadline: float
    on_wait: Callable[[], None] = lambda: None
    #: More requests to the same host come next.
    has_more: bool = False


class Fetcher:
    """
    Fetches addresses politely; a context manager, safe to share between threads.

    Args:
        user_agent: Value of the User-Agent header: a name, with where to read who asks.
        connect_to: Where hosts really are: ``{".example": ("127.0.0.1", 8000)}`` sends every host under
            ``.example`` to
            that port, ``{"desk.example": ...}`` only this one. For tests and the demo: just these addresses
            may be private.
        per_host: Most requests under way to one host, over all processes that share the folder of *manners*.
        concurrency: Most requests under way at all; one that takes longer than a second makes room for another, twice
            as many at most.
        manners: How hosts are treated.

    Raises:
        OSError: The folder of *manners* cannot be written.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        connect_to: Mapping[str, tuple[str, int]] | None = None,
        per_host: int = 2,
        concurrency: int = 64,
        manners: Manners | None = None,
    ) -> None:
        manners = manners or Manners()
        self._user_agent = user_agent
        self._connect_to = dict(connect_to or {})
        self._per_host = per_host
        self._concurrency = concurrency
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="newsdesk-fetch", daemon=True)
        self._names = ThreadPoolExecutor(_DNS_THREADS, thread_name_prefix="newsdesk-dns")
        self._board = HostBoard(manners.folder, turns=per_host)
        self._gate = HostGate(self._board, per_host=per_host, concurrency=concurrency, clock=time, manners=manners)
        self._robots = RobotsBook(user_agent=user_agent, exempt=manners.robots_exempt)
        self._patience_seconds = manners.patience_seconds
        self._asking: dict[str, asyncio.Lock] = {}
        self._learned: list[HostState] = []
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
        self._board.close()

    def know(self, states: Iterable[HostState]) -> None:
        """Take over what earlier runs learned about hosts."""
        states = tuple(states)
        for state in states:
            self._gate.recall(state.host, delay_seconds=state.crawl_delay_seconds, hold_until=state.hold_until)
        self._robots.know(state for state in states if state.robots_asked_at is not None)

    def learned(self) -> list[HostState]:
        """Return what was learned about hosts since the last call, to be kept for later runs."""
        learned, self._learned = self._learned, []
        return learned

    def fetch(self, request: FetchRequest, *, patience_seconds: float | None = None) -> FetchOutcome:
        """
        Fetch one address.

        Args:
            request: What to ask for, within which limits.
            patience_seconds: As in ``fetch_all``.

        Returns:
            What came of it. ``error`` is set where there is no usable answer; an error status (404, 503) is
            an answer.
        """
        patience = _Patience(deadline=self._deadline(patience_seconds))
        outcome: FetchOutcome = self._call(self._run(request, patience)).result()
        return outcome

    def fetch_all(
        self, requests: Sequence[FetchRequest], *, patience_seconds: float | None = None
    ) -> Iterator[tuple[int, FetchOutcome]]:
        """
        Fetch many addresses at once.

        Args:
            requests: What to ask for. Hosts take turns, so one slow host keeps nobody else waiting.
            patience_seconds: How long the batch waits for hosts that want a pause or to be left alone; None: as
                the fetcher was made. What has its turn later is not asked for: its outcome is a
                ``HostOnHoldError`` that says when.

        Yields:
            (number of the request, outcome) as they end. Whoever reads slowly slows the fetching down: a few
            hundred outcomes wait at most. Leaving the loop early cancels the rest.
        """
        done: _Done = SimpleQueue()
        room = asyncio.Semaphore(2 * self._concurrency)
        deadline = self._deadline(patience_seconds)
        batch = self._call(self._run_all(requests, done=done, room=room, deadline=deadline))
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

    def _deadline(self, patience_seconds: float | None) -> float:
        return time() + (self._patience_seconds if patience_seconds is None else patience_seconds)

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
        self, requests: Sequence[FetchRequest], *, done: _Done, room: asyncio.Semaphore, deadline: float
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
                # Who waits for the turn of a host, or for a slow answer, lets somebody else begin meanwhile.
                on_wait = _once(lambda: group.create_task(work()))
                patience = _Patience(deadline=deadline, on_wait=on_wait, has_more=bool(lane.waiting))
                outcome = await self._run(request, patience)
                lanes.give_back(lane)
                await room.acquire()
                if not ended:
                    self._loop.call_later(_HAND_OVER_SECONDS, hand_over)
                ended.append((number, outcome))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._concurrency, len(requests))):
                group.create_task(work())
        hand_over()

    async def _run(self, request: FetchRequest, patience: _Patience) -> FetchOutcome:
        trail = Trail.start(request.url)
        error: FetchError | None = None
        try:
            await self._permit(request, trail.url, patience)
            while (target := await self._ask(request, trail, patience)) is not None:
                trail.follow(target, hop_limit=request.hop_limit)
                await self._permit(request, trail.url, patience)
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

    async def _permit(self, request: FetchRequest, url: str, patience: _Patience) -> None:
        """Ask the robots.txt that rules *url*, where it is not known; raise where it does not let us."""
        if not request.obeys_robots or not is_http_url(url):
            return
        if self._robots.is_asked(url, now=datetime.now(UTC)):
            asking = self._asking.setdefault(host(url), asyncio.Lock())
            if asking.locked():
                patience.on_wait()
            async with asking:
                if self._robots.is_asked(url, now=datetime.now(UTC)):
                    await self._ask_robots(url, request, patience)
        if refusal := self._robots.refusal(url):
            raise refusal

    async def _ask_robots(self, url: str, request: FetchRequest, patience: _Patience) -> None:
        asked = robots_request(url, timeout_seconds=request.timeout_seconds)
        outcome = await self._run(asked, patience)
        if isinstance(outcome.error, (HostOnHoldError, *_OF_THE_HOST)):
            raise outcome.error
        state = self._robots.learn(url, outcome)
        self._gate.pace(state.host, state.crawl_delay_seconds)
        self._learned.append(state)

    async def _ask(self, request: FetchRequest, trail: Trail, patience: _Patience) -> str | None:
        """Make one exchange when it is its turn; return where the answer redirects to, None where it does not."""
        url, deadline = address_of(trail.url), patience.deadline
        if trail.hops:
            # A page half had is worth the pause, or a host with a long one would never give its redirected pages.
            deadline = max(deadline, time() + MOST_DELAY_SECONDS)
        async with self._gate.slot(Waiting(url=trail.url, deadline=deadline, on_wait=patience.on_wait)) as slot:
            refused: list[str] = []
            REFUSED.set(refused)
            started = perf_counter()
            try:
                async with asyncio.timeout(request.timeout_seconds - trail.seconds):
                    is_last = slot.is_last and not patience.has_more
                    return await self._exchange(url, request=request, trail=trail, is_last=is_last)
            except CAUGHT as error:
                raise translated(error, url=without_secrets(trail.url), refused=refused) from error
            finally:
                trail.seconds += perf_counter() - started

    async def _exchange(self, url: URL, *, request: FetchRequest, trail: Trail, is_last: bool) -> str | None:
        headers = self._headers(request, is_last=is_last)
        trail.request_headers = tuple(headers.items())
        if cookies := cookies_for(trail):
            headers["Cookie"] = cookies
        posts = bool(request.form) and all(status in _METHOD_STAYS for status, _ in trail.hops)
        method, data = ("POST", aiohttp.FormData(request.form)) if posts else ("GET", None)
        async with self._session.request(method, url, data=data, headers=headers, allow_redirects=False) as answer:
            target = trail.take(answer, url)
            if answer.status in _WAITS:
                self._hold(trail.url, answer.headers.get("Retry-After"))
            if target is None:
                trail.body = await body_of(answer, request=request, url=without_secrets(trail.url))
        return target

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

    def _hold(self, url: str, wish: str | None) -> None:
        if until := retry_after(wish, now=datetime.now(UTC)):
            self._learned.append(HostState(host=self._gate.hold(url, until), hold_until=until))


def _once(work: Callable[[], object]) -> Callable[[], None]:
    """Return a function that does *work* the first time it is called."""
    left = [work]

    def do() -> None:
        if left:
            left.pop()()

    return do


def _say(outcome: FetchOutcome) -> None:
    """Write the one log line of a fetch."""
    if not _log.isEnabledFor(logging.INFO):
        return
    result = outcome.error.slug if outcome.error else outcome.http_status
    size, seconds, url = len(outcome.body), outcome.duration_seconds, without_secrets(outcome.url)
    moved = f" -> {without_secrets(outcome.final_url)}" if outcome.hops else ""
    _log.info("%s %d bytes %.3f s %s%s", result, size, seconds, url, moved)
