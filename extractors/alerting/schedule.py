"""Tell from what a rule of the watchlist says of time when its alerts are due."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from extractors.model import AlertKind, AlertRule

_CLOCK: Final = r"((?:[01]\d|2[0-3]):[0-5]\d)"
_DIGEST: Final = re.compile(rf"digest {_CLOCK} (\S+)")
_QUIET: Final = re.compile(rf"{_CLOCK}-{_CLOCK} (\S+)")

#: Waits before the second, third ... attempt: a channel that is down for a night gets its alerts in the morning.
#: After the last the alert is given up, 15 hours and a half after the first.
_RETRIES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What a rule watches for and when it may speak."""

    kind: AlertKind
    #: The local time of the digest; None: each alert is sent by itself.
    digest_at: time | None = None
    #: From and until when, in local time, nothing is sent; may pass midnight. None: no such hours.
    quiet: tuple[time, time] | None = None
    #: Of the digest or of the quiet hours; None: the rule names no local time.
    zone: ZoneInfo | None = None


def schedule_of(rule: AlertRule) -> Schedule:
    """
    Return the schedule that *rule* describes.

    Raises:
        ValueError: As ``read_when`` and ``read_quiet``; the watchlist was checked by the same words.
    """
    kind, digest_at, zone = read_when(rule.when)
    if rule.quiet is None:
        return Schedule(kind=kind, digest_at=digest_at, zone=zone)
    begin, end, zone = read_quiet(rule.quiet)
    return Schedule(kind=kind, digest_at=digest_at, quiet=(begin, end), zone=zone)


def read_when(when: str) -> tuple[AlertKind, time | None, ZoneInfo | None]:
    """
    Return what *when* watches for, with time and zone where it is a digest.

    Args:
        when: ``new story``, ``digest HH:MM Zone/Name``, ``spike``, ``edit`` or ``feed failing``.

    Raises:
        ValueError: It is none of these; the message says the mend.
    """
    if digest := _DIGEST.fullmatch(when):
        return AlertKind.NEW_STORY, time.fromisoformat(digest[1]), _zone(digest[2])
    if when not in set(AlertKind):
        known = '"new story", "spike" or "digest 08:00 Europe/London"; also "edit" and "feed failing"'
        raise ValueError(f"{when!r} must be {known}")
    return AlertKind(when), None, None


def read_quiet(quiet: str) -> tuple[time, time, ZoneInfo]:
    """
    Return the quiet hours of *quiet*, written as ``22:00-07:00 Europe/London``.

    Raises:
        ValueError: It is written otherwise; the message says the mend.
    """
    hours = _QUIET.fullmatch(quiet)
    if not hours or hours[1] == hours[2]:
        raise ValueError(f'{quiet!r} must be two times and a time zone, such as "22:00-07:00 Europe/London"')
    return time.fromisoformat(hours[1]), time.fromisoformat(hours[2]), _zone(hours[3])


def due_at(schedule: Schedule, now: datetime) -> datetime:
    """
    Return when an alert that is decided at *now* may be sent: *now*, the next digest, or the end of the quiet hours.

    Args:
        schedule: Of its rule.
        now: Aware UTC.
    """
    if schedule.digest_at is not None and schedule.zone is not None:
        return _next(schedule.digest_at, schedule.zone, after=now)
    if schedule.quiet is not None and schedule.zone is not None and is_quiet(schedule, now):
        return _next(schedule.quiet[1], schedule.zone, after=now)
    return now


def is_quiet(schedule: Schedule, now: datetime) -> bool:
    """Tell whether *now* (aware UTC) lies in the quiet hours of *schedule*."""
    if schedule.quiet is None:
        return False
    begin, end = schedule.quiet
    clock = now.astimezone(schedule.zone).time()
    return begin <= clock < end if begin < end else clock >= begin or clock < end


def retry_after(attempt_count: int) -> timedelta | None:
    """Return how long to wait after attempt *attempt_count* (from 1) failed; None: it was the last."""
    return _RETRIES[attempt_count - 1] if attempt_count <= len(_RETRIES) else None


def _next(clock: time, zone: ZoneInfo, *, after: datetime) -> datetime:
    """
    Return the first instant later than *after* at which clocks in *zone* show *clock*, in UTC.

    A time that is skipped when clocks go forward is the same stretch of night later (01:30 becomes 02:30); of a time
    that comes twice the first is meant.
    """
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(3))
    instants = (datetime.combine(day, clock, tzinfo=zone).astimezone(UTC) for day in days)
    return next(instant for instant in instants if instant > after)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}; write one such as Europe/London") from error
