"""
Documents of feeds that are wrong in themselves, and what a poll of each must come to.

The faults of servers stand in ``faults.py``; these are answers that arrive well.
"""

import json
from dataclasses import dataclass

from faults import FEED, Answer

RUSSIAN_TITLE = "Совет порта собрался во вторник, чтобы обсудить стоимость новой набережной"
_RUSSIAN = FEED.replace(b"First", RUSSIAN_TITLE.encode()).replace(b"One", (RUSSIAN_TITLE * 3).encode()).decode()
_SECRET = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
_LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10 if number else b"ha") for number in range(10)
)
#: A feed is read up to 10,000,000 bytes.
_PADDING = b"<!--" + b"x" * 9_990_000 + b"-->"
MANY = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFault:
    """A document and the end of its poll."""

    #: In words, for the table of the docs.
    what: str
    answer: Answer
    status: str = "working"
    entry_count: int = 2
    #: Stands in the error; "": there is none.
    error: str = ""


def rss(*items: str, head: str = "") -> bytes:
    """Return an RSS feed of *items*."""
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Desk</title>{head}{inner}</channel></rss>'.encode()


def _after_prolog(extra: bytes) -> bytes:
    prolog, _, rest = FEED.partition(b"?>")
    return prolog + b"?>" + extra + rest


def _fault(what: str, body: bytes, content_type: str = "application/rss+xml", **expected: object) -> FeedFault:
    return FeedFault(what=what, answer=Answer(body=body, content_type=content_type), **expected)  # type: ignore[arg-type]


_DATED = "<title>{0}</title><link>http://desk.example/{0}</link><pubDate>{1}</pubDate>"
_NEXT = '<link rel="next" href="/feed-endless-pages?n=1"/>'

FEED_FAULTS: dict[str, FeedFault] = {
    "feed-utf-16-without-bom": _fault(
        "UTF-16 without a byte order mark", FEED.replace(b"utf-8", b"utf-16").decode().encode("utf-16-le")
    ),
    "feed-windows-1251-said-utf-8": _fault(
        "windows-1251, said to be utf-8 twice", _RUSSIAN.encode("cp1251"), "text/xml; charset=utf-8"
    ),
    "feed-one-bad-byte": _fault("UTF-8 with one bad byte", FEED.replace(b"One", "Café".encode() + b"\xff")),
    "feed-nul-bytes": _fault("NUL bytes in the text", FEED.replace(b"First", b"Fi\0rst")),
    "feed-xxe": _fault(
        "an entity that names a file (XXE)", _after_prolog(_SECRET).replace(b"First", b"First&x;"), entry_count=2
    ),
    "feed-billion-laughs": _fault(
        "entities that multiply (billion laughs)",
        _after_prolog(b"<!DOCTYPE r [" + _LAUGHS + b"]>").replace(b"First", b"First&l9;"),
    ),
    "feed-relative-links": _fault("relative links", FEED.replace(b"<link>http://desk.example/", b"<link>/")),
    "feed-future-dates": _fault("a date a century ahead", FEED.replace(b"20 Nov 2026", b"20 Nov 2126")),
    "feed-missing-dates": _fault(
        "no dates", rss("<title>a</title><link>/a</link>", "<title>b</title><link>/b</link>")
    ),
    "feed-duplicate-guids": _fault(
        "one guid on two articles", FEED.replace(b"<guid>http://desk.example/2", b"<guid>http://desk.example/1")
    ),
    "feed-wrong-type": _fault("a feed served as text/html", FEED, "text/html; charset=utf-8"),
    "feed-cut": _fault("ends in the middle of its second entry", FEED[: FEED.rindex(b"<pubDate>")], entry_count=1),
    "feed-bare-ampersand": _fault("an ampersand that is none of XML", FEED.replace(b"First", b"AT&T first")),
    "feed-endless-pages": _fault(
        "a next page for ever", rss(*(_DATED.format(n, "2026-11-20") for n in "ab"), head=_NEXT), entry_count=2
    ),
    "feed-10-mb": _fault("just under 10 MB", FEED.replace(b"</channel>", _PADDING + b"</channel>")),
    "feed-over-10-mb": _fault(
        "just over 10 MB",
        FEED.replace(b"</channel>", _PADDING + b"x" * 10_000 + b"</channel>"),
        status="troubled",
        entry_count=0,
        error="too_large",
    ),
    "feed-50000-entries": _fault(
        "50,000 entries: the newest 2,000 are read",
        json.dumps({"version": "1.1", "items": [{"id": str(n), "title": f"t{n}"} for n in range(MANY)]}).encode(),
        "application/feed+json",
        entry_count=2000,
    ),
    "feed-empty": _fault("a feed without entries, from the start", rss(), entry_count=0),
    "feed-sitemap": _fault(
        "a sitemap",
        b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>',
        status="not_a_feed",
        entry_count=0,
        error="a sitemap, not a feed",
    ),
    "feed-json-of-another-kind": _fault(
        "JSON that is no feed",
        b'{"error": "not found"}',
        "application/json",
        status="not_a_feed",
        entry_count=0,
        error="JSON, but not a feed",
    ),
}  # fmt: skip
