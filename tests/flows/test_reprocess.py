"""Kept documents read again: what is shown, what is applied, what stays, what a kill leaves."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from desk import ROOT, newsdesk_command, rows

from flows.collecting import now
from flows.commands import reprocess as command
from flows.readers import Readers, kept_open
from flows.reprocessing import Plan, Report, reprocess_documents
from flows.settings import Settings
from flows.watched import read_watchlist
from tests.flows.aged_home import LEFTOVER, NAMED, PAGES, Kept, keep
from warehouse.connection import reader
from warehouse.doctor import run_checks
from warehouse.snapshot import publish


def reprocess(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, with one reading process."""
    return subprocess.run(
        newsdesk_command("reprocess", *arguments),
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@pytest.fixture(scope="module")
def again() -> Iterator[Callable[..., Report]]:
    """Do what the command does, in this process: the reading process is started once."""
    topics = read_watchlist(ROOT / "sample" / "watchlist.toml").topics

    def run(home: Path, **plan: Any) -> Report:
        settings, report = Settings(home=home, workers=1, batch_entry_count=2), Report()
        reprocess_documents(settings, Plan(**({"allowed_loss_pct": 100} | plan)), report=report)
        publish(home, now=now())
        return report

    with kept_open(Readers(workers=1, topics=topics, timeout_seconds=60)):
        yield run


def environment(home: Path) -> dict[str, str]:
    # Batches of two: several transactions.
    return os.environ | {
        "NEWSDESK_HOME": str(home),
        "NEWSDESK_WORKERS": "1",
        "NEWSDESK_BATCH_ENTRY_COUNT": "2",
        "NEWSDESK_DEBUG": "",
    }


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home that an older extractor filled; only to be copied."""
    home = tmp_path_factory.mktemp("aged") / "newsdesk-data"
    keep(home, PAGES)
    return home


@pytest.fixture(scope="module")
def shown(aged: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], str]:
    """Return a home after a dry run, what the dry run said, and what the files were before."""
    home = copy_of(aged, tmp_path_factory.mktemp("shown"))
    before = files(home)
    done = reprocess(home, "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    return home, json.loads(done.stdout), before


@pytest.fixture(scope="module")
def applied(aged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home after a run that was allowed every loss."""
    home = copy_of(aged, tmp_path_factory.mktemp("applied"))
    done = reprocess(home, "--allow-loss", "100")
    assert done.returncode == 0, done.stderr
    assert "loaded" in done.stdout
    return home


def copy_of(aged: Path, folder: Path) -> Path:
    return Path(shutil.copytree(aged, folder / "newsdesk-data"))


def files(home: Path) -> dict[str, str]:
    """Return the sha256 of every file but the locks, which name the process that held them last."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.suffix not in {".lock", ".queue"}
    }


EVERYTHING = (
    "entries", "documents", "articles", "revisions", "removals", "mentions", "figures", "quotes", "coverage",
    "load_sequence",
)  # fmt: skip


def held(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table, without the instants and ids of runs."""
    hidden = {
        "articles": "exclude (run_id)", "coverage": "exclude (matched_at)", "revisions": "exclude (seen_at)",
    }  # fmt: skip
    return {table: rows(home, f"select * {hidden.get(table, '')} from {table} order by all") for table in EVERYTHING}


def of_page(home: Path, name: str, what: str) -> list[tuple[object, ...]]:
    return rows(home, f"select {what} from articles where url like '%/{name}'")


def test_a_dry_run_writes_nothing(shown: tuple[Path, dict[str, Any], str]) -> None:
    home, _, before = shown

    assert files(home) == before


def test_a_dry_run_shows_what_each_document_would_come_to(shown: tuple[Path, dict[str, Any], str]) -> None:
    said = shown[1]
    (source,) = said["sources"]

    names = ("document", "same", "text", "evidence", "no_article")
    assert [said["counts"][f"{name}_count"] for name in names] == [6, 2, 2, 1, 1]
    assert said["counts"]["unapplied_count"] == 1
    assert said["counts"]["discarded_count"] == 1
    assert source["source"] == "harbour.example"
    assert source["figures_gained"] == 1
    assert source["mentions_gained"] == 1
    # One in the line that was left over, one in the text that is none any more.
    assert source["mentions_lost"] == 2
    assert source["before_chars"] - source["removed_chars"] + source["added_chars"] == source["after_chars"]
    assert [(loss["source"], loss["what"]) for loss in said["losses"]] == [
        ("harbour.example", "characters"), ("all sources", "mentions"), ("all sources", "characters"),
    ]  # fmt: skip
    assert not said["is_applied"]


def test_examples_say_what_leaves_and_what_comes_the_lost_text_first(shown: tuple[Path, dict[str, Any], str]) -> None:
    examples = {Path(example["url"]).name: example for example in shown[1]["examples"]}

    assert next(iter(examples)) == "stub"
    assert examples["stub"]["effect"] == "no_article"
    assert examples["stub"]["came"][0].startswith("too_short")
    assert examples["leftover"]["left"][0] == LEFTOVER
    assert examples["gained"]["came"][0] == NAMED
    assert any("mention of deepseek" in thing for thing in examples["gained"]["came"])
    assert len(examples) == 3, "at most three of one source"


def test_another_text_is_a_revision_that_says_so(applied: Path) -> None:
    assert of_page(applied, "leftover", f"revision, text like '%{LEFTOVER}%'") == [(2, False)]
    assert rows(applied, "select change, count(*) from revisions group by all order by all") == [
        ("first", 6), ("re-extracted", 2),
    ]  # fmt: skip
    removed = rows(applied, "select removed_chars, added_chars from revisions where revision = 2 order by all")
    assert removed == [(0, len(NAMED) + 1), (len(LEFTOVER) + 1, 0)]


def test_what_is_no_article_any_more_keeps_its_text(applied: Path) -> None:
    assert of_page(applied, "stub", f"revision, text like '%{NAMED}%', extractor_version") == [(1, True, "0.0.1+1.0.0")]


def test_other_evidence_of_the_same_text_replaces_that_of_the_revision(applied: Path) -> None:
    assert rows(
        applied,
        "select figures.revision, raw from figures join articles using (article_id) where url like '%/evidence'",
    ) == [(1, "$5.6m")]


def test_what_reads_the_same_only_gets_the_version_of_its_reader(applied: Path, aged: Path) -> None:
    columns = "* exclude (extractor_version)"

    assert of_page(applied, "same", columns) == of_page(aged, "same", columns)
    assert of_page(applied, "same", "extractor_version") != of_page(aged, "same", "extractor_version")


def test_nothing_of_it_is_new_coverage(applied: Path, aged: Path) -> None:
    ((last,),) = rows(aged, "select last_load_seq from load_sequence")

    assert rows(applied, "select last_load_seq from load_sequence") == [(last,)]
    assert rows(applied, f"from coverage_after('deepseek', {last})") == []
    assert rows(applied, "select relevance > 0 from coverage join articles using (article_id, load_seq) "
                "where url like '%/gained'") == [(True,)]  # fmt: skip
    untouched = "select url, first_seen_at, loaded_at, load_seq, story_id, entry_id from articles order by all"
    assert rows(applied, untouched) == rows(aged, untouched)


def test_a_topic_that_was_never_applied_to_a_text_is_left_to_the_backfill(applied: Path) -> None:
    covered = "select count(*) from {} join articles using (article_id) where url like '%/unapplied'"

    assert rows(applied, covered.format("coverage")) == [(0,)]
    assert rows(applied, covered.format("mentions")) == [(0,)]


def test_every_invariant_holds_afterwards_and_a_second_run_changes_nothing(
    applied: Path, tmp_path: Path, again: Callable[..., Report]
) -> None:
    home = copy_of(applied, tmp_path)
    before = held(home)

    report = again(home)

    assert (report.count("document_count"), report.count("same_count")) == (6, 5)
    assert held(home) == before
    with reader(home) as con:
        assert [check for check in run_checks(con) if check.failed_count] == []


def test_a_source_that_loses_too_much_is_refused_in_one_line(aged: Path, tmp_path: Path) -> None:
    home = copy_of(aged, tmp_path)
    before = held(home)

    done = reprocess(home)

    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("newsdesk:")]
    assert "harbour.example: would lose" in line
    assert "--allow-loss" in line
    assert "harbour.example" in done.stdout, "what would change is shown all the same"
    publish(home, now=now())
    assert held(home) == before
    assert rows(home, "select state from runs where flow = 'reprocess'") == [("failed",)]


