"""What is too large to be anything of an article is emptied or refused before it is parsed."""

from datetime import UTC, datetime

import pytest

from extractors.errors import ExtractError
from extractors.identity import sha256_hex
from extractors.model import Document, Hints, WatchedTopic
from extractors.reading import trace
from extractors.text.limits import bounded_line, bounded_markup, has_many_tags

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
URL = "https://mutant.example/a.html"
TEXT = "<p>The council voted.</p>"


def test_a_large_attribute_is_emptied_and_the_text_stays() -> None:
    for quote in "\"'":
        markup = f"<div data-state={quote}{'x' * 500_000}{quote} id={quote}a{quote}>{TEXT}</div>"

        assert bounded_markup(markup, url=URL) == f'<div data-state="" id={quote}a{quote}>{TEXT}</div>'


def test_a_large_script_is_emptied_and_its_neighbours_stay() -> None:
    small = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'
    markup = f"{small}<script>{'x<' * 600_000}</script>{TEXT}{small}"

    assert bounded_markup(markup, url=URL) == f"{small}<script></script>{TEXT}{small}"


def test_a_script_that_never_ends_stays() -> None:
    markup = f"{TEXT}<script>{'x' * 1_200_000}"

    assert bounded_markup(markup, url=URL) == markup


def test_an_ordinary_page_is_not_touched() -> None:
    markup = f'<div data-state="{"x" * 200_000}">{TEXT * 1_000}</div>'

    assert bounded_markup(markup, url=URL) is markup
    assert not has_many_tags(markup)


@pytest.mark.parametrize("markup", ["word " * 1_100_000, "<b>" * 250_000])
def test_what_is_still_too_large_is_refused_with_the_number(markup: str) -> None:
    with pytest.raises(ExtractError, match=r"at most \d+ are read"):
        bounded_markup(markup, url=URL)


def test_words_and_gaps_that_no_language_writes_are_cut_short() -> None:
    line = f"one {'9' * 50_000} two {'-' * 50_000} three"

    assert bounded_line(line) == f"one {'9' * 4_000} two {'-' * 3_998} three"
    assert bounded_line("one two " * 2_000) == "one two " * 2_000


def test_a_title_that_was_never_closed_is_no_title() -> None:
    # A page whose title tag was broken kept the patterns of languages and topics busy for minutes.
    swallowed = "<p>一百万字两块钱大模型降价潮里的三笔账" + "投资者a-b" * 30_000
    body = f"<html><head><title>News{swallowed}".encode()
    document = Document(
        sha256=sha256_hex(body),
        url=URL,
        final_url=URL,
        fetched_at=NOW,
        http_status=200,
        content_type="text/html",
        body=body,
    )
    topic = WatchedTopic(topic_id="a", title="A", query="harbour", query_version="1")
    found = trace(document, hints=Hints(), topics=(topic,), now=NOW)

    assert found.metadata is not None
    assert found.metadata.title is None
