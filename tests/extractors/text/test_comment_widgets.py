"""Readers' comments are cut whatever widget holds them, named or not, and the article above them stays whole."""

from datetime import UTC, datetime

import pytest

from extractors.model import Document, Hints, Reading, RemovalKind
from extractors.reading import read

PARAGRAPHS = [
    "The harbour office closed its northern pier on Monday after divers found cracks in two of the nine pillars.",
    "Fishing boats were moved to the inner basin overnight, and the ferry to the islands now leaves from the old quay.",
    "Engineers from the ministry said that the repair would take until spring, provided the weather stays calm.",
    "Traders on the fish market had warned of the state of the pier in letters to the council for three years.",
    "The council said on Tuesday that the cost of the work, put at four million, would be met from reserves.",
]
COMMENTS = [
    ("Ingrid V.", "My cousin told them about those cracks back in May and nobody even wrote down her name."),
    ("oldsalt77", "They should let the herring boats pay for it, since those were never meant to moor there."),
    ("Piet", "Honestly I would close the whole thing and put a swimming pool there instead."),
]
NAMED = {
    "viafoura": "<vf-conversations>{}</vf-conversations>",
    "coral": '<div id="coral_talk_stream">{}</div>',
    "shop reviews": '<div class="jdgm-widget" id="judgeme_product_reviews">{}</div>',
    "disqus": '<div id="disqus_thread">{}</div>',
    "spot.im": '<div class="spcv_conversation">{}</div>',
    "openweb": '<div class="openweb-conversation">{}</div>',
    "hyvor": "<hyvor-talk-comments>{}</hyvor-talk-comments>",
    "commento": '<div id="commento">{}</div>',
    "isso": '<section id="isso-thread">{}</section>',
    "giscus": '<div class="giscus">{}</div>',
    "utterances": '<div class="utterances">{}</div>',
    "facebook": '<div class="fb-comments">{}</div>',
    "livefyre": '<div class="livefyre-stream">{}</div>',
    "wordpress": '<ol class="commentlist">{}</ol>',
    "blogger": '<div id="comments" class="comments">{}</div>',
    "drupal": '<section class="comment-wrapper">{}</section>',
    "details": '<details class="comments"><summary>3 comments</summary>{}</details>',
    "schema.org": '<div itemscope itemtype="https://schema.org/UserComments">{}</div>',
    "leserbriefe": '<div class="leserbriefe">{}</div>',
    "reacties": '<div id="reacties">{}</div>',
    "commentaires": '<section id="commentaires">{}</section>',
    "comentarios": '<div class="comentarios">{}</div>',
}
REPLIES = [
    "Reply", "Antworten", "Répondre", "Responder", "Rispondi", "Beantwoorden", "Odpowiedz", "Ответить", "回复", "返信",
]  # fmt: skip


def reading_of(markup: str) -> Reading:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    url = "https://news.example/pier"
    document = Document(
        sha256="0" * 64,
        url=url,
        final_url=url,
        fetched_at=now,
        http_status=200,
        content_type="text/html; charset=utf-8",
        body=markup.encode(),
    )
    return read(document, hints=Hints(), topics=(), now=now)


def page(below: str) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        "<html><head><title>Pier closed</title></head><body><main><article><h1>Pier closed after divers find cracks"
        f"</h1>{body}{below}</article></main></body></html>"
    )


def thread(*, button: str = "Reply", when: str = "<time datetime='2026-11-02'>2 Nov</time>", tag: str = "div") -> str:
    return "".join(
        f"<{tag} class='x{number}'><b>{name}</b> <i>{when}</i><p>{text}</p><a href='#r{number}'>{button}</a></{tag}>"
        for number, (name, text) in enumerate(COMMENTS)
    )


def assert_only_the_article_stays(markup: str) -> None:
    found = reading_of(markup)

    assert found.article is not None
    assert found.article.text.split("\n") == PARAGRAPHS
    for _name, text in COMMENTS:
        assert any(text in removal.text and removal.kind is RemovalKind.COMMENT for removal in found.removals), text


@pytest.mark.parametrize("widget", NAMED.values(), ids=NAMED)
def test_a_widget_with_a_name_is_cut(widget: str) -> None:
    comments = "".join(f"<div><b>{name}</b><p>{text}</p></div>" for name, text in COMMENTS)

    assert_only_the_article_stays(page(widget.format(comments)))


@pytest.mark.parametrize("button", REPLIES)
def test_a_thread_without_a_name_is_known_by_its_times_and_reply_buttons(button: str) -> None:
    assert_only_the_article_stays(page(f"<div class='zz'>{thread(button=button)}</div>"))


@pytest.mark.parametrize("when", ["3 hours ago", "vor 3 Stunden", "il y a 2 jours", "hace 2 días", "12.11.2026 09:14"])
def test_an_age_in_words_serves_as_well_as_a_time(when: str) -> None:
    assert_only_the_article_stays(page(f"<section>{thread(when=when)}</section>"))


def test_replies_of_a_board_in_a_list_are_cut() -> None:
    assert_only_the_article_stays(page(f"<ul>{thread(tag='li')}</ul>"))


def test_one_button_alone_is_no_thread() -> None:
    answer = "The office answered in writing that the pier had been safe until the storm of last winter."
    letter = f"<div><time>2 Nov</time><p>{answer}</p><a href='#'>Reply</a></div>"

    found = reading_of(page(letter))

    assert found.article is not None
    assert "The office answered in writing" in found.article.text


def test_an_article_is_not_cut_with_its_own_buttons() -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    markup = (
        "<html><body><h1>Pier closed</h1><div class='story'><time>2 Nov</time>"
        f"{body}<a href='#1'>Reply</a><a href='#2'>Reply</a></div></body></html>"
    )

    found = reading_of(markup)

    assert found.article is not None
    assert found.article.text.split("\n")[:5] == PARAGRAPHS
