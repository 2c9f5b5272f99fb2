"""The commands that open more doors: discover, import, export."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from extractors.acquire.opml import ListedFeed, read_opml, write_opml
from extractors.acquire.urls import registrable_domain, url_key, without_secrets
from extractors.errors import InputError, ParseError, WarehouseError
from extractors.model import PolledFeed, WatchedFeed, Watchlist
from extractors.watchlist import currency_of, plain_url, url_problem
from extractors.watchlist_edit import feed_lines, with_feeds
from flows import console
from flows.discovery import Discovery, discover
from flows.settings import Settings
from flows.watched import read_watchlist


def discover_feeds(settings: Settings, url: str, *, as_json: bool) -> None:
    """
    Say what feeds and sitemaps the site of *url* has, with the lines for the watchlist.

    Raises:
        NewsdeskError: The page cannot be had, or there is nothing.
    """
    from flows.collecting import open_fetcher

    with open_fetcher(settings) as fetcher:
        found = discover(fetcher, url if "://" in url else f"https://{url}")
    lines = _lines(found)
    if as_json:
        told = {
            "url": found.url,
            "feeds": [_as_json(poll) for poll in found.feeds],
            "sitemaps": [_as_json(poll) for poll in found.sitemaps],
            "untried_sitemap_count": found.untried_count,
            "watchlist": lines,
        }
        console.say_json(told)
        return
    console.say(f"{found.url}: {_count(len(found.feeds), 'feed')}")
    for poll in found.feeds:
        console.say(f"  {_in_words(poll, 'entries', 'entry')}")
    if found.sitemaps or found.untried_count:
        more = f" and {found.untried_count} more, not tried" * bool(found.untried_count)
        console.say(f"robots.txt names {_count(len(found.sitemaps), 'sitemap')} that can be read{more}")
    for poll in found.sitemaps:
        console.say(f"  {_in_words(poll, 'pages of the last two days', 'page of the last two days')}")
    if lines:
        console.say(f"\nThe lines for {settings.watchlist}; keep those you want:\n{lines.rstrip()}")


def import_feeds(settings: Settings, file: Path, *, as_json: bool) -> None:
    """
    Add the feeds of the OPML list *file* to the watchlist. Exits 1 where one was refused.

    Raises:
        InputError: The file cannot be read.
        ParseError: It is no OPML list, or has no feeds.
        WatchlistError: The watchlist cannot be read or added to; then it is as it was.
    """
    listed = _listed(file)
    watchlist = read_watchlist(settings.watchlist)
    fresh, known_count, refused = _sorted(listed, watchlist)
    _add(settings.watchlist, fresh)
    if as_json:
        told = [{"url": url, "reason": reason} for url, reason in refused]
        added = [feed.url for feed in fresh]
        console.say_json({"added": added, "known_count": known_count, "refused": told})
    else:
        for url, reason in refused:
            console.note(f"refused: {reason}" if url in reason else f"refused: {url}: {reason}")
        counts = f"{_count(len(fresh), 'feed')} added, {known_count} known already, {len(refused)} refused"
        console.say(f"{settings.watchlist}: {counts}")
    if refused:
        raise SystemExit(1)


def export_feeds(settings: Settings, output: Path | None) -> None:
    """Write the watchlist's feeds as OPML 2.0 to *output*, else to stdout; with titles where they were polled."""
    titles = _titles(settings)
    feeds = [_as_listed(feed, titles.get(feed.feed_id)) for feed in read_watchlist(settings.watchlist).feeds]
    body = write_opml(feeds, title="newsdesk")
    if output is None:
        sys.stdout.write(body.decode())
    else:
        output.write_bytes(body)
        console.note(f"{output}: {_count(len(feeds), 'feed')}")


