"""What a figure is about: the names of its sentence, one of them guessed; the source that the sentence names."""

import re
from typing import Final

from extractors.facts.figures_counts import NO_SUBJECTS
from extractors.facts.quotes_lexicon import OPENERS, PLACES, cues
from extractors.facts.quotes_names import Name, Names, names_of

_CLAUSE: Final = re.compile(
    r"[;:]\s|,\s(?:and|but|while|which|und|aber|et|mais|y|pero)\s|\s(?:and|but|while|whereas|während|"
    r"tandis que|mientras)\s"
)
_MIXED: Final = re.compile(r"[A-Z0-9].*[A-Z0-9]")
_LISTED: Final = 12


class SubjectFinder:
    """Finds subjects in one text; the names are read at the first figure that asks."""

    def __init__(self, text: str, *, language: str) -> None:
        self._text = text
        self._language = language
        self._cues = cues(language)
        self._names: Names | None = None
        self._known: frozenset[str] | None = None

    @property
    def names(self) -> Names:
        """The names of the whole text."""
        if self._names is None:
            self._names = names_of(self._text, self._language)
        return self._names

    def find(self, at: int, *, sentence: tuple[int, int]) -> tuple[str | None, tuple[str, ...]]:
        """
        Return (the guessed subject, all names of the sentence).

        The first name of the clause before the figure; else the last name before it in the sentence; else the last
        name of the sentence before. Sources, indices, dates and nationalities are never subjects.
        """
        inside = [name for name in self.names.between(*sentence) if self._is_thing(name)]
        subjects = tuple(dict.fromkeys(name.person or name.surface for name in inside))[:_LISTED]
        before = [name for name in inside if name.end <= at and not self._is_source(name)]
        breaks = [found.end() for found in _CLAUSE.finditer(self._text, sentence[0], at)]
        clause = [name for name in before if name.start >= (breaks[-1] if breaks else sentence[0])]
        chosen = clause[0] if clause else before[-1] if before else None
        if chosen is None:
            earlier = [
                name
                for name in self.names.between(max(0, sentence[0] - 300), sentence[0])
                if self._is_thing(name) and not self._is_source(name) and "\n" not in self._text[name.end : sentence[0]]
            ]
            chosen = earlier[-1] if earlier else None
        return ((chosen.person or chosen.surface) if chosen else None), subjects

    def _is_thing(self, name: Name) -> bool:
        words = name.surface.split()
        if self._text[name.end : name.end + 1] == "$":
            return False
        if self._language == "de" and not name.person and not (len(words) == 1 and _MIXED.search(name.surface)):
            return False
        if len(words) == 1 and not name.person and name.surface not in self._surely():
            return False
        return not (len(words) == 1 and (words[0] in NO_SUBJECTS or words[0] in OPENERS or words[0] in PLACES))

    def _surely(self) -> frozenset[str]:
        """Return the words that stand with a capital where no sentence begins: names, not openers."""
        if self._known is None:
            self._known = frozenset(
                name.surface
                for name in self.names.all
                if _MIXED.search(name.surface)
                or self._text[max(0, name.start - 3) : name.start].strip(' \u00a0“"‘(')[-1:]
                not in {"", ".", "!", "?", ":", "\n", "…"}
                or (name.start > 1 and self._text[name.start - 1] == " " and self._text[name.start - 2].isalnum())
            )
        return self._known

    def _is_source(self, name: Name) -> bool:
        """Tell whether *name* says the figure: "Goldman Sachs estimates that ..."."""
        following = self._cues.saying.match(self._text, name.end + 1)
        estimated = re.compile(r"\s(?:estimate|forecast|expect|predict|calculat|project)(?:s|ed)\b").match(
            self._text, name.end
        )
        according = self._cues.according.search(self._text, max(0, name.start - 16), name.start)
        return bool(following or estimated or according)

    def source(self, sentence: tuple[int, int], at: int) -> str | None:
        """Return who the sentence says the figure is from: "Goldman Sachs estimates", "according to police"."""
        for name in self.names.between(*sentence):
            if (
                self._is_thing(name)
                and self._is_source(name)
                and (name.start < at or "ccording to" in self._text[name.start - 16 : name.start])
            ):
                return name.person or name.surface
        return None
