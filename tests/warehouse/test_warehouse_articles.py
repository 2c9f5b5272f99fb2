"""One batch becomes rows: what is stored, what is a duplicate, what is an edit, what a repeat changes."""

from dataclasses import fields, replace

import pytest

from extractors.errors import WarehouseError
from extractors.model import Outcome, Reading
from tests.warehouse.newsroom import CLAIMS, Newsroom, Warehouse
from warehouse.entries import known_urls, outcome_counts, pending_entries
from warehouse.verdicts import changed_chars

ALL = (
    "entries", "documents", "articles", "revisions", "removals", "mentions", "figures", "quotes", "coverage",
    "archives", "runs",
)  # fmt: skip


def everything(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    return {table: warehouse.rows(f"from {table} order by all") for table in ALL}


def test_a_stored_entry_brings_its_article_with_all_its_evidence(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)

    counts = warehouse.loaded(room.collected(entry))

    assert (counts.stored_count, counts.load_seq, counts.topic_ids) == (1, 1, ("deepseek",))
    assert warehouse.rows("select outcome, attempt_count, run_id, article_id is not null from entries") == [
        ("stored", 1, "run-1", True)
    ]
    assert warehouse.rows("select title, authors, revision, load_seq, repaired, text_from from articles") == [
        ("DeepSeek and Article 0", ["Ann Ash"], 1, 1, ["mojibake"], "page")
    ]
    assert warehouse.rows("select revision, change, added_chars, removed_chars from revisions") == [(1, "first", 64, 0)]
    assert warehouse.rows("select ordinal, kind, text from removals order by ordinal") == [
        (1, "comment", "First!"),
        (2, "share", "Share"),
    ]
    assert warehouse.rows("select committed_bytes from archives") == [(1_000,)]
    assert warehouse.rows("select entry_count, stored_count, failed_count from runs") == [(1, 1, 0)]
    assert warehouse.rows("select charset, body_bytes, http_status from documents") == [("utf-8", 75, 200)]


def test_every_offset_points_at_its_words_also_behind_emoji_and_chinese(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))

    cut = "substr(text, char_start + 1, char_end - char_start)"
    rows = warehouse.rows(f"select {cut}, raw from mentions join articles using (article_id) where zone = 'body'")
    assert rows == [("DeepSeek", "DeepSeek")] * 2
    assert warehouse.rows("select char_start, char_end from mentions where zone = 'title'") == [(None, None)]


def test_figures_and_quotes_point_at_their_words_with_all_that_is_known_of_them(
    warehouse: Warehouse, room: Newsroom
) -> None:
    (entry,) = warehouse.found(1)
    item = room.collected(entry, text=CLAIMS)
    warehouse.loaded(item)

    cut = "substr(articles.text, char_start + 1, char_end - char_start)"
    assert warehouse.rows(f"select {cut} from figures join articles using (article_id, revision)") == [
        ("$5.6m",), ("€5.4m",), ("$600m",),
    ]  # fmt: skip
    assert warehouse.rows(f"select {cut} from quotes join articles using (article_id, revision)") == [
        ("“R1 was cheap,”",)
    ]
    for table, records in (("figures", item.reading.figures), ("quotes", item.reading.quotes)):
        names = [field.name for field in fields(records[0])]
        held = warehouse.con.execute(f"select {', '.join(names)} from {table} order by char_start").fetchall()
        assert [tuple(tuple(value) if isinstance(value, list) else value for value in row) for row in held] == [
            tuple(getattr(record, name) for name in names) for record in records
        ]


def test_an_edit_brings_figures_and_quotes_of_its_own_and_keeps_the_earlier_ones(
    warehouse: Warehouse, room: Newsroom
) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry, text=CLAIMS))
    warehouse.loaded(room.collected(entry, text=CLAIMS.replace("$5.6m", "$6m"), at=room.later()))

    assert warehouse.rows("select revision, raw from figures where subject = 'DeepSeek' order by all") == [
        (1, "$5.6m"), (1, "$600m"), (1, "€5.4m"), (2, "$600m"), (2, "$6m"), (2, "€5.4m"),
    ]  # fmt: skip
    assert warehouse.rows("select revision, text from quotes order by all") == [
        (1, "“R1 was cheap,”"), (2, "“R1 was cheap,”"),
    ]  # fmt: skip


def test_the_same_batch_loaded_again_changes_nothing(warehouse: Warehouse, room: Newsroom) -> None:
    items = [room.collected(entry, text=f"{entry.title}. {CLAIMS}") for entry in warehouse.found(5)]
    items[3] = replace(items[3], outcome=Outcome.TOO_SHORT, reading=None)
    warehouse.loaded(*items)
    before = everything(warehouse)

    counts = warehouse.loaded(*items, now=room.later())

    assert (counts.entry_count, counts.stored_count, counts.load_seq) == (0, 0, 4)
    assert everything(warehouse) == before


