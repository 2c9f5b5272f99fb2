"""The commands about feeds: list, check."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from extractors.errors import WarehouseError
from extractors.model import FeedState, PolledFeed, WatchedFeed
from flows import console
from flows.settings import Settings
from flows.watched import read_watchlist


def list_feeds(settings: Settings, *, as_json: bool) -> None:
    """List the watchlist's feeds, with their state where a snapshot is published."""
    watchlist = read_watchlist(settings.watchlist)
    feeds = watchlist.feeds + watchlist.sitemaps
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
    """
    Ask every feed once and say in words what it is, when it last gave something, what is wrong and what to do.

    Stores nothing; what the published snapshot knows of the feeds' habits counts. Exits 1 where a feed gave nothing
    usable.
    """
    from flows.collecting import now
    from warehouse.checkup import checkup, published_states

    watchlist = read_watchlist(settings.watchlist)
    feeds = watchlist.feeds + watchlist.sitemaps
    known = published_states(settings.home, now=now())
    polls = _ask(settings, [_state(feed, known) for feed in feeds])
    rows = checkup(feeds, polls, home=settings.home, now=now())
    found = [(rows[poll.feed_id], poll) for poll in polls]
    if as_json:
        console.say_json([_as_json(row, poll) for row, poll in found])
    else:
        for row, poll in found:
            console.say("\n".join(_in_words(row, poll)))
        console.say(_sum([_mark(row, poll) for row, poll in found]))
    if any(poll.error for poll in polls):
        raise SystemExit(1)


def _state(feed: WatchedFeed, known: Mapping[str, FeedState]) -> FeedState:
    """Return what is known of *feed*, without validators: a check wants the document."""
    state = known.get(feed.feed_id) or FeedState(feed_id=feed.feed_id, url=feed.url, source=feed.source, kind=feed.kind)
    return replace(state, etag=None, last_modified=None, body_sha256=None)


def _ask(settings: Settings, states: Sequence[FeedState]) -> list[PolledFeed]:
    from flows.collecting import open_fetcher
    from flows.polling import ask_feeds
    from flows.sitemaps import ask_sitemaps

    feeds = [state for state in states if state.kind != "sitemap"]
    sitemaps = [state for state in states if state.kind == "sitemap"]
    with open_fetcher(settings) as fetcher, console.progress("feeds asked", total=len(states)) as advance:
        polled = {}
        for _, poll in ask_feeds(fetcher, feeds):
            polled[poll.feed_id] = poll
            advance(1)
        polled |= {one.poll.feed_id: one.poll for one in ask_sitemaps(fetcher, sitemaps)}
        advance(len(sitemaps))
    return [polled[state.feed_id] for state in states]


def _mark(row: Mapping[str, object], poll: PolledFeed) -> str:
    if poll.error:
        return "bad"
    return "ok" if row["health"] == "well" else "look"


def _in_words(row: Mapping[str, object], poll: PolledFeed) -> list[str]:
    """Return the lines about one feed: which, what it is, and where something is wrong what and what to do."""
    titled = f"  {row['title']}" if row["title"] else ""
    lines = [f"{_mark(row, poll):5} {row['url']}{titled}", f"      {row['about']}"]
    full = sum(bool(entry.content_html) for entry in poll.parsed.entries) if poll.parsed else 0
    if full:
        lines[1] += f" {full} of them with their full text." if full > 1 else " One of them with its full text."
    if poll.parsed and poll.parsed.problem:
        lines.append(f"      Read only in part: {poll.parsed.problem}.")
    lines += [f"      {str(words).rstrip('.')}." for words in (row["problem"], row["advice"]) if words]
    return lines


def _sum(marks: Sequence[str]) -> str:
    counts = [(marks.count("ok"), "well"), (marks.count("look"), "to look at"), (marks.count("bad"), "bad")]
    told = ", ".join(f"{count} {word}" for count, word in counts if count)
    return f"{len(marks)} feeds: {told}" if marks else "the watchlist names no feed"


def _as_json(row: Mapping[str, object], poll: PolledFeed) -> dict[str, object]:
    return {
        **{name: row[name] for name in ("source", "url", "title", "status", "health", "about", "problem", "advice")},
        **{name: row[name] for name in ("newest_entry_at", "entry_count", "moved_to_url")},
        "http_status": poll.http_status,
        "kind": poll.parsed.kind if poll.parsed else None,
        "error": poll.error,
    }
