"""Read and write lists of feeds as OPML, the form in which feed readers exchange them."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from extractors.acquire.urls import is_http_url
from extractors.errors import ParseError


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """One feed of an OPML list."""

    url: str
    title: str | None = None
    #: Names of the folders it stands in, the outermost first.
    folders: tuple[str, ...] = ()


def read_opml(body: bytes, *, name: str) -> tuple[ListedFeed, ...]:
    """
    Read the feeds of an OPML document, each address once.

    Args:
        body: The document; broken XML is read as far as it goes.
        name: Its path or address, named in errors.

    Returns:
        The feeds in order. Outlines without an http(s) ``xmlUrl`` are folders or links, not feeds.

    Raises:
        ParseError: It is no OPML.

    Source:
        http://opml.org/spec2.opml
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, remove_comments=True)
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise ParseError("not an OPML list", url=name) from error
    if root is None or _tag(root) != "opml":
        raise ParseError("not an OPML list", url=name)
    feeds: dict[str, ListedFeed] = {}
    for outline in root.iter("{*}outline", "outline", "{*}Outline"):
        url = _attribute(outline, "xmlurl")
        if url and is_http_url(url):
            folders = tuple(_title(parent) or "" for parent in outline.iterancestors() if _tag(parent) == "outline")
            listed = ListedFeed(url=url, title=_title(outline), folders=folders[::-1])
            feeds.setdefault(url, listed)
    return tuple(feeds.values())


def write_opml(feeds: Iterable[ListedFeed], *, title: str) -> bytes:
    """
    Return *feeds* as an OPML 2.0 document in UTF-8.

    Args:
        feeds: In the order they shall stand; folders are left out.
        title: Of the list.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for feed in feeds:
        text = feed.title or feed.url
        etree.SubElement(body, "outline", type="rss", text=text, title=text, xmlUrl=feed.url)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _tag(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _attribute(element: etree._Element, name: str) -> str | None:
    """Return an attribute whatever its case; exporters write ``xmlUrl``, ``xmlurl`` and ``XMLURL``."""
    found = next((str(value) for key, value in element.attrib.items() if str(key).lower() == name), "")
    return found.strip() or None


def _title(element: etree._Element) -> str | None:
    return _attribute(element, "title") or _attribute(element, "text")
