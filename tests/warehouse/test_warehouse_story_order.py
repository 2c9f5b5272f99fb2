"""Stories are a function of the articles: neither order nor size of the batches tell, nor kills."""

import random
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from extractors.model import CollectedEntry
from tests.warehouse.newsroom import Newsroom, Warehouse
from tests.warehouse.story_stream import stream
from warehouse.connection import writer
from warehouse.doctor import run_checks

ROOT = Path(__file__).parents[2]
ORDERS = 20
KILLS = 30

#: All that analysts see of stories, but for their names: which article began one is a matter of the past.
STORIES = """
select
    articles.url,
    firsts.url,
    list(articles.url order by articles.url) over (partition by story_articles.story_id),
    relation,
    similarity,
    containment,
    novelty,
    evidence,
    stories.title,
    stories.first_seen_at,
    stories.article_count
from story_articles
join articles using (article_id)
join stories on stories.story_id = story_articles.story_id
join articles as firsts on firsts.article_id = stories.first_article_id
order by all
"""


def seen(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    assert [result.name for result in run_checks(con) if result.failed_count] == []
    return con.execute(STORIES).fetchall()


def collected(warehouse: Warehouse) -> list[CollectedEntry]:
    """Return the articles of the stream; one was seen every three minutes, with claims of publishers among them."""
    texts = stream()
    items = []
    for entry in warehouse.found(len(texts)):
        number = int(entry.url[-5:])
        seen_at = warehouse.room.now + timedelta(minutes=3 * (number * 7 % len(texts)))
        items.append(warehouse.room.collected(replace(entry, first_seen_at=seen_at), text=texts[number]))
    return items


def loaded(home: Path, prepared: Path, *, seed: int) -> list[tuple[object, ...]]:
    """Load the stream in a random order, in batches of chance sizes; return what there is then."""
    chance = random.Random(seed)
    shutil.copytree(prepared, home)
    with writer(home) as con:
        warehouse = Warehouse(con=con, room=Newsroom())
        items = collected(warehouse)
        chance.shuffle(items)
        while items:
            size = chance.choice((1, 4, 15, 40))
            warehouse.loaded(*items[:size])
            items = items[size:]
        return seen(con)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_twenty_orders_and_batchings_give_the_same_stories(tmp_path: Path, prepared: Path) -> None:
    expected = loaded(tmp_path / "0", prepared, seed=0)
    assert len({tuple(row[2]) for row in expected}) < len(expected)

    for seed in range(1, ORDERS):
        assert loaded(tmp_path / str(seed), prepared, seed=seed) == expected


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_thirty_kills_leave_the_stories_that_an_undisturbed_loader_gives(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    command = [sys.executable, "-m", "tests.warehouse.story_killing_process", str(tmp_path), str(KILLS), str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr

    found = []
    for name in ("undisturbed", "killed"):
        with writer(tmp_path / name) as con:
            found.append(seen(con))
    assert found[0] == found[1]
    assert len(found[0]) == len(stream())
