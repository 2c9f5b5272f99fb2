"""According to whom a figure is stated: who the sentence says says so."""

import re
from typing import Final

from extractors.facts.figures_counts import NO_SUBJECTS
from extractors.facts.quotes_lexicon import ROLES, cues
from extractors.facts.quotes_names import Name, Names
from extractors.facts.quotes_speaker import SpeakerFinder

_ESTIMATED: Final = re.compile(r"\s(?:estimate|forecast|expect|predict|calculat|project)(?:s|ed)\b")
#: "Early estimates suggest", "The company's technical report shows".
_PAPER: Final = re.compile(
    r"((?:[\w’'-]+\s){0,4}(?:estimates?|reports?|stud(?:y|ies)|figures|data|surveys?|polls?|analysis|documents?|"
    r"records|accounts|filings?))\s(?:also\s)?(?:show|suggest|say|indicate|find|found|reveal|estimate|put)(?:s|d|ed)?\b"
)
#: Verbs of telling; English only, where their subject stands before them.
_TELLS: Final = re.compile(
    r"\b(?:said|says|say|told|claim(?:s|ed)?|claiming|saying|add(?:s|ed)|wrote|writes|estimat(?:es|ed|ing)|report(?:s|ed)|"
    r"announce[sd]|state[sd]|note[sd]|argue[sd]|believe[sd]|predict(?:s|ed)|forecasts?|warn(?:s|ed)|insist(?:s|ed)|"
    r"confirm(?:s|ed)|reveal(?:s|ed)|disclose[sd]|boast(?:s|ed)|reckon(?:s|ed)|calculate[sd])\b"
)
_PASSIVE: Final = re.compile(r"\b(?:is|are|was|were|be|been|being)\s(?:\w+ly\s)?$")
_MOST_WORDS: Final = 6


class SourceFinder:
    """Finds sources in one text."""

    def __init__(self, text: str, *, language: str, names: Names) -> None:
        self._text = text
        self._cues = cues(language)
        self._names = names
        self._finder = SpeakerFinder(text, names=names, cues=self._cues, spans=[])
        self._is_english = language in {"", "en"}

    def is_source(self, name: Name) -> bool:
        """Tell whether *name* says something itself: "Goldman Sachs estimates that ..."."""
        following = self._cues.saying.match(self._text, name.end + 1)
        estimated = _ESTIMATED.match(self._text, name.end)
        return bool(following or estimated or self._is_according(name))

    def _is_according(self, name: Name) -> bool:
        return self._cues.according.search(self._text, max(0, name.start - 16), name.start) is not None

    def find(self, sentence: tuple[int, int], at: int) -> tuple[str, int] | None:
        """
        Return (who the sentence says the figure is from, where the words that say so end).

        Args:
            sentence: Where it starts and ends.
            at: Where the figure starts.

        Returns:
            "Goldman Sachs" (estimates), "police" (according to), "Anna Keller" (, head of Nordbank, said), "Early
            estimates" (suggest); a pronoun as the name it stands for; None where the article itself says it.
        """
        if self._is_english and (paper := _PAPER.match(self._text, sentence[0], at)):
            return paper[1], paper.end()
        for name in self._names.between(*sentence):
            if self.is_source(name) and (name.start < at or self._is_according(name)):
                return name.person or name.surface, name.end
        return self._teller(sentence[0], at) if self._is_english else None

    def _teller(self, start: int, at: int) -> tuple[str, int] | None:
        """Return the subject of the last verb of telling before the figure."""
        for verb in reversed(list(_TELLS.finditer(self._text, start, at))):
            if _PASSIVE.search(self._text, start, verb.start()):
                continue
            if verb[0].endswith("ing"):
                named = [name for name in self._names.between(start, verb.start()) if name.surface not in NO_SUBJECTS]
                return (named[0].person or named[0].surface, named[0].end) if named else None
            subject = self._finder.before(start, verb.start())
            if subject and (subject[0] or self._is_role(subject[1])):
                return subject[0] or subject[1], verb.end()
        return None

    @staticmethod
    def _is_role(words: str) -> bool:
        return 1 < len(words.split()) <= _MOST_WORDS and words.rpartition(" ")[2].lower() in ROLES
