"""Through the command line: what day one's pages carry in common, day two's go without."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from desk import ROOT, newsdesk_command, rows
from generated_site import MadeArticle, Site, page


def ingest(home: Path, file: Path, articles: list[MadeArticle]) -> None:
    """Ingest the pages of *articles* as lines of JSON."""
    lines = [{"url": f"https://paper.example/{made.number}", "html": page(made)} for made in articles]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    subprocess.run(
        newsdesk_command("ingest", str(file)),
        env=os.environ | {"NEWSDESK_HOME": str(home), "NEWSDESK_WATCHLIST": str(ROOT / "sample" / "watchlist.toml")},
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )


@pytest.mark.slow
def test_day_two_goes_without_what_day_one_taught(home: Path, tmp_path: Path) -> None:
    made = Site(count=36).articles()
    ingest(home, tmp_path / "one.jsonl", made[:24])
    ingest(home, tmp_path / "two.jsonl", made[24:])

    texts = dict(rows(home, "select cast(regexp_extract(canonical_url, 'news/(\\d+)', 1) as int), text from articles"))
    removed = rows(home, "select text, rule from removals where kind = 'repeated_on_site'")
    own = [(made[number], block.text) for number in texts for block in made[number].blocks if block.is_own]  # type: ignore[index]
    foreign = [(article, block.text) for article in made for block in article.blocks if not block.is_own]
    left = [article.number for article, text in foreign if text in str(texts[article.number]).splitlines()]
    second_day = sum(article.number >= 24 for article, _text in foreign)

    assert len(texts) == 36
    assert [text for article, text in own if text not in str(texts[article.number]).splitlines()] == []
    assert sum(number < 24 for number in left) > 40
    assert sum(number >= 24 for number in left) < 0.1 * second_day
    assert {rule for _text, rule in removed} == {"learnt_block", "learnt_pattern"}
    assert rows(home, "select count(*) > 2, bool_or(is_pattern), bool_or(is_certain) from site_furniture") == [
        (True, True, True),
    ]
    assert rows(home, "select count(*) from articles where text like '%Friday Letter: 13%'") == [(0,)]
