"""What leaves for a channel: plain or escaped by what it shows, marked, and no part of its address told."""

import json
import logging
from collections.abc import Iterator

import pytest
from receiver import Receiver, receiving

from extractors.errors import ChannelError
from extractors.model import AlertRule, MessageText
from flows.channels import Channel, open_channel

HOSTILE = "*bold* _it_ [x](http://evil.example) `code` <!channel> # head"
TEXT = MessageText(
    title="A title",
    plain=f"plain {HOSTILE}",
    html="<p>html *bold* _it_ [x](http://evil.example) `code` &lt;!channel&gt; # head</p>",
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


def channel(url: str) -> Channel:
    rule = AlertRule(name="desk", url="env:DESK_URL", when="new story")
    return open_channel(rule, environment={"DESK_URL": f" {url}\n"})


def test_a_webhook_gets_title_text_and_the_mark_by_which_it_knows_a_repeat(receiver: Receiver) -> None:
    channel(receiver.url).send(TEXT, message_id="m1")

    assert receiver.posts[0] == receiver.posts[0] | {"title": "A title", "message": TEXT.plain}
    assert receiver.keys == ["m1"]


def test_a_channel_that_shows_markdown_gets_every_mark_of_the_text_escaped(receiver: Receiver) -> None:
    channel(f"{receiver.url}?format=markdown").send(TEXT, message_id="m1")

    assert receiver.posts[0]["message"] == (
        r"html \*bold\* \_it\_ \[x\]\(http://evil.example\) \`code\` \<\!channel\> \# head"
    )


def test_a_channel_that_shows_html_gets_ours(receiver: Receiver) -> None:
    channel(f"{receiver.url}?format=html").send(TEXT, message_id="m1")

    assert receiver.posts[0]["message"] == TEXT.html


def test_a_channel_without_titles_gets_the_title_escaped_in_the_body(receiver: Receiver) -> None:
    untitled = channel(f"{receiver.url}?format=html")
    untitled.title_limit = 0

    untitled.send(MessageText(title="A <b title", plain="", html="<p>body</p>"), message_id="m1")

    assert receiver.posts[0]["title"] == ""
    assert receiver.posts[0]["message"] == "<p><b>A &lt;b title</b></p>\n<p>body</p>"


def test_what_is_too_long_is_cut_and_not_refused(receiver: Receiver) -> None:
    long = MessageText(title="A title", plain="word " * 20_000, html="")

    channel(receiver.url).send(long, message_id="m1")

    assert len(receiver.posts) == 1
    assert len(json.dumps(receiver.posts[0])) < 40_000


def test_a_failure_is_one_line_without_any_part_of_the_address(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.failures = 1
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ChannelError, match="503") as caught:
        channel(receiver.url.replace("://", "://user:pa55word@")).send(TEXT, message_id="m1")

    told = str(caught.value) + caplog.text
    assert "\n" not in str(caught.value)
    for secret in ("pa55word", "s3cret", "hook-s3cret"):
        assert secret not in told


def test_nobody_listens(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ChannelError, match="rule desk: A Connection error occurred sending JSON"):
        channel("json://127.0.0.1:9/t0ken-of-ours").send(TEXT, message_id="m1")
    assert "t0ken" not in caplog.text


@pytest.mark.parametrize("url", ["nonsense://t0ken", "slack://t0ken", "t0ken", "mailto://"])
def test_an_address_that_is_none_is_refused_without_being_told(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ChannelError, match="what stands in DESK_URL is no address") as caught:
        channel(url)

    assert "t0ken" not in str(caught.value) + caplog.text


@pytest.mark.parametrize("url", ["", "  "])
def test_a_variable_without_an_address_is_not_set(url: str) -> None:
    with pytest.raises(ChannelError, match="rule desk: DESK_URL is not set"):
        channel(url)


def test_the_limits_are_the_services_own() -> None:
    slack = channel("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")

    assert (slack.service, slack.body_limit) == ("Slack", 35_000)
    assert channel("tgram://123456789:AbCdEfGhIjKlMnOpQrStUvWxYz012345678/12315544/").title_limit == 0
