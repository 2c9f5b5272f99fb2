"""Score figures, quotes, speakers of texts against labels, with bootstrap intervals over the texts."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractors.model import Figure, Quote

_WORD = re.compile(r"\w+")
_CJK = re.compile(r"[一-鿿ぁ-ヿ가-힣]")
_VALUE_TOLERANCE = 0.005
_COVERED = 0.8
_LONGEST = 2.0
_PRONOUNS = frozenset({"he", "she", "they", "it", "we", "i", "who"})
_IGNORED = frozenset({"extended", "vague"})
_QUOTES, _ALL = "quotes", "all"
_RESAMPLES = 1000
_LOW, _HIGH = 0.025, 0.975


@dataclass
class Score:
    """What was counted on some texts; ``counts`` by (kind of fact, what): gold, predicted, found, right, speaker."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: float = 0.0
    characters: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, kind: str, *whats: str) -> None:
        """Count *whats* of *kind*; figures count as "all", too."""
        for what in whats:
            self.counts[kind, what] += 1
            if kind != _QUOTES:
                self.counts[_ALL, what] += 1


def add_up(scores: Iterable[Score]) -> Score:
    """Return the sum of *scores*."""
    total = Score()
    for score in scores:
        total.counts.update(score.counts)
        total.seconds += score.seconds
        total.characters += score.characters
        total.errors += score.errors
    return total


def summarise(scores: Sequence[Score], *, seed: int = 7) -> dict[str, Any]:
    """
    Return the object that ``--json`` prints for *scores*, one a text.

    Beside each share stands its 95 % bootstrap interval over texts as ``<name>_low`` and ``<name>_high``.
    """
    total = add_up(scores)
    kinds = [_ALL, *sorted({kind for kind, _what in total.counts} - {_ALL, _QUOTES})]
    chooser = random.Random(seed)
    samples = [
        add_up(Score(counts=score.counts) for score in chooser.choices(scores, k=len(scores))).counts
        for _ in range(_RESAMPLES if len(scores) > 1 else 0)
    ]
    figures = {
        kind: {
            "n": total.counts[kind, "gold"],
            **_share("precision", total.counts, samples, (kind, "right"), (kind, "predicted")),
            **_share("recall", total.counts, samples, (kind, "found"), (kind, "gold")),
        }
        for kind in kinds
    }
    quotes = {
        "n": total.counts[_QUOTES, "gold"],
        **_share("precision", total.counts, samples, (_QUOTES, "right"), (_QUOTES, "predicted")),
        **_share("recall", total.counts, samples, (_QUOTES, "found"), (_QUOTES, "gold")),
        **_share("speaker", total.counts, samples, (_QUOTES, "speaker"), (_QUOTES, "gold")),
    }
    speed = round(total.characters / 5000 / total.seconds, 1) if total.seconds else None
    return {"texts": len(scores), "figures": figures, "quotes": quotes, "articles_per_second": speed}


def _share(
    name: str,
    counts: Counter[tuple[str, str]],
    samples: Sequence[Counter[tuple[str, str]]],
    part: tuple[str, str],
    whole: tuple[str, str],
) -> dict[str, float | None]:
    spread = sorted(sample[part] / sample[whole] for sample in samples if sample[whole])
    return {
        name: round(counts[part] / counts[whole], 4) if counts[whole] else None,
        f"{name}_low": round(spread[int(_LOW * len(spread))], 4) if spread else None,
        f"{name}_high": round(spread[int(_HIGH * len(spread)) - 1], 4) if spread else None,
    }


def score_figures(score: Score, gold: Sequence[dict[str, Any]], found: Sequence[Figure], *, name: str) -> None:
    """Add one text's figures: tier ``core`` counts, ``extended`` and ``vague`` neither help nor hurt."""
    core = [item for item in gold if item.get("tier", "core") == "core"]
    ignored = [item for item in gold if item.get("tier", "core") in _IGNORED]
    taken: set[int] = set()
    for item in core:
        kind = item["kind"]
        score.add(kind, "gold")
        at = next((at for at, figure in enumerate(found) if at not in taken and _same_figure(item, figure)), None)
        if at is None:
            score.errors.append(f"{name}: missed {kind} {item['text']!r} ({item['value']}) at {item['start']}")
            continue
        taken.add(at)
        score.add(kind, "found", "right", "predicted")
    for at, figure in enumerate(found):
        if at not in taken and not any(_overlap(item, figure.char_start, figure.char_end) for item in ignored):
            score.add(figure.kind, "predicted")
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
    left, right = int(item["start"]), int(item["end"])
    return max(0, min(right, end) - max(left, start))


def score_quotes(score: Score, gold: Sequence[dict[str, Any]], found: Sequence[Quote], *, name: str) -> None:
    """Add one text's quotes, segment by segment; those of tier ``extended`` neither help nor hurt."""
    core = [item for item in gold if item.get("tier", "core") == "core"]
    right: set[int] = set()
    for item in core:
        for segment in item["segments"]:
            score.add(_QUOTES, "gold")
            at = next((at for at, quote in enumerate(found) if _same_span(segment, quote)), None)
            if at is None:
                score.errors.append(f"{name}: missed quote {segment['text'][:80]!r} of {item.get('speaker')}")
                continue
            right.add(at)
            score.add(_QUOTES, "found")
            if _same_speaker(item, found[at]):
                score.add(_QUOTES, "speaker")
            else:
                score.errors.append(
                    f"{name}: speaker {found[at].speaker!r} ({found[at].cue}) for {item.get('speaker')!r} "
                    f"of {segment['text'][:60]!r}"
                )
    doubtful = [segment for item in gold if item.get("tier", "core") in _IGNORED for segment in item["segments"]]
    for at, quote in enumerate(found):
        if at in right:
            score.add(_QUOTES, "predicted", "right")
        elif not any(_overlap(segment, quote.char_start, quote.char_end) for segment in doubtful):
            score.add(_QUOTES, "predicted")
            score.errors.append(f"{name}: false quote {quote.text[:80]!r} ({quote.speaker}, {quote.cue})")


def _same_span(segment: dict[str, Any], quote: Quote) -> bool:
    length = int(segment["end"]) - int(segment["start"])
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
    return any(_same_name(one, other) for one in predicted for other in last)


def _same_name(one: str, other: str) -> bool:
    """Tell whether two last words are one; where no space parts words, one may end in the other."""
    if not one or not other:
        return False
    return one == other or bool(_CJK.match(one) and (one.endswith(other) or other.endswith(one)))


def _last_word(name: str) -> str:
    words = _WORD.findall(re.sub("[\u2019']s\\b", "", name).casefold())
    return words[-1] if words else ""
