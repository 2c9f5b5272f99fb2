"""What publishers changed, and what was known when."""

from dataclasses import replace
from datetime import datetime

from extractors.identity import sha256_hex
from extractors.model import CollectedEntry, Document, Hints, PendingEntry
from extractors.reading import read
from tests.warehouse.newsroom import NOW, TEXT, Newsroom, Warehouse
from warehouse.history import revisions_of
from warehouse.reextraction import Rereading, load_rereadings
from warehouse.verdicts import Change

EDITED = TEXT.replace("prices", "fees") + "\nDeepSeek answered."
KNOWN = "select revision, title, text from as_of(?) order by load_seq"

PARAGRAPHS = (
    "The council of Port Ellery has bought a small model and runs it in the harbour office, for $5.6m.",
    "Nobody there had expected it to answer letters about mooring fees, but it does, in three languages.",
    "“It has saved me two days a week,” said Ann Ash, the harbour master, who still reads every letter.",
    "A second machine is planned for the spring, if the budget for dredging allows it this time.",
)


def test_an_edit_shows_which_paragraphs_and_which_headline_were_changed(warehouse: Warehouse, room: Newsroom) -> None:
    entry, _untouched = warehouse.found(2)
    warehouse.loaded(room.collected(entry), room.collected(_untouched))
    warehouse.loaded(room.collected(entry, text=EDITED, title="Cheaper", at=room.later(2)))

    sql = (
        "select revision, seen_at, previous_seen_at, title_before, title_after, is_retitled, added, removed from edits"
    )
    lines = TEXT.splitlines(), EDITED.splitlines()
    assert warehouse.rows(sql) == [
        (2, room.later(2), NOW, "DeepSeek and Article 0", "Cheaper", True, lines[1][1:], lines[0][1:]),
    ]
    assert warehouse.rows("select added_chars, removed_chars, is_other_extractor from edits") == [(23, 6, False)]


def test_a_headline_alone_is_an_edit_without_paragraphs(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))
    warehouse.loaded(room.collected(entry, title="Cheaper", at=room.later(2)))

    assert warehouse.rows("select title_after, is_retitled, added, removed, added_chars from edits") == [
        ("Cheaper", True, [], [], 0),
    ]


def test_what_another_extractor_reads_is_no_edit_and_an_edit_after_it_is_compared_with_it(
    warehouse: Warehouse, room: Newsroom
) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))
    reread(warehouse, room.collected(entry, text=f"{TEXT}\nFound by us."), at=room.later(1))
    assert warehouse.rows("from edits") == []

    warehouse.loaded(room.collected(entry, text=f"{TEXT}\nFound by us.\nWritten later.", at=room.later(2)))

    assert warehouse.rows("select revision, added, removed from edits") == [(3, ["Written later."], [])]


def test_a_text_before_of_another_extractor_is_marked(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))
    item = room.collected(entry, text=EDITED, at=room.later(2))
    newer = replace(item.reading, article=replace(item.reading.article, extractor_version="2"))
    warehouse.loaded(replace(item, reading=newer))

    assert warehouse.value("select is_other_extractor from edits") is True


def test_furniture_that_changed_is_no_edit(warehouse: Warehouse) -> None:
    (entry,) = warehouse.found(1)
    before = page(PARAGRAPHS, related="Ten years of the lighthouse", shares=3)
    after = page(PARAGRAPHS, related="The regatta in pictures", shares=541)
    edited = page(
        (*PARAGRAPHS[:3], "A second machine will not be bought."), related="The regatta in pictures", shares=541
    )
    warehouse.loaded(as_read(entry, before, at=NOW))

    unchanged = warehouse.loaded(as_read(entry, after, at=Newsroom().later(1)))
    assert (unchanged.unchanged_count, unchanged.revision_count) == (1, 0)
    assert warehouse.rows("from edits") == []
    warehouse.loaded(as_read(entry, edited, at=Newsroom().later(2)))
    assert warehouse.rows("select added, removed from edits") == [
        (["A second machine will not be bought."], [PARAGRAPHS[3]]),
    ]


def test_as_of_gives_each_article_as_it_was_known_then(warehouse: Warehouse, room: Newsroom) -> None:
    first, second = warehouse.found(2)
    warehouse.loaded(room.collected(first), now=room.later(1))
    warehouse.loaded(room.collected(first, text=EDITED, at=room.later(2)), now=room.later(2))
    warehouse.loaded(room.collected(second), now=room.later(3))
    warehouse.loaded(room.collected(first, text=EDITED, title="Cheaper", at=room.later(4)), now=room.later(4))

    titles = "DeepSeek and Article 0", "DeepSeek and Article 1"
    assert warehouse.rows(KNOWN, room.later(0.9)) == []
    assert warehouse.rows(KNOWN, room.later(1)) == [(1, titles[0], TEXT)]
    assert warehouse.rows(KNOWN, room.later(2)) == [(2, titles[0], EDITED)]
    assert warehouse.rows(KNOWN, room.later(3.5)) == [(2, titles[0], EDITED), (1, titles[1], TEXT)]
    assert warehouse.rows(KNOWN, room.later(4)) == [(3, "Cheaper", EDITED), (1, titles[1], TEXT)]


def test_as_of_today_is_what_articles_has_also_where_instants_are_out_of_order(
    warehouse: Warehouse, room: Newsroom
) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry))
    reread(warehouse, room.collected(entry, text=f"{TEXT}\nFound by us."), at=room.later(5))
    # Received before the rereading, loaded after it.
    warehouse.loaded(room.collected(entry, text=EDITED, at=room.later(4)), now=room.later(6))

    assert warehouse.rows(KNOWN, room.later(9)) == warehouse.rows("select revision, title, text from articles")


def test_an_article_is_found_by_its_id_and_by_every_address_that_led_to_it(
    warehouse: Warehouse, room: Newsroom
) -> None:
    first, second, _other = warehouse.found(3)
    warehouse.loaded(room.collected(first), room.collected(second, canonical_url=first.url), room.collected(_other))

    held = revisions_of(warehouse.con, first.url)
    assert [revision.text for revision in held] == [TEXT]
    assert revisions_of(warehouse.con, held[0].article_id) == held
    assert revisions_of(warehouse.con, second.url) == held
    assert revisions_of(warehouse.con, "another spelling", url_key=second.url_key) == held
    assert revisions_of(warehouse.con, "https://paper.example/nothing", url_key="") == []


def reread(warehouse: Warehouse, item: CollectedEntry, *, at: datetime) -> None:
    rereading = Rereading(
        entry=item.entry,
        reading=item.reading,
        revision=1,
        text_sha256=sha256_hex(TEXT),
        change=Change.REEXTRACTED,
    )
    assert load_rereadings(warehouse.con, [rereading], extractor_version="2", run_id="run-1", now=at) == 1


def page(paragraphs: tuple[str, ...], *, related: str, shares: int) -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        "<html><head><title>The harbour office</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>The harbour office</h1><div class='share'>Shared {shares} times</div>{body}</article>"
        f"<aside class='related'><h3>Read also</h3><a href='/x'>{related}</a></aside></body></html>"
    ).encode()


def as_read(entry: PendingEntry, body: bytes, *, at: datetime) -> CollectedEntry:
    document = Document(
        sha256=sha256_hex(body), url=entry.url, final_url=entry.url, fetched_at=at, http_status=200,
        content_type="text/html; charset=utf-8", body=body,
    )  # fmt: skip
    reading = read(document, hints=Hints(source="paper.example"), topics=(), now=at)
    return CollectedEntry(entry=entry, outcome=reading.outcome, document=document, reading=reading, collected_at=at)
