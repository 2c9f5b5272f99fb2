"""
When to ask a feed again: its own pace, bounded by what its server asks for.

The aim is that an entry waits as little as it can for a given number of polls, and never so long that half of the
document could be new. Were only the sum of all waiting to count, the interval would go with the square root of the gap
between two entries (the least of rate x interval + price / interval); were all polls to bring one entry, with the gap
itself. Slow feeds are many and their entries few, so what is taken lies between: the gap to the power of 3/4.
``python -m bench.day`` measures a day of 500 feeds beside fixed intervals.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

from extractors.model import FeedState, FetchOutcome, ParsedFeed

SHORTEST_MINUTES = 10.0
LONGEST_MINUTES = 24 * 60.0
#: Where nothing is known of a feed.
FIRST_MINUTES = 60.0
#: A server's wish is followed up to here; longer ones are defaults of caches and would cost entries.
_LONGEST_WISH_MINUTES = 6 * 60.0
_HOUR = 60.0
#: The gap at which a poll brings one entry; slower feeds are asked more often than that, faster ones more seldom.
#: At 120 minutes the day of 500 feeds costs what hourly polling does, at 140 a little less (2026-11).
_EVEN_MINUTES = 140.0
_GAP_POWER = 0.75
#: A document younger than this says nothing of a pace.
_SHORTEST_REACH_HOURS = 0.1
_LONG_HOURS = 48.0
_SHORT_HOURS = 3.0
#: Share of the document that may be new before we come again.
_WINDOW_SHARE = 0.5
#: So many entries of one and the same date: that is when the document was made.
_MADE_AT_ONCE = 5
#: A feed that was silent for so long is likely to be silent for a fifth of it: nights, weekends, holidays. A tenth
#: costs a tenth more polls for the same median delay (``bench.day``).
_SILENCE_SHARE = 0.2


def interval_after_change(state: FeedState, parsed: ParsedFeed, outcome: FetchOutcome, *, now: datetime) -> float:
    """
    Return the minutes to wait after a poll that brought a document.

    Args:
        state: What was known before; its interval is the starting point where the document has no dates.
        parsed: The document.
        outcome: Its headers may ask for a slower pace.
        now: Aware UTC.

    Returns:
        Minutes between ``SHORTEST_MINUTES`` and ``LONGEST_MINUTES``, before jitter.
    """
    ages = sorted((now - entry.published_at).total_seconds() / 3600 for entry in parsed.entries if entry.published_at)
    if not ages or (len(ages) >= _MADE_AT_ONCE and ages[0] == ages[-1]):
        base, half_window = _undated_minutes(state, now=now), LONGEST_MINUTES
    elif paces := _entries_per_hour(ages, window=len(parsed.entries)):
        fastest, current = paces
        half_window = _WINDOW_SHARE * len(parsed.entries) / fastest * _HOUR
        base = (_HOUR / current) ** _GAP_POWER * _EVEN_MINUTES ** (1 - _GAP_POWER)
        base = min(max(base, ages[0] * _HOUR * _SILENCE_SHARE), half_window)
    else:
        base, half_window = max(_HOUR, ages[0] * _HOUR * _SILENCE_SHARE), LONGEST_MINUTES
    wish = min(_wished_minutes(outcome, ttl_minutes=parsed.ttl_minutes, now=now), half_window)
    return _bounded(max(base, wish))


def _undated_minutes(state: FeedState, *, now: datetime) -> float:
    """Return the pace of a feed without dates: faster while polls bring entries; a clock in the document is none."""
    previous = state.poll_interval_minutes or FIRST_MINUTES
    if state.last_new_at is None or state.last_new_at == state.last_polled_at:
        return previous * 0.8
    return max(previous, _silent_minutes(state, now=now) * _SILENCE_SHARE)


def _silent_minutes(state: FeedState, *, now: datetime) -> float:
    return (now - state.last_new_at).total_seconds() / 60 if state.last_new_at else 0.0


def interval_after_silence(state: FeedState, outcome: FetchOutcome, *, now: datetime) -> float:
    """
    Return the minutes to wait after a poll that found nothing changed.

    Args:
        state: Its interval holds until the silence has lasted five times as long, then grows with the silence.
        outcome: As above.
        now: Aware UTC.
    """
    previous = state.poll_interval_minutes or FIRST_MINUTES
    wish = _wished_minutes(outcome, ttl_minutes=None, now=now)
    return _bounded(max(previous, _silent_minutes(state, now=now) * _SILENCE_SHARE, wish))


def interval_after_overrun(state: FeedState, interval_minutes: float) -> float:
    """
    Return the minutes to wait where entries were probably lost: a quarter of the last interval at most.

    Args:
        state: What was known before.
        interval_minutes: What the document itself suggests.
    """
    return _bounded(min(interval_minutes, (state.poll_interval_minutes or FIRST_MINUTES) / 4))


def jittered(minutes: float, *, feed_id: str, now: datetime) -> timedelta:
    """
    Return *minutes* give or take a tenth, so that feeds do not all come at once.

    Args:
        minutes: The interval.
        feed_id: With *now* it decides the share: the same poll repeated gives the same instant.
        now: Aware UTC.
    """
    return timedelta(minutes=minutes * (0.9 + 0.2 * share(feed_id, now)))


def share(feed_id: str, now: datetime) -> float:
    """Return a number from 0 to 1 that looks random and is always the same for a feed and an instant."""
    digest = sha256(f"{feed_id} {now.isoformat()}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 0xFFFF_FFFF


def _entries_per_hour(ages: Sequence[float], *, window: int) -> tuple[float, float] | None:
    """
    Return the fastest and the current pace of a feed whose dated entries are *ages* hours old, the youngest first.

    The current one is what the last three hours say, weighed as one entry more at the pace of the last two days: at
    night a newspaper is slower than its days, in the morning faster than its nights. None: nothing in two days.
    """
    long = [age for age in ages if age <= _LONG_HOURS]
    if not long:
        return None
    # A document that reaches back five hours says nothing of the hours before.
    reach = min(max(ages[-1], _SHORTEST_REACH_HOURS), _LONG_HOURS) if len(long) == window else _LONG_HOURS
    span, recent = min(_SHORT_HOURS, reach), sum(age <= _SHORT_HOURS for age in ages)
    usual = len(long) / reach
    return max(usual, recent / span), (recent + 1) / (span + 1 / usual)


def _wished_minutes(outcome: FetchOutcome, *, ttl_minutes: int | None, now: datetime) -> float:
    """Return the slowest pace that the feed (ttl) or its server (Cache-Control, Expires) asks for; 0 for none."""
    wishes = [float(ttl_minutes or 0), _max_age_minutes(outcome.header("Cache-Control")), _expires(outcome, now=now)]
    return min(max((wish for wish in wishes if wish <= LONGEST_MINUTES), default=0.0), _LONGEST_WISH_MINUTES)


def _max_age_minutes(cache_control: str | None) -> float:
    for part in (cache_control or "").lower().split(","):
        name, _, value = part.strip().partition("=")
        digits = value.strip('" ')
        if name == "max-age" and digits.isascii() and digits.isdigit():
            return int(digits[:9]) / 60
    return 0.0


def _expires(outcome: FetchOutcome, *, now: datetime) -> float:
    """Return the minutes until the Expires header; 0 where max-age overrides it (RFC 9111 5.3) or it says nothing."""
    said = outcome.header("Expires")
    if not said or "max-age" in (outcome.header("Cache-Control") or "").lower():
        return 0.0
    try:
        expires, sent = parsedate_to_datetime(said), outcome.header("Date")
        start = parsedate_to_datetime(sent) if sent else now
        return max(0.0, (expires - start).total_seconds() / 60)
    except (ValueError, TypeError, OverflowError):
        # "Expires: 0" and dates without a zone.
        return 0.0


def _bounded(minutes: float) -> float:
    return min(max(minutes, SHORTEST_MINUTES), LONGEST_MINUTES)
