"""Give new articles their stories: the warehouse finds what they may belong to, the texts decide."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from extractors.model import Assignment, HeldText, NewText
from extractors.stories import fingerprint
from extractors.stories.shelf import Shelf
from extractors.stories.words import Words, fold
from warehouse.stories import TextsOf

#: Texts kept folded, by sha256, over all batches of the process: those that copies are compared with again and again.
#: Folding costs 1.5 ms, and one text of 700 words takes some 0.2 MB.
_KEPT_WORDS = 256
_kept: OrderedDict[str, Words] = OrderedDict()


def assign_stories(new: Sequence[NewText], held: Sequence[HeldText], texts_of: TextsOf) -> Assignment:
    """
    Place *new*, one after the other, so that articles of one batch meet each other.

    Args:
        new: New texts in the order in which they are loaded.
        held: Texts that stand for the stories which may carry them, of each story all.
        texts_of: Gives the texts of held ones, by sha256.
    """
    words = _WordsOf({text.text_sha256: text.text for text in new}, texts_of)
    shelf = Shelf(held, words_of=words)
    likely = {story for text in new for story in shelf.near(text.sketch)}
    words.fetch([text for story in sorted(likely) for text in shelf.texts_of(story)])
    for text in new:
        shelf.add(text)
    return shelf.assignment()


def sketch_of(text: str) -> tuple[int, ...]:
    """Return the sketch of *text*, as ``reading`` does."""
    return fingerprint.sketch(fold(text))


class _WordsOf:
    """Gives the words of new and of held texts; asks the warehouse for many at once, folds only what is compared."""

    def __init__(self, new: Mapping[str, str], texts_of: TextsOf) -> None:
        self._texts = dict(new)
        self._words: dict[str, Words] = {}
        self._texts_of = texts_of

    def fetch(self, wanted: Sequence[HeldText]) -> None:
        """Bring the texts of *wanted*, unless they are there."""
        missing = [text for text in wanted if text.text_sha256 not in self._texts and text.text_sha256 not in _kept]
        if missing:
            self._texts |= self._texts_of(missing)

    def __call__(self, text: HeldText) -> Words:
        """Return the words of *text*."""
        key = text.text_sha256
        if key not in self._words:
            self._words[key] = _kept[key] if key in _kept else self._folded(text)
        # What was used last is forgotten last.
        _kept[key] = self._words[key]
        _kept.move_to_end(key)
        while len(_kept) > _KEPT_WORDS:
            _kept.popitem(last=False)
        return self._words[key]

    def _folded(self, text: HeldText) -> Words:
        self.fetch([text])
        return fold(self._texts[text.text_sha256])
