"""Who speaks where the cue names nobody: the narrator's last teller, the subject of the sentence."""

import re
from typing import Final

from extractors.facts.quotes_lexicon import Cues, is_role
from extractors.facts.quotes_names import Names
from extractors.facts.quotes_speaker import Speaker, SpeakerFinder

#: Languages whose verbs need no pronoun: "..., ha señalado".
NULL_SUBJECT: Final = frozenset({"es", "it", "pt"})
#: "..., hieß es": what the sentence before reports.
IMPERSONAL: Final = re.compile(r"(?:hieß|heißt|hiess|heisst) es", re.IGNORECASE)
_FOR: Final = re.compile(r"\s*(?:Para|Pour|Für|Per)\s")
_ROLE_COMMA: Final = re.compile(r"(?:el|la|los|las|le|les|l['’]|den|die|il|lo)\s?[\w-]+(?:\s[\w-]+){0,2}(?=,)")
_THESE_WORDS: Final = re.compile(
    r"\s?\.?\s(?:Con (?:esas|estas|esa|esta) (?:palabras|frase|declaración|declaraciones)|Así(?: lo)?|"
    r"De esta (?:forma|manera)|Mit diesen Worten|With (?:these|those) words|"
    r"C['’]est (?:en ces termes|ainsi) que|C['’]est ce qu['’](?:a|ont)),?\s"
)
#: German reports speech in a mood of its own.
_REPORTED: Final = re.compile(r"\b(?:sei|seien|werde|habe|könne|müsse|solle|wolle|dürfe|gebe|gehe|stehe|bleibe)\b")
_PASSIVE: Final = re.compile(r"\b(?:was|were|been|is|are|being|be)\s(?:\w+ly\s)?$", re.IGNORECASE)
#: Characters back to which somebody still holds the floor.
_FLOOR: Final = 1500
_CLAUSE: Final = 200
_SENTENCE_END: Final = re.compile(r"[.!?…][”\"’»“)]*\s+(?=[\"“„«‘(¿¡]?[^\W\d_a-zß-öø-ÿ])|\n")


class Context:
    """What the narration around marked words says of who speaks, for one text."""

    def __init__(self, text: str, *, names: Names, cues: Cues, finder: SpeakerFinder) -> None:
        self._text = text
        self._names = names
        self._cues = cues
        self._finder = finder

    def for_whom(self, start: int, end: int) -> Speaker | None:
        """Read "Pour Jeanne Martin, chercheuse, la situation est "..."" from the start of a sentence."""
        opening = _FOR.match(self._text, start, end)
        if opening is None:
            return None
        if role := _ROLE_COMMA.match(self._text, opening.end(), end):
            return Speaker(role[0], role[0], opening[0].strip(), 0.75)
        named = [name for name in self._names.between(opening.end(), end) if name.start == opening.end()]
        if not named or self._text[named[0].end : named[0].end + 1] != ",":
            return None
        return Speaker(named[0].person or named[0].surface, named[0].surface, opening[0].strip(), 0.8)

    def with_these_words(self, start: int, end: int) -> Speaker | None:
        """Read ". Con esas palabras describió Ana Torres ..." behind marked words."""
        opening = _THESE_WORDS.match(self._text, start, end)
        if opening is None:
            return None
        verb = self._cues.any.search(self._text, opening.end(), min(end, opening.end() + _CLAUSE))
        if verb is None:
            return None
        subject = self._finder.after(verb.end(), end) or self._finder.before(opening.end(), verb.start())
        return Speaker(subject[0] or subject[1], subject[1], verb[0], 0.85) if subject else None

    def reported(self, start: int, end: int) -> Speaker | None:
        """Read the reported speech of German: "der Plan sei „gut“" goes on with who was telling."""
        mood = _REPORTED.search(self._text, start, end)
        subject = self.teller(start) if mood else None
        return Speaker(subject[0] or subject[1], subject[1], mood[0], 0.65) if mood and subject else None

    def dropped(self, at: int, cue: str) -> Speaker | None:
        """Return the person that a verb without a subject at *at* goes on about."""
        name = self._finder.pronouns.last_person(at, sex="")
        return Speaker(name.person, name.surface, cue, 0.7) if name else None

    def teller(self, at: int, *, reach: int = _FLOOR) -> tuple[str | None, str] | None:
        """
        Return (name, words) of who the narration before *at* last says tells something.

        The last verb of saying outside marked words within *reach* characters whose subject is a person or a role; a
        person in between who only is named does not take the floor.
        """
        low = max(0, at - reach)
        for verb in reversed(list(self._cues.saying.finditer(self._text, low, at))):
            if self._finder.pronouns.is_marked(verb.start()) or _PASSIVE.search(
                self._text, max(low, verb.start() - 20), verb.start()
            ):
                continue
            left = self._sentence_start(low, verb.start())
            subject = self._finder.after(verb.end(), at) if verb[0].lower() == "so" else None
            subject = subject or self._finder.before(left, verb.start())
            if subject and (self._is_told_by(subject[0]) or self._is_role(subject[1])):
                return subject
        return None

    def _is_told_by(self, name: str | None) -> bool:
        """Tell whether *name* can hold the floor: in German, where all nouns have capitals, only a person can."""
        if name is None or self._cues.language != "de":
            return name is not None
        return name.isupper() or any(person.person == name for person in self._names.people)

    def _is_role(self, words: str) -> bool:
        return is_role(words.rpartition(" ")[2]) and words.lower() not in self._cues.pronouns

    def _sentence_start(self, low: int, at: int) -> int:
        stops = [found.end() for found in _SENTENCE_END.finditer(self._text, low, at)]
        return max(stops[-1] if stops else low, at - 2 * _CLAUSE)
