"""Choose the authors among a page's claims."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from extractors.text.byline import find_bylines
from extractors.text.headline import SiteNames, fold, plain_line
from extractors.text.names import is_person, names_in
from extractors.text.page import Page

_METAS = tuple(
    re.findall(
        r"\S+",
        "author article:author article:author_name byl parsely-author sailthru.author dc.creator dcterms.creator "
        "citation_author og:article:author article.author cxenseparse:author twitter:data1 "
        "shareaholic:article_author_name vr:author articleauthor authors dc.contributor",
    )
)
#: Names of metas that give "Doe, Jane", a line a person.
_LAST_FIRST = frozenset({"citation_author", "dc.creator", "dcterms.creator"})
_BY_LABEL = re.compile(
    r"\b(?:by|von|par|por|door|av)\b|verfasst|autor|author|auteur|skrevet|scritto|escrito", re.IGNORECASE
)
#: An author of JSON-LD is nested no deeper than this.
_MAX_DEPTH = 4
_FULL_NAME_WORDS = 4


def read_authors(
    page: Page, nodes: list[dict[str, Any]], *, site: SiteNames, title: str | None
) -> tuple[tuple[str, ...], str | None]:
    """
    Return the names of the authors in the page's order, and where they were found.

    The first witness that names anybody but the site is believed: JSON-LD, the metas, the byline. A publisher that
    names itself alone is taken at its word.

    Args:
        page: The parsed page.
        nodes: Its JSON-LD objects of an article type.
        site: What the site is called.
        title: The headline, below which the byline stands.
    """
    weak: tuple[tuple[str, ...], str | None] = ((), None)
    handles: tuple[tuple[str, ...], str | None] = ((), None)
    for where, names in _claims(page, nodes, title=title):
        people = tuple(name for name in names if not _is_site(name, site))
        if where == "organisation" or not people:
            weak = weak if weak[0] else (names, where)
        elif any(" " in name or is_person(name) for name in people):
            if not handles[0] or _spells_out(people, handles[0]):
                return people, where
        else:
            handles = handles if handles[0] else (people, where)
    return handles if handles[0] and (handles[1] != "byline" or not weak[0]) else weak


def _spells_out(people: tuple[str, ...], handles: tuple[str, ...]) -> bool:
    """Tell whether *people* are the full names of *handles*: "Jane Doe" for "jane" or "jane.doe"."""
    full = [_plain(name) for name in people]
    return all(any(_plain(handle) in name for name in full) for handle in handles)


def _plain(name: str) -> str:
    """Return the letters of *name* without accents."""
    return fold("".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char)))


def _claims(page: Page, nodes: list[dict[str, Any]], *, title: str | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (where, names) of each witness, most trusted first."""
    known = {str(node["@id"]): node for node in page.json_ld if "@id" in node and "name" in node}
    organisations: list[tuple[str, ...]] = []
    for node in [*nodes, *(node for node in page.json_ld if "WebPage" in str(node.get("@type")))]:
        values = list(_values(node.get("author") or node.get("creator"), known))
        people = names_in(name for name, is_organisation in values if not is_organisation)
        if people:
            yield "json-ld", people
        elif values:
            organisations.append(names_in(name for name, _organisation in values))
    for meta in _metas(page):
        names = names_in(_meta_lines(page, meta))
        if names:
            yield "meta", names
    for names in find_bylines(page, title=title):
        yield "byline", names
    for names in organisations:
        yield "organisation", names


def _values(value: object, known: dict[str, dict[str, Any]], depth: int = 0) -> Iterator[tuple[str, bool]]:
    """Yield (name, whether it is an organisation's) of each author of a JSON-LD object."""
    if isinstance(value, str):
        yield plain_line(value), False
    elif isinstance(value, list) and depth < _MAX_DEPTH:
        for item in value:
            yield from _values(item, known, depth + 1)
    elif isinstance(value, dict) and depth < _MAX_DEPTH:
        node = value if value.get("name") else known.get(str(value.get("@id")), {})
        for name, _is_organisation in _values(node.get("name") or [], {}, depth + 1):
            yield name, "Organization" in str(node.get("@type"))


def _metas(page: Page) -> Iterable[str]:
    """Return the names of the page's metas that name an author, in the order of trust."""
    return [name for name in _METAS if name in page.metas] + [
        name for name in page.metas if name.endswith("author") and name not in _METAS
    ]


def _meta_lines(page: Page, meta: str) -> list[str]:
    """Return the contents of a meta that names authors."""
    if meta == "twitter:data1":
        label = page.meta("twitter:label1") or ""
        if not _BY_LABEL.search(label):
            return []
    lines = [plain_line(raw) for raw in page.metas.get(meta, ())]
    return [_first_last(line) for line in lines] if meta in _LAST_FIRST else lines


def _first_last(line: str) -> str:
    """Return "Jane Doe" for "Doe, Jane"."""
    last, comma, first = line.partition(", ")
    return f"{first} {last}" if comma and "," not in first and len(line.split()) <= _FULL_NAME_WORDS else line


def _is_site(name: str, site: SiteNames) -> bool:
    """Tell whether a name is the site's own."""
    folded = fold(name)
    return folded in site.names or folded == site.host
