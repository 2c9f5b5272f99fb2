"""Blocks that are no part of the article go, each under its rule; a clean article loses nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import RemovalKind
from extractors.text.article import Block, extract_plain
from extractors.text.clean import About, clean
from extractors.text.header import read_header

BODY = [
    (
        "The ministry published the figures on Tuesday, two weeks later "
        "than planned, and said that nothing was wrong with them."
    ),
    (
        "According to the report, exports rose by 4 per cent in the third "
        "quarter. Imports were flat, which economists had long expected."
    ),
    (
        "The central bank is due to decide on rates next month, and "
        "its governor said that the data left room for patience."
    ),
]
FURNITURE = {
    "Sign up for our newsletter and get the news in your inbox": RemovalKind.NEWSLETTER,
    "Subscribe to continue reading": RemovalKind.SUBSCRIPTION,
    "We use cookies to improve this site": RemovalKind.CONSENT,
    "Share on Facebook": RemovalKind.SHARE,
    "Read more: What the bank will do next": RemovalKind.RELATED,
    "Photograph: Jane Doe/Getty Images": RemovalKind.CAPTION,
    "By Jane Doe and John Smith": RemovalKind.BYLINE,
    "Imports were flat, which economists had long expected.": RemovalKind.PULL_QUOTE,
    "Melden Sie sich für unseren Newsletter an": RemovalKind.NEWSLETTER,
    "Lesen Sie auch: Was die Bank nun tut": RemovalKind.RELATED,
    "Déjà abonné ? Connectez-vous": RemovalKind.SUBSCRIPTION,
}
PLAIN = About(is_plain=True)


def blocks(lines: list[str]) -> list[Block]:
    return [Block(text=line) for line in lines]


@pytest.mark.parametrize(("line", "kind"), FURNITURE.items())
def test_each_kind_of_furniture_is_stripped_as_its_kind(line: str, kind: RemovalKind) -> None:
    cleaned = clean(blocks([BODY[0], line, *BODY[1:]]), about=PLAIN)

    assert [block.text for block in cleaned.blocks] == BODY
    assert [(item.kind, item.text) for item in cleaned.removals] == [(kind, line)]


@pytest.mark.parametrize(
    "line",
    [
        "The company said that 4,000 customers had cancelled their subscription to the newsletter since May.",
        "The minister shared the letter on Facebook, where it was read by thousands.",
        "Reuters reported the figures first.",
        "By Tuesday the market had recovered.",
        "Cookies were baked in the kitchen of the old mill.",
        "He said he would read more books.",
        "Comments by the governor moved the market.",
        "“I have nothing to hide,” she told the BBC.",
    ],
)
def test_sentences_that_name_furniture_stay(line: str) -> None:
    cleaned = clean(blocks([BODY[0], line, *BODY[1:]]), about=PLAIN)

    assert line in [block.text for block in cleaned.blocks]


def test_the_headline_above_the_text_is_a_repeat() -> None:
    cleaned = clean(blocks(["Exports rise again", *BODY]), about=About(titles=("Exports Rise Again",)))

    assert [item.rule for item in cleaned.removals] == ["title_repeat"]


def test_a_columnists_reading_list_goes_down_to_the_end() -> None:
    listed = [
        "What I’ve been reading",
        "When bankers meet",
        "A sobering analysis of what the bank means.",
        "Life is short",
        "An interview with a writer.",
    ]
    cleaned = clean(blocks([*BODY * 2, *listed]), about=About())

    assert [item.text for item in cleaned.removals] == listed


def test_a_heading_like_a_reading_list_before_long_text_stays() -> None:
    lines = [BODY[0], "Recommended reading", *BODY[1:]]

    assert len(clean(blocks(lines), about=PLAIN).blocks) == len(lines)


def test_removals_come_in_the_order_of_the_text() -> None:
    lines = ["Share on Facebook", BODY[0], "Read more: Another story", BODY[1], "Subscribe now", BODY[2]]

    assert [item.text for item in clean(blocks(lines), about=PLAIN).removals] == [lines[0], lines[2], lines[4]]


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *BODY,
                *FURNITURE,
                "Comments",
                "Leave a comment",
                "I think you are wrong!",
                "*",
                "Subscribeyou are wrong",
                "What I’ve been reading",
            ]
        ),
        st.text(min_size=1, max_size=60),
    ),
    max_size=25,
)


@given(LINES)
def test_cleaning_twice_changes_nothing(lines: list[str]) -> None:
    once = clean(blocks(lines), about=PLAIN)
    twice = clean(once.blocks, about=PLAIN)

    assert twice.blocks == once.blocks
    assert twice.removals == ()


@given(LINES)
def test_text_and_removals_hold_every_word_that_extraction_returned(lines: list[str]) -> None:
    given_blocks = extract_plain("\n".join(lines)).blocks
    cleaned = clean(given_blocks, about=PLAIN)
    out = [block.text for block in cleaned.blocks] + [item.text for item in cleaned.removals]

    assert sorted("".join("".join(out).split())) == sorted("".join("".join(lines).split()))


def test_a_text_that_begins_with_a_paragraph_has_no_header() -> None:
    assert read_header(BODY).strips == ()


def test_headline_byline_standfirst_and_caption_are_read_from_a_plain_text() -> None:
    lines = [
        "Jane Doe",
        "Exports rise: what could possibly go wrong?",
        "The figures are better than expected – and nobody at the ministry seems to know why",
        "A ship at a quay",
        "On the move: a ship. Photograph: J Doe/Alamy",
        *BODY,
    ]

    found = read_header(lines)

    assert found.title == lines[1]
    assert found.authors == ("Jane Doe",)
    assert found.standfirst == lines[2]
    assert [number for number, _kind, _rule in found.strips] == [0, 1, 2, 3, 4]


@pytest.mark.shared
@pytest.mark.parametrize(("corpus", "most_lost_pct"), [("newspapers-181", 0.35), ("publishers-257", 0.35)])
def test_clean_articles_as_plain_text_are_not_cut(shared: Path, corpus: str, most_lost_pct: float) -> None:
    words = lost = 0
    for line in (shared / "corpora" / corpus / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        found = extract_plain(json.loads(line)["text"] or "")
        words += sum(block.words for block in found.blocks)
        lost += sum(len(item.text.split()) for item in clean(found.blocks, about=PLAIN).removals)

    assert 100 * lost / words < most_lost_pct
