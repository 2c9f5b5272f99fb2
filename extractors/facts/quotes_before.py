"""The cue before marked words: Keller described it as "...", according to her it is "...", Keller: "..."."""

import re
from bisect import bisect_left
from typing import Final

from extractors.facts.quotes_cue import CueReader
from extractors.facts.quotes_lexicon import is_role
from extractors.facts.quotes_speaker import Marked, Speaker
from extractors.facts.quotes_subject import Subject

_BEFORE_LIMIT: Final = 450
_PASSIVE: Final = re.compile(r"\b(?:was|were|been|is|are|being)\s(?:\w+ly\s)?$", re.IGNORECASE)
#: Verbs of the mind among the cues: what somebody is said to want or feel.
_WISH: Final = re.compile(
    r"wants?|wanted|hopes?|hoped|wish(?:e[sd])?|feels?|felt|expect(?:s|ed)?|understood|found|finds|considered|deemed|"
    r"regards|views?|viewed|refused|sought",
    re.IGNORECASE,
)
#: "the bill, which Keller wrote, was": a verb of a clause between commas.
_WHICH: Final = re.compile(r",\s(?:which|whom|who|that|whose)\s[^,]*$")
_AS: Final = re.compile(r"\sas\s$")
_QUOTED: Final = re.compile(r"\b(?:was|were|been|is|are)\s(?:\w+ly\s)?(?:quoted|cited|reported|heard|seen|described)\b")
_OPENING: Final = re.compile(r"([^\W\d]+)\s?[,:]\s$")
_JUDGED: Final = re.compile(
    r"\b((?:jugé|qualifié|considéré|dénoncé|décrit)e?s?|(?:calificad|tildad|considerad|denunciad)[oa]s?)"
    r"(?:\s(?:de|comme|como)\s|\sd['’]|\s)$"
)
_PAR: Final = re.compile(r"\s(?:par|por)\b")
_NAMING: Final = re.compile(r"called|considered|termed|dubbed|deemed|referred|identified|labell?ed|found|written|read")
_BY: Final = re.compile(r"[^,;]{0,40}?\bby\s")
_AND: Final = re.compile(
    r"[\s,]*((?:and|but|und|et|y|sondern|e)\s)?(?:then|also|later|dann|auch|ensuite|además|luego|\w+ly)?\s?"
)
_JOINED: Final = re.compile(r"\s(?:and|but|und|et|y)\s(?:then\s|later\s|also\s|dann\s|auch\s)?$")
#: "Et d'ajouter :", "Y añade:", "And adds:".
_ADDING: Final = re.compile(r"\s*(?:Et d(?:e\s|['’])|(?:Y|And|Und)\s)([^\W\d]+)\s?:\s?")
_GOES_ON: Final = 0.9
_CLAIM: Final = re.compile(
    r"(?:(?P<owner>[’'](?:s\b)?)|\b(?P<pronoun>his|her|their|its))\s(?:[\w-]+\s){0,2}?"
    r"(?:claim|assertion|warning|promise|pledge|suggestion|contention|argument|belief|insistence|declaration|threat|vow|"
    r"call|demand|admission|accusation|allegation|prediction|comment|remark|statement|view|description|complaint)s?\s"
    r"(?:that|to|of|about|as)\b"
)
_REMARK: Final = re.compile(
    r"\s(comments?|remarks?|line|claims?|pledge|promise|slogan|speech|statement|message|quip|tweets?|mantra|motto|rhetoric|jibe)\b"
)
_OWNER: Final = re.compile(r"[’']s?\s$")
_COLON: Final = re.compile(r":\s*$")
_VERB_SECOND: Final = frozenset({"de", "nl", "sv", "da", "no", "nb"})
_FRONTED: Final = re.compile(
    r"\s*(?:Im|In|Auf|Vor|Bei|Beim|Nach|Am|An|Gegenüber|Mit|Zu|Zum|Zur|Unter|Während|Über|Als|Für|Trotz|Wegen|Seit|Aus|"
    r"Angesichts|Gegen|Laut|Durch|Ohne|Dazu|Dabei|Dagegen|Daraufhin|Darauf|Dann|Danach|Dennoch|Deshalb|Daher|Später|Zuvor|"
    r"Zunächst|Zugleich|Gleichzeitig|Zudem|Außerdem|Anschließend|Ferner|Weiter|Weiterhin|Hingegen|Trotzdem|Heute|Gestern|"
    r"Schließlich|Letztlich|Zuletzt|Wörtlich|Konkret|Erneut|Bereits|Damals|Dort|Hier|Einst|"
    r"Unterdessen|Derweil|Ähnlich|Anders|Deutlich|Nun|Jetzt|Op|Tegen|Na|Bij|Met|Till|På|Efter|I|Til|Ved)\s"
)
#: Between the cue and the words quoted nothing of another clause should stand.
_NEAR: Final = 70
_REACH: Final = 4000


