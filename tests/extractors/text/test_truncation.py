"""Texts that break off are known by what stands at their edges; whole texts are left in peace."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.identity import sha256_hex
from extractors.model import Article, Document, Hints
from extractors.reading import Trace, trace

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
SENTENCES = {
    "en": "The council of Port Ellery voted on Monday for a longer seawall, and nobody was surprised by the vote. ",
    "de": "Der Rat von Port Ellery stimmte am Montag für eine längere Mauer, und niemand war davon überrascht. ",
    "fr": "Le conseil de Port Ellery a voté lundi pour une digue plus longue, et personne n'en fut surpris. ",
    "es": "El consejo de Port Ellery votó el lunes por un muro más largo, y nadie se sorprendió de ello. ",
    "it": "Il consiglio di Port Ellery ha votato lunedì per una diga più lunga, e nessuno si è sorpreso. ",
    "zh": "埃勒里港议会星期一投票决定修建更长的海堤，没有人对此感到意外，渔民们也表示欢迎。",
}
LANGUAGES = sorted(SENTENCES)


def prose(language: str = "en", *, paragraphs: int = 3) -> list[str]:
    """Return paragraphs that differ, since repeated ones would be stripped."""
    return [f"{SENTENCES[language] * 2}{SENTENCES[language].strip()} {number}." for number in range(1, paragraphs + 1)]


def seen(body: str, *, content_type: str = "text/html", hints: Hints | None = None) -> Trace:
    raw = body.encode()
    url = "https://courier.example/local/2025/seawall.html"
    document = Document(
        sha256=sha256_hex(raw),
        url=url,
        final_url=url,
        fetched_at=NOW,
        http_status=200,
        content_type=content_type,
        body=raw,
    )
    return trace(document, hints=hints or Hints(), topics=(), now=NOW)


def page(
    paragraphs: list[str], *, after: str = "", claim: dict[str, object] | None = None, end: str = "</body></html>"
) -> str:
    head = ""
    if claim is not None:
        told = json.dumps({"@type": "NewsArticle", "headline": "A longer seawall", **claim})
        head = f'<script type="application/ld+json">{told}</script>'
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    start = f"<html><head><title>A longer seawall</title>{head}</head><body><article><h1>A longer seawall</h1>"
    return f"{start}{text}{after}{end}"


def article(found: Trace) -> Article:
    assert found.reading.article is not None, found.reading
    return found.reading.article


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_text_is_whole(language: str) -> None:
    found = seen(page(prose(language), after="</article>"))

    assert found.truncation is None
    assert not article(found).is_truncated


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mark", ["[…]", "[...]", "(…)"])
def test_an_ellipsis_in_brackets_at_the_end_was_cut(language: str, mark: str) -> None:
    found = seen(page([*prose(language), f"{SENTENCES[language].strip()[:60]} {mark}"], after="</article>"))

    assert found.truncation == "ends in an ellipsis in brackets"
    assert article(found).is_truncated


@pytest.mark.parametrize(
    "words",
    [
        "… Continue reading",
        "… Weiterlesen",
        "... Lire la suite",
        "… Seguir leyendo",
        "… Continua a leggere",
        "…… 阅读全文",
        "[…] Read more at courier.example",
    ],
)
def test_a_text_that_ends_with_a_link_to_the_rest_is_a_teaser(words: str) -> None:
    found = seen(
        "\n".join([*prose(), f"The council of Port Ellery voted for a longer {words}"]), content_type="text/plain"
    )

    assert found.truncation == "ends with a link to the rest"


@pytest.mark.parametrize(
    "wall",
    [
        "Subscribe now to continue reading",
        "To read the full story, please sign in",
        "Weiterlesen mit dem Abo",
        "Il vous reste 70 % de cet article à lire",
        "La suite est réservée aux abonnés",
        "Contenido exclusivo para suscriptores",
        "Per continuare a leggere abbonati",
        "登录后阅读全文",
    ],
)
def test_a_wall_right_after_the_text_hides_the_rest(wall: str) -> None:
    found = seen(page(prose(), after=f'</article><div class="offer">{wall}</div>'))

    assert found.truncation == f"the page goes on: {wall}"


@pytest.mark.parametrize(
    "link",
    [
        "Continue reading",
        "Den ganzen Artikel lesen",
        "Lire la suite",
        "Leer el artículo completo",
        "Leggi tutto",
        "继续阅读",
    ],
)
def test_a_link_to_the_rest_right_after_a_short_text_is_a_teaser_s(link: str) -> None:
    short = seen(page(prose(paragraphs=2), after=f'<a href="/all">{link}</a></article>'))
    long = seen(page(prose(paragraphs=9), after=f'<a href="/all">{link}</a></article>'))

    assert short.truncation in {f"the page goes on: {link}", "ends with a link to the rest"}
    assert long.truncation is None


def test_a_bare_ellipsis_counts_in_what_a_feed_gave_and_not_at_the_end_of_a_long_page() -> None:
    cut = [*prose(paragraphs=4), "Nobody was surprised by the vote of the council on Monday, and then the harbour was…"]
    content = "".join(f"<p>{paragraph}</p>" for paragraph in cut)
    from_feed = seen("<html><body><p>Loading.</p></body></html>", hints=Hints(content_html=content))

    assert from_feed.truncation == "ends in an ellipsis"
    assert seen(page(cut, after="</article>")).truncation is None


def test_the_publisher_s_own_count_of_words_is_believed_unless_it_counts_letters() -> None:
    text = prose(paragraphs=3)
    letters = sum(map(len, text))

    assert seen(page(text, claim={"wordCount": 500})).truncation == "the publisher counts 500 words, here are 174"
    assert seen(page(text, claim={"wordCount": "260"})).truncation is None
    assert seen(page(text, claim={"wordCount": letters})).truncation is None
    assert seen(page(text, claim={"wordCount": ["many"]})).truncation is None


def test_a_short_text_of_an_article_that_is_not_free_is_its_teaser() -> None:
    locked = {"isAccessibleForFree": "False"}

    assert seen(page(prose(paragraphs=4), claim=locked)).truncation == "not free, and only 232 words"
    assert seen(page(prose(paragraphs=6), claim=locked)).truncation is None


@pytest.mark.parametrize(
    "end",
    [
        "The council said that the wall along the harbour would be built by the",
        "Der Rat sagte am Montag, dass die neue Mauer am Hafen von Port Ellery gebaut wird und",
        "Le conseil a dit lundi que la digue le long du port sera construite par la ville avec",
        "El consejo dijo el lunes que el muro a lo largo del puerto será construido por la ciudad con",
        "Il consiglio ha detto lunedì che la diga lungo il porto sarà costruita dalla città con",
        "The council said on Monday that the wall along the harbour would be built this year,",
    ],
)
def test_a_last_paragraph_that_stops_inside_a_sentence_was_cut(end: str) -> None:
    found = seen(page([*prose(), end], after="</article>"))

    assert found.truncation is not None
    assert found.truncation.startswith(("ends in the middle", "ends with a comma"))


def test_a_last_line_without_a_full_stop_is_no_sign() -> None:
    for end in (
        "Write to the editor of this newspaper about what you think of it all at desk@courier.de",
        "By Anna Holm",
    ):
        assert seen(page([*prose(), end], after="</article>")).truncation is None


def test_a_page_that_ends_inside_its_text_breaks_off() -> None:
    cut = [*prose(), "The council said that the wall along the harbour would be built before the next wint"]

    assert seen(page(cut, end="")).truncation == "the page breaks off"
    assert seen(page(prose(), end="")).truncation is None
    assert seen(page(cut)).truncation is None


@pytest.mark.parametrize(
    "start",
    [
        "But the council",
        "Doch der Rat",
        "Mais le conseil",
        "Pero el consejo",
        "Ma il consiglio",
        "但议会",
        "which the council",
    ],
)
def test_a_text_without_a_headline_that_begins_in_the_middle_lost_its_head(start: str) -> None:
    text = "\n".join([f"{start} {SENTENCES['en']}{SENTENCES['de']}".strip(), *prose()])

    assert str(seen(text, content_type="text/plain").truncation).startswith("begins in the middle")


def test_a_text_under_a_headline_may_begin_as_it_likes() -> None:
    assert seen(page([f"But {SENTENCES['en']}", *prose()], after="</article>")).truncation is None


@pytest.mark.shared
def test_of_the_seeds_only_the_fragment_is_no_whole_text(shared: Path) -> None:
    found = {}
    for path in sorted((shared / "seeds").glob("00*.txt")):
        found[path.name[:3]] = seen(path.read_text(encoding="utf-8"), content_type="text/plain").truncation

    assert [name for name, reason in found.items() if reason] == ["003"]
