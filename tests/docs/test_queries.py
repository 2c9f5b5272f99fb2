"""Every query that the docs show runs on the published sample."""

import re
from pathlib import Path

import duckdb
import pytest
from desk import ROOT

PAGES = sorted((ROOT / "docs").rglob("*.md"))
BLOCKS = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, block in enumerate(re.findall(r"```sql\n(.*?)```", page.read_text(), re.DOTALL), start=1)
]

# These ask for something that the sample, rightly, does not have.
MAY_BE_EMPTY = {
    "the-address",
    "example.org",
    "from subscriptions",
    "not feeds.is_watched",
    "from edits",
    "from problems",
    "from backfills",
    "from looks",
    "change = 're-extracted'",
}


@pytest.mark.slow
@pytest.mark.parametrize("query", BLOCKS)
def test_a_query_of_the_docs_has_an_answer_on_the_sample(query: str, sample_home: Path) -> None:
    with duckdb.connect(str(sample_home / "newsdesk.duckdb"), read_only=True) as con:
        rows = con.execute(query).fetchall()

    assert rows or any(words in query for words in MAY_BE_EMPTY)


def test_there_are_twenty_questions_and_each_has_a_query() -> None:
    pages = [page.read_text("utf-8") for page in sorted((ROOT / "docs" / "how-to" / "queries").glob("*.md"))]
    questions = [part for page in pages for part in re.split(r"(?m)^## ", page)[1:]]

    assert len(questions) >= 20
    assert [part.splitlines()[0] for part in questions if "```sql" not in part] == []
