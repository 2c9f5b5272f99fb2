"""What a page says of itself is read in the order of trust, and refused where it cannot be."""

from datetime import UTC, datetime

import pytest

from extractors.model import Hints
from extractors.text.instants import puts_month_first, read_instant, url_instant
from extractors.text.metadata import Metadata, read_metadata
from extractors.text.page import parse_page

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
URL = "https://www.daily-news.example/2025/02/27/markets-fall"


def about(head: str = "", body: str = "", *, url: str = URL, hints: Hints | None = None) -> Metadata:
    page = parse_page(f"<html><head>{head}</head><body>{body}<p>Text.</p></body></html>", url=url)
    return read_metadata(page, final_url=url, hints=hints or Hints(), now=NOW)


def ld(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields}}}</script>'


@pytest.mark.parametrize(
    "title",
    [
        "Markets fall | Daily News",
        "Markets fall - Daily News",
        "Daily News: Markets fall | Daily News",
        "Markets fall – daily-news.example",
        "Markets fall",
    ],
)
def test_the_title_is_without_the_sites_name(title: str) -> None:
    found = about(f'<title>{title}</title><meta property="og:site_name" content="Daily News">')

    assert found.title in {"Markets fall", "Daily News: Markets fall"}


def test_a_title_that_holds_a_dash_keeps_it() -> None:
    assert about("<title>Markets fall – and rise again</title>").title == "Markets fall – and rise again"


def test_the_heading_that_another_claim_confirms_is_the_title() -> None:
    found = about(
        '<meta property="og:title" content="Markets fall &amp; rise">', "<h1>Menu</h1><h1>Markets fall & rise</h1>"
    )

    assert found.title == "Markets fall & rise"


def test_the_feeds_title_is_used_where_the_page_has_none() -> None:
    assert about(hints=Hints(title="Markets fall")).title == "Markets fall"


def test_authors_are_a_list_without_the_site_and_addresses() -> None:
    found = about(
        ld(
            '"author": [{"@type": "Person", "name": "Jane Doe"}, {"name": "By John Smith and Ann Lee"}, {"name": "https://x.example/j"}]'
        )
    )

    assert found.authors == ("Jane Doe", "John Smith", "Ann Lee")


@pytest.mark.parametrize(
    ("head", "body", "expected", "source"),
    [
        (ld('"datePublished": "2025-02-26T10:00:00+01:00"'), "", "2025-02-26T09:00:00+00:00", "json-ld"),
        (
            ld('"datePublished": "2035-02-26"') + '<meta property="article:published_time" content="2025-02-26 08:00">',
            "",
            "2025-02-26T08:00:00+00:00",
            "meta",
        ),
        ("", '<time datetime="2025-02-27T07:30Z">today</time>', "2025-02-27T07:30:00+00:00", "time"),
        ("", '<time datetime="2024-01-01T07:30Z">another article</time>', "2025-02-27T00:00:00+00:00", "url"),
    ],
)
def test_dates_come_from_the_cheapest_claim_that_is_possible(head: str, body: str, expected: str, source: str) -> None:
    found = about(head, body)

    assert found.published_at == datetime.fromisoformat(expected)
    assert found.published_at_from == source


def test_the_feeds_date_beats_guesses_from_the_page() -> None:
    claim = datetime(2025, 2, 27, 6, tzinfo=UTC)

    found = about("", '<time datetime="2025-02-27T07:30Z">today</time>', hints=Hints(published_at=claim))

    assert (found.published_at, found.published_at_from) == (claim, "feed")


