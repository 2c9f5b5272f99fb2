"""
Measure clean text: ``python -m bench.text CORPUS [--extractor NAME]... [--json] [--limit N] [--workers N]``.

CORPUS is a folder with ``pages.jsonl`` in the form of the contract, section 6. Every tool reads the same pages in the
same run; times are of one page from its bytes to text and metadata.
"""

import argparse
import gzip
import json
import multiprocessing
import sys
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.scoring import (
    PageScore,
    count_snippets,
    one_holds_other,
    same_names,
    same_words,
    shingle_shares,
    squeeze,
    summarise,
)
from bench.text_tools import DEFAULT_TOOLS, TOOLS, Extracted, Sample

_COLUMNS = (
    *("f1", "precision", "recall", "f1_mean", "present_pct", "absent_pct", "comment_leak_pct"),
    *("title_pct", "title_part_pct", "date_pct", "authors_pct", "ms_per_page"),
)


class CorpusError(Exception):
    """The corpus cannot be read; the message is one line."""


def read_records(corpus: Path, *, limit: int | None) -> list[dict[str, Any]]:
    """Return the lines of *corpus*/pages.jsonl."""
    path = corpus / "pages.jsonl"
    if not path.is_file():
        raise CorpusError(f"{path}: no such file; CORPUS must be a folder that holds pages.jsonl")
    records = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except ValueError as error:
                raise CorpusError(f"{path}, line {number}: not JSON ({error})") from error
    return records[:limit]


def load_sample(record: dict[str, Any], *, corpus: Path) -> Sample:
    """Return the page of *record* with its bytes."""
    name = record.get("plain") or record.get("html")
    if not name:
        raise CorpusError(f"{corpus}: page {record.get('id')} has neither html nor plain")
    path = corpus / name
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}") from error
    body = gzip.decompress(raw) if name.endswith(".gz") else raw
    is_plain = "plain" in record
    content_type = record.get("content_type") or ("text/plain" if is_plain else None)
    url = record.get("url") or f"https://corpus.invalid/{record.get('id', name)}"
    return Sample(url=url, body=body, content_type=content_type, is_plain=is_plain)


def score_page(record: dict[str, Any], found: Extracted, *, milliseconds: float) -> PageScore:
    """Return how well *found* meets the gold of *record*."""
    gold, day, authors = record.get("text"), record.get("date"), record.get("authors")
    # A comment may quote the article, and a pull quote repeats it: what stands in the gold text is no leak.
    body = squeeze(gold or "")
    absent = [snippet for snippet in record.get("absent") or () if squeeze(snippet) not in body]
    comments = [snippet for snippet in record.get("comments") or () if squeeze(snippet) not in body]
    present, wanted = count_snippets(record.get("present") or (), found.text)
    seen, unwanted = count_snippets(absent, found.text)
    return PageScore(
        shingles=shingle_shares(gold, found.text) if gold else None,
        present=(present, wanted),
        absent=(unwanted - seen, unwanted),
        leaked=count_snippets(comments, found.text),
        title=same_words(record["title"], found.title) if record.get("title") else None,
        title_part=one_holds_other(record["title"], found.title) if record.get("title") else None,
        date=day[:10] in found.days if day else None,
        authors=same_names(authors, found.authors) if authors else None,
        milliseconds=milliseconds,
    )


def measure_page(record: dict[str, Any], *, corpus: Path, tools: Sequence[str]) -> list[PageScore]:
    """Return the scores of *tools* on one page, in their order."""
    sample = load_sample(record, corpus=corpus)
    scores = []
    for name in tools:
        start = time.perf_counter()
        found = TOOLS[name](sample)
        scores.append(score_page(record, found, milliseconds=1000 * (time.perf_counter() - start)))
    return scores


def measure(
    corpus: Path, *, tools: Sequence[str], limit: int | None = None, workers: int = 2
) -> dict[str, dict[str, float | int | None]]:
    """Return the summary of each tool on *corpus*."""
    records = read_records(corpus, limit=limit)
    work = partial(measure_page, corpus=corpus, tools=tools)
    rows: Iterable[list[PageScore]]
    if workers > 1 and len(records) > workers:
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            rows = pool.map(work, records, chunksize=4)
    else:
        rows = [work(record) for record in records]
    columns = list(zip(*rows, strict=True)) or [()] * len(tools)
    return {name: summarise(column) for name, column in zip(tools, columns, strict=True)}


def table(results: dict[str, dict[str, float | int | None]]) -> str:
    """Return *results* as lines of text, a measure a line with its interval."""
    lines = [" ".join([f"{'':17}", *(f"{name:>26}" for name in results)])]
    lines.append(" ".join([f"{'pages':17}", *(f"{result['n'] or 0:>26}" for result in results.values())]))
    for column in _COLUMNS:
        cells = [_cell(result, column) for result in results.values()]
        lines.append(" ".join([f"{column:17}", *(f"{cell:>26}" for cell in cells)]))
    return "\n".join(lines)


def _cell(result: dict[str, float | int | None], column: str) -> str:
    value, low, high = (result[name] for name in (column, f"{column}_low", f"{column}_high"))
    if value is None:
        return "-"
    digits = 3 if column in {"f1", "precision", "recall", "f1_mean"} else 1
    return f"{value:.{digits}f} [{low or 0:.{digits}f}, {high or 0:.{digits}f}]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.text", description="Measure clean text on a corpus.")
    parser.add_argument("corpus", type=Path, help="folder that holds pages.jsonl")
    parser.add_argument("--extractor", action="append", choices=sorted(TOOLS), help="may be given more than once")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--limit", type=int, help="only the first N pages")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    options = parser.parse_args(arguments)
    tools = tuple(options.extractor or DEFAULT_TOOLS)
    try:
        results = measure(options.corpus, tools=tools, limit=options.limit, workers=options.workers)
    except CorpusError as error:
        print(f"bench.text: {error}", file=sys.stderr)
        return 2
    print(json.dumps(results, ensure_ascii=False) if options.json else table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
