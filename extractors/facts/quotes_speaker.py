"""Who speaks at a cue: the words before or after "said" to a name, a pronoun, a role."""

import re
from dataclasses import dataclass
from typing import Final

from extractors.facts.quotes_lexicon import DETERMINERS, PARTICLES, TITLES, Cues, is_role
from extractors.facts.quotes_marks import Span
from extractors.facts.quotes_names import Name, Names
from extractors.facts.quotes_pronouns import Pronouns
from extractors.facts.quotes_subject import Clauses

_TRAILING: Final = re.compile(
    r"(?:\s|^)(?:(?:(?:on|last|in|this|late|early|earlier this)\s)?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
    r"(?:last|in|this|earlier this)\s(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December|week|month|year)|yesterday|today|also|then|later|has|had|have|is|was|were|are|been|once|further|repeatedly|publicly|"
    r"previously|would|will|did|does|do|not|"
    r"never|even|often|recently|himself|herself|themselves|itself|just|still|reportedly|famously|only|"
    r"first|again|quickly|flatly|"
    r"simply|bluntly|already|earlier|subsequently|immediately|angrily|to|being|now|actually|always|openly|"
    r"initially|finally|ultimately|"
    r"hat|haben|habe|auch|dann|a|ont|avait|ha|han|había|hat|wurde|aussi|también|tem|heeft|har|hade|hatte|"
    r"n'a|m'a|l'a|s'est|s’est|se sont|nous|le|lo|les|se|s’|au)$",
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
    r"[,;:.!?“”\"«»„()\n]|\s[-–—]\s|\s(?:who|as|whose|which|that|on|in a|in an|at a|at the|after|before|"
    r"during|when|while|as|told|told|about|last|this week|Monday|Tuesday|"
    r"Wednesday|Thursday|Friday|Saturday|Sunday|earlier|later|yesterday|today|and|but|because|to|by|from|"
    r"with|der|die am|am|im|dem|den|mit|für|über|vor|nach|bei|"
    r"(?-i:is|was|has|had|are|were|will|would|ist|war|hat|hatte|wird|sei|sind|waren|est|était|serait|es|era|fue|será)|"
    r"auf|gegenüber|unter|beim|vom|zum|zur|gegen|laut|seit|unserer|unserem|dieser|diesem|unsere|zu|zwischen|sur|lors|devant|"
    r"ante|durante|sobre|tras|dans|à|au|en|qui|que|en un|a la|al|nel|alla|ao|op|aan)\b",
    re.IGNORECASE,
)
#: Between a verb and its subject: "a déclaré lundi la ministre", "dijo el martes Torres", "sagte am Montag Keller".
_WHEN: Final = re.compile(
    r"\s(?:(?:à|sur|a|en|chez|auf|bei)\s(?:l['’])?[A-Z][\w.-]*(?:\s[A-Z]\w*)?(?=\s(?:le|la|les|l['’]|un|une|el|los|las|una|der|die|"
    r"das|ein|eine)\b)|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|hier|ce\s(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"matin|soir)|el\s(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)|este\s\w+|ayer|hoy|anoche|primero|"
    r"quant\sà\s(?:lui|elle|eux)|pour\s(?:sa|leur)\spart|de\s(?:son|leur)\scôté|por\ssu\sparte|a\ssu\svez|"
    r"ainsi|aussi|encore|également|notamment|alors|ensuite|también|además|"
    r"am\s(?:\w+tag|Mittwoch|\w+abend|\w+morgen)|heute|gestern|dazu|auch|derweil|damals|weiter|zudem|später|wiederum|nun|"
    r"sich|unterdessen|dagegen|hingegen)(?=\s)"
)
_OF: Final = re.compile(r"\s(?:(?:for|of|to|with|at|from|in|on|von|de|du|des|del|di|für)\s|d[’'])")
_OF_PLACE: Final = re.compile(r"\b(?:of|from|at|in|de|du|von|aus)\s(?:the\s)?$")
_DONE_BY: Final = re.compile(r"\b(?:\w+ed|written|seen|paid for)\sby\s(?:the\s|a\s)?$")
_FEW_TITLES: Final = re.compile(r"(?:[A-Z][\w.]*\s){0,2}")
_INITIALS: Final = re.compile(r"(?:[A-Z]\.)*[A-Z]")
_WITH: Final = re.compile(
    r"(?:^|\s)with\s((?:some|many|several|most|one|two|critics|officials|analysts|experts|\w+ers)\b.*)$"
)
_RELATIVE: Final = re.compile(r"\s(?:who|whose|which)\s")
_LONGEST: Final = 80
_LONGEST_TITLE: Final = 6
_MOST_WORDS: Final = 12
#: Words of "officials in Berlin", a role without a determiner.
_SHORT_ROLE: Final = 6
#: "X forecasts ... and [says]": the subject stands at the head.
_JOINED: Final = re.compile(r"\s(?:and|but|und|et|y|e)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: ``name`` resolved or None, ``raw`` as it stands, how sure."""

    name: str | None
    raw: str
    cue: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Marked:
    """A span with the text around it and what is known of it so far."""

    span: Span
    #: Where its sentence's narration starts: after the last stop or quote's paragraph.
    left: int
    #: Where its paragraph ends.
    right: int
    #: Where its paragraph starts.
    top: int
    speaker: Speaker | None = None
    is_continued: bool = False
    #: The cue stands in the same clause and governs it.
    is_governed: bool = False


class SpeakerFinder:
    """Finds the speaker at a cue in one text."""

    def __init__(self, text: str, *, names: Names, cues: Cues, spans: list[Span]) -> None:
        self.text = text
        self.names = names
        self.cues = cues
        self.pronouns = Pronouns(text, names=names, cues=cues, spans=spans)
        self.clauses = Clauses(text, names=names, cues=cues, pronouns=self.pronouns)

    def before(self, start: int, end: int) -> tuple[str | None, str] | None:
        """Return (name, words) of the subject that ends at a verb: "Donald Trump, who ..., [described]"."""
        segment = self.text[start:end].rstrip(" \u00a0")
        while found := _TRAILING.search(segment):
            segment = segment[: found.start()].rstrip(" \u00a0")
        if not segment.strip():
            return None
        if joined := _JOINED.search(segment):
            return self.clauses.head(start, start + joined.start())
        if pronoun := self.cues.pronoun_last.search(segment):
            return self.pronouns.resolve(start + pronoun.start(1), pronoun[1])
        if segment.endswith((",", ")", "–", "—")):
            return self._across_parenthesis(start, segment.rstrip(",)–— "))
        return self._ending(start, segment)

    def _across_parenthesis(self, start: int, segment: str) -> tuple[str | None, str] | None:
        """Step over "…, chief executive of Meta," to the name before it."""
        end = start + len(segment)
        if aside := self.clauses.aside(start, end) or self.clauses.doer(start, end):
            return aside
        breaks = list(_BREAK.finditer(segment))
        if breaks and (apposed := self._apposed(start, segment, breaks[-1])):
            return apposed
        if role := self.clauses.role_aside(start, end):
            return role
        people = self.names.people_between(start, end)
        for found in reversed(breaks):
            if not (found[0].startswith((",", "–", "—", "(")) or found[0].strip() in {"(", "–", "—"}):
                continue
            ending = self._ending(start, segment[: found.start()])
            # "engineer Anna Keller, of Port Halden, Ohio, [said]": no place speaks where a person is named.
            if ending and not (people and ending[0] and ending[0] not in {name.person for name in people}):
                return ending
        if people:
            return people[0].person, people[0].surface
        first = segment[: breaks[0].start()] if breaks else segment
        return self._role(start, first)

    def _apposed(self, start: int, segment: str, last: re.Match[str]) -> tuple[str | None, str] | None:
        """Read "the FBI director, James Comey, [wrote]": the name itself stands between the commas."""
        named = self.names.between(start + last.end(), start + len(segment))
        apposed = segment[last.end() :].strip()
        is_whole = (
            len(named) == 1
            and named[0].person
            and apposed.endswith(named[0].surface)
            and _FEW_TITLES.fullmatch(apposed[: -len(named[0].surface)])
        )
        before = self.names.people_between(start, start + last.start())
        is_list = before and before[-1].end == start + last.start() and not self.is_role_of(segment[: last.start()])
        return self._named(named[0]) if is_whole and not is_list else None

    def _ending(self, start: int, segment: str) -> tuple[str | None, str] | None:
        breaks = [found.end() for found in _BREAK.finditer(segment)]
        left = breaks[-1] if breaks else 0
        if named := self._name_ending(start, segment):
            if _DONE_BY.search(segment[: -len(named[1])]):
                # "A memo written by Anna Keller [says]": the memo does.
                return self.clauses.head(start + left, start + len(segment)) or named
            people = self.names.people_between(start + left, start + len(segment))
            if not people and _OF_PLACE.search(segment[: -len(named[1])]) and self.is_role_of(segment[left:]):
                # "Das Außenministerium in Berlin [erklärte]".
                return None, segment[left:].strip()
            if people and people[-1].surface != named[1] and _OF_PLACE.search(segment[: -len(named[1])]):
                # "House Speaker Anna Keller of Ohio [said]".
                return self._named(people[-1])
            if (chunk := segment[left:]) and self.is_role_of(chunk):
                return None, chunk.strip()
            return named
        return self._role(start + left, segment[left:])

    def is_role_of(self, chunk: str) -> bool:
        """Tell whether *chunk* is "a spokesman for Donald Trump": the role speaks, not the name."""
        head = re.split(
            r"\s(?:(?:for|of|to|with|at|from|in|on|von|de|du|des|del|di|für)\s|d[’'])", chunk.strip(), maxsplit=1
        )
        return len(head) > 1 and is_role(head[0].rpartition(" ")[2])

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
        chunk = _RELATIVE.split(chunk, maxsplit=1)[0]
        if absolute := _WITH.search(chunk):
            # "The move has raised concern, with some analysts [suggesting]".
            start, chunk = start + absolute.start(1), absolute[1]
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
        if people and not self.is_role_of(stripped):
            return people[0].person, people[0].surface
        if words[0].lower() in {"that", "this", "it", "there", "what", "how"}:
            return None
        # "de" is an article in Dutch alone.
        if words[0].lower() == "de" and self.cues.language != "nl":
            return None
        if _DETERMINER.match(stripped):
            return None, stripped
        if is_role(words[-1]) or (is_role(words[0]) and len(words) <= _SHORT_ROLE):
            return None, stripped
        named = self.names.between(offset, offset + len(stripped))
        return self._named(named[0]) if named and named[0].start == offset else None

    def after(  # noqa: PLR0911 - one case after the other
        self, start: int, end: int
    ) -> tuple[str | None, str] | None:
        """Return (name, words) of the subject that follows a verb: "said [venture capitalist Marc Andreessen]"."""
        limit = min(end, start + 2 * _LONGEST)
        if pronoun := self.cues.pronoun_first.match(self.text, start, limit):
            if (
                pronoun[1].lower() in {"his", "her", "him", "who"}
                and self.text[pronoun.end() : pronoun.end() + 1] == " "
            ):
                pass
            else:
                return self.pronouns.resolve(pronoun.start(1), pronoun[1])
        when = _WHEN.match(self.text, start, limit)
        first = left = when.end() if when else start
        while left < limit and self.text[left] in " \u00a0":
            left += 1
        stops = (
            found.start()
            for found in _STOP_AFTER.finditer(self.text, first if when else left, limit)
            if not self._is_abbreviated(found)
        )
        right = next(stops, limit)
        inside = self.names.between(left, min(limit, right + _LONGEST))
        # A stop word inside a name's run ("Ministry of ...") must not cut the name.
        right = max([right, *(name.end for name in inside if name.start < right)])
        segment = self.text[left:right]
        if not segment.strip() or segment.startswith("that "):
            return None
        people = self.names.people_between(left, right)
        if people and not self.is_role_of(segment):
            return people[0].person, people[0].surface
        if apposed := self._apposed_behind(segment, right):
            return apposed
        while segment.split()[1:] and segment.split()[-1].lower() in DETERMINERS:
            segment = segment.rstrip().rpartition(" ")[0]
        if _DETERMINER.match(segment) or any(is_role(word.strip(",.")) for word in segment.split()):
            return (None, segment.strip()) if len(segment.split()) <= _MOST_WORDS and len(segment) <= _LONGEST else None
        named = [name for name in inside if name.start < right]
        if not named:
            return None
        lead = self.text[left : named[0].start].lower().split()
        return self._named(named[0]) if all(word in PARTICLES for word in lead) else None

    def _apposed_behind(self, segment: str, right: int) -> tuple[str | None, str] | None:
        """Read "[said] the minister of transport, Anna Keller": the name behind the role."""
        is_phrase = _DETERMINER.match(segment) or is_role(segment.strip().rpartition(" ")[2])
        if not is_phrase or self.text[right : right + 2] != ", ":
            return None
        named = next(
            (
                name
                for name in self.names.people_between(right, right + _LONGEST)
                if _FEW_TITLES.fullmatch(self.text[right + 2 : name.start])
            ),
            None,
        )
        is_alone = named is not None and self.text[named.end : named.end + 1] in {",", ".", "", "\n", ";"}
        return self._named(named) if named and is_alone else None

    def _is_abbreviated(self, stop: re.Match[str]) -> bool:
        """Tell whether *stop* is the full stop of "Sen." or of an initial."""
        if stop[0] != ".":
            return False
        word = self.text[max(0, stop.start() - _LONGEST_TITLE) : stop.start()].rpartition(" ")[2]
        return bool(_INITIALS.fullmatch(word)) or f"{word}." in TITLES
