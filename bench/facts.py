"""
Measure figures, quotes, speakers: ``python -m bench.facts CORPUS`` or ``--labels LABELS --corpora DIR``.

CORPUS is a folder with ``facts.jsonl`` in the form of the contract, section 6, whose end says when a figure, a span or
a speaker is right. LABELS is a folder of labels without texts (``bench/facts-labels.md``), DIR holds the corpora they
point into: then the halves are measured apart, and each language.

The speed is that of all facts of a reading by one core: topics, quotes, figures; of three passes over a text the
fastest counts.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.facts_labels import CorpusError, labelled_records, read_lines
from bench.facts_scoring import Score, score_figures, score_quotes, summarise
from extractors.facts.figures import find_figures
from extractors.facts.quotes import find_quotes
from extractors.facts.topics import compile_topics, match
from extractors.identity import sha256_hex
from extractors.model import Figure, Quote, WatchedTopic

#: The fastest of these counts: the rest is the machine's other work.
_PASSES = 3
_QUERY = "deepseek OR nvidia OR (R1 AND (china OR openai))"
_TOPICS = (
    WatchedTopic(topic_id="deepseek", title="DeepSeek", query=_QUERY, query_version=sha256_hex(_QUERY)[:12]),
)  # fmt: skip


def read_records(corpus: Path) -> list[dict[str, Any]]:
    """Return the lines of *corpus*/facts.jsonl."""
    path = corpus / "facts.jsonl"
    if not path.is_file():
        raise CorpusError(f"{path}: no such file; CORPUS must be a folder that holds facts.jsonl")
    return read_lines(path)


def measure(records: Iterable[dict[str, Any]]) -> list[Score]:
    """Return the score of each of *records*."""
    records = list(records)
    # The first text of a language compiles its patterns; that is no part of the speed.
    for language in {record.get("language") for record in records}:
        _facts({"text": "“It cost $5,” he said.", "language": language})
    # Pass after pass over all texts: what a text leaves in the caches is gone when it comes again.
    passes = [[_score(record) for record in records] for _ in range(_PASSES)]
    for first, *others in zip(*passes, strict=True):
        first.seconds = min(score.seconds for score in (first, *others))
    return passes[0]


def _facts(record: dict[str, Any]) -> tuple[tuple[Figure, ...], tuple[Quote, ...]]:
    text, language = record["text"], record.get("language") or "en"
    match(compile_topics(_TOPICS), title=None, text=text, source="", language=language)
    quotes = find_quotes(text, language=language)
    figures = find_figures(text, language=language, currency=record.get("currency") or "USD", quotes=quotes)
    return figures, quotes


def _score(record: dict[str, Any]) -> Score:
    score = Score(characters=len(record["text"]))
    start = time.process_time()
    figures, quotes = _facts(record)
    score.seconds = time.process_time() - start
    name = str(record.get("id", ""))
    if record.get("figures") is not None:
        score_figures(score, record["figures"], figures, name=name)
    if record.get("quotes") is not None:
        score_quotes(score, record["quotes"], quotes, name=name)
    return score


def by_half_and_language(records: Sequence[dict[str, Any]], scores: Sequence[Score]) -> dict[str, Any]:
    """Return a summary of each half, and of each language in both halves together."""
    out = {}
    for key in ("half", "language"):
        for value in sorted({record[key] for record in records}, reverse=key == "half"):
            chosen = [score for record, score in zip(records, scores, strict=True) if record[key] == value]
            out[value] = summarise(chosen)
    return out


def table(summary: dict[str, Any]) -> str:
    """Return *summary* as lines of text, with the 95 % intervals where there are several texts."""
    lines = [f"{'':12}{'n':>6}{'P':>8}{'':16}{'R':>8}{'':16}{'speaker':>8}"]
    for kind, rates in [*summary["figures"].items(), ("quotes", summary["quotes"])]:
        cells = [_cell(rates, name) for name in ("precision", "recall", "speaker") if name in rates]
        lines.append(f"{kind:12}{rates['n']:>6}{''.join(cells)}".rstrip())
    lines.append(f"{summary['articles_per_second']} articles of 5,000 characters per second of a core")
    return "\n".join(lines)


def _cell(rates: dict[str, Any], name: str) -> str:
    if rates[name] is None:
        return f"{'-':>8}{'':16}"
    low, high = rates[f"{name}_low"], rates[f"{name}_high"]
    spread = "" if low is None else f"{low:.3f} to {high:.3f}"
    return f"{rates[name]:>8.3f} {spread:<15}"


def _run(options: argparse.Namespace) -> dict[str, Any]:
    """Return what ``--json`` prints; list errors and texts left out on stderr."""
    if options.labels is None:
        scores = measure(read_records(options.corpus))
        _list(scores if options.errors else ())
        return summarise(scores)
    found = labelled_records(options.labels, options.corpora)
    print("".join(f"left out: {line}\n" for line in found.skipped), end="", file=sys.stderr)
    records = [record for record in found.records if options.half in {None, record["half"]}]
    if not records:
        raise CorpusError(f"{options.corpora}: holds none of the labelled texts")
    scores = measure(records)
    tuned = [score for record, score in zip(records, scores, strict=True) if record["half"] == "tune"]
    _list(tuned if options.errors else ())
    return {"left_out": len(found.skipped), **by_half_and_language(records, scores)}


def _list(scores: Iterable[Score]) -> None:
    for score in scores:
        print("".join(f"{line}\n" for line in score.errors), end="", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.facts", description="Measure figures and quotes on a corpus."
    )
    parser.add_argument("corpus", type=Path, nargs="?", help="folder that holds facts.jsonl")
    parser.add_argument("--labels", type=Path, help="folder of labels without texts")
    parser.add_argument("--corpora", type=Path, help="folder of the corpora that --labels points into")
    parser.add_argument("--half", choices=("tune", "kept"), help="only this half of the labels")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--errors", action="store_true", help="list what was missed and what is false; of labels the tuning half only"
    )
    options = parser.parse_args(arguments)
    if (options.corpus is None) == (options.labels is None) or (options.labels and not options.corpora):
        parser.error("give CORPUS, or --labels with --corpora")
    try:
        summary = _run(options)
    except CorpusError as error:
        print(f"bench.facts: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(summary, ensure_ascii=False))
    elif options.labels is None:
        print(table(summary))
    else:
        print("\n\n".join(f"== {name}\n{table(part)}" for name, part in summary.items() if name != "left_out"))
        print(f"{summary['left_out']} labelled texts left out")
    return 0


if __name__ == "__main__":
    sys.exit(main())
