"""Who speaks at a cue: the words before or after "said" to a name, a pronoun, a role."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from extractors.facts.quotes_lexicon import NOT_PERSONS, PARTICLES, PLACES, ROLES, TITLES, Cues
from extractors.facts.quotes_marks import Span
from extractors.facts.quotes_names import Name, Names

_TRAILING: Final = re.compile(
    r"(?:\s|^)(?:also|then|later|has|had|have|is|was|were|are|been|once|further|repeatedly|publicly|"
    r"previously|would|will|did|does|do|not|"
    r"never|even|often|recently|himself|herself|themselves|itself|just|still|reportedly|famously|only|"
    r"first|again|quickly|flatly|"
    r"simply|bluntly|already|earlier|subsequently|immediately|angrily|to|being|now|actually|always|openly|"
    r"initially|finally|ultimately|"
    r"hat|haben|habe|auch|dann|a|ont|avait|ha|han|había|hat|wurde|aussi|también|tem|heeft|har|hade|hatte|"
    r"n'a|m'a|l'a|nous|le|lo|les|se|s’|au)$",
    re.IGNORECASE,
)
_BREAK: Final = re.compile(
    r"[,;:–—]\s|[()]|\s(?:and|but|while|as|when|after|because|that|which|where|if|since|before|although|"
    r"though|und|aber|während|wie|"
    r"et|mais|tandis que|y|pero|mientras|e|ma|mentre|que|dass|и|а|но|что)\s|^(?:and|but|while|as|when|"
    r"after|because|since|yet|und|et|y|e)\s",
    re.IGNORECASE,
)
_DETERMINER: Final = re.compile(
    r"(?:^|(?<=\s))(?:a|an|the|one|another|some|several|many|his|her|their|our|my|its|this|that|these|"
    r"those|two|three|most|both|other|"
    r"der|die|das|ein|eine|einer|eines|mehrere|viele|le|la|les|un|une|el|los|las|una|il|lo|gli|o|os|het|een|de|l’|l')\b\s*(?=\S)",
    re.IGNORECASE,
)
_STOP_AFTER: Final = re.compile(
    r"[,;:.!?“”\"«»„()\n]|\s[-–—]\s|\s(?:who|whose|which|that|on|in a|in an|at a|at the|after|before|"
    r"during|when|while|as|told|told|about|last|this week|Monday|Tuesday|"
    r"Wednesday|Thursday|Friday|Saturday|Sunday|earlier|later|yesterday|today|and|but|because|to|by|from|"
    r"with|der|die am|am|im|dem|den|mit|für|über|vor|nach|bei|"
    r"dans|à|au|en|qui|que|en un|a la|al|nel|alla|ao|op|aan)\b",
    re.IGNORECASE,
)
_LONGEST: Final = 80
_LONGEST_TITLE: Final = 6
_MOST_WORDS: Final = 12
#: Words of "officials in Berlin", a role without a determiner.
_SHORT_ROLE: Final = 6
#: "X forecasts ... and [says]": the subject stands at the head.
_JOINED: Final = re.compile(r"\s(?:and|und|et|y|e)$", re.IGNORECASE)
_LEAD: Final = re.compile(r"\s*(?:(?:But|And|Then|So|Later|However|Yet|Aber|Doch|Mais|Pero|Y)\s)?")
#: "We" is the writer or the quoted, never somebody named before.
_WRITERS: Final = frozenset({"we", "wir", "nous", "on", "es"})
_POSSESSOR: Final = re.compile(r"[’']")
_SENTENCE_END: Final = re.compile(r"[.!?][”\"’)]*\s+(?=[\"“‘(]?[A-ZÀ-ÞА-Я])|\n")
#: Characters back to which a pronoun may point.
_MEMORY: Final = 1500


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: ``name`` resolved or None, ``raw`` as it stands, how sure."""

    name: str | None
    raw: str
    cue: str
    confidence: float


