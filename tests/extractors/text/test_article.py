"""Widgets of readers' comments never reach the text, and the rest of the page does."""

import pytest

from extractors.text.article import BlockKind, extract_fragment, extract_page
from extractors.text.page import parse_page
from extractors.text.recover import recover

PARAGRAPHS = [
    (
        f"The {name} report was published on Tuesday, and the ministry said that the "
        f"figures had been checked twice before they were released to the public."
    )
    for name in ("first", "second", "third", "fourth", "fifth", "sixth")
]
BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
COMMENT = "I do not believe a word of this and neither should anybody else who pays attention to what they do."
WIDGETS = [
    '<div id="disqus_thread">{}</div>',
    '<div class="viafoura"><div class="vf3-conversations-list">{}</div></div>',
    "<vf-conversations>{}</vf-conversations>",
    '<div class="coral-talk-stream">{}</div>',
    '<div id="coral_thread">{}</div>',
    '<div class="spot-im-comments">{}</div>',
    '<div data-spotim-module="conversation" class="spotim-conversation">{}</div>',
    "<hyvor-talk-comments>{}</hyvor-talk-comments>",
    '<div id="commento">{}</div>',
    '<div class="openweb-conversation">{}</div>',
    '<section class="comments-area"><ol class="comment-list"><li>{}</li></ol></section>',
    '<ol class="commentlist"><li class="comment">{}</li></ol>',
    '<details class="comments"><summary>3 comments</summary>{}</details>',
    '<div id="reader-comments">{}</div>',
    '<div class="opinions-list">{}</div>',
    '<div class="reader-responses">{}</div>',
    '<div id="kommentare">{}</div>',
    '<div id="fb-comments">{}</div>',
]


def read(body: str, head: str = "") -> list[str]:
    markup = (
        f"<html><head><title>T</title>{head}</head><body><article><h1>A "
        f"headline of some words</h1>{body}</article></body></html>"
    )
    found = extract_page(parse_page(markup, url="https://news.example/a"))
    return [block.text for block in found.blocks]


@pytest.mark.parametrize("widget", WIDGETS)
def test_comments_of_each_widget_are_cut_and_kept_aside(widget: str) -> None:
    comments = "".join(f"<p>{COMMENT} Number {number}.</p>" for number in range(8))
    markup = f"<html><body><article><h1>A headline</h1>{BODY}{widget.format(comments)}</article></body></html>"

    found = extract_page(parse_page(markup, url="https://news.example/a"))

    text = "\n".join(block.text for block in found.blocks)
    assert "believe a word" not in text
    assert all(paragraph in text for paragraph in PARAGRAPHS)
    assert sum(cut.count("believe a word") for cut, _rule in found.pruned) == 8


def test_a_container_with_the_headline_is_no_widget() -> None:
    markup = f'<html><body><div class="comment"><h1>Comment is free</h1>{BODY}</div></body></html>'

    found = extract_page(parse_page(markup, url="https://news.example/a"))

    assert found.pruned == ()


def test_posts_stay_where_the_page_calls_itself_a_forum() -> None:
    head = '<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>'
    markup = f'<html><head>{head}</head><body><div class="comment-list">{BODY}</div></body></html>'

    assert extract_page(parse_page(markup, url="https://forum.example/a")).pruned == ()


def test_the_same_page_gives_the_same_text_however_often_it_is_read() -> None:
    assert len({tuple(read(BODY)) for _ in range(6)}) == 1


def test_blocks_know_their_kind_and_place() -> None:
    markup = (
        f"<html><body><article><h1>A headline</h1>{BODY}<h2>A section of the text</h2>{BODY.replace('report', 'paper')}"
        f"<blockquote>{PARAGRAPHS[0].replace('report', 'book')}</blockquote></article></body></html>"
    )
    blocks = extract_page(parse_page(markup, url="https://news.example/a")).blocks

    by_text = {block.text: block for block in blocks}
    assert by_text["A section of the text"].kind is BlockKind.HEADING
    assert all(block.segment is not None for block in blocks)
    assert by_text[PARAGRAPHS[0]].link_density == 0


def test_a_fragment_gives_all_its_text() -> None:
    found = extract_fragment("<p>One.</p><ul><li>Two</li></ul><script>no</script>Three", url="https://news.example/a")

    assert [(block.kind.value, block.text) for block in found.blocks] == [
        ("paragraph", "One."),
        ("item", "Two"),
        ("paragraph", "Three"),
    ]


def test_a_paragraph_that_json_ld_vouches_for_comes_back() -> None:
    lost = "This paragraph stands in a box that extractors take for furniture, yet the publisher counts it as text."
    claim = " ".join([*PARAGRAPHS[:3], lost, *PARAGRAPHS[3:]])
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "' + claim + '"}</script>'
    body = BODY.replace(f"<p>{PARAGRAPHS[3]}", f'<div class="related widget"><p>{lost}</p></div><p>{PARAGRAPHS[3]}')
    found = extract_page(
        parse_page(
            f"<html><head>{head}</head><body><article><h1>H</h1>{body}</article></body></html>",
            url="https://news.example/a",
        )
    )

    texts = [block.text for block in recover(found, standfirst=None)]

    assert texts.index(lost) == texts.index(PARAGRAPHS[3]) - 1


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<",
        "<html>",
        "\x00\x00",
        "<div>" * 10_000 + "x" + "</div>" * 10_000,
        "<p " + "a" * 500_000 + ">x",
        "<!--",
        "<![CDATA[",
        "&#xFFFFFF;&#0;&amp",
        "<table><tr><td>" * 300,
    ],
)
def test_broken_markup_is_read_without_an_error(markup: str) -> None:
    assert isinstance(extract_page(parse_page(markup, url="https://news.example/a")).blocks, tuple)
