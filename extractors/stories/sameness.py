"""
Tell from a comparison what two texts have to do with each other.

The rules are about *where* two texts meet, not only how much of them does: a copy with comments below begins as its
original does, a report that re-uses background does not. None asks which of the two came first.
"""

from extractors.model import StoryLink
from extractors.stories.comparing import Comparison, Side

#: Two texts begin alike when the first common words stand within so many words, or so much of each, from its start;
#: then so much of the shorter must stand in the other.
_START_WORDS, _START_SHARE, _COVERED_FROM_START = 60, 0.15, 0.6
#: Two texts that meet further on, but in the front half of both: so much of the one and of the other, or nearly all of
#: the one and a good part of the other. Background stands in the rear half of what re-uses it.
_FRONT = 0.5
_COVERED = ((0.5, 0.4), (0.85, 0.25))
#: Two texts that end alike, within so many words or so much of each, are one where nearly all of the one stands in the
#: other: live blogs grow at their top. A short text at the end of another is furniture.
_END_WORDS, _END_SHARE, _COVERED_TO_END = 30, 0.05, 0.95
#: Share of numbers and names that must agree: what tells one wording with other contents (market reports, weather) from
#: a copy. Short texts are more often of that kind.
_NUMBERS, _LEAST_NUMBERS = 0.5, 8
_NUMBERS_SHORT, _LEAST_NUMBERS_SHORT, _SHORT_WORDS = 0.8, 4, 120
_NAMES, _NAMES_SHORT, _LEAST_NAMES = 0.35, 0.6, 6
#: A text quotes another where so many words of it stand there, but not most of the text, and with them most of the
#: other or its beginning.
_QUOTED_WORDS, _QUOTED_MOST, _QUOTED_LEAD = 30, 0.6, 0.6


def links_of(text_no: int, other_no: int, comparison: Comparison) -> tuple[StoryLink, ...]:
    """
    Return the links between two texts, one for each direction; none where they have nothing to do with each other.

    Args:
        text_no: The text on the left of *comparison*.
        other_no: The one on its right.
        comparison: Of the two.
    """
    left, right = comparison.left, comparison.right
    is_same = are_same(comparison)
    quotes = _quotes(left, right), _quotes(right, left)
    if not (is_same or any(quotes)):
        return ()
    return (
        _link(text_no, other_no, left, is_same=is_same, is_quote=quotes[0]),
        _link(other_no, text_no, right, is_same=is_same, is_quote=quotes[1]),
    )


def are_same(comparison: Comparison) -> bool:
    """Tell whether two texts are one text, whatever was done to it."""
    if not _agrees(comparison):
        return False
    sides = comparison.left, comparison.right
    least, most = sorted(side.covered for side in sides)
    if all(map(_begins, sides)) and most >= _COVERED_FROM_START:
        return True
    if all(map(_is_in_front, sides)) and any(most >= one and least >= other for one, other in _COVERED):
        return True
    return all(map(_ends, sides)) and most >= _COVERED_TO_END and not _is_short(comparison)


def _agrees(comparison: Comparison) -> bool:
    """Tell whether numbers and names allow two texts to be one."""
    left, right = comparison.left, comparison.right
    is_short = _is_short(comparison)
    share, least = (_NUMBERS_SHORT, _LEAST_NUMBERS_SHORT) if is_short else (_NUMBERS, _LEAST_NUMBERS)
    if left.number_count + right.number_count >= least and comparison.numbers < share:
        return False
    return left.name_count + right.name_count < _LEAST_NAMES or comparison.names >= (
        _NAMES_SHORT if is_short else _NAMES
    )


def _is_short(comparison: Comparison) -> bool:
    return min(comparison.left.word_count, comparison.right.word_count) < _SHORT_WORDS


def _begins(side: Side) -> bool:
    """Tell whether the common words begin near the start of a text."""
    return bool(side.regions) and side.regions[0][0] <= max(_START_WORDS, _START_SHARE * side.word_count)


def _is_in_front(side: Side) -> bool:
    return bool(side.regions) and side.regions[0][0] <= _FRONT * side.word_count


def _ends(side: Side) -> bool:
    rest = side.word_count - side.regions[-1][1] if side.regions else side.word_count
    return rest <= max(_END_WORDS, _END_SHARE * side.word_count)


def _quotes(text: Side, other: Side) -> bool:
    """Tell whether a text quotes another."""
    count = sum(end - begin for begin, end in text.regions)
    return (
        count >= _QUOTED_WORDS
        and text.covered < _QUOTED_MOST
        and (other.covered >= _COVERED_FROM_START or other.lead >= _QUOTED_LEAD)
    )


def _link(text_no: int, other_no: int, side: Side, *, is_same: bool, is_quote: bool) -> StoryLink:
    return StoryLink(
        text_no=text_no,
        other_no=other_no,
        is_same=is_same,
        is_quote=is_quote,
        word_count=side.word_count,
        covered=side.covered,
        likeness=side.likeness,
        number_count=side.number_count,
        number_hits=side.number_hits,
        regions=tuple(place for region in side.regions for place in region),
    )
