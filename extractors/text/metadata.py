"""
Read what a page says about its article: headline, authors, dates, canonical address, paywall.

Publishers' claims differ, so each field has an order of trust and says where its value came from. Impossible dates are
refused, the site's own name is no part of a title, and a home page is nobody's canonical address.
"""

import re
import warnings
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from extractors.acquire.urls import registrable_domain
from extractors.model import Hints
from extractors.text.authors import read_authors
from extractors.text.byline import find_heading
from extractors.text.dateline import read_dateline
from extractors.text.headline import (
    SiteNames,
    choose_title,
    one_line,
    read_headings,
    site_names,
    title_candidates,
    without_author,
    without_site,
)
from extractors.text.instants import believable, puts_month_first, read_instant, url_instant
from extractors.text.page import Page


def _listed(names: str) -> tuple[str, ...]:
    """Return the names that *names* lists."""
    return tuple(names.split())


_ARTICLE = re.compile(r"Article|BlogPosting|Report|LiveBlogPosting|Review$|AnalysisNews|OpinionPiece")
_DATE_METAS = _listed(
    "article:published_time og:article:published_time og:published_time parsely-pub-date sailthru.date "
    "datepublished article.published publishdate cxenseparse:recs:publishtime cxenseparse:publishtime pubdate "
    "publish-date publish_date publication_date publicationdate article_date_original dc.date.issued "
    "dcterms.created dcterms.date dc.date.created dc.date dcterms.issued citation_publication_date "
    "citation_date rnews:datepublished date article:post_date publisheddate last-published created "
    "displaydate originalpublicationdate ptime vr:published_time release_date "
    "shareaholic:article_published_time "
)
_MODIFIED_METAS = _listed(
    "article:modified_time og:updated_time og:article:modified_time datemodified dcterms.modified "
    "dc.date.modified lastmod last-modified "
)
_LOCKED_TIERS = frozenset({"locked", "premium", "metered", "paid", "subscriber", "subscribers"})


#: A longer "title" is a page whose title tag was never closed.
_MAX_TITLE_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says about its article; made by ``read_metadata``, taken by ``reading``."""

    title: str | None = None
    #: Every spelling of the headline that the page shows: where one stands above the text again it is a repeat.
    titles: tuple[str, ...] = ()
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    #: Which witness named the authors: ``json-ld``, ``meta``, ``byline``, ``organisation``; None for none or the feed.
    authors_from: str | None = None
    published_at: datetime | None = None
    published_at_from: str | None = None
    modified_at: datetime | None = None
    canonical_url: str = ""
    is_paywalled: bool = False
    site_name: str | None = None
    #: Whether the page calls itself an article.
    is_article: bool = False
    #: The types of its JSON-LD objects, e.g. ``NewsArticle``.
    types: tuple[str, ...] = ()
    #: Each value that was found, believed or not: (field, where from, value).
    candidates: tuple[tuple[str, str, str], ...] = ()


def read_metadata(page: Page, *, final_url: str, hints: Hints, now: datetime) -> Metadata:
    """
    Return what *page* says about its article.

    Args:
        page: The parsed page.
        final_url: The address that answered.
        hints: What the feed said; used where the page says nothing, its date before guesses from the page's text.
        now: Aware UTC; dates more than 24 hours after it are refused.
    """
    nodes = [node for node in page.json_ld if _is_article(node)]
    site = _site_name(page, nodes)
    titles = [claim for claim in title_candidates(page, nodes) if len(claim[1]) <= _MAX_TITLE_CHARS]
    names = site_names(page, site=site, url=final_url)
    headings = read_headings(page, host=_host(final_url))
    is_news = any("News" in name for name in _types(nodes[:1]))
    title = choose_title(titles, headings, site=names, is_news=is_news)
    authors, authors_from = read_authors(page, nodes, site=names, title=title)
    title = without_author(title, authors) if title else hints.title
    authors = authors or hints.authors
    dates = list(_date_candidates(page, nodes, title=title, final_url=final_url, hints=hints, now=now))
    published, published_from = _first_date(page, dates, final_url=final_url, now=now)
    modified = next((found for raw in _modified_claims(page, nodes) if (found := read_instant(raw, now=now))), None)
    return Metadata(
        title=title,
        titles=_spellings(titles, title, hints.title, site=names),
        standfirst=_standfirst(page, nodes),
        authors=authors,
        authors_from=authors_from,
        published_at=published,
        published_at_from=published_from,
        modified_at=modified,
        canonical_url=_canonical(page, final_url),
        is_paywalled=_is_paywalled(page, nodes),
        site_name=site,
        types=_types(page.json_ld),
        is_article=bool(nodes) or (page.meta("og:type") or "").lower() == "article",
        candidates=tuple(
            [("title", where, text) for where, text in titles]
            + [
                ("published_at", where, f"{raw} -> {found.isoformat() if found else 'refused'}")
                for where, raw, found in dates
            ]
        ),
    )


def _host(url: str) -> str:
    """Return the host of *url* without ``www.``."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _spellings(titles: list[tuple[str, str]], *chosen: str | None, site: SiteNames) -> tuple[str, ...]:
    """Return each spelling of the headline once, with and without the site's name."""
    short = (without_site(text, site) for _where, text in titles)
    return tuple(dict.fromkeys(filter(None, (*chosen, *short, *(text for _where, text in titles)))))