KILLED = """
import os, signal
import flows.reprocessing as reprocessing
from flows.cli import main
load, calls = reprocessing.load_rereadings, []
def killed(*args, **named):
    calls.append(load(*args, **named))
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
reprocessing.load_rereadings = killed
main()
"""


def test_killed_between_two_batches_and_run_again_it_ends_as_if_undisturbed(
    aged: Path, applied: Path, tmp_path: Path, again: Callable[..., Report]
) -> None:
    home = copy_of(aged, tmp_path)
    command = [sys.executable, "-c", KILLED, "reprocess", "--allow-loss", "100"]
    killed = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False, timeout=240)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    publish(home, now=now())
    assert held(home) not in (held(aged), held(applied))

    again(home)

    assert held(home) == held(applied)
    assert {path.name for path in home.iterdir()} == {path.name for path in applied.iterdir()}, "no spool is left"


def test_what_an_archive_does_not_give_is_counted_and_stays_as_it_is(
    aged: Path, tmp_path: Path, again: Callable[..., Report], capsys: pytest.CaptureFixture[str]
) -> None:
    home = copy_of(aged, tmp_path)
    (warc,) = (home / "raw").rglob("*.warc.gz")
    ends = "max(warc_offset), arg_max(article_id, warc_offset)"
    ((last, article),) = rows(home, f"select {ends} from documents join articles using (document_sha256)")
    # In the middle of the last page: where a cut falls between two, the page after it is not damaged but absent.
    warc.write_bytes(warc.read_bytes()[: last + 200])
    before = held(home)["revisions"]

    report = again(home)

    ((first, count),) = report.problems.values()
    assert warc.name in first
    assert "damaged" in first
    assert str(last) in first
    assert count == 1
    assert report.count("document_count") == 5
    after = held(home)["revisions"]
    assert len(after) > len(before)
    assert [row for row in after if row[0] == article] == [row for row in before if row[0] == article] != []

    warc.unlink()
    command.reprocess(
        Settings(home=home), since=None, is_dry_run=True, allowed_loss_pct=5, recovers=False, as_json=False
    )

    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("not read:")]
    assert warc.name in line
    assert "no such file (6 documents of this file)" in line


