"""Poll a batch of feeds: fetch, decide, load. Plain functions; ``tasks.py`` wraps them for Prefect."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.acquire.fetch import Fetcher
from extractors.acquire.polling import decide_again, poll_request, second_request
from extractors.model import FeedState, FetchRequest, PolledFeed, PollResult, Watchlist
from flows.collecting import now, open_writer
from flows.deciding import decided
from flows.loads import in_loads, meanwhile, rarely_collected
from flows.settings import Settings
from warehouse.coverage import sync_topics
from warehouse.feeds import feeds_to_poll, sync_feeds
from warehouse.hosts import save_hosts
from warehouse.owners import sync_owners
from warehouse.polls import FeedAlarm, PollCounts, load_polls
from warehouse.subscriptions import note_hubs


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    """A feed that lost entries: what was known of it before, and the poll that came too late."""

    feed: FeedState
    poll: PolledFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSummary:
    """What a round of polls came to."""

    feed_count: int = 0
    unchanged_count: int = 0
    new_entry_count: int = 0
    #: One line for each feed that gave nothing usable: its URL and what happened.
    problems: tuple[str, ...] = ()
    #: Feeds that lost entries between the last poll and this one.
    overruns: tuple[Overrun, ...] = ()
    #: Feeds that have just become failing, dead, gone or silent.
    alarms: tuple[FeedAlarm, ...] = ()

    def __add__(self, other: "PollSummary") -> "PollSummary":
        """Return the sum of two rounds."""
        return PollSummary(
            feed_count=self.feed_count + other.feed_count,
            unchanged_count=self.unchanged_count + other.unchanged_count,
            new_entry_count=self.new_entry_count + other.new_entry_count,
            problems=self.problems + other.problems,
            overruns=self.overruns + other.overruns,
            alarms=self.alarms + other.alarms,
        )


def take_up(watchlist: Watchlist, settings: Settings, *, only_due: bool) -> list[FeedState]:
    """Make the warehouse agree with *watchlist* and return the feeds to poll, all of them or those due."""
    with open_writer(settings) as con:
        sync_feeds(con, watchlist.feeds + watchlist.sitemaps, now=now())
        sync_topics(con, watchlist.topics, now=now())
        sync_owners(con, watchlist.owners)
        return feeds_to_poll(con, now=now(), only_due=only_due)


def poll_batch(fetcher: Fetcher, feeds: Sequence[FeedState], *, settings: Settings, run_id: str) -> PollSummary:
    """
    Poll *feeds* and load what came of them, each load in one transaction.

    All are asked for at once: in batches, one feed that hangs would keep every later batch waiting for its end.
    """
    known = {feed.feed_id: feed for feed in feeds}

    def load(polls: list[PolledFeed]) -> PollSummary:
        """Load *polls* in one transaction."""
        with open_writer(settings) as con:
            save_hosts(con, fetcher.learned())
            counts = load_polls(con, polls, run_id=run_id)
            note_hubs(con, {poll.feed_id: poll.hub for poll in polls if poll.hub})
        overrun = set(counts.overrun_feed_ids)
        overruns = tuple(Overrun(feed=known[one.feed_id], poll=one) for one in polls if one.feed_id in overrun)
        return replace(summary_of(polls, counts), overruns=overruns)

    with rarely_collected():
        loads = in_loads(ask_feeds(fetcher, feeds, workers=settings.workers))
        return sum(meanwhile(load, loads), PollSummary())


def ask_feeds(fetcher: Fetcher, feeds: Sequence[FeedState], *, workers: int = 1) -> Iterator[tuple[int, PolledFeed]]:
    """
    Ask for *feeds*, once more elsewhere for those that gave nothing and may have moved.

    Args:
        fetcher: Started.
        feeds: Each once.
        workers: As in ``decided``.

    Yields:
        (place in *feeds*, what its poll came to), each feed once, as they end.
    """
    again: list[tuple[int, PolledFeed, FetchRequest]] = []
    answers = fetcher.fetch_all([poll_request(feed) for feed in feeds])
    for index, fetched, poll in decided(feeds, answers, workers=workers):
        if request := second_request(feeds[index], poll, fetched):
            again.append((index, poll, request))
        else:
            yield index, poll
    for place, fetched in fetcher.fetch_all([request for _, _, request in again]):
        index, first, _ = again[place]
        yield index, decide_again(feeds[index], first, fetched, now=fetched.fetched_at)


def summary_of(polls: Sequence[PolledFeed], counts: PollCounts) -> PollSummary:
    """Return what *polls* came to, of which the warehouse made *counts*."""
    return PollSummary(
        feed_count=len(polls),
        unchanged_count=sum(poll.result is PollResult.UNCHANGED for poll in polls),
        new_entry_count=counts.new_entry_count,
        problems=tuple(problem_of(poll) for poll in polls if poll.error),
        alarms=counts.alarms,
    )


def problem_of(poll: PolledFeed) -> str:
    """Say in one line what is wrong with a feed."""
    error = poll.error or poll.status
    return error if poll.url in error else f"{poll.url}: {error}"


def alarm_of(alarm: FeedAlarm) -> str:
    """Say in one line what a feed has just become."""
    since = f", nothing new since {alarm.newest_entry_at:%Y-%m-%d %H:%M} UTC" if alarm.newest_entry_at else ""
    return f"{alarm.url} is {alarm.status}{since}"
