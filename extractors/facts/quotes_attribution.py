"""From a marked span to its speaker: cues around it, quotes before it, the sentence it stands in."""

import re
from dataclasses import replace
from typing import Final

from extractors.facts.quotes_asian import asian_speaker
from extractors.facts.quotes_before import CueBefore
from extractors.facts.quotes_behind import CueBehind
from extractors.facts.quotes_chinese import chinese_teller
from extractors.facts.quotes_context import NULL_SUBJECT
from extractors.facts.quotes_cue import SENTENCE_END
from extractors.facts.quotes_lexicon import Cues
from extractors.facts.quotes_marks import Span
from extractors.facts.quotes_names import Names
from extractors.facts.quotes_speaker import Marked, Speaker

_ASIAN: Final = frozenset({"zh", "ja", "ko"})
_INNER_STOP: Final = re.compile(r"[,?!—–…-]\s*[”\"“»’'「」]+$|\.\.\.?\s*[”\"]$")
_FULL_STOP: Final = re.compile(r"[.]\s*[”\"“»’']+$")
#: Quotes and characters back to which a sentence may reach, so that a book on one line stays linear.
_NEIGHBOURS: Final = 8
_REACH: Final = 4000
_AFTER_LIMIT: Final = 160
_ASIAN_STOP: Final = re.compile(r"[。！？，!?]")
#: Characters of narration between two quotes of one speaker.
_ASIAN_NEAR: Final = 120
#: Characters from which a Chinese quote that is a paragraph of its own goes on with who spoke before.
_ASIAN_LONG: Final = 15
_PERSONAL: Final = re.compile(r"\b(he|she|his|her|er|il|elle|él|ella)\b", re.IGNORECASE)
#: Characters between an Asian cue and the mark that it opens.
_CUE_NEAR: Final = 3
#: Characters back to the last verb of saying that may still govern words in a sentence without one.
_NEAR_FLOOR: Final = 500


class _Cues(CueBehind, CueBefore):
    """Reads the cues on both sides."""


class Attribution:
    """Attributes the spans of one text, in order."""

    def __init__(self, text: str, spans: list[Span], *, names: Names, cues: Cues, language: str) -> None:
        self.text = text
        self.cues = cues
        self.language = language
        self.names = names
        self.cue = _Cues(text, spans, names=names, cues=cues, language=language)
        self.finder = self.cue.finder
        self.context = self.cue.context
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
        stops = [found.end() for found in SENTENCE_END.finditer(self.text, start, end)]
        return stops[-1] if stops else default

    def _cued(  # noqa: PLR0911 - one case after the other
        self, at: int, marked: Marked
    ) -> Marked:
        """Attribute by a cue of its own."""
        span = marked.span
        if self.language in _ASIAN:
            speaker = asian_speaker(self.text, span, left=marked.top, right=marked.right, language=self.language)
            low = max(0, span.start - len(speaker.cue) - _CUE_NEAR) if speaker else span.start
            near = self.text[low : span.start] + self.text[span.end : marked.right]
            if speaker and speaker.name is None and at and (last := self.marked[at - 1].speaker):
                speaker = replace(speaker, name=last.name, confidence=0.6 if last.name else speaker.confidence)
            return replace(marked, speaker=speaker, is_governed=speaker is not None and speaker.cue in near)
        if told := self.context.with_these_words(span.end, marked.right):
            return replace(marked, speaker=told, is_governed=True)
        if self.language == "fr" and (inserted := self.cue.inside(marked)):
            return replace(marked, speaker=inserted, is_governed=True)
        inner = self.text[span.start : span.end]
        after = self.text[span.end : span.end + 1]
        is_clause = bool(_INNER_STOP.search(inner)) or after == ","
        following = self.marked[at + 1].span.start if at + 1 < len(self.marked) else marked.right
        # "When Keller asked, “Why?” Brown left": the cue that opens a question goes before one behind it.
        is_opened = inner[-2:-1] in {"?", "!"} and self.cue.is_opened(marked)
        speaker = None
        if is_clause and not is_opened:
            speaker = self.cue.behind(marked, following=following, is_clause=True)
        speaker = speaker or self.cue.before(marked, previous=self.marked[at - 1] if at else None)
        if speaker is not None:
            return replace(marked, speaker=speaker, is_governed=True)
        if remark := self.cue.remark(marked):
            return replace(marked, speaker=remark, is_governed=True)
        if is_clause or _FULL_STOP.search(inner):
            return marked
        return replace(marked, speaker=self.cue.behind(marked, following=following, is_clause=False))

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
            return self._floating_asian(at, marked)
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

    def _floating_asian(self, at: int, marked: Marked) -> Marked:
        """Give a whole Chinese sentence without a cue whoever told something last, in a quote or in the narration."""
        inner = self.text[marked.span.start : marked.span.end]
        is_whole = len(inner) >= _ASIAN_LONG and _ASIAN_STOP.search(inner)
        if self.language != "zh" or not is_whole:
            return marked
        previous = self.marked[at - 1].speaker if at else None
        is_near = at and marked.span.start - self.marked[at - 1].span.end <= _ASIAN_NEAR
        name = previous.name if is_near and previous else chinese_teller(self.text, marked.span.start)
        return replace(marked, speaker=Speaker(name, name, "", 0.4)) if name else marked

    def _pronoun(self, start: int, end: int) -> Speaker | None:
        """Return the person that the first "he" or "she" between *start* and *end* is."""
        pronoun = _PERSONAL.search(self.text, start, end)
        if pronoun is None:
            return None
        sex = "f" if pronoun[1].lower() in {"she", "her", "elle", "ella"} else "m"
        name = self.finder.pronouns.last_person(pronoun.start(), sex=sex)
        return Speaker(name.person, pronoun[1], "", 0.4) if name else None

    def _from_sentence_before(self, marked: Marked) -> Marked:
        low = max(0, marked.left - 400)
        before = self.text[low : marked.left].rstrip()
        stops = [found.end() for found in SENTENCE_END.finditer(before)]
        left = low + max([0, *stops, before.rfind("\n") + 1])
        people = self.names.people_between(left, marked.left)
        subject = self.finder.clauses.head(left, marked.left)
        if subject and subject[0] and self.cues.pronouns.get(subject[1].lower()) in {"m", "f"}:
            return replace(marked, speaker=Speaker(subject[0], subject[1], "", 0.4))
        if people:
            return replace(marked, speaker=Speaker(people[0].person, people[0].surface, "", 0.5))
        resolved = self._pronoun(left, marked.left)
        if resolved is None and (told := self.context.teller(marked.left)):
            resolved = Speaker(told[0] or told[1], told[1], "", 0.4)
        return replace(marked, speaker=resolved) if resolved else marked
