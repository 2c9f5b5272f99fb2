"""Documents read again: which are kept, what is held of them, what another reading of the same bytes may change."""

from dataclasses import replace
from datetime import UTC

import pytest

from extractors.identity import sha256_hex
from extractors.model import CollectedEntry, Outcome, Reading
from tests.warehouse.newsroom import CLAIMS, Newsroom, Warehouse
from warehouse.documents import as_held, held_readings, kept_articles, kept_counts, kept_discarded
from warehouse.reextraction import Rereading, load_rereadings
from warehouse.verdicts import Change, changed_passages


def reread(warehouse: Warehouse, item: CollectedEntry, *, change: Change, hours: float = 1) -> int:
    """Load *item* as another reading of the document that its article was read from."""
    ((article_id, revision, text_sha256, document_sha256),) = warehouse.rows(
        "select article_id, revision, text_sha256, document_sha256 from articles where entry_id = ?",
        item.entry.entry_id,
    )
    assert item.reading
    assert item.reading.article
    assert item.reading.article.article_id == article_id
    again = Rereading(
        entry=item.entry,
        reading=replace(item.reading, document_sha256=str(document_sha256)),
        revision=int(str(revision)),
        text_sha256=str(text_sha256),
        change=change,
    )
    later = warehouse.room.later(hours)
    return load_rereadings(warehouse.con, [again], extractor_version="2", run_id="run-1", now=later)


def test_what_is_held_of_an_article_is_what_was_read(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    item = room.collected(entry, text=CLAIMS)
    warehouse.loaded(item)

    (held,) = held_readings(warehouse.con, [str(warehouse.value("select article_id from articles"))]).values()

    assert item.reading
    for name in Reading.__dataclass_fields__:
        if name not in {"charset", "sightings", "sketch", "words_key"}:
            loaded, found = getattr(item.reading, name), getattr(held, name)
            assert (sorted(map(repr, found)) if isinstance(found, tuple) else found) == (
                sorted(map(repr, loaded)) if isinstance(loaded, tuple) else loaded
            ), name


def test_what_an_earlier_query_found_is_not_held_against_a_reading(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))
    warehouse.con.execute("update topics set valid_to = now()")

    (held,) = held_readings(warehouse.con, [str(warehouse.value("select article_id from articles"))]).values()

    assert (held.coverage, held.mentions) == ((), ())


