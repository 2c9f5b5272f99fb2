"""Authors are people's names: from JSON-LD, metas, or the byline; the publisher only where nobody else is named."""

from datetime import UTC, datetime

import pytest

from extractors.model import Hints
from extractors.text.header import read_header
from extractors.text.metadata import Metadata, read_metadata
from extractors.text.names import is_person, names_in
from extractors.text.page import parse_page

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
URL = "https://www.daily-news.example/2025/02/27/markets-fall"
SITE = '<meta property="og:site_name" content="Daily News">'
HEADING = "<h1>Markets fall sharply today</h1>"


def about(head: str = "", body: str = "") -> Metadata:
    page = parse_page(f"<html><head>{head}</head><body><main>{body}<p>Text.</p></main></body></html>", url=URL)
    return read_metadata(page, final_url=URL, hints=Hints(), now=NOW)


def ld(author: str, rest: str = "") -> str:
    return (
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "author": '
        + author
        + "}"
        + rest
        + "]}"
        "</script>"
    )


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Jane Doe and John Smith", ("Jane Doe", "John Smith")),
        ("Von Erika Muster und Max Beispiel", ("Erika Muster", "Max Beispiel")),
        ("Ein Gastbeitrag von Erika Muster", ("Erika Muster",)),
        ("Por Ana Pérez; Luis Gómez", ("Ana Pérez", "Luis Gómez")),
        ("View all posts by Jane Doe", ("Jane Doe",)),
        ("Jane Doe (jd)", ("Jane Doe",)),
        ("Jane Doe | 27 February 2025", ("Jane Doe",)),
        ("Jane Doe for the Daily News", ("Jane Doe",)),
        ("作者：王小明", ("王小明",)),
        ("Text: Erika Muster", ("Erika Muster",)),
        ("Ursula von der Leyen", ("Ursula von der Leyen",)),
        ("John Smith, Jr.", ("John Smith, Jr",)),
        ("John E Smith", ("John E Smith",)),
        ("Updated by John Smith", ()),
        ("jane@daily-news.example", ()),
        ("Staff", ()),
        ("Read more", ()),
        ("x" * 5000, ()),
    ],
)
def test_a_line_gives_the_names_in_it(line: str, names: tuple[str, ...]) -> None:
    assert names_in([line]) == names


@pytest.mark.parametrize("text", ["Head of News Desk 2", "Senior Reporter", "follow us", "What to know", "Jane"])
def test_what_is_no_persons_name_is_told(text: str) -> None:
    assert not is_person(text)
    assert is_person("Jane van der Doe")


def test_json_ld_that_refers_to_a_person_elsewhere_is_followed() -> None:
    head = ld('{"@id": "#jane"}', ', {"@type": "Person", "@id": "#jane", "name": "Jane Doe"}')

    assert about(head).authors == ("Jane Doe",)


def test_a_person_in_the_byline_is_believed_before_the_publisher() -> None:
    head = ld('{"@type": "Organization", "name": "Daily News"}') + SITE

    found = about(head, HEADING + '<div class="byline">By <a rel="author" href="/a/jane">Jane Doe</a></div>')

    assert (found.authors, found.authors_from) == (("Jane Doe",), "byline")


def test_a_publisher_that_names_nobody_is_taken_at_its_word() -> None:
    head = ld('{"@type": "Organization", "name": "Daily News"}') + SITE

    found = about(head, HEADING + '<span class="byline">jd</span>')

    assert (found.authors, found.authors_from) == (("Daily News",), "organisation")


def test_a_handle_gives_way_to_the_name_that_spells_it_out() -> None:
    head = ld('{"@type": "Person", "name": "jane.doe"}')

    assert about(head, HEADING + "<p>By Jane Doe</p>").authors == ("Jane Doe",)
    assert about(head, HEADING + "<p>By John Smith</p>").authors == ("jane.doe",)


@pytest.mark.parametrize(
    "body",
    [
        '<span class="author vcard"><a class="url fn n" href="/author/jane">Jane Doe</a></span>',
        '<div class="post-meta">Posted by <span itemprop="author"><span itemprop="name">Jane Doe</span></span></div>',
        '<div itemprop="author"><meta itemprop="name" content="Jane Doe"></div>',
        '<p class="byline"><span>By</span> <span>Jane Doe</span> <span>Senior Reporter</span></p>',
        "<address>Jane Doe</address>",
        '<p><a href="/people/jane-doe">Jane Doe</a></p>',
        "<p>Von Jane Doe</p>",
        '<div class="article-author">Jane Doe</div><div class="author-bio">Jane Doe covers markets.</div>',
    ],
)
def test_a_byline_is_found_in_the_forms_of_the_web(body: str) -> None:
    assert about("", HEADING + body).authors == ("Jane Doe",)


@pytest.mark.parametrize(
    "body",
    [
        '<div id="comments"><span class="author">John Smith</span></div>',
        '<aside><a rel="author">John Smith</a></aside>',
        '<div class="related-stories"><p class="byline">By John Smith</p></div>',
        '<form><label class="author">Name</label></form>',
        "<figure><figcaption>By John Smith</figcaption></figure>",
    ],
)
def test_who_wrote_something_else_is_not_the_author(body: str) -> None:
    assert about("", HEADING + body).authors == ()


def test_the_byline_below_the_headline_comes_before_one_above() -> None:
    above = '<div class="top"><p class="byline">By John Smith</p></div>'

    assert about("", above + HEADING + '<p class="byline">By Jane Doe</p>').authors == ("Jane Doe",)


def test_what_holds_the_headline_too_is_no_sidebar() -> None:
    body = f'<div class="widget blog-posts">{HEADING}<span class="post-author">Jane Doe</span></div>'

    assert about("", body).authors == ("Jane Doe",)


def test_several_bylines_side_by_side_are_one() -> None:
    body = '<div class="authors"><a rel="author">Jane Doe</a>, <a rel="author">John Smith</a></div>'

    assert about("", HEADING + body).authors == ("Jane Doe", "John Smith")


def test_last_names_first_are_turned() -> None:
    head = '<meta name="citation_author" content="Doe, Jane"><meta name="citation_author" content="Smith, John">'

    assert about(head).authors == ("Jane Doe", "John Smith")


def test_a_page_that_nests_bylines_without_end_is_read_in_time() -> None:
    deep = '<div class="byline">' * 3000 + "By Jane Doe" + "</div>" * 3000

    assert about("", HEADING + deep).authors in {("Jane Doe",), ()}


def test_the_byline_of_a_plain_text_may_name_two() -> None:
    body = "The index fell by two percent on Thursday as investors sold shares of banks and of chip makers in a hurry."

    header = read_header(["Markets fall sharply today", "By Jane Doe and John Smith", body])

    assert header.authors == ("Jane Doe", "John Smith")
    assert header.title == "Markets fall sharply today"
