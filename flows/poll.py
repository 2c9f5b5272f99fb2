"""Poll the watchlist's feeds."""

from prefect import flow

from flows import events
from flows.collecting import open_fetcher
from flows.console import note
from flows.polling import PollSummary, alarm_of, take_up
from flows.recording import recorded
from flows.settings import Settings
from flows.showing import name_run
from flows.tasks import consult_sitemaps, poll_feeds, poll_sitemaps
from flows.watched import read_watchlist


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
    due = take_up(watchlist, settings, only_due=only_due)
    feeds = [state for state in due if state.kind != "sitemap"]
    sitemaps = [state for state in due if state.kind == "sitemap"]
    counts = PollSummary()
    with recorded("poll", settings, watchlist) as run_id, open_fetcher(settings) as fetcher:
        if feeds:
            counts += poll_feeds(fetcher, feeds, settings=settings, run_id=run_id)
        if sitemaps:
            counts += poll_sitemaps(fetcher, sitemaps, settings=settings, run_id=run_id)
        if counts.overruns:
            polled = {sitemap.feed_id for sitemap in sitemaps}
            counts += consult_sitemaps(fetcher, counts.overruns, polled=polled, settings=settings, run_id=run_id)
    if settings.dispatch == "event":
        if counts.new_entry_count:
            events.entries_found([feed.feed_id for feed in due], entry_count=counts.new_entry_count)
        name_run(
            f"{counts.new_entry_count} new entries of {counts.feed_count} feeds, {len(counts.problems)} failed",
            tags=["failed-feeds"] if counts.problems else [],
        )
    _raise_alarms(counts, settings)
    return counts


def _raise_alarms(counts: PollSummary, settings: Settings) -> None:
    """Say once of each feed what it has become: on stderr, and with a server by an event that an automation may use."""
    for alarm in counts.alarms:
        note(f"alarm: {alarm_of(alarm)}")
        if settings.dispatch == "event":
            events.feed_failing(alarm.feed_id, status=alarm.status)