def test_half_a_character_in_a_title_is_no_difference(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    item = room.collected(entry, title="DeepSeek \ud83d")
    warehouse.loaded(item)

    (held,) = held_readings(warehouse.con, [str(warehouse.value("select article_id from articles"))]).values()

    assert item.reading
    assert as_held(item.reading).article == held.article
    assert set(as_held(item.reading).mentions) == set(held.mentions)


def test_every_kept_document_is_given_once_in_the_order_of_the_archive(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.loaded(*(room.collected(entry) for entry in reversed(warehouse.found(5))))

    pages = [kept_articles(warehouse.con, since=None, limit=2)]
    while pages[-1]:
        pages.append(kept_articles(warehouse.con, since=None, limit=2, after=pages[-1][-1]))

    given = [kept for page in pages for kept in page]
    assert [kept.document.warc_offset for kept in given] == [0, 1, 2, 3, 4]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert kept_counts(warehouse.con, since=None) == (5, 0)


def test_a_document_comes_with_all_that_its_reading_needs(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    item = room.collected(entry)
    warehouse.loaded(item)

    (kept,) = kept_articles(warehouse.con, since=room.now, limit=9)

    assert item.document
    assert kept.document == replace(item.document, body=b"")
    assert kept.entry == replace(entry, guid=kept.entry.guid, attempt_count=1)
    assert (kept.revision, kept.read_at) == (1, room.now)
    assert kept_articles(warehouse.con, since=room.later(), limit=9) == []


def test_bytes_that_two_addresses_gave_are_read_under_the_address_of_each(warehouse: Warehouse, room: Newsroom) -> None:
    first, second = (room.collected(entry) for entry in warehouse.found(2))
    assert first.document
    assert second.document
    assert second.reading
    shared = replace(second.document, sha256=first.document.sha256)
    reading = replace(second.reading, document_sha256=shared.sha256)
    warehouse.loaded(first, replace(second, document=shared, reading=reading))

    kept = kept_articles(warehouse.con, since=None, limit=9)

    assert warehouse.value("select count(*) from documents") == 1
    assert {one.document.final_url for one in kept} == {first.document.url, second.document.url}
    assert all(one.document.url == one.entry.url for one in kept)


def test_an_edit_is_read_again_with_the_hints_of_the_entry_that_brought_it(
    warehouse: Warehouse, room: Newsroom
) -> None:
    first, second = warehouse.found(2)
    warehouse.con.execute("update entries set url_key = ?", [first.url_key])
    warehouse.loaded(room.collected(first))
    second = replace(second, url_key=first.url_key)
    warehouse.loaded(
        room.collected(second, canonical_url=first.url, text="DeepSeek raised its prices.", at=room.later())
    )

    (kept,) = kept_articles(warehouse.con, since=None, limit=9)

    assert kept.revision == 2
    assert kept.entry.entry_id == second.entry_id


def test_pages_that_gave_no_article_are_kept_too_but_not_what_a_server_refused(
    warehouse: Warehouse, room: Newsroom
) -> None:
    short, refused, nothing = (room.collected(entry, reading=None) for entry in warehouse.found(3))
    assert refused.document
    warehouse.loaded(
        replace(short, outcome=Outcome.TOO_SHORT),
        replace(refused, outcome=Outcome.BLOCKED, document=replace(refused.document, http_status=403)),
        replace(nothing, outcome=Outcome.FAILED, document=None),
    )

    (kept,) = kept_discarded(warehouse.con, since=None, limit=9)

    assert kept.entry.entry_id == short.entry.entry_id
    assert (kept.article_id, kept.revision) == (None, None)
    assert kept_counts(warehouse.con, since=None) == (0, 1)


def test_another_text_of_the_same_bytes_is_a_revision_of_the_day_it_was_read(
    warehouse: Warehouse, room: Newsroom
) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))

    assert reread(warehouse, room.collected(entry, text="DeepSeek, again."), change=Change.REEXTRACTED) == 1

    assert warehouse.rows("select revision, change, seen_at from revisions order by revision") == [
        (1, "first", room.now), (2, "re-extracted", room.later()),
    ]  # fmt: skip
    assert warehouse.rows("select revision, load_seq, loaded_at, text from articles") == [
        (2, 1, room.now, "DeepSeek, again.")
    ]
    assert warehouse.rows("select mention_count, load_seq, matched_at from coverage") == [(2, 1, room.now)]


def test_coverage_found_by_reading_again_is_never_new(warehouse: Warehouse, room: Newsroom) -> None:
    quiet, other = warehouse.found(2)
    warehouse.loaded(room.collected(quiet, text="Nothing.", title="Quiet"), room.collected(other))

    reread(warehouse, room.collected(quiet, text="DeepSeek.", title="Quiet"), change=Change.REEXTRACTED)

    assert warehouse.rows("select load_seq from coverage order by all") == [(1,), (2,)]
    assert warehouse.value("select last_load_seq from load_sequence") == 2
    assert warehouse.rows("from coverage_after('deepseek', 2)") == []


def test_coverage_lost_by_reading_again_ends(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))

    reread(warehouse, room.collected(entry, text="Nothing.", title="Quiet"), change=Change.REEXTRACTED)

    assert warehouse.value("select count(*) from coverage") == 0


