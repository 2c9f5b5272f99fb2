"""
Measure stories on a labelled stream: ``python -m bench.stories CORPUS [--tools a,b] [--orders N] [--json]``.

CORPUS holds ``articles.jsonl`` (contract, section 6), read in its order; ``bench.variants`` makes one. What counts is
what an analyst sees: new stories wrongly hidden, copies shown again as new. Beside newsdesk run the tools of
``story_peers``, each in an environment of its own.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.peers.environments import PeerError
from bench.story_figures import POSTING_BYTES, Result, Rows, figures
from bench.story_memory import MemoryStories
from bench.story_peers import PEERS, run_peer
from extractors.identity import sha256_hex
from extractors.model import NewText
from flows.assigning import assign_stories, fingerprint_of

#: The stream has no instants: one article a second.
_START = datetime(2026, 1, 1, tzinfo=UTC)
#: Articles of a batch, as newsdesk loads them.
_BATCH = 100
#: Sizes of the batches of other orders.
_SIZES = (1, 7, 40, 300)
_COLUMNS = {
    "ari": "ARI", "precision": "P", "recall": "R", "hidden_pct": "hidden %", "repeated_pct": "repeated %",
    "articles_per_second": "articles/s", "index_bytes_per_article": "bytes",
}  # fmt: skip


def measure(rows: Rows) -> dict[str, Any]:
    """Return the figures of newsdesk on *rows*, with CPU seconds turned into articles per second of one core."""
    seen_as_new: dict[str, bool] = {}
    started = time.process_time()
    held = load(rows, sizes=(_BATCH,), seen_as_new=seen_as_new)
    found = Result(
        story_of=held.story_of,
        seen_as_new=seen_as_new,
        seconds=time.process_time() - started,
        index_bytes=POSTING_BYTES * held.number_count,
    )
    return figures(rows, found) | {"capped_pct": 100 * held.capped_count / len(rows) if rows else None}


def load(
    rows: Rows, *, sizes: Sequence[int], seed: int | None = None, seen_as_new: dict[str, bool] | None = None
) -> MemoryStories:
    """
    Assign stories as the warehouse does.

    Args:
        rows: The stream; each article of it was first seen a second after the one before.
        sizes: Sizes of batches, drawn by lot.
        seed: Of a random order in which the articles are loaded; None: as they are.
        seen_as_new: Told by article whether it was the first of its story when it came.
    """
    chance, held = random.Random(seed), MemoryStories()
    ahead = list(enumerate(rows))
    if seed is not None:
        chance.shuffle(ahead)
    while ahead:
        size = chance.choice(sizes)
        batch, ahead = [_new_text(row, place=place) for place, row in ahead[:size]], ahead[size:]
        before = list(held.story_of)
        held.keep(batch, assign_stories(batch, held))
        known = {held.story_of[article] for article in before}
        for text in batch:
            story = held.story_of[text.article_id]
            if seen_as_new is not None:
                seen_as_new[text.article_id] = story not in known
            known.add(story)
    return held


def _new_text(row: Mapping[str, Any], *, place: int) -> NewText:
    key, sketch = fingerprint_of(row["text"])
    seen_at = _START + timedelta(seconds=place)
    return NewText(
        article_id=row["id"], text=row["text"], text_sha256=sha256_hex(row["text"]), first_seen_at=seen_at,
        had_it_at=seen_at, words_key=key, sketch=sketch,
    )  # fmt: skip


def orders(rows: Rows, *, count: int) -> dict[str, int]:
    """Return how many random orders and batchings of *rows* give the stories and relations that the first gives."""
    expected, same = None, 0
    for seed in range(count):
        held = load(rows, sizes=_SIZES, seed=seed)
        found = held.stories(), held.relations
        expected = expected or found
        same += found == expected
    return {"count": count, "same": same}


def table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return *results* as lines of text: a tool a line, then the kinds of article with a tool a column."""
    lines = [f"{'':30}" + "".join(f"{name:>12}" for name in _COLUMNS.values())]
    measured = {name: result for name, result in results.items() if "by_kind" in result}
    for name, result in results.items():
        cells = "".join(f"{_shown(result[key]):>12}" for key in _COLUMNS) if name in measured else result.get("error")
        lines.append(f"{name:30}{cells}")
    lines.append(f"\n{'% right by kind':30}" + "".join(f"{name:>12}" for name in measured))
    for kind in next(iter(measured.values()), {"by_kind": ()})["by_kind"]:
        shares = "".join(f"{100 * result['by_kind'][kind]:12.1f}" for result in measured.values())
        lines.append(f"{kind:30}{shares}")
    return "\n".join(lines)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.stories", description="Measure stories on a stream.")
    parser.add_argument("corpus", type=Path, help="folder that holds articles.jsonl")
    parser.add_argument("--tools", help=f"some of newsdesk,{','.join(PEERS)} (default: all)")
    parser.add_argument("--orders", type=int, default=0, help="load in N random orders and batchings, too")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    path = options.corpus / "articles.jsonl"
    if not path.is_file():
        print(
            f"bench.stories: {path}: no such file; CORPUS must be a folder that holds articles.jsonl", file=sys.stderr
        )
        return 2
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    results: dict[str, dict[str, Any]] = {}
    for name in options.tools.split(",") if options.tools else ("newsdesk", *PEERS):
        try:
            results[name] = measure(rows) if name == "newsdesk" else figures(rows, run_peer(name, rows))
        except PeerError as error:
            results[name] = {"error": str(error)}
    if options.orders:
        results["newsdesk"]["orders"] = orders(rows, count=options.orders)
    print(json.dumps(results) if options.json else table(results))
    if options.orders and not options.json:
        print("\n{same} of {count} orders give the same stories".format_map(results["newsdesk"]["orders"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
