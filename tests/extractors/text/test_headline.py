"""The headline is the one that readers see, without what the site adds to it."""

import pytest

from extractors.text.headline import choose_title, read_headings, site_names, title_candidates, without_author
from extractors.text.page import parse_page

URL = "https://www.daily-news.example/2025/02/27/markets-fall"
SITE = '<meta property="og:site_name" content="Daily News">'
LOGO = '<header><h1><a href="/">Daily News</a></h1></header>'


def title(head: str, body: str = "", *, is_news: bool = False, url: str = URL) -> str | None:
    page = parse_page(f"<html><head>{head}</head><body>{body}<p>Text.</p></body></html>", url=url)
    names = site_names(page, site=page.meta("og:site_name"), url=url)
    nodes = [node for node in page.json_ld if "headline" in node]
    claims = list(title_candidates(page, nodes))
    return choose_title(claims, read_headings(page, host="daily-news.example"), site=names, is_news=is_news)


def og(text: str) -> str:
    return f'<meta property="og:title" content="{text}">'


def ld(headline: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{headline}"}}</script>'


def test_the_heading_that_readers_see_is_believed_before_what_was_written_for_search_engines() -> None:
    head = og("10 best reasons why markets fall") + "<title>10 best reasons why markets fall</title>"

    assert title(head, "<h1>Why markets fall, in ten reasons</h1>") == "Why markets fall, in ten reasons"


def test_a_newsrooms_own_headline_is_believed_before_the_heading() -> None:
    head = og("Five reasons why markets fall") + ld("Five reasons why markets fall")
    heading = "<h1>Why markets fall: the reasons explained</h1>"

    assert title(head, heading, is_news=True) == "Five reasons why markets fall"
    assert title(head, heading) == "Why markets fall: the reasons explained"


def test_the_logo_is_no_headline_though_it_is_the_first_heading() -> None:
    assert title("<title>Markets fall – Daily News</title>", LOGO + "<h2>Markets fall</h2>") == "Markets fall"


def test_a_heading_that_leads_home_is_none_however_much_it_says() -> None:
    logo = '<h1><a href="/">Where markets fall and rise: the paper for everybody who wants to be told first</a></h1>'

    assert title("<title>Markets fall sharply today</title>", logo) == "Markets fall sharply today"


def test_words_that_lead_home_are_the_sites_name() -> None:
    body = '<a rel="home" href="https://www.daily-news.example/">The Courier of Somewhere</a>'

    assert title("<title>Markets fall | The Courier of Somewhere</title>", body) == "Markets fall"


@pytest.mark.parametrize(
    "heading",
    [
        '<h1><span class="kicker">Rates</span> <span>Markets fall sharply today</span></h1>',
        "<h1><small>Rates</small><br>Markets fall sharply today</h1>",
        '<h1><span class="topline"><time>27.02.2025</time></span>Markets fall sharply today</h1>',
        "<h1><b>Rates</b><i>Markets fall sharply today</i></h1>",
    ],
)
def test_a_kicker_in_the_heading_is_no_part_of_the_title(heading: str) -> None:
    assert title(og("Markets fall sharply today - Daily News") + SITE, heading) == "Markets fall sharply today"


def test_a_kicker_that_the_page_shares_as_its_title_stays() -> None:
    heading = '<h1><span class="kicker">Rates:</span> <span>Markets fall sharply</span></h1>'

    assert title(og("Rates: Markets fall sharply"), heading) == "Rates: Markets fall sharply"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Markets fall - News - Daily News", "Markets fall"),
        ("Daily News | Markets fall", "Markets fall"),
        ("Markets fall │ Daily News", "Markets fall"),
        ("Markets fall | by Jane Doe", "Markets fall"),
        ("27.02.2025 - Markets fall", "Markets fall"),
        ("Markets fall – and rise again", "Markets fall – and rise again"),
        ("Why the Daily News Prize was given to a small team of reporters | Daily News", None),
    ],
)
def test_what_the_site_adds_is_taken_off_at_either_end(raw: str, expected: str | None) -> None:
    wanted = expected or "Why the Daily News Prize was given to a small team of reporters"

    assert title(f"<title>{raw}</title>{SITE}") == wanted


def test_the_sites_name_alone_is_no_title() -> None:
    assert title(og("Daily News") + SITE + "<title>Daily News</title>", "<h1>Markets fall again</h1>") == (
        "Markets fall again"
    )


def test_the_part_of_a_title_that_a_heading_repeats_is_the_title() -> None:
    head = "<title>Archive / Markets fall sharply / Somewhere else</title>"

    assert title(head, "<h2>Markets fall sharply</h2><h2>Somewhere else</h2>") == "Markets fall sharply"


def test_an_author_at_the_end_of_a_title_goes() -> None:
    assert without_author("Markets fall – Jane Doe", ["Jane Doe"]) == "Markets fall"
    assert without_author("Markets fall – and rise", ["Jane Doe"]) == "Markets fall – and rise"
