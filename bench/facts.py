"""
Measure figures, quotes, speakers: ``python -m bench.facts CORPUS [--json] [--errors]``.

CORPUS is a folder with ``facts.jsonl`` in the form of the contract, section 6, whose end says when a figure, a span or
a speaker is right.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractors.facts.figures import find_figures
from extractors.facts.quotes import find_quotes
from extractors.model import Figure, Quote

_WORD = re.compile(r"\w+")
_VALUE_TOLERANCE = 0.005
_COVERED = 0.8
_LONGEST = 2.0
_PRONOUNS = frozenset({"he", "she", "they", "it", "we", "i", "who"})
_IGNORED = frozenset({"extended", "vague"})


class CorpusError(Exception):
    """The corpus cannot be read; the message is one line."""


@dataclass
class Tally:
    """Counts of one kind of fact."""

    gold: int = 0
    predicted: int = 0
    #: Gold that was found, and predictions that are right; several segments may be covered by one quote.
    found: int = 0
    right: int = 0

    def rates(self) -> dict[str, float | int | None]:
        """Return n, precision, recall; None where there is nothing to divide by."""
        return {
            "n": self.gold,
            "precision": round(self.right / self.predicted, 4) if self.predicted else None,
            "recall": round(self.found / self.gold, 4) if self.gold else None,
        }


@dataclass
class Score:
    """Everything measured on a corpus."""

    figures: dict[str, Tally] = field(default_factory=dict)
    quotes: Tally = field(default_factory=Tally)
    speaker_right: int = 0
    seconds: float = 0.0
    characters: int = 0
    errors: list[str] = field(default_factory=list)

    def of(self, kind: str) -> Tally:
        """Return the tally of figures of *kind*."""
        return self.figures.setdefault(kind, Tally())

    def summary(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints."""
        total = Tally()
        for tally in self.figures.values():
            total.gold += tally.gold
            total.predicted += tally.predicted
            total.found += tally.found
            total.right += tally.right
        kinds = {"all": total} | {kind: self.figures[kind] for kind in sorted(self.figures)}
        speaker = round(self.speaker_right / self.quotes.gold, 4) if self.quotes.gold else None
        return {
            "figures": {kind: tally.rates() for kind, tally in kinds.items()},
            "quotes": {**self.quotes.rates(), "speaker": speaker},
            "articles_per_second": round(self.characters / 5000 / self.seconds, 1) if self.seconds else None,
        }


def read_records(corpus: Path) -> list[dict[str, Any]]:
    """Return the lines of *corpus*/facts.jsonl."""
    path = corpus / "facts.jsonl"
    if not path.is_file():
        raise CorpusError(f"{path}: no such file; CORPUS must be a folder that holds facts.jsonl")
    records = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except ValueError as error:
                raise CorpusError(f"{path}, line {number}: not JSON ({error})") from error
    return records


def measure(records: Iterable[dict[str, Any]]) -> Score:
    """Return the score over *records*."""
    score = Score()
    # The first text compiles the patterns; that is no part of the speed.
    find_figures("“It cost $5,” he said.", language="en", currency="USD")
    for record in records:
        text = record["text"]
        language = record.get("language") or "en"
        start = time.process_time()
        quotes = find_quotes(text, language=language)
        figures = find_figures(text, language=language, currency=record.get("currency") or "USD", quotes=quotes)
        score.seconds += time.process_time() - start
        score.characters += len(text)
        name = str(record.get("id", ""))
        if record.get("figures") is not None:
            score_figures(score, record["figures"], figures, name=name)
        if record.get("quotes") is not None:
            score_quotes(score, record["quotes"], quotes, name=name)
    return score


def score_figures(score: Score, gold: Sequence[dict[str, Any]], found: Sequence[Figure], *, name: str) -> None:
    """Add one text's figures: tier ``core`` counts, ``extended`` and ``vague`` neither help nor hurt."""
    core = [item for item in gold if item.get("tier", "core") == "core"]
    ignored = [item for item in gold if item.get("tier", "core") in _IGNORED]
    taken: set[int] = set()
    for item in core:
        kind = item["kind"]
        score.of(kind).gold += 1
        at = next((at for at, figure in enumerate(found) if at not in taken and _same_figure(item, figure)), None)
        if at is None:
            score.errors.append(f"{name}: missed {kind} {item['text']!r} ({item['value']}) at {item['start']}")
            continue
        taken.add(at)
        score.of(kind).found += 1
        score.of(kind).right += 1
        score.of(kind).predicted += 1
    for at, figure in enumerate(found):
        if at not in taken and not any(_overlap(item, figure.char_start, figure.char_end) for item in ignored):
            score.of(figure.kind).predicted += 1
            score.errors.append(
                f"{name}: false {figure.kind} {figure.raw!r} ({figure.value}) in {figure.sentence[:160]!r}"
            )


