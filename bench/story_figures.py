"""Score stories against the truth: the figures of the contract, and what an analyst sees."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

Rows = Sequence[Mapping[str, Any]]
#: A posting is a number of 64 bits with the text that it leads to in 32.
POSTING_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a tool made of a stream."""

    #: By article, its story at the end.
    story_of: Mapping[str, str]
    #: By article, whether it was the first of its story when it came.
    seen_as_new: Mapping[str, bool]
    #: CPU time of the tool.
    seconds: float
    index_bytes: int


def figures(rows: Rows, found: Result) -> dict[str, Any]:
    """
    Return the figures of one tool.

    Args:
        rows: The stream, with the true ``cluster`` of each article.
        found: What the tool made of it.
    """
    return {
        **_pairwise(rows, found.story_of),
        **_as_seen(rows, found.seen_as_new),
        "articles_per_second": len(rows) / found.seconds if found.seconds else None,
        "index_bytes_per_article": found.index_bytes / len(rows) if rows else None,
    }


def _pairwise(rows: Rows, story_of: Mapping[str, str]) -> dict[str, float]:
    """Return agreement over all pairs of articles."""
    cells, ours, truth = Counter[Any](), Counter[str](), Counter[str]()
    for row in rows:
        story, cluster = story_of[row["id"]], row["cluster"]
        cells[story, cluster] += 1
        ours[story] += 1
        truth[cluster] += 1
    both = sum(comb(count, 2) for count in cells.values())
    found = sum(comb(count, 2) for count in ours.values())
    right = sum(comb(count, 2) for count in truth.values())
    expected = found * right / comb(len(rows), 2) if len(rows) > 1 else 0
    precision, recall = both / found if found else 1.0, both / right if right else 1.0
    return {
        "ari": (both - expected) / ((found + right) / 2 - expected) if found + right != 2 * expected else 1.0,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
    }


def _as_seen(rows: Rows, seen_as_new: Mapping[str, bool]) -> dict[str, Any]:
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
