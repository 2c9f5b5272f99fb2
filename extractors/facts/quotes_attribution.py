"""From a marked span to its speaker: cues around it, quotes before it, the sentence it stands in."""

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import Final

from extractors.facts.quotes_asian import asian_speaker
from extractors.facts.quotes_context import IMPERSONAL, NULL_SUBJECT, Context
from extractors.facts.quotes_lexicon import Cues
from extractors.facts.quotes_marks import Span
from extractors.facts.quotes_names import Names
from extractors.facts.quotes_speaker import Speaker, SpeakerFinder

_ASIAN: Final = frozenset({"zh", "ja", "ko"})
_INNER_STOP: Final = re.compile(r"[,?!—–…-]\s*[”\"“»’'「」]+$|\.\.\.?\s*[”\"]$")
_FULL_STOP: Final = re.compile(r"[.]\s*[”\"“»’']+$")
#: Quotes and characters back to which a sentence may reach, so that a book on one line stays linear.
_NEIGHBOURS: Final = 8
_REACH: Final = 4000
_AFTER_LIMIT: Final = 160
_BEFORE_LIMIT: Final = 260
_SENTENCE_END: Final = re.compile(
    r"(?<!\b[A-Z])(?<!\bMr|\bMs|\bDr|\bSt|\bJr|\bSr|\bLt|\bNo|\bD-)(?<!\bMrs|\bSen|\bRep|\bGov|\bGen|\bRev|"
    r"\bU\.S|\bCol|\bSgt|\bMaj|\bAdm|\bInc)"
    r"(?<!\bProf|\bCapt|\bCorp)(?<!\bu\.a|\bz\.B|\bd\.h)[.!?]\s"
)
_PASSIVE: Final = re.compile(r"\b(?:was|were|been|is|are|being)\s(?:\w+ly\s)?$", re.IGNORECASE)
_BY: Final = re.compile(r"[^,;]{0,40}?\bby\s")
_NO_VERB: Final = re.compile(
    r"(?:\b(?:the|a|an|his|her|their|its|no|any|this|that|of|in|more|le|la|les|der|die|das|el|un|une)\s|[’']s\s)$",
    re.IGNORECASE,
)
_NO_FOREIGN_VERB: Final = re.compile(
    r"\b(?:the|la|le|les|der|die|das|den|el|los|un|une|una|ein|eine|il)\s$", re.IGNORECASE
)
_MARK: Final = re.compile(r"[“”\"«»„]")
_DASH: Final = re.compile(r"\s*(?:[—–]|--?)\s?(?=[A-Z])")
_PERSONAL: Final = re.compile(r"\b(he|she|his|her|er|il|elle|él|ella)\b", re.IGNORECASE)
_REMARK: Final = re.compile(
    r"\s(comments?|remarks?|line|claims?|pledge|promise|slogan|speech|statement|message|quip|tweets?|mantra|motto|rhetoric|jibe)\b"
)
_OWNER: Final = re.compile(r"[’']s?\s$")
_COLON: Final = re.compile(r":\s*$")
_VERB_SECOND: Final = frozenset({"de", "nl", "sv", "da", "no", "nb"})
_FRONTED: Final = re.compile(
    r"\s*(?:Im|In|Auf|Vor|Bei|Nach|Am|Gegenüber|Mit|Zu|Zum|Zur|An|Unter|Während|Über|Als|Für|Trotz|Wegen|Seit|Dazu|"
    r"Dabei|Daraufhin|Dann|Später|Zuvor|Weiter|Außerdem|Op|Tegen|Na|Bij|Met|Till|På|Efter|I|Til|Ved)\s"
)
#: Characters between an Asian cue and the mark that it opens.
_CUE_NEAR: Final = 3
#: Characters back to the last verb of saying that may still govern words in a sentence without one.
_NEAR_FLOOR: Final = 500
#: Between the cue and the words quoted nothing of another clause should stand.
_NEAR: Final = 70


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


