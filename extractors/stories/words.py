"""
Fold a text into the words that are compared.

What damage and layout change is folded away: case, width, accents' composition, quotes, and the lone "â" that a wrong
decoding leaves of them. Scripts without spaces give one word a character.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

import xxhash

#: Word characters of scripts that put no spaces between words: each is a word of its own.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
#: Quotes, apostrophes, invisible characters, and what is left of them where bytes were lost.
_DROPPED = re.compile("['\"’‘‚‛“”„‟«»‹›`´\u00ad\u200b-\u200f\u2060\ufeff]|â(?!\\w)|(?<=\\w)â(?=s\\b)|(?<!\\w)â")


@dataclass(frozen=True)
class Words:
    """
    The words of one text, in order; made by ``fold``, compared by ``compare``.

    ``salient`` are the places of numbers and of names: what a template changes and a copy keeps.
    """

    words: tuple[str, ...]
    numbers: frozenset[int]
    names: frozenset[int]

    @cached_property
    def runs(self) -> tuple[tuple[str, str, str], ...]:
        """Return the runs of three words, one for each place."""
        return tuple(zip(self.words, self.words[1:], self.words[2:], strict=False))

    @cached_property
    def places(self) -> dict[tuple[str, str, str], tuple[int, ...]]:
        """Return where each run of three words begins; runs that stand in more than four places say nothing."""
        found: dict[tuple[str, str, str], list[int]] = {}
        for place, run in enumerate(self.runs):
            found.setdefault(run, []).append(place)
        return {run: tuple(where) for run, where in found.items() if len(where) <= _COMMON}

    @property
    def key(self) -> str:
        """Return 32 hex digits, the same for texts with the same words: these compare alike with every other."""
        names = ",".join(map(str, sorted(self.names)))
        return xxhash.xxh3_128_hexdigest(f"{' '.join(self.words)}\n{names}".encode("utf-8", "replace"))

    @property
    def is_unspaced(self) -> bool:
        """Tell whether most words are single characters of a script without spaces."""
        return sum(len(word) == 1 and word >= "\u0e00" for word in self.words[:400]) * 2 > min(len(self.words), 400)


_COMMON = 4


def fold(text: str) -> Words:
    """
    Return the words of *text*.

    Args:
        text: Any text; an empty one has no words.
    """
    plain = _DROPPED.sub("", unicodedata.normalize("NFKC", text))
    words: list[str] = []
    numbers, names = set(), set()
    for place, found in enumerate(_WORD.finditer(plain)):
        word = found[0]
        if word.isdecimal():
            numbers.add(place)
        elif word[0].isupper() and plain[max(0, found.start() - 2) : found.start()].strip(" ") not in _SENTENCE_ENDS:
            names.add(place)
        words.append(word.casefold())
    return Words(tuple(words), frozenset(numbers), frozenset(names))


#: Before the first word of a sentence or line stands one of these: a capital there means nothing.
_SENTENCE_ENDS = frozenset({"", ".", "!", "?", ":", "\n", ".\n", "!\n", "?\n", ")\n", "-", "\u2013", "\u2014", "…"})
