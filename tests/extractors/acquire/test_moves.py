"""A feed that has moved is followed, slowly; a page in place of a feed is asked where the feed is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fault_server import FEED

from extractors.acquire.polling import decide, decide_again, poll_request, second_request
from extractors.model import FeedState, FetchOutcome, PolledFeed, PollResult

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OLD, NEW = "http://desk.example/feed.xml", "https://new.example/rss"


def page_naming(*feeds: str) -> bytes:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{url}">' for url in feeds)
    return f"<html><head>{links}</head><body>Hello</body></html>".encode()


def state(**known: object) -> FeedState:
    values: dict[str, object] = {"feed_id": "f1", "url": OLD, "source": "desk.example"}
    return FeedState(**(values | known))  # type: ignore[arg-type]


def moved(**known: object) -> FeedState:
    values = {"polled_url": NEW, "moved_to": NEW, "moved_at": NOW - timedelta(days=9), "moved_poll_count": 5}
    return state(**(values | known))


def answer(asked: str = OLD, *hops: int, body: bytes = FEED, status: int = 200, final: str = NEW) -> FetchOutcome:
    return FetchOutcome(
        url=asked,
        final_url=final if hops else asked,
        fetched_at=NOW,
        duration_seconds=0.1,
        http_status=status,
        body=body,
        hops=tuple((hop, asked) for hop in hops),
    )


def after(poll: PolledFeed, before: FeedState) -> FeedState:
    return replace(
        before,
        polled_url=poll.polled_url,
        moved_to=poll.moved_to,
        moved_at=poll.moved_at,
        moved_poll_count=poll.moved_poll_count,
    )


def polled(answers: list[FetchOutcome], *, hours: float) -> list[PolledFeed]:
    """Return the polls of a feed that gives *answers*, *hours* apart."""
    known, polls = state(), []
    for number, outcome in enumerate(answers):
        polls.append(decide(known, outcome, now=NOW + timedelta(hours=hours * number)))
        known = after(polls[-1], known)
    return polls


def test_a_new_address_is_polled_after_three_polls_in_a_day_that_said_so() -> None:
    polls = polled([answer(OLD, 301, 308)] * 4, hours=12)

    assert [poll.polled_url for poll in polls] == [None, None, NEW, NEW]
    assert {(poll.moved_to, poll.moved_at, poll.url) for poll in polls} == {(NEW, NOW, OLD)}
    assert poll_request(after(polls[-1], state())).url == NEW


def test_three_polls_in_an_hour_are_not_enough() -> None:
    assert {poll.polled_url for poll in polled([answer(OLD, 301)] * 5, hours=0.2)} == {None}


def test_a_redirect_that_is_taken_back_or_leads_elsewhere_starts_anew() -> None:
    back = polled([answer(OLD, 301), answer(OLD, 301), answer(OLD), answer(OLD, 301)], hours=12)
    elsewhere = polled([answer(OLD, 301), answer(OLD, 301), answer(OLD, 301, final="http://c.example/")], hours=12)

    assert [poll.moved_poll_count for poll in back] == [1, 2, 0, 1]
    assert (elsewhere[-1].moved_to, elsewhere[-1].moved_poll_count) == ("http://c.example/", 1)


def test_a_redirect_for_a_while_or_to_something_else_than_a_feed_moves_nothing() -> None:
    assert decide(state(), answer(OLD, 301, 302), now=NOW).moved_to is None
    assert decide(state(), answer(OLD, 301, body=b"<html>Parked</html>"), now=NOW).moved_to is None


def test_an_address_that_carries_a_key_is_followed_and_never_written_down() -> None:
    poll = decide(state(), answer(OLD, 301, final=f"{NEW}?token=abc"), now=NOW)

    assert (poll.status, poll.moved_to) == ("working", None)


def test_a_moved_feed_keeps_its_address_while_it_answers_there() -> None:
    poll = decide(moved(), answer(NEW), now=NOW)

    assert (poll.polled_url, poll.moved_to, poll.moved_poll_count) == (NEW, NEW, 5)


def test_the_validators_of_one_address_are_not_sent_to_another() -> None:
    asked = [poll_request(moved(etag='"v1"', last_polled_at=NOW + timedelta(hours=hour))) for hour in range(200)]

    assert {request.etag for request in asked if request.url == NEW} == {'"v1"'}
    assert {request.etag for request in asked if request.url == OLD} == {None}
    assert 0 < sum(request.url == OLD for request in asked) < 40


def test_a_feed_that_answers_again_where_the_watchlist_has_it_has_come_back() -> None:
    poll = decide(moved(), answer(OLD), now=NOW)

    assert (poll.polled_url, poll.moved_to, poll.moved_poll_count) == (None, None, 0)


def test_where_one_address_gives_nothing_the_other_is_asked_in_the_same_poll() -> None:
    for asked, other in ((NEW, OLD), (OLD, NEW)):
        failed = decide(moved(), answer(asked, status=404, body=b""), now=NOW)
        request = second_request(moved(), failed, answer(asked, status=404, body=b""))
        assert request is not None
        assert (request.url, request.etag) == (other, None)

    found = decide_again(moved(), failed, answer(NEW), now=NOW)
    assert (found.result, found.polled_url, found.failure_weight) == (PollResult.CHANGED, NEW, 0)
    lost = decide_again(moved(), failed, answer(NEW, status=500, body=b""), now=NOW)
    assert (lost.error, lost.polled_url) == ("HTTP 404 Not Found", NEW)


def test_a_feed_that_was_never_moved_is_asked_once() -> None:
    failed = decide(state(), answer(status=404, body=b""), now=NOW)

    assert second_request(state(), failed, answer(status=404, body=b"")) is None
    assert second_request(state(), decide(state(), answer(), now=NOW), answer()) is None


def test_a_page_that_names_one_feed_of_its_publisher_is_asked_for_it_and_moves_when_it_lasts() -> None:
    page = answer(body=page_naming("/news/rss"))
    first = decide(state(), page, now=NOW)
    request = second_request(state(), first, page)

    assert first.error == f"an HTML page, not a feed: {OLD}; the page names this feed: http://desk.example/news/rss"
    assert request is not None
    assert request.url == "http://desk.example/news/rss"
    found = decide_again(state(), first, answer("http://desk.example/news/rss"), now=NOW)
    assert (found.status, found.moved_to, found.polled_url) == ("working", "http://desk.example/news/rss", None)
    known = replace(after(found, state()), moved_poll_count=2, moved_at=NOW - timedelta(days=2))
    assert decide_again(known, first, answer("http://desk.example/news/rss"), now=NOW).polled_url == found.moved_to


def test_a_page_that_names_several_feeds_or_a_strangers_is_only_reported() -> None:
    two = answer(body=page_naming("/a/rss", "/b/rss"))
    stranger = answer(body=page_naming("https://aggregator.example/rss"))

    for page, said in ((two, "these feeds: http://desk.example/a/rss, http://desk.example/b/rss"), (stranger, "this")):
        poll = decide(state(), page, now=NOW)
        assert poll.status == "not_a_feed"
        assert said in (poll.error or "")
        assert second_request(state(), poll, page) is None


def test_a_server_that_asks_to_be_left_alone_is_not_asked_elsewhere() -> None:
    busy = replace(answer(NEW, status=429, body=b""), headers=(("Retry-After", "60"),))

    assert second_request(moved(), decide(moved(), busy, now=NOW), busy) is None
