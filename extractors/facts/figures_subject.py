"""What a figure is about: the names of its sentence, one of them guessed."""

import re
from typing import Final

from extractors.facts.figures_counts import NO_SUBJECTS
from extractors.facts.figures_source import SourceFinder
from extractors.facts.quotes_lexicon import OPENERS, PLACES
from extractors.facts.quotes_names import Name, Names, names_of
from extractors.facts.sentences import sentence_around

_CLAUSE: Final = re.compile(
    r"[;:]\s|,\s(?:and|but|while|which|und|aber|et|mais|y|pero)\s|\s(?:and|but|while|whereas|während|"
    r"tandis que|mientras)\s"
    r"|[–—-]\s(?:before|after|since|with|when|as|despite|besides)\s[^,]{1,60},\s",
)
_CLAIMING: Final = re.compile(r",\s(?:claiming|saying|estimating)\s")
_OWNS: Final = re.compile(r"[’']s\s")
#: Characters in which the thing owned must stand.
_OWNED: Final = 40
_BACK: Final = 300
_MIXED: Final = re.compile(r"[A-Z0-9].*[A-Z0-9]")
_LISTED: Final = 12


class SubjectFinder:
    """Finds subjects in one text; the names are read at the first figure that asks."""

    def __init__(self, text: str, *, language: str, watched: tuple[tuple[int, int], ...] = ()) -> None:
        self._text = text
        self._language = language
        self._watched = watched
        self._sources: SourceFinder | None = None
        self._names: Names | None = None
        self._known: frozenset[str] | None = None

    @property
    def names(self) -> Names:
        """The names of the whole text."""
        if self._names is None:
            self._names = names_of(self._text, self._language, self._watched)
        return self._names

    def find(
        self, at: int, *, sentence: tuple[int, int], source: tuple[str, int] | None
    ) -> tuple[str | None, tuple[str, ...]]:
        """
        Return (the guessed subject, all names of the sentence).

        The first name of the clause before the figure; else the last name before it in the sentence; else the first
        name of the last sentence before that has one. The *source* of the figure with the words about it, indices,
        dates and nationalities are never subjects.
        """
        inside = [name for name in self.names.between(*sentence) if self._is_thing(name)]
        subjects = tuple(dict.fromkeys(name.person or name.surface for name in inside))[:_LISTED]
        low = source[1] if source and source[1] <= at and not self._goes_on(source[1], at) else sentence[0]
        before = [name for name in inside if low <= name.start and name.end <= at and self._may_be(name, source)]
        breaks = [found.end() for found in _CLAUSE.finditer(self._text, sentence[0], at)]
        clause = [name for name in before if name.start >= (breaks[-1] if breaks else sentence[0])]
        chosen = clause[0] if clause else before[-1] if before else None
        if chosen is None:
            chosen = self._earlier(sentence[0], source)
        return ((chosen.person or chosen.surface) if chosen else None), subjects

    def _goes_on(self, start: int, at: int) -> bool:
        """Tell whether the source acts: "DeepSeek released R1, claiming it cost ...": then it may be the subject."""
        return _CLAIMING.search(self._text, start, at) is not None

    def _may_be(self, name: Name, source: tuple[str, int] | None) -> bool:
        is_source = source is not None and source[0] in {name.person, name.surface}
        return not self._owns_next(name) and (
            not is_source or _CLAIMING.search(self._text, name.end, name.end + _BACK) is not None
        )

    def _earlier(self, at: int, source: tuple[str, int] | None) -> Name | None:
        """Return the first name of the last sentence before *at*, in the same paragraph, that has one."""
        line = self._text.rfind("\n", 0, at) + 1
        names = [
            name
            for name in self.names.between(max(line, at - _BACK), at)
            if self._is_thing(name) and self._may_be(name, source)
        ]
        if not names:
            return None
        left, _right = sentence_around(self._text, names[-1].start, names[-1].end)
        return next(name for name in names if name.start >= left)

    def _is_thing(self, name: Name) -> bool:
        words = name.surface.split()
        if self._text[name.end : name.end + 1] == "$":
            return False
        if name.surface in self.names.watched - NO_SUBJECTS - PLACES:
            return True
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

    def _owns_next(self, name: Name) -> bool:
        """Tell whether the person *name* only owns the next: "James Brown's Nordbank"."""
        owns = _OWNS.match(self._text, name.end) if name.person else None
        return owns is not None and bool(self.names.between(owns.end(), owns.end() + _OWNED))

    def source(self, sentence: tuple[int, int], at: int) -> tuple[str, int] | None:
        """Return who the sentence says the figure at *at* is from; see ``SourceFinder.find``."""
        if self._sources is None:
            self._sources = SourceFinder(self._text, language=self._language, names=self.names)
        return self._sources.find(sentence, at)
