"""Dates and encodings of feeds as publishers write them."""

import time
from datetime import UTC, datetime

import pytest

from extractors.acquire.feeds import parse_feed
from extractors.model import ParsedEntry, ParsedFeed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def parse(body: bytes | str, *, content_type: str | None = None) -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, url="http://desk.example/dir/feed.xml", content_type=content_type, feed_id="f1", now=NOW)


def rss(*items: str, head: str = "", prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'{prolog}<rss version="2.0"><channel><title>Desk</title>{head}{inner}</channel></rss>'


def one(item: str) -> ParsedEntry:
    (entry,) = parse(rss(item)).entries
    return entry


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Fri, 20 Nov 2026 10:00:00 GMT", "2026-11-20T10:00"),
        ("Fri, 20 Nov 2026 10:00:00 CET", "2026-11-20T09:00"),
        ("Fri, 20 Nov 2026 10:00:00 BST", "2026-11-20T09:00"),
        ("Fri, 20 Nov 2026 10:00:00 MSK", "2026-11-20T07:00"),
        ("Fri, 20 Nov 2026 10:00:00 JST", "2026-11-20T01:00"),
        ("Fri, 20 Nov 2026 10:00:00 AEST", "2026-11-20T00:00"),
        ("Fri, 20 Nov 2026 10:00:00 IST", "2026-11-20T04:30"),
        ("Fri, 20 Nov 2026 10:00:00 EST", "2026-11-20T15:00"),
        ("Fri, 20 Nov 2026 10:00:00", "2026-11-20T10:00"),
        ("Fri, 20 Nov 2026 10:00:00 GMT+9", "2026-11-20T01:00"),
        ("Fri, 20 Nov 2026 10:00:00 +05:30", "2026-11-20T04:30"),
        ("Fri, 20 Nov 2026 10:00:00 +0100 (CET)", "2026-11-20T09:00"),
        ("Fri, 20 Nov 2026 10:00:00 +3000", "2026-11-20T10:00"),
        ("Fri, 20 Nov 26 10:00 GMT", "2026-11-20T10:00"),
        ("20 November 2026", "2026-11-20T00:00"),
        ("Nov 20, 2026 10:00 PM EST", "2026-11-21T03:00"),
        ("Fri Nov 20 10:00:00 EST 2026", "2026-11-20T15:00"),
        ("2026-11-20T10:00:00.123456+01:00", "2026-11-20T09:00"),
        ("2026-11-20 10:00:00", "2026-11-20T10:00"),
        ("2026-11-20", "2026-11-20T00:00"),
        ("20261120T100000Z", "2026-11-20T10:00"),
        ("2026/11/20 10:00:00", "2026-11-20T10:00"),
        ("2020/1/10 14:33:00", "2020-01-10T14:33"),
        ("2026年11月20日 10:00", "2026-11-20T10:00"),
        ("20.11.2026 10:00", "2026-11-20T10:00"),
        ("1795168800", "2026-11-20T10:00"),
        ("1795168800000", "2026-11-20T10:00"),
        ("mer, 16 nov 2022 10:00:00 +0100", "2022-11-16T09:00"),
        ("Freitag, 20. November 2026 10:00 Uhr", "2026-11-20T10:00"),
        ("20 ноября 2026 г. 10:00", "2026-11-20T10:00"),
        ("2026-11-20T24:00:00Z", "2026-11-21T00:00"),
        ("2026-11-20T23:59:60Z", "2026-11-20T23:59"),
        ("2026-11-23T11:00:00Z", "2026-11-23T11:00"),
        ("2026-11-23T13:00:00Z", None),
        ("2126-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("0000-00-00 00:00:00", None),
        ("Mon, 01 Jan 0001 00:00:00 +0000", None),
        ("Thu, 31 Jun 2026 10:00:00 GMT", None),
        ("11/12/2026", None),
        ("3 hours ago", None),
        ("yesterday", None),
        ("soon", None),
    ],
)
def test_a_date_is_read_right_or_not_at_all(raw: str, expected: str | None) -> None:
    entry = one(f"<title>x</title><pubDate>{raw}</pubDate>")

    assert (entry.published_at.strftime("%Y-%m-%dT%H:%M") if entry.published_at else None) == expected
    assert entry.published_raw == raw


