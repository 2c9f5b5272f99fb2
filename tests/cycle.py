"""One cycle of the main job without a scheduler: poll, collect. Run as a script it is a process of its own."""

from flows.collecting import Workshop, alone, collect_batch, open_fetcher, outcomes_of, pick_up
from flows.looking import look_again
from flows.polling import PollSummary, poll_batch, take_up
from flows.recording import recorded
from flows.settings import Settings
from flows.watched import read_watchlist


def poll(settings: Settings) -> PollSummary:
    """Poll every feed of the watchlist."""
    watchlist = read_watchlist(settings.watchlist)
    feeds = take_up(watchlist, settings, only_due=False)
    with recorded("poll", settings, watchlist) as run_id, open_fetcher(settings) as fetcher:
        return poll_batch(fetcher, feeds, settings=settings, run_id=run_id)


def collect(settings: Settings) -> dict[str, int]:
    """Give every pending entry its outcome, look at pages again, as the flow ``collect`` does."""
    watchlist = read_watchlist(settings.watchlist)
    with (
        alone(settings),
        recorded("collect", settings, watchlist) as run_id,
        Workshop(settings, run_id=run_id, topics=watchlist.topics) as shop,
    ):
        while numbers := shop.take_up(pick_up(settings)) or shop.take_up_waiting():
            for number in numbers:
                collect_batch(shop, number=number)
        look_again(shop)
        return outcomes_of(settings, run_id)


if __name__ == "__main__":
    of_environment = Settings()
    poll(of_environment)
    collect(of_environment)
