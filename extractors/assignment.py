"""
Records of story assignment: what is to be placed, what it is like, where it was placed.

``extractors.model`` hands them on; see there for the rules that all records follow. A text is known by its number:
articles with the same words share one.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    """The text of a new article; made by ``warehouse.stories``, taken by ``stories``."""

    article_id: str
    text: str
    text_sha256: str
    first_seen_at: datetime
    #: By what instant it had the text, by the best evidence.
    had_it_at: datetime
    #: As in ``Reading``.
    words_key: str
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryText:
    """A text that new ones are compared with; made by ``stories``, kept and brought back by ``warehouse.stories``."""

    #: Counted from 1, in the order in which texts came.
    text_no: int
    words_key: str
    #: An article and its revision that carry the text.
    article_id: str
    text_sha256: str
    #: The text that its story stands around; it may be the text itself.
    core_no: int
    #: How many numbers its sketch has.
    number_count: int
    #: Empty where it is brought back: what it shares with new texts is known by then.
    sketch: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLink:
    """
    How one text stands in another; made by ``stories``, kept and brought back by ``warehouse.stories``.

    Of two linked texts there are two, one for each direction. Shares are 0 to 1, as in ``stories.comparing``.
    """

    text_no: int
    other_no: int
    #: The two are one text, whatever was done to it.
    is_same: bool
    #: The text quotes the other, as a round-up does.
    is_quote: bool
    word_count: int
    covered: float
    likeness: float
    number_count: int
    number_hits: int
    #: Where the common words stand: the first word of a region, the word after its last, those of the next region.
    regions: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """An article with its text and its story; made by ``warehouse.stories``, taken by ``stories``."""

    article_id: str
    text_no: int
    first_seen_at: datetime
    had_it_at: datetime
    #: None for a new one.
    story_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPlace:
    """How an article stands to its story; made by ``stories``, taken by ``warehouse.stories``."""

    article_id: str
    story_id: str
    text_no: int
    #: ``first``, ``copy``, ``excerpt``, ``update`` or ``rewrite``.
    relation: str
    #: Shares, 0 to 1, as in ``stories.comparing``; None for a first text, which was compared with nothing.
    similarity: float | None = None
    containment: float | None = None
    #: Share of its words that the story did not have.
    novelty: float = 1.0
    #: What was found, in words; None where there is nothing to say.
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMerge:
    """A story that turned out to be part of another; made by ``stories``, taken by ``warehouse.stories``."""

    #: What is no story any more, and the one that its articles belong to now.
    story_id: str
    now_story_id: str
    #: The article that showed it.
    article_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What placing a batch of texts came to; made by ``stories``, taken by ``warehouse.stories``."""

    #: A row for each new article, and for each that may have moved; those are often as they were.
    places: tuple[StoryPlace, ...] = ()
    merges: tuple[StoryMerge, ...] = ()
    #: By text of these articles, the text that its story stands around.
    cores: tuple[tuple[int, int], ...] = ()
    #: Texts that were not held before, and what the new ones have to do with others.
    texts: tuple[StoryText, ...] = ()
    links: tuple[StoryLink, ...] = ()
