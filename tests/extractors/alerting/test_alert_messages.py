"""Messages: short titles, reasons, passages, and nothing that a stranger's headline could break."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.alerting.messages import message_text
from extractors.alerting.words import folded
from extractors.model import AlertItem, AlertKind, DueMessage, MessageText

ITEM = AlertItem(
    alert_id="a1",
    kind=AlertKind.NEW_STORY,
    topic_id="deepseek",
    topic_title="DeepSeek",
    headline="Lab cuts prices",
    passage="DeepSeek cut its prices by half.",
    reason="new story on topic deepseek",
    url="https://paper.example/1?a=1&b=2",
    source="paper.example",
    seen_at=datetime(2026, 7, 5, 6, 0, tzinfo=UTC),
    article_count=3,
    source_count=2,
)


def told(*items: AlertItem, title_limit: int = 250, body_limit: int = 30_000, zone: str | None = None) -> MessageText:
    message = DueMessage(message_id="m1", rule="desk-slack", attempt_count=1, items=items or (ITEM,))
    where = ZoneInfo(zone) if zone else None
    return message_text(message, title_limit=title_limit, body_limit=body_limit, zone=where)


def test_a_message_says_what_who_when_how_many_and_why() -> None:
    text = told(zone="Europe/London")

    assert text.title == "DeepSeek: new story - Lab cuts prices"
    assert text.plain == (
        "paper.example, 2026-07-05 07:00 Europe/London (2026-07-05 06:00 UTC); 3 articles at 2 outlets\n\n"
        "“DeepSeek cut its prices by half.”\n\n"
        "https://paper.example/1?a=1&b=2\n\n"
        "Why: rule desk-slack, new story on topic deepseek\n\n"
        "newsdesk alert m1"
    )


def test_a_headline_that_the_title_had_to_cut_stands_in_the_body() -> None:
    assert told(title_limit=30).plain.startswith("Lab cuts prices\n\npaper.example, ")


def test_html_escapes_and_links() -> None:
    text = told(replace(ITEM, passage="<script>alert(1)</script>DeepSeek cut its prices by half."))

    assert "<script" not in text.html
    assert '<a href="https://paper.example/1?a=1&amp;b=2">' in text.html
    assert "<blockquote>&lt;script&gt;alert(1)&lt;/script&gt;DeepSeek cut its prices by half.</blockquote>" in text.html


def test_an_address_that_is_none_of_the_web_is_no_link() -> None:
    assert "<a " not in told(replace(ITEM, url="javascript:alert(1)")).html


def test_many_are_one_message_with_what_most_have_first_and_the_rest_counted() -> None:
    items = [replace(ITEM, alert_id=str(number), headline=f"Story {number}") for number in range(30)]

    text = told(*items)

    assert text.title == "DeepSeek: 30 new stories"
    assert "1. Story 0\n" in text.plain
    assert "20. Story 19\n" in text.plain
    assert "… and 10 more: `newsdesk alerts list`" in text.plain
    assert text.plain.endswith("Why: rule desk-slack, new stories on deepseek\n\nnewsdesk alert m1")


@pytest.mark.parametrize("limit", [160, 500, 1_000, 2_000, 4_096])
@pytest.mark.parametrize("count", [1, 2, 30])
def test_a_message_fits_its_channel_and_keeps_its_mark(limit: int, count: int) -> None:
    item = replace(ITEM, passage="Long. " * 500, headline="Headline " * 100)

    text = told(*[item] * count, body_limit=limit, title_limit=100)

    assert len(text.title) <= 100
    assert len(text.plain) <= max(limit, 420)  # what is less is cut by Apprise
    assert text.plain.endswith("newsdesk alert m1")


def test_an_edit_shows_what_was_and_what_is() -> None:
    edit = replace(ITEM, kind=AlertKind.EDIT, passage="Before: It costs $5.\nNow: It costs $6.")

    text = told(edit)

    assert text.title == "DeepSeek: edited - Lab cuts prices"
    assert "“Before: It costs $5.\nNow: It costs $6.”" in text.plain
    assert "<blockquote>Before: It costs $5.<br>Now: It costs $6.</blockquote>" in text.html


def test_a_feed_that_fails_belongs_to_no_topic() -> None:
    feed = replace(
        ITEM, kind=AlertKind.FEED_FAILING, topic_id=None, topic_title=None, headline="https://paper.example/rss"
    )

    assert told(feed).title == "newsdesk: feed failing - https://paper.example/rss"
    assert told(feed, feed).title == "newsdesk: 2 feeds failing"


def test_alerts_of_several_topics_say_how_many() -> None:
    assert told(ITEM, replace(ITEM, topic_id="chips")).title == "newsdesk: 2 new stories on 2 topics"


def test_a_hostile_headline_stays_in_its_line() -> None:
    hostile = "A\r\nBcc: x@y\u2028\u0000\u202eevil\u2066 @everyone <!channel> <@U123> " + "x" * 10_000

    title = told(replace(ITEM, headline=hostile)).title

    assert title.startswith(
        "DeepSeek: new story - A Bcc: x@y evil @\u2060everyone <\u2060!\u2060channel> <\u2060@U123>"
    )
    assert len(title) <= 250
    assert not re.search(r"[\x00-\x1f\u2028\u2029\u202a-\u202e\u2066\u2067]", title)


def test_a_headline_from_right_to_left_turns_nothing_around_it() -> None:
    assert folded("خبر جديد", limit=100) == "\u2068خبر جديد\u2069"


@given(text=st.text(max_size=3_000), limit=st.integers(20, 300))
def test_a_folded_text_is_one_bounded_line(text: str, limit: int) -> None:
    once = folded(text, limit=limit)

    assert len(once) <= 2 * limit + 2
    assert len(once.splitlines()) <= 1
    assert not once.startswith(" ")