def test_a_failing_batch_leaves_nothing_behind(warehouse: Warehouse, room: Newsroom) -> None:
    entries = warehouse.found(2)
    before = everything(warehouse)
    stranger = replace(room.collected(entries[1]), entry=replace(entries[1], entry_id="never listed"))

    with pytest.raises(WarehouseError, match="never listed is not in the ledger"):
        warehouse.loaded(room.collected(entries[0]), stranger)

    assert everything(warehouse) == before


def test_an_entry_is_found_that_says_it_was_first_seen_at_another_time(warehouse: Warehouse, room: Newsroom) -> None:
    # A file that is ingested again is listed anew; the ledger keeps what it had.
    entry, _ = warehouse.found(2)

    warehouse.loaded(room.collected(replace(entry, first_seen_at=room.later(48))))

    assert warehouse.rows("select outcome, first_seen_at from entries order by outcome") == [
        ("pending", room.now), ("stored", room.now),
    ]  # fmt: skip


def test_load_seq_grows_by_one_with_every_article_in_the_order_of_the_batch(
    warehouse: Warehouse, room: Newsroom
) -> None:
    entries = warehouse.found(4)
    warehouse.loaded(*(room.collected(entry) for entry in entries[:2]))
    warehouse.loaded(*(room.collected(entry) for entry in entries[2:]))

    assert warehouse.rows("select url, load_seq from articles order by load_seq") == [
        (entry.url, number) for number, entry in enumerate(entries, start=1)
    ]


def test_of_two_entries_with_one_article_the_earlier_is_stored(warehouse: Warehouse, room: Newsroom) -> None:
    first, second = warehouse.found(2)

    counts = warehouse.loaded(room.collected(first), room.collected(second, canonical_url=first.url))

    assert (counts.stored_count, counts.duplicate_count) == (1, 1)
    assert warehouse.rows("select outcome, outcome_reason from entries order by published_at") == [
        ("stored", None),
        ("duplicate", "another entry led to this article first"),
    ]
    assert warehouse.value("select count(distinct article_id) from entries") == 1


def test_a_duplicate_has_the_same_words_whether_it_came_in_one_batch_or_in_two(
    warehouse: Warehouse, room: Newsroom
) -> None:
    first, second, third, fourth = warehouse.found(4)
    warehouse.loaded(room.collected(first), room.collected(second, canonical_url=first.url, text="Other DeepSeek"))
    warehouse.loaded(room.collected(third))
    warehouse.loaded(room.collected(fourth, canonical_url=third.url, text="Other DeepSeek"))

    reasons = warehouse.rows("select distinct outcome_reason from entries where outcome = 'duplicate'")
    assert reasons == [("another entry led to this article first, with another text",)]
    assert warehouse.value("select count(*) from revisions") == 2


def test_an_entry_whose_address_is_known_is_a_duplicate_without_being_fetched(
    warehouse: Warehouse, room: Newsroom
) -> None:
    first, second = warehouse.found(2)
    warehouse.loaded(room.collected(first))
    assert list(known_urls(warehouse.con, [first.url_key, second.url_key])) == [first.url_key]
    warehouse.con.execute("update entries set url_key = ? where entry_id = ?", [first.url_key, second.entry_id])

    warehouse.loaded(room.collected(second, outcome=Outcome.DUPLICATE, document=None, reading=None))

    assert warehouse.value("select count(distinct article_id) from entries where outcome <> 'pending'") == 1
    assert outcome_counts(warehouse.con) == {"duplicate": 1, "stored": 1}


def test_the_same_text_seen_again_changes_neither_article_nor_outcome(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))
    article = warehouse.rows("from articles")

    counts = warehouse.loaded(room.collected(entry, at=room.later()), now=room.later())

    assert (counts.unchanged_count, counts.stored_count) == (1, 0)
    assert warehouse.rows("from articles") == article
    assert outcome_counts(warehouse.con) == {"stored": 1}


def test_a_page_that_is_gone_when_looked_at_again_keeps_its_article(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))

    gone = room.collected(entry, at=room.later(), outcome=Outcome.GONE, reason="HTTP 404", reading=None, document=None)
    warehouse.loaded(gone)

    assert warehouse.rows("select outcome, outcome_reason, attempt_count from entries") == [
        ("stored", "looked at again: gone, HTTP 404", 2)
    ]
    assert warehouse.value("select count(*) from articles") == 1


