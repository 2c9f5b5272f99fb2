"""
Join labels that hold no text with the corpora that do.

A line of ``LABELS/*.jsonl`` names a corpus and a page, the length and SHA-256 of the beginning of its gold text, and
the offsets of what stands there; see ``bench/facts-labels.md``.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class CorpusError(Exception):
    """The corpus or its labels cannot be read; the message is one line."""


@dataclass
class Labelled:
    """Texts with their labels, in the form of ``facts.jsonl``, and why others could not be joined."""

    records: list[dict[str, Any]] = field(default_factory=list)
    #: One line a text that is missing or another than the one labelled.
    skipped: list[str] = field(default_factory=list)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file of JSON lines."""
    records = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except ValueError as error:
                raise CorpusError(f"{path}, line {number}: not JSON ({error})") from error
    return records


def labelled_records(labels: Path, corpora: Path) -> Labelled:
    """
    Return the labelled texts of *labels* with their words from *corpora*.

    Args:
        labels: Folder of ``*.jsonl``.
        corpora: Folder that holds one folder a corpus, each with ``pages.jsonl``.
    """
    files = sorted(labels.glob("*.jsonl"))
    if not files:
        raise CorpusError(f"{labels}: no *.jsonl there")
    rows = [row for path in files for row in read_lines(path)]
    out = Labelled()
    texts = dict(_texts(corpora, {(row["corpus"], row["id"]) for row in rows}))
    for row in rows:
        whole = texts.get((row["corpus"], row["id"]))
        text = None if whole is None else whole[: row["chars"]]
        if text is None:
            out.skipped.append(f"{row['corpus']}/{row['id']}: not in the corpora")
        elif hashlib.sha256(text.encode()).hexdigest() != row["sha256"]:
            out.skipped.append(f"{row['corpus']}/{row['id']}: another text than the one labelled")
        else:
            out.records.append(_worded(row, text))
    return out


def _texts(corpora: Path, wanted: set[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], str]]:
    for corpus in sorted({corpus for corpus, _page in wanted}):
        path = corpora / corpus / "pages.jsonl"
        if not path.is_file():
            continue
        for page in read_lines(path):
            if (corpus, page["id"]) in wanted and page.get("text"):
                yield (corpus, page["id"]), page["text"]


def _worded(row: dict[str, Any], text: str) -> dict[str, Any]:
    figures = [item | {"text": text[item["start"] : item["end"]]} for item in row["figures"]]
    quotes = [
        item
        | {
            "segments": [{"start": start, "end": end, "text": text[start:end]} for start, end in item["segments"]],
            "speakers": [text[start:end] for start, end in item.get("speakers", ())],
        }
        for item in row["quotes"]
    ]
    for item in quotes:
        item["speaker"] = item["speakers"][0] if item["speakers"] else None
    return row | {"text": text, "figures": figures, "quotes": quotes}
