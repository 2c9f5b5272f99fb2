"""The queue is a table: what waits, in which order, what is added by hand."""

from dataclasses import replace

from extractors.model import Outcome, WatchedFeed
from tests.warehouse.newsroom import Newsroom, Warehouse
from warehouse.entries import add_entries, outcome_counts, pending_count, pending_entries, settled_documents
from warehouse.feeds import feeds_to_poll

FILES = WatchedFeed(feed_id="files", url="file:///texts", source="local")


def test_entries_wait_in_the_order_of_their_dates_those_without_one_last(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.polled(room.poll(room.listed(3), room.listed(1), room.listed(9, published_at=None), room.listed(2)))

    waiting = pending_entries(warehouse.con, now=room.now, limit=10)

    assert [entry.title for entry in waiting] == ["Article 1", "Article 2", "Article 3", "Article 9"]
    assert waiting[0].authors == ("Ann Ash", "Bo Birch")
    assert (waiting[0].source, waiting[0].currency) == ("paper.example", "USD")


def test_pages_of_the_queue_follow_each_other_without_gap_or_repeat(warehouse: Warehouse, room: Newsroom) -> None:
    listed = [room.listed(number, published_at=room.now if number < 4 else None) for number in range(7)]
    warehouse.polled(room.poll(*listed))
    whole = pending_entries(warehouse.con, now=room.now, limit=10)

    pages, last = [], None
    while page := pending_entries(warehouse.con, now=room.now, limit=2, after=last):
        pages += page
        last = page[-1]

    assert pages == whole
    assert len(whole) == pending_count(warehouse.con, now=room.now) == 7


def test_files_are_entries_of_a_feed_that_is_never_polled_nor_fetched(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    file = replace(entry, entry_id="file-1", url="file:///texts/1.txt", guid="1.txt", source="local")

    assert add_entries(warehouse.con, FILES, [file], run_id="run-1") == 1
    assert add_entries(warehouse.con, FILES, [file], run_id="run-1") == 0

    assert warehouse.rows("select kind, is_active from feeds where feed_id = 'files'") == [("files", False)]
    assert warehouse.rows("select feed_id, guid, outcome from entries where entry_id = 'file-1'") == [
        ("files", "1.txt", "pending")
    ]
    assert [state.url for state in feeds_to_poll(warehouse.con, now=room.later(9), only_due=False)] == [room.feed.url]
    assert [waiting.entry_id for waiting in pending_entries(warehouse.con, now=room.now, limit=9)] == [entry.entry_id]


def test_settled_documents_names_what_each_entry_received_last(warehouse: Warehouse, room: Newsroom) -> None:
    first, second, third = warehouse.found(3)
    stored = room.collected(first)
    failed = room.collected(second, outcome=Outcome.FAILED, reason="x", document=None, reading=None)
    warehouse.loaded(stored, failed)

    asked = [first.entry_id, second.entry_id, third.entry_id, "unknown"]
    assert settled_documents(warehouse.con, asked) == {
        first.entry_id: stored.document.sha256,
        second.entry_id: None,
    }


def test_a_changed_file_is_settled_with_its_new_bytes(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))
    edited = room.collected(entry, text="Another DeepSeek text.", at=room.later())
    warehouse.loaded(edited)

    assert settled_documents(warehouse.con, [entry.entry_id]) == {entry.entry_id: edited.document.sha256}


def test_outcomes_are_counted_by_run_or_over_the_whole_ledger(warehouse: Warehouse, room: Newsroom) -> None:
    first, _ = warehouse.found(2)
    warehouse.loaded(room.collected(first))

    assert outcome_counts(warehouse.con) == {"pending": 1, "stored": 1}
    assert outcome_counts(warehouse.con, run_id="run-1") == {"stored": 1}
    assert outcome_counts(warehouse.con, run_id="other") == {}
