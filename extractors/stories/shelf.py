"""
Place one text after the other, each knowing those before it.

A shelf holds the texts that stand for stories. It may hold all there are, or only those that share numbers with the
texts to come: the result is the same, whatever the size of the batches.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from extractors.model import Assignment, HeldText, NewText, StoryMerge, StoryPlace
from extractors.stories.comparing import Comparison
from extractors.stories.placing import MOST_REPRESENTATIVES, Placement, Relation, Representative, place, relate
from extractors.stories.words import Words

#: Numbers that two sketches share at least for the texts to be compared; ``warehouse/stories.py`` asks for as many.
LEAST_SHARED = 2
#: Stories whose texts are compared with a new one, those that share the largest part of a sketch.
_MOST_STORIES = 8


class Shelf:
    """
    Stories, by the texts that stand for them.

    Args:
        held: Texts that stand for a story before anything is added; of a story all or none.
        words_of: Gives the words of a text, one of *held* or one that was added; asked only where texts are compared.
    """

    def __init__(self, held: Iterable[HeldText] = (), *, words_of: Callable[[HeldText], Words]) -> None:
        self._words_of = words_of
        self._held: defaultdict[str, dict[str, HeldText]] = defaultdict(dict)
        self._since = dict[str, datetime]()
        self._postings: defaultdict[int, list[HeldText]] = defaultdict(list)
        #: By story that is none any more, the one it became.
        self._now: dict[str, str] = {}
        self._places: dict[str, StoryPlace] = {}
        self._merges: list[tuple[str, str]] = []
        self._texts: dict[str, HeldText] = {}
        self._dropped: set[str] = set()
        for text in held:
            self._since[text.story_id] = text.story_since
            self._hold(text)

    def add(self, new: NewText) -> str:
        """Place *new* and return its story, as it is now."""
        text = HeldText(
            article_id=new.article_id, story_id=new.article_id, story_since=new.first_seen_at,
            text_sha256=new.text_sha256, sketch=new.sketch,
        )  # fmt: skip
        near = [other for story in self.near(new.sketch) for other in self._held[story].values()]
        twins = [other for other in near if other.text_sha256 == new.text_sha256]
        if twins:
            twin = min(twins, key=lambda other: other.article_id)
            return self._join(text, _copied(new.article_id, twin, story_id=self._final(twin.story_id)))
        placed = self._placed(text, near)
        return self._join(text, _as_place(new.article_id, placed), placed)

    def story_of(self, article_id: str) -> str:
        """Return the story of an article that was added, as it is now."""
        return self._final(self._places[article_id].story_id)

    def near(self, sketch: Sequence[int]) -> list[str]:
        """Return the stories that a text with *sketch* is compared with, the likeliest first."""
        shared = Counter(
            text.article_id for number in sketch for text in self._postings.get(number, ()) if self._stands(text)
        )
        best: dict[str, float] = {}
        for text in {text.article_id: text for number in sketch for text in self._postings.get(number, ())}.values():
            count = shared[text.article_id]
            if count >= LEAST_SHARED:
                story = self._final(text.story_id)
                best[story] = max(best.get(story, 0), count / min(len(sketch), len(text.sketch)))
        return sorted(best, key=lambda story: (-best[story], story))[:_MOST_STORIES]

    def texts_of(self, story_id: str) -> list[HeldText]:
        """Return the texts that stand for a story."""
        return list(self._held[story_id].values())

    def assignment(self) -> Assignment:
        """Return what everything added came to."""
        return Assignment(
            places=tuple(replace(at, story_id=self._final(at.story_id)) for at in self._places.values()),
            merges=tuple(
                StoryMerge(story_id=gone, now_story_id=self._final(gone), article_id=shown_by)
                for gone, shown_by in self._merges
            ),
            texts=tuple(
                replace(text, story_id=self._final(text.story_id))
                for text in self._texts.values()
                if text.article_id not in self._dropped
            ),
            dropped=tuple(sorted(self._dropped - self._texts.keys())),
        )

    def _placed(self, text: HeldText, near: Sequence[HeldText]) -> Placement:
        """Return where *text* belongs; its words are not even looked at where it is like nothing."""
        if not near:
            return Placement(story_id=None, relation=Relation.FIRST)
        return place(self._words_of(text), [self._representative(other) for other in near])

    def _join(self, text: HeldText, at: StoryPlace, placed: Placement | None = None) -> str:
        """Put an article into its story, and make one of those that it shows to be one."""
        story = at.story_id
        self._places[text.article_id] = at
        self._since[story] = min(self._since.get(story, text.story_since), text.story_since)
        if placed is not None and placed.is_representative:
            self._texts[text.article_id] = replace(text, story_id=story)
            self._hold(self._texts[text.article_id])
        for other in placed.merged if placed is not None else ():
            self._merge(self._final(story), self._final(other), shown_by=text.article_id)
        return self._final(story)

    def _merge(self, story: str, other: str, *, shown_by: str) -> None:
        """Make two stories one: the older stays, and the first of the younger is told anew what it is."""
        if story == other:
            return
        keep, gone = sorted((story, other), key=lambda each: (self._since[each], each))
        kept, moved = self._held[keep], self._held.pop(gone)
        if gone in moved:
            placed = relate(self._words_of(moved[gone]), [self._representative(text) for text in kept.values()])
            at = _as_place(gone, placed)
            self._places[gone] = replace(at, evidence=f"{shown_by} carries both; {at.evidence}")
        for text in _first_before_others(moved.values(), gone):
            if len(kept) < MOST_REPRESENTATIVES:
                kept[text.article_id] = replace(text, story_id=keep)
            else:
                self._dropped.add(text.article_id)
        self._since[keep] = min(self._since[keep], self._since[gone])
        self._now[gone] = keep
        self._merges.append((gone, shown_by))

    def _hold(self, text: HeldText) -> None:
        self._held[text.story_id][text.article_id] = text
        for number in text.sketch:
            self._postings[number].append(text)

    def _stands(self, text: HeldText) -> bool:
        return text.article_id not in self._dropped

    def _representative(self, text: HeldText) -> Representative:
        return Representative(
            article_id=text.article_id, story_id=self._final(text.story_id), words=self._words_of(text)
        )

    def _final(self, story: str) -> str:
        while story in self._now:
            story = self._now[story]
        return story


def _first_before_others(texts: Iterable[HeldText], first: str) -> list[HeldText]:
    return sorted(texts, key=lambda text: (text.article_id != first, text.article_id))


def _copied(article_id: str, twin: HeldText, *, story_id: str) -> StoryPlace:
    """Return the place of an article with the very text of another."""
    return StoryPlace(
        article_id=article_id, story_id=story_id, relation=Relation.COPY.value, similarity=1.0, containment=1.0,
        novelty=0.0, evidence=f"the same text as {twin.article_id}",
    )  # fmt: skip


def _as_place(article_id: str, placed: Placement) -> StoryPlace:
    """Return *placed* in the form in which it is kept."""
    if placed.story_id is None or placed.comparison is None:
        evidence = "a round-up: it quotes several stories and belongs to none" if placed.is_roundup else None
        return StoryPlace(article_id=article_id, story_id=article_id, relation=placed.relation.value, evidence=evidence)
    return StoryPlace(
        article_id=article_id,
        story_id=placed.story_id,
        relation=placed.relation.value,
        similarity=round(placed.comparison.similarity, 4),
        containment=round(placed.comparison.containment, 4),
        novelty=round(placed.novelty, 4),
        evidence=_evidence(placed.comparison, placed.match_id or ""),
    )


def _evidence(comparison: Comparison, other: str) -> str:
    """Say what of the one text stands in the other: of the new one, or of the old where more of that is found."""
    new, old = comparison.left, comparison.right
    is_new = new.covered >= old.covered
    side = new if is_new else old
    count = round(side.covered * side.likeness * side.word_count)
    found = (
        f"{count} of {side.word_count} words stand in {other} in the same order"
        if is_new
        else f"{count} of the {side.word_count} words of {other} stand here in the same order"
    )
    numbers = f"; {side.number_hits} of {side.number_count} numbers agree" if side.number_count else ""
    begin = new.regions[0][0] if new.regions else 0
    return f"{found}{numbers}; from {f'word {begin + 1}' if begin else 'the first word'} on"
