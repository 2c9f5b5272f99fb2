"""When alerts are due: digests at a local time, quiet hours, retries."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.alerting.schedule import Schedule, due_at, is_quiet, read_quiet, read_when, retry_after, schedule_of
from extractors.model import AlertKind, AlertRule

LONDON = ZoneInfo("Europe/London")
INSTANTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
ZONES = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Tokyo"])


def rule(when: str, quiet: str | None = None) -> Schedule:
    return schedule_of(AlertRule(name="desk", url="env:U", when=when, quiet=quiet))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        ("2026-03-27 09:00", "2026-03-28 08:00"),  # winter: London is UTC
        ("2026-03-28 08:00", "2026-03-29 07:00"),  # the clocks went forward in between
        ("2026-03-29 06:59", "2026-03-29 07:00"),
        ("2026-10-24 07:30", "2026-10-25 08:00"),  # ... and back: 25 hours
        ("2026-10-25 08:00", "2026-10-26 08:00"),
    ],
)
def test_a_digest_is_due_at_its_local_time_also_when_the_clocks_change(decided: str, due: str) -> None:
    assert due_at(rule("digest 08:00 Europe/London"), utc(decided)) == utc(due)


def test_a_time_that_the_clocks_skip_is_later_that_night_and_a_doubled_one_is_the_first() -> None:
    digest = rule("digest 01:30 Europe/London")

    assert due_at(digest, utc("2026-03-28 12:00")) == utc("2026-03-29 01:30")
    assert due_at(digest, utc("2026-10-24 12:00")) == utc("2026-10-25 00:30")


@given(now=INSTANTS, clock=CLOCKS, zone=ZONES)
def test_a_digest_is_due_within_a_day_and_an_hour_and_never_at_once(now: datetime, clock: time, zone: str) -> None:
    digest = rule(f"digest {clock:%H:%M} {zone}")

    due = due_at(digest, now)

    assert timedelta(0) < due - now <= timedelta(hours=25)
    assert due_at(digest, due - timedelta(microseconds=1)) == due


@given(now=INSTANTS, begin=CLOCKS, end=CLOCKS, zone=ZONES)
def test_what_quiet_hours_hold_is_due_when_they_end(now: datetime, begin: time, end: time, zone: str) -> None:
    if begin == end:
        return
    quiet = rule("new story", f"{begin:%H:%M}-{end:%H:%M} {zone}")

    due = due_at(quiet, now)

    assert (due > now) == is_quiet(quiet, now)
    if due > now and due.astimezone(ZoneInfo(zone)).time() == end:  # else the clocks skipped that very minute
        assert not is_quiet(quiet, due)


@pytest.mark.parametrize(
    ("now", "quiet"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("06:59", True), ("07:00", False)],
)
def test_quiet_hours_pass_midnight(now: str, quiet: bool) -> None:  # noqa: FBT001
    assert is_quiet(rule("new story", "22:00-07:00 Europe/London"), utc(f"2026-01-05 {now}")) is quiet


def test_every_kind_can_be_written() -> None:
    assert [read_when(when)[0] for when in ("new story", "spike", "edit", "feed failing")] == [
        AlertKind.NEW_STORY,
        AlertKind.SPIKE,
        AlertKind.EDIT,
        AlertKind.FEED_FAILING,
    ]
    assert read_when("digest 08:00 Europe/London") == (AlertKind.NEW_STORY, time(8), LONDON)


@pytest.mark.parametrize("quiet", ["22-07", "22:00-22:00 Europe/London", "22:00-07:00", "22:00-07:00 Mars/Olympus", ""])
def test_quiet_hours_that_say_nothing_are_refused(quiet: str) -> None:
    with pytest.raises(ValueError, match=r"two times|no time zone"):
        read_quiet(quiet)


def test_retries_come_ever_later_and_end() -> None:
    pauses = []
    while pause := retry_after(len(pauses) + 1):
        pauses.append(pause)

    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=1)
    assert timedelta(hours=12) < sum(pauses, timedelta()) < timedelta(days=1)
