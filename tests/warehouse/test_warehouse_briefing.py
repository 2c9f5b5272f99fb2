"""What the briefing of a topic is told: rows of one period, counted whole, each with its article."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from extractors.errors import QueryError
from extractors.model import Outcome
from tests.warehouse.newsroom import CLAIMS, Warehouse
from warehouse.briefing import Briefing, briefing
from warehouse.connection import SNAPSHOT_NAME, reader

Told = Callable[..., Briefing]


@pytest.fixture
def told(warehouse: Warehouse, tmp_path: Path) -> Told:
    """Return the briefing as a reader gets it; the file is copied, since the open writer holds the gate."""
    desk = tmp_path / "desk"
    desk.mkdir()

    def ask(topic: str = "deepseek", *, since_hours: float | None = None, until_hours: float = 48) -> Briefing:
        room = warehouse.room
        warehouse.con.execute("checkpoint")
        shutil.copyfile(warehouse_file(warehouse), desk / SNAPSHOT_NAME)
        since = None if since_hours is None else room.later(since_hours)
        with reader(desk) as con:
            return briefing(con, topic, since=since, until=room.later(until_hours))

    return ask


def warehouse_file(warehouse: Warehouse) -> Path:
    return Path(str(warehouse.value("select path from duckdb_databases() where database_name = 'warehouse'")))


def test_an_unknown_topic_is_said_with_those_that_there_are(told: Told) -> None:
    with pytest.raises(QueryError, match="topics there: deepseek"):
        told("nope")


def test_a_topic_without_articles_has_a_briefing_of_nothing(told: Told) -> None:
    found = told()

    assert found.totals["article_count"] == 0
    assert found.articles == found.stories == found.figures == found.quotes == found.missing_counts == ()


def test_the_topic_is_found_in_any_case(warehouse: Warehouse, told: Told) -> None:
    warehouse.loaded(warehouse.room.collected(warehouse.found(1)[0]))

    found = told("DeepSeek")

    assert (found.topic_id, found.title, found.query) == ("deepseek", "DeepSeek", "deepseek")


def test_the_period_is_by_the_claim_of_publication_and_never_later_than_our_first_sight(
    warehouse: Warehouse, told: Told
) -> None:
    room = warehouse.room
    early = room.listed(1, published_at=room.now - timedelta(days=3))
    late = room.listed(2, published_at=room.later(24 * 30))
    warehouse.polled(room.poll(early, late))
    warehouse.loaded(*(room.collected(entry) for entry in warehouse.found(0)))

    assert [row["url"] for row in told(since_hours=-24).articles] == ["https://paper.example/00002"]
    assert told().articles[1]["known_at"] == room.now - timedelta(days=3)
    assert told(until_hours=-24).totals["article_count"] == 1


def test_an_article_has_the_sentence_that_matched_best(warehouse: Warehouse, told: Told) -> None:
    warehouse.loaded(warehouse.room.collected(warehouse.found(1)[0]))

    (article,) = told().articles

    assert article["passage"] == "DeepSeek cut its prices 🙂 and DeepSeek grew."
    assert article["relation"] == "first"
    assert article["ends_on"] - article["starts_on"] == timedelta(days=1)


def test_copies_are_one_story_with_its_first_publisher(warehouse: Warehouse, told: Told) -> None:
    entries = warehouse.found(2)
    warehouse.loaded(*(warehouse.room.collected(entry) for entry in entries))

    found = told()

    assert found.totals["article_count"] == 2
    (story,) = found.stories
    assert (story["told_count"], story["first_source"], story["is_new"]) == (2, "paper.example", True)
    assert found.steps[0]["first_count"] == 1


def test_a_story_that_began_before_the_period_is_not_new(warehouse: Warehouse, told: Told) -> None:
    room = warehouse.room
    warehouse.polled(
        room.poll(
            room.listed(1, published_at=room.now - timedelta(days=9)),
            room.listed(2, published_at=room.now - timedelta(hours=1)),
        )
    )
    warehouse.loaded(*(room.collected(entry) for entry in warehouse.found(0)))

    found = told(since_hours=-24)

    assert [story["is_new"] for story in found.stories] == [False]
    assert found.totals["new_story_count"] == 0


def test_figures_and_quotes_come_with_their_articles(warehouse: Warehouse, told: Told) -> None:
    warehouse.loaded(warehouse.room.collected(warehouse.found(1)[0], text=CLAIMS))

    found = told()

    assert [row["raw"] for row in found.figures] == ["$5.6m", "$600m"]
    assert [(row["speaker"], row["said_count"]) for row in found.quotes] == [("Ann Ash", 1)]
    assert {row["article_id"] for row in (*found.figures, *found.quotes)} == {found.articles[0]["article_id"]}
    assert (found.totals["figure_count"], found.totals["quote_count"]) == (2, 1)


def test_what_is_missing_is_counted_by_outcome_and_held_articles_are_not_missing(
    warehouse: Warehouse, told: Told
) -> None:
    first, second, third = warehouse.found(3)
    room = warehouse.room
    blocked = room.collected(second, outcome=Outcome.BLOCKED, reading=None, reason="HTTP 403")
    warehouse.loaded(room.collected(first), blocked)
    warehouse.loaded(room.collected(third, outcome=Outcome.DUPLICATE, document=None, reading=None))

    found = told()

    assert [(row["outcome"], row["entry_count"]) for row in found.missing_counts] == [("blocked", 1)]
    assert found.missing_counts[0]["meaning"] == "The server refused us, or showed a wall"
    assert [row["url"] for row in found.missing] == [second.url]
    assert found.sources[0]["missing_count"] == 1


def test_years_are_told_by_month(warehouse: Warehouse, told: Told) -> None:
    room = warehouse.room
    warehouse.polled(
        room.poll(*(room.listed(number, published_at=room.now - timedelta(days=400 * number)) for number in range(3)))
    )
    warehouse.loaded(*(room.collected(entry) for entry in warehouse.found(0)))

    found = told()

    assert found.totals["step"] == "month"
    assert all(row["starts_on"].day == 1 for row in found.steps)
