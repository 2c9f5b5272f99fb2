"""
Simulate a day of polling 500 feeds: ``python -m bench.day [--seed N] [--json]``.

Time is an argument. The feeds publish by rhythms (see ``KINDS``) in their own time zones; three days go by first, in
which newsdesk learns their paces, then the polls and entries of a Tuesday are counted. Beside it, the same feeds polled
every 15 and every 60 minutes. An entry is seen by the first poll in whose document it stands; a document holds the
newest entries, and what has left it before a poll was never seen.

newsdesk's pace is that of its own rules (``extractors/acquire/intervals.py``), given documents that are already read;
that an entry is known again whatever its publisher changes, and that nothing fails, is taken for granted here.
"""

import argparse
import json
import random
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Any

from extractors.acquire.intervals import (
    interval_after_change,
    interval_after_overrun,
    interval_after_silence,
    jittered,
    share,
)
from extractors.model import FeedState, FetchOutcome, ParsedEntry, ParsedFeed

#: The Tuesday that is counted, in UTC.
DAY = datetime(2026, 11, 24, tzinfo=UTC)
_LEARNING = timedelta(days=3)
_ONE_DAY = timedelta(days=1)
#: Entries of the day are waited for until then.
_END = DAY + 2 * _ONE_DAY
#: A document much shorter than the last one was emptied; here none is.
_WEEKEND = (5, 6)