def test_an_edit_by_the_publisher_is_a_revision_and_no_new_coverage(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))

    counts = warehouse.loaded(
        room.collected(entry, at=room.later(), text="DeepSeek raised its prices."), now=room.later()
    )

    assert (counts.revision_count, counts.stored_count, counts.topic_ids, counts.load_seq) == (1, 0, (), 1)
    assert warehouse.rows("select text, revision, load_seq, loaded_at from articles") == [
        ("DeepSeek raised its prices.", 2, 1, room.now)
    ]
    assert warehouse.rows("select revision, change, seen_at from revisions order by revision") == [
        (1, "first", room.now),
        (2, "edited by publisher", room.later()),
    ]
    assert warehouse.rows("select mention_count, load_seq from coverage") == [(2, 1)]
    assert warehouse.rows("select revision, count(*) from mentions group by all order by all") == [(1, 3), (2, 2)]
    assert outcome_counts(warehouse.con) == {"stored": 1}


def test_an_edit_that_first_names_a_topic_is_new_coverage_with_a_later_number(
    warehouse: Warehouse, room: Newsroom
) -> None:
    quiet, other = warehouse.found(2)
    warehouse.loaded(room.collected(quiet, text="Nothing.", title="Quiet"), room.collected(other))

    counts = warehouse.loaded(room.collected(quiet, text="DeepSeek.", title="Quiet", at=room.later()))

    assert (counts.load_seq, counts.topic_ids) == (3, ("deepseek",))
    assert warehouse.rows("select load_seq from coverage order by all") == [(2,), (3,)]


def test_an_edit_that_drops_a_topic_ends_its_coverage(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))

    warehouse.loaded(room.collected(entry, text="Nothing.", title="Quiet", at=room.later()))

    assert warehouse.value("select count(*) from coverage") == 0
    assert warehouse.value("select count(*) from mentions") == 3


def test_an_older_document_is_no_edit(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry, at=room.later(2)))

    counts = warehouse.loaded(room.collected(entry, at=room.later(1), text="Older DeepSeek."))

    assert counts.revision_count == 0
    assert warehouse.value("select count(*) from revisions") == 1


@pytest.mark.parametrize(
    "outcome",
    [Outcome.TOO_SHORT, Outcome.NOT_ARTICLE, Outcome.PAYWALLED, Outcome.BLOCKED, Outcome.GONE, Outcome.UNSUPPORTED],
)
def test_what_is_not_worth_storing_is_a_row_of_the_ledger_with_its_document(
    warehouse: Warehouse, room: Newsroom, outcome: Outcome
) -> None:
    (entry,) = warehouse.found(1)
    item = room.collected(entry, outcome=outcome, reason="because")

    counts = warehouse.loaded(replace(item, reading=Reading(document_sha256=item.document.sha256, outcome=outcome)))

    assert counts.discarded_count == 1
    assert warehouse.rows("select outcome, outcome_reason from entries") == [(str(outcome), "because")]
    assert warehouse.value("select count(*) from documents") == 1
    assert warehouse.value("select count(*) from articles") == 0


def test_an_attempt_that_may_heal_stays_pending_until_its_time(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    item = room.collected(
        entry, outcome=Outcome.PENDING, reason="timeout", document=None, reading=None, next_attempt_at=room.later()
    )

    counts = warehouse.loaded(item)

    assert counts.pending_count == 1
    assert pending_entries(warehouse.con, now=room.now, limit=5) == []
    (again,) = pending_entries(warehouse.con, now=room.later(), limit=5)
    assert again.attempt_count == 1


def test_the_same_bytes_from_two_addresses_are_one_document(warehouse: Warehouse, room: Newsroom) -> None:
    first, second = (room.collected(entry, outcome=Outcome.GONE, reading=None) for entry in warehouse.found(2))

    warehouse.loaded(first, replace(second, document=replace(second.document, sha256=first.document.sha256)))

    assert warehouse.rows("select url from documents") == [(first.entry.url,)]


def test_the_committed_end_of_an_archive_never_falls(warehouse: Warehouse) -> None:
    warehouse.loaded()
    warehouse.con.execute("update archives set committed_bytes = 5000")
    warehouse.loaded()

    assert warehouse.value("select committed_bytes from archives") == 5000


def test_changed_chars_counts_what_was_added_and_what_is_gone() -> None:
    assert changed_chars("one two three", "one two three") == (0, 0)
    assert changed_chars("one two three", "one 2 three") == (1, 3)
    assert changed_chars("", "new") == (3, 0)
    assert changed_chars("first\nsecond\n", "first\nsecond\nthird\n") == (6, 0)