class CueBefore(CueReader):
    """Reads the cues before the marked words of one text."""

    def before(  # noqa: PLR0911 - one case after the other
        self, marked: Marked, *, previous: Marked | None
    ) -> Speaker | None:
        """Read Donald Trump described R1 as a "...", according to her he is "...", Name: "..."."""
        end = marked.span.start
        start = max(marked.left, end - _BEFORE_LIMIT)
        low = previous.span.end if previous and previous.span.end > start else start
        if named := self._judged_by(marked):
            return named
        found = self._last_verb(low, end)
        if claimed := self._claimed(found.end() if found else low, end):
            return claimed
        if found:
            joined = _AND.fullmatch(self.text, low, found.start())
            goes_on = previous and low == previous.span.end and joined and (joined[1] or found[0].endswith("ing"))
            if goes_on and previous and previous.speaker:
                return Speaker(previous.speaker.name, previous.speaker.raw, found[0], previous.speaker.confidence)
            return self._adding(marked, previous) or self._subject_of(found, marked, start)
        if adding := self._adding(marked, previous):
            return adding
        if opening := self.context.for_whom(marked.left, end):
            return opening
        if previous and low == previous.span.end and previous.speaker and low > marked.left:
            return None
        if found := self.cues.according.search(self.text, start, low if low > start else end):
            return self.made(self.finder.after(found.end(), end), found[0].strip(), 0.8)
        return self._before_colon(start, end) if _COLON.search(self.text[start:end]) else None

    def is_opened(self, marked: Marked) -> bool:
        """Tell whether a verb of saying with a comma or colon stands right before the marks."""
        opening = _OPENING.search(self.text, max(marked.left, marked.span.start - _NEAR), marked.span.start)
        return opening is not None and self.cues.any.fullmatch(opening[1]) is not None

    def remark(self, marked: Marked) -> Speaker | None:
        """Read Clinton's "..." comment."""
        noun = _REMARK.match(self.text, marked.span.end)
        owner = _OWNER.search(self.text[max(0, marked.span.start - 4) : marked.span.start])
        if noun is None or owner is None:
            return None
        end = marked.span.start - len(owner[0])
        people = self.names.people_between(max(0, end - _NEAR), end)
        if not people or people[-1].end != end:
            return None
        return Speaker(people[-1].person, people[-1].surface, noun[1], 0.8)

    def _before_colon(self, start: int, end: int) -> Speaker | None:
        """Read Keller: "...", The coach is glad: "...", and else the person whom the words before a colon name."""
        colon = self.text.rindex(":", start, end)
        named = self.names.between(start, colon)
        is_alone = len(named) == 1 and self.text[start:colon].strip() == named[0].surface
        if is_alone and (named[0].person or self.text.count(named[0].surface) > 1):
            return Speaker(named[0].person or named[0].surface, named[0].surface, ":", 0.8)
        subject = self.finder.clauses.head(start, colon)
        if subject and (subject[0] or is_role(subject[1].rpartition(" ")[2])) and self.is_somebody(subject):
            return self.made(subject, ":", 0.75)
        people = self.names.people_between(start, end)
        return Speaker(people[0].person, people[0].surface, ":", 0.75) if people else None

    def _judged_by(self, marked: Marked) -> Speaker | None:
        """Read une décision jugée « historique » par le ministre."""
        judged = _JUDGED.search(self.text, max(marked.left, marked.span.start - _NEAR), marked.span.start)
        agent = _PAR.match(self.text, marked.span.end, marked.right) if judged else None
        return self.made(self.finder.after(agent.end(), marked.right), judged[1], 0.85) if judged and agent else None

    def _adding(self, marked: Marked, previous: Marked | None) -> Speaker | None:
        """Read « ... », promet Garnier. Et d'ajouter : « ... »: a sentence without a subject goes on with who spoke."""
        found = _ADDING.fullmatch(self.text, marked.left, marked.span.start)
        if found is None or previous is None or previous.speaker is None or previous.top != marked.top:
            return None
        speaker = previous.speaker
        return Speaker(speaker.name, speaker.raw, found[1], round(speaker.confidence * _GOES_ON, 3))

    def _claimed(self, start: int, end: int) -> Speaker | None:
        """Read Ostrander's claim that it was "...", her promise to "..."."""
        for found in reversed(list(_CLAIM.finditer(self.text, max(0, start - 1), end))):
            if found["pronoun"]:
                return self.made(self.finder.pronouns.resolve(found.start(), found["pronoun"]), found[0].strip(), 0.85)
            named = self.names.between(max(0, found.start() - _NEAR), found.start())
            if named and named[-1].end == found.start():
                name = named[-1]
                return Speaker(name.person or name.surface, name.surface, found[0].strip("’' "), 0.85)
        return None

    def _last_verb(self, start: int, end: int) -> re.Match[str] | None:
        found: re.Match[str] | None = None
        for verb in self.cues.any.finditer(self.text, start, end):
            is_aside = self.text[verb.end() : verb.end() + 1] == "," and _WHICH.search(self.text[start : verb.start()])
            if is_aside or self.is_noun(start, verb.start()):
                continue
            # "Keller said Ostrander wants to ...": whoever says it speaks, not whoever wants it.
            is_told = (
                found and _WISH.fullmatch(verb[0]) and not re.search("[,;]", self.text[found.end() : verb.start()])
            )
            found = found if is_told else verb
        return found

    def _subject_of(self, verb: re.Match[str], marked: Marked, start: int) -> Speaker | None:
        end = marked.span.start
        confidence = 0.93 if end - verb.end() <= _NEAR else 0.8
        if not verb[0].endswith("ing") and _PASSIVE.search(self.text[max(start, verb.start() - 20) : verb.start()]):
            return self._agent(verb, marked)
        left = self._unquoted(start, verb.start())
        subject = self._inverted(verb, marked.left, end) or self._upright(verb, left, sentence=marked.left)
        if subject is None or (subject[0] is None and subject[1].lower() in {"it", "which", "that"}):
            is_inverted = self.language not in {"", "en"} or self.text[verb.start() - 2 : verb.start()].strip()[
                -1:
            ] in {",", "”", '"'}
            subject = (self.finder.after(verb.end(), end) if is_inverted else None) or subject
        return self.made(subject, verb[0], confidence) or self.unnamed(verb, verb.start())

    def _inverted(self, verb: re.Match[str], left: int, end: int) -> Subject | None:
        """In a Germanic main clause one thing stands before the verb: after "Im Interview" the subject must follow."""
        if self.language not in _VERB_SECOND:
            return None
        # "Debates about it, ..., hält er für": what stands before the comma is the object, but for an apposition.
        is_object = self.text[left : verb.start()].rstrip()[-1:] == "," and not self.finder.clauses.aside(
            left, verb.start()
        )
        return self.finder.after(verb.end(), end) if is_object or _FRONTED.match(self.text, left) else None

    def _upright(self, verb: re.Match[str], left: int, *, sentence: int) -> Subject | None:
        """Return the subject before *verb*; a participle goes on about that of the clause before."""
        if left > sentence and (joined := _JOINED.search(self.text, left, verb.start())):
            # "She thanked him for the “work” of years and [said]".
            head = self.finder.clauses.head(sentence, joined.start())
            return head if head and self.is_somebody(head) else self.finder.before(left, verb.start())
        is_participle = verb[0].lower().endswith("ing")
        if is_participle and self.text[left : verb.start()].rstrip()[-1:] in {",", "—", "–"}:
            return self.finder.clauses.latest(left, verb.start())
        if is_participle and (quoted := _AS.search(self.text, left, verb.start())):
            # "The paper quoted Keller as saying"; "Keller was quoted by the paper as saying".
            if _QUOTED.search(self.text, left, quoted.start()):
                return self.finder.clauses.head(left, verb.start())
            return self.finder.before(left, quoted.start())
        subject = self.finder.before(left, verb.start())
        if subject is None and is_participle:
            return self.finder.clauses.head(left, verb.start())
        return subject

    def _agent(self, verb: re.Match[str], marked: Marked) -> Speaker:
        """Read "was called "..." by Keller"; where no agent stands, nobody is known to have said it."""
        end = marked.span.start
        if agent := _BY.match(self.text, verb.end(), end):
            made = self.made(self.finder.after(agent.end(), end), verb[0], 0.85)
        else:
            agent = _BY.match(self.text, marked.span.end, marked.right)
            made = self.made(self.finder.after(agent.end(), marked.right), verb[0], 0.85) if agent else None
        # "is called “table wine”" is a term, "was described as “reckless”" is what somebody said.
        return made or Speaker(None, "", "" if _NAMING.fullmatch(verb[0]) else verb[0], 0.3)

    def _unquoted(self, start: int, end: int) -> int:
        """Return the end of the last quote between *start* and *end*, else *start*."""
        low = bisect_left(self.starts, start - _REACH)
        near = self.spans[low : bisect_left(self.starts, end)]
        ends = [span.end for span in near if start < span.end <= end]
        if not ends:
            return start
        # A term belongs to the subject ("Keller of “Stop It” said"), speech does not ("“...”, said").
        last = near[-1]
        is_term = not self.text[last.end : end].strip() and self.text[last.end - 2] not in ",.?!"
        return start if is_term else ends[-1]
