"""
Wait for the turn to ask a host.

Three things are waited for: one of the few turns of a host, the pause that it asks for between two requests
(Crawl-delay), the end of the time for which it asked to be left alone (Retry-After). All three hold over every
process of a home; see ``hosts``.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from extractors.acquire.hosts import HostBoard, Wishes
from extractors.acquire.pacing import MAX_HOLD, Manners
from extractors.acquire.urls import host, registrable_domain, without_secrets
from extractors.errors import HostOnHoldError

#: Between two looks at the turns that other processes have.
_STEP_SECONDS = 0.01

#: A request that has no answer by then makes room for another; most answers are there sooner.
SLOW_SECONDS = 1.0
#: Slow requests that may stand aside, for each place.
_ASIDE_PER_PLACE = 2


@dataclass(slots=True)
class _Host:
    """What this process does with one host."""

    slots: asyncio.Semaphore
    #: A host with a delay is asked by one at a time.
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    asking: int = 0
    turns: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to ask one host once."""

    #: Nobody else waits for this host now, so its connection need not be kept.
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Who waits for a turn, and how long at most."""

    url: str
    #: Seconds since 1970: not worth waiting for what comes later.
    deadline: float
    #: Called before a wait, and where an answer is slow, so that somebody else can work meanwhile.
    on_wait: Callable[[], None]


class _Places:
    """
    The places for all requests of a process; who is slow stands aside, so that hosts that hang stop no others.

    Args:
        count: Requests under way at most, slow ones not counted, of which there are ``_ASIDE_PER_PLACE`` times as many.
    """

    def __init__(self, count: int) -> None:
        self._free = asyncio.Semaphore(count)
        self._aside_free = _ASIDE_PER_PLACE * count

    @asynccontextmanager
    async def taken(self, on_slow: Callable[[], None]) -> AsyncIterator[None]:
        """Wait for a place and keep it until the block ends, or until it is slow: then *on_slow* is called."""
        await self._free.acquire()
        place = _Place(self, on_slow)
        try:
            yield
        finally:
            place.leave()

    def step_aside(self) -> bool:
        """Free a place although its request goes on; False where too many did so."""
        if not self._aside_free:
            return False
        self._aside_free -= 1
        self._free.release()
        return True

    def leave(self, *, is_aside: bool) -> None:
        """Free what a request had that has ended."""
        if is_aside:
            self._aside_free += 1
        else:
            self._free.release()


class _Place:
    """The place of one request, from which it steps aside when it is slow."""

    def __init__(self, places: _Places, on_slow: Callable[[], None]) -> None:
        self._places = places
        self._on_slow = on_slow
        self._is_aside = False
        self._wait()

    def leave(self) -> None:
        """End the request."""
        self._timer.cancel()
        self._places.leave(is_aside=self._is_aside)

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(SLOW_SECONDS, self._step_aside)

    def _step_aside(self) -> None:
        self._is_aside = self._places.step_aside()
        if self._is_aside:
            self._on_slow()
        else:
            self._wait()


class HostGate:
    """
    Counts who asks which host; lives in one event loop.

    Args:
        board: What all processes know.
        per_host: Most requests under way to one host.
        concurrency: Most requests of this process under way at all, slow ones not counted.
        clock: Gives the seconds since 1970.
        manners: The pause and the scope of a hold.
    """

    def __init__(
        self,
        board: HostBoard,
        *,
        per_host: int,
        concurrency: int,
        clock: Callable[[], float],
        manners: Manners,
    ) -> None:
        self._board = board
        self._per_host = per_host
        self._clock = clock
        self._delay_seconds = manners.delay_seconds
        self._hold_scope = manners.hold_scope
        self._places = _Places(concurrency)
        self._hosts: dict[str, _Host] = {}
        #: Hosts known to want a delay; the files are asked about the others at every turn.
        self._paced: set[str] = set()
        #: By paced host: its next turn, and how many were sent away until after it.
        self._sent_away: dict[str, tuple[float, int]] = {}

    def hold(self, url: str, until: datetime) -> str:
        """Remember that whoever answers for *url* asked to be left alone until *until*; return for what it holds."""
        name = self._scope(url)
        self._board.note(name, hold_until=until.timestamp())
        return name

    def pace(self, name: str, delay_seconds: float) -> None:
        """Remember that host *name*, asked just now, wants *delay_seconds* between two requests."""
        if delay_seconds or self._board.wishes(name).delay_seconds:
            self._board.note(name, delay_seconds=delay_seconds, asked_at=self._clock())

    def recall(self, name: str, *, delay_seconds: float, hold_until: datetime | None) -> None:
        """Write down what is known of host *name* from earlier runs, where the files do not say it."""
        known, until = self._board.wishes(name), hold_until.timestamp() if hold_until else 0.0
        if (delay_seconds and not known.delay_seconds) or until > max(known.hold_until, self._clock()):
            self._board.note(name, delay_seconds=known.delay_seconds or delay_seconds, hold_until=until)

    @asynccontextmanager
    async def slot(self, waiting: Waiting) -> AsyncIterator[Slot]:
        """
        Wait for the turn to ask the host of an address once, and keep it until the block ends.

        Raises:
            HostOnHoldError: The turn comes after the deadline.
        """
        name = host(waiting.url)
        entry = self._hosts.setdefault(name, _Host(asyncio.Semaphore(self._per_host)))
        entry.asking += 1
        try:
            if entry.slots.locked():
                waiting.on_wait()
            # The host's slot first: who waits for a busy host must not keep others from theirs.
            async with entry.slots, AsyncExitStack() as stack:
                await self._enter(name, entry, waiting=waiting, stack=stack)
                yield Slot(is_last=entry.asking <= self._per_host)
        finally:
            entry.asking -= 1
            if not entry.asking:
                del self._hosts[name]

    async def _enter(self, name: str, entry: _Host, *, waiting: Waiting, stack: AsyncExitStack) -> None:
        """Take a turn of host *name* and one of all requests; *stack* gives both back."""
        is_alone = self._delay_seconds > 0 or name in self._paced
        turn = None if is_alone else await self._had(name, entry, waiting=waiting, is_alone=False)
        if turn is None:
            is_alone = True
            if entry.alone.locked():
                waiting.on_wait()
            await stack.enter_async_context(entry.alone)
            turn = await self._had(name, entry, waiting=waiting, is_alone=True) or 0
            # The pause counts from the end of the answer, so the server never sees two requests any closer.
            stack.callback(self._give_back, name, entry, turn=turn, is_alone=True)
            stack.callback(self._stamp, name)
        else:
            stack.callback(self._give_back, name, entry, turn=turn, is_alone=False)
        await stack.enter_async_context(self._places.taken(waiting.on_wait))
        if is_alone:
            self._stamp(name)

    async def _had(self, name: str, entry: _Host, *, waiting: Waiting, is_alone: bool) -> int | None:
        """Return a turn of host *name* as soon as it may be asked; None where it has a delay and so is asked alone."""
        is_queued = False
        try:
            while True:
                turn = self._board.take(name, taken=entry.turns, is_alone=is_alone)
                now, wishes = self._clock(), self._board.wishes(name)
                ready_at = self._ready_at(waiting.url, wishes, now=now)
                if turn is not None:
                    entry.turns.add(turn)
                    if ready_at <= now and (is_alone or not wishes.delay_seconds):
                        return turn
                    self._give_back(name, entry, turn=turn, is_alone=is_alone)
                if wishes.delay_seconds and not is_alone:
                    self._paced.add(name)
                    return None
                if ready_at > waiting.deadline:
                    raise self._sent(name, waiting.url, wishes=wishes, ready_at=ready_at)
                is_queued = turn is None and not is_alone
                waiting.on_wait()
                await asyncio.sleep(max(ready_at - now, _STEP_SECONDS))
        finally:
            if is_queued:
                self._board.leave_queue(name)

    def _give_back(self, name: str, entry: _Host, *, turn: int, is_alone: bool) -> None:
        entry.turns.discard(turn)
        self._board.give_back(name, turn, is_alone=is_alone)

    def _stamp(self, name: str) -> None:
        self._board.note(name, asked_at=self._clock())

    def _scope(self, url: str) -> str:
        """Return the name under which a hold of *url* is kept."""
        if self._hold_scope == "url":
            return without_secrets(url)
        return registrable_domain(url) if self._hold_scope == "domain" else host(url)

    def _ready_at(self, url: str, wishes: Wishes, *, now: float) -> float:
        """Return when *url* may be asked for; instants that only a changed clock explains are cut."""
        delay = max(wishes.delay_seconds, self._delay_seconds)
        held = wishes if self._hold_scope == "host" else self._board.wishes(self._scope(url))
        hold_until = min(held.hold_until, now + MAX_HOLD.total_seconds())
        return max(min(wishes.asked_at, now) + delay if delay else 0.0, hold_until)

    def _sent(self, name: str, url: str, *, wishes: Wishes, ready_at: float) -> HostOnHoldError:
        """Return the refusal to wait for *ready_at*: of a host with a delay each one is sent to a turn of its own."""
        delay = max(wishes.delay_seconds, self._delay_seconds)
        at, count = self._sent_away.get(name, (0.0, 0))
        count = count + 1 if delay and at == ready_at else 0
        self._sent_away[name] = (ready_at, count)
        until = datetime.fromtimestamp(ready_at + count * delay, UTC)
        if delay and min(wishes.asked_at + delay, ready_at) == ready_at:
            said = f"the host wants {delay:g} s between two requests; a turn comes at {until:%H:%M:%S} UTC"
        else:
            said = f"the host asked to be left alone until {until:%H:%M:%S} UTC"
        return HostOnHoldError(said, url=without_secrets(url), until=until)
