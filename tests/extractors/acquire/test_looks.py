"""When pages are looked at again, and what the answers mean."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.looks import (
    COVERED_AGES,
    LONGEST,
    looked,
    next_look_at,
    other_article,
    told_by_answer,
    validators,
)
from extractors.errors import DnsError, RobotsDisallowedError
from extractors.identity import sha256_hex
from extractors.model import Article, FetchOutcome, Look, LookOutcome, TextFrom

SEEN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOOK = Look(article_id="a", url="https://paper.example/a", first_seen_at=SEEN, etag='"1"', last_modified="Friday")
PAGE = Article(
    article_id="a", url=LOOK.url, canonical_url=LOOK.url, source="paper.example", title="A", text="Words.",
    text_sha256="", word_count=1, text_from=TextFrom.PAGE,
)  # fmt: skip


def answer(
    status: int | None = 200, *, body: bytes = b"page", at: datetime = SEEN + HOUR, **more: object
) -> FetchOutcome:
    return FetchOutcome(
        url=LOOK.url, fetched_at=at, duration_seconds=0.1, final_url=LOOK.url, http_status=status, body=body, **more
    )  # type: ignore[arg-type]


def ages_of_looks(look: Look, *, delay: timedelta, is_edited: bool = False) -> list[timedelta]:
    """Return the ages at which the page is looked at by runs that come *delay* late."""
    at, ages = next_look_at(look, now=SEEN), []
    while at is not None:
        ages.append(at + delay - SEEN)
        at = next_look_at(look, now=at + delay, is_edited=is_edited)
    return ages


@given(st.text(min_size=1), st.timedeltas(timedelta(0), timedelta(minutes=20)))
def test_six_looks_in_a_week_at_about_an_hour_three_eight_a_day_three_and_seven(name: str, delay: timedelta) -> None:
    ages = ages_of_looks(replace(LOOK, article_id=name), delay=delay)

    assert len(ages) == len(COVERED_AGES)
    assert all(planned <= age <= 1.2 * planned + delay for planned, age in zip(COVERED_AGES, ages, strict=True))


@given(st.timedeltas(timedelta(0), timedelta(days=40)), st.booleans(), st.booleans())
def test_the_next_look_is_later_and_what_was_missed_is_not_made_up_for(
    age: timedelta,
    is_covered: bool,  # noqa: FBT001 - drawn
    is_edited: bool,  # noqa: FBT001
) -> None:
    look = replace(LOOK, is_covered=is_covered)
    at = next_look_at(look, now=SEEN + age, is_edited=is_edited)

    assert at is None or at - SEEN >= max(HOUR, 1.2 * age)
    assert (at is None) == (1.5 * age > (timedelta(days=7) if is_covered else timedelta(days=1))) or is_edited


@given(st.timedeltas(timedelta(0), timedelta(days=2)))
def test_a_page_that_is_edited_without_end_is_looked_at_ten_times_at_most(delay: timedelta) -> None:
    ages = ages_of_looks(LOOK, delay=delay, is_edited=True)

    assert len(ages) <= 10
    assert ages[-1] <= 1.2 * LONGEST + delay


def test_the_articles_of_one_poll_do_not_come_due_at_once() -> None:
    due = sorted(next_look_at(replace(LOOK, article_id=str(n)), now=SEEN) - SEEN for n in range(200))  # type: ignore[operator]

    assert due[0] < timedelta(minutes=62)
    assert due[-1] > timedelta(minutes=70)
    assert max(later - sooner for sooner, later in pairwise(due)) < timedelta(minutes=1)


def test_an_old_home_gets_no_look_at_once() -> None:
    assert all(
        at is None or at > SEEN + hours * HOUR
        for hours in range(400)
        for at in [next_look_at(LOOK, now=SEEN + hours * HOUR)]
    )


def test_every_third_look_trusts_no_validator() -> None:
    sent = [validators(replace(LOOK, look_count=count)) for count in range(6)]

    assert sent == [('"1"', "Friday"), ('"1"', "Friday"), (None, None)] * 2


@pytest.mark.parametrize(
    ("fetched", "outcome"),
    [
        (answer(304), LookOutcome.NOT_MODIFIED),
        (answer(200), None),
        (answer(200, body=b"held"), LookOutcome.SAME_BYTES),
        (answer(404), LookOutcome.GONE),
        (answer(410), LookOutcome.GONE),
        (answer(403), LookOutcome.BLOCKED),
        (answer(402), LookOutcome.BLOCKED),
        (answer(429), LookOutcome.FAILED),
        (answer(503), LookOutcome.FAILED),
        (answer(None, error=DnsError("no address", url=LOOK.url)), LookOutcome.FAILED),
        (answer(None, error=RobotsDisallowedError("no", url=LOOK.url)), LookOutcome.BLOCKED),
    ],
)
def test_what_an_answer_means_by_itself(fetched: FetchOutcome, outcome: LookOutcome | None) -> None:
    told = told_by_answer(replace(LOOK, body_sha256=sha256_hex(b"held")), fetched)

    assert (told and told[0]) == outcome


def test_a_304_that_nobody_asked_for_is_a_failure() -> None:
    assert told_by_answer(replace(LOOK, look_count=2), answer(304)) == (
        LookOutcome.FAILED,
        "HTTP 304 without having been asked whether it changed",
    )


@pytest.mark.parametrize("outcome", [LookOutcome.GONE, LookOutcome.MOVED, LookOutcome.BLOCKED])
def test_after_an_end_nothing_more_is_asked(outcome: LookOutcome) -> None:
    record = looked(LOOK, answer(404), outcome, reason="why")

    assert (record.next_look_at, record.look_count, record.reason) == (None, 1, "why")


def test_three_failures_in_a_row_are_an_end_and_an_answer_between_them_is_not() -> None:
    first = looked(LOOK, answer(503), LookOutcome.FAILED)
    third = looked(replace(LOOK, failure_count=2), answer(503), LookOutcome.FAILED)
    mended = looked(replace(LOOK, failure_count=2), answer(304), LookOutcome.NOT_MODIFIED)

    assert (first.failure_count, first.next_look_at is None) == (1, False)
    assert (third.failure_count, third.next_look_at is None) == (3, True)
    assert (mended.failure_count, mended.next_look_at is None) == (0, False)


def test_validators_are_those_of_the_page_and_never_of_a_wall() -> None:
    headers = (("ETag", '"2"'),)
    edited = looked(LOOK, answer(headers=headers), LookOutcome.EDITED)
    same = looked(LOOK, answer(304, headers=headers), LookOutcome.NOT_MODIFIED)
    wall = looked(LOOK, answer(headers=headers), LookOutcome.NO_ARTICLE)

    assert (edited.etag, edited.last_modified, edited.body_sha256) == ('"2"', None, sha256_hex(b"page"))
    assert (same.etag, same.last_modified, same.body_sha256) == ('"2"', "Friday", None)
    assert (wall.etag, wall.last_modified, wall.body_sha256) == ('"1"', "Friday", None)


def test_a_front_page_or_a_mere_beginning_is_no_edit_but_a_new_address_with_the_text_is() -> None:
    elsewhere = replace(PAGE, article_id="b", url="https://paper.example/")

    assert other_article(PAGE, PAGE, kept_share=0.0) is None
    assert other_article(PAGE, elsewhere, kept_share=0.9) is None
    assert other_article(PAGE, elsewhere, kept_share=0.1) == (
        LookOutcome.MOVED,
        "another article answers: https://paper.example/",
    )
    assert other_article(PAGE, replace(PAGE, is_truncated=True), kept_share=0.3) == (
        LookOutcome.NO_ARTICLE,
        "only its beginning is shown now",
    )
