"""
Records of evidence: what an article says of a topic, how much of what, who said it.

Every record points at its words: ``text[char_start:char_end]`` in Unicode code points.
They reach the other rooms through ``model``.
"""

from dataclasses import dataclass
from enum import StrEnum


class Zone(StrEnum):
    """Where in an article a mention stands."""

    TITLE = "title"
    LEDE = "lede"
    BODY = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One place where a term of a topic stands; made by ``facts.topics``, taken by ``warehouse.coverage``."""

    topic_id: str
    #: The term as the query writes it.
    term: str
    #: The words as the article writes them.
    raw: str
    zone: Zone
    #: Code points into the article's text; None in the title, which is no part of the text.
    char_start: int | None
    char_end: int | None
    #: The sentence around it; the whole title for a mention there.
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One topic found in one article; made by ``facts.topics``, taken by ``warehouse.coverage``."""

    topic_id: str
    query_version: str
    #: 0 to 1; see ``docs/explanation/relevance.md``.
    relevance: float
    mention_count: int
    in_title: bool
    in_lede: bool
    #: Offset of the first mention in the text; None where only the title names it.
    first_mention_at_char: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An amount as stated in a text; made by ``facts.figures``, taken by ``warehouse.figures``."""

    #: Code points into the article's text: ``text[char_start:char_end] == raw``.
    char_start: int
    char_end: int
    #: The amount as written with sign, magnitude and unit, without hedges.
    raw: str
    #: ``money``, ``percent``, ``multiple``, ``count`` or ``rate``.
    kind: str
    #: Normalised: "$5.6mn" is 5600000.0, "1.4 cents" is 0.014, "7 %" is 7.0.
    value: float
    #: The other end of a range; None where there is none.
    value_max: float | None = None
    #: What is counted, as written; ``%`` or ``pp`` (percentage points) for percent, ``x`` for multiples.
    unit: str | None = None
    #: ISO 4217; None for anything but money and for money whose currency cannot be told.
    currency: str | None = None
    #: The text says only "$" or "dollars"; the currency is the source's own.
    is_currency_implied: bool = False
    #: ``=``, ``<``, ``>``, ``<=`` or ``>=``.
    comparison: str = "="
    is_approximate: bool = False
    #: "1.4 cents for every 1mn tokens": 1000000.0 and "tokens"; "$5bn a year": 1.0 and "year".
    per_value: float | None = None
    per_unit: str | None = None
    #: ``char_start`` of the figure that this one converts to another currency or unit: no claim of its own.
    converted_of: int | None = None
    #: The one name that the figure is most likely about, as written; None rather than far-fetched.
    subject: str | None = None
    #: All names in the sentence, in order, each once.
    subjects: tuple[str, ...] = ()
    #: Who says so: the speaker of the quote around it, or the source that the sentence names.
    attributed_to: str | None = None
    sentence: str = ""
    #: The text is damaged here ("one.4 cents", "downUS$590b") and the value is a reading of it.
    is_damaged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Marked words of somebody; made by ``facts.quotes``, taken by ``warehouse.quotes``."""

    #: Code points into the article's text, the marks included: ``text`` is what stands there.
    char_start: int
    char_end: int
    #: The words with their marks.
    text: str
    #: ``direct`` (a clause or more), ``partial`` (a fragment in the narrator's sentence) or ``continued`` (no
    #: cue of its own).
    kind: str
    #: Full name where the article gives it, else the words that name the speaker; None rather than a guess.
    speaker: str | None = None
    #: What stands at the cue: "he", "Toner", "an AI investor in China".
    speaker_raw: str | None = None
    #: The word that marks it as said: "said", "according to", ":"; None where there is none.
    cue: str | None = None
    #: 0 to 1; see ``docs/explanation/quotes.md``.
    confidence: float = 0.0
    sentence: str = ""
