"""Find the doors of a site: its feeds, the sitemaps that its robots.txt names; each is tried."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from extractors.acquire.discovery import feed_candidates
from extractors.acquire.fetch import Fetcher
from extractors.acquire.polling import FEED_ACCEPT, decide, poll_request
from extractors.acquire.urls import registrable_domain
from extractors.errors import ParseError
from extractors.identity import feed_id
from extractors.model import FeedState, FetchRequest, PolledFeed
from flows.sitemaps import ask_sitemaps, named_sitemaps

#: Sitemaps tried; large sites name hundreds, one a month.
_MOST_SITEMAPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a site offers."""

    #: The page that answered.
    url: str
    #: Feeds with entries, the likeliest first; each document once.
    feeds: tuple[PolledFeed, ...] = ()
    #: Sitemaps tried, with what they list of the last two days.
    sitemaps: tuple[PolledFeed, ...] = ()
    #: Sitemaps named in robots.txt and not tried.
    untried_count: int = 0


def discover(fetcher: Fetcher, url: str) -> Discovery:
    """
    Return the feeds and sitemaps of the site that *url* is a page of; a feed's own address gives that feed.

    Feeds that the page declares or links are tried first; the usual places only where none of these is one.

    Raises:
        FetchError: The page cannot be had.
        ParseError: The server answers with an error, or there is neither a feed nor a sitemap.
    """
    outcome = fetcher.fetch(FetchRequest(url=url, accept=f"text/html, {FEED_ACCEPT}"))
    if outcome.error is not None:
        raise outcome.error
    if (outcome.http_status or 0) >= HTTPStatus.BAD_REQUEST:
        raise ParseError(f"the server answers HTTP {outcome.http_status}", url=url)
    page = outcome.final_url or url
    itself = decide(_state(page), outcome, now=outcome.fetched_at)
    if itself.parsed:
        return Discovery(url=page, feeds=(itself,))
    stated = feed_candidates(outcome.body, url=page, with_usual_places=False)
    feeds = _tried(fetcher, stated)
    if not feeds:
        usual = feed_candidates(outcome.body, url=page)
        feeds = _tried(fetcher, [one for one in usual if one not in stated])
    named = sorted(named_sitemaps(fetcher, page), key=lambda one: "news" not in one.lower())
    asked = ask_sitemaps(fetcher, [_state(one, kind="sitemap") for one in named[:_MOST_SITEMAPS]])
    sitemaps = tuple(one.poll for one in asked if one.poll.parsed)
    if not feeds and not sitemaps:
        raise ParseError("no feed and no sitemap found, neither on this page nor in the usual places", url=page)
    return Discovery(url=page, feeds=feeds, sitemaps=sitemaps, untried_count=len(named) - len(named[:_MOST_SITEMAPS]))


def _tried(fetcher: Fetcher, urls: Sequence[str]) -> tuple[PolledFeed, ...]:
    states = [_state(url) for url in urls]
    answers = dict(fetcher.fetch_all([poll_request(state) for state in states]))
    polls = (decide(state, answers[index], now=answers[index].fetched_at) for index, state in enumerate(states))
    return _distinct(poll for poll in polls if poll.parsed and poll.parsed.entries)


def _distinct(polls: Iterable[PolledFeed]) -> tuple[PolledFeed, ...]:
    """Return *polls* without those that gave a document given before, as ``/rss`` and ``/feed/`` often do."""
    first: dict[str, PolledFeed] = {}
    for poll in polls:
        first.setdefault(poll.body_sha256 or poll.url, poll)
    return tuple(first.values())


def _state(url: str, *, kind: str | None = None) -> FeedState:
    return FeedState(feed_id=feed_id(url), url=url, source=registrable_domain(url), kind=kind)
