"""Give new articles their stories: the warehouse says what they may belong to, the texts decide."""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from extractors.model import Assignment, NewText, StoryLink, StoryMember, StoryText
from extractors.stories.fingerprint import sketch
from extractors.stories.linking import link_texts
from extractors.stories.placing import place_articles
from extractors.stories.words import Words, fold

#: Texts kept folded, by key, over all batches of the process: those that copies are compared with again and again.
#: Folding costs 1.5 ms, and one text of 700 words takes some 0.2 MB.
_KEPT_WORDS = 256
_kept: OrderedDict[str, Words] = OrderedDict()


class Held(Protocol):
    """What is known of earlier texts; ``warehouse.held_stories`` says it of a warehouse."""

    def last_no(self) -> int:
        """Return the highest number of a text."""

    def near(self, new: Sequence[NewText]) -> Mapping[str, Mapping[int, int]]:
        """Return by new article the texts that share numbers with it, with how many."""

    def texts(self, numbers: Collection[int]) -> Sequence[StoryText]:
        """Return texts with the cores of their stories."""

    def words(self, wanted: Collection[StoryText]) -> Mapping[int, str]:
        """Return what texts say, by number."""

    def family(self, numbers: Collection[int]) -> tuple[Sequence[StoryMember], Sequence[StoryLink]]:
        """Return the articles whose texts are linked to *numbers*, directly or through others, and all their links."""


def assign_stories(new: Sequence[NewText], held: Held) -> Assignment:
    """
    Place *new*, and place anew what their texts are linked to.

    Args:
        new: Articles that are not held.
        held: What is.
    """
    near = held.near(new)
    linked = link_texts(
        new,
        near=near,
        held=held.texts({number for counts in near.values() for number in counts}),
        last_no=held.last_no(),
        words_of=_WordsOf({text.text_sha256: text.text for text in new}, held),
    )
    begun = {text.text_no for text in linked.texts}
    touched = {*linked.numbers.values(), *(link.other_no for link in linked.links)} - begun
    members, links = held.family(touched) if touched else ((), ())
    joining = [
        StoryMember(
            article_id=text.article_id, text_no=linked.numbers[text.article_id], first_seen_at=text.first_seen_at,
            had_it_at=text.had_it_at,
        )
        for text in new
    ]  # fmt: skip
    placed = place_articles([*members, *joining], [*links, *linked.links])
    return replace(placed, texts=linked.texts, links=linked.links)


def fingerprint_of(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the key of a text's words and its sketch, as ``reading`` does."""
    words = fold(text)
    return words.key, sketch(words)


class _WordsOf:
    """Gives the words of new and of held texts; folds each once."""

    def __init__(self, new: Mapping[str, str], held: Held) -> None:
        self._new = new
        self._held = held

    def __call__(self, wanted: Collection[StoryText]) -> dict[int, Words]:
        """Return the words of *wanted*, by number."""
        found = {text.text_no: _kept[text.words_key] for text in wanted if text.words_key in _kept}
        missing = [text for text in wanted if text.text_no not in found]
        asked = [text for text in missing if text.text_sha256 not in self._new]
        said = self._held.words(asked) if asked else {}
        for text in missing:
            found[text.text_no] = fold(said.get(text.text_no) or self._new[text.text_sha256])
        for text in wanted:
            _keep(text.words_key, found[text.text_no])
        return found


def _keep(key: str, words: Words) -> None:
    """Keep *words*, and forget what was used longest ago."""
    _kept[key] = words
    _kept.move_to_end(key)
    if len(_kept) > _KEPT_WORDS:
        _kept.popitem(last=False)
