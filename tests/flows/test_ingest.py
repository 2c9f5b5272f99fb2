"""Local files through the command line: what is read, what is recorded, what a second time changes."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import ROOT, newsdesk_command, rows

Ingest = Callable[..., subprocess.CompletedProcess[str]]

WORDS = (
    "The council of Port Ellery has bought a small model from DeepSeek and runs it in the harbour office. "
    "Nobody there had expected it to answer letters about mooring fees, but it does, in three languages. "
    "The harbour master says that it has saved her two days a week, and that she still reads every letter. "
    "A second machine is planned for the spring, if the budget for dredging allows it."
)


@pytest.fixture
def ingest(home: Path) -> Ingest:
    def run(*paths: object, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            newsdesk_command("ingest", *map(str, paths)),
            env=os.environ
            | {"NEWSDESK_HOME": str(home), "NEWSDESK_WATCHLIST": str(ROOT / "sample" / "watchlist.toml")}
            | env,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    return run


def ledger(home: Path) -> list[tuple[object, ...]]:
    return rows(home, "select outcome, outcome_reason, article_id is not null from entries order by guid")


def counts(home: Path) -> list[tuple[object, ...]]:
    tables = ("entries", "documents", "articles", "revisions", "removals", "mentions", "coverage", "topics", "feeds")
    return [rows(home, f"select '{table}', count(*) from {table}")[0] for table in tables]


def test_a_plain_text_becomes_an_article_with_its_mentions(ingest: Ingest, home: Path, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text(WORDS)

    done = ingest(tmp_path / "letters.txt")

    assert done.returncode == 0, done.stderr
    assert rows(home, "select text_from, text from articles") == [("file", WORDS)]
    assert rows(home, "select topic_id, raw from mentions") == [("deepseek", "DeepSeek")]
    assert rows(home, "select count(*) from mentions join articles using (article_id, revision) "
                "where substr(text, char_start + 1, char_end - char_start) <> raw") == [(0,)]  # fmt: skip


def test_a_second_ingest_changes_nothing(ingest: Ingest, home: Path, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text(WORDS)
    (tmp_path / "stub.txt").write_text("Too little.")
    (tmp_path / "lines.jsonl").write_text("{broken\n")
    ingest(tmp_path)
    before = counts(home), ledger(home)

    again = ingest(tmp_path)

    assert again.returncode == 0, again.stderr
    assert (counts(home), ledger(home)) == before
    assert "3 of them read before" in again.stdout


def test_a_file_that_changed_is_a_revision(ingest: Ingest, home: Path, tmp_path: Path) -> None:
    letters = tmp_path / "letters.txt"
    letters.write_text(WORDS)
    ingest(letters)
    letters.write_text(WORDS.replace("two days", "three days"))

    ingest(letters)

    assert rows(home, "select revision, change from revisions order by revision") == [
        (1, "first"),
        (2, "edited by publisher"),
    ]
    assert rows(home, "select text like '%three days%' from articles") == [(True,)]


def test_a_broken_line_is_a_row_and_the_lines_around_it_are_read(ingest: Ingest, home: Path, tmp_path: Path) -> None:
    lines = [
        json.dumps({"url": "https://a.example/1", "title": "Letters", "text": WORDS}),
        '{"url": "https://a.example/2", "text": ',
        json.dumps(["no", "object"]),
        json.dumps({"url": "https://a.example/3"}),
        json.dumps(
            {"url": "https://a.example/4", "html": f"<html><body><article><p>{WORDS}</p></article></body></html>"}
        ),
    ]
    (tmp_path / "lines.jsonl").write_text("\n".join(lines))

    done = ingest(tmp_path / "lines.jsonl")

    assert done.returncode == 0, done.stderr
    assert [row[0] for row in ledger(home)] == ["stored", "failed", "failed", "failed", "stored"]
    reasons = " ".join(str(row[1]) for row in ledger(home))
    assert "no JSON" in reasons
    assert 'neither "html" nor "text"' in reasons
    assert "lines.jsonl#2" in done.stderr
    assert len(rows(home, "from missing")) == 3


def test_a_truncated_warc_gives_what_stood_before_the_damage(ingest: Ingest, tmp_path: Path, sample_home: Path) -> None:
    whole = next((sample_home / "raw").rglob("*.warc.gz"))
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    other = tmp_path / "other"

    done = ingest(cut, NEWSDESK_HOME=str(other))

    assert done.returncode == 0, done.stderr
    assert rows(other, "select count(*) > 5 from articles") == [(True,)]
    damage = rows(other, "select outcome, outcome_reason from entries where outcome = 'failed'")
    assert len(damage) == 1
    assert "damaged at or after byte" in str(damage[0][1])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nowhere.txt", None, "no such file or folder"),
        ("report.docx", b"PK", "not a kind of file that can be ingested"),
    ],
)
def test_a_path_that_cannot_be_used_is_one_line_and_nothing_is_read(
    ingest: Ingest, home: Path, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    (tmp_path / "letters.txt").write_text(WORDS)

    done = ingest(tmp_path / "letters.txt", tmp_path / name)

    assert done.returncode == 1
    assert words in done.stderr
    assert name in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (home / "newsdesk.duckdb").exists()


@pytest.mark.shared
@pytest.mark.slow
def test_the_seeds_give_five_covered_articles_and_a_second_time_nothing(
    ingest: Ingest, home: Path, shared: Path
) -> None:
    seeds = sorted((shared / "seeds").glob("*.txt"))
    done = ingest(*seeds)
    assert done.returncode == 0, done.stderr
    before = counts(home)
    ingest(*seeds)

    assert rows(home, "select count(*) from articles") == [(5,)]
    assert rows(home, "select count(distinct article_id) from coverage where topic_id = 'deepseek'") == [(5,)]
    assert counts(home) == before


@pytest.mark.shared
@pytest.mark.slow
def test_no_reader_of_seed_002_speaks_in_the_article(ingest: Ingest, home: Path, shared: Path) -> None:
    pages = map(json.loads, (shared / "seeds" / "pages.jsonl").read_text().splitlines())
    gold = next(page for page in pages if page["id"] == "002")
    ingest(shared / "seeds" / gold["plain"])

    text, removed = rows(
        home,
        "select any_value(articles.text), string_agg(removals.text, ' ' order by ordinal) "
        "from articles join removals using (article_id, revision) where kind = 'comment'",
    )[0]

    assert str(text).endswith("in ill-advised ways.")
    assert len(gold["comments"]) == 55
    for comment in gold["comments"][1:]:
        assert comment not in str(text)
        assert letters(comment) in letters(str(removed))


def letters(text: str) -> str:
    """Return *text* without what the damage, or its repair, may have changed."""
    return re.sub(r"[\W_â]|naivet..?", "", text)


def test_the_home_itself_is_no_input(ingest: Ingest, home: Path, tmp_path: Path) -> None:
    assert home.is_relative_to(tmp_path)
    (tmp_path / "letters.txt").write_text(WORDS)
    ingest(tmp_path)
    assert list((home / "raw").rglob("*.warc.gz"))

    done = ingest(tmp_path)

    assert "1 documents found, 1 of them read before" in done.stdout


@pytest.mark.shared
@pytest.mark.slow
def test_what_did_r1_cost_according_to_whom_is_one_query(ingest: Ingest, home: Path, shared: Path) -> None:
    ingest(*sorted((shared / "seeds").glob("*.txt")), NEWSDESK_WATCHLIST=str(ROOT / "watchlist.toml"))

    claims = rows(
        home,
        "select regexp_extract(url, '(00[0-9])_', 1), raw, attributed_to "
        "from figures_compared('deepseek', about := 'cost|train|build|develop') where kind = 'money'",
    )

    assert sorted(claims, key=repr) == sorted(
        [
            ("003", "US$5m", "Stacy Rasgon"),
            # Once: 001 carries the same text.
            ("000", "$5.58m", None),
            ("002", "$5.6 million", None),
            ("003", "$5.6m", "DeepSeek"),
            ("004", "$5.6mn", None),
            ("002", "$600 million", None),
            # Meta's next model, beside them.
            ("003", "US$600m", None),
        ],
        key=repr,
    )
