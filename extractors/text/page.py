"""
Parse a page once: its tree, its segments with their surroundings, its claims about itself.

A segment is a run of text between two block boundaries, in document order. Whatever extraction returns is looked up
among the segments, which know the containers it stood in.
"""

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from extractors.errors import ExtractError
from extractors.text.repair import parseable


def _tags(names: str) -> frozenset[str]:
    """Return the tags that *names* lists."""
    return frozenset(names.split())


# Text in these is never read by a person as part of the article.
_SKIPPED = _tags(
    "script style noscript template svg iframe object select option textarea input video audio canvas map math head"
)
_BLOCKS = _tags(
    "html body div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table tbody thead tfoot tr td th caption section article main "
    "aside header footer nav form fieldset legend figure figcaption blockquote pre address details summary dialog hr "
    "center menu hgroup search br"
)
_MAX_HINT_CHARS = 300
_HINT_ATTRIBUTES = (
    "id",
    "class",
    "role",
    "itemprop",
    "data-testid",
    "data-component",
    "aria-label",
    "data-gtm-element",
)

#: Kinds of container, by words in their ids, classes and roles. Order does not matter: a container may be several.
_KINDS: dict[str, re.Pattern[str]] = {
    "caption": re.compile(
        r"caption|credit|legende|bildunter|\bbu\b|photo-?(?:info|desc|text)|image-?(?:desc|text|info)|copyright"
    ),
    "byline": re.compile(
        r"byline|author|\bautor|dateline|timestamp|publish|pubdate|\bdate\b|article-?(?:info|meta)|"
        r"post-?meta|entry-?meta|auteur|redakt|contributor|journalist|reporter|writer"
    ),
    "related": re.compile(
        r"relat|recirc|recommend|more-?(?:on|from|stories|news)|read-?(?:more|also|next)|see-?also|"
        r"most-?(?:read|viewed|popular|recent)|trending|popular|teaser|promo|outbrain|taboola|"
        r"related|similar|latest|top-?(?:stories|news)|up-?next|linkbox|link-?list|internal-?link|"
        r"inline-?(?:link|story|article)|lire-?aussi|mehr-?zum|weiterlesen|verwandt|\bmore\b|"
        r"ranking|suggest|onward|liveblog-links|interlink|incrust"
    ),
    "newsletter": re.compile(
        r"newsletter|sign-?up|mailing|subscribe-?(?:form|box)|email-?(?:form|capture)|mc4wp|mailchimp"
    ),
    "subscription": re.compile(
        r"paywall|subscri|\babo\b|abo-|premium|piano|meter|regwall|member(?:ship)?-?(?:box|promo|"
        r"wall)|donat|support-?us|contribut(?:e|ion)"
    ),
    "consent": re.compile(
        r"cookie|consent|gdpr|onetrust|didomi|sourcepoint|opt-?in|embed-?(?:consent|placeholder|privacy)|privacy"
    ),
    "share": re.compile(r"share|sharing|social|follow-?us|addthis|toolbar|tool-?bar|actions?-?bar|bookmark|print"),
    "comment": re.compile(
        r"comment|kommentar|disqus|viafoura|\bvf-|\bvf3|coral|spot-?im|hyvor|commento|openweb|"
        r"livefyre|talk-stream|discussion|opinions?-list|reader-responses|leserbrief|respond"
    ),
    "tags": re.compile(r"\btags?\b|tag-?list|topics?-?(?:list|tags)|keyword|categor|breadcrumb|schlagw|rubrik"),
    "ad": re.compile(
        r"\bads?\b|\bad[-_]|[-_]ad\b|advert|sponsor|anzeige|werbung|publicit|commercial|affiliate|shopping|deal"
    ),
    "quote": re.compile(r"pull-?quote|blockquote|zitat|\bquote"),
    "aside": re.compile(
        r"sidebar|side-?bar|aside|infobox|info-?box|fact-?box|factbox|factbook|widget|\bbox\b|module|card|callout"
    ),
    "lede": re.compile(
        r"standfirst|\blead\b|lede|\blead-|-lead\b|\bintro|teaser-?text|article-?(?:intro|lead|"
        r"abstract|summary|description|excerpt)|subtitle|sub-?(?:head|title|line)|\bdek\b|deck|"
        r"chapo|bajada|entradilla|sommario|vorspann|preamble|ingress|kicker|summary|abstract|"
        r"excerpt|strapline"
    ),
    "body": re.compile(
        r"article-?(?:body|content|text|page|copy|main|__body|__content)|story-?(?:body|content|"
        r"text)|entry-?content|post-?(?:content|body|text)|articlebody|body-?(?:text|copy)|"
        r"rich-?text|main-?content|\bcontent\b|\btext\b|paragraph|prose|article_"
    ),
    "author_box": re.compile(
        r"author-?(?:bio|box|card|info|desc)|about-?(?:the-)?author|\bbio\b|biograph|contributor-?bio"
    ),
}
_CHAR_BITS = {name: 1 << number for number, name in enumerate(_KINDS)}
_TAG_KINDS = {
    "figure": "caption",
    "figcaption": "caption",
    "caption": "caption",
    "nav": "related",
    "form": "newsletter",
    "aside": "aside",
    "footer": "footer",
    "header": "header",
    "address": "byline",
    "time": "byline",
}


