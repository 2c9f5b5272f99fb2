"""The commands about feeds: list, check."""

from collections.abc import Mapping

from extractors.errors import WarehouseError
from extractors.model import FeedState, PolledFeed, WatchedFeed
from flows import console
from flows.polling import problem_of
from flows.settings import Settings
from flows.watched import read_watchlist


def list_feeds(settings: Settings, *, as_json: bool) -> None:
    """List the watchlist's feeds, with their state where a snapshot is published."""
    feeds = read_watchlist(settings.watchlist).feeds
    known = _published_states(settings)
    columns = ("source", "url", "status", "last_new_at", "next_poll_at")
    unknown = ("not polled yet", None, None)
    rows = [(feed.source, feed.url, *known.get(feed.feed_id, unknown)) for feed in feeds]
    if as_json:
        console.say_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        console.say_table(columns, rows)


def _published_states(settings: Settings) -> Mapping[str, tuple[object, object, object]]:
    """Return (status, last_new_at, next_poll_at) by feed as published; empty where nothing is published yet."""
    from warehouse.connection import reader
    from warehouse.feeds import feed_statuses

    try:
        with reader(settings.home) as con:
            return feed_statuses(con)
    except WarehouseError:
        return {}


def check_feeds(settings: Settings, *, as_json: bool) -> None:
    """Ask every feed once and say in words what it is; stores nothing. Exits 1 where a feed gave nothing usable."""
    feeds = read_watchlist(settings.watchlist).feeds
    polled = _ask(settings, feeds)
    if as_json:
        console.say_json([_as_json(feed, poll) for feed, poll in zip(feeds, polled, strict=True)])
    else:
        for feed, poll in zip(feeds, polled, strict=True):
            console.say(_in_words(feed, poll))
    if any(poll.error for poll in polled):
        raise SystemExit(1)


def _ask(settings: Settings, feeds: tuple[WatchedFeed, ...]) -> list[PolledFeed]:
    from extractors.acquire.polling import decide, poll_request
    from flows.collecting import open_fetcher

    states = [
        FeedState(feed_id=feed.feed_id, url=feed.url, source=feed.source, currency=feed.currency) for feed in feeds
    ]
    polled: dict[int, PolledFeed] = {}
    with open_fetcher(settings) as fetcher, console.progress("feeds asked", total=len(feeds)) as advance:
        for index, fetched in fetcher.fetch_all([poll_request(state) for state in states]):
            polled[index] = decide(states[index], fetched, now=fetched.fetched_at)
            advance(1)
    return [polled[index] for index in range(len(feeds))]


def _in_words(feed: WatchedFeed, poll: PolledFeed) -> str:
    if poll.parsed is None:
        return f"bad  {feed.source}: {problem_of(poll)}"
    parsed = poll.parsed
    dates = [entry.published_at for entry in parsed.entries if entry.published_at]
    newest = f", newest {max(dates):%Y-%m-%d %H:%M}" if dates else ", no dates"
    full = sum(bool(entry.content_html) for entry in parsed.entries)
    words = f"{parsed.kind}, {len(parsed.entries)} entries{newest}" + f", {full} with full text" * bool(full)
    problem = f" ({parsed.problem})" if parsed.problem else ""
    return f"ok   {feed.source}: {feed.url}: {words}{problem}"


def _as_json(feed: WatchedFeed, poll: PolledFeed) -> dict[str, object]:
    return {
        "source": feed.source,
        "url": feed.url,
        "status": poll.status,
        "http_status": poll.http_status,
        "kind": poll.parsed.kind if poll.parsed else None,
        "entry_count": len(poll.parsed.entries) if poll.parsed else None,
        "error": poll.error,
    }