def test_evidence_is_replaced_within_its_revision(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    item = room.collected(entry, text=CLAIMS)
    warehouse.loaded(item)
    assert item.reading
    fewer = replace(
        item.reading,
        figures=item.reading.figures[:1],
        quotes=(),
        removals=item.reading.removals[:1],
        mentions=item.reading.mentions[:1],
        coverage=(replace(item.reading.coverage[0], mention_count=1, relevance=0.9),),
    )
    warehouse.con.execute(
        "insert into mentions select * replace ('other' as topic_id) from mentions where zone = 'title'"
    )

    reread(warehouse, replace(item, reading=fewer), change=Change.REFRESHED)

    counts = {
        table: warehouse.value(f"select count(*) from {table}")
        for table in ("revisions", "removals", "figures", "quotes", "coverage")
    }
    assert counts == {"revisions": 1, "removals": 1, "figures": 1, "quotes": 0, "coverage": 1}
    assert warehouse.rows("select topic_id, count(*) from mentions group by all order by all") == [
        ("deepseek", 1), ("other", 1),
    ]  # fmt: skip
    assert warehouse.rows("select relevance, load_seq, matched_at from coverage") == [(0.9, 1, room.now)]


def test_an_article_that_changed_meanwhile_is_left_alone(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    item = room.collected(entry)
    warehouse.loaded(item)
    assert item.reading
    stale = Rereading(
        entry=entry, reading=item.reading, revision=1, text_sha256=sha256_hex("another"), change=Change.REEXTRACTED
    )

    written = load_rereadings(
        warehouse.con, [stale], extractor_version="2", run_id="run-1", now=room.later().astimezone(UTC)
    )

    assert written == 0
    assert warehouse.value("select count(*) from revisions") == 1


def test_what_reads_the_same_gets_the_version_of_its_reader(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.loaded(*(room.collected(entry) for entry in warehouse.found(2)))
    one = str(warehouse.value("select min(article_id) from articles"))

    load_rereadings(warehouse.con, [], same=[one], extractor_version="2", run_id="run-1", now=room.later())

    assert warehouse.rows("select article_id = ?, extractor_version from articles order by all", one) == [
        (False, "1"), (True, "2"),
    ]  # fmt: skip


def test_an_edit_received_before_the_day_of_reading_again_is_an_edit_all_the_same(
    warehouse: Warehouse, room: Newsroom
) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))
    reread(warehouse, room.collected(entry, text="DeepSeek, again."), change=Change.REEXTRACTED, hours=9)

    warehouse.loaded(room.collected(entry, text="DeepSeek, edited.", at=room.later(2)))

    assert warehouse.rows("select change from revisions order by revision") == [
        ("first",), ("re-extracted",), ("edited by publisher",),
    ]  # fmt: skip


@pytest.mark.parametrize(("is_same_bytes", "change"), [(True, "re-extracted"), (False, "edited by publisher")])
def test_the_publisher_edited_only_where_the_bytes_differ(
    warehouse: Warehouse, room: Newsroom, *, is_same_bytes: bool, change: str
) -> None:
    (entry,) = warehouse.found(1)
    first = room.collected(entry, text="Nothing.", title="Quiet")
    warehouse.loaded(first)
    later = room.collected(entry, text="DeepSeek.", title="Quiet", at=room.later())
    assert first.document
    assert later.document
    assert later.reading
    if is_same_bytes:
        document = replace(later.document, sha256=first.document.sha256)
        later = replace(later, document=document, reading=replace(later.reading, document_sha256=first.document.sha256))

    counts = warehouse.loaded(later)

    assert warehouse.value("select change from revisions where revision = 2") == change
    assert warehouse.value("select outcome_reason from entries") == (
        "read anew by another extractor: revision 2" if is_same_bytes else "edited by the publisher: revision 2"
    )
    assert counts.topic_ids == (() if is_same_bytes else ("deepseek",))
    assert warehouse.value("select load_seq from coverage") == (1 if is_same_bytes else 2)


def test_passages_are_whole_words_in_their_order() -> None:
    came, left = changed_passages("One two three.\nFour five.", "One three.\nFour five, six.")

    assert left == [" two"]
    assert came == [", six"]
