"""Find the feeds that a page speaks of."""

import re
from urllib.parse import urljoin

import lxml.html
from lxml import etree

from extractors.acquire.urls import is_http_url, registrable_domain, url_key

_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
#: Feeds of what readers say are not feeds of articles.
_COMMENTS = re.compile(r"(?i)comment|kommentar|coment|réponse|responses")
_LOOKS_LIKE_FEED = re.compile(r"(?i)(?:^|[/._?=&-])(?:feeds?|rss2?|atom|rdf)(?:$|[/._?=&-])|\.xml$")
#: Where the common systems keep theirs: WordPress, Ghost, Jekyll, Drupal, Hugo, micro.blog.
_USUAL_PLACES = ("/feed/", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json")
_MOST_CANDIDATES = 30


def feed_candidates(body: bytes, *, url: str, with_usual_places: bool = True) -> tuple[str, ...]:
    """
    Return the addresses where a site may keep its feeds, the likeliest first; each has to be tried.

    Args:
        body: A page of the site, best its home page.
        url: Where the page came from; relative links are resolved against it.
        with_usual_places: Name the usual places too, which is guessing.

    Returns:
        What the page declares (``<link rel="alternate">`` or ``rel="feed"``), then links on the same site
        that look like feeds, then the usual places. No feeds of comments; each address once.

    Source:
        https://www.rssboard.org/rss-autodiscovery; the usual places are those of the widespread publishing
        systems.
    """
    tree = _tree(body)
    declared = _declared(tree) if tree is not None else []
    linked = _linked(tree, url=url) if tree is not None else []
    base = tree.find(".//base") if tree is not None else None
    start = _joined(url, base.get("href") or "") if base is not None else url
    found: dict[str, str] = {}
    for link in (
        *(_joined(start, href) for href in (*declared, *linked)),
        *(_joined(url, path) for path in _USUAL_PLACES if with_usual_places),
    ):
        if is_http_url(link):
            found.setdefault(url_key(link), link)
    found.pop(url_key(url), None)
    return tuple(found.values())[:_MOST_CANDIDATES]


def _tree(body: bytes) -> etree._Element | None:
    try:
        return lxml.html.document_fromstring(body)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _declared(tree: etree._Element) -> list[str]:
    """Return the links that the head of a page gives as feeds."""
    found = []
    for link in tree.iter("link"):
        rel = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").lower().partition(";")[0].strip()
        is_feed = "feed" in rel or ("alternate" in rel and kind in _TYPES)
        href = (link.get("href") or "").strip()
        if is_feed and href and not _COMMENTS.search(f"{link.get('title') or ''} {href}"):
            found.append(href)
    return found


def _linked(tree: etree._Element, *, url: str) -> list[str]:
    """Return the links of the page that look like feeds of the same publisher."""
    found = []
    for link in tree.iter("a"):
        href = (link.get("href") or "").strip()
        target = _joined(url, href)
        is_feed = _LOOKS_LIKE_FEED.search(href) and not _COMMENTS.search(href) and is_http_url(target)
        if is_feed and registrable_domain(target) == registrable_domain(url):
            found.append(href)
    return found


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""
