"""What a poll came to does not depend on the process that read its document."""

import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from extractors.errors import FetchTimeoutError
from extractors.model import FeedState, FetchOutcome, PolledFeed
from flows import deciding

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STATES = [
    FeedState(feed_id=f"f{n}", url=f"http://h{n}.example/feed", source=f"h{n}.example", etag="v") for n in range(9)
]


def answers() -> Iterator[tuple[int, FetchOutcome]]:
    """Yield documents with a hub, a document that is none, a 304 and an answer that never came."""
    for place, state in enumerate(STATES):
        body = (
            "<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom'><channel><a:link rel='hub' href='http://hub.example/'/>"
            f"<item><title>Entry {place}</title><link>/{place}</link></item></channel></rss>"
        )
        told = {0: (304, b"", None), 1: (None, b"", FetchTimeoutError("no answer in time", url=state.url))}
        status, content, error = told.get(place, (200, b"<html>" if place == 2 else body.encode(), None))
        yield (
            place,
            FetchOutcome(
                url=state.url,
                final_url=state.url,
                fetched_at=NOW,
                duration_seconds=0.1,
                http_status=status,
                body=content,
                error=error,
            ),
        )


def decided() -> dict[int, PolledFeed]:
    return {place: poll for place, _, poll in deciding.decided(STATES, answers(), workers=2)}


def test_documents_read_by_other_processes_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    here = decided()
    monkeypatch.setattr(deciding, "_AT_ONCE", 2)
    monkeypatch.setattr(deciding, "_MOST_WAITING", 3)
    elsewhere: dict[int, PolledFeed] = {}
    others, readers = set(multiprocessing.active_children()), set()
    for place, _, poll in deciding.decided(STATES, answers(), workers=2):
        elsewhere[place] = poll
        readers |= set(multiprocessing.active_children()) - others

    assert readers
    assert elsewhere == here
    assert [str(here[place].result) for place in range(4)] == ["unchanged", "failed", "not_a_feed", "changed"]
    assert here[8].hub == ("http://hub.example/", "http://h8.example/feed")


def test_few_documents_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(deciding, "ProcessPoolExecutor")

    assert len(decided()) == len(STATES)
