"""Analysts' queries: answers, files, and errors on one line."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from duckdb import DuckDBPyConnection

from extractors.errors import SqlError
from extractors.model import Outcome, PollResult
from tests.warehouse.newsroom import TEXT, Newsroom, Warehouse
from warehouse.asked_again import finish
from warehouse.connection import reader
from warehouse.coverage import sync_topics
from warehouse.queries import export, query
from warehouse.snapshot import publish


@pytest.fixture
def snapshot(warehouse_of_one: Path, room: Newsroom) -> Iterator[DuckDBPyConnection]:
    publish(warehouse_of_one, now=room.now)
    with reader(warehouse_of_one) as con:
        yield con


def test_a_query_gives_an_arrow_table(snapshot: DuckDBPyConnection) -> None:
    answer = query(snapshot, "select title, load_seq from articles where source = ?", ["paper.example"])

    assert answer.to_pylist() == [{"title": "DeepSeek and Article 0", "load_seq": 1}]


@pytest.mark.parametrize("sql", ["selec 1", "from nope", "delete from articles", "create table t (x int)", "", "-- x"])
def test_a_wrong_query_or_one_that_writes_is_an_error_of_one_line(snapshot: DuckDBPyConnection, sql: str) -> None:
    with pytest.raises(SqlError) as caught:
        query(snapshot, sql)

    assert "\n" not in str(caught.value)


def test_an_answer_is_written_as_csv_json_and_parquet(snapshot: DuckDBPyConnection, tmp_path: Path) -> None:
    sql = "select title, standfirst, loaded_at, authors from articles"
    paths = {name: tmp_path / f"it's.{name}" for name in ("csv", "json", "parquet")}
    assert [export(snapshot, sql, path=path, format=name) for name, path in paths.items()] == [1, 1, 1]

    with paths["csv"].open() as file:
        assert list(csv.reader(file)) == [
            ["title", "standfirst", "loaded_at", "authors"],
            ["DeepSeek and Article 0", "", "2026-01-05 06:00:00+00", "[Ann Ash]"],
        ]
    assert json.loads(paths["json"].read_text())[0]["authors"] == ["Ann Ash"]
    assert pq.read_table(paths["parquet"]).column("title").to_pylist() == ["DeepSeek and Article 0"]


def test_an_unknown_format_and_an_unwritable_file_are_errors(snapshot: DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(SqlError, match="csv, json, parquet"):
        export(snapshot, "select 1", path=tmp_path / "x", format="xml")
    with pytest.raises(Exception, match="missing") as caught:
        export(snapshot, "select 1", path=tmp_path / "missing" / "x.csv", format="csv")
    assert "\n" not in str(caught.value)


def test_new_coverage_shows_each_article_with_its_best_sentence(warehouse: Warehouse, room: Newsroom) -> None:
    first, second = warehouse.found(2)
    dearer = "Nobody had asked for it.\nWhat DeepSeek sells became dearer by a third within one week."
    warehouse.loaded(room.collected(first), room.collected(second, text=dearer))

    rows = warehouse.rows("select title, article_count, source_count, passage, load_seq from new_coverage")
    sentence = "DeepSeek cut its prices 🙂 and DeepSeek grew."
    other = "What DeepSeek sells became dearer by a third within one week."
    assert rows == [("DeepSeek and Article 1", 1, 1, other, 2), ("DeepSeek and Article 0", 1, 1, sentence, 1)]


def test_new_coverage_counts_the_articles_of_one_story_once(warehouse: Warehouse, room: Newsroom) -> None:
    entries = warehouse.found(3)
    texts = (TEXT, TEXT, "DeepSeek was named, and nothing else of it is known to anybody here.")
    items = [room.collected(entry, text=text) for entry, text in zip(entries, texts, strict=True)]
    warehouse.loaded(*items)

    first, second, other = (item.reading.article.article_id for item in items if item.reading and item.reading.article)
    # Seen at one instant: neither had it first, so the smaller id names the story.
    assert warehouse.rows("select article_count, story_id from new_coverage order by load_seq") == [
        (2, min(first, second)),
        (1, other),
    ]


def test_coverage_after_gives_each_row_once_whatever_the_case_of_the_topic(
    warehouse: Warehouse, room: Newsroom
) -> None:
    entries = warehouse.found(3)
    seen, last = [], 0
    for entry in entries:
        warehouse.loaded(room.collected(entry))
        rows = warehouse.rows("select url, load_seq from coverage_after('DeepSEEK', ?)", last)
        seen += [url for url, _ in rows]
        last = rows[-1][1]

    assert seen == [entry.url for entry in entries]
    assert warehouse.rows("from coverage_after('deepseek', ?)", last) == []
    assert warehouse.rows("from coverage_after('unknown', 0)") == []


def test_coverage_since_takes_an_instant_or_a_text(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.loaded(*(room.collected(entry) for entry in warehouse.found(2)))

    assert len(warehouse.rows("from coverage_since('deepseek', '2026-01-05 06:00:00+00')")) == 2
    assert len(warehouse.rows("from coverage_since('deepseek', ?)", room.now)) == 2
    assert warehouse.rows("from coverage_since('deepseek', ?)", room.later()) == []


def test_coverage_daily_trusts_no_date_in_the_future(warehouse: Warehouse, room: Newsroom) -> None:
    early, late = room.listed(1), room.listed(2, published_at=room.later(72))
    warehouse.polled(room.poll(early, late))
    from warehouse.entries import pending_entries

    waiting = pending_entries(warehouse.con, now=room.now, limit=9)
    warehouse.loaded(*(room.collected(entry) for entry in waiting))

    assert warehouse.rows("from coverage_daily") == [("deepseek", date(2026, 1, 5), 2, 1, 1)]


def test_coverage_of_an_older_query_is_shown_until_the_new_one_was_asked(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.loaded(*(room.collected(entry) for entry in warehouse.found(2)))
    changed = replace(room.topic, query="x", query_version="v2")

    sync_topics(warehouse.con, [changed], now=room.later())

    assert warehouse.value("select sum(article_count) from new_coverage") == 2
    finish(warehouse.con, [changed], now=room.later(2))
    assert warehouse.rows("from new_coverage") == []
    assert warehouse.value("select count(*) from coverage") == 2


def test_missing_says_in_words_why_an_entry_is_not_stored(warehouse: Warehouse, room: Newsroom) -> None:
    stored, short, waiting, again = warehouse.found(4)
    empty = {"document": None, "reading": None}
    warehouse.loaded(
        room.collected(stored),
        room.collected(short, outcome=Outcome.TOO_SHORT, reason="41 words", **empty),
        room.collected(again, outcome=Outcome.PENDING, reason="timeout", next_attempt_at=room.later(), **empty),
    )

    assert sorted(warehouse.rows("select entry_id, reason from missing")) == sorted(
        [
            (short.entry_id, "Less text than an article has: 41 words"),
            (waiting.entry_id, "Not fetched yet"),
            (again.entry_id, "Tried once, to be tried again after 2026-01-05 07:00 UTC: timeout"),
        ]
    )


@pytest.mark.parametrize(
    ("changes", "health"),
    [
        ({}, "well"),
        ({"result": PollResult.GONE, "http_status": 410, "status": "gone", "parsed": None}, "gone"),
        ({"result": PollResult.NOT_A_FEED, "parsed": None, "error": "HTML"}, "not a feed"),
        ({"result": PollResult.HTTP_ERROR, "http_status": 403, "parsed": None}, "blocked"),
        ({"result": PollResult.HTTP_ERROR, "http_status": 429, "parsed": None}, "asked to wait"),
        ({"result": PollResult.HTTP_ERROR, "http_status": 404, "parsed": None}, "not found"),
        ({"result": PollResult.HTTP_ERROR, "http_status": 500, "parsed": None}, "failing"),
        ({"result": PollResult.FAILED, "http_status": None, "parsed": None, "error": "no such host"}, "failing"),
    ],
)
def test_feed_health_says_what_is_wrong_and_what_to_do(
    warehouse: Warehouse, room: Newsroom, changes: dict[str, Any], health: str
) -> None:
    warehouse.polled(room.poll(room.listed(1)))
    warehouse.polled(room.poll(room.listed(1), at=room.later(), **changes))

    ((found, problem, advice),) = warehouse.rows("select health, problem, advice from feed_health")
    assert found == health
    assert (problem is None, advice is None) == (health == "well", health == "well")


def test_feed_health_of_a_feed_not_polled_quiet_or_losing_entries(warehouse: Warehouse, room: Newsroom) -> None:
    assert warehouse.rows("select health from feed_health") == [("not polled",)]
    warehouse.polled(room.poll(room.listed(1)))
    warehouse.polled(room.poll(room.listed(2), at=room.later(1)))
    assert warehouse.rows("select health, overrun_count from feed_health") == [("losing entries", 1)]
    warehouse.polled(room.poll(room.listed(2), at=room.later(24 * 15)))
    assert warehouse.rows("select health, problem from feed_health") == [("quiet", "Nothing new since 2026-01-05")]
