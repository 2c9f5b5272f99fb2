"""Read lists of addresses: plain text, one a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from extractors.acquire.urls import distinct_keys, is_http_url, registrable_domain, without_secrets
from extractors.identity import entry_id, feed_id
from extractors.model import PendingEntry, WatchedFeed

_SHOWN_CHARS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedUrls:
    """The addresses of a list."""

    #: Each once, in order.
    urls: tuple[str, ...]
    #: One line for each line that is no address: the list's name, the number of the line, what is wrong.
    problems: tuple[str, ...] = ()


def read_url_list(body: bytes, *, name: str) -> ListedUrls:
    """
    Read a list of addresses.

    Args:
        body: Text, UTF-8 (bytes that are not are replaced). Blank lines and lines that begin with ``#`` say nothing;
            what follows an address after white space is a remark.
        name: The list's path, named in problems.
    """
    urls: dict[str, None] = {}
    problems = []
    for number, line in enumerate(body.decode("utf-8-sig", "replace").splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        problem = _problem(words[0])
        if problem is None:
            urls[words[0]] = None
        else:
            problems.append(f"{name}, line {number}: {problem}")
    return ListedUrls(urls=tuple(urls), problems=tuple(problems))


def list_feed(uri: str, *, source: str) -> WatchedFeed:
    """
    Return the pseudo-feed, of kind ``list``, that stands for the list at *uri* in the ledger.

    Args:
        uri: The list's own address, such as ``file:///lists/urls.txt``.
        source: What stands as its publisher; each address has its own.
    """
    return WatchedFeed(feed_id=feed_id(uri), url=uri, source=source, kind="list")


def entries_of_list(feed: WatchedFeed, urls: Sequence[str], *, now: datetime) -> tuple[PendingEntry, ...]:
    """
    Return the entries of a list, ready for ``warehouse.entries.add_entries``; the same list gives the same entries.

    Args:
        feed: See ``list_feed``.
        urls: See ``read_url_list``.
        now: Aware UTC, when the list was read.
    """
    return tuple(
        PendingEntry(
            entry_id=entry_id(feed.feed_id, key),
            feed_id=feed.feed_id,
            url=url,
            url_key=key,
            source=registrable_domain(url),
            first_seen_at=now,
        )
        for url, key in zip(urls, distinct_keys(urls), strict=True)
    )


def _problem(word: str) -> str | None:
    """Return why *word* is no address that can be fetched, None where it is one."""
    if not is_http_url(word):
        return f"{without_secrets(word)[:_SHOWN_CHARS]!r} is no address that begins with https:// or http://"
    if "@" in urlsplit(word).netloc:
        return "a user name or password must not stand in a list"
    return None
