"""A pattern of many words matches what the plain alternation, the longest first, matches."""

import re

from hypothesis import given
from hypothesis import strategies as st

from extractors.facts.alternation import one_of

_WORDS = st.text("abc'.é ", min_size=1, max_size=5).filter(lambda word: word.strip() == word)


@given(st.sets(_WORDS, min_size=1, max_size=12), st.text("abc'.é ", max_size=30))
def test_the_same_places_match_as_in_a_plain_alternation(words: set[str], text: str) -> None:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    plain = re.compile("|".join(map(re.escape, longest_first)))

    assert [found.span() for found in re.finditer(one_of(words), text)] == [
        found.span() for found in plain.finditer(text)
    ]


def test_a_space_matches_any_white_space() -> None:
    assert re.fullmatch(one_of(["put it", "put"]), "put\u00a0it")
