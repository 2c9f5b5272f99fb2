"""
See through the links of aggregators to the page they stand for.

Some carry the address in a parameter, some in the page that answers; the rest name none, and say so in the ledger. An
address is never guessed, and no interface is called that the aggregator does not offer for it.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit

import lxml.html
from lxml import etree

from extractors.acquire.urls import host, is_http_url, registrable_domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregator:
    """Links that stand for a page of somebody else."""

    #: Host, without what stands before it.
    host: str
    #: Beginning of the path.
    path: str
    #: Parameters that carry the address, in the order of belief; none: only the page can tell.
    parameters: tuple[str, ...] = ()


#: Seen in feeds, 2026-11, unless a source is given.
AGGREGATORS = (
    # Google Alerts feeds: https://www.google.com/url?rct=j&sa=t&url=...&ct=ga
    Aggregator(host="google.com", path="/url", parameters=("url", "q")),
    # Opaque since July 2024: no redirect, nothing to decode (GNews#101, RSSHub#17412); older ones can be decoded.
    Aggregator(host="news.google.com", path="/rss/articles/"),
    Aggregator(host="news.google.com", path="/articles/"),
    Aggregator(host="news.google.com", path="/read/"),
    Aggregator(host="news.google.com", path="/news/url", parameters=("url",)),
    # Where Google asks Europeans first; the page behind it is the one above.
    Aggregator(host="consent.google.com", path="/"),
    # Bing News feeds: http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=...
    Aggregator(host="bing.com", path="/news/apiclick.aspx", parameters=("url",)),
    # Yahoo: https://r.search.yahoo.com/.../RU=https%3a%2f%2f.../RK=0 is a path, read apart; the others are parameters.
    Aggregator(host="r.search.yahoo.com", path="/"),
    # FeedBurner redirects where it still answers; what stays there names no page.
    Aggregator(host="feedproxy.google.com", path="/~r/"),
    Aggregator(host="feeds.feedburner.com", path="/~r/"),
    Aggregator(host="flipboard.com", path="/redirect", parameters=("url",)),
    Aggregator(host="flipboard.com", path="/article/"),
    Aggregator(host="flip.it", path="/"),
    Aggregator(host="l.facebook.com", path="/l.php", parameters=("u",)),
    Aggregator(host="out.reddit.com", path="/", parameters=("url",)),
    Aggregator(host="smartnews.com", path="/", parameters=("url",)),
    Aggregator(host="getpocket.com", path="/redirect", parameters=("url",)),
    Aggregator(host="apple.news", path="/"),
    Aggregator(host="newsbreak.com", path="/share/"),
)
_YAHOO = re.compile(r"/RU=([^/]+)/")
_GOOGLE_NEWS = re.compile(r"/(?:articles|read)/(CBM[\w-]+)")
_ADDRESS = re.compile(rb"https?://[!-~]{4,}?(?=[^!-~]|\xd2|$)")
_REFRESH = re.compile(r"(?i)^\s*\d+\s*[;,]\s*url\s*=\s*['\"]?([^'\">]+)")


def aggregator_of(url: str) -> Aggregator | None:
    """Return the aggregator whose link *url* is, None for any other address."""
    name, path = host(url), urlsplit(url).path
    found = (one for one in AGGREGATORS if name == one.host or name.endswith(f".{one.host}"))
    return next((one for one in found if path.startswith(one.path)), None)


def named_target(url: str) -> str | None:
    """
    Return the page that an aggregator's link itself names.

    Args:
        url: Any http(s) address.

    Returns:
        An http(s) address of another site; None where *url* is no aggregator's, or names none.
    """
    aggregator = aggregator_of(url)
    if aggregator is None:
        return None
    parts = urlsplit(url)
    fields = parse_qs(parts.query)
    said = [value for name in aggregator.parameters for value in fields.get(name, ())]
    if match := _YAHOO.search(parts.path):
        said += parse_qs(f"u={match[1]}").get("u", [])
    if match := _GOOGLE_NEWS.search(parts.path):
        said += _decoded(match[1])
    return next((one for one in said if _is_elsewhere(one, url)), None)


def shown_target(body: bytes, *, url: str) -> str | None:
    """
    Return the page that an aggregator's page stands for: its canonical address, or where it refreshes to.

    Args:
        body: The page.
        url: Where it came from, an aggregator's address.
    """
    try:
        tree = lxml.html.document_fromstring(body)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    refreshes = (_REFRESH.match(tag.get("content") or "") for tag in tree.iter("meta") if _is_refresh(tag))
    said = [match[1].strip() for match in refreshes if match]
    said += [
        tag.get("href") or "" for tag in tree.iter("link") if "canonical" in (tag.get("rel") or "").lower().split()
    ]
    targets = (urljoin(url, one) for one in said)
    return next((one for one in targets if _is_elsewhere(one, url)), None)


def _is_refresh(tag: etree._Element) -> bool:
    return (tag.get("http-equiv") or "").strip().lower() == "refresh"


def _is_elsewhere(target: str, url: str) -> bool:
    """Tell whether *target* is a page, and not one of the aggregator's own."""
    return (
        is_http_url(target)
        and registrable_domain(target) != registrable_domain(url)
        and urlsplit(target).path.strip("/") + urlsplit(target).query != ""
    )


def _decoded(token: str) -> list[str]:
    """Return the addresses in an old token of Google News: a record in base64 whose text is the address."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return []
    return [match[0].decode("ascii") for match in _ADDRESS.finditer(raw)]
