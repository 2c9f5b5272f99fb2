"""
Add feeds to the text of a watchlist.

The file belongs to a person: nothing of it is touched but the place where the new tables stand. The result is read
again and compared before it is given back, so that an edit never costs a feed, a comment or a topic.
"""

import re
from collections.abc import Sequence
from itertools import groupby

from extractors.acquire.opml import ListedFeed
from extractors.acquire.urls import registrable_domain
from extractors.errors import WatchlistError
from extractors.watchlist import currency_of, parse_watchlist

_FEEDS = re.compile(r"\s*\[\[\s*feeds\s*\]\]")
_ASSIGNMENT = re.compile(r"\s*[\w-]+\s*=")
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f]')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TITLE_CHARS = 60


def with_feeds(text: str, feeds: Sequence[ListedFeed], *, path: str) -> str:
    """
    Return the watchlist *text* with *feeds* after its last feed; every other line as it was.

    Args:
        text: A watchlist that can be read, in the file's own line ends.
        feeds: None of them in it yet. Feeds of one folder stand together under its name.
        path: Where the text came from, for messages.

    Raises:
        WatchlistError: *text* or the result cannot be read, or the file lists its feeds in a way that tables cannot
            be added to.
    """
    before = parse_watchlist(text, path=path)
    if not feeds:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    place = _place(lines)
    if place and not lines[place - 1].endswith(("\n", "\r")):
        lines[place - 1] += end
    edited = "".join([*lines[:place], feed_lines(feeds).replace("\n", end), *lines[place:]])
    after = parse_watchlist(edited, path=path)
    if after.feeds[: len(before.feeds)] != before.feeds or len(after.feeds) != len(before.feeds) + len(feeds):
        raise WatchlistError("feeds can be added only to [[feeds]] tables", path=path)
    return edited


def feed_lines(feeds: Sequence[ListedFeed], *, table: str = "feeds") -> str:
    """
    Return the lines that add *feeds* to a watchlist, each table after an empty line.

    Args:
        feeds: In the order they shall stand.
        table: ``feeds`` or ``sitemaps``.
    """
    text = ""
    for folders, group in groupby(feeds, key=lambda feed: feed.folders):
        name = " / ".join(filter(None, map(_plain, folders)))
        text += f"\n# --- {name}\n" if name else ""
        text += "".join(_table(feed, table) for feed in group)
    return text


def _place(lines: Sequence[str]) -> int:
    """Return the number of lines before the place for more feeds: the end of the last [[feeds]] table, or of all."""
    headers = [number for number, line in enumerate(lines) if _FEEDS.match(line)]
    if not headers:
        return len(lines)
    place = headers[-1] + 1
    while place < len(lines) and _ASSIGNMENT.match(lines[place]):
        place += 1
    return place


def _table(feed: ListedFeed, table: str) -> str:
    title = _plain(feed.title or "")[:_TITLE_CHARS].strip()
    url = _quoted(feed.url)
    lines = [f"[[{table}]]", f"url = {url}" + f"  # {title}" * bool(title and title != feed.url)]
    source = feed.source or registrable_domain(feed.url)
    if source != registrable_domain(feed.url):
        lines.append(f"source = {_quoted(source)}")
    if feed.currency and feed.currency != currency_of(source):
        lines.append(f"currency = {_quoted(feed.currency)}")
    return "\n" + "".join(f"{line}\n" for line in lines)


def _quoted(value: str) -> str:
    """Return *value* as a TOML string."""
    return '"' + _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", value) + '"'


def _plain(words: str) -> str:
    return _CONTROL.sub("", " ".join(words.split()))
