"""What the readers of cues before and behind marked words share."""

import re
from typing import Final

from extractors.facts.quotes_context import IMPERSONAL, NULL_SUBJECT, Context
from extractors.facts.quotes_lexicon import Cues
from extractors.facts.quotes_marks import Span
from extractors.facts.quotes_names import Names
from extractors.facts.quotes_speaker import Speaker, SpeakerFinder
from extractors.facts.quotes_subject import Subject

#: A full stop, not that of an abbreviation.
SENTENCE_END: Final = re.compile(
    r"[.!?](?<!\b[A-Z][.!?])(?<!\b(?:Mr|Ms|Dr|St|Jr|Sr|Lt|No|D-)[.!?])(?<!\b(?:Mrs|Sen|Rep|Gov|Gen|Rev|U\.S|Col|Sgt|Maj|Adm|"
    r"Inc|u\.a|z\.B|d\.h)[.!?])(?<!\b(?:Prof|Capt|Corp)[.!?])\s"
)
_NO_VERB: Final = re.compile(
    r"(?:\b(?:the|a|an|his|her|their|its|no|any|this|that|of|in|more|le|la|les|der|die|das|el|un|une)\s|[’']s\s)$",
    re.IGNORECASE,
)
#: "have read it": no text that reads so.
_HAS_READ: Final = re.compile(r"\b(?:have|has|had|to|he|she|they)\s$")
_NO_FOREIGN_VERB: Final = re.compile(
    r"\b(?:the|la|le|les|der|die|das|den|el|los|un|une|una|ein|eine|il)\s$", re.IGNORECASE
)
_GAP: Final = re.compile(r"[\s,–—-]*")
_MARK: Final = re.compile(r"[“”\"«»„]")


class CueReader:
    """Reads the cues of one text."""

    def __init__(self, text: str, spans: list[Span], *, names: Names, cues: Cues, language: str) -> None:
        self.text = text
        self.cues = cues
        self.language = language
        self.names = names
        self.spans = spans
        self.starts = [span.start for span in spans]
        self.finder = SpeakerFinder(text, names=names, cues=cues, spans=spans)
        self.context = Context(text, names=names, cues=cues, finder=self.finder)

    def unnamed(self, cue: re.Match[str], at: int) -> Speaker | None:
        """Resolve a cue whose subject is left out ("..., ha señalado") or nobody ("..., hieß es")."""
        if self.language in NULL_SUBJECT:
            return self.context.dropped(at, cue[0])
        if IMPERSONAL.fullmatch(cue[0]):
            return self.made(self.context.teller(at), cue[0], 0.7)
        return None

    def is_noun(self, start: int, at: int) -> bool:
        """Tell whether the cue at *at* is a noun: "the report", "his claims"; French "a dit" is none."""
        if self.text.startswith("read", at) and _HAS_READ.search(self.text[max(start, at - 8) : at]):
            return True
        pattern = _NO_VERB if self.language in {"", "en"} else _NO_FOREIGN_VERB
        return pattern.search(self.text[max(start, at - 12) : at]) is not None

    def gap(self, start: int) -> int:
        """Return how many characters of white space, commas and dashes stand at *start*."""
        found = _GAP.match(self.text, start)
        return found.end() - start if found else 0

    def is_somebody(self, subject: Subject) -> bool:
        """Tell whether *subject* is a person, a pronoun's or a role, not just any name."""
        is_person = any(name.person == subject[0] for name in self.names.people)
        return subject[0] is None or is_person

    def made(self, subject: Subject | None, cue: str, confidence: float) -> Speaker | None:
        """Return the speaker that *subject* is, less sure for a pronoun; None where it is none."""
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