def _is_article(node: dict[str, Any]) -> bool:
    """Tell whether a JSON-LD object is of an article type."""
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and _ARTICLE.search(name) for name in names)


def _types(nodes: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the names of the types of *nodes*, each once."""
    names: dict[str, None] = {}
    for node in nodes:
        kinds = node.get("@type")
        names.update((str(kind), None) for kind in (kinds if isinstance(kinds, list) else [kinds]))
    return tuple(names)


def _site_name(page: Page, nodes: list[dict[str, Any]]) -> str | None:
    """Return what the site calls itself."""
    publisher = next((name for node in nodes if (name := one_line(node.get("publisher")))), None)
    return page.meta("og:site_name", "application-name", "apple-mobile-web-app-title") or publisher


def _standfirst(page: Page, nodes: list[dict[str, Any]]) -> str | None:
    """Return the summary that the page gives for sharing, None where it is only a stub."""
    claims = [
        *(node.get("description") for node in nodes),
        page.meta("og:description"),
        page.meta("description"),
        page.meta("twitter:description"),
    ]
    for claim in claims:
        text = one_line(claim)
        if len(text.split()) >= 5 or len(text) > 40:  # noqa: PLR2004
            return text
    return None


# --- dates ---------------------------------------------------------------------------------------------------------


def _date_candidates(
    page: Page, nodes: list[dict[str, Any]], *, title: str | None, final_url: str, hints: Hints, now: datetime
) -> Iterator[tuple[str, str, datetime | None]]:
    """Yield (where, claim, instant or None) of each cheap claim, most trusted first."""
    month_first = puts_month_first(page.language, final_url)
    claims = list(_declared_dates(page, nodes, hints=hints, month_first=month_first, now=now))
    yield from claims
    is_dated = any(instant is not None for _where, _raw, instant in claims)
    heading = None if is_dated else find_heading(page, title)
    beside = None if heading is None else read_dateline(heading, month_first=month_first, now=now)
    yield from _shown_dates(page, beside, final_url=final_url, month_first=month_first, now=now)


def _shown_dates(
    page: Page, beside: tuple[str, str, datetime] | None, *, final_url: str, month_first: bool, now: datetime
) -> Iterator[tuple[str, str, datetime]]:
    """Yield the days that readers see, one *beside* the headline first, unless the address says another day."""
    day = url_instant(final_url, now=now)
    times = [
        ("time", stamp or text, instant)
        for stamp, text in page.times[:3]
        if (instant := read_instant(stamp or text, now=now, month_first=month_first)) is not None
    ]
    # A <time> says a day to the second, but the first ones of a page may be a ticker's.
    shown = sorted([*times, beside], key=lambda claim: claim[2].date() != beside[2].date()) if beside else times
    yield from (claim for claim in shown if day is None or claim[2].date() == day.date())
    if day is not None:
        yield "url", final_url, day


def _declared_dates(
    page: Page, nodes: list[dict[str, Any]], *, hints: Hints, month_first: bool, now: datetime
) -> Iterator[tuple[str, str, datetime | None]]:
    """Yield what JSON-LD, the head of the page and the feed claim."""
    for node in nodes or page.json_ld:
        for name in ("datePublished", "dateCreated", "uploadDate"):
            raw = one_line(node.get(name))
            if raw:
                yield "json-ld", raw, read_instant(raw, now=now)
    for name in _DATE_METAS:
        raw = page.meta(name) or ""
        if raw:
            yield "meta", raw, read_instant(raw, now=now, month_first=month_first)
    if hints.published_at is not None:
        yield "feed", hints.published_at.isoformat(), believable(hints.published_at, now=now)


def _first_date(
    page: Page, candidates: list[tuple[str, str, datetime | None]], *, final_url: str, now: datetime
) -> tuple[datetime | None, str | None]:
    """Return the first believable claim; htmldate searches the page only where there is none."""
    for where, _raw, found in candidates:
        if found is not None:
            return found, where
    found = _searched(page, final_url, now)
    return (found, "htmldate") if found is not None else (None, None)


def _searched(page: Page, url: str, now: datetime) -> datetime | None:
    """Return the day that htmldate finds in markup and text."""
    latest = now.strftime("%Y-%m-%d")
    # The extensive search tries to parse every date-like string, which takes seconds on some pages: it comes last.
    for extensive in (False, True):
        day = _find_day(copy(page.tree), url=url, latest=latest, extensive=extensive)
        if day:
            return read_instant(day, now=now)
    return None


def _find_day(tree: HtmlElement, *, url: str, latest: str, extensive: bool) -> str | None:
    """Return htmldate's answer; what it does not understand on the way is no news to anybody."""
    from htmldate import find_date

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = find_date(tree, original_date=True, extensive_search=extensive, url=url or None, max_date=latest)
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return None
    return str(found) if found else None


def _modified_claims(page: Page, nodes: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the claims of the last change."""
    for node in nodes:
        raw = one_line(node.get("dateModified"))
        if raw:
            yield raw
    for name in _MODIFIED_METAS:
        raw = page.meta(name) or ""
        if raw:
            yield raw


# --- address and paywall -------------------------------------------------------------------------------------------


def _canonical(page: Page, final_url: str) -> str:
    """
    Return the publisher's canonical address where it can be believed, else *final_url*.

    It must be on the same registrable domain and no home page. Measured on 181 pages (2026-11): rel=canonical on 163,
    og:url on 171, equal on 157 of the 160 that have both.
    """
    links = [href for rel, href in page.links if "canonical" in rel.split() and href]
    claims = [*(links if len(set(links)) == 1 else []), page.meta("og:url") or ""]
    for claim in claims:
        url = _absolute(claim, final_url)
        if url and _is_same_site(url, final_url) and urlsplit(url).path.strip("/"):
            return url
    return final_url


def _absolute(claim: str, base: str) -> str:
    """Return *claim* as an absolute http(s) address, an empty string where it is none."""
    if not claim.strip():
        return ""
    try:
        url = urljoin(base, claim.strip())
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""


def _is_same_site(one: str, other: str) -> bool:
    """Tell whether two addresses belong to one registrable domain; a local file believes what its page says."""
    return urlsplit(other).scheme not in {"http", "https"} or registrable_domain(one) == registrable_domain(other)


def _is_paywalled(page: Page, nodes: list[dict[str, Any]]) -> bool:
    """Tell whether the page says that its article is not free."""
    claims = [node.get("isAccessibleForFree") for node in nodes]
    if any(str(claim).lower() == "false" for claim in claims if claim is not None):
        return True
    return (page.meta("article:content_tier", "content_tier") or "").lower() in _LOCKED_TIERS
