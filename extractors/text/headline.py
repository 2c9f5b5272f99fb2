"""Choose the headline among a page's claims, without the site's own name."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from extractors.acquire.urls import registrable_domain
from extractors.text.page import Page
from extractors.text.repair import drop_controls

_SITE_WORDS = 5
#: A part that holds the site's name is its name in full where so much of it is the name.
_NAME_SHARE = 0.4
_SHORT_NAME = 3
#: The link to the home page, which carries the site's name, is among the first of a page.
_FIRST_LINKS = 60
_NAME_CHARS = 60
#: More headings than this are not looked at: pages of reference list thousands.
_MOST_HEADINGS = 60
#: Two spellings of one headline share at least this part of the shorter one's words.
_SHARED_WORDS = 0.4
#: Letters of a part of a title that says enough in one word.
_LONG_PART = 12
#: Parts of a claim are looked for among headings up to this level.
_PART_LEVEL = 2
_MOST_PIECES = 5
_MARKS = r"|·•»«/\\–—―♥>│┃-"
_TITLE_SEPARATOR = re.compile(
    rf"\s+[{_MARKS}]+\s+|\s*[|｜│┃]\s*|\s+::\s+|_(?=[^_]{{2,20}}$)|(?<=[\u3000-\u9fff！？])-(?=[\u4e00-\u9fff]{{2,8}}$)"
)
#: Where a headline may be parted from its kicker; believed only where a heading of the page stands by the part.
_LOOSE_SEPARATOR = re.compile(rf"\s+[{_MARKS}]+\s+|\s*[|｜│┃]\s*|:\s+|\s+::\s+|:(?=\w)")
_BY_AUTHOR = re.compile(r"^(?:by|von|par|por|di|door)\s+\S+(?:\s+\S+){0,3}$", re.IGNORECASE)
_DAY = re.compile(r"^\d{1,2}[./-]\d{1,2}[./-]\d{4}$|^\d{4}-\d\d-\d\d$")
#: Names of sections that sites put between the headline and their own name.
_SECTION = re.compile(
    r"^(?:news|nachrichten|aktuell(?:es)?|blog|magazin|magazine|video|videos|artikel|article|noticias|actualités?|home|"
    r"startseite|presse|politik|politics|wirtschaft|business|kultur|culture|sport|sports|panorama|opinion|meinung)$",
    re.IGNORECASE,
)
_KICKER = re.compile(
    r"kicker|top-?line|over-?line|roof-?line|dachzeile|spitzmarke|eyebrow|prefix|over-?title|super-?title|pre-?title|"
    r"sur-?titre|antetitulo|occhiello|sub-?title|sr-only|visually-?hidden|invisible|screen-reader|\bdate|badge|label",
    re.IGNORECASE,
)
_KICKER_TAGS = frozenset({"small", "time"})
_LANGUAGE_ROOT = re.compile(r"^/[a-z]{2}(?:[-_][a-z]{2})?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of a page; made by ``read_headings``, taken by ``choose_title``."""

    text: str
    #: Its text with its kicker, and without what stands first, last, or in an element of its own.
    pieces: tuple[str, ...] = ()
    level: int = 1
    has_kicker: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteNames:
    """What a site calls itself; made by ``site_names``, taken by ``choose_title`` and ``without_site``."""

    #: Folded names, and the folded host.
    names: frozenset[str] = frozenset()
    host: str = ""


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


def site_names(page: Page, *, site: str | None, url: str) -> SiteNames:
    """
    Return what the site is called: by its claims, its address, and the words that lead to its home page.

    Args:
        page: The parsed page.
        site: The name that the page claims, if any.
        url: The address that answered.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    label = registrable_domain(url).split(".", 1)[0] if url else ""
    homes = (_link_words(link) for link in islice(page.tree.iter("a"), _FIRST_LINKS) if _leads_home(link, host))
    names = {fold(name) for name in (site or "", label, *homes)}
    return SiteNames(names=frozenset(names - {""}), host=fold(host))


def _leads_home(link: HtmlElement, host: str) -> bool:
    """Tell whether a link leads to the site's home page."""
    href = (link.get("href") or "").strip()
    if not href or href.startswith(("#", "?", "javascript")):
        return False
    if href == "/" or link.get("rel") == "home" or _LANGUAGE_ROOT.match(href.rstrip("/")):
        return True
    if host not in href:
        return False
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    return not parts.path.strip("/") and not parts.query and (parts.hostname or "").removeprefix("www.") == host


def _link_words(link: HtmlElement) -> str:
    """Return the words of a link, or those that stand for its picture; an empty string for a long text."""
    words = " ".join(link.text_content().split())
    return words if 0 < len(words) <= _NAME_CHARS else ""


