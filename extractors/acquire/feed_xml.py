"""
Read RSS, RDF or Atom through feedparser; the only caller of feedparser.

Called just so, for measured reasons: bytes are never handed over bare, because feedparser opens bytes that
look like a path as a file and text that looks like a URL on the network; sanitizing is off, because it is
quadratic on 240 kB of ``<!--`` (15 s) and 60 % of the time on honest feeds; so is resolving of links inside
texts.
"""

import re
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.sax import SAXException, SAXParseException

import feedparser
import feedparser.mixin

from extractors.acquire.feed_items import FeedDocument, FeedItem
from extractors.acquire.feed_text import as_utf8
from extractors.errors import ParseError

# feedparser joins the base address with itself at every tag, a quarter of its time on a feed of 20 entries (2026-11).
feedparser.mixin.make_safe_absolute_uri = lru_cache(maxsize=64)(feedparser.mixin.make_safe_absolute_uri)

#: What feedparser 6 is known to let through on hostile input.
_FAULTS = (
    SAXException,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    RecursionError,
    OverflowError,
    AssertionError,
)
_BARE_AMPERSAND = re.compile(
    rb"(<!\[CDATA\[.*?(?:\]\]>|$))|&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)", re.DOTALL
)
_UNDECLARED_PREFIX = re.compile(rb"(</?)rss:")
_END = re.compile(rb"(?i)</(?:[a-z0-9]+:)?(?:rss|feed|rdf|channel|entry)\s*>")
_ENTRY_END = re.compile(rb"(?i)</(?:[a-z0-9]+:)?(?:item|entry)\s*>")
_HTML = re.compile(rb"(?i)<(?:!doctype\s+html|html|head|body)\b")
_SITEMAP = re.compile(rb"<(?:urlset|sitemapindex)\b")
_LOOK_BYTES = 2000
_MOST_TTL_MINUTES = 7 * 24 * 60


def read_xml_feed(body: bytes, *, url: str, content_type: str | None) -> FeedDocument:
    """
    Read *body* as RSS 0.9x to 2.0, RDF, or Atom 0.3 or 1.0, broken ones included.

    Args:
        body: The feed as received, content encodings undone.
        url: Where it came from; relative links are resolved against it.
        content_type: The Content-Type header.

    Raises:
        ParseError: It is no feed; the message says what it is instead.
    """
    clean = as_utf8(body, content_type)
    parsed = _parsed(clean, url=url)
    mended = _mended(clean) if parsed.get("bozo") or not parsed.get("entries") else clean
    if mended != clean:
        parsed = _parsed(mended, url=url)
    entries = parsed.get("entries") or []
    version = parsed.get("version") or ""
    if not version and not entries:
        raise ParseError(_what_it_is(clean), url=url)
    is_cut = _END.search(clean[-_LOOK_BYTES:]) is None
    if is_cut:
        # The last entry of a document that was cut off may lack half its words.
        entries = entries[: len(_ENTRY_END.findall(clean))]
    head = parsed.get("feed") or {}
    return FeedDocument(
        kind=_kind(version),
        title=_field(head, "title"),
        language=_field(head, "language"),
        ttl_minutes=_ttl(_field(head, "ttl")),
        items=tuple(_item(entry, version=version) for entry in entries),
        problem="cut off before its end" if is_cut else _problem(parsed),
        is_cut=is_cut,
    )


def _parsed(body: bytes, *, url: str) -> dict[str, Any]:
    # Under the name utf-8 feedparser "repairs" texts that look encoded twice; a title that quotes mojibake
    # would change.
    headers = {"content-location": url, "content-type": "application/xml; charset=utf8"}
    try:
        found: dict[str, Any] = feedparser.parse(
            BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except _FAULTS as error:
        raise ParseError(f"feedparser broke on it ({type(error).__name__})", url=url) from error
    return found


def _mended(body: bytes) -> bytes:
    """Return *body* with the two faults undone that cost text or entries: bare ampersands, an undeclared prefix."""
    body = _BARE_AMPERSAND.sub(lambda match: match[1] or b"&amp;", body)
    if b"xmlns:rss" not in body[:_LOOK_BYTES]:
        body = _UNDECLARED_PREFIX.sub(rb"\1", body)
    return body


def _kind(version: str) -> str:
    if version.startswith("atom"):
        return "atom"
    return "rdf" if version in ("rss090", "rss10") else "rss"


def _what_it_is(body: bytes) -> str:
    """Say in words what a document is that is no feed."""
    start = body[:_LOOK_BYTES]
    if not body:
        return "an empty answer, not a feed"
    if _HTML.search(start):
        return "an HTML page, not a feed"
    if _SITEMAP.search(start):
        return "a sitemap, not a feed"
    return "not a feed"


def _problem(parsed: dict[str, Any]) -> str | None:
    error = parsed.get("bozo_exception") if parsed.get("bozo") else None
    if isinstance(error, SAXParseException):
        return f"not well-formed XML: {error.getMessage()} (line {error.getLineNumber()})"
    # The others speak of the header that we made up.
    return None


def _item(entry: dict[str, Any], *, version: str) -> FeedItem:
    detail = entry.get("title_detail") or {}
    contents = (content.get("value") for content in entry.get("content") or () if _is_text(content))
    return FeedItem(
        guid=_field(entry, "id"),
        link=_link(entry),
        title=_field(entry, "title"),
        # Only Atom says what a title is; for RSS feedparser guesses.
        is_title_html=not (version == "atom10" and detail.get("type") == "text/plain"),
        summary=_field(entry, "summary"),
        contents=tuple(content for content in contents if content),
        dates=tuple(_field(entry, name) for name in ("published", "updated", "created")),
        authors=_authors(entry),
    )


def _is_text(content: dict[str, Any]) -> bool:
    return (content.get("type") or "text/html").partition(";")[0] in (
        "text/html",
        "application/xhtml+xml",
        "text/plain",
    )


def _link(entry: dict[str, Any]) -> str | None:
    """Return the entry's own link: the main one, else an alternate, else a guid that is one."""
    candidates = [_field(entry, "link")]
    candidates += [_field(link, "href") for link in entry.get("links") or () if link.get("rel") == "alternate"]
    candidates.append(_field(entry, "id"))
    return next((link for link in candidates if link and link.lower().startswith(("http://", "https://"))), None)


def _authors(entry: dict[str, Any]) -> tuple[str, ...]:
    names = [_field(author, "name") for author in entry.get("authors") or () if isinstance(author, dict)]
    return tuple(name for name in [*names, _field(entry, "author")] if name)


def _field(holder: dict[str, Any], name: str) -> str | None:
    # dict.get: feedparser's own gives one field for another, with a warning.
    value = dict.get(holder, name)
    return value.strip() or None if isinstance(value, str) else None


def _ttl(said: str | None) -> int | None:
    if said is None or not said.isascii() or not said.isdigit():
        return None
    minutes = int(said[:9])
    return minutes if 0 < minutes <= _MOST_TTL_MINUTES else None