#: Entries by hour of the day, local time: of a newsroom in office hours, of one that never sleeps.
_OFFICE = (1, 1, 1, 1, 1, 2, 5, 8, 10, 10, 10, 9, 8, 9, 9, 9, 9, 8, 6, 4, 3, 3, 2, 1)
_ROUND_THE_CLOCK = (6, 5, 5, 5, 6, 7, 8, 9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 9, 9, 8, 8, 7, 6)
_ZONES = (-8, -5, -5, -5, 0, 0, 1, 1, 2, 3, 5.5, 8, 9, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of feed: how many there are, and how they publish."""

    count: int
    #: Entries a day: the least and the most of its feeds.
    daily: tuple[float, float]
    #: Entries in a document: the least and the most.
    window: tuple[int, int]
    hours: Sequence[int] = _OFFICE
    weekend_share: float = 1.0
    #: Entries that come at once, within two minutes.
    batch: tuple[int, int] = (1, 1)
    #: Chance a day of two hours with half a day's entries more.
    burst_share: float = 0.0
    has_dates: bool = True


KINDS = {
    "wire": Kind(count=20, daily=(800, 1200), window=(20, 100), hours=_ROUND_THE_CLOCK, weekend_share=0.6),
    "newspaper": Kind(count=150, daily=(25, 150), window=(20, 50), weekend_share=0.5, burst_share=0.1),
    "bursts": Kind(count=50, daily=(10, 60), window=(20, 50), weekend_share=0.3, batch=(4, 15)),
    "magazine": Kind(count=80, daily=(2, 10), window=(10, 30), weekend_share=0.2),
    "undated": Kind(count=20, daily=(5, 60), window=(15, 30), weekend_share=0.5, has_dates=False),
    "weekly": Kind(count=110, daily=(0.1, 0.5), window=(10, 20)),
    "monthly": Kind(count=40, daily=(0.02, 0.06), window=(5, 15)),
    "dead": Kind(count=30, daily=(0.0, 0.0), window=(10, 20)),
}
#: What servers ask for, by twentieths of the feeds. Measured: 10 of 200 feeds carry a ttl of 60; the rest is assumed.
_WISHES = (*[None] * 13, *["max-age=300"] * 5, "max-age=3600", "ttl")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedFeed:
    """A feed with all that it ever publishes."""

    feed_id: str
    kind: str
    window: int
    entries: tuple[ParsedEntry, ...]
    #: Their instants, in order.
    published: tuple[datetime, ...]
    wish: str | None

    def document(self, at: datetime) -> tuple[int, int]:
        """Return which entries stand in the document at *at*: the number of the oldest and of the one to come."""
        end = bisect_right(self.published, at)
        return max(0, end - self.window), end


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What came of polling one feed."""

    feed: SimulatedFeed
    #: Instants of its polls.
    polls: tuple[datetime, ...]
    #: By number of the entry: when it was seen; who is not in here was lost.
    seen: dict[int, datetime]


#: A feed to the instants at which it is polled, each told whether it was the first poll to see something.
Policy = Callable[[SimulatedFeed], Watched]


def make_feeds(seed: int) -> list[SimulatedFeed]:
    """Return the 500 feeds; the same *seed* gives the same ones."""
    return [
        _make_feed(f"{name}-{number}", name, kind, random.Random(f"{seed} {name} {number}"))
        for name, kind in KINDS.items()
        for number in range(kind.count)
    ]


def _make_feed(feed_id: str, name: str, kind: Kind, rng: random.Random) -> SimulatedFeed:
    low, high = kind.daily
    daily = low * (high / low) ** rng.random() if low else 0.0
    window, zone = rng.randint(*kind.window), timedelta(hours=rng.choice(_ZONES))
    # As many days back as fill the document, at the pace of a weekend.
    days = 5 + int(1.5 * window / (daily * min(kind.weekend_share + 0.3, 1.0))) if daily else 0
    first = DAY - timedelta(days=days)
    published = sorted(
        instant for n in range(days + 2) for instant in _day_of(kind, first + n * _ONE_DAY - zone, daily, rng)
    )
    if not daily:
        published = [DAY - timedelta(days=400 + 10 * n) for n in reversed(range(window))]
    entries = tuple(
        ParsedEntry(entry_id=f"{feed_id}/{n}", url="", url_key="", published_at=instant if kind.has_dates else None)
        for n, instant in enumerate(published)
    )
    return SimulatedFeed(
        feed_id=feed_id, kind=name, window=window, entries=entries, published=tuple(published), wish=rng.choice(_WISHES)
    )


def _day_of(kind: Kind, midnight: datetime, daily: float, rng: random.Random) -> Iterator[datetime]:
    """Yield the instants of one local day that begins at *midnight*."""
    is_weekend = (midnight + timedelta(hours=12)).weekday() in _WEEKEND
    expected = daily * (kind.weekend_share if is_weekend else 1.0)
    size = sum(kind.batch) / 2
    for _ in range(_poisson(expected / size, rng)):
        hour = rng.choices(range(24), kind.hours)[0]
        start = midnight + timedelta(hours=hour + rng.random())
        for _ in range(rng.randint(*kind.batch)):
            yield start + timedelta(minutes=2 * rng.random()) if size > 1 else start
    if rng.random() < kind.burst_share:
        start = midnight + timedelta(hours=rng.uniform(0, 22))
        for _ in range(_poisson(daily / 2, rng)):
            yield start + timedelta(hours=2 * rng.random())


def _poisson(mean: float, rng: random.Random) -> int:
    """Return how many of independent events come to pass."""
    count, waited = 0, rng.expovariate(1.0)
    while waited < mean:
        count += 1
        waited += rng.expovariate(1.0)
    return count


def every(minutes: float) -> Policy:
    """Return the policy that polls every *minutes*, each feed from a moment of its own."""

    def policy(feed: SimulatedFeed) -> Watched:
        at = DAY - _LEARNING + timedelta(minutes=minutes * share(feed.feed_id, DAY))
        polls, seen, known = [], dict[int, datetime](), 0
        while at < _END:
            oldest, end = feed.document(at)
            seen |= dict.fromkeys(range(max(oldest, known), end), at)
            polls.append(at)
            known, at = end, at + timedelta(minutes=minutes)
        return Watched(feed=feed, polls=tuple(polls), seen=seen)

    return policy


def adaptive(feed: SimulatedFeed) -> Watched:
    """Poll *feed* by newsdesk's rules."""
    at = DAY - _LEARNING + timedelta(minutes=60 * share(feed.feed_id, DAY))
    state = FeedState(feed_id=feed.feed_id, url="http://simulated.example/", source="simulated.example")
    headers = (("Cache-Control", feed.wish),) if feed.wish and feed.wish != "ttl" else ()
    polls, seen, known = [], dict[int, datetime](), 0
    while at < _END:
        oldest, end = feed.document(at)
        answer = FetchOutcome(url=state.url, fetched_at=at, duration_seconds=0.1, http_status=200, headers=headers)
        minutes = _minutes(feed, state, answer, known=known)
        seen |= dict.fromkeys(range(max(oldest, known), end), at)
        polls.append(at)
        state = replace(
            state,
            last_polled_at=at,
            last_new_at=at if end > known else state.last_new_at,
            poll_interval_minutes=minutes,
            entry_count=end - oldest,
        )
        known, at = end, at + jittered(minutes, feed_id=feed.feed_id, now=at)
    return Watched(feed=feed, polls=tuple(polls), seen=seen)


def _minutes(feed: SimulatedFeed, state: FeedState, answer: FetchOutcome, *, known: int) -> float:
    """Return what newsdesk waits after *answer*, of which it knew the entries before *known*."""
    now = answer.fetched_at
    oldest, end = feed.document(now)
    if end == known and state.last_polled_at is not None:
        return interval_after_silence(state, answer, now=now)
    ttl = 60 if feed.wish == "ttl" else None
    parsed = ParsedFeed(kind="rss", entries=feed.entries[oldest:end], ttl_minutes=ttl)
    minutes = interval_after_change(state, parsed, answer, now=now)
    is_overrun = state.last_polled_at is not None and oldest >= known
    return interval_after_overrun(state, minutes) if is_overrun else minutes


def judge(watched: Sequence[Watched]) -> dict[str, float | int | None]:
    """Return what the day came to: polls of the day, entries published in it, share seen, their delays in minutes."""
    entries = [
        (number, at, one)
        for one in watched
        for number, at in enumerate(one.feed.published)
        if DAY <= at < DAY + _ONE_DAY
    ]
    delays = sorted((one.seen[number] - at).total_seconds() / 60 for number, at, one in entries if number in one.seen)
    return {
        "polls": sum(DAY <= at < DAY + _ONE_DAY for one in watched for at in one.polls),
        "entries": len(entries),
        "seen_pct": round(100 * len(delays) / len(entries), 2) if entries else None,
        "delay_median_minutes": round(median(delays), 1) if delays else None,
        "delay_p95_minutes": round(quantiles(delays, n=20)[18], 1) if len(delays) > 1 else None,
    }


POLICIES: dict[str, Policy] = {"newsdesk": adaptive, "every 15 minutes": every(15), "every 60 minutes": every(60)}


def measure(seed: int) -> dict[str, Any]:
    """Return the judgement of each policy, in all and by kind of feed."""
    feeds = make_feeds(seed)
    results: dict[str, Any] = {"feeds": len(feeds), "seed": seed}
    for name, policy in POLICIES.items():
        watched = [policy(feed) for feed in feeds]
        by_kind = {kind: judge([one for one in watched if one.feed.kind == kind]) for kind in KINDS}
        results[name] = judge(watched) | {"by_kind": by_kind}
    return results


def table(results: dict[str, Any]) -> str:
    """Return *results* as lines of text: a policy a line, in all and by kind."""
    columns = ("polls", "entries", "seen_pct", "delay_median_minutes", "delay_p95_minutes")
    lines = [" ".join([f"{'':30}", *(f"{name:>20}" for name in columns)])]
    for kind in (None, *KINDS):
        for name in POLICIES:
            row = results[name]["by_kind"][kind] if kind else results[name]
            cells = ("-" if row[column] is None else row[column] for column in columns)
            lines.append(" ".join([f"{kind or 'all':10} {name:19}", *(f"{cell:>20}" for cell in cells)]))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.day", description="Simulate a day of polling.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    results = measure(options.seed)
    print(json.dumps(results) if options.json else table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
