"""
Measure story assignment on a labelled stream: ``python -m bench.stories CORPUS [--json]``.

CORPUS holds ``articles.jsonl`` (contract, section 6), read in its order; ``bench.variants`` makes one. What counts is
what an analyst sees: new stories wrongly hidden, copies shown again as new.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import comb
from pathlib import Path
from typing import Any

from extractors.identity import sha256_hex
from extractors.model import NewText
from extractors.stories.fingerprint import sketch
from extractors.stories.shelf import Shelf
from extractors.stories.words import Words, fold

#: The stream has no instants: one article a second.
_START = datetime(2026, 1, 1, tzinfo=UTC)


def score(
    rows: Sequence[Mapping[str, Any]], final: Mapping[str, str], seen_as_new: Mapping[str, bool]
) -> dict[str, Any]:
    """
    Return the figures of the contract for one tool.

    Args:
        rows: The stream, with the true ``cluster`` of each article.
        final: By article, its story at the end.
        seen_as_new: By article, whether it began a story when it came.
    """
    cells, ours, truth = Counter[Any](), Counter[str](), Counter[str]()
    for row in rows:
        story, cluster = final[row["id"]], row["cluster"]
        cells[story, cluster] += 1
        ours[story] += 1
        truth[cluster] += 1
    both = sum(comb(count, 2) for count in cells.values())
    found = sum(comb(count, 2) for count in ours.values())
    right = sum(comb(count, 2) for count in truth.values())
    expected = found * right / comb(len(rows), 2)
    precision, recall = both / found if found else 1.0, both / right if right else 1.0
    return {
        "ari": (both - expected) / ((found + right) / 2 - expected) if found + right != 2 * expected else 1.0,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        **_as_seen(rows, seen_as_new),
    }


def _as_seen(rows: Sequence[Mapping[str, Any]], seen_as_new: Mapping[str, bool]) -> dict[str, Any]:
    """Return what an analyst sees: stories hidden, copies repeated, by kind where the stream names kinds."""
    known: set[str] = set()
    new_count = hidden = copies = repeated = 0
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        is_new = row["cluster"] not in known
        known.add(row["cluster"])
        shown = seen_as_new[row["id"]]
        by_kind[row.get("kind", "all")].append(shown == is_new)
        new_count += is_new
        copies += not is_new
        hidden += is_new and not shown
        repeated += shown and not is_new
    return {
        "hidden_pct": 100 * hidden / new_count if new_count else None,
        "repeated_pct": 100 * repeated / copies if copies else None,
        "by_kind": {kind: sum(right) / len(right) for kind, right in sorted(by_kind.items())},
    }


def _new_text(row: Mapping[str, Any], *, seen_at: datetime) -> NewText:
    text = row["text"]
    return NewText(article_id=row["id"], text=text, text_sha256=sha256_hex(text), first_seen_at=seen_at, sketch=())


def measure(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures of newsdesk on *rows*, with CPU seconds turned into articles per second of one core."""
    words: dict[str, Words] = {}
    shelf = Shelf(words_of=lambda text: words[text.text_sha256])
    seen_as_new = {}
    started = time.process_time()
    for number, row in enumerate(rows):
        new = _new_text(row, seen_at=_START + timedelta(seconds=number))
        words[new.text_sha256] = fold(new.text)
        shelf.add(replace(new, sketch=sketch(words[new.text_sha256])))
        seen_as_new[row["id"]] = shelf.story_of(row["id"]) == row["id"]
    seconds = time.process_time() - started
    final = {row["id"]: shelf.story_of(row["id"]) for row in rows}
    number_count = sum(len(text.sketch) for text in shelf.assignment().texts)
    return score(rows, final, seen_as_new) | {
        "articles_per_second": len(rows) / seconds if seconds else None,
        # A posting is a number of 64 bits with the story that it leads to in 32.
        "index_bytes_per_article": 12 * number_count / len(rows) if rows else None,
    }


def main() -> None:
    """Measure the corpus on the command line."""
    parser = argparse.ArgumentParser(description="Measure story assignment on a labelled stream.")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    lines = (options.corpus / "articles.jsonl").read_text("utf-8").splitlines()
    figures = {"newsdesk": measure([json.loads(line) for line in lines])}
    if options.json:
        print(json.dumps(figures))
        return
    for tool, found in figures.items():
        print(tool, *(f"{name} {value:.3f}" for name, value in found.items() if isinstance(value, float)), sep="  ")
        for kind, share in found["by_kind"].items():
            print(f"  {kind:30} {100 * share:6.1f} % right")


if __name__ == "__main__":
    main()
