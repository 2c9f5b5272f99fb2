"""
Decide what a poll of a sitemap came to; pure.

A sitemap may list the whole archive of a site, so a page is an entry only if its date, the publication date or else
the last change, lies in the window: the last 48 hours, or since the last poll that succeeded where that is longer ago.
A first poll therefore brings two days, never an archive. A page without a date is never an entry.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from http import HTTPStatus

from extractors.acquire.intervals import LONGEST_MINUTES, interval_after_change, interval_after_silence, jittered
from extractors.acquire.polling import decide, poll_request
from extractors.acquire.sitemaps import Sitemap, SitemapPage, parse_sitemap
from extractors.acquire.urls import distinct_keys
from extractors.errors import ParseError
from extractors.identity import entry_id
from extractors.model import (
    FeedState,
    FetchOutcome,
    FetchRequest,
    ParsedEntry,
    ParsedFeed,
    PolledFeed,
    PollResult,
    SitemapChild,
)

#: https://www.sitemaps.org/protocol.html: at most 50 MB, unpacked.
LIMIT_BYTES = 52_428_800
_TIMEOUT_SECONDS = 60.0
_ACCEPT = "application/xml, text/xml;q=0.9, application/gzip;q=0.8, */*;q=0.5"
#: What a news sitemap holds (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap).
WINDOW = timedelta(hours=48)
#: Sitemaps of one index read at one poll; the others follow at the next.
MOST_CHILDREN = 10
#: Entries of one poll: what a news sitemap may hold. More at once is an archive that was touched.
MOST_ENTRIES = 1_000
#: A last change that so many pages share, more than half of the document, is when the file was made.
_SAME_CHANGE = 100
_DAY = timedelta(days=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadChild:
    """A child of an index as it answered; made by ``read_child``."""

    #: As it is known from now on.
    child: SitemapChild
    #: Without its body: ten of 50 MB would be held at once.
    outcome: FetchOutcome
    #: None of them where it has not changed.
    pages: tuple[SitemapPage, ...] = ()
    #: Why it could not be read, in words; None where it could.
    problem: str | None = None


def sitemap_request(state: FeedState) -> FetchRequest:
    """
    Return what to ask the server of a sitemap for.

    Args:
        state: What the warehouse knows; its validators go out as they came in.
    """
    request = poll_request(state)
    return replace(request, accept=_ACCEPT, limit_bytes=LIMIT_BYTES, timeout_seconds=_TIMEOUT_SECONDS)


def child_request(child: SitemapChild) -> FetchRequest:
    """Return what to ask the server of a child of an index for."""
    return FetchRequest(
        url=child.url,
        etag=child.etag,
        last_modified=child.last_modified,
        accept=_ACCEPT,
        limit_bytes=LIMIT_BYTES,
        timeout_seconds=_TIMEOUT_SECONDS,
    )


def window_start(state: FeedState, *, now: datetime) -> datetime:
    """Return the instant (aware UTC) from which on a page of the sitemap is an entry."""
    return min(now - WINDOW, state.last_success_at or now)


def decide_sitemap(state: FeedState, outcome: FetchOutcome, *, now: datetime) -> PolledFeed:
    """
    Return what a poll of a sitemap came to and when to come again.

    Args:
        state: What the warehouse knew before the poll.
        outcome: The answer to ``sitemap_request(state)``.
        now: Aware UTC, the instant of the poll.

    Returns:
        As ``polling.decide``, whose rules hold for all that is no changed sitemap; a feed in its place is read as one
        (the protocol allows it). Of an index ``parsed.children`` names what it lists, and there are no entries yet:
        see ``with_children``.
    """
    is_new = sha256(outcome.body).hexdigest() != state.body_sha256
    if outcome.error is not None or outcome.http_status not in _SUCCESS or not is_new:
        return decide(state, outcome, now=now)
    try:
        sitemap = parse_sitemap(outcome.body, url=outcome.final_url or state.url, now=now)
    except ParseError:
        return decide(state, outcome, now=now)
    parsed = _parsed(sitemap, state, now=now)
    poll = PolledFeed(
        feed_id=state.feed_id,
        url=state.url,
        polled_at=now,
        duration_seconds=outcome.duration_seconds,
        result=PollResult.CHANGED,
        http_status=outcome.http_status,
        body_bytes=len(outcome.body),
        parsed=parsed,
        next_poll_at=now,
    )
    if not sitemap.is_cut:
        etag, changed = outcome.header("ETag"), outcome.header("Last-Modified")
        poll = replace(poll, etag=etag, last_modified=changed, body_sha256=sha256(outcome.body).hexdigest())
    return _paced(poll, state, outcome, pages=[] if sitemap.is_index else sitemap.pages)


def children_due(
    listed: Sequence[SitemapChild], known: Sequence[SitemapChild], *, since: datetime
) -> list[SitemapChild]:
    """
    Return the sitemaps of an index that have something to tell, in the order to read them.

    Args:
        listed: What the index names now; empty where it has not changed: then it names what it named before.
        known: What the warehouse remembers of the index.
        since: A child whose last change is older is part of the archive.

    Returns:
        With the date that the index states now, and the validators of the last reading. First those that state a
        change, then those that state no date; among each, the longest unread first, then the latest change. A date
        without a time of day counts to the end of the day.
    """
    held = {child.url: child for child in known}
    due = []
    for child in listed or known:
        before = held.get(child.url, SitemapChild(url=child.url))
        if child.modified_at is None or _is_changed(child.modified_at, before, since=since):
            due.append(replace(before, modified_at=child.modified_at))
    newest_first = sorted(due, key=lambda child: child.modified_at or _LONG_AGO, reverse=True)
    return sorted(newest_first, key=lambda child: (child.modified_at is None, child.read_at or _LONG_AGO))


def read_child(child: SitemapChild, outcome: FetchOutcome, *, now: datetime) -> ReadChild:
    """
    Return what a child of an index said.

    Args:
        child: One of ``children_due``.
        outcome: The answer to ``child_request(child)``.
        now: Aware UTC, the instant of the poll.
    """
    asked = replace(child, read_at=now)
    body, outcome = outcome.body, replace(outcome, body=b"")
    if outcome.error is not None:
        return ReadChild(child=child, outcome=outcome, problem=str(outcome.error))
    if outcome.http_status == HTTPStatus.NOT_MODIFIED:
        return ReadChild(child=asked, outcome=outcome)
    if outcome.http_status not in _SUCCESS:
        return ReadChild(child=child, outcome=outcome, problem=f"HTTP {outcome.http_status}: {child.url}")
    digest = sha256(body).hexdigest()
    if digest == child.body_sha256:
        return ReadChild(child=asked, outcome=outcome)
    try:
        sitemap = parse_sitemap(body, url=outcome.final_url or child.url, now=now)
    except ParseError as error:
        return ReadChild(child=child, outcome=outcome, problem=str(error))
    read = replace(
        asked, etag=outcome.header("ETag"), last_modified=outcome.header("Last-Modified"), body_sha256=digest
    )
    # An index in an index is against the protocol; what it names are no articles.
    return ReadChild(child=read, outcome=outcome, pages=() if sitemap.is_index else sitemap.pages)


def with_children(
    poll: PolledFeed, state: FeedState, *, due: Sequence[SitemapChild], reads: Sequence[ReadChild]
) -> PolledFeed:
    """
    Return the poll of an index with what its children brought.

    Args:
        poll: What ``decide_sitemap`` made of the index itself.
        state: What was known of the index before.
        due: The answer of ``children_due``.
        reads: Those of *due* that were asked, with their answers.

    Returns:
        The poll as it was where no child brought anything new; a failed one where every child asked failed.
    """
    if not reads:
        return poll
    pages = [page for one in reads for page in one.pages]
    problems = [f"not read: {one.problem}" for one in reads if one.problem]
    if len(problems) == len(reads):
        failed = decide(state, reads[0].outcome, now=poll.polled_at)
        # Without the index's new hash the next poll reads the index, and so its children, again.
        return replace(
            failed, result=PollResult.FAILED, error=problems[0], parsed=None, body_sha256=None, status="troubled"
        )
    entries, problem = _entries(pages, state, since=window_start(state, now=poll.polled_at))
    if poll.parsed is None and not entries:
        return poll
    waiting = len(due) - len(reads)
    more = f"{waiting} more of its sitemaps wait for the next poll" if waiting else None
    said = "; ".join(filter(None, (*problems[:1], problem, more)))
    poll = replace(
        poll,
        result=PollResult.CHANGED,
        parsed=ParsedFeed(kind="sitemap", entries=entries, problem=said or None),
        etag=poll.etag or state.etag,
        last_modified=poll.last_modified or state.last_modified,
        body_sha256=poll.body_sha256 or state.body_sha256,
    )
    return _paced(poll, state, reads[0].outcome, pages=pages)


def children_known(
    listed: Sequence[SitemapChild],
    known: Sequence[SitemapChild],
    *,
    due: Sequence[SitemapChild],
    reads: Sequence[ReadChild],
) -> list[SitemapChild]:
    """
    Return the children of an index to remember after a poll; those of the archive are not among them.

    Args:
        listed: As for ``children_due``.
        known: As for ``children_due``.
        due: Its answer.
        reads: Those that were asked. One that gave nothing usable, and one that was not asked, stays due.
    """
    names = {child.url for child in listed or known}
    after = {child.url: child for child in known if child.url in names}
    for child in due:
        after[child.url] = replace(child, read_at=None) if child.modified_at else child
    after |= {one.child.url: one.child for one in reads if one.problem is None}
    return list(after.values())


def _is_changed(modified_at: datetime, before: SitemapChild, *, since: datetime) -> bool:
    has_no_time = _until(modified_at) != modified_at
    is_told = before.read_at is not None and modified_at == before.modified_at and not has_no_time
    return _until(modified_at) > since and not is_told


def _until(date: datetime) -> datetime:
    """Return the last instant that *date* can mean: midnight sharp is a date without a time of day."""
    return date + _DAY if date.time() == time() else date


def _parsed(sitemap: Sitemap, state: FeedState, *, now: datetime) -> ParsedFeed:
    if sitemap.is_index:
        children = tuple(SitemapChild(url=page.url, modified_at=page.modified_at) for page in sitemap.pages)
        return ParsedFeed(kind="sitemap", children=children, is_cut=sitemap.is_cut)
    entries, problem = _entries(sitemap.pages, state, since=window_start(state, now=now))
    said = "it ends before its end" if sitemap.is_cut else problem
    return ParsedFeed(kind="sitemap", entries=entries, problem=said, is_cut=sitemap.is_cut)


def _entries(
    pages: Sequence[SitemapPage], state: FeedState, *, since: datetime
) -> tuple[tuple[ParsedEntry, ...], str | None]:
    """Return the entries of *pages*, the newest ``MOST_ENTRIES``, and what has to be said of them."""
    dated = _dated(pages)
    fresh = [(date, page) for date, page in dated if _until(date) > since]
    problem = None
    if pages and not dated:
        problem = "none of its pages has a date that can be believed, so none is an entry"
    if len(fresh) > MOST_ENTRIES:
        problem = f"only the newest {MOST_ENTRIES:,} of {len(fresh):,} pages were taken"
        fresh = sorted(fresh, key=lambda item: item[0], reverse=True)[:MOST_ENTRIES]
    keys = distinct_keys([page.url for _, page in fresh])
    entries = {
        key: ParsedEntry(
            entry_id=entry_id(state.feed_id, key),
            url=page.url,
            url_key=key,
            title=page.title,
            published_at=page.published_at,
            published_raw=page.published_raw,
        )
        for key, (_, page) in zip(keys, fresh, strict=True)
    }
    return tuple(entries.values()), problem


def _dated(pages: Iterable[SitemapPage]) -> list[tuple[datetime, SitemapPage]]:
    """Return the pages with the date that counts; where the last change is that of the file, it counts for nothing."""
    changes = Counter(page.modified_at for page in pages if page.modified_at and not page.published_at)
    made_at, count = changes.most_common(1)[0] if changes else (None, 0)
    is_believed = count < max(_SAME_CHANGE, changes.total() / 2)
    dates = (
        (page.published_at or (page.modified_at if is_believed or page.modified_at != made_at else None), page)
        for page in pages
    )
    return [(date, page) for date, page in dates if date is not None]


def _paced(poll: PolledFeed, state: FeedState, outcome: FetchOutcome, *, pages: Sequence[SitemapPage]) -> PolledFeed:
    """Return *poll* with the pace that the dates of *pages* suggest."""
    now = poll.polled_at
    clock = tuple(
        ParsedEntry(entry_id="", url="", url_key="", published_at=date) for date, _ in _dated(pages) if date <= now
    )
    if clock:
        interval = interval_after_change(state, ParsedFeed(kind="sitemap", entries=clock), outcome, now=now)
    elif pages:
        # Without dates it never gives an entry; it is asked in case that changes.
        interval = LONGEST_MINUTES
    else:
        interval = interval_after_silence(state, outcome, now=now)
    wait = jittered(interval, feed_id=poll.feed_id, now=now)
    return replace(poll, poll_interval_minutes=interval, next_poll_at=now + wait)