def _same_figure(item: dict[str, Any], figure: Figure) -> bool:
    if not _overlap(item, figure.char_start, figure.char_end) or item["kind"] != figure.kind:
        return False
    if item["kind"] == "money" and item.get("currency") != figure.currency:
        return False
    value = item["value"]
    return value is not None and abs(figure.value - value) <= _VALUE_TOLERANCE * abs(value)


def _overlap(item: dict[str, Any], start: int, end: int) -> int:
    return max(0, min(item["end"], end) - max(item["start"], start))


def score_quotes(score: Score, gold: Sequence[dict[str, Any]], found: Sequence[Quote], *, name: str) -> None:
    """Add one text's quotes, segment by segment."""
    right: set[int] = set()
    for item in gold:
        for segment in item["segments"]:
            score.quotes.gold += 1
            at = next((at for at, quote in enumerate(found) if _same_span(segment, quote)), None)
            if at is None:
                score.errors.append(f"{name}: missed quote {segment['text'][:80]!r} of {item.get('speaker')}")
                continue
            right.add(at)
            score.quotes.found += 1
            if _same_speaker(item, found[at]):
                score.speaker_right += 1
            else:
                score.errors.append(
                    f"{name}: speaker {found[at].speaker!r} ({found[at].cue}) for {item.get('speaker')!r} "
                    f"of {segment['text'][:60]!r}"
                )
    score.quotes.predicted += len(found)
    score.quotes.right += len(right)
    for at, quote in enumerate(found):
        if at not in right:
            score.errors.append(f"{name}: false quote {quote.text[:80]!r} ({quote.speaker}, {quote.cue})")


def _same_span(segment: dict[str, Any], quote: Quote) -> bool:
    length = segment["end"] - segment["start"]
    covered = _overlap(segment, quote.char_start, quote.char_end)
    return covered >= _COVERED * length and quote.char_end - quote.char_start <= _LONGEST * length


def _same_speaker(item: dict[str, Any], quote: Quote) -> bool:
    """Tell whether the names share their last word; where gold has a pronoun alone, the words at the cue count."""
    names = [name for name in (item.get("speaker"), *(item.get("speakers") or ())) if name]
    if not names:
        return quote.speaker is None
    last = {_last_word(name) for name in names}
    predicted = {_last_word(quote.speaker)} if quote.speaker else set()
    if last <= _PRONOUNS and quote.speaker_raw:
        predicted.add(_last_word(quote.speaker_raw))
    return bool(predicted & last - {""})


def _last_word(name: str) -> str:
    words = _WORD.findall(re.sub("[\u2019']s\\b", "", name).casefold())
    return words[-1] if words else ""


def table(summary: dict[str, Any]) -> str:
    """Return *summary* as lines of text."""
    lines = [f"{'':12}{'n':>7}{'P':>9}{'R':>9}{'speaker':>9}"]
    for kind, rates in summary["figures"].items():
        lines.append(f"{kind:12}{rates['n']:>7}{_cell(rates['precision'])}{_cell(rates['recall'])}")
    quotes = summary["quotes"]
    lines.append(
        f"{'quotes':12}{quotes['n']:>7}{_cell(quotes['precision'])}{_cell(quotes['recall'])}{_cell(quotes['speaker'])}"
    )
    lines.append(f"{summary['articles_per_second']} articles of 5,000 characters per second")
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return f"{'-':>9}" if value is None else f"{value:>9.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.facts", description="Measure figures and quotes on a corpus."
    )
    parser.add_argument("corpus", type=Path, help="folder that holds facts.jsonl")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--errors", action="store_true", help="list what was missed and what is false")
    options = parser.parse_args(arguments)
    try:
        score = measure(read_records(options.corpus))
    except CorpusError as error:
        print(f"bench.facts: {error}", file=sys.stderr)
        return 2
    if options.errors:
        print("\n".join(score.errors), file=sys.stderr)
        kinds = Counter(line.split(": ", 1)[1].split(" ", 1)[0] for line in score.errors)
        print(", ".join(f"{count} {kind}" for kind, count in kinds.most_common()), file=sys.stderr)
    summary = score.summary()
    print(json.dumps(summary, ensure_ascii=False) if options.json else table(summary))
    return 0


if __name__ == "__main__":
    sys.exit(main())