class Attribution:
    """Attributes the spans of one text, in order."""

    def __init__(self, text: str, spans: list[Span], *, names: Names, cues: Cues, language: str) -> None:
        self.text = text
        self.cues = cues
        self.language = language
        self.names = names
        self.finder = SpeakerFinder(text, names=names, cues=cues, spans=spans)
        self.context = Context(text, spans, names=names, cues=cues, finder=self.finder)
        self._starts = [span.start for span in spans]
        self.marked = [self._placed(at, spans) for at in range(len(spans))]

    def run(self) -> list[Marked]:
        """Return all spans with their speakers where the text gives them."""
        for at, marked in enumerate(self.marked):
            self.marked[at] = self._cued(at, marked)
        for at, marked in enumerate(self.marked):
            if marked.speaker is None:
                self.marked[at] = self._continued(at, marked)
        for at in range(len(self.marked) - 2, -1, -1):
            self.marked[at] = self._borrowed(at)
        for at, marked in enumerate(self.marked):
            if marked.speaker is None:
                self.marked[at] = self._continued(at, marked)
            if self.marked[at].speaker is None:
                self.marked[at] = self._floating(at, marked)
        return self.marked

    def _placed(self, at: int, spans: list[Span]) -> Marked:
        span = spans[at]
        top = self.text.rfind("\n", 0, span.start) + 1
        right = self.text.find("\n", span.end)
        left = top
        # Stops inside earlier quotes end no sentence of the narrator, the stop that closes one does.
        gaps = [(previous.end, previous) for previous in spans[max(0, at - _NEIGHBOURS) : at] if previous.start >= top]
        low = max(top, (gaps[0][1].start if gaps else span.start) - _REACH)
        left = max(left, low)
        for end, previous in gaps:
            left = self._last_stop(low, previous.start, left)
            if self.text[end - 2 : end - 1] in ".!?" and self.text[end : end + 2].strip()[:1].isupper():
                left = end
            low = end
        left = self._last_stop(low, span.start, left)
        return Marked(span, left, len(self.text) if right < 0 else right, top)

    def _last_stop(self, start: int, end: int, default: int) -> int:
        stops = [found.end() for found in _SENTENCE_END.finditer(self.text, start, end)]
        return stops[-1] if stops else default

    def _cued(self, at: int, marked: Marked) -> Marked:
        """Attribute by a cue of its own."""
        span = marked.span
        if self.language in _ASIAN:
            speaker = asian_speaker(self.text, span, left=marked.top, right=marked.right, language=self.language)
            low = max(0, span.start - len(speaker.cue) - _CUE_NEAR) if speaker else span.start
            near = self.text[low : span.start] + self.text[span.end : marked.right]
            return replace(marked, speaker=speaker, is_governed=speaker is not None and speaker.cue in near)
        if told := self.context.with_these_words(span.end, marked.right):
            return replace(marked, speaker=told, is_governed=True)
        inner = self.text[span.start : span.end]
        after = self.text[span.end : span.end + 1]
        is_clause = bool(_INNER_STOP.search(inner)) or after == ","
        speaker = self._after(at, marked, is_clause=True) if is_clause else None
        speaker = speaker or self._before(at, marked)
        if speaker is not None:
            return replace(marked, speaker=speaker, is_governed=True)
        if remark := self._remark(marked):
            return replace(marked, speaker=remark, is_governed=True)
        if is_clause or _FULL_STOP.search(inner):
            return marked
        return replace(marked, speaker=self._after(at, marked, is_clause=False))

    def _after(  # noqa: PLR0911 - one case after the other
        self, at: int, marked: Marked, *, is_clause: bool
    ) -> Speaker | None:
        """Read "...," said Stacy Rasgon / Stacy Rasgon said / according to police."""
        start = marked.span.end
        following = self.marked[at + 1].span.start if at + 1 < len(self.marked) else marked.right
        end = min(marked.right, following, start + (2 if is_clause else 1) * _AFTER_LIMIT)
        stop = _SENTENCE_END.search(self.text, start, end)
        end = stop.start() + 1 if stop else end
        if found := self.cues.according.match(self.text, start + self._gap(start), end):
            return self._made(self.finder.after(found.end(), end), found[0].strip(), 0.9)
        if found := _DASH.match(self.text, start):
            named = self.names.between(found.end(), marked.right)
            if named and named[0].start == found.end() and marked.right - named[0].end < _NEAR:
                return Speaker(named[0].person or named[0].surface, named[0].surface, "—", 0.8)
        cue = self._verb_after(start, end)
        if cue is None:
            return None
        if not is_clause and "," in self.text[start : cue.start()]:
            return self._parenthetical(start, end)
        between = self.text[start : cue.start()].strip(" \u00a0,–—-")
        if not between:
            found_after = self.finder.after(cue.end(), end)
            return self._made(found_after, cue[0], 0.97) or self._unnamed(cue, start)
        left = start + self._gap(start)
        if re.match(r"(?:and|but|or|which|because|who|that|und|et|y)\b", between) or ";" in between:
            return None
        is_apposed = (is_clause and "," in between) or len(between) > _NEAR
        subject = self._opening(left, cue.start()) if is_apposed else None
        subject = subject or self.finder.before(left, cue.start())
        if subject is None:
            subject = self.finder.after(cue.end(), end) if self.language not in {"", "en"} else None
        return self._made(subject, cue[0], 0.97) or self._unnamed(cue, start)

    def _unnamed(self, cue: re.Match[str], at: int) -> Speaker | None:
        """Resolve a cue whose subject is left out ("..., ha señalado") or nobody ("..., hieß es")."""
        if self.language in NULL_SUBJECT:
            return self.context.dropped(at, cue[0])
        if IMPERSONAL.fullmatch(cue[0]):
            return self._made(self.context.teller(at), cue[0], 0.7)
        return None

    def _remark(self, marked: Marked) -> Speaker | None:
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

    def _parenthetical(self, start: int, end: int) -> Speaker | None:
        """Read "..." and affects every community, Noem said in the ..."""
        for verb in self.cues.saying.finditer(self.text, start, end):
            comma = self.text.rfind(",", start, verb.start())
            if comma < 0 or verb.start() - comma > _NEAR:
                continue
            if not self.text[comma + 1 : verb.start()].strip():
                return self._made(self.finder.after(verb.end(), end), verb[0], 0.85)
            subject = self.finder.before(comma + 1, verb.start())
            if subject and not re.match(r"\s(?:and|but|who|which|that)\b", self.text[comma + 1 : verb.start()]):
                return self._made(subject, verb[0], 0.85)
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
            if not self._is_noun(start, found.start()):
                return found
        return None

    def _is_noun(self, start: int, at: int) -> bool:
        """Tell whether the cue at *at* is a noun: "the report", "his claims"; French "a dit" is none."""
        pattern = _NO_VERB if self.language in {"", "en"} else _NO_FOREIGN_VERB
        return pattern.search(self.text[max(start, at - 12) : at]) is not None

    def _gap(self, start: int) -> int:
        found = re.compile(r"[\s,–—-]*").match(self.text, start)
        return found.end() - start if found else 0

    def _before(  # noqa: PLR0911 - one case after the other
        self, at: int, marked: Marked
    ) -> Speaker | None:
        """Read Donald Trump described R1 as a "...", according to her he is "...", Name: "..."."""
        end = marked.span.start
        start = max(marked.left, end - _BEFORE_LIMIT)
        previous = self.marked[at - 1] if at else None
        low = previous.span.end if previous and previous.span.end > start else start
        if found := self._last_verb(low, end):
            is_participle = found[0].lower().endswith("ing") and not self.text[low : found.start()].strip(" ,")
            if is_participle and previous and previous.speaker:
                return Speaker(previous.speaker.name, previous.speaker.raw, found[0], previous.speaker.confidence)
            return self._subject_of(found, start, end)
        if opening := self.context.for_whom(marked.left, end):
            return opening
        if previous and low == previous.span.end and previous.speaker and low > marked.left:
            return None
        if found := self.cues.according.search(self.text, start, low if low > start else end):
            return self._made(self.finder.after(found.end(), end), found[0].strip(), 0.8)
        if _COLON.search(self.text[start:end]) and (people := self.names.people_between(start, end)):
            return Speaker(people[0].person, people[0].surface, ":", 0.75)
        return None

    def _last_verb(self, start: int, end: int) -> re.Match[str] | None:
        found = None
        for verb in self.cues.any.finditer(self.text, start, end):
            if not self._is_noun(start, verb.start()):
                found = verb
        return found

    def _subject_of(self, verb: re.Match[str], start: int, end: int) -> Speaker | None:
        confidence = 0.93 if end - verb.end() <= _NEAR else 0.8
        if _PASSIVE.search(self.text[max(start, verb.start() - 20) : verb.start()]):
            agent = _BY.match(self.text, verb.end(), end)
            if agent:
                return self._made(self.finder.after(agent.end(), end), verb[0], 0.85)
        left = self._unquoted(start, verb.start())
        # In a Germanic main clause one thing stands before the verb: after "Im Interview" the subject must follow.
        is_fronted = self.language in _VERB_SECOND and _FRONTED.match(self.text, left) is not None
        subject = (self.finder.after(verb.end(), end) if is_fronted else None) or self.finder.before(left, verb.start())
        if subject is None or (subject[0] is None and subject[1].lower() in {"it", "which", "that"}):
            is_inverted = self.language not in {"", "en"} or self.text[verb.start() - 2 : verb.start()].strip()[
                -1:
            ] in {",", "”", '"'}
            subject = (self.finder.after(verb.end(), end) if is_inverted else None) or subject
        if subject is None and verb[0].lower().endswith("ing"):
            people = self.names.people_between(start, verb.start())
            subject = (people[0].person, people[0].surface) if people else None
        return self._made(subject, verb[0], confidence) or self._unnamed(verb, verb.start())

    def _unquoted(self, start: int, end: int) -> int:
        """Return the end of the last quote between *start* and *end*, else *start*."""
        low = bisect_left(self._starts, start - _REACH)
        near = self.marked[low : bisect_left(self._starts, end)]
        ends = [marked.span.end for marked in near if start < marked.span.end <= end]
        return ends[-1] if ends and end - ends[-1] > 1 and self.text[ends[-1] : end].strip(" ,") else start

    def _made(self, subject: tuple[str | None, str] | None, cue: str, confidence: float) -> Speaker | None:
        if subject is None:
            return None
        name, raw = subject
        if _MARK.search(raw):
            return None
        if name is None and raw.lower() in self.cues.pronouns:
            return Speaker(None, raw, cue, confidence * 0.6)
        is_pronoun = raw.lower() in self.cues.pronouns
        name = name or raw
        return Speaker(name, raw, cue, round(confidence * (0.85 if is_pronoun else 1.0), 3))

    def _continued(self, at: int, marked: Marked) -> Marked:  # noqa: PLR0911 - one case after the other
        """Give a span without a cue the speaker of the one it goes on from."""
        if at == 0:
            return marked
        previous = self.marked[at - 1]
        if previous.speaker is None:
            return marked
        between = self.text[previous.span.end : marked.span.start]
        same_paragraph = previous.top == marked.top
        if same_paragraph and marked.left < previous.span.end and len(between) <= _AFTER_LIMIT:
            return self._inherits(marked, previous, 0.9 if previous.speaker.cue in between else 0.8)
        starts_sentence = not self.text[marked.left : marked.span.start].strip()
        if same_paragraph and starts_sentence and len(between) <= 2 * _AFTER_LIMIT:
            return self._inherits(marked, previous, 0.88)
        if not same_paragraph and "\n" in between and not between.strip() and previous.span.is_open:
            return self._inherits(marked, previous, 0.9)
        is_whole = (
            starts_sentence and marked.left == marked.top and not self.text[marked.span.end : marked.right].strip(" .,")
        )
        is_next = between.count("\n") == 1 + between.count("\n\n")
        is_near = is_next or (
            len(between) <= 2 * _AFTER_LIMIT and bool(self._pronoun(previous.span.end, marked.span.start))
        )
        if is_whole and is_near and not self._names_other(previous, marked):
            return self._inherits(marked, previous, 0.6)
        return marked

    def _names_other(self, previous: Marked, marked: Marked) -> bool:
        """Tell whether somebody else is named between two quotes."""
        people = self.names.people_between(previous.span.end, marked.span.start)
        return any(name.person != (previous.speaker and previous.speaker.name) for name in people)

    def _inherits(self, marked: Marked, previous: Marked, share: float) -> Marked:
        if previous.speaker is None:
            return marked
        speaker = Speaker(
            previous.speaker.name,
            previous.speaker.raw,
            previous.speaker.cue,
            round(previous.speaker.confidence * share, 3),
        )
        return replace(marked, speaker=speaker, is_continued=True)

    def _borrowed(self, at: int) -> Marked:
        """Give "A." in "A." "B," he said. the speaker of the next."""
        marked, following = self.marked[at], self.marked[at + 1]
        if marked.speaker or following.speaker is None or following.top != marked.top:
            return marked
        between = self.text[marked.span.end : following.span.start]
        is_sentence = not self.text[marked.left : marked.span.start].strip()
        return self._inherits(marked, following, 0.8) if is_sentence and not between.strip(" .…") else marked

    def _floating(self, at: int, marked: Marked) -> Marked:  # noqa: PLR0911 - one case after the other
        """Give a span without any cue the person its sentence, or the sentence before, is about."""
        if self.language in _ASIAN:
            return marked
        if self.language == "de" and (reported := self.context.reported(marked.left, marked.span.start)):
            return replace(marked, speaker=reported, is_governed=True)
        people = self.names.people_between(marked.left, marked.span.start)
        if people:
            return replace(marked, speaker=Speaker(people[0].person, people[0].surface, "", 0.45))
        narration = self.text[marked.left : marked.span.start]
        if resolved := self._pronoun(marked.left, marked.span.start):
            return replace(marked, speaker=resolved)
        if self.language in NULL_SUBJECT and (told := self.context.teller(marked.span.start, reach=_NEAR_FLOOR)):
            return replace(marked, speaker=Speaker(told[0] or told[1], told[1], "", 0.35))
        if narration.strip() or (at and self.marked[at - 1].speaker and self.marked[at - 1].top == marked.top):
            return marked
        return self._from_sentence_before(marked)

    def _pronoun(self, start: int, end: int) -> Speaker | None:
        """Return the person that the first "he" or "she" between *start* and *end* is."""
        pronoun = _PERSONAL.search(self.text, start, end)
        if pronoun is None:
            return None
        sex = "f" if pronoun[1].lower() in {"she", "her", "elle", "ella"} else "m"
        name = self.finder.last_person(pronoun.start(), sex=sex)
        return Speaker(name.person, pronoun[1], "", 0.4) if name else None

    def _from_sentence_before(self, marked: Marked) -> Marked:
        low = max(0, marked.left - 400)
        before = self.text[low : marked.left].rstrip()
        stops = [found.end() for found in _SENTENCE_END.finditer(before)]
        left = low + max([0, *stops, before.rfind("\n") + 1])
        people = self.names.people_between(left, marked.left)
        if people:
            return replace(marked, speaker=Speaker(people[0].person, people[0].surface, "", 0.5))
        resolved = self._pronoun(left, marked.left)
        if resolved is None and (told := self.context.teller(marked.left)):
            resolved = Speaker(told[0] or told[1], told[1], "", 0.4)
        return replace(marked, speaker=resolved) if resolved else marked
