"""Who "he", "she", "it" or "they" is: the person or body that the narration named before."""

import re
from bisect import bisect_right
from typing import Final

from extractors.facts.quotes_lexicon import NOT_PERSONS, PLACES, Cues, is_role
from extractors.facts.quotes_marks import Span
from extractors.facts.quotes_names import Name, Names

#: "We" is the writer or the quoted, never somebody named before.
_WRITERS: Final = frozenset({"we", "wir", "nous", "on", "es"})
#: Pronouns that a sentence is about when they stand among its first words.
_SUBJECTS: Final = re.compile(
    r"(?:[^\W\d_]+,?\s){0,3}(?:(?P<m>he|er|il|él)|(?P<f>she|elle|ella))\b", re.IGNORECASE
)  # fmt: skip
_POSSESSOR: Final = re.compile(r"[’'‘]")
#: Before a name that is no subject: "worried about Haddad", "told Haddad".
_GOVERNED: Final = re.compile(
    r"\b(?:of|like|with|by|for|to|from|against|about|on|at|told|asked|thanked|von|mit|für|gegen|über|bei|an|nach|"
    r"de|du|par|avec|contre|con|por|para|contra|sobre|a|à)\s$",
    re.IGNORECASE,
)
#: The stop of "Dr. Keller" or of an initial ends nothing.
_SENTENCE_END: Final = re.compile(
    r"[.!?](?<!\b[A-Z]\.)(?<!\b(?:Mr|Ms|Dr|St|Lt)\.)(?<!\b(?:Mrs|Sen|Rep|Gov|Gen|Rev|Col|Sgt)\.)(?<!\b(?:Prof|Capt)\.)"
    r"[”“«»\"’)]*\s+(?=[\"“‘(]?[A-ZÀ-ÞА-Я])|\n"
)
#: "The bank denied ...": a body at the head of a sentence.
_BODY: Final = re.compile(r"[Tt]he\s(?:[a-z-]+\s){0,2}?([a-z]+)(?=\s[a-z]+(?:ed|s)\b)")
#: Characters back to which a pronoun may point.
_MEMORY: Final = 1500
#: Characters back to which "it" may point.
_BODY_MEMORY: Final = 500
#: Sentences about a pronoun that are passed over on the way back to a name.
_CHAIN: Final = 3
_NEAR: Final = 80


class Pronouns:
    """Resolves the pronouns of one text."""

    def __init__(self, text: str, *, names: Names, cues: Cues, spans: list[Span]) -> None:
        self._text = text
        self._names = names
        self._cues = cues
        self._spans = spans
        self._starts = [span.start for span in spans]

    def resolve(self, at: int, word: str) -> tuple[str | None, str] | None:
        """Return (name or None, words) of the pronoun *word* at *at*; None for a relative one that has no name."""
        sex = self._cues.pronouns.get(word.lower(), "o")
        if sex == "w":
            near = self._names.people_between(max(0, at - _NEAR), at)
            if not near:
                # "Keller, who ...", though her full name is unknown.
                near = [name for name in self._names.between(max(0, at - _NEAR), at) if at - name.end <= len(", ")]
            return (near[-1].person or near[-1].surface, near[-1].surface) if near else None
        if sex in {"m", "f"}:
            name = self.last_person(at, sex=sex)
            return (name.person if name else None), word
        return (self._last_body(at) if sex in {"p", "o"} and word.lower() not in _WRITERS else None), word

    def last_person(self, at: int, *, sex: str) -> Name | None:
        """
        Return the person that "he" or "she" at *at* most likely is.

        The nearest sentence that names a fitting person outside quotes decides, and in it the first: subjects stay
        subjects. A sentence that itself is about "he" or "she" is passed over. Names known to be of the other sex are,
        too; *sex* "" is any.
        """
        low = max(0, at - _MEMORY)
        people = [
            name
            for name in self._names.people_between(low, at)
            if (not sex or name.sex in {sex, "u"}) and not self.is_marked(name.start)
        ]
        if not people:
            return None
        edges = [low, *(found.end() for found in _SENTENCE_END.finditer(self._text, low, people[-1].start + 1))]
        nearest = people
        for _ in range(_CHAIN):
            left = edges[bisect_right(edges, nearest[-1].start) - 1]
            sentence = [name for name in nearest if name.start >= left]
            earlier = [name for name in nearest if name.start < left]
            if not earlier or not self._is_about_pronoun(left, sentence[0].start, sex):
                return self._subject(sentence)
            nearest = earlier
        return self._subject([nearest[-1]])

    def _is_about_pronoun(self, start: int, end: int, sex: str) -> bool:
        """Tell whether the sentence at *start* has "he" or "she", of this *sex*, before its first name."""
        found = _SUBJECTS.match(self._text, start, end)
        return found is not None and (not sex or found[sex] is not None)

    def _subject(self, sentence: list[Name]) -> Name:
        free = [name for name in sentence if not _POSSESSOR.match(self._text, name.end, name.end + 3)]
        subjects = [
            name for name in free if not _GOVERNED.search(self._text[max(0, name.start - 10) : name.start])
        ]  # fmt: skip
        return (subjects or free or sentence)[0]

    def _last_body(self, at: int) -> str | None:
        """Return the organisation that "they" or "it" is: the first name of the sentence before, if no person's."""
        low = max(0, at - _BODY_MEMORY)
        edges = [found.end() for found in _SENTENCE_END.finditer(self._text, low, at)]
        for left, right in zip([*edges[-3:-1][::-1], low], [*edges[-2:][::-1], at], strict=False):
            found = [name for name in self._names.between(left, right) if not self.is_marked(name.start)]
            phrase = _BODY.match(self._text, left, right)
            if phrase and is_role(phrase[1]) and not (found and found[0].start < phrase.end()):
                return phrase[0]
            if found:
                is_body = not found[0].person and found[0].surface not in PLACES and found[0].surface not in NOT_PERSONS
                return found[0].surface if is_body else None
        return None

    def is_marked(self, at: int) -> bool:
        """Tell whether *at* stands inside marked words."""
        last = bisect_right(self._starts, at) - 1
        return last >= 0 and at < self._spans[last].end