def read_headings(page: Page, *, host: str) -> list[Heading]:
    """Return the headings of *page* in their order, without those that lead to the home page *host*."""
    found = []
    for element in islice(page.tree.iter("h1", "h2", "h3", "h4"), _MOST_HEADINGS):
        level = int(element.tag[1])
        text = _words(element.text_content())
        if not text or (level == 1 and any(_leads_home(link, host) for link in element.iter("a"))):
            continue
        if level > 1:
            found.append(Heading(text=text, level=level))
            continue
        title = _without_kicker(element)
        found.append(Heading(text=title or text, pieces=(text, *_pieces(element)), has_kicker=bool(title)))
    return found


def _words(text: str) -> str:
    """Return the text of an element on one line; entities that were escaped twice are undone."""
    return " ".join((html.unescape(text) if "&" in text else text).split())


def _without_kicker(element: HtmlElement) -> str | None:
    """Return the text of a heading without the elements in it that are marked as a kicker, None for no such."""
    parts: list[str] = []
    has_kicker = False
    inside: HtmlElement | None = None
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start" and inside is None:
            if node is not element and (node.tag in _KICKER_TAGS or _KICKER.search(node.get("class") or "")):
                inside, has_kicker = node, True
            else:
                parts.append(node.text or "")
        elif event == "end":
            inside = None if node is inside else inside
            if inside is None and node is not element:
                parts.append(node.tail or "")
    return _words(" ".join(parts)).strip(":-–—|· ") if has_kicker else None


def _pieces(element: HtmlElement) -> Iterator[str]:
    """Yield the parts of a heading that may be the headline without its kicker."""
    while len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip():
        element = element[0]
    if not len(element):
        return
    texts = [element.text or ""]
    for child in element:
        texts += [child.text_content(), child.tail or ""]
    texts = [text for raw in texts if (text := _words(raw))][:_MOST_PIECES]
    for number in range(1, len(texts)):
        yield " ".join(texts[number:])
        yield " ".join(texts[:-number])
    if len(texts) > 1:
        yield from texts


def choose_title(
    claims: list[tuple[str, str]],
    headings: Iterable[Heading],
    *,
    site: SiteNames,
    is_news: bool = False,
) -> str | None:
    """
    Return the headline: the heading that readers see, where a claim of the page's head says the same.

    Args:
        claims: (where, title) as the page's head claims it, most trusted first.
        headings: The page's headings.
        site: What the site is called.
        is_news: Whether JSON-LD calls it news: there a headline that og:title repeats is the newsroom's own. On other
            pages both are filled from one field that was written for search engines.

    Source:
        Half of the pages of three corpora (506 with a title, 2026-11): see docs/explanation/quality.md.
    """
    raw = [(where, text) for where, text in claims if where != "h1"]
    cleaned = [
        (where, text) for where, claim in raw if (text := without_site(claim, site)) and not _is_site(text, site)
    ]
    seen = [heading for heading in headings if not _is_site(heading.text, site)]
    tops = [heading for heading in seen if heading.level == 1]
    parts = [(where, part) for where, text in raw for part in _parts(text, site)]
    return (
        (_agreed(cleaned) if is_news else None)
        or _beside_kicker(raw, tops)
        or _repeated([*raw, *cleaned], tops)
        or _in_part(cleaned, tops)
        or _in_other_words(cleaned, tops)
        or _repeated(cleaned, seen)
        or _repeated(parts, [heading for heading in seen if heading.level <= _PART_LEVEL])
        or _unconfirmed(cleaned, tops)
    )


def _agreed(claims: list[tuple[str, str]]) -> str | None:
    """Return the headline of JSON-LD where og:title says the same."""
    first = dict(reversed(claims))
    published, shared = first.get("json-ld"), first.get("og:title")
    return published if published and shared and fold(published) == fold(shared) else None


def _beside_kicker(claims: list[tuple[str, str]], headings: list[Heading]) -> str | None:
    """Return a heading without its kicker, where a claim holds it and the most trusted claim is without it too."""
    published = {fold(text) for _where, text in claims[:1]}
    for heading in headings:
        if not heading.has_kicker or not _is_long(heading.text) or fold(heading.pieces[0]) in published:
            continue
        if any(fold(heading.text) in fold(text) for _where, text in claims):
            return heading.text
    return None


def _repeated(claims: list[tuple[str, str]], headings: list[Heading]) -> str | None:
    """Return the claim that a heading repeats, the highest heading first."""
    for level in sorted({heading.level for heading in headings}):
        texts = {fold(heading.text): heading.text for heading in reversed(headings) if heading.level == level}
        for _where, claim in claims:
            if heading := texts.get(fold(claim)):
                return _spelt(heading, claim)
    return None


def _spelt(heading: str, claim: str) -> str:
    """Return the heading in the spelling that has its spaces: elements may glue the words of a heading."""
    return claim if claim.count(" ") > heading.count(" ") or heading.isupper() else heading