def test_the_text_is_searched_only_where_nothing_else_names_a_day() -> None:
    found = about(
        "",
        "<article><span class='date'>Published 12 February 2025</span></article>",
        url="https://daily-news.example/a",
    )

    assert found.published_at == datetime(2025, 2, 12, tzinfo=UTC)
    assert found.published_at_from == "htmldate"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2025-02-26T10:00:00Z", "2025-02-26T10:00:00+00:00"),
        ("2025-02-26T10:00:00+0530", "2025-02-26T04:30:00+00:00"),
        ("2025-02-26 10:00", "2025-02-26T10:00:00+00:00"),
        ("Wed, 26 Feb 2025 10:00:00 GMT", "2025-02-26T10:00:00+00:00"),
        ("1740564000", "2025-02-26T10:00:00+00:00"),
        ("1740564000000", "2025-02-26T10:00:00+00:00"),
        ("20250226", "2025-02-26T00:00:00+00:00"),
        ("26. Februar 2025", "2025-02-26T00:00:00+00:00"),
        ("February 26th, 2025", "2025-02-26T00:00:00+00:00"),
        ("26 de febrero de 2025", "2025-02-26T00:00:00+00:00"),
    ],
)
def test_instants_are_read_in_the_forms_of_the_web(raw: str, expected: str) -> None:
    assert read_instant(raw, now=NOW) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("raw", "month_first", "expected"),
    [
        ("3/4/2025", False, None),
        ("4/1/2025", False, "2025-01-04T00:00:00+00:00"),
        ("1/4/2025", True, "2025-01-04T00:00:00+00:00"),
        ("2/26/2025", False, "2025-02-26T00:00:00+00:00"),
        ("26/2/2025", True, "2025-02-26T00:00:00+00:00"),
        ("Stand: 1.2.2025, 10:30 Uhr", True, "2025-02-01T10:30:00+00:00"),
        ("31.02.2025", False, None),
        ("build 1.2.2025.7", False, None),
    ],
)
def test_the_order_of_day_and_month_is_the_pages(raw: str, month_first: bool, expected: str | None) -> None:  # noqa: FBT001
    found = read_instant(raw, now=NOW, month_first=month_first)

    assert found == (datetime.fromisoformat(expected) if expected else None)


@pytest.mark.parametrize(
    ("language", "url", "expected"),
    [
        ("en-US", URL, True),
        ("en", URL, True),
        ("en", "https://a.example.co.uk/x", False),
        ("en_GB", URL, False),
        ("de", URL, False),
        (None, URL, False),
    ],
)
def test_the_month_comes_first_where_the_language_puts_it(language: str | None, url: str, expected: bool) -> None:  # noqa: FBT001
    assert puts_month_first(language, url) is expected


def test_a_change_is_never_taken_for_the_publication() -> None:
    found = about(
        ld('"dateModified": "2025-02-28T10:00:00Z"')
        + '<meta property="article:modified_time" content="2025-02-28T10:00:00Z">'
    )

    assert found.published_at == datetime(2025, 2, 27, tzinfo=UTC)
    assert found.published_at_from == "url"
    assert found.modified_at == datetime(2025, 2, 28, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "1970-01-01",
        "2025-03-03",
        "0001-01-01T00:00:00Z",
        "soon",
        "",
        "99999999999999999999",
        "2025-13-45",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_impossible_instants_are_refused(raw: str) -> None:
    assert read_instant(raw, now=NOW) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2025/02/27/x", 27),
        ("https://a.example/x-20250227-y", 27),
        ("https://a.example/2025-02-27", 27),
        ("https://a.example/world/2025/feb/27/x", 27),
        ("https://a.example/2025/february/27", 27),
        ("https://a.example/2025/part/27", None),
        ("https://a.example/id/12345678", None),
        ("https://2025-02-27.example/x", None),
        ("https://a.example/20259999", None),
    ],
)
def test_a_day_in_the_address_is_read(url: str, day: int | None) -> None:
    found = url_instant(url, now=NOW)

    assert (found.day if found else None) == day


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("https://daily-news.example/markets", "https://daily-news.example/markets"),
        ("/markets?id=7", "https://www.daily-news.example/markets?id=7"),
        ("https://www.daily-news.example/", URL),
        ("https://other.example/markets", URL),
        ("javascript:void(0)", URL),
        ("", URL),
        ("http://[broken", URL),
    ],
)
def test_the_canonical_address_is_on_the_same_site_and_no_home_page(link: str, canonical: str) -> None:
    assert about(f'<link rel="canonical" href="{link}">').canonical_url == canonical


def test_og_url_stands_in_for_a_missing_canonical_link() -> None:
    assert (
        about('<meta property="og:url" content="https://daily-news.example/m">').canonical_url
        == "https://daily-news.example/m"
    )


@pytest.mark.parametrize(
    ("head", "paywalled"),
    [
        (ld('"isAccessibleForFree": false'), True),
        (ld('"isAccessibleForFree": "False"'), True),
        (ld('"isAccessibleForFree": true'), False),
        ('<meta property="article:content_tier" content="locked">', True),
        ('<meta property="article:content_tier" content="free">', False),
        ("", False),
    ],
)
def test_a_paywall_is_what_the_publisher_says(head: str, paywalled: bool) -> None:  # noqa: FBT001
    assert about(head).is_paywalled is paywalled


def test_broken_json_ld_costs_nothing_else() -> None:
    found = about(
        '<script type="application/ld+json">{"headline": "x", </script>'
        '<meta property="og:title" content="Markets fall">'
    )

    assert found.title == "Markets fall"
