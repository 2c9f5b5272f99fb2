"""
Records of story assignment: what is to be placed, what it may belong to, where it was placed.

``extractors.model`` hands them on; see there for the rules that all records follow.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    """The text of a new article; made by ``warehouse.stories``, taken by ``stories.shelf``."""

    article_id: str
    text: str
    text_sha256: str
    first_seen_at: datetime
    #: As in ``Reading``.
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldText:
    """A text that stands for its story; made by ``stories.shelf``, kept and brought back by ``warehouse.stories``."""

    article_id: str
    story_id: str
    #: When the first article of the story was first seen: of two stories that turn out to be one, the older stays.
    story_since: datetime
    text_sha256: str
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPlace:
    """How an article stands to its story; made by ``stories.shelf``, taken by ``warehouse.stories``."""

    article_id: str
    story_id: str
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
    """Two stories that are one; made by ``stories.shelf``, taken by ``warehouse.stories``."""

    #: The younger, which is no story any more, and the one that its articles belong to now.
    story_id: str
    now_story_id: str
    #: The article that showed it.
    article_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What placing a batch of texts came to; made by ``stories.shelf``, taken by ``warehouse.stories``."""

    #: A row for each new article, and for each whose place has changed by a merge.
    places: tuple[StoryPlace, ...] = ()
    merges: tuple[StoryMerge, ...] = ()
    #: Texts that stand for their story from now on, and ids of articles whose texts do so no longer.
    texts: tuple[HeldText, ...] = ()
    dropped: tuple[str, ...] = ()
