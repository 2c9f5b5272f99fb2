"""``python -m bench.text`` scores by the contract and says what is wrong with a corpus."""

import json
from pathlib import Path

import pytest

from bench.scoring import PageScore, count_snippets, f1_of, shingle_shares, summarise
from bench.text import main


def corpus(folder: Path) -> Path:
    text = (
        "The ministry published the figures on Tuesday, two weeks later than planned, and said that nothing was wrong."
    )
    (folder / "a.txt").write_text(f"{text}\nSubscribe now", encoding="utf-8")
    record = {
        "id": "a",
        "plain": "a.txt",
        "text": text,
        "present": ["two weeks"],
        "absent": ["Subscribe now"],
        "comments": [],
        "title": None,
    }
    (folder / "pages.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    return folder


def test_the_keys_are_those_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(corpus(tmp_path)), "--json", "--workers", "1"]) == 0

    found = json.loads(capsys.readouterr().out)
    wanted = {
        "n",
        "f1",
        "f1_low",
        "f1_high",
        "precision",
        "recall",
        "f1_mean",
        "present_pct",
        "absent_pct",
        "comment_leak_pct",
        "title_pct",
        "title_part_pct",
        "date_pct",
        "authors_pct",
        "ms_per_page",
    }
    assert set(found) == {"newsdesk", "trafilatura"}
    assert wanted <= set(found["newsdesk"])
    assert (found["newsdesk"]["f1"], found["newsdesk"]["absent_pct"]) == (1.0, 100.0)
    assert found["trafilatura"]["absent_pct"] == 0.0
    assert found["newsdesk"]["title_pct"] is None


def test_a_missing_corpus_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_shingles_are_counted_as_the_benchmark_counts_them() -> None:
    assert shingle_shares("a b c d e", "a b c d e") == (1.0, 0.0, 0.0)
    assert shingle_shares("a b c d e", "a b c d x") == (1 / 3, 1 / 3, 1 / 3)
    assert shingle_shares("a b", "") == (0.0, 0.0, 1.0)
    assert f1_of([(1.0, 0.0, 0.0), (0.0, 0.5, 0.5)]) == (2 / 3, 2 / 3, 2 / 3)


def test_blank_snippets_do_not_count() -> None:
    assert count_snippets(["", " ", "a\n b"], "x a b y") == (1, 1)


def test_an_interval_holds_its_value() -> None:
    scores = [PageScore(shingles=(share / 10, 1 - share / 10, 0.0), milliseconds=1.0) for share in range(1, 11)]

    found = summarise(scores)

    assert found["f1_low"] < found["f1"] < found["f1_high"]  # type: ignore[operator]