def test_an_unreadable_first_date_gives_way_to_the_next() -> None:
    entry = one(
        '<title>x</title><pubDate>soon</pubDate><dc:date xmlns:dc="http://purl.org/dc/elements/1.1/">2026-11-20</dc:date>'
    )

    assert (entry.published_at, entry.published_raw) == (datetime(2026, 11, 20, tzinfo=UTC), "2026-11-20")


def test_a_feed_full_of_unreadable_dates_costs_little() -> None:
    started = time.monotonic()
    parse(rss(*(f"<title>{n}</title><pubDate>am {n}. Tag des Brumaire</pubDate>" for n in range(300))))

    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("raw", "content_type", "title"),
    [
        (rss("<title>Köln Straße</title>").encode(), None, "Köln Straße"),
        (rss("<title>Köln</title>").encode("utf-16"), None, "Köln"),
        (rss("<title>Köln</title>", prolog="").encode("utf-16-le"), None, "Köln"),
        (rss("<title>Köln</title>", prolog="").encode("utf-16-be"), None, "Köln"),
        (rss("<title>Köln</title>").encode("utf-16"), "text/xml; charset=utf-8", "Köln"),
        (
            rss("<title>日本語</title>", prolog='<?xml version="1.0" encoding="Shift_JIS"?>').encode("cp932"),
            None,
            "日本語",
        ),
        (rss("<title>中文</title>", prolog="").encode("gb18030"), "text/xml; charset=gb2312", "中文"),
        (rss("<title>Köln</title>").encode(), "text/xml; charset=iso-8859-1", "Köln"),
        (
            rss("<title>Žluť</title>", prolog='<?xml version="1.0" encoding="windows-1250"?>').encode("cp1250"),
            "text/xml; charset=ISO-8859-1",
            "Žluť",
        ),
        (
            rss("<title>Köln “quoted”</title>", prolog='<?xml version="1.0" encoding="iso-8859-1"?>').encode("cp1252"),
            None,
            "Köln “quoted”",
        ),
        (rss("<title>Köln</title>", prolog='<?xml version="1.0" encoding="x-made-up"?>').encode(), None, "Köln"),
        (
            rss("<title>Köln</title>", prolog='<?xml version="1.0" encoding="zip"?>').encode(),
            "text/xml; charset=idna",
            "Köln",
        ),
    ],
)
def test_the_encoding_is_the_one_the_bytes_are_in(raw: bytes, content_type: str | None, title: str) -> None:
    assert [entry.title for entry in parse(raw, content_type=content_type).entries] == [title]


@pytest.mark.parametrize("prolog", ["", '<?xml version="1.0" encoding="utf-8"?>'])
def test_cyrillic_that_says_nothing_or_says_utf8_is_recognised(prolog: str) -> None:
    titles = ["Правительство обсудит бюджет страны на следующий год", "Новые санкции и цены на нефть выросли"]
    raw = rss(*(f"<title>{title}</title>" for title in titles), prolog=prolog).encode("cp1251")

    assert [entry.title for entry in parse(raw).entries] == titles


def test_one_bad_byte_costs_one_character() -> None:
    raw = rss(*(f"<title>Größe {number} für Köln</title>" for number in range(20))).encode()
    spoiled = raw.replace("Größe 7".encode(), b"Gr\xffe 7")

    titles = [entry.title for entry in parse(spoiled).entries]

    assert titles[7] == "Gr\ufffde 7 für Köln"
    assert titles[8] == "Größe 8 für Köln"
