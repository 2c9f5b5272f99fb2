"""What a poll came to and when to come again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from fault_server import FAULTS, FEED, Answer, FaultServer
from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.fetch import Fetcher
from extractors.acquire.pacing import Lanes, retry_after
from extractors.acquire.polling import decide, poll_request
from extractors.errors import (
    BadUrlError,
    BlockedAddressError,
    BodyTooLargeError,
    ConnectError,
    FetchError,
    FetchTimeoutError,
    HostOnHoldError,
)
from extractors.model import FeedState, FetchOutcome, FetchRequest, PolledFeed, PollResult

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "http://desk.example/feed.xml"
STATUSES = {
    "working", "empty", "waiting", "troubled", "refused", "not_a_feed", "leaving", "failing", "dead", "gone",
}  # fmt: skip


def state(**known: object) -> FeedState:
    values: dict[str, object] = {"feed_id": "f1", "url": URL, "source": "desk.example"}
    return FeedState(**(values | known))  # type: ignore[arg-type]


def answer(body: bytes = FEED, status: int | None = 200, *headers: tuple[str, str], **more: object) -> FetchOutcome:
    values: dict[str, object] = {
        "url": URL, "final_url": URL, "fetched_at": NOW, "duration_seconds": 0.1, "http_status": status,
        "headers": headers, "body": body,
    }  # fmt: skip
    return FetchOutcome(**(values | more))  # type: ignore[arg-type]


def feed(*ages_hours: float, head: str = "") -> bytes:
    items = "".join(
        f"<item><guid>{number}</guid><title>{number}</title>"
        f"<pubDate>{(NOW - timedelta(hours=age)).isoformat()}</pubDate></item>"
        for number, age in enumerate(ages_hours)
    )
    return f"<rss version='2.0'><channel><title>Desk</title>{head}{items}</channel></rss>".encode()


def wait(poll: PolledFeed) -> float:
    """Return the minutes until the next poll."""
    return (poll.next_poll_at - poll.polled_at).total_seconds() / 60


def known_after(poll: PolledFeed, before: FeedState) -> FeedState:
    """Return what the warehouse knows after *poll*."""
    is_success = poll.result in (PollResult.CHANGED, PollResult.UNCHANGED)
    return replace(
        before,
        etag=poll.etag or before.etag,
        last_modified=poll.last_modified or before.last_modified,
        body_sha256=poll.body_sha256 or before.body_sha256,
        last_polled_at=poll.polled_at,
        poll_interval_minutes=poll.poll_interval_minutes,
        failure_weight=poll.failure_weight,
        entry_count=len(poll.parsed.entries) if poll.parsed else before.entry_count,
        last_success_at=poll.polled_at if is_success else before.last_success_at,
        status=poll.status,
    )


def test_a_feed_is_asked_for_with_its_validators_as_they_came() -> None:
    request = poll_request(state(etag="W/\"odd's", last_modified="yesterday"))

    assert (request.url, request.etag, request.last_modified) == (URL, "W/\"odd's", "yesterday")
    assert "application/rss+xml" in request.accept
    assert request.limit_bytes == 10_000_000


def test_a_new_document_brings_entries_validators_and_a_hash() -> None:
    poll = decide(state(failure_weight=3.0), answer(FEED, 200, ("ETag", '"v1"'), ("Last-Modified", "then")), now=NOW)

    assert (poll.result, poll.status, poll.failure_weight, poll.error) == (PollResult.CHANGED, "working", 0.0, None)
    assert poll.parsed is not None
    assert [entry.title for entry in poll.parsed.entries] == ["First", "Second"]
    assert (poll.etag, poll.last_modified) == ('"v1"', "then")
    assert poll.body_sha256 is not None


def test_the_same_body_is_not_read_again() -> None:
    first = decide(state(), answer(), now=NOW)
    second = decide(known_after(first, state()), answer(FEED, 200, ("ETag", '"new each time"')), now=NOW)

    assert (second.result, second.parsed, second.status) == (PollResult.UNCHANGED, None, "working")
    assert second.etag == '"new each time"'


def test_304_is_unchanged_where_it_was_asked_for_and_a_fault_where_not() -> None:
    asked = decide(state(etag='"v1"', failure_weight=2.0), answer(b"", 304), now=NOW)
    uninvited = decide(state(), answer(b"", 304), now=NOW)

    assert (asked.result, asked.failure_weight, asked.error) == (PollResult.UNCHANGED, 0.0, None)
    assert (uninvited.result, uninvited.failure_weight) == (PollResult.HTTP_ERROR, 0.5)


def test_html_in_place_of_a_feed_keeps_the_old_validators_so_that_no_304_hides_the_recovery() -> None:
    poll = decide(state(etag='"v1"'), answer(b"<html>Log in</html>", 200, ("ETag", '"page"')), now=NOW)

    assert (poll.result, poll.status, poll.etag, poll.body_sha256) == (PollResult.NOT_A_FEED, "not_a_feed", None, None)
    assert poll.error is not None
    assert "an HTML page, not a feed" in poll.error
    assert poll.failure_weight == 1.0


def test_a_document_that_was_cut_off_gives_its_entries_but_no_validators() -> None:
    poll = decide(state(), answer(FEED[:400], 200, ("ETag", '"v1"')), now=NOW)

    assert poll.parsed is not None
    assert poll.parsed.is_cut
    assert len(poll.parsed.entries) == 1
    assert (poll.result, poll.etag, poll.body_sha256) == (PollResult.CHANGED, None, None)


def test_a_feed_that_lost_all_its_entries_is_suspicious() -> None:
    poll = decide(state(entry_count=20), answer(feed(), 200, ("ETag", '"v1"')), now=NOW)

    assert (poll.status, poll.etag, poll.body_sha256) == ("empty", None, None)
    assert decide(state(), answer(feed()), now=NOW).status == "working"


@pytest.mark.parametrize(
    ("error", "weight"),
    [
        (ConnectError, 0.25),
        (FetchTimeoutError, 0.5),
        (BadUrlError, 1.0),
        (BlockedAddressError, 1.0),
    ],
)
def test_failures_weigh_by_what_they_say_of_the_future(error: type[FetchError], weight: float) -> None:
    poll = decide(state(failure_weight=1.0), answer(b"", None, error=error("no luck", url=URL)), now=NOW)

    assert (poll.result, poll.failure_weight, poll.status) == (PollResult.FAILED, 1.0 + weight, "troubled")
    assert poll.error == f"{error.slug}: no luck: {URL}"


@pytest.mark.parametrize(
    ("status", "word", "weight"),
    [
        (404, "troubled", 0.5),
        (500, "troubled", 0.5),
        (403, "refused", 1.0),
        (451, "refused", 1.0),
        (302, "troubled", 0.5),
        (999, "troubled", 0.5),
    ],
)
def test_error_statuses_are_failures_in_words(status: int, word: str, weight: float) -> None:
    poll = decide(state(), answer(b"x", status), now=NOW)

    assert (poll.result, poll.status, poll.failure_weight) == (PollResult.HTTP_ERROR, word, weight)
    assert poll.error is not None
    assert poll.error.startswith(f"HTTP {status}")


def test_the_pause_doubles_with_failures_and_never_ends_the_feed() -> None:
    before = state(poll_interval_minutes=60.0, last_success_at=NOW)
    now, waits, words = NOW, [], []
    for _ in range(120):
        poll = decide(before, answer(b"", 500), now=now)
        waits.append(wait(poll))
        words.append(poll.status)
        before, now = known_after(poll, before), poll.next_poll_at

    assert waits[0] < waits[3] < waits[6]
    assert max(waits) <= 33 * 24 * 60
    assert [word for word, after in pairwise(words) if word != after] == ["troubled", "failing"]
    assert words[-1] == "dead"
    back = decide(before, answer(), now=now)
    assert (back.status, back.failure_weight) == ("working", 0.0)
    assert wait(back) < 24 * 60 * 1.1


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_to_be_left_alone_is(status: int) -> None:
    poll = decide(state(poll_interval_minutes=10), answer(b"", status, ("Retry-After", "7200")), now=NOW)

    assert poll.hold_until == NOW + timedelta(hours=2)
    assert poll.hold_until <= poll.next_poll_at <= poll.hold_until + timedelta(minutes=10)
    assert poll.status == "waiting"


def test_a_feed_that_was_not_asked_has_not_failed() -> None:
    until = NOW + timedelta(minutes=5)
    error = HostOnHoldError("not now", url=URL, until=until)
    poll = decide(state(failure_weight=0.5, poll_interval_minutes=30), answer(b"", None, error=error), now=NOW)

    assert (poll.failure_weight, poll.hold_until, poll.status) == (0.5, until, "waiting")
    assert poll.next_poll_at >= until
    assert poll.poll_interval_minutes == 30


def test_410_is_believed_when_it_was_said_three_times_a_day_apart() -> None:
    before, now, words = state(failure_weight=4.0, status="troubled"), NOW, []
    for _ in range(3):
        poll = decide(before, answer(b"", 410), now=now)
        words.append(poll.status)
        assert poll.result is PollResult.GONE
        assert poll.hold_until == now + timedelta(days=1)
        before, now = known_after(poll, before), poll.next_poll_at

    assert words == ["leaving", "leaving", "gone"]
    assert decide(before, answer(), now=now).status == "working"


@pytest.mark.parametrize(
    ("hops", "moved_to"),
    [((), None), ((301,), "http://new.example/f"), ((301, 308), "http://new.example/f"), ((301, 302), None)],
)
def test_a_feed_moves_only_where_every_hop_says_for_good(hops: tuple[int, ...], moved_to: str | None) -> None:
    outcome = answer(final_url="http://new.example/f", hops=tuple((status, URL) for status in hops))

    assert decide(state(), outcome, now=NOW).moved_to == moved_to


# -- the pace ---------------------------------------------------------------------------------------------


def minutes_after(body: bytes, *headers: tuple[str, str], **known: object) -> float:
    return decide(state(**known), answer(body, 200, *headers), now=NOW).poll_interval_minutes


def test_a_fast_feed_is_polled_often_and_a_slow_one_seldom() -> None:
    fast = minutes_after(feed(*(number / 20 for number in range(40))))
    daily = minutes_after(feed(*(6 + number * 24 for number in range(20))))
    monthly = minutes_after(feed(*(number * 700 + 700 for number in range(5))))

    assert fast == 10
    assert 12 * 60 <= daily <= 24 * 60
    assert monthly == 24 * 60


def test_never_more_than_half_of_the_document_can_be_new() -> None:
    ages = [number * 0.5 for number in range(10)]  # two an hour, ten in the document: half of it is 2.5 hours

    assert minutes_after(feed(*ages), ("Cache-Control", "max-age=43200")) <= 0.5 * 10 / 2 * 60


@pytest.mark.parametrize(
    ("header", "at_least"),
    [
        (("Cache-Control", "public, max-age=7200"), 120),
        (("Cache-Control", "max-age=999999999999"), 0),
        (("Cache-Control", "max-age=soon"), 0),
        (("Expires", "Fri, 20 Nov 2026 15:00:00 GMT"), 180),
        (("Expires", "0"), 0),
        (("Expires", "Fri, 20 Nov 2026 15:00:00"), 0),
    ],
)
def test_a_server_may_slow_us_down(header: tuple[str, str], at_least: float) -> None:
    slow = feed(*(number * 1.0 for number in range(48)))
    plain = minutes_after(slow)

    assert minutes_after(slow, header) == pytest.approx(max(plain, at_least))


def test_ttl_counts_and_a_wish_is_followed_for_six_hours_at_most() -> None:
    ages = [number * 1.0 for number in range(48)]

    assert minutes_after(feed(*ages, head="<ttl>180</ttl>")) == 180
    assert minutes_after(feed(*ages, head="<ttl>1000</ttl>")) == 360


def test_a_document_without_a_known_date_is_polled_four_times_as_often() -> None:
    known = {"poll_interval_minutes": 240.0, "last_polled_at": NOW - timedelta(hours=4), "entry_count": 10}
    ages = [number * 0.39 for number in range(10)]

    assert minutes_after(feed(*ages), **known) <= 60


def test_a_feed_without_dates_quickens_with_changes_and_slows_with_silence() -> None:
    undated = b"<rss version='2.0'><channel><item><title>x</title></item></channel></rss>"
    assert minutes_after(undated, poll_interval_minutes=100.0) == 80
    quiet = state(poll_interval_minutes=100.0, etag='"v"', last_new_at=NOW - timedelta(hours=50))

    assert decide(quiet, answer(b"", 304), now=NOW).poll_interval_minutes == 600


def test_the_same_poll_gives_the_same_instant_and_other_feeds_other_instants() -> None:
    polls = [decide(state(feed_id=f"f{number}"), answer(), now=NOW) for number in range(20)]

    assert decide(state(feed_id="f0"), answer(), now=NOW) == polls[0]
    assert len({poll.next_poll_at for poll in polls}) > 15
    for poll in polls:
        assert 0.9 <= wait(poll) / poll.poll_interval_minutes <= 1.1


def test_a_feed_that_stays_silent_too_long_is_now_and_then_asked_without_validators() -> None:
    asked = [
        poll_request(
            state(
                etag='"v"',
                last_polled_at=NOW + timedelta(hours=number),
                last_new_at=NOW - timedelta(days=30),
                poll_interval_minutes=60.0,
            )
        ).etag
        for number in range(200)
    ]

    assert 5 < asked.count(None) < 60
    assert poll_request(state(etag='"v"', last_polled_at=NOW, last_new_at=NOW)).etag == '"v"'


@given(
    st.sampled_from([None, 200, 204, 206, 301, 304, 400, 403, 404, 410, 429, 500, 503, 999]),
    st.sampled_from([FEED, b"", b"<html>", FEED[:300], feed(1, 2), feed()]),
    st.sampled_from([None, "0", "120", "soon", "-1", "Fri, 20 Nov 2026 13:00:00 GMT", "9" * 30]),
    st.floats(0, 50),
    st.one_of(st.none(), st.floats(10, 1440)),
)
def test_every_poll_ends_with_a_status_of_the_list_and_a_next_time(
    status: int | None, body: bytes, wish: str | None, weight: float, interval: float | None
) -> None:
    error = None if status else ConnectError("no", url=URL)
    headers = (("Retry-After", wish),) if wish else ()
    before = state(failure_weight=weight, poll_interval_minutes=interval, etag='"v"', entry_count=2)

    poll = decide(before, answer(body, status, *headers, error=error), now=NOW)

    assert poll.status in STATUSES
    assert NOW + timedelta(minutes=8) < poll.next_poll_at <= NOW + timedelta(hours=27)
    assert (poll.error is None) == (poll.result in (PollResult.CHANGED, PollResult.UNCHANGED))
    assert poll.hold_until is None or poll.hold_until <= poll.next_poll_at


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        (None, None),
        ("120", 2),
        (" 60 ", 1),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("400000", 24 * 60),
        ("9" * 40, 24 * 60),
        ("Fri, 20 Nov 2026 13:00:00 GMT", 60),
        ("Fri, 20 Nov 2026 11:00:00 GMT", None),
        ("Fri, 20 Nov 2099 11:00:00 GMT", 24 * 60),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_a_day_at_most(said: str | None, minutes: int | None) -> None:
    until = retry_after(said, now=NOW)

    assert until == (NOW + timedelta(minutes=minutes) if minutes else None)


def test_hosts_take_turns_and_none_has_more_under_way_than_allowed() -> None:
    urls = [*["http://a.example/"] * 4, "http://b.example/", "http://c.example/"]
    lanes = Lanes([FetchRequest(url=url) for url in urls], per_host=2)
    taken = []
    while (one := lanes.take()) is not None:
        taken.append(one)

    assert [number for _, number, _ in taken] == [0, 4, 5, 1]
    lanes.give_back(taken[0][0])
    assert lanes.take() == (taken[0][0], 2, FetchRequest(url="http://a.example/"))
    assert lanes.take() is None


def test_every_fault_of_a_real_server_becomes_a_poll(server: FaultServer) -> None:
    server.pages["/too-many"] = Answer(body=feed(*range(3)), content_type="text/xml")
    names = [name for name in FAULTS if name not in ("/silence", "/stall", "/slow-body", "/slow-headers")]
    states = [state(feed_id=name, url=f"http://{name.strip('/')}.example{name}") for name in names]
    with Fetcher(user_agent="t", connect_to={".example": server.address}) as fetcher:
        polls = {
            names[number]: decide(states[number], outcome, now=outcome.fetched_at)
            for number, outcome in fetcher.fetch_all([poll_request(one) for one in states])
        }

    assert len(polls) == len(names)
    assert polls["/gzip-bomb"].error is not None
    assert polls["/gzip-bomb"].error.startswith(BodyTooLargeError.slug)
    assert polls["/redirect-308"].moved_to == "http://redirect-308.example/good"
    assert polls["/html-as-feed"].status == "not_a_feed"
    assert polls["/uninvited-304"].result is PollResult.HTTP_ERROR
    assert polls["/gone"].status == "leaving"
    assert polls["/busy-seconds"].hold_until is not None
    assert sum(poll.status == "working" for poll in polls.values()) >= 25
