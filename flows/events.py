"""
The bells between flows.

An event says only that there is work; the warehouse says what it is. A lost, doubled or late event changes nothing.
"""

from collections.abc import Mapping, Sequence

ENTRIES_FOUND = "newsdesk.entries.found"
FEED_FAILING = "newsdesk.feed.failing"
COVERAGE_NEW = "newsdesk.coverage.new"
SNAPSHOT_PUBLISHED = "newsdesk.snapshot.published"
HEALTH = "newsdesk.health"


def entries_found(feed_ids: Sequence[str], *, entry_count: int) -> None:
    """Ring for new entries; starts the collect deployment."""
    payload = {"feed_ids": list(feed_ids), "entry_count": entry_count}
    _ring(ENTRIES_FOUND, resource="newsdesk.entries", payload=payload)


def feed_failing(feed_id: str, *, status: str) -> None:
    """Ring for a feed that has just become failing, dead, gone or silent; once, not at every poll."""
    _ring(FEED_FAILING, resource=f"newsdesk.feed.{feed_id}", payload={"feed_id": feed_id, "status": status})


def coverage_new(topic_id: str, *, story_ids: Sequence[str], article_count: int, load_seq: int) -> None:
    """Ring for a topic that got coverage; once a cycle, and the alert deployment is started."""
    payload = {
        "topic_id": topic_id,
        "story_ids": list(story_ids),
        "article_count": article_count,
        "load_seq": load_seq,
    }
    _ring(COVERAGE_NEW, resource=f"newsdesk.topic.{topic_id}", payload=payload)


def snapshot_published(*, load_seq: int, article_count: int) -> None:
    """Ring for a new snapshot."""
    payload = {"load_seq": load_seq, "article_count": article_count}
    _ring(SNAPSHOT_PUBLISHED, resource="newsdesk.snapshot", payload=payload)


def health(kind: str, *, subject: str, state: str) -> None:
    """Ring for a problem that has just begun, or is over (*state*); the table ``problems`` says it in words."""
    payload = {"kind": kind, "subject": subject, "state": state}
    _ring(HEALTH, resource=f"newsdesk.health.{kind.replace(' ', '-')}", payload=payload)


def _ring(event: str, *, resource: str, payload: Mapping[str, object]) -> None:
    from prefect.events import emit_event

    emit_event(event=event, resource={"prefect.resource.id": resource}, payload=dict(payload))
