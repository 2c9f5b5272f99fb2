"""
Measure newsdesk beside other tools: ``python -m bench.peers CORPUS [--tools a,b] [--json | --markdown]``.

Every tool reads the same pages and is scored as ``bench.text`` scores; each third-party tool runs in an environment of
its own, built when it is first needed. Their answers are kept, so that only newsdesk reads again.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.peers.asking import PAGE_SECONDS, Answer, answers
from bench.peers.environments import CACHE, Peer, PeerError, load_peers
from bench.scoring import summarise
from bench.text import CorpusError, measure, read_records, score_page
from bench.text_tools import Extracted
from extractors.version import extractor_version

_NEWSDESK = "newsdesk"
_COLUMNS = {
    "F1": ("f1", 3),
    "P": ("precision", 3),
    "R": ("recall", 3),
    "present %": ("present_pct", 1),
    "absent %": ("absent_pct", 1),
    "comment leak %": ("comment_leak_pct", 1),
    "title %": ("title_pct", 1),
    "date %": ("date_pct", 1),
    "authors %": ("authors_pct", 1),
    "ms": ("ms_per_page", 0),
}
#: Shown with its interval in the short table.
_WITH_INTERVAL = frozenset({"f1", "present_pct", "absent_pct"})

#: What a tool that never names one is not scored on.
_CLAIMS = ("title", "date", "authors")

Summary = dict[str, Any]


def measure_peer(
    peer: Peer, records: Sequence[dict[str, Any]], *, corpus: Path, page_seconds: float, cache: Path
) -> Summary:
    """Return the summary of *peer* with its version and the pages that it failed on, or why it was not measured."""
    try:
        found = answers(peer, records, corpus=corpus, page_seconds=page_seconds, cache=cache)
    except PeerError as error:
        return {"version": peer.version, "error": str(error), **summarise([])}
    given = {key for answer in found for key in _CLAIMS if answer.get(key)}
    asked = [{key: value for key, value in record.items() if key not in _CLAIMS or key in given} for record in records]
    scores = [
        score_page(record, _extracted(answer), milliseconds=answer["ms"])
        for record, answer in zip(asked, found, strict=True)
    ]
    failed = sum("error" in answer for answer in found)
    return {"version": peer.version, "failed": failed, **summarise(scores)}


def _extracted(answer: Answer) -> Extracted:
    """Return *answer* in the form that is scored; what failed is an empty text."""
    day = answer.get("date")
    return Extracted(
        text=answer.get("text") or "",
        title=answer.get("title"),
        days=frozenset({day} if day else ()),
        authors=tuple(answer.get("authors") or ()),
    )


def table(results: dict[str, Summary], *, corpus: str) -> str:
    """Return *results* as a Markdown table, a tool a line; a tool that was not measured says why."""
    head = ["corpus", "tool", *_COLUMNS, "failed", "pages"]
    lines = [_row(head), _row(["---"] * len(head))]
    for name, result in results.items():
        tool = f"{name} {result['version']}"
        if "error" in result:
            lines.append(_row([corpus, tool, result["error"], *[""] * (len(head) - 3)]))
            continue
        cells = [_cell(result, key, digits) for key, digits in _COLUMNS.values()]
        lines.append(_row([corpus, tool, *cells, str(result["failed"]), str(result["n"])]))
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(result: Summary, key: str, digits: int) -> str:
    """Return one value, with its 95 % interval where that is what tells tools apart."""
    value = result[key]
    if value is None:
        return "-"
    shown = f"{value:.{digits}f}"
    is_wide = key in _WITH_INTERVAL
    return f"{shown} [{result[f'{key}_low']:.{digits}f}, {result[f'{key}_high']:.{digits}f}]" if is_wide else shown


def _options(arguments: Sequence[str] | None, peers: dict[str, Peer]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description="Measure newsdesk beside other tools.")
    parser.add_argument("corpus", type=Path, help="folder that holds pages.jsonl")
    parser.add_argument("--tools", help=f"some of {_NEWSDESK},{','.join(peers)} (default: all)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--limit", type=int, help="only the first N pages")
    parser.add_argument("--workers", type=int, default=2, help="processes for newsdesk (default 2)")
    parser.add_argument("--page-seconds", type=float, default=PAGE_SECONDS, help="a page that takes longer has failed")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of environments and answers")
    options = parser.parse_args(arguments)
    options.tools = options.tools.split(",") if options.tools else [_NEWSDESK, *peers]
    unknown = set(options.tools) - {_NEWSDESK, *peers}
    if unknown:
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    peers = load_peers()
    options = _options(arguments, peers)
    results: dict[str, Summary] = {}
    try:
        records = read_records(options.corpus, limit=options.limit)
        for name in options.tools:
            print(f"{options.corpus.name}: {name}", file=sys.stderr)
            if name == _NEWSDESK:
                own = measure(options.corpus, tools=(_NEWSDESK,), limit=options.limit, workers=options.workers)
                results[name] = {"version": extractor_version(), "failed": 0, **own[_NEWSDESK]}
            else:
                results[name] = measure_peer(
                    peers[name],
                    records,
                    corpus=options.corpus,
                    page_seconds=options.page_seconds,
                    cache=options.cache,
                )
    except CorpusError as error:
        print(f"bench.peers: {error}", file=sys.stderr)
        return 2
    print(json.dumps(results, ensure_ascii=False) if options.json else table(results, corpus=options.corpus.name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
