"""
Poll sitemaps: like feeds, an index together with its children.

Plain functions; ``tasks.py`` wraps them for Prefect.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.acquire.fetch import Fetcher
from extractors.acquire.lost import likely_sitemaps, lost_entries
from extractors.acquire.robots import RobotsRules, robots_request
from extractors.acquire.sitemap_polls import (
    MOST_CHILDREN,
    ReadChild,
    child_request,
    children_due,
    children_known,
    decide_sitemap,
    read_child,
    sitemap_request,
    window_start,
    with_children,
)
from extractors.acquire.urls import registrable_domain
from extractors.identity import feed_id
from extractors.model import FeedState, PolledFeed, PollResult, SitemapChild, WatchedFeed
from flows.collecting import now, open_writer
from flows.polling import Overrun, PollSummary, summary_of
from flows.settings import Settings
from warehouse.feeds import feeds_to_poll
from warehouse.hosts import save_hosts
from warehouse.polls import load_polls
from warehouse.sitemaps import add_consulted, keep_children, sitemap_children, unknown_keys

#: Sitemaps are large: so many are held at once.
_SITEMAPS_A_BATCH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSitemap:
    """A sitemap as it answered, its children included."""

    poll: PolledFeed
    #: The children to remember; empty where it is no index.
    children: tuple[SitemapChild, ...] = ()


def poll_sitemaps(fetcher: Fetcher, sitemaps: Sequence[FeedState], *, settings: Settings, run_id: str) -> PollSummary:
    """Poll *sitemaps* batch by batch; load what came of each batch, then remember the children of its indexes."""
    total = PollSummary()
    for start in range(0, len(sitemaps), _SITEMAPS_A_BATCH):
        batch = sitemaps[start : start + _SITEMAPS_A_BATCH]
        with open_writer(settings) as con:
            known = {state.feed_id: sitemap_children(con, state.feed_id) for state in batch}
        asked = ask_sitemaps(fetcher, batch, known=known)
        with open_writer(settings) as con:
            save_hosts(con, fetcher.learned())
            counts = load_polls(con, [one.poll for one in asked], run_id=run_id)
            for one in asked:
                if one.children or known[one.poll.feed_id]:
                    keep_children(con, one.poll.feed_id, one.children)
        total += summary_of([one.poll for one in asked], counts)
    return total


def ask_sitemaps(
    fetcher: Fetcher, states: Sequence[FeedState], *, known: Mapping[str, Sequence[SitemapChild]] | None = None
) -> list[AskedSitemap]:
    """
    Ask for each sitemap of *states*, then for the children that have something new, and store nothing.

    Args:
        fetcher: Open.
        states: What is known of them.
        known: The children of indexes as last kept, by feed id.
    """
    polls: dict[int, PolledFeed] = {}
    for index, fetched in fetcher.fetch_all([sitemap_request(state) for state in states]):
        polls[index] = decide_sitemap(states[index], fetched, now=fetched.fetched_at)
    before = [(known or {}).get(state.feed_id, ()) for state in states]
    due = [
        _due(polls[index], before[index], state) if _is_index(polls[index], before[index]) else []
        for index, state in enumerate(states)
    ]
    reads: list[list[ReadChild]] = [[] for _ in states]
    for index, read in _read(fetcher, due):
        reads[index].append(read)
    return [
        AskedSitemap(
            poll=with_children(polls[index], state, due=due[index], reads=reads[index]),
            children=tuple(children_known(_listed(polls[index]), before[index], due=due[index], reads=reads[index])),
        )
        for index, state in enumerate(states)
    ]


def consult_sitemaps(
    fetcher: Fetcher,
    overruns: Sequence[Overrun],
    *,
    polled: Collection[str],
    settings: Settings,
    run_id: str,
) -> PollSummary:
    """
    Look in the sitemaps of sites whose feeds lost entries, each sitemap once.

    Args:
        fetcher: Open.
        overruns: The feeds that lost entries in this run.
        polled: Ids of the watchlist's sitemaps that this run has polled already.
        settings: Of the run.
        run_id: The run.

    Returns:
        What was found. A sitemap of the watchlist is polled though it was not due, which brings all it lists. Where
        the watchlist has none for the site, those that robots.txt names are read for the gap alone.
    """
    with open_writer(settings) as con:
        watched = [state for state in feeds_to_poll(con, now=now(), only_due=False) if state.kind == "sitemap"]
    lost = {name for one in overruns for name in _sites(one.feed)}
    near = [state for state in watched if _sites(state) & lost and state.feed_id not in polled]
    total = poll_sitemaps(fetcher, near, settings=settings, run_id=run_id)
    covered = {name for state in watched for name in _sites(state)}
    by_robots: dict[str, list[Overrun]] = {}
    for one in overruns:
        if not _sites(one.feed) & covered:
            by_robots.setdefault(robots_request(_page_of(one)).url, []).append(one)
    for robots_url, group in by_robots.items():
        total += _consult_site(fetcher, robots_url, group, settings=settings, run_id=run_id)
    return total


def named_sitemaps(fetcher: Fetcher, url: str) -> tuple[str, ...]:
    """Return the sitemaps that the robots.txt of *url*'s host names; none where it cannot be had."""
    return RobotsRules.of_answer(fetcher.fetch(robots_request(url))).sitemaps()


