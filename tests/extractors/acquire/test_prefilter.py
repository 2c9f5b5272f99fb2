"""The prefilter may let a page through for nothing; it never stops one that reading would find a topic in."""

import json
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from extractors.acquire.prefilter import Prefilter
from extractors.facts.topics import compile_topics, match
from extractors.identity import sha256_hex
from extractors.model import Document, Hints, WatchedTopic
from extractors.reading import read

NOW = datetime(2026, 11, 20, tzinfo=UTC)
FILLER = (
    "The council met on Tuesday to look at the harbour, which has been silting up for years. "
    "Its members agreed that a report should be written before anything is dredged, and adjourned. "
    "The report is to be read out in the spring, and the public may come and put questions to the authors. "
)


def topic(query: str) -> WatchedTopic:
    return WatchedTopic(topic_id="t", title="T", query=query, query_version="1")


QUERY = 'deepseek OR "深度求索" OR "liang wenfeng" OR нейросеть OR café OR (R1 AND (china OR nvidia)) NOT "deep sea"'
TOPICS = (topic(QUERY),)
PREFILTER = Prefilter(TOPICS)
#: Each is found by reading.
NAMES = ("DeepSeek", "DEEPSEEK", "Liang Wenfeng", "深度求索", "Нейросеть", "НЕЙРОСЕТЬ", "Café", "R1 of China")


def page(words: str, *, head: str = "", title: str = "The harbour report of the council") -> str:
    paragraphs = "".join(f"<p>{FILLER} Number {number} of the papers was {words} today.</p>" for number in range(3))
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def is_covered(body: bytes, content_type: str | None) -> bool:
    document = Document(
        sha256=sha256_hex(body),
        url="https://a.example/news/1",
        final_url="https://a.example/news/1",
        fetched_at=NOW,
        http_status=200,
        content_type=content_type,
        body=body,
    )
    return bool(read(document, hints=Hints(), topics=TOPICS, now=NOW).coverage)


#: Ways of writing a word that a reader sees as the word.
DISGUISES = {
    "plain": lambda word: word,
    "entities": lambda word: "".join(f"&#{ord(char)};" for char in word),
    "hexadecimal": lambda word: "".join(f"&#x{ord(char):04X};" for char in word),
    "soft hyphens": "&shy;".join,
    "soft hyphens as bytes": "\u00ad".join,
    "zero width spaces": "\u200b".join,
    "a word joiner": lambda word: word[:2] + "&NoBreak;" + word[2:],
    "bold": lambda word: f"{word[:4]}<b>{word[4:]}</b>",
    "a large first letter": lambda word: f'<span class="cap">{word[0]}</span>{word[1:]}',
    "a link": lambda word: f'{word[:3]}<a title="a > b" href="/x">{word[3:]}</a>',
    "a comment": lambda word: f"{word[:3]}<!-- <i>no</i> -->{word[3:]}",
    "wide": lambda word: "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in word),
    "accents apart": lambda word: unicodedata.normalize("NFD", word),
    "twice encoded": lambda word: word.encode().decode("latin-1") if not word.isascii() else word,
}


@given(
    name=st.sampled_from(NAMES),
    disguise=st.sampled_from(sorted(DISGUISES)),
    charset=st.sampled_from(["utf-8", "utf-16", "windows-1251", "gb18030", "shift_jis", "iso-2022-jp", "koi8-r"]),
    is_declared=st.booleans(),
    place=st.sampled_from(["text", "title"]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@example(name="DeepSeek", disguise="soft hyphens", charset="utf-8", is_declared=True, place="text")
@example(name="Café", disguise="accents apart", charset="utf-8", is_declared=True, place="text")
@example(name="НЕЙРОСЕТЬ", disguise="plain", charset="koi8-r", is_declared=True, place="text")
@example(name="深度求索", disguise="twice encoded", charset="utf-8", is_declared=True, place="text")
def test_what_reading_covers_passes(name: str, disguise: str, charset: str, *, is_declared: bool, place: str) -> None:
    words = DISGUISES[disguise](name)
    markup = page(words) if place == "text" else page("something else", title=words)
    body = markup.encode(charset, "xmlcharrefreplace")
    content_type = f"text/html; charset={charset}" if is_declared else "text/html"

    assume(is_covered(body, content_type))

    assert PREFILTER.passes(body, content_type)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("disguise", sorted(DISGUISES))
def test_hidden_letters_are_found(name: str, disguise: str) -> None:
    assert PREFILTER.passes(page(DISGUISES[disguise](name)).encode(), "text/html; charset=utf-8")


ALPHABET = st.sampled_from("deepskchinavr1 DEK-'\n.,é\u0301İıКкк深度ｄＥ\u212a\u00a0”")


@given(
    word=st.text(ALPHABET.filter(str.isalnum), min_size=1, max_size=6),
    around=st.tuples(st.text(ALPHABET, max_size=8), st.text(ALPHABET, max_size=8)),
    spelt=st.sampled_from([str, str.upper, str.title, str.swapcase]),
    form=st.sampled_from(["NFC", "NFD"]),
)
@example(word="seek", around=("deep ", ""), spelt=lambda word: word.replace("k", "\u212a"), form="NFC")
@example(word="in", around=("", " china"), spelt=lambda _: "\u0130n", form="NFC")
@example(word="кафé", around=("", ""), spelt=str.upper, form="NFD")
def test_every_place_that_matching_finds_has_its_window(
    word: str, around: tuple[str, str], spelt: Callable[[str], str], form: Literal["NFC", "NFD"]
) -> None:
    topics = (topic(f'"{word}"'),)
    text = f"{around[0]} {unicodedata.normalize(form, spelt(word))} {around[1]}"
    _, coverage = match(compile_topics(topics), title=None, text=text, source="", language=None)

    assert not coverage or Prefilter(topics).passes(text.encode(), "text/plain; charset=utf-8")


def test_json_of_a_script_counts_with_its_escapes() -> None:
    claim = json.dumps({"@type": "NewsArticle", "articleBody": "深度求索 und нейросеть"})
    assert "\\u" in claim

    assert PREFILTER.passes(page("nothing", head=f'<script type="application/ld+json">{claim}</script>').encode())


@pytest.mark.parametrize(
    "words",
    [
        "nothing at all",
        "R1 alone",
        "China alone",
        "the deep sea",
        "deep <p>seek",
        "&#8217;s &amp; &shy;more",
        "深く求める",
    ],
)
def test_a_page_that_cannot_match_is_stopped(words: str) -> None:
    assert not PREFILTER.passes(page(words).encode(), "text/html; charset=utf-8")


def test_a_title_that_stands_beside_the_text_counts() -> None:
    assert PREFILTER.passes(b"<p>nothing</p>", "text/html", title="DeepSeek again")


def test_a_topic_that_a_few_letters_are_enough_for_is_named() -> None:
    topics = (topic("ai OR deepseek"), WatchedTopic(topic_id="u", title="", query="R1 AND china", query_version="1"))

    assert Prefilter(topics).weak_topics == ("t",)
