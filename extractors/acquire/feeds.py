"""Read a feed document: who said what, when, under which stable id."""

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import lxml.html
from lxml.etree import LxmlError, strip_elements

from extractors.acquire.aggregators import named_target
from extractors.acquire.feed_dates import DateReader
from extractors.acquire.feed_items import FeedDocument, FeedItem
from extractors.acquire.feed_json import read_json_feed
from extractors.acquire.feed_keys import entry_keys
from extractors.acquire.feed_xml import read_xml_feed
from extractors.acquire.urls import distinct_keys, is_http_url
from extractors.errors import ParseError
from extractors.identity import entry_id
from extractors.model import ParsedEntry, ParsedFeed

#: A feed with more entries is an archive; Media Cloud draws the same line.
MOST_ENTRIES = 2000
#: Code points of plain text from which a content is the article and not a teaser: in 116 of 200 measured
#: feeds the median full text is longer, no teaser is.
FULL_CONTENT_CHARS = 1500
_SUMMARY_CHARS = 2000
_TITLE_CHARS = 1000
_AUTHOR_CHARS = 200
#: Enough markup to hold the plain text that is asked for; a description of 200 kB is not read for 2,000
#: characters.
_MARKUP_CHARS = 20_000
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_BLOCK = re.compile(r"(?i)<(?=/?(?:p|div|br|li|h[1-6]|t[rdh]|[uo]l|blockquote|figure|figcaption|section|article)\b)")
_UNSEEN = ("script", "style", "noscript", "template", "iframe", "object", "svg")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MAILBOX = re.compile(r"[^\s@]+@\S+\s*\((?P<name>.+)\)|(?P<before>.+?)\s*<[^\s@]+@[^>]+>")


def parse_feed(body: bytes, *, url: str, content_type: str | None, feed_id: str, now: datetime) -> ParsedFeed:
    """
    Read a feed document.

    Args:
        body: As received, content encodings undone.
        url: Where it came from after redirects; relative links are resolved against it.
        content_type: The Content-Type header; a hint about the charset, never about the kind.
        feed_id: The feed's id; ids of entries are derived from it.
        now: Aware UTC; dates more than 24 hours ahead of it are not believed.

    Returns:
        At most ``MOST_ENTRIES`` entries, the newest, in the order of the document; no two with the same id.
        ``problem`` says why it could be read only in part.

    Raises:
        ParseError: It is no feed. Broken XML that still has entries is one (62 of 75 measured broken feeds
            do).
    """
    found = _document(body, url=url, content_type=content_type)
    dates = DateReader(now=now, language=found.language)
    dated = [(item, *dates.read(*item.dates)) for item in found.items]
    problem = found.problem
    if len(dated) > MOST_ENTRIES:
        problem = problem or f"only the newest {MOST_ENTRIES:,} of {len(dated):,} entries were read"
        dated = _newest(dated)
    items = [item for item, _, _ in dated]
    links = [_link(item) for item in items]
    keys = distinct_keys(links)
    named = entry_keys(items, links=links, keys=keys)
    entries: dict[str, ParsedEntry] = {}
    for (item, published_at, published_raw), link, key, known_by in zip(dated, links, keys, named, strict=True):
        one = entry_id(feed_id, known_by.name)
        if one not in entries:
            entry = _entry(item, entry_id=one, published_at=published_at, published_raw=published_raw)
            entries[one] = replace(
                entry, url=link.strip(), url_key=key, guid_key=known_by.guid_key, link_key=known_by.link_key
            )
    return ParsedFeed(
        kind=found.kind,
        title=plain_text((found.title or "")[:_MARKUP_CHARS])[:_TITLE_CHARS] or None,
        entries=tuple(entries.values()),
        ttl_minutes=found.ttl_minutes,
        problem=problem,
        is_cut=found.is_cut,
    )


def plain_text(markup: str) -> str:
    """
    Return the words of a piece of HTML on one line.

    Args:
        markup: HTML or plain text; ``a < b`` is not taken for a tag. Scripts and the like say nothing.
    """
    text = _CONTROL.sub("", markup)
    if _TAG.search(text):
        try:
            tree = lxml.html.fromstring(f"<div>{_BLOCK.sub(' <', text)}</div>")
            strip_elements(tree, *_UNSEEN, with_tail=False)
            text = str(tree.xpath("string()"))
        except (LxmlError, ValueError, AssertionError):
            text = html.unescape(_TAG.sub(" ", text))
    else:
        text = html.unescape(text)
    return " ".join(text.split())


def _document(body: bytes, *, url: str, content_type: str | None) -> FeedDocument:
    is_json = "json" in (content_type or "").lower() or body.lstrip()[:1] == b"{"
    found = read_json_feed(body, url=url) if is_json else None
    if found is None and is_json and body.lstrip()[:1] in (b"{", b"["):
        raise ParseError("JSON, but not a feed", url=url)
    return found or read_xml_feed(body, url=url, content_type=content_type)


def _link(item: FeedItem) -> str:
    """Return the address of an entry's page, empty where it has none; of an aggregator's link the page it names."""
    if not item.link or not is_http_url(item.link):
        return ""
    return named_target(item.link.strip()) or item.link


def _newest(
    dated: Sequence[tuple[FeedItem, datetime | None, str | None]],
) -> list[tuple[FeedItem, datetime | None, str | None]]:
    """Return the newest ``MOST_ENTRIES`` in their order; where dates are absent, feeds begin with the newest."""
    order = sorted(range(len(dated)), key=lambda place: dated[place][1] or _LONG_AGO, reverse=True)
    return [dated[place] for place in sorted(order[:MOST_ENTRIES])]


def _entry(item: FeedItem, *, entry_id: str, published_at: datetime | None, published_raw: str | None) -> ParsedEntry:
    """Return the entry that *item* is, its address left out."""
    written = (item.title or "")[:_MARKUP_CHARS]
    title = plain_text(written) if item.is_title_html else " ".join(written.split())
    content = max(item.contents, key=len, default="")
    is_full = len(plain_text(content[:_MARKUP_CHARS])) > FULL_CONTENT_CHARS
    return ParsedEntry(
        entry_id=entry_id,
        url="",
        url_key="",
        guid=item.guid,
        title=_CONTROL.sub("", title)[:_TITLE_CHARS] or None,
        published_at=published_at,
        published_raw=published_raw,
        summary=plain_text((item.summary or "")[:_MARKUP_CHARS])[:_SUMMARY_CHARS] or None,
        content_html=_CONTROL.sub("", content) if is_full else None,
        authors=_authors(item.authors),
    )


def _authors(written: Sequence[str]) -> tuple[str, ...]:
    """Return names without mailboxes (``jane@desk.example (Jane Doe)``), each once."""
    names: dict[str, None] = {}
    for one in written:
        shown = one.strip()[:_AUTHOR_CHARS]
        match = _MAILBOX.fullmatch(shown)
        name = plain_text((match["name"] or match["before"]) if match else shown)
        if name:
            names[name] = None
    return tuple(names)
