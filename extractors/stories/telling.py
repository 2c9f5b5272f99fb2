"""Tell how an article stands to its story: the relation, its measures, the evidence in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from extractors.model import StoryLink, StoryMember, StoryPlace

#: From here a text is held whole, and from here its words are the same and not swapped.
_WHOLE, _VERBATIM = 0.8, 0.93
#: A text that brings so much that the other did not have is an update of it.
_UPDATE_NOVELTY = 0.25


class Relation(StrEnum):
    """How an article stands to the story that carries its text."""

    FIRST = "first"
    COPY = "copy"
    EXCERPT = "excerpt"
    UPDATE = "update"
    REWRITE = "rewrite"


@dataclass(frozen=True, slots=True)
class Pair:
    """The links between a text and another: how each stands in the other."""

    text: StoryLink
    other: StoryLink

    @property
    def containment(self) -> float:
        """Return the share of the text that is held more fully by the other."""
        return max(self.text.covered, self.other.covered)

    @property
    def similarity(self) -> float:
        """Return the share of all words of both that stand in both, in order."""
        sides = self.text, self.other
        total = sum(side.word_count for side in sides)
        return sum(side.covered * side.likeness * side.word_count for side in sides) / total if total else 0.0

    @property
    def strength(self) -> float:
        """Return how much the two have in common, 0 to 2."""
        return self.containment + self.similarity


def first_place(member: StoryMember, story_id: str, *, is_roundup: bool) -> StoryPlace:
    """Return the place of the article that had the text of its story first."""
    evidence = "a round-up: it quotes several stories and belongs to none" if is_roundup else None
    return StoryPlace(
        article_id=member.article_id, story_id=story_id, text_no=member.text_no, relation=Relation.FIRST.value,
        evidence=evidence,
    )  # fmt: skip


def place_of_copy(member: StoryMember, story_id: str, *, other_id: str) -> StoryPlace:
    """Return the place of an article with the very words of another."""
    return StoryPlace(
        article_id=member.article_id, story_id=story_id, text_no=member.text_no, relation=Relation.COPY.value,
        similarity=1.0, containment=1.0, novelty=0.0, evidence=f"the same text as {other_id}",
    )  # fmt: skip


def place_beside(
    member: StoryMember, story_id: str, *, beside: Mapping[str, Pair], earlier: Mapping[str, Pair]
) -> StoryPlace:
    """
    Return the place of an article, told by the article that it is likest to.

    Args:
        member: The article.
        story_id: Its story.
        beside: By article, what its text has in common with others; one at least.
        earlier: Those of them that had their text earlier.
    """
    other_id = min(beside, key=lambda other: (-beside[other].strength, other))
    pair = beside[other_id]
    return StoryPlace(
        article_id=member.article_id,
        story_id=story_id,
        text_no=member.text_no,
        relation=_relation(pair).value,
        similarity=round(pair.similarity, 4),
        containment=round(pair.containment, 4),
        novelty=round(1 - max((known.text.covered for known in earlier.values()), default=0.0), 4),
        evidence=_evidence(pair, other_id),
    )


def _relation(pair: Pair) -> Relation:
    """Return what a text is to another."""
    new, old = pair.text, pair.other
    if min(new.likeness, old.likeness) < _VERBATIM or pair.containment < _WHOLE:
        return Relation.REWRITE
    if new.covered >= _WHOLE:
        return Relation.COPY if old.covered >= _WHOLE else Relation.EXCERPT
    return Relation.UPDATE if 1 - new.covered >= _UPDATE_NOVELTY else Relation.COPY


def _evidence(pair: Pair, other: str) -> str:
    """Say what of the one text stands in the other: of the new one, or of the old where more of that is found."""
    new, old = pair.text, pair.other
    is_new = new.covered >= old.covered
    side = new if is_new else old
    count = round(side.covered * side.likeness * side.word_count)
    found = (
        f"{count} of {side.word_count} words stand in {other} in the same order"
        if is_new
        else f"{count} of the {side.word_count} words of {other} stand here in the same order"
    )
    numbers = f"; {side.number_hits} of {side.number_count} numbers agree" if side.number_count else ""
    begin = new.regions[0] if new.regions else 0
    return f"{found}{numbers}; from {f'word {begin + 1}' if begin else 'the first word'} on"
