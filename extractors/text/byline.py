"""Find the byline in a page: the elements and lines that name the authors."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from extractors.text.headline import fold
from extractors.text.names import is_person, is_role, names_in
from extractors.text.page import Page

#: Elements inside a byline that hold a name and nothing else.
_NAMED = ".//a[@rel='author'] | .//*[@itemprop='name'] | .//*[contains(concat(' ',@class,' '),' fn ')]"
_MARKED = re.compile(
    r"author|byline|\bautor|[-_]autor|auteur|vcard|writer|written-?by|poster\b|posted-?by|journalist|contributor|"
    r"submitted|verfasser|redakteur|reporter|user-?name",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"/(?:authors?|autor\w*|auteurs?|profil\w*|people|person\w*|staff|journalist\w*|contributors?|team)/\w",
    re.IGNORECASE,
)
#: Containers whose authors are not the article's, and descriptions of an author.
_ELSEWHERE = re.compile(
    r"comment|kommentar|respond|widget|sidebar|related|recommend|teaser|recirc|trending|popular|latest|footer|"
    r"\bnav|menu|\bcards?\b|more-|read-next|caption|credit|embed|tweet|forum-?post|signature|copyright|newsletter",
    re.IGNORECASE,
)
#: Footers of the article itself, where blogs name the author.
_OWN_FOOTER = re.compile(r"(?:entry|post|article)-footer|(?:no|has|with|without)-(?:sidebar|comments?)", re.IGNORECASE)
_DESCRIPTION = re.compile(
    r"\bbio\b|author-?(?:bio|desc)|social|about|follow|count|date|time|role|(?:^|\s)title(?:\s|$)|job-?title",
    re.IGNORECASE,
)
_ELSEWHERE_TAGS = frozenset({"aside", "footer", "nav", "figure", "figcaption", "blockquote", "form", "label"})
_FRAMES = frozenset({"html", "body", "article", "main", "form", "input", "link", "script", "style", "img"})
_SKIPPED_TAGS = frozenset(
    {"time", "script", "style", "svg", "img", "button", "noscript", "figure", "template", "select"}
)
_LINE = re.compile(
    r"^(?:by|(?:posted|written|published|eingestellt|veröffentlicht|geschrieben|verfasst)\b.{0,20}\b(?:by|von)|"
    r"(?:ein\w*\s+)?(?:gastbeitrag|beitrag|kolumne|kommentar|analyse|interview|text)\s+von|von|par|por|di|door|av|af|"
    r"text|texte|texto|autor(?:in|en)?|author|auteur|автор|作者|記者|记者|责任编辑)(?![\w-])\s*[:：]?\s*\S",
    re.IGNORECASE,
)
_POSTED = re.compile(
    r"^(?:posted|written|published|eingestellt|veröffentlicht|geschrieben|verfasst)\b.{0,20}\b(?:by|von)\b",
    re.IGNORECASE,
)
_LEADS = frozenset(("by", "von", "par", "por", "di", "door", "av", "af", "posted by", "written by", "author", "autor"))
_LINE_TAGS = ("p", "span", "div", "address", "em", "strong", "b", "i", "li", "h2", "h3", "h4", "h5", "h6", "small")
_MAX_LINE_CHARS = 90
_MAX_BYLINE_CHARS = 200
#: So many elements after the headline are looked at for a line that begins with "By".
_LINES_SEEN = 250
_CLIMB = 3
_MOST_BYLINES = 12
#: Bounds for pages that nest or repeat without end.
_MOST_MARKED = 300
_MOST_INSIDE = 20
_MOST_NODES = 60
_MOST_ANCESTORS = 40
#: A name in elements of its own for each word has no more words than this.
_SPLIT_WORDS = 3
_HANDLE_WORDS = 3
_MOST_HEADINGS = 60


def find_bylines(page: Page, *, title: str | None) -> Iterator[tuple[str, ...]]:
    """
    Yield the names of each byline of *page*, the likeliest first; none where it has none.

    Args:
        page: The parsed page.
        title: Its headline; a byline below it is believed before one above.
    """
    heading = find_heading(page, title)
    frame = set(heading.iterancestors()) if heading is not None else set()
    marked = [element for element in islice(_marked(page), _MOST_MARKED) if not _is_elsewhere(element, frame)]
    for element in islice(_in_order(marked, heading, page), _MOST_BYLINES):
        names = _read(element, marked)
        if names:
            yield names
    names = _spoken(heading, frame)
    if names:
        yield names


def find_heading(page: Page, title: str | None) -> HtmlElement | None:
    """Return the element of the headline *title*, the first ``<h1>`` where no heading has it; None without one."""
    wanted = fold(title or "")
    headings = islice(page.tree.iter("h1", "h2", "h3", "h4"), _MOST_HEADINGS)
    found = [element for element in headings if wanted and wanted in fold(element.text_content())]
    return found[0] if found else next(page.tree.iter("h1"), None)


def _marked(page: Page) -> Iterator[HtmlElement]:
    """Yield the elements that call themselves a byline, or lead to a person's page."""
    body = page.tree.find("body")
    for element in (page.tree if body is None else body).iter():
        tag = element.tag
        if tag in _FRAMES or not isinstance(tag, str):
            continue
        if tag == "address" or any(
            (value := element.get(name)) and _names_author(value)
            for name in ("class", "itemprop", "rel", "id", "data-testid", "data-component")
        ):
            if not _is_description(element.get("class") or ""):
                yield element
        elif tag == "a" and _PROFILE.search(element.get("href") or ""):
            text = " ".join(element.text_content().split())
            if " " in text and is_person(text):
                yield element


