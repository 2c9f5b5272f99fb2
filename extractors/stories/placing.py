"""
Place a text: into the story that carries it, or into one of its own.

Pure: who calls brings the representatives of the stories that may carry the text, found by their sketches. The rules
are about *where* two texts meet, not only how much of them does: a copy with comments below begins as its original
does, a report that re-uses background does not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from extractors.stories.comparing import Comparison, Side, compare
from extractors.stories.words import Words

#: Two texts begin alike when the first common words stand within so many words, or so much of each, from its start.
_START_WORDS, _START_SHARE = 60, 0.15
#: Two texts with one beginning: so much of the shorter must stand in the other.
_COVERED_FROM_START = 0.6
#: Wherever they meet: so much of the one and of the other.
_COVERED_MOST, _COVERED_LEAST = 0.55, 0.45
#: A newer text of which so much is held already brings nothing, wherever it stands in the older.
_COVERED_NEW = 0.8
#: Share of numbers and names that must agree: what tells one wording with other contents (market reports, weather) from
#: a copy. Short texts are more often of that kind.
_NUMBERS, _NUMBERS_SHORT, _SHORT_WORDS, _LEAST_NUMBERS = 0.5, 0.8, 120, 4
_NAMES, _LEAST_NAMES = 0.35, 6
#: A round-up quotes at least so many stories in different places, none of which makes up most of what it quotes.
_ROUNDUP_STORIES, _ROUNDUP_LARGEST, _ROUNDUP_OVERLAP = 3, 0.6, 0.3
_QUOTED_WORDS, _QUOTED_LEAD = 30, 0.6
#: Two stories are one when a text carries so much of both in the same place.
_MERGE_COVERED, _MERGE_OVERLAP = 0.6, 0.5
#: A text that differs so much from every representative becomes one; more than six only repeat what they know.
_REPRESENTATIVE_SIMILARITY, MOST_REPRESENTATIVES = 0.9, 6
#: From here a text is held whole, and from here its words are the same and not swapped.
_WHOLE, _VERBATIM = 0.8, 0.93
_UPDATE_NOVELTY = 0.25


class Relation(StrEnum):
    """How an article stands to the story that carries its text."""

    FIRST = "first"
    COPY = "copy"
    EXCERPT = "excerpt"
    UPDATE = "update"
    REWRITE = "rewrite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """A text that stands for its story; brought by the caller."""

    article_id: str
    story_id: str
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a text belongs; ``story_id`` is None where it begins a story of its own."""

    story_id: str | None
    relation: Relation
    #: The representative that decided, with its comparison (left: the new text); None for a first text.
    match_id: str | None = None
    comparison: Comparison | None = None
    #: Share of the new text's words that no representative of the story has.
    novelty: float = 1.0
    #: Other stories that this text shows to be the same one.
    merged: tuple[str, ...] = ()
    #: The text is to stand for its story from now on.
    is_representative: bool = True
    #: The text quotes several stories and belongs to none.
    is_roundup: bool = False


def place(text: Words, held: Sequence[Representative]) -> Placement:
    """
    Return where *text* belongs.

    Args:
        text: The new text.
        held: Representatives of stories that may carry it; all of those known for a story, in any order.

    Returns:
        The same placement whatever the order of *held*.
    """
    compared = [(other, compare(text, other.words)) for other in sorted(held, key=_by_id)]
    best: dict[str, tuple[Representative, Comparison]] = {}
    for other, comparison in compared:
        if _is_same(comparison) and (
            other.story_id not in best or _strength(comparison) > _strength(best[other.story_id][1])
        ):
            best[other.story_id] = (other, comparison)
    if not best:
        return Placement(story_id=None, relation=Relation.FIRST)
    if _is_roundup(compared):
        return Placement(story_id=None, relation=Relation.FIRST, is_representative=False, is_roundup=True)
    chosen, comparison = max(best.values(), key=lambda match: _strength(match[1]))
    mine = [other for held_by, other in compared if held_by.story_id == chosen.story_id]
    return Placement(
        story_id=chosen.story_id,
        relation=_relation(comparison),
        match_id=chosen.article_id,
        comparison=comparison,
        novelty=1 - max(other.left.covered for other in mine),
        merged=tuple(
            sorted(
                story for story, (_, other) in best.items() if story != chosen.story_id and _are_one(comparison, other)
            )
        ),
        is_representative=len(mine) < MOST_REPRESENTATIVES
        and max(other.similarity for other in mine) < _REPRESENTATIVE_SIMILARITY,
    )


