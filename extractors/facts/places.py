"""
Find where terms stand in a text: one pass of one Aho-Corasick automaton for all terms of all topics.

The automaton runs over a copy of the text in which every gap between two words (a space, a hyphen, a space
with quotation marks) is one space, so that a phrase is one pattern; what it finds is then placed in the text
itself. Cost grows with what is found, hardly with the number of terms.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ahocorasick_rs import AhoCorasick

from extractors.facts.folding import ends_word, fold, starts_word, word_end
from extractors.facts.query_tree import Near, Term

#: (start, end) in code points.
Span = tuple[int, int]

#: Signs that may stand between two words of a phrase. A comma, a dash, a stop or a line break may not: "dig
#: deep, seek help" names nothing.
_GAPS: Final = '\t-"“”„«»()[]·・/'
_RUN: Final = re.compile(r"(?<! ) {2,3}(?! )")
_URL: Final = re.compile(r"(?:[a-z][a-z0-9+.-]{0,30}://|www\.)[!-~]+")
#: A word for counting distances: a run of letters and digits, or one character of a script without spaces.
_COUNTED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
#: After these no particle or mark can follow.
_SURE_ENDS: Final = frozenset(("", " ", "\n", ".", "'"))
#: No word is longer in news than this, so a window with more characters a word cannot hold few words.
_LONGEST_WORD: Final = 60


class TermIndex:
    """All terms in one automaton."""

    def __init__(self, terms: Iterable[Term]) -> None:
        by_pattern: dict[str, list[Term]] = {}
        for term in terms:
            for pattern in _patterns(term):
                by_pattern.setdefault(pattern, []).append(term)
        self._terms = tuple(map(tuple, by_pattern.values()))
        self._automaton = AhoCorasick(list(by_pattern))

    def find(self, folded: str) -> dict[Term, list[Span]]:
        """Return the places of every term that stands in *folded* text, each list in order."""
        found: dict[Term, set[Span]] = {}
        for pattern, hits in self._hits(folded).items():
            for term in self._terms[pattern]:
                if term.is_prefix:
                    found.setdefault(term, set()).update((start, word_end(folded, end)) for start, end, _ in hits)
                elif whole := [(start, end) for start, end, is_whole in hits if is_whole]:
                    found.setdefault(term, set()).update(whole)
        return {term: sorted(spans) for term, spans in found.items()}

    def _hits(self, folded: str) -> dict[int, list[tuple[int, int, bool]]]:
        """Return by pattern where it begins a word: (start, end, whether a word ends there)."""
        hits: dict[int, list[tuple[int, int, bool]]] = {}
        plain, (offsets, shifts) = _narrowed(folded)
        urls = _urls(folded)
        for pattern, start, end in self._automaton.find_matches_as_indexes(plain, overlapping=True):
            # Most hits lie inside a longer word ("ai" in "said"): a letter before them settles that cheaply.
            if start and "a" <= plain[start - 1] <= "z" and "a" <= plain[start] <= "z":
                continue
            first = start + shifts[bisect_right(offsets, start) - 1]
            last = end + shifts[bisect_right(offsets, end - 1) - 1]
            if (start and plain[start - 1] != " " and not starts_word(folded, first)) or _inside(urls, first):
                continue
            is_whole = plain[end : end + 1] in _SURE_ENDS or ends_word(folded, last)
            hits.setdefault(pattern, []).append((first, last, is_whole))
        return hits


def near_places(near: Near, folded: str, found: Mapping[Term, list[Span]]) -> list[Span]:
    """Return the shortest stretches of *folded* that hold all words of *near*, apart from one another."""
    if not all(term in found for term in near.terms):
        return []
    windows = _windows(near, folded, [found[term] for term in near.terms])
    return apart(sorted(windows, key=lambda span: span[1] - span[0]))


def apart(spans: Iterable[Span]) -> list[Span]:
    """Return those of *spans* that overlap none that was given before them, in order of the text."""
    kept: list[Span] = []
    for span in spans:
        at = bisect_left(kept, span)
        is_free = (at == 0 or kept[at - 1][1] <= span[0]) and (at == len(kept) or span[1] <= kept[at][0])
        if is_free:
            kept.insert(at, span)
    return kept


def _windows(near: Near, folded: str, places: list[list[Span]]) -> Iterator[Span]:
    """Give, for each place of each word, the shortest stretch that starts there and fulfils *near*."""
    own = sum(len(_COUNTED.findall(word)) for term in near.terms for word in term.words)
    for start, end in sorted({span for spans in places for span in spans}):
        following = [bisect_left(spans, (start, 0)) for spans in places]
        if any(at == len(spans) for at, spans in zip(following, places, strict=True)):
            continue
        last = max(end, *(spans[at][1] for at, spans in zip(following, places, strict=True)))
        if last - start > (near.slop + own) * _LONGEST_WORD:
            continue
        window = folded[start:last]
        if "\n" not in window and len(_COUNTED.findall(window)) <= near.slop + own:
            yield start, last


def _patterns(term: Term) -> set[str]:
    """
    Return what the automaton looks for to find *term*.

    Texts write accents and kana marks composed or apart, and folding moves no offset, so both are looked for;
    inside a phrase a word may carry a possessive ("DeepSeek's R1").
    """
    words = term.words
    possessive = [(*words[:at], words[at] + "'s", *words[at + 1 :]) for at in range(len(words) - 1)]
    forms = (" ".join(phrase) for phrase in (words, *possessive))
    return {
        _narrowed(fold(spelled))[0]
        for form in forms
        for spelled in (form, unicodedata.normalize("NFC", form), unicodedata.normalize("NFD", form))
    }


#: (offset in the narrowed text, characters left out before it), in order.
_Cuts = tuple[list[int], list[int]]


def _narrowed(folded: str) -> tuple[str, _Cuts]:
    """Return *folded* with every gap of up to three signs as one space, and where that moved what follows."""
    for sign in _GAPS:
        folded = folded.replace(sign, " ")
    offsets, shifts = [0], [0]
    pieces: list[str] = []
    last = 0
    for run in _RUN.finditer(folded):
        pieces.append(folded[last : run.start() + 1])
        last = run.end()
        shifts.append(shifts[-1] + last - run.start() - 1)
        offsets.append(last - shifts[-1])
    return "".join([*pieces, folded[last:]]), (offsets, shifts)


def _urls(folded: str) -> list[Span]:
    """Return the spans of addresses: a name in an address is not the article's word."""
    if "://" not in folded and "www." not in folded:
        return []
    return [match.span() for match in _URL.finditer(folded)]


def _inside(spans: list[Span], at: int) -> bool:
    return any(start <= at < end for start, end in spans)
