"""What a poll of a sitemap comes to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from desk import gzipped
from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.lost import likely_sitemaps, lost_entries
from extractors.acquire.sitemap_polls import (
    MOST_CHILDREN,
    MOST_ENTRIES,
    child_request,
    children_due,
    children_known,
    decide_sitemap,
    read_child,
    sitemap_request,
    with_children,
)
from extractors.errors import ConnectError
from extractors.identity import feed_id
from extractors.model import FeedState, FetchOutcome, ParsedEntry, ParsedFeed, PolledFeed, PollResult, SitemapChild

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://desk.example/sitemap.xml"
STATE = FeedState(feed_id=feed_id(URL), url=URL, source="desk.example", kind="sitemap")
LONG_AGO = NOW - timedelta(days=30)


def hours(count: float) -> datetime:
    return NOW - timedelta(hours=count)


def page(number: int, *, published: datetime | None = None, changed: datetime | str | None = None) -> str:
    date = f"<n:publication_date>{published.isoformat()}</n:publication_date>" if published else ""
    news = f"<n:news>{date}<n:title>No. {number}</n:title></n:news>" if published else ""
    last = changed.isoformat() if isinstance(changed, datetime) else changed
    return f"<url><loc>/news/{number}</loc>{f'<lastmod>{last}</lastmod>' if last else ''}{news}</url>"


def urlset(*pages: str) -> bytes:
    return ('<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">' + "".join(pages) + "</urlset>").encode()


def index(*children: tuple[str, datetime | str | None]) -> bytes:
    blocks = (
        f"<sitemap><loc>/{name}</loc>" + (f"<lastmod>{changed}</lastmod>" if changed else "") + "</sitemap>"
        for name, changed in children
    )
    return ("<sitemapindex>" + "".join(blocks) + "</sitemapindex>").encode()


def answer(body: bytes, *, url: str = URL, status: int = 200, etag: str | None = None) -> FetchOutcome:
    headers = (("ETag", etag),) if etag else ()
    return FetchOutcome(
        url=url, final_url=url, fetched_at=NOW, duration_seconds=0.1, http_status=status, headers=headers, body=body
    )


def numbers(poll: PolledFeed) -> list[int]:
    assert poll.parsed is not None
    return [int(entry.url.rpartition("/")[2]) for entry in poll.parsed.entries]


def test_a_first_poll_brings_the_last_two_days_and_not_the_archive() -> None:
    body = urlset(
        page(1, published=hours(1)), page(2, published=hours(47)), page(3, published=hours(49)),
        page(4, changed=hours(5)), page(5, changed=LONG_AGO), page(6),
    )  # fmt: skip

    poll = decide_sitemap(STATE, answer(body, etag='"a"'), now=NOW)

    assert numbers(poll) == [1, 2, 4]
    assert (poll.result, poll.status, poll.etag) == (PollResult.CHANGED, "working", '"a"')
    assert poll.parsed is not None
    assert (poll.parsed.entries[0].title, poll.parsed.entries[0].published_at) == ("No. 1", hours(1))
    assert poll.parsed.entries[2].published_at is None, "a change is no publication"


def test_after_a_week_of_silence_a_week_is_taken() -> None:
    body = urlset(page(1, published=hours(1)), page(2, published=hours(150)), page(3, published=hours(200)))

    assert numbers(decide_sitemap(replace(STATE, last_success_at=hours(168)), answer(body), now=NOW)) == [1, 2]


def test_a_date_without_a_time_counts_to_the_end_of_its_day() -> None:
    body = urlset(page(1, changed="2026-11-20"), page(2, changed="2026-11-19"))

    assert numbers(decide_sitemap(STATE, answer(body), now=NOW)) == [1]


def test_an_archive_whose_every_page_changed_just_now_is_not_believed() -> None:
    body = urlset(page(1, published=hours(1)), *(page(number, changed=NOW) for number in range(2, 300)))

    assert numbers(decide_sitemap(STATE, answer(body), now=NOW)) == [1]


def test_of_too_many_pages_the_newest_are_taken() -> None:
    dates = {number: NOW - timedelta(seconds=number) for number in range(MOST_ENTRIES + 50)}
    poll = decide_sitemap(STATE, answer(urlset(*(page(n, changed=date) for n, date in dates.items()))), now=NOW)

    assert sorted(numbers(poll)) == list(range(MOST_ENTRIES))
    assert poll.parsed is not None
    assert poll.parsed.problem == "only the newest 1,000 of 1,050 pages were taken"


def test_a_sitemap_without_dates_says_so_and_gives_no_entry() -> None:
    poll = decide_sitemap(STATE, answer(urlset(page(1), page(2))), now=NOW)

    assert numbers(poll) == []
    assert poll.parsed is not None
    assert "none of its pages has a date" in (poll.parsed.problem or "")
    assert poll.poll_interval_minutes == 24 * 60


def test_the_same_page_is_the_same_entry_at_every_poll() -> None:
    body, later = urlset(page(1, published=hours(1))), urlset(page(2, published=hours(0)), page(1, published=hours(1)))
    first, second = (decide_sitemap(STATE, answer(one), now=NOW).parsed for one in (body, later))

    assert first is not None
    assert second is not None
    assert first.entries[0].entry_id == second.entries[1].entry_id


def test_unchanged_failed_and_refused_are_those_of_feeds() -> None:
    body = urlset(page(1, published=hours(1)))
    known = replace(STATE, etag='"a"', body_sha256=decide_sitemap(STATE, answer(body), now=NOW).body_sha256)
    reset = replace(answer(b""), http_status=None, error=ConnectError("no connection", url=URL))

    assert decide_sitemap(known, answer(b"", status=304), now=NOW).result is PollResult.UNCHANGED
    assert decide_sitemap(known, answer(body), now=NOW).result is PollResult.UNCHANGED
    assert decide_sitemap(known, answer(b"", status=404), now=NOW).result is PollResult.HTTP_ERROR
    assert decide_sitemap(known, reset, now=NOW).result is PollResult.FAILED
    assert decide_sitemap(known, answer(b"<html>sorry</html>"), now=NOW).result is PollResult.NOT_A_FEED
    assert sitemap_request(known).etag == '"a"'


def test_a_sitemap_that_was_cut_off_keeps_no_validators() -> None:
    body = urlset(page(1, published=hours(1)), page(2, published=hours(2)))
    poll = decide_sitemap(STATE, answer(body[:-40], etag='"a"'), now=NOW)

    assert numbers(poll) == [1]
    assert (poll.etag, poll.body_sha256) == (None, None)


def test_a_busy_sitemap_is_asked_more_often_than_a_slow_one() -> None:
    busy = decide_sitemap(STATE, answer(urlset(*(page(n, published=hours(n / 20)) for n in range(1, 100)))), now=NOW)
    slow = decide_sitemap(STATE, answer(urlset(page(1, published=hours(40)), page(2, changed=LONG_AGO))), now=NOW)

    assert busy.poll_interval_minutes == 10
    assert slow.poll_interval_minutes > 600


def read(
    body: bytes, known: list[SitemapChild], bodies: dict[str, FetchOutcome]
) -> tuple[PolledFeed, list[SitemapChild]]:
    """Poll an index at NOW as the flow does, with *bodies* by URL behind it."""
    poll = decide_sitemap(STATE, answer(body), now=NOW)
    listed = poll.parsed.children if poll.parsed else ()
    due = children_due(listed, known, since=hours(48))
    reads = [read_child(child, bodies[child.url], now=NOW) for child in due[:MOST_CHILDREN]]
    return with_children(poll, STATE, due=due, reads=reads), children_known(listed, known, due=due, reads=reads)


A, B = "https://desk.example/a.xml", "https://desk.example/b.xml"


def test_an_index_brings_the_pages_of_the_children_that_changed() -> None:
    bodies = {A: answer(urlset(page(1, published=hours(1))), url=A, etag='"one"')}

    poll, children = read(index(("a.xml", hours(1).isoformat()), ("b.xml", LONG_AGO.isoformat())), [], bodies)

    assert numbers(poll) == [1]
    assert [(child.url, child.etag, child.read_at) for child in children] == [(A, '"one"', NOW)]
    assert child_request(children[0]).etag == '"one"'


def test_a_child_read_since_its_last_change_is_not_asked_again() -> None:
    listed = (SitemapChild(url=A, modified_at=hours(1)), SitemapChild(url=B, modified_at=hours(2)))
    known = [
        SitemapChild(url=A, modified_at=hours(1), read_at=hours(0.5)),
        SitemapChild(url=B, modified_at=hours(3), read_at=hours(2.5), etag='"b"'),
    ]

    assert children_due(listed, known, since=hours(48)) == [replace(known[1], modified_at=hours(2))]


def test_a_child_that_states_a_day_alone_is_asked_all_that_day() -> None:
    today = SitemapChild(url=A, modified_at=datetime(2026, 11, 22, tzinfo=UTC), read_at=hours(1))

    assert children_due((today,), [today], since=hours(48)) == [today]


def test_no_more_than_ten_children_are_read_and_the_others_have_their_turn() -> None:
    names = [f"{number}.xml" for number in range(25)]
    body = index(*((name, hours(1).isoformat()) for name in names))
    empty = {f"https://desk.example/{name}": answer(urlset(), url=name) for name in names}
    known: list[SitemapChild] = []
    for left in (15, 5, 0):
        poll, known = read(body, known, empty)
        assert sum(child.read_at is None for child in known) == left
        assert poll.parsed is not None
        assert poll.parsed.problem == (f"{left} more of its sitemaps wait for the next poll" if left else None)


def test_a_child_that_had_no_turn_is_due_also_when_the_index_does_not_change_again() -> None:
    names = [f"{number}.xml" for number in range(12)]
    known = [
        SitemapChild(url=f"https://desk.example/{name}", modified_at=hours(9), read_at=hours(8 - place / 10))
        for place, name in enumerate(names)
    ]
    bodies = {child.url: answer(urlset(), url=child.url) for child in known}

    _, after = read(index(*((name, hours(1).isoformat()) for name in names)), known, bodies)

    assert [child.url for child in children_due((), after, since=hours(48))] == [child.url for child in known[10:]]


def test_children_without_dates_take_turns() -> None:
    listed = tuple(SitemapChild(url=f"https://desk.example/{number}.xml") for number in range(12))
    known = [replace(child, read_at=hours(1)) for child in listed[:10]]

    due = children_due(listed, known, since=hours(48))

    assert [child.url for child in due[:2]] == [child.url for child in listed[10:]]


def test_a_child_that_failed_is_asked_again_and_named() -> None:
    body = index(("a.xml", hours(1).isoformat()), ("b.xml", hours(1).isoformat()))
    bodies = {A: answer(urlset(page(1, published=hours(1))), url=A), B: answer(b"", url=B, status=500)}

    poll, children = read(body, [], bodies)

    assert numbers(poll) == [1]
    assert poll.parsed is not None
    assert poll.parsed.problem == f"not read: HTTP 500: {B}"
    assert [child.url for child in children if child.read_at is None] == [B]


def test_where_every_child_fails_the_poll_has_failed() -> None:
    poll, children = read(index(("a.xml", hours(1).isoformat())), [], {A: answer(b"", url=A, status=500)})

    assert (poll.result, poll.parsed, poll.body_sha256) == (PollResult.FAILED, None, None)
    assert poll.error == f"not read: HTTP 500: {A}"
    assert poll.failure_weight > 0
    assert children[0].read_at is None


def test_a_child_unchanged_brings_nothing() -> None:
    child = SitemapChild(url=A, modified_at=hours(1), etag='"a"', body_sha256="0" * 64)

    kept = read_child(child, answer(b"", url=A, status=304), now=NOW)

    assert (kept.child, kept.pages, kept.problem) == (replace(child, read_at=NOW), (), None)


def test_an_index_unchanged_still_brings_what_its_undated_children_have_new() -> None:
    state = replace(STATE, etag='"i"', last_modified="Sun", body_sha256="1" * 64)
    poll = decide_sitemap(state, answer(b"", status=304), now=NOW)
    due = children_due((), [SitemapChild(url=A, read_at=hours(1))], since=hours(48))
    child = read_child(due[0], answer(urlset(page(1, published=hours(1))), url=A), now=NOW)

    changed = with_children(poll, state, due=due, reads=[child])

    assert numbers(changed) == [1]
    assert (changed.result, changed.etag, changed.body_sha256) == (PollResult.CHANGED, '"i"', "1" * 64)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(-500, 20)), max_size=30))
def test_no_entry_is_older_than_the_window_and_none_stands_twice(pages: list[tuple[int, int]]) -> None:
    body = urlset(*(page(number, published=NOW + timedelta(hours=offset, minutes=1)) for number, offset in pages))
    parsed = decide_sitemap(STATE, answer(body), now=NOW).parsed

    assert parsed is not None
    assert len({entry.entry_id for entry in parsed.entries}) == len(parsed.entries)
    wanted = {number for number, offset in pages if -48 <= offset < 24}
    assert {int(entry.url.rpartition("/")[2]) for entry in parsed.entries} == wanted


@pytest.mark.parametrize("noise", [b"", b"\x00", gzipped(b"<urlset/>"), b"<urlset>" * 50])
def test_whatever_answers_is_a_poll(noise: bytes) -> None:
    assert decide_sitemap(STATE, answer(noise), now=NOW).polled_at == NOW


def entry(path: str, at: datetime) -> ParsedEntry:
    url = f"https://desk.example/{path}"
    return ParsedEntry(entry_id=url, url=url, url_key=url, published_at=at)


def test_what_a_feed_lost_lies_between_its_polls_and_in_its_sections() -> None:
    feed = FeedState(feed_id="f", url="https://desk.example/rss", source="desk.example", last_success_at=hours(10))
    listed = (entry("technology/9", hours(1)), entry("technology/8", hours(4)))
    poll = PolledFeed(
        feed_id="f", url=feed.url, polled_at=NOW, duration_seconds=0, result=PollResult.CHANGED, next_poll_at=NOW,
        parsed=ParsedFeed(kind="rss", entries=listed),
    )  # fmt: skip
    found = [
        entry("technology/5", hours(6)), entry("technology/1", hours(20)), entry("sport/2", hours(6)),
        entry("technology/10", hours(0.5)), replace(entry("technology/3", hours(6)), published_at=None),
    ]  # fmt: skip

    assert lost_entries(found, state=feed, poll=poll) == (found[0],)


def test_sitemaps_of_news_are_preferred() -> None:
    named = ["https://a.example/pages.xml", "https://a.example/News/map.xml"]

    assert likely_sitemaps(named) == (named[1],)
    assert likely_sitemaps(named[:1] * 2) == (named[0],)
