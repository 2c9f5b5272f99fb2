"""The cue behind marked words: "...," said Keller, "..." according to police, « ... », glisse Zineb."""

import re
from typing import Final

from extractors.facts.quotes_cue import SENTENCE_END, CueReader
from extractors.facts.quotes_lexicon import DETERMINERS
from extractors.facts.quotes_speaker import Marked, Speaker
from extractors.facts.quotes_unlisted import clitic_behind, is_long, verb_behind, verb_of_subject

_AFTER_LIMIT: Final = 160
_SIGNED: Final = re.compile(r"\s*([—–]|--?|:)\s?(?=[A-Z])")
_SHE: Final = re.compile(r"(?:he|she|they)\b", re.IGNORECASE)
_INSERTED: Final = re.compile(r",\s(?:(?:a|ont|avait)\s|s['’])?")
#: What stands before a verb that is none of the main clause: "who said", "to be identified".
_RELATIVE: Final = re.compile(r"\b(?:(?:who|which|that|whose)\s(?:\w+\s)?|be(?:en|ing)?\s)$")
#: Between the cue and the words quoted nothing of another clause should stand.
_NEAR: Final = 70
#: Characters behind marked words in which a listed verb goes before one that is not.
_AS_SAYING: Final = re.compile(r"\s[^,;]{2,60}?\sas\s(?:saying|telling)\b")
_CLOSE: Final = 60