class SpeakerFinder:
    """Finds the speaker at a cue in one text."""

    def __init__(self, text: str, *, names: Names, cues: Cues, spans: list[Span]) -> None:
        self.text = text
        self.spans = spans
        self._starts = [span.start for span in spans]
        self.names = names
        self.cues = cues
        pronouns = "|".join(sorted(map(re.escape, cues.pronouns), key=len, reverse=True))
        self._pronoun = re.compile(rf"(?:^|(?<=[\s(,\-]))({pronouns})$", re.IGNORECASE)
        self._pronoun_first = re.compile(rf"\s?(?:-t-|-)?({pronouns})(?![\w’'])", re.IGNORECASE)

    def before(self, start: int, end: int) -> tuple[str | None, str] | None:
        """Return (name, words) of the subject that ends at a verb: "Donald Trump, who ..., [described]"."""
        segment = self.text[start:end].rstrip(" \u00a0")
        while found := _TRAILING.search(segment):
            segment = segment[: found.start()].rstrip(" \u00a0")
        if not segment.strip():
            return None
        if joined := _JOINED.search(segment):
            return self._head(start, segment[: joined.start()])
        if pronoun := self._pronoun.search(segment):
            return self._pronoun_at(start + pronoun.start(1), pronoun[1])
        if segment.endswith((",", ")", "–", "—")):
            return self._across_parenthesis(start, segment.rstrip(",)–— "))
        return self._ending(start, segment)

    def _head(self, start: int, segment: str) -> tuple[str | None, str] | None:
        """Return the subject at the head of "The report forecasts a reduction of ... and [says]"."""
        opening = _LEAD.match(segment)
        left = opening.end() if opening else 0
        words = segment[left:].split()[:3]
        named = [name for name in self.names.between(start + left, start + len(segment)) if name.start == start + left]
        if named or not words:
            return self._named(named[0]) if named else None
        if words[0].lower() in self.cues.pronouns:
            return self._pronoun_at(start + left, words[0])
        role = next((at for at, word in enumerate(words) if word.lower() in ROLES), None)
        if role is not None and _DETERMINER.match(segment[left:]):
            return None, " ".join(words[: role + 1])
        people = self.names.people_between(start, start + min(len(segment), _LONGEST))
        return (people[0].person, people[0].surface) if people else None

    def _across_parenthesis(self, start: int, segment: str) -> tuple[str | None, str] | None:
        """Step over "…, chief executive of Meta," to the name before it."""
        breaks = list(_BREAK.finditer(segment))
        if breaks and (apposed := self._apposed(start, segment, breaks[-1])):
            return apposed
        for found in reversed(breaks):
            if not (found[0].startswith((",", "–", "—", "(")) or found[0].strip() in {"(", "–", "—"}):
                continue
            chunk = segment[: found.start()]
            if ending := self._ending(start, chunk):
                return ending
        people = self.names.people_between(start, start + len(segment))
        if people:
            return people[0].person, people[0].surface
        first = segment[: breaks[0].start()] if breaks else segment
        return self._role(start, first)

    def _apposed(self, start: int, segment: str, last: re.Match[str]) -> tuple[str | None, str] | None:
        """Read "the FBI director, James Comey, [wrote]": the name itself stands between the commas."""
        named = self.names.between(start + last.end(), start + len(segment))
        is_whole = len(named) == 1 and segment[last.end() :].strip() == named[0].surface and named[0].person
        before = self.names.people_between(start, start + last.start())
        return self._named(named[0]) if is_whole and not (before and before[-1].end == start + last.start()) else None

    def _ending(self, start: int, segment: str) -> tuple[str | None, str] | None:
        breaks = [found.end() for found in _BREAK.finditer(segment)]
        left = breaks[-1] if breaks else 0
        if named := self._name_ending(start, segment):
            if (chunk := segment[left:]) and self.is_role_of(chunk):
                return None, chunk.strip()
            return named
        return self._role(start + left, segment[left:])

    def is_role_of(self, chunk: str) -> bool:
        """Tell whether *chunk* is "a spokesman for Donald Trump": the role speaks, not the name."""
        head = re.split(r"\s(?:for|of|to|with|at|from|in|on|von|de|du|des|del|di|für)\s", chunk.strip(), maxsplit=1)
        return len(head) > 1 and head[0].rpartition(" ")[2].lower() in ROLES

    def _name_ending(self, start: int, segment: str) -> tuple[str | None, str] | None:
        end = start + len(segment.rstrip())
        found = self.names.between(max(start, end - _LONGEST), end)
        if not found or found[-1].end != end:
            return None
        return self._named(found[-1])

    def _named(self, name: Name) -> tuple[str | None, str]:
        return (name.person or name.surface), name.surface

    def _role(  # noqa: PLR0911 - one case after the other
        self, start: int, chunk: str
    ) -> tuple[str | None, str] | None:
        """Return "an AI investor in China", "officials" or the person at the start of "Tilly Zhang of Gavekal"."""
        chunk = re.sub(r"\s+", " ", chunk) if "\n" in chunk else chunk
        if verb := self.cues.saying.search(chunk):
            chunk = chunk[: verb.start()]
        stripped = chunk.strip(" \u00a0,")
        if not stripped or len(stripped.split()) > _MOST_WORDS:
            found = _DETERMINER.search(chunk)
            people = self.names.people_between(start, start + len(chunk))
            return (people[0].person, people[0].surface) if people and not found else None
        offset = start + chunk.find(stripped)
        people = self.names.people_between(offset, offset + len(stripped))
        words = stripped.split()
        head = words[-1].lower()
        if people and not self.is_role_of(stripped):
            return people[0].person, people[0].surface
        if words[0].lower() in {"that", "this", "it", "there", "what", "how"}:
            return None
        # "de" is an article in Dutch alone.
        if words[0].lower() == "de" and self.cues.language != "nl":
            return None
        if _DETERMINER.match(stripped):
            return None, stripped
        if head in ROLES or (words[0].lower() in ROLES and len(words) <= _SHORT_ROLE):
            return None, stripped
        named = self.names.between(offset, offset + len(stripped))
        return self._named(named[0]) if named and named[0].start == offset else None

    def after(self, start: int, end: int) -> tuple[str | None, str] | None:
        """Return (name, words) of the subject that follows a verb: "said [venture capitalist Marc Andreessen]"."""
        limit = min(end, start + 2 * _LONGEST)
        if pronoun := self._pronoun_first.match(self.text, start, limit):
            if (
                pronoun[1].lower() in {"his", "her", "him", "who"}
                and self.text[pronoun.end() : pronoun.end() + 1] == " "
            ):
                pass
            else:
                return self._pronoun_at(pronoun.start(1), pronoun[1])
        left = start
        while left < limit and self.text[left] in " \u00a0":
            left += 1
        stops = (
            found.start() for found in _STOP_AFTER.finditer(self.text, left, limit) if not self._is_abbreviated(found)
        )
        right = next(stops, limit)
        inside = self.names.between(left, min(limit, right + _LONGEST))
        # A stop word inside a name's run ("Ministry of ...") must not cut the name.
        right = max([right, *(name.end for name in inside if name.start < right)])
        segment = self.text[left:right]
        if not segment.strip():
            return None
        people = self.names.people_between(left, right)
        if people and not self.is_role_of(segment):
            return people[0].person, people[0].surface
        if _DETERMINER.match(segment) or any(word.lower().strip(",.") in ROLES for word in segment.split()):
            return (None, segment.strip()) if len(segment.split()) <= _MOST_WORDS and len(segment) <= _LONGEST else None
        named = [name for name in inside if name.start < right]
        if not named:
            return None
        lead = self.text[left : named[0].start].lower().split()
        return self._named(named[0]) if all(word in PARTICLES for word in lead) else None

    def _is_abbreviated(self, stop: re.Match[str]) -> bool:
        """Tell whether *stop* is the full stop of "Sen." or of an initial."""
        if stop[0] != ".":
            return False
        word = self.text[max(0, stop.start() - _LONGEST_TITLE) : stop.start()].rpartition(" ")[2]
        return (len(word) == 1 and word.isupper()) or f"{word}." in TITLES

    def _pronoun_at(self, at: int, word: str) -> tuple[str | None, str] | None:
        sex = self.cues.pronouns.get(word.lower(), "o")
        if sex == "w":
            near = self.names.people_between(max(0, at - _LONGEST), at)
            return (near[-1].person, near[-1].surface) if near else None
        if sex in {"m", "f"}:
            name = self.last_person(at, sex=sex)
            return (name.person if name else None), word
        return (self._last_body(at) if sex in {"p", "o"} and word.lower() not in _WRITERS else None), word

    def _last_body(self, at: int) -> str | None:
        """Return the organisation that "they" or "it" is: the first name of the sentence before, if no person's."""
        edges = [found.end() for found in _SENTENCE_END.finditer(self.text, max(0, at - 500), at)]
        for left, right in zip([*edges[-3:-1][::-1], max(0, at - 500)], [*edges[-2:][::-1], at], strict=False):
            found = [name for name in self.names.between(left, right) if not self._inside(name)]
            if found:
                is_body = not found[0].person and found[0].surface not in PLACES and found[0].surface not in NOT_PERSONS
                return found[0].surface if is_body else None
        return None

    def last_person(self, at: int, *, sex: str) -> Name | None:
        """
        Return the person that "he" or "she" at *at* most likely is.

        The nearest sentence that names a fitting person outside quotes decides, and in it the first: subjects stay
        subjects. Names known to be of the other sex are passed over; *sex* "" is any.
        """
        people = [
            name
            for name in self.names.people_between(max(0, at - _MEMORY), at)
            if (not sex or name.sex in {sex, "u"}) and not self._inside(name)
        ]
        if not people:
            return None
        last = people[-1]
        edges = [found.end() for found in _SENTENCE_END.finditer(self.text, max(0, at - _MEMORY), last.start)]
        left = edges[-1] if edges else 0
        nearest = [name for name in people if name.start >= left]
        subjects = [name for name in nearest if not _POSSESSOR.match(self.text, name.end, name.end + 3)]
        return (subjects or nearest)[0]

    def _inside(self, name: Name) -> bool:
        """Tell whether *name* stands inside marked words."""
        at = bisect_right(self._starts, name.start) - 1
        return at >= 0 and name.start < self.spans[at].end
