"""Let no host be asked more often than it can bear."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal

from extractors.acquire.urls import host
from extractors.model import FetchRequest

#: A server that wants to be left alone for longer is asked again after a day, to see whether it still does.
MAX_HOLD = timedelta(days=1)

HoldScope = Literal["url", "host", "domain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How hosts are treated; made by the flows, taken by ``fetch``."""

    #: Where the pace of hosts is shared with other processes; None: this fetcher is alone.
    folder: Path | None = None
    #: Pause between two requests to a host, where its robots.txt asks for none or a shorter one.
    delay_seconds: float = 0.0
    #: How long a batch waits for hosts that want a pause or to be left alone, where its caller does not say.
    patience_seconds: float = 0.0
    #: What Retry-After is for: the address that said it, its host, or every host of its domain.
    hold_scope: HoldScope = "host"
    #: Hosts whose robots.txt is not asked; with a dot in front, all below a domain.
    robots_exempt: tuple[str, ...] = ()


def retry_after(value: str | None, *, now: datetime) -> datetime | None:
    """
    Return until when a server asks to be left alone.

    Args:
        value: The Retry-After header: seconds, or a date.
        now: Aware UTC, when the answer came.

    Returns:
        Aware UTC, at most ``MAX_HOLD`` after *now*; None where there is no such wish, or none that can be
        read.

    Source:
        RFC 9110 section 10.2.3.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        until = now + timedelta(seconds=min(int(text[:9]), MAX_HOLD.total_seconds()))
    else:
        try:
            until = parsedate_to_datetime(text)
            until = until.replace(tzinfo=UTC) if until.tzinfo is None else until.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    return min(until, now + MAX_HOLD) if until > now else None


@dataclass(slots=True)
class Lane:
    """The requests of one batch to one host, in their order."""

    waiting: deque[tuple[int, FetchRequest]] = field(default_factory=deque)


class Lanes:
    """
    The order of a batch: hosts in turn, never more requests under way to one host than allowed.

    Without it, a batch that begins with a thousand pages of one slow host would keep every other host
    waiting.

    Args:
        requests: The batch.
        per_host: Most requests under way to one host.
    """

    def __init__(self, requests: Sequence[FetchRequest], *, per_host: int) -> None:
        by_host: dict[str, Lane] = {}
        for number, request in enumerate(requests):
            by_host.setdefault(host(request.url), Lane()).waiting.append((number, request))
        lanes = list(by_host.values())
        self._free = deque(lane for turn in range(per_host) for lane in lanes if len(lane.waiting) > turn)

    def take(self) -> tuple[Lane, int, FetchRequest] | None:
        """Return the next request (lane, number, request); None when every lane is empty or fully under way."""
        while self._free:
            lane = self._free.popleft()
            if lane.waiting:
                return lane, *lane.waiting.popleft()
        return None

    def give_back(self, lane: Lane) -> None:
        """Return *lane* after its request has ended, to the end of the line."""
        self._free.append(lane)
