"""Labels without texts are joined with the corpora, and what cannot be joined is said."""

import hashlib
import json
from pathlib import Path

import pytest

from bench.facts import main, measure
from bench.facts_labels import labelled_records
from bench.facts_scoring import summarise

BENCH = Path(__file__).parents[2] / "bench"
TEXT = "Nordbank paid $5.6m. “It was far too much for us,” said Anna Keller.\nThe “war room” of 2024 is open."


def label(page: str, half: str, *, text: str = TEXT) -> dict[str, object]:
    def place(words: str) -> list[int]:
        return [TEXT.index(words), TEXT.index(words) + len(words)]

    start, end = place("$5.6m")
    year, after = place("2024")
    return {
        "corpus": "papers", "id": page, "half": half, "language": "en", "currency": "USD", "chars": len(text),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "figures": [
            {"start": start, "end": end, "kind": "money", "value": 5.6e6, "currency": "USD"},
            {"start": year, "end": after, "tier": "extended"},
        ],
        "quotes": [
            {"segments": [place("“It was far too much for us,”")], "speakers": [place("Anna Keller")]},
            {"segments": [place("“war room”")], "tier": "extended"},
        ],
    }  # fmt: skip


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return labels of four pages and corpora in which one is another text and one is missing."""
    labels, corpus = tmp_path / "labels", tmp_path / "corpora" / "papers"
    labels.mkdir()
    corpus.mkdir(parents=True)
    rows = [label("one", "tune"), label("two", "kept"), label("edited", "tune"), label("gone", "kept")]
    (labels / "papers.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    pages = {"one": f"{TEXT}\nMore of it.", "two": TEXT, "edited": TEXT.replace("5.6", "5.7")}
    (corpus / "pages.jsonl").write_text("".join(f"{json.dumps({'id': i, 'text': t})}\n" for i, t in pages.items()))
    return labels, corpus.parent


def test_each_half_is_measured_apart_and_what_is_left_out_is_counted(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    labels, corpora = folders

    assert main(["--labels", str(labels), "--corpora", str(corpora), "--json"]) == 0

    out, err = capsys.readouterr()
    summary = json.loads(out)
    assert summary["left_out"] == 2
    assert summary["tune"]["texts"] == summary["kept"]["texts"] == 1
    assert summary["en"]["figures"]["money"]["recall"] == 1.0
    assert summary["en"]["quotes"]["speaker"] == summary["en"]["quotes"]["precision"] == 1.0
    assert "papers/edited: another text" in err
    assert "papers/gone: not in the corpora" in err


def test_the_words_of_a_label_come_from_the_corpus(folders: tuple[Path, Path]) -> None:
    first, *_ = labelled_records(*folders).records

    assert first["text"] == TEXT
    assert first["figures"][0]["text"] == "$5.6m"
    assert first["quotes"][0]["speaker"] == "Anna Keller"


def test_the_labels_of_the_repository_hold_no_words() -> None:
    allowed = {"corpus", "id", "half", "language", "currency", "chars", "sha256", "figures", "quotes"}
    rows = [
        json.loads(line)
        for path in sorted((BENCH / "labels").glob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]

    assert len(rows) == 33
    assert {key for row in rows for key in row} == allowed
    assert {key for row in rows for item in row["figures"] for key in item} <= {
        "start", "end", "kind", "value", "currency", "tier",
    }  # fmt: skip
    assert {key for row in rows for item in row["quotes"] for key in item} <= {"segments", "speakers", "tier"}


@pytest.mark.parametrize("arguments", [[], ["there", "--labels", "labels"], ["--labels", "labels"]])
def test_what_to_measure_must_be_said_once(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)


def test_a_folder_without_labels_is_an_error_of_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--labels", str(tmp_path), "--corpora", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"bench.facts: {tmp_path}: no *.jsonl there\n"


@pytest.mark.shared
def test_the_labelled_articles_stay_above_their_floors(shared: Path) -> None:
    labelled = labelled_records(BENCH / "labels", shared / "corpora")
    floors = json.loads((BENCH / "floors.json").read_text())["facts"]

    found = summarise(measure(labelled.records))

    assert labelled.skipped == []
    measured = {f"figures_{key}": value for key, value in found["figures"]["all"].items()}
    measured |= {f"quotes_{key}": value for key, value in found["quotes"].items()}
    under = {name: measured[name] for name, floor in floors.items() if name != "about" and measured[name] < floor}
    assert under == {}
