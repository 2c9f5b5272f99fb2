"""What a feed says of one entry, as the parsers hand it on; before dates, keys and ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """An entry as written; made by ``feed_xml`` or ``feed_json``, taken by ``feeds``."""

    guid: str | None = None
    #: Absolute, but not yet checked to be http(s).
    link: str | None = None
    title: str | None = None
    #: Whether the title may contain markup.
    is_title_html: bool = True
    #: HTML or text; both read as HTML.
    summary: str | None = None
    #: Full contents, if any, as HTML.
    contents: tuple[str, ...] = ()
    #: The best claim first.
    dates: tuple[str | None, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """A feed as written; made by ``feed_xml`` or ``feed_json``, taken by ``feeds``."""

    kind: str
    title: str | None = None
    language: str | None = None
    ttl_minutes: int | None = None
    items: tuple[FeedItem, ...] = ()
    problem: str | None = None
    #: The document ends before its end.
    is_cut: bool = False