def relate(text: Words, held: Sequence[Representative]) -> Placement:
    """
    Return how *text* stands to the story that *held* stand for, where it is known to belong to it.

    Args:
        text: The text.
        held: Representatives of one story, one at least.
    """
    compared = [(other, compare(text, other.words)) for other in sorted(held, key=_by_id)]
    nearest, comparison = max(compared, key=lambda match: _strength(match[1]))
    return Placement(
        story_id=nearest.story_id,
        relation=_relation(comparison),
        match_id=nearest.article_id,
        comparison=comparison,
        novelty=1 - max(other.left.covered for _, other in compared),
        is_representative=False,
    )


def _by_id(other: Representative) -> str:
    return other.article_id


def _strength(comparison: Comparison) -> float:
    return comparison.containment + comparison.similarity


def _is_same(comparison: Comparison) -> bool:
    """Tell whether two texts are one text, whatever was done to it."""
    new, old = comparison.left, comparison.right
    if not _agrees(comparison):
        return False
    most, least = max(new.covered, old.covered), min(new.covered, old.covered)
    if _begins(new) and _begins(old) and most >= _COVERED_FROM_START:
        return True
    return (most >= _COVERED_MOST and least >= _COVERED_LEAST) or new.covered >= _COVERED_NEW


def _agrees(comparison: Comparison) -> bool:
    """Tell whether numbers and names stand against two texts being one."""
    new, old = comparison.left, comparison.right
    is_short = min(new.word_count, old.word_count) < _SHORT_WORDS
    if new.number_count + old.number_count >= _LEAST_NUMBERS and comparison.numbers < (
        _NUMBERS_SHORT if is_short else _NUMBERS
    ):
        return False
    return new.name_count + old.name_count < _LEAST_NAMES or comparison.names >= _NAMES


def _begins(side: Side) -> bool:
    """Tell whether the common words begin near the start of a text."""
    return bool(side.regions) and side.regions[0][0] <= max(_START_WORDS, _START_SHARE * side.word_count)


def _is_roundup(compared: Sequence[tuple[Representative, Comparison]]) -> bool:
    """Tell whether a text quotes several stories in different places, none of them for the most part."""
    quoted_at: dict[str, set[int]] = {}
    for other, comparison in compared:
        if _is_quoted(comparison):
            quoted_at.setdefault(other.story_id, set()).update(_places(comparison.left))
    disjoint: list[set[int]] = []
    for places in sorted(quoted_at.values(), key=len, reverse=True):
        if all(len(places & other) < _ROUNDUP_OVERLAP * len(places) for other in disjoint):
            disjoint.append(places)
    quoted = set().union(*disjoint)
    return len(disjoint) >= _ROUNDUP_STORIES and len(disjoint[0]) < _ROUNDUP_LARGEST * len(quoted)


def _is_quoted(comparison: Comparison) -> bool:
    """Tell whether a text quotes another: most of it, or its beginning, and more than a phrase."""
    old = comparison.right
    return len(_places(comparison.left)) >= _QUOTED_WORDS and (
        old.covered >= _COVERED_FROM_START or old.lead >= _QUOTED_LEAD
    )


def _are_one(first: Comparison, second: Comparison) -> bool:
    """Tell whether a text shows the stories of two representatives to be one: it carries both in the same place."""
    if min(first.right.covered, second.right.covered) < _MERGE_COVERED:
        return False
    one, other = _places(first.left), _places(second.left)
    return len(one & other) >= _MERGE_OVERLAP * min(len(one), len(other)) > 0


def _places(side: Side) -> set[int]:
    return set(_spread(side.regions))


def _spread(regions: Iterable[tuple[int, int]]) -> Iterable[int]:
    return (place for begin, end in regions for place in range(begin, end))


def _relation(comparison: Comparison) -> Relation:
    """Return what the newer text is to the older."""
    new, old = comparison.left, comparison.right
    if min(new.likeness, old.likeness) < _VERBATIM or max(new.covered, old.covered) < _WHOLE:
        return Relation.REWRITE
    if new.covered >= _WHOLE:
        return Relation.COPY if old.covered >= _WHOLE else Relation.EXCERPT
    return Relation.UPDATE if 1 - new.covered >= _UPDATE_NOVELTY else Relation.COPY