def _lines(found: Discovery) -> str:
    """Return the tables for the watchlist: every feed, and the sitemaps that name titles: those are of news."""
    titled = [poll for poll in found.sitemaps if poll.parsed and any(entry.title for entry in poll.parsed.entries)]
    return feed_lines([_found(poll) for poll in found.feeds]) + feed_lines(
        [_found(poll) for poll in titled], table="sitemaps"
    )


def _found(poll: PolledFeed) -> ListedFeed:
    return ListedFeed(url=poll.url, title=poll.parsed.title if poll.parsed else None)


def _in_words(poll: PolledFeed, many: str, one: str) -> str:
    """Return one line on what *poll* found."""
    told = _as_json(poll)
    count = told["entry_count"]
    newest = f", newest {console.cell(told['newest_at'])}" if told["newest_at"] else ", no dates" * bool(count)
    full = f", {told['full_text_count']} with full text" if told["full_text_count"] else ", no full text"
    title = f' "{told["title"]}"' if told["title"] else ""
    what = (
        f"{count} {one if count == 1 else many}{newest}{full if poll.parsed and poll.parsed.kind != 'sitemap' else ''}"
    )
    problem = f" ({told['problem']})" if told["problem"] else ""
    return f"{told['kind']}  {poll.url}{title}: {what}{problem}"


def _as_json(poll: PolledFeed) -> dict[str, object]:
    entries = poll.parsed.entries if poll.parsed else ()
    return {
        "url": poll.url,
        "kind": poll.parsed.kind if poll.parsed else None,
        "title": poll.parsed.title if poll.parsed else None,
        "entry_count": len(entries),
        "newest_at": max((entry.published_at for entry in entries if entry.published_at), default=None),
        "full_text_count": sum(bool(entry.content_html) for entry in entries),
        "problem": poll.parsed.problem if poll.parsed else poll.error,
    }


def _listed(file: Path) -> tuple[ListedFeed, ...]:
    try:
        listed = read_opml(file.read_bytes(), name=str(file))
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=str(file)) from error
    if not listed:
        raise ParseError("an OPML list without a feed", url=str(file))
    return listed


def _sorted(listed: Sequence[ListedFeed], watchlist: Watchlist) -> tuple[list[ListedFeed], int, list[tuple[str, str]]]:
    """Return the feeds to add, the number of those known, and (address, reason) of those refused."""
    held = {key for feed in (*watchlist.feeds, *watchlist.sitemaps) for key in _keys(feed.url)}
    fresh: list[ListedFeed] = []
    refused: list[tuple[str, str]] = []
    for feed in listed:
        if problem := url_problem(feed.url):
            refused.append((without_secrets(feed.url), problem))
        elif not held & _keys(feed.url):
            fresh.append(feed)
            held |= _keys(feed.url)
    return fresh, len(listed) - len(fresh) - len(refused), refused


def _keys(url: str) -> set[str]:
    """Return what makes *url* known: the key of its page, and what the watchlist takes for one address."""
    return {url_key(url), plain_url(url)}


def _add(path: Path, feeds: Sequence[ListedFeed]) -> None:
    """Add *feeds* to the file in one step: killed at any moment, it is the old one or the new one."""
    if not feeds:
        return
    held = path.read_bytes()
    mark = b"\xef\xbb\xbf" if held.startswith(b"\xef\xbb\xbf") else b""
    edited = mark + with_feeds(held.decode("utf-8-sig"), feeds, path=str(path)).encode()
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_bytes(edited)
        temporary.chmod(target.stat().st_mode & 0o777)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _titles(settings: Settings) -> dict[str, str]:
    from warehouse.connection import reader
    from warehouse.feeds import feed_titles

    with suppress(WarehouseError), reader(settings.home) as con:
        return feed_titles(con)
    return {}


def _as_listed(feed: WatchedFeed, title: str | None) -> ListedFeed:
    return ListedFeed(
        url=feed.url,
        title=title,
        source=feed.source if feed.source != registrable_domain(feed.url) else None,
        currency=feed.currency if feed.currency != currency_of(feed.source) else None,
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
