"""Every check holds on a sound warehouse, and finds the fault that is planted for it."""

from pathlib import Path

import pytest

from extractors.model import Outcome
from tests.warehouse.newsroom import CLAIMS, Newsroom, Warehouse
from warehouse.doctor import checks, run_checks

#: By check, the statement that plants its fault. Nothing else in the project writes like this.
#: An alert of outcome {} and instant of sending {}, {} times.
_ALERT = """
    insert into alerts by name
    select
        'a' as alert_id, 'r' as rule, 'new story' as kind, 't' as topic_id, 's' as story_id, 'h' as headline,
        'x' as reason, now() as created_at, now() as due_at, 'm' as message_id, 1 as attempt_count,
        '{}' as outcome, {}::timestamptz as sent_at, 'e' as error
    from range({})
"""
FAULTS = {
    "archive_covers_documents": "update archives set committed_bytes = 0",
    "article_is_current_revision": "update articles set title = 'Another' where load_seq = 1",
    "article_keys": "insert into documents from documents limit 1",
    "comments": "comment on column articles.title is null",
    "coverage_has_mentions": "delete from mentions where zone = 'title'",
    "coverage_keys": "update coverage set topic_id = 'nobody'",
    "document_is_held": "delete from documents",
    "alert_delivery": _ALERT.format("failed", "null", 1),
    "alert_keys": _ALERT.format("pending", "null", 2),
    "alert_outcomes": _ALERT.format("sent", "null", 1),
    "document_is_referred_to": (
        "insert into documents select * replace ('ff' as document_sha256, 'x' as url) from documents limit 1"
    ),
    "entry_has_feed": "update entries set feed_id = 'nobody' where outcome = 'stored'",
    "entry_keys": "insert into entries from entries limit 1",
    "feed_kinds": "update feeds set kind = 'gopher'",
    "figure_conversions": "update figures set converted_of = converted_of + 1",
    "figure_offsets": "update figures set char_end = char_end + 1 where converted_of is null",
    "figure_quote_keys": "insert into quotes from quotes limit 1",
    "held_has_article": "update entries set article_id = null where outcome = 'duplicate'",
    "ledger": "delete from entries where outcome = 'failed'",
    "load_sequence": "update load_sequence set last_load_seq = 0",
    "look_keys": "insert into looks (article_id, look_count, failure_count, next_look_at) values ('x', 0, 0, now())",
    "look_outcomes": "insert into looks (article_id, look_count, failure_count) select article_id, 1, 0 from articles",
    "mention_offsets": "update mentions set char_start = char_start + 1 where zone = 'body'",
    "pending_is_open": "update entries set outcome_at = null where outcome = 'failed'",
    "places": "update story_articles set article_load_seq = article_load_seq + 1",
    "poll_keys": "insert into polls from polls limit 1",
    "quote_offsets": "update quotes set char_start = char_start - 1",
    "removal_keys": "delete from removals where ordinal = 1",
    "runs_are_known": "delete from runs",
    "search_terms": "insert into search_terms values (9, 'wo', 'word', false, 1, [1], [1, 2])",
    "search_texts": "insert into search_texts select 1, 1, 1, 1, 0, 0 from range(2)",
    "site_blocks": "insert into site_blocks from site_blocks limit 1",
    "story_aliases": "insert into story_aliases select story_id, story_id, now(), story_id from stories limit 1",
    "story_counts": "update stories set source_count = 9",
    "story_links": "insert into story_links values (1, 9, true, false, 9, 1, 1, 0, 0, [])",
    "story_of_article": "delete from story_articles where relation = 'copy'",
    "story_texts": "update story_texts set text_sha256 = 'ff'",
    "stored_has_article": "update articles set entry_id = 'nobody' where load_seq = 1",
    "text_sha256": "update revisions set text = 'Other'",
    "topic_versions": "insert into topics select * replace ('v2' as query_version) from topics",
}


@pytest.fixture
def sound(warehouse: Warehouse, room: Newsroom) -> Warehouse:
    """Return a warehouse with one of everything: stored, edited, duplicate, failed, pending."""
    first, second, copy, failed, _ = warehouse.found(5)
    items = [room.collected(entry, text=CLAIMS) for entry in (first, second)]
    duplicate = room.collected(copy, canonical_url=first.url)
    broken = room.collected(failed, outcome=Outcome.FAILED, reason="timeout", document=None, reading=None)
    warehouse.loaded(*items, duplicate, broken)
    warehouse.loaded(room.collected(second, text="DeepSeek, edited.", at=room.later()))
    return warehouse


def failing(warehouse: Warehouse) -> set[str]:
    return {result.name for result in run_checks(warehouse.con) if result.failed_count}


def test_every_check_holds_on_a_sound_warehouse_and_on_an_empty_one(sound: Warehouse, tmp_path: Path) -> None:
    from warehouse.connection import writer

    assert failing(sound) == set()
    with writer(tmp_path / "empty") as con:
        assert [result for result in run_checks(con) if result.failed_count] == []


def test_every_check_has_a_fault_planted_for_it() -> None:
    assert set(FAULTS) == set(checks())


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_planted_fault_is_found_by_its_check(sound: Warehouse, name: str) -> None:
    sound.con.execute(FAULTS[name])

    result = next(result for result in run_checks(sound.con) if result.name == name)
    assert result.failed_count > 0
    assert result.description.endswith(".")
    assert "=" in (result.example or "")


def test_an_example_is_one_line_even_where_a_value_has_many(sound: Warehouse) -> None:
    sound.con.execute("update mentions set raw = E'two\\nlines'")

    result = next(result for result in run_checks(sound.con) if result.name == "mention_offsets")
    assert "\n" not in (result.example or "")


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        ("figure_offsets", "update figures set revision = 9"),
        ("figure_offsets", "update figures set char_start = 10_000, char_end = 10_005"),
        ("figure_conversions", "delete from figures where converted_of is null"),
        ("figure_conversions", "update figures set converted_of = char_start where converted_of is not null"),
        ("figure_quote_keys", "insert into figures from figures limit 1"),
        ("quote_offsets", "update quotes set article_id = 'nobody'"),
        ("quote_offsets", "update quotes set text = trim(text, '“”')"),
    ],
)
def test_a_figure_or_quote_out_of_its_place_is_found(sound: Warehouse, check: str, fault: str) -> None:
    sound.con.execute(fault)

    assert check in failing(sound)


def test_a_title_that_is_stored_otherwise_than_mentioned_is_found(sound: Warehouse) -> None:
    sound.con.execute("update mentions set raw = 'Qwen' where zone = 'title'")

    assert "mention_offsets" in failing(sound)
