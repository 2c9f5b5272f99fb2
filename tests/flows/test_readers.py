"""The processes that read documents: a page that breaks its reader is a failed document, never a failed run."""

import os
import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.identity import sha256_hex
from extractors.model import Document, Hints, Outcome, WatchedTopic
from flows.readers import Readers, kept_open, open_readers

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
TOPIC = WatchedTopic(topic_id="deepseek", title="DeepSeek", query="deepseek", query_version="1")
TEXT = "DeepSeek has opened an office beside the harbour of Port Ellery, and nobody knows why. " * 8


def page(words: str) -> Document:
    body = f"<html><body><article><h1>News</h1><p>{words}</p></article></body></html>".encode()
    url = f"http://desk.example/{sha256_hex(body)[:8]}"
    return Document(
        sha256=sha256_hex(body),
        url=url,
        final_url=url,
        fetched_at=NOW,
        http_status=200,
        content_type="text/html",
        body=body,
    )


def slow_page() -> Document:
    """Return a page of 100,000 paragraphs full of figures: reading it takes far longer than any test waits."""
    return page("".join(f"<p>{n} said that it was {n} percent of {n}." for n in range(100_000)))


@pytest.mark.slow
def test_a_document_is_read_in_another_process_as_in_this_one() -> None:
    with Readers(workers=1, topics=(TOPIC,), timeout_seconds=60) as readers:
        reading = readers.submit(page(TEXT), hints=Hints(), now=NOW)()

    assert reading.outcome is Outcome.STORED
    assert reading.coverage[0].topic_id == "deepseek"


@pytest.mark.slow
def test_a_document_that_takes_too_long_fails_and_the_next_is_read() -> None:
    with Readers(workers=1, topics=(TOPIC,), timeout_seconds=3) as readers:
        hanging = readers.submit(slow_page(), hints=Hints(), now=NOW)
        following = readers.submit(page(TEXT), hints=Hints(), now=NOW)

        assert hanging().outcome is Outcome.FAILED
        assert hanging().reason == "reading took longer than 3 s and was ended"
        assert following().outcome is Outcome.STORED


def children() -> set[int]:
    """Return the processes below this one."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == os.getpid():
            found.add(int(stat.parent.name))
    return found


@pytest.mark.slow
def test_a_reader_that_is_killed_fails_its_document_and_the_next_is_read() -> None:
    before = children()
    with Readers(workers=1, topics=(TOPIC,), timeout_seconds=60) as readers:
        assert readers.submit(page(TEXT), hints=Hints(), now=NOW)().outcome is Outcome.STORED
        doomed = readers.submit(slow_page(), hints=Hints(), now=NOW)
        time.sleep(1.5)
        for pid in children() - before:
            if "resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(pid, signal.SIGKILL)

        assert doomed().outcome is Outcome.FAILED
        assert "ended by itself" in str(doomed().reason)
        assert readers.submit(page(TEXT), hints=Hints(), now=NOW)().outcome is Outcome.STORED


def test_batches_take_turns_in_their_order_whatever_their_speed() -> None:
    from flows.collecting import Turns

    turns, loaded = Turns(), []

    def batch(number: int, seconds: float) -> None:
        with turns.hold(number) as wait_for_turn:
            time.sleep(seconds)
            wait_for_turn()
            loaded.append(number)

    threads = [threading.Thread(target=batch, args=(number, 0.3 - number / 10)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert loaded == [0, 1, 2, 3]


def test_a_batch_that_fails_lets_the_next_ones_pass() -> None:
    from flows.collecting import Turns

    turns = Turns()
    with pytest.raises(ValueError, match="broken"), turns.hold(0):
        raise ValueError("broken")

    with turns.hold(1) as wait_for_turn:
        wait_for_turn()


@pytest.mark.slow
def test_readers_that_are_kept_open_serve_every_run_and_end_with_the_last() -> None:
    before = children()
    readers = Readers(workers=1, topics=(TOPIC,), timeout_seconds=60)
    with kept_open(readers):
        with open_readers(workers=1, topics=(TOPIC,), timeout_seconds=60) as first:
            assert first is readers
            assert first.submit(page(TEXT), hints=Hints(), now=NOW)().outcome is Outcome.STORED
        with open_readers(workers=1, topics=(TOPIC,), timeout_seconds=60) as second:
            assert second.submit(page(TEXT), hints=Hints(), now=NOW)().outcome is Outcome.STORED
        other = open_readers(workers=1, topics=(), timeout_seconds=60)
        assert other is not readers

    assert open_readers(workers=1, topics=(TOPIC,), timeout_seconds=60) is not readers
    assert not {pid for pid in children() - before if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()}