def flag(*names: str) -> int:
    """Return the bit mask of container kinds *names*."""
    return sum(_CHAR_BITS[name] for name in names)


_TAG_BITS = {tag: _CHAR_BITS.get(name, 0) for tag, name in _TAG_KINDS.items()}


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text of a page with what surrounded it; made by ``parse_page``, taken by ``article``."""

    text: str
    #: Tag of the nearest block.
    tag: str
    #: Tags of all ancestors, nearest last.
    path: tuple[str, ...]
    #: Container kinds of the two nearest elements, and of all ancestors: bit masks of ``flag``.
    near: int
    around: int
    #: Share of the characters that are link text, 0 to 1.
    link_density: float
    #: Number of the parent block, the same for siblings.
    parent: int


@dataclass(slots=True)
class Page:
    """A parsed page; made by ``parse_page``, taken by ``article`` and ``metadata``."""

    url: str
    #: The tree; belongs to the modules ``page``, ``metadata`` and ``article`` alone, and the last of them cuts it up.
    tree: HtmlElement
    markup: str
    language: str | None = None
    #: Contents of ``<meta>`` by lower-case name, property or itemprop.
    metas: dict[str, list[str]] = field(default_factory=dict)
    #: (rel, href) of the links in the page's head.
    links: list[tuple[str, str]] = field(default_factory=list)
    #: Every object of the page's JSON-LD, flattened.
    json_ld: list[dict[str, Any]] = field(default_factory=list)
    #: Text of ``<title>``, and of each ``<h1>``.
    head_title: str | None = None
    headings: list[str] = field(default_factory=list)
    #: (datetime or content attribute, text) of ``<time>`` and of elements that claim a publication date.
    times: list[tuple[str, str]] = field(default_factory=list)

    def meta(self, *names: str) -> str | None:
        """Return the first non-empty content of the first of *names* that the page has."""
        for name in names:
            for content in self.metas.get(name, ()):
                if content.strip():
                    return content.strip()
        return None


def parse_page(markup: str, *, url: str) -> Page:
    """
    Parse a decoded page.

    Args:
        markup: The page as decoded.
        url: Where it came from, for the message of an error.

    Raises:
        ExtractError: lxml could make no tree of it.
    """
    tree = _tree(parseable(markup), url=url)
    if tree is None:
        # Nothing but a comment or white space: a page without a word, not a broken one.
        tree = document_fromstring(b"<html/>", parser=_parser())
    page = Page(url=url, tree=tree, markup=markup, language=(tree.get("lang") or "").strip().lower() or None)
    _read_head(page)
    return page


def _parser() -> HTMLParser:
    """Return a parser for UTF-8 that drops comments and processing instructions."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    # lxml.html asks a function in Python for the class of every element that is touched, in copies of the tree too.
    parser.set_element_class_lookup(_ONE_CLASS)
    return parser


_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)


def _tree(data: bytes, *, url: str) -> HtmlElement | None:
    """Return the tree of *data*, None where there is nothing to make one of."""
    try:
        return document_fromstring(data, parser=_parser()) if data.strip() else None
    except etree.ParserError:
        return None
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ExtractError(f"no page could be parsed ({type(error).__name__})", url=url) from error


def _read_head(page: Page) -> None:
    """Fill in what the page claims about itself."""
    for element in page.tree.iter("meta", "link", "title", "h1", "time", "script"):
        _read_claim(page, element)
    # Most pages have it in JSON-LD alone, and to look for the word costs less than to look through the tree.
    dated = '//*[@itemprop="datePublished" or @itemprop="datepublished"]'
    for element in page.tree.xpath(dated) if "itemprop" in page.markup else ():
        stamp = element.get("content") or element.get("datetime") or ""
        if stamp and element.tag != "meta":
            page.times.insert(0, (stamp, ""))


def _read_claim(page: Page, element: HtmlElement) -> None:
    """Add one element's claim to *page*."""
    if element.tag == "meta":
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if name:
            page.metas.setdefault(name.strip().lower(), []).append(element.get("content") or "")
    elif element.tag == "link":
        page.links.append(((element.get("rel") or "").lower(), (element.get("href") or "").strip()))
    elif element.tag == "title":
        if page.head_title is None and not any(parent.tag == "svg" for parent in element.iterancestors()):
            page.head_title = _squeeze(element.text_content()) or None
    elif element.tag == "h1":
        heading = _squeeze(element.text_content())
        if heading:
            page.headings.append(heading)
    elif element.tag == "time":
        page.times.append((element.get("datetime") or "", _squeeze(element.text_content())))
    elif "ld+json" in (element.get("type") or ""):
        page.json_ld.extend(_flatten(_load_json(element.text or "")))