def _in_part(claims: list[tuple[str, str]], headings: list[Heading]) -> str | None:
    """Return what a claim and a heading share where one is the other with a part before or after it."""
    texts = {fold(text): text for _where, text in claims}
    for heading in headings:
        for piece in (*heading.pieces, *_LOOSE_SEPARATOR.split(heading.text)):
            if len(fold(piece)) > _SHORT_NAME and (claim := texts.get(fold(piece))):
                return claim
    tops = {fold(heading.text): heading.text for heading in reversed(headings)}
    for where, claim in claims:
        for part in _LOOSE_SEPARATOR.split(claim):
            if (heading_text := tops.get(fold(part))) and _is_long(heading_text):
                # JSON-LD's headline with its kicker is the publisher's own title.
                return claim if where == "json-ld" else heading_text
    return None


def _is_long(text: str) -> bool:
    """Tell whether a part of a title says enough to be one."""
    return " " in text.strip() or len(text) >= _LONG_PART


def _in_other_words(claims: list[tuple[str, str]], headings: list[Heading]) -> str | None:
    """Return the heading that says with some other words what a claim says."""
    for heading in headings:
        if any(_share_words(heading.text, text) for _where, text in claims):
            return heading.text
    return None


def _share_words(one: str, other: str) -> bool:
    """Tell whether two titles have enough words of the shorter one in common, at least two."""
    mine, theirs = (set(re.findall(r"\w{3,}", text.lower())) for text in (one, other))
    common = len(mine & theirs)
    return common > 1 and common >= _SHARED_WORDS * min(len(mine), len(theirs))


def _parts(text: str, site: SiteNames) -> Iterator[str]:
    """Yield the parts of a claim between loose separators, its first part first."""
    parts = _LOOSE_SEPARATOR.split(text)
    if len(parts) > 1:
        yield from (part.strip() for part in parts if _is_long(part) and not _is_site(part, site))


def _unconfirmed(claims: list[tuple[str, str]], headings: list[Heading]) -> str | None:
    """Return the claim that is trusted most; a page that claims no more than its ``<title>`` may have a heading."""
    trusted = next((text for where, text in claims if where != "title"), None)
    if trusted:
        return trusted
    title = claims[0][1] if claims else None
    alone = headings[0].text if len({heading.text for heading in headings}) == 1 else None
    tail = [fold(part) for part in _TITLE_SEPARATOR.split(title or "")[1:]]
    if alone and _is_long(alone) and not any(part and part in fold(alone) for part in tail):
        return alone
    return title or (headings[0].text if headings else None)


def fold(text: str) -> str:
    """Return the letters and digits of *text* in lower case."""
    return re.sub(r"[\W_]+", "", text).lower()


def _is_site(text: str, site: SiteNames) -> bool:
    """Tell whether a title is nothing but the site's name."""
    name = fold(text)
    return name in site.names or name == site.host or (len(name) > _SHORT_NAME and site.host.startswith(name))


def without_author(title: str, authors: Iterable[str]) -> str:
    """Return *title* without the name of one of *authors* at its end."""
    parts = _TITLE_SEPARATOR.split(title)
    people = {fold(name) for name in authors}
    if len(parts) > 1 and fold(parts[-1]) in people:
        return title[: title.rindex(parts[-1])].rstrip(f" {_MARKS}")
    return title


def without_site(text: str, site: SiteNames) -> str:
    """
    Return *text* without the site's name at either end, nor a section or a "by Jane Doe" that stands before it.

    Args:
        text: A title.
        site: What the site is called.
    """
    parts = _TITLE_SEPARATOR.split(text)
    marks = _TITLE_SEPARATOR.findall(text)
    was_cut = False
    while len(parts) > 1 and (
        _names_site(parts[-1], site.names) or _BY_AUTHOR.match(parts[-1]) or (was_cut and _SECTION.match(parts[-1]))
    ):
        parts.pop()
        marks.pop()
        was_cut = True
    while len(parts) > 1 and (_names_site(parts[0], site.names) or _DAY.match(parts[0])):
        parts.pop(0)
        marks.pop(0)
    out = parts[0]
    for mark, part in zip(marks, parts[1:], strict=True):
        out += mark + part
    return out.strip()


def _names_site(part: str, names: frozenset[str]) -> bool:
    """Tell whether one end of a title names the site."""
    name = fold(part)
    if not name:
        return True
    if name in names:
        return True
    if len(part.split()) > _SITE_WORDS:
        return False
    return any(
        len(known) > _SHORT_NAME
        and ((known in name and len(known) >= _NAME_SHARE * len(name)) or (len(name) > _SHORT_NAME and name in known))
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
    """Return *raw* without markup and control characters, with entities undone, on one line."""
    text = html.unescape(raw) if "&" in raw else raw
    text = re.sub(r"<[^>]{1,200}>", " ", text) if "<" in text else text
    return " ".join(drop_controls(text).split())
