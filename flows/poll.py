"""Poll the watchlist's feeds."""

from prefect import flow

from flows import events
from flows.collecting import open_fetcher
from flows.polling import PollSummary, take_up
from flows.recording import recorded
from flows.settings import Settings
from flows.tasks import poll_feeds
from flows.watched import read_watchlist

#: Feeds of one task and one transaction: enough to fill the connections, few enough to lose little by a kill.
_FEEDS_A_BATCH = 100


@flow(name="poll", persist_result=False)
def poll(settings: Settings | None = None, *, only_due: bool = True) -> PollSummary:
    """
    Ask the feeds for what is new and record it as pending entries.

    With a server the bell ``newsdesk.entries.found`` starts the collect deployment; without one, the caller goes on
    with ``collect`` itself.

    Args:
        settings: Defaults to the environment.
        only_due: Poll the feeds that are due, not all of them.
    """
    settings = settings or Settings()
    watchlist = read_watchlist(settings.watchlist)
    feeds = take_up(watchlist, settings, only_due=only_due)
    counts = PollSummary()
    with recorded("poll", settings, watchlist) as run_id, open_fetcher(settings) as fetcher:
        for start in range(0, len(feeds), _FEEDS_A_BATCH):
            batch = feeds[start : start + _FEEDS_A_BATCH]
            counts += poll_feeds(fetcher, batch, settings=settings, run_id=run_id)
    if settings.dispatch == "event" and counts.new_entry_count:
        events.entries_found([feed.feed_id for feed in feeds], entry_count=counts.new_entry_count)
    return counts
