"""
Read sitemaps: news sitemaps, plain ones, indexes of them.

A news sitemap lists what a site published in the last two days, up to 1,000 pages: more than most feeds hold,
so it fills the gap after an overrun and serves publishers without a feed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from urllib.parse import urljoin

from lxml import etree

from extractors.acquire.feed_dates import DateReader
from extractors.acquire.urls import is_http_url
from extractors.errors import ParseError

#: https://www.sitemaps.org/protocol.html allows 50,000; a news sitemap has at most 1,000.
MOST_PAGES = 50_000
_NEWS_ONLY = ("title", "publication_date", "name", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapPage:
    """A page, or another sitemap, that a sitemap lists."""

    url: str
    #: Only a news sitemap has one.
    title: str | None = None
    #: Publisher's claim in UTC; only a news sitemap has one.
    published_at: datetime | None = None
    published_raw: str | None = None
    #: Last change in UTC, None where absent or not believable.
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """A sitemap as read."""

    #: The pages are sitemaps themselves, to be read in turn.
    is_index: bool
    pages: tuple[SitemapPage, ...]
    #: It ends before its end, or is broken; what stood before was read.
    is_cut: bool = False


def parse_sitemap(body: bytes, *, url: str, now: datetime) -> Sitemap:
    """
    Read a sitemap or an index of sitemaps.

    Args:
        body: The document, unpacked.
        url: Where it came from; relative addresses are resolved against it.
        now: Aware UTC; dates more than 24 hours ahead are not believed.

    Returns:
        At most ``MOST_PAGES`` pages, in the order of the document.

    Raises:
        ParseError: It is no sitemap.

    Source:
        https://www.sitemaps.org/protocol.html;
        https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    dates = DateReader(now=now)
    pages: list[SitemapPage] = []
    root, is_cut = "", False
    try:
        for name, fields in _blocks(body):
            root = root or ("sitemapindex" if name == "sitemap" else "urlset")
            page = _page(fields, url=url, dates=dates)
            if page is not None and len(pages) < MOST_PAGES:
                pages.append(page)
    except etree.XMLSyntaxError as error:
        if not pages:
            raise ParseError("not a sitemap", url=url) from error
        is_cut = True
    if not root and not any(mark in body[:2000] for mark in (b"<urlset", b"<sitemapindex")):
        raise ParseError("not a sitemap", url=url)
    return Sitemap(is_index=root == "sitemapindex", pages=tuple(pages), is_cut=is_cut)


def _blocks(body: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (``url`` or ``sitemap``, its fields by local name) of each block."""
    events = etree.iterparse(
        BytesIO(body.lstrip()), events=("end",), resolve_entities=False, no_network=True, load_dtd=False
    )
    for _, element in events:
        if not isinstance(element.tag, str):
            continue
        name = element.tag.rpartition("}")[2]
        if name in ("url", "sitemap"):
            yield name, _fields(element)
            element.clear()


def _fields(element: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in element.iter():
        if isinstance(child.tag, str) and child.text and child.text.strip():
            namespace, _, name = child.tag.rpartition("}")
            # Images and videos of a page have titles and addresses of their own.
            if "news" in namespace or (child.getparent() is element and name not in _NEWS_ONLY):
                found.setdefault(name, child.text.strip())
    return found


def _page(fields: dict[str, str], *, url: str, dates: DateReader) -> SitemapPage | None:
    link = fields.get("loc", "")
    if not link.startswith(("https://", "http://")):
        # A quarter of the time of a large sitemap, for the few that break the rule of whole addresses.
        try:
            link = urljoin(url, link)
        except ValueError:
            return None
    if "loc" not in fields or not is_http_url(link):
        return None
    published_at, published_raw = dates.read(fields.get("publication_date"))
    return SitemapPage(
        url=link,
        title=" ".join(fields.get("title", "").split()) or None,
        published_at=published_at,
        published_raw=published_raw,
        modified_at=dates.read(fields.get("lastmod"))[0],
    )
