"""
Records of alerts that cross a folder edge: what is watched, what is due, what is sent.

``model`` re-exports them; all rooms take them from there.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertKind(StrEnum):
    """What an alert is about."""

    NEW_STORY = "new story"
    EDIT = "edit"
    SPIKE = "spike"
    FEED_FAILING = "feed failing"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWatch:
    """A rule with one of its topics; made by the alert flow, taken by ``warehouse.alert_decisions``."""

    rule: str
    kind: AlertKind
    #: None: the rule is not about topics.
    topic_id: str | None = None
    #: When what is decided now may be sent: at once, at the hour of the digest, or when the quiet hours end.
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """Unusually much coverage; made by ``alerting.spikes``, taken by ``warehouse.alert_decisions``."""

    #: Articles of the last 24 hours.
    count: int
    #: Articles of a day, on average, and how many days were compared.
    mean: float
    day_count: int
    #: More than this is a spike.
    bar: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertItem:
    """One alert with what a reader is told; made by ``warehouse.alerts``, taken by ``alerting.messages``."""

    alert_id: str
    kind: AlertKind
    topic_id: str | None
    #: Title of the topic; None where the alert is about no topic.
    topic_title: str | None
    #: The headline of the article, or the feed.
    headline: str
    #: The sentence that matched best, what was changed, or what is wrong with the feed.
    passage: str | None
    #: Why it is told, in words.
    reason: str
    url: str | None
    source: str | None
    #: By the publisher's claim where that is no later than our first sight, else our first sight.
    seen_at: datetime
    #: Of the story now; 0 where there is none.
    article_count: int = 0
    source_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMessage:
    """Alerts that are sent as one message; made by ``warehouse.alerts``, taken by the alert flow."""

    #: Stays the same when it is sent again.
    message_id: str
    rule: str
    #: This attempt included.
    attempt_count: int
    items: tuple[AlertItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageText:
    """A message in words; made by ``alerting.messages``, taken by ``flows.channels``."""

    #: One line.
    title: str
    plain: str
    #: The same as HTML, every word of it escaped.
    html: str