class CueBehind(CueReader):
    """Reads the cues behind the marked words of one text, in French also those within."""

    def behind(  # noqa: PLR0911 - one case after the other
        self, marked: Marked, *, following: int, is_clause: bool
    ) -> Speaker | None:
        """Read "...," said Stacy Rasgon / Stacy Rasgon said / according to police."""
        start = marked.span.end
        end = min(marked.right, following, start + (2 if is_clause else 1) * _AFTER_LIMIT)
        stop = SENTENCE_END.search(self.text, start, end)
        end = stop.start() + 1 if stop else end
        if found := self.cues.according.match(self.text, start + self.gap(start), end):
            return self.made(self.finder.after(found.end(), end), found[0].strip(), 0.9)
        if signed := self._signed(marked):
            return signed
        if is_clause and is_long(self.text[marked.span.start : start]) and (unlisted := self._unlisted(start, end)):
            return unlisted
        cue = self._verb_after(start, end)
        if cue is None:
            return None
        if not is_clause and "," in self.text[start : cue.start()]:
            return self._parenthetical(start, end)
        if _AS_SAYING.match(self.text, cue.end(), end) and (quoted := self.finder.after(cue.end(), end)):
            return self.made(quoted, cue[0], 0.9)
        between = self.text[start : cue.start()].strip(" \u00a0,–—-")
        if not between:
            found_after = self.finder.after(cue.end(), end)
            named = self.made(found_after, cue[0], 0.97) or self.unnamed(cue, start)
            return named or (self._parenthetical(cue.end(), end) if not is_clause else None)
        left = start + self.gap(start)
        if re.match(r"(?:and|but|or|which|because|who|that|und|et|y)\b", between) or ";" in between:
            return None
        is_apposed = (is_clause and "," in between) or len(between) > _NEAR
        subject = self._opening(left, cue.start()) if is_apposed else None
        subject = subject or self.finder.before(left, cue.start())
        if subject is None:
            subject = self.finder.after(cue.end(), end) if self.language not in {"", "en"} else None
        return self.made(subject, cue[0], 0.97) or self.unnamed(cue, start)

    def inside(self, marked: Marked) -> Speaker | None:
        """Read a cue within the marks, as in French: « Le port, a déclaré Jeanne Dubois, restera ouvert »."""
        for comma in _INSERTED.finditer(self.text, marked.span.start, marked.span.end):
            if clitic := clitic_behind(self.text, comma.start(), marked.span.end):
                subject = self.finder.pronouns.resolve(clitic.start("pronoun"), clitic["pronoun"])
                return self.made(subject, clitic["verb"], 0.9)
            verb = self.cues.saying.match(self.text, comma.end())
            subject = self.finder.after(verb.end(), marked.span.end) if verb else None
            if verb and subject and self.is_somebody(subject):
                return self.made(subject, verb[0], 0.9)
        return None

    def _signed(self, marked: Marked) -> Speaker | None:
        """Read "..." — Anna Keller, and the heading '...': Nordbank."""
        found = _SIGNED.match(self.text, marked.span.end, marked.right)
        named = self.names.between(found.end(), marked.right) if found else []
        if found is None or not named or named[0].start != found.end():
            return None
        room = 1 if found[1] == ":" else _NEAR
        name = named[0]
        return (
            Speaker(name.person or name.surface, name.surface, found[1], 0.8)
            if marked.right - name.end < room
            else None
        )

    def _unlisted(self, start: int, end: int) -> Speaker | None:
        """Read a verb that no list holds: "...," Keller fumed; « ... », glisse Zineb."""
        if self._verb_after(start, min(end, start + _CLOSE)):
            return None
        if self.language in {"", "en"}:
            return self._unlisted_english(start, end)
        if self.language == "fr" and (found := clitic_behind(self.text, start, end)):
            subject = self.finder.pronouns.resolve(found.start("pronoun"), found["pronoun"])
            return self.made(subject, found["verb"], 0.97)
        found = verb_behind(self.text, start, end, language=self.language)
        subject = self.finder.after(found.end() - 1, end) if found else None
        if found is None or subject is None:
            return None
        is_plain = subject[0] is None or self.is_somebody(subject) or not found["verb"].endswith(("n", "s"))
        is_role = subject[0] is not None or subject[1].partition(" ")[0].lower() in DETERMINERS
        return self.made(subject, found["verb"], 0.9) if is_plain and is_role else None

    def _unlisted_english(self, start: int, end: int) -> Speaker | None:
        if self.text[start - 2 : start - 1] != ",":
            return None
        left = start + self.gap(start)
        head = self.names.people_between(left, end)[:1]
        pronoun = _SHE.match(self.text, left, end)
        at = pronoun.end() if pronoun else head[0].end if head and head[0].start == left else None
        if at is not None and (verb := verb_of_subject(self.text, at, end)):
            subject = self.finder.pronouns.resolve(left, pronoun[0]) if pronoun else (head[0].person, head[0].surface)
            return self.made(subject, verb["verb"], 0.9)
        verb = verb_of_subject(self.text, start, end)
        subject = self.finder.after(verb.end(), end) if verb else None
        return self.made(subject, verb["verb"], 0.9) if verb and subject and subject[0] else None

    def _parenthetical(self, start: int, end: int) -> Speaker | None:
        """Read "..." and affects every community, Noem said in the ..."""
        for verb in self.cues.saying.finditer(self.text, start, end):
            comma = self.text.rfind(",", start, verb.start())
            if comma < 0 or verb.start() - comma > _NEAR:
                continue
            if not self.text[comma + 1 : verb.start()].strip():
                return self.made(self.finder.after(verb.end(), end), verb[0], 0.85)
            subject = self.finder.before(comma + 1, verb.start())
            if subject and not re.match(r"\s(?:and|but|who|which|that)\b", self.text[comma + 1 : verb.start()]):
                return self.made(subject, verb[0], 0.85)
        return None

    def _opening(self, start: int, end: int) -> tuple[str | None, str] | None:
        """Return the person at the head of "researcher and scientist Lucas Paganini, of Goddard, [said]"."""
        comma = self.text.find(",", start, end)
        people = self.names.people_between(start, end if comma < 0 else comma)
        if not people or self.finder.is_role_of(self.text[start : end if comma < 0 else comma]):
            return None
        return people[0].person, people[0].surface

    def _verb_after(self, start: int, end: int) -> re.Match[str] | None:
        for found in self.cues.saying.finditer(self.text, start, end):
            is_relative = _RELATIVE.search(self.text, max(start, found.start() - 20), found.start())
            if not is_relative and not self.is_noun(start, found.start()):
                return found
        return None