@lru_cache(maxsize=8192)
def _names_author(value: str) -> bool:
    """Tell whether the value of an attribute names an author."""
    return _MARKED.search(value) is not None


@lru_cache(maxsize=8192)
def _is_description(classes: str) -> bool:
    """Tell whether an element holds what is said about an author, not the name."""
    return _DESCRIPTION.search(classes) is not None


def _is_elsewhere(element: HtmlElement, frame: set[HtmlElement]) -> bool:
    """Tell whether *element* stands among comments or teasers: what holds the headline too (*frame*) is neither."""
    for parent in (element, *islice(element.iterancestors(), _MOST_ANCESTORS)):
        if parent in frame or parent.tag in {"body", "html"}:
            return False
        if parent.tag in _ELSEWHERE_TAGS and parent is not element:
            # An article may have a footer of its own with its byline.
            if parent.tag == "footer" and any(above.tag == "article" for above in parent.iterancestors()):
                continue
            return True
        own = f"{parent.get('class') or ''} {parent.get('id') or ''}"
        if own != " " and _ELSEWHERE.search(_OWN_FOOTER.sub("", own)) and parent.tag != "article":
            return True
    return False


def _in_order(marked: list[HtmlElement], heading: HtmlElement | None, page: Page) -> Iterator[HtmlElement]:
    """Yield the marked elements, those below the headline first, then those above it from below."""
    if heading is None or not marked:
        yield from marked
        return
    wanted = set(marked)
    below: list[HtmlElement] = []
    above: list[HtmlElement] = []
    side = above
    for element in page.tree.iter():
        if element is heading:
            side = below
        elif element in wanted:
            side.append(element)
    yield from below
    yield from reversed(above)


def _read(element: HtmlElement, marked: list[HtmlElement]) -> tuple[str, ...]:
    """Return the names in *element*, and in its neighbours of the same byline."""
    container = element
    for parent in islice(element.iterancestors(), _CLIMB):
        if len(parent.text_content()) > _MAX_BYLINE_CHARS or parent.tag in {"body", "article", "main"}:
            break
        container = parent
    inside = [other for other in marked if other is element or _holds(container, other)][:_MOST_INSIDE]
    lines: list[str] = []
    for other in inside:
        if not any(_holds(other, inner) and _lines(inner) for inner in inside if inner is not other):
            lines.extend(_lines(other))
    names = names_in(lines)
    people = tuple(name for name in names if is_person(name))
    return people or tuple(
        name for name in names if len(name.split()) <= _HANDLE_WORDS and not name.endswith(("?", "!"))
    )


def _holds(outer: HtmlElement, inner: HtmlElement) -> bool:
    """Tell whether *inner* is inside *outer*."""
    return any(parent is outer for parent in islice(inner.iterancestors(), 12))


def _lines(element: HtmlElement) -> list[str]:
    """Return the lines of a byline that may be names; none where the element holds a text."""
    texts = list(islice(_texts(element), _MOST_NODES + 1))
    pieces = [piece for raw in texts if (piece := " ".join(raw.split()))]
    whole = " ".join(pieces)
    if len(texts) > _MOST_NODES or len(whole) > _MAX_BYLINE_CHARS:
        return []
    stated = [child.get("content") or "" for child in element.iter("meta") if child.get("itemprop") == "name"]
    named = [" ".join(inner.text_content().split()) for inner in element.xpath(_NAMED)]
    for names in (stated, named):
        if any(names) and all(len(name) <= _MAX_LINE_CHARS for name in names):
            return list(dict.fromkeys(filter(None, names)))
    if len(whole.split()) <= _SPLIT_WORDS and all(len(piece.split()) == 1 for piece in pieces):
        return [whole]
    return _joined(pieces)


def _joined(pieces: list[str]) -> list[str]:
    """Return the pieces of a byline without roles, "By" put before what it leads to."""
    kept: list[str] = []
    lead = ""
    for piece in pieces:
        if piece.lower().rstrip(":") in _LEADS:
            lead = "By "
            continue
        if is_role(piece) and not _LINE.match(piece):
            continue
        kept.append(lead + piece)
        lead = ""
    led = [piece for piece in kept if _LINE.match(piece)]
    return led or kept


def _texts(element: HtmlElement) -> Iterator[str]:
    """Yield each run of text in *element* on its own."""
    context = etree.iterwalk(element, events=("start", "end"))
    for event, node in context:
        if event == "start":
            if node is not element and (node.tag in _SKIPPED_TAGS or (_DESCRIPTION.search(node.get("class") or ""))):
                context.skip_subtree()
                continue
            yield node.text or ""
        elif node is not element:
            yield node.tail or ""


def _spoken(heading: HtmlElement | None, frame: set[HtmlElement]) -> tuple[str, ...]:
    """Return the names in a line below the headline that begins with "By" or its like."""
    node = heading
    seen = 0
    while node is not None and node.tag not in {"body", "html"} and seen < _LINES_SEEN:
        for sibling in node.itersiblings():
            for element in sibling.iter(*_LINE_TAGS):
                seen += 1
                names = _led_names(element)
                if names and not _is_elsewhere(element, frame):
                    return names
                if seen >= _LINES_SEEN:
                    return ()
        node = node.getparent()
    return ()


def _led_names(element: HtmlElement) -> tuple[str, ...]:
    """Return the people named by a short element that begins with "By"."""
    own = (element.text or "").strip()
    if not own or len(own) > _MAX_LINE_CHARS or not _LINE.match(own + " x"):
        return ()
    line = " ".join(element.text_content().split())
    if len(line) > _MAX_LINE_CHARS:
        return ()
    names = names_in([line])
    if _POSTED.match(own):
        return names[:1]
    return tuple(name for name in names if is_person(name))
