"""Sitemaps as publishers write them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.sitemaps import SitemapPage, parse_sitemap
from extractors.errors import ParseError

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://desk.example/news.xml"
NEWS = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://desk.example/1 </loc><n:news><n:publication><n:name>Desk</n:name></n:publication>
<n:publication_date>2026-11-21T10:00:00+01:00</n:publication_date><n:title>One &amp; two</n:title></n:news>
<image:image><image:loc>https://desk.example/1.jpg</image:loc><image:title>Picture</image:title></image:image></url>
<url><loc>/2</loc><lastmod>2026-11-20</lastmod><image:image><image:loc>https://desk.example/2.jpg</image:loc></image:image></url>
<url><loc>javascript:alert(1)</loc></url><url/>
</urlset>"""
INDEX = b"""<sitemapindex><sitemap><loc>https://desk.example/a.xml.gz</loc><lastmod>2026-11-20T09:00Z</lastmod></sitemap>
</sitemapindex>"""


def test_a_news_sitemap_gives_pages_with_title_and_date() -> None:
    found = parse_sitemap(NEWS, url=URL, now=NOW)

    assert not found.is_index
    assert found.pages == (
        SitemapPage(
            url="https://desk.example/1",
            title="One & two",
            published_at=datetime(2026, 11, 21, 9, tzinfo=UTC),
            published_raw="2026-11-21T10:00:00+01:00",
        ),
        SitemapPage(url="https://desk.example/2", modified_at=datetime(2026, 11, 20, tzinfo=UTC)),
    )


def test_an_index_gives_sitemaps() -> None:
    found = parse_sitemap(INDEX, url=URL, now=NOW)

    assert found.is_index
    assert found.pages[0].url == "https://desk.example/a.xml.gz"
    assert found.pages[0].modified_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_a_sitemap_that_was_cut_off_gives_what_stands_before() -> None:
    found = parse_sitemap(NEWS[: NEWS.index(b"<lastmod>") + 12], url=URL, now=NOW)

    assert [page.url for page in found.pages] == ["https://desk.example/1"]
    assert found.is_cut


def test_an_empty_sitemap_is_a_sitemap() -> None:
    assert parse_sitemap(b"<urlset></urlset>", url=URL, now=NOW).pages == ()


@pytest.mark.parametrize("body", [b"", b"<html><body></body></html>", b"<rss></rss>", b"text", b"\0\1"])
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="not a sitemap"):
        parse_sitemap(body, url=URL, now=NOW)


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://hush.example/")
    body = b'<!DOCTYPE x [<!ENTITY x SYSTEM "file://%s">]>' % str(secret).encode() + INDEX.replace(
        b"https://desk", b"&x;"
    )

    try:
        found = parse_sitemap(body, url=URL, now=NOW)
    except ParseError:
        return
    assert not any("hush" in page.url for page in found.pages)


@given(st.binary(max_size=60), st.integers(0, 700))
def test_any_bytes_are_a_sitemap_or_a_parse_error(noise: bytes, place: int) -> None:
    try:
        parse_sitemap(NEWS[:place] + noise + NEWS[place:], url=URL, now=NOW)
    except ParseError:
        return
