"""Stories stand around a text; chains of links make none, and the order of the texts tells nothing."""

import random

from hypothesis import given
from hypothesis import strategies as st

from extractors.stories.stars import cores, is_roundup

Edges = dict[tuple[int, int], float]


def graph(count: int, edges: Edges) -> dict[int, dict[int, float]]:
    found: dict[int, dict[int, float]] = {text: {} for text in range(count)}
    for (one, other), strength in edges.items():
        found[one][other] = found[other][one] = strength
    return found


def parted(count: int, edges: Edges, *, order: list[int] | None = None) -> set[frozenset[int]]:
    """Return the stories of texts that are numbered in *order*; their names stay what they are."""
    number = order or list(range(count))
    moved = {(number[one], number[other]): strength for (one, other), strength in edges.items()}
    names = {number[text]: f"{text:03}" for text in range(count)}
    found = cores(graph(count, moved), names=names)
    back = {number[text]: text for text in range(count)}
    return {frozenset(back[text] for text in found if found[text] == core) for core in set(found.values())}


def test_what_is_linked_to_one_text_is_its_story() -> None:
    assert parted(4, {(0, 1): 1.5, (0, 2): 1.2, (0, 3): 1.0}) == {frozenset(range(4))}


def test_a_chain_of_links_is_no_story() -> None:
    chain = {(text, text + 1): 1.0 for text in range(8)}

    assert max(map(len, parted(9, chain))) <= 3


def test_one_wrong_link_to_a_copy_joins_nothing() -> None:
    star = {(0, text): 1.5 for text in range(1, 6)}
    other = {(6, text): 1.5 for text in range(7, 10)}

    assert parted(10, star | other | {(3, 8): 2.0}) == {frozenset(range(6)), frozenset(range(6, 10))}


def test_two_stories_with_links_between_most_of_their_texts_are_one() -> None:
    star = {(0, text): 1.5 for text in (1, 2, 3)}
    between = {(4, 1): 1.0, (4, 2): 1.0}

    assert len(parted(5, star | {(4, 1): 1.0})) == 2
    assert len(parted(5, star | between)) == 1


def test_a_text_between_two_stories_goes_to_the_one_that_it_is_likest_to() -> None:
    stars = {(0, 1): 1.0, (0, 2): 1.0, (0, 3): 1.0, (4, 5): 1.0, (4, 6): 1.0}

    assert frozenset({4, 5, 6, 7}) in parted(8, stars | {(0, 7): 0.6, (4, 7): 1.9})


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] < pair[1]),
        st.sampled_from([0.7, 1.0, 1.3, 0.1 + 0.2, 1.9]),
        max_size=40,
    ),
    st.integers(0, 2**32),
)
def test_the_numbers_of_the_texts_tell_nothing(edges: Edges, seed: int) -> None:
    order = random.Random(seed).sample(range(12), 12)
    shuffled = dict(random.Random(seed).sample(sorted(edges.items()), len(edges)))

    assert parted(12, shuffled, order=order) == parted(12, edges)


def test_a_round_up_quotes_three_texts_in_different_places() -> None:
    assert is_roundup([(0, 60), (60, 120), (120, 200)])
    assert not is_roundup([(0, 60), (60, 120)])
    assert not is_roundup([(0, 60), (0, 60), (5, 65)])
    assert not is_roundup([(0, 400), (400, 460), (460, 520)])