def _load_json(raw: str) -> object:
    """Return the value that *raw* holds, None where it is broken beyond the usual."""
    raw = raw.strip().removeprefix("<![CDATA[").removesuffix("]]>").strip().rstrip(";")
    for text in (raw, re.sub(r",\s*([}\]])", r"\1", re.sub(r"[\x00-\x1f]+", " ", raw))):
        try:
            value: object = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        return value
    return None


_MAX_NODES = 2000


def _flatten(value: object) -> list[dict[str, Any]]:
    """Return every object inside *value*, outermost first; the posts of a live blog are its text, not its claims."""
    found: list[dict[str, Any]] = []
    queue = [value]
    while queue and len(found) < _MAX_NODES:
        item = queue.pop(0)
        if isinstance(item, dict):
            found.append(item)
            queue.extend(
                child for name, child in item.items() if isinstance(child, dict | list) and name != "liveBlogUpdate"
            )
        elif isinstance(item, list):
            queue.extend(item)
    return found


def _squeeze(text: str) -> str:
    """Return *text* with runs of white space as single spaces."""
    return " ".join(text.split())


@lru_cache(maxsize=32_768)
def _bits(word: str) -> int:
    """Return the container kinds that one word of an element's hints names; no pattern reaches over a space."""
    return sum(_CHAR_BITS[name] for name, pattern in _KINDS.items() if pattern.search(word))


@lru_cache(maxsize=8_192)
def _hinted(hints: str) -> int:
    """Return the container kinds that an element's hints name."""
    bits = 0
    for word in hints.lower()[:_MAX_HINT_CHARS].split():
        bits |= _bits(word)
    return bits


def _own_bits(element: HtmlElement, tag: str) -> int:
    """Return the container kinds that *element* itself names."""
    bits = _TAG_BITS.get(tag, 0)
    attributes = dict(element.items())
    if attributes:
        bits |= _hinted(
            " ".join([attributes[name][:_MAX_HINT_CHARS] for name in _HINT_ATTRIBUTES if name in attributes])
        )
    return bits


@dataclass(slots=True)
class _Walk:
    """The state of a walk: open blocks, and the run of text being gathered."""

    segments: list[Segment] = field(default_factory=list)
    #: (path, own bits, bits of all ancestors, number) of each open element that counts.
    stack: list[tuple[tuple[str, ...], int, int, int]] = field(default_factory=lambda: [(("",), 0, 0, 0)])
    parts: list[str] = field(default_factory=list)
    link_chars: int = 0
    link_depth: int = 0
    counter: int = 0
    #: The element whose inside is being passed over.
    skipped: HtmlElement | None = None

    def add(self, text: str | None) -> None:
        """Add *text* to the run; no run begins with white space."""
        if text and (self.parts or not text.isspace()):
            self.parts.append(text)
            if self.link_depth:
                self.link_chars += len(text.strip())

    def enter(self, tag: str, own: int) -> None:
        """Open a block."""
        self.flush()
        self.counter += 1
        path, _own, around, _number = self.stack[-1]
        self.stack.append(((*path, tag), own, around | own, self.counter))

    def leave(self) -> None:
        """Close a block."""
        self.flush()
        self.stack.pop()

    def flush(self) -> None:
        """End the run; it becomes a segment unless it is blank."""
        if self.parts:
            text = _squeeze("".join(self.parts))
            if text:
                self._keep(text)
            self.parts.clear()
        self.link_chars = 0

    def _keep(self, text: str) -> None:
        path, own, around, _number = self.stack[-1]
        parent = self.stack[-2] if len(self.stack) > 1 else self.stack[-1]
        self.segments.append(
            Segment(
                text=text,
                tag=path[-1],
                path=path,
                near=own | parent[1],
                around=around,
                link_density=min(1.0, self.link_chars / len(text)),
                parent=parent[3],
            )
        )


def segments(tree: HtmlElement) -> list[Segment]:
    """Return the segments of *tree* in document order."""
    walk = _Walk()
    context = etree.iterwalk(tree, events=("start", "end"))
    for event, element in context:
        tag = element.tag
        if event == "end":
            if element is walk.skipped:
                walk.skipped = None
            elif tag in _BLOCKS:
                walk.leave()
            elif tag == "a":
                walk.link_depth = max(0, walk.link_depth - 1)
            walk.add(element.tail)
        elif tag in _SKIPPED or _is_hidden(element):
            context.skip_subtree()
            walk.skipped = element
            walk.add(" ")
        elif isinstance(tag, str):
            if tag in _BLOCKS:
                walk.enter(tag, _own_bits(element, tag) if tag not in {"html", "body"} else 0)
            elif tag == "a":
                walk.link_depth += 1
            walk.add(element.text)
    walk.flush()
    return walk.segments


def _is_hidden(element: HtmlElement) -> bool:
    """Tell whether a browser would not show *element*."""
    style = element.get("style")
    return style is not None and "display:none" in style.replace(" ", "").lower()