def _consult_site(
    fetcher: Fetcher, robots_url: str, group: Sequence[Overrun], *, settings: Settings, run_id: str
) -> PollSummary:
    """Read the news sitemaps of one site and load what belongs into the gaps of *group*."""
    first = group[0].feed
    since = min((one.feed.last_success_at for one in group if one.feed.last_success_at), default=None)
    states = [
        FeedState(
            feed_id=feed_id(url), url=url, source=first.source, currency=first.currency, last_success_at=since,
            kind="sitemap",
        )
        for url in likely_sitemaps(named_sitemaps(fetcher, robots_url))
    ]  # fmt: skip
    polls = [one.poll for one in ask_sitemaps(fetcher, states) if one.poll.parsed]
    total = PollSummary()
    with open_writer(settings) as con:
        save_hosts(con, fetcher.learned())
        for poll in polls:
            parsed = poll.parsed
            found = parsed.entries if parsed else ()
            lost = {
                entry.url_key: entry for one in group for entry in lost_entries(found, state=one.feed, poll=one.poll)
            }
            unknown = unknown_keys(con, lost)
            if parsed is None or not unknown:
                continue
            entries = tuple(entry for key, entry in lost.items() if key in unknown)
            sitemap = WatchedFeed(
                feed_id=poll.feed_id, url=poll.url, source=first.source, currency=first.currency, kind="sitemap"
            )
            add_consulted(con, sitemap, now=now())
            counts = load_polls(con, [replace(poll, parsed=replace(parsed, entries=entries))], run_id=run_id)
            total += PollSummary(new_entry_count=counts.new_entry_count)
    return total


def _sites(state: FeedState) -> set[str]:
    return {registrable_domain(state.url), state.source}


def _page_of(one: Overrun) -> str:
    """Return an address of the site that the feed is of; feeds often lie on a host of their own."""
    entries = one.poll.parsed.entries if one.poll.parsed else ()
    return next((entry.url for entry in entries if entry.url), one.feed.url)


def _is_index(poll: PolledFeed, known: Sequence[SitemapChild]) -> bool:
    return bool(_listed(poll)) or (poll.result is PollResult.UNCHANGED and bool(known))


def _listed(poll: PolledFeed) -> tuple[SitemapChild, ...]:
    return poll.parsed.children if poll.parsed else ()


def _due(poll: PolledFeed, known: Sequence[SitemapChild], state: FeedState) -> list[SitemapChild]:
    return children_due(_listed(poll), known, since=window_start(state, now=poll.polled_at))


def _read(fetcher: Fetcher, due: Sequence[Sequence[SitemapChild]]) -> Iterator[tuple[int, ReadChild]]:
    """Ask for the first children of each index; give (number of the index, child as it answered) as they come."""
    wanted = [(index, child) for index, children in enumerate(due) for child in children[:MOST_CHILDREN]]
    for number, fetched in fetcher.fetch_all([child_request(child) for _, child in wanted]):
        index, child = wanted[number]
        yield index, read_child(child, fetched, now=fetched.fetched_at)
