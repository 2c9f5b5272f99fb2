"""Relevance: more, earlier, higher placed is never less."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.facts.relevance import lede_end, relevance

LONG = ("A sentence about something else entirely that goes on for a while. " * 6 + "\n") * 12
PLACES = st.lists(st.tuples(st.integers(0, len(LONG) - 1), st.sampled_from([0.5, 1.0])), max_size=12)
WEIGHTS = st.lists(st.sampled_from([0.5, 1.0]), max_size=3)


@given(WEIGHTS, PLACES)
def test_relevance_lies_between_0_and_1(title: list[float], places: list[tuple[int, float]]) -> None:
    assert 0 <= relevance(title, places, text=LONG) <= 1


@given(WEIGHTS, PLACES, st.integers(0, len(LONG) - 1))
def test_one_more_mention_never_lowers_it(title: list[float], places: list[tuple[int, float]], at: int) -> None:
    assert relevance(title, [*places, (at, 1.0)], text=LONG) >= relevance(title, places, text=LONG)


@given(WEIGHTS, PLACES)
def test_a_mention_in_the_title_never_lowers_it(title: list[float], places: list[tuple[int, float]]) -> None:
    assert relevance([*title, 1.0], places, text=LONG) >= relevance(title, places, text=LONG)


@given(PLACES, st.integers(1, len(LONG)))
def test_mentions_that_stand_earlier_never_lower_it(places: list[tuple[int, float]], by: int) -> None:
    earlier = [(max(0, at - by), weight) for at, weight in places]
    assert relevance([], earlier, text=LONG) >= relevance([], places, text=LONG)


@given(PLACES, st.integers(0, 5))
def test_more_text_behind_the_same_mentions_never_raises_it(places: list[tuple[int, float]], more: int) -> None:
    assert relevance([], places, text=LONG + LONG * more) <= relevance([], places, text=LONG)


def test_nothing_found_is_0() -> None:
    assert relevance([], [], text=LONG) == 0


def test_one_passing_mention_at_the_end_is_low() -> None:
    assert relevance([], [(len(LONG) - 100, 1.0)], text=LONG) < 0.15


def test_title_lede_and_body_are_high() -> None:
    assert relevance([1.0], [(40, 1.0), (900, 1.0), (2000, 1.0)], text=LONG) > 0.8


def test_a_text_without_headline_can_be_high() -> None:
    assert relevance([], [(300 * number, 1.0) for number in range(14)], text=LONG) > 0.7


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("", 0),
        ("One.\nTwo.\nThree.", len("One.\nTwo.\n")),
        ("One.\n\nTwo.\nThree.", len("One.\n\nTwo.\n")),
        ("x" * 2000, 800),
        ("深" * 2000, 320),
    ],
)
def test_the_lede_is_two_paragraphs_but_no_more_than_a_screen(text: str, end: int) -> None:
    assert lede_end(text) == end


EXAMPLES = {
    "headline, lede and ten more": ([1.0], [100, *range(300, 4800, 450)]),
    "lede and ten more, no headline": ([], [100, *range(300, 4800, 450)]),
    "headline and once in the lede": ([1.0], [100]),
    "headline alone": ([1.0], []),
    "once, in the lede": ([], [100]),
    "three times in the middle": ([], [2000, 2500, 3000]),
    "once, in the middle": ([], [2500]),
    "once, at the end": ([], [4900]),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_worked_examples_of_the_explanation_are_what_the_formula_gives(name: str) -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "relevance.md"
    row = next(line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {name} |"))
    title, offsets = EXAMPLES[name]
    text = ("x" * 199 + "\n") * 25
    given = relevance(title, [(at, 1.0) for at in offsets], text=text)
    assert row.split("|")[2].strip() == f"{given:.2f}"
