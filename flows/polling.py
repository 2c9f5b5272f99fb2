"""Poll a batch of feeds: fetch, decide, load. Plain functions; ``tasks.py`` wraps them for Prefect."""

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.acquire.fetch import Fetcher
from extractors.acquire.polling import decide, poll_request
from extractors.model import FeedState, PolledFeed, PollResult, Watchlist
from flows.collecting import now, open_writer
from flows.settings import Settings
from warehouse.coverage import sync_topics
from warehouse.feeds import feeds_to_poll, load_polls, sync_feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSummary:
    """What a round of polls came to."""

    feed_count: int = 0
    unchanged_count: int = 0
    new_entry_count: int = 0
    #: One line for each feed that gave nothing usable: its URL and what happened.
    problems: tuple[str, ...] = ()

    def __add__(self, other: "PollSummary") -> "PollSummary":
        """Return the sum of two rounds."""
        return PollSummary(
            feed_count=self.feed_count + other.feed_count,
            unchanged_count=self.unchanged_count + other.unchanged_count,
            new_entry_count=self.new_entry_count + other.new_entry_count,
            problems=self.problems + other.problems,
        )


def take_up(watchlist: Watchlist, settings: Settings, *, only_due: bool) -> list[FeedState]:
    """Make the warehouse agree with *watchlist* and return the feeds to poll, all of them or those due."""
    with open_writer(settings) as con:
        sync_feeds(con, watchlist.feeds, now=now())
        sync_topics(con, watchlist.topics, now=now())
        return feeds_to_poll(con, now=now(), only_due=only_due)


def poll_batch(fetcher: Fetcher, feeds: Sequence[FeedState], *, settings: Settings, run_id: str) -> PollSummary:
    """Poll *feeds* at once and load what came of all of them in one transaction."""
    requests = [poll_request(feed) for feed in feeds]
    polled = {
        index: decide(feeds[index], fetched, now=fetched.fetched_at) for index, fetched in fetcher.fetch_all(requests)
    }
    in_order = [polled[index] for index in sorted(polled)]
    with open_writer(settings) as con:
        counts = load_polls(con, in_order, run_id=run_id)
    return PollSummary(
        feed_count=len(in_order),
        unchanged_count=sum(poll.result is PollResult.UNCHANGED for poll in in_order),
        new_entry_count=counts.new_entry_count,
        problems=tuple(problem_of(poll) for poll in in_order if poll.error),
    )


def problem_of(poll: PolledFeed) -> str:
    """Say in one line what is wrong with a feed."""
    error = poll.error or poll.status
    return error if poll.url in error else f"{poll.url}: {error}"
