"""Choose the headline among a page's claims, without the site's own name."""

import html
import operator
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from extractors.acquire.urls import registrable_domain
from extractors.text.page import Page

_SITE_WORDS = 5
_SHORT_TITLE = 3
_TITLE_SEPARATOR = re.compile(r"\s+[|·•»«/\\–—―-]+\s+|\s*[|｜]\s*|\s+::\s+|_(?=[^_]{2,20}$)")


def title_candidates(page: Page, nodes: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield (where, title) of each claim, most trusted first."""
    for node in nodes:
        text = one_line(node.get("headline"))
        if text:
            yield "json-ld", text
    for name in ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "title"):
        found = page.meta(name)
        if found:
            yield name, plain_line(found)
    for heading in page.headings[:3]:
        yield "h1", heading
    if page.head_title:
        yield "title", page.head_title


def choose_title(candidates: list[tuple[str, str]], *, site: str | None, url: str) -> str | None:
    """Return the headline: what the page's two best claims agree on, else the heading that a claim confirms."""
    cleaned = [(where, without_site(text, site, url)) for where, text in candidates]
    cleaned = [(where, text) for where, text in cleaned if text and not _is_site(text, site, url)]
    first: dict[str, str] = {}
    for where, text in cleaned:
        first.setdefault(where, text)
    published, shared = first.get("json-ld"), first.get("og:title")
    if published and shared and fold(published) == fold(shared):
        return published
    claims = [fold(text) for where, text in cleaned if where != "h1"]
    headings = [text for where, text in cleaned if where == "h1"]
    for agrees in (operator.eq, _agree):
        for text in headings:
            if any(agrees(fold(text), claim) for claim in claims):
                return text
    return published or shared or (cleaned[0][1] if cleaned else None)


def fold(text: str) -> str:
    """Return the letters and digits of *text* in lower case."""
    return re.sub(r"\W+", "", text).lower()


def _agree(one: str, other: str) -> bool:
    """Tell whether two folded titles are one, or one the other's end."""
    return bool(one) and (one == other or (len(one) > 15 and (other in one or one in other)))  # noqa: PLR2004


def _is_site(text: str, site: str | None, url: str) -> bool:
    """Tell whether a title is nothing but the site's name."""
    name = fold(text)
    host = fold((urlsplit(url).hostname or "").removeprefix("www."))
    return name in {fold(site or ""), host} or (len(name) > _SHORT_TITLE and host.startswith(name))


def without_site(text: str, site: str | None, url: str) -> str:
    """Return *text* without the site's name at either end."""
    label = fold(registrable_domain(url).split(".", 1)[0]) if url else ""
    names = {fold(site or ""), label} - {""}
    parts = _TITLE_SEPARATOR.split(text)
    marks = _TITLE_SEPARATOR.findall(text)
    while len(parts) > 1 and _names_site(parts[-1], names):
        parts.pop()
        marks.pop()
    while len(parts) > 1 and _names_site(parts[0], names):
        parts.pop(0)
        marks.pop(0)
    out = parts[0]
    for mark, part in zip(marks, parts[1:], strict=True):
        out += mark + part
    return out.strip()


def _names_site(part: str, names: set[str]) -> bool:
    """Tell whether one end of a title names the site."""
    name = fold(part)
    if not name:
        return True
    return any(
        name == known
        or (
            len(known) > _SHORT_TITLE
            and (known in name or (len(name) > _SHORT_TITLE and name in known))
            and len(part.split()) <= _SITE_WORDS
        )
        for known in names
    )


def one_line(value: object) -> str:
    """Return *value* as one line of text, an empty string where it is none."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    return plain_line(value) if isinstance(value, str) else ""


def plain_line(raw: str) -> str:
    """Return *raw* without markup and with entities undone, on one line."""
    text = html.unescape(raw) if "&" in raw else raw
    text = re.sub(r"<[^>]{1,200}>", " ", text) if "<" in text else text
    return " ".join(text.split())
