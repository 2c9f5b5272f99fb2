"""Read and write lists of feeds as OPML, the form in which feed readers exchange them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from extractors.errors import ParseError

#: Apple's scheme: feed://host/path, or feed: before a whole address.
_FEED_SCHEME = re.compile(r"^feed:(?://(?!/)|(https?://))", re.IGNORECASE)
_NAMESPACE = "urn:newsdesk:opml"
_SOURCE, _CURRENCY = f"{{{_NAMESPACE}}}source", f"{{{_NAMESPACE}}}currency"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """One feed of an OPML list."""

    url: str
    title: str | None = None
    #: Names of the folders it stands in, the outermost first.
    folders: tuple[str, ...] = ()
    #: Publisher and currency, where the list was written by newsdesk and they are not the usual ones.
    source: str | None = None
    currency: str | None = None


def read_opml(body: bytes, *, name: str) -> tuple[ListedFeed, ...]:
    """
    Read the feeds of an OPML document, each address once.

    Args:
        body: The document; broken XML is read as far as it goes.
        name: Its path or address, named in errors.

    Returns:
        The feeds in order, their addresses as written, but for the scheme ``feed:``; whether they can be polled is not
        looked at. Outlines without ``xmlUrl`` are folders or links, not feeds.

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
        if url:
            url = _FEED_SCHEME.sub(lambda match: match[1] or "http://", url)
            folders = tuple(_title(parent) or "" for parent in outline.iterancestors() if _tag(parent) == "outline")
            listed = ListedFeed(
                url=url,
                title=_title(outline),
                folders=folders[::-1],
                source=_attribute(outline, _SOURCE.lower()),
                currency=_attribute(outline, _CURRENCY.lower()),
            )
            feeds.setdefault(url, listed)
    return tuple(feeds.values())


def write_opml(feeds: Iterable[ListedFeed], *, title: str) -> bytes:
    """
    Return *feeds* as an OPML 2.0 document in UTF-8, which ``read_opml`` reads back as they are, folders left out.

    Args:
        feeds: In the order they shall stand. Source and currency become attributes in a namespace of their own, which
            OPML 2.0 allows and other readers pass over.
        title: Of the list.
    """
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"newsdesk": _NAMESPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for feed in feeds:
        text = feed.title or feed.url
        own = {_SOURCE: feed.source, _CURRENCY: feed.currency}
        kept = {name: value for name, value in own.items() if value}
        etree.SubElement(body, "outline", {"type": "rss", "text": text, "title": text, "xmlUrl": feed.url} | kept)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _tag(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _attribute(element: etree._Element, name: str) -> str | None:
    """Return an attribute whatever its case; exporters write ``xmlUrl``, ``xmlurl`` and ``XMLURL``."""
    found = next((str(value) for key, value in element.attrib.items() if str(key).lower() == name), "")
    return found.strip() or None


def _title(element: etree._Element) -> str | None:
    return _attribute(element, "title") or _attribute(element, "text")