def test_pages_that_gave_no_article_are_read_again_where_that_is_asked_for(
    aged: Path, tmp_path: Path, again: Callable[..., Report]
) -> None:
    home = copy_of(aged, tmp_path)

    report = again(home, recovers=True, since=datetime(2020, 1, 1, tzinfo=UTC))

    assert report.count("new_article_count") == 1
    assert of_page(home, "discarded", "revision, load_seq") == [(1, 7)]
    assert rows(home, "select outcome from entries where url like '%/discarded'") == [("stored",)]
    assert rows(home, "select load_seq from coverage_after('deepseek', 6)") == [(7,)]


WORDBOOK = (
    "harbour council dredge mooring letter spring budget machine master language winter ferry tide bridge school "
    "market clinic orchard quarry railway tunnel theatre museum glacier pepper violin copper satin lantern meadow"
)
FOOT = "Every morning the desk of the Quay Gazette gathers what matters along the coast, and DeepSeek sorts it."


def invented(number: int) -> tuple[str, ...]:
    """Return paragraphs that share nothing with those of another number but the foot of the page."""
    chance = random.Random(number)
    words = chance.sample(WORDBOOK.split(), 8)
    sentences = (" ".join(chance.choice(words) for _ in range(chance.randint(14, 24))) for _ in range(8))
    return (*(f"The {sentence}, said officer {number}." for sentence in sentences), FOOT)


def test_what_was_learnt_of_a_site_since_goes_from_older_articles_too(home: Path, again: Callable[..., Report]) -> None:
    keep(home, tuple(Kept(str(number), invented(number), invented(number)) for number in range(12)))
    assert rows(home, f"select count(*) from articles where text like '%{FOOT}%'") == [(12,)]

    report = again(home)

    assert (report.count("text_count"), report.count("mentions_lost")) == (12, 12)
    assert rows(home, f"select count(*) from articles where text like '%{FOOT}%'") == [(0,)]
    learnt = "select count(distinct article_id) from removals where revision = 2 and kind = 'repeated_on_site'"
    assert rows(home, learnt) == [(12,)]
    assert again(home).count("same_count") == 12


def test_documents_from_before_the_day_asked_for_are_left_out(
    aged: Path, tmp_path: Path, again: Callable[..., Report]
) -> None:
    report = again(copy_of(aged, tmp_path), since=datetime(2999, 1, 1, tzinfo=UTC))

    assert report.tallies == {}


def test_a_home_that_holds_nothing_is_told_what_to_run_first(home: Path) -> None:
    done = reprocess(home, "--dry-run")

    assert done.returncode == 1
    assert "newsdesk ingest" in done.stderr
    assert list(home.iterdir()) == []


@pytest.mark.slow
def test_prefect_runs_the_same_flow_and_logs_what_it_comes_to(
    aged: Path, applied: Path, tmp_path: Path, prefect_server: str
) -> None:
    home = copy_of(aged, tmp_path)
    script = "from flows.reprocess import reprocess; print(reprocess(allowed_loss_pct=100)['text_count'])"

    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(home) | {"PREFECT_API_URL": prefect_server},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "2"
    assert "6 articles read again with" in done.stderr + done.stdout
    assert held(home) == held(applied)
