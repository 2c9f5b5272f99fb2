"""Score extracted text and metadata against gold, with bootstrap intervals."""

import random
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_NOT_WORD = re.compile(r"[\W_]+")
_BETWEEN_NAMES = re.compile(r"[;,/|]|\s&\s|\s(?:[Aa]nd|und|et|y|e|en|och|og)\s")
_SHINGLE_WORDS = 4
#: Letters of a title that another may hold with a kicker, a second line or the site's name around it.
_LEAST_TITLE = 10
_RESAMPLES = 1000
_LOW, _HIGH = 0.025, 0.975


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScore:
    """How one tool did on one page; made by ``score_page``, taken by ``summarise``."""

    #: Shares of the shingles of gold and prediction together: in both, only predicted, only in gold. None without gold.
    shingles: tuple[float, float, float] | None = None
    #: (right, all) of the snippets that must be present, must be absent, and of comments that leaked.
    present: tuple[int, int] = (0, 0)
    absent: tuple[int, int] = (0, 0)
    leaked: tuple[int, int] = (0, 0)
    #: None where the page has no gold.
    title: bool | None = None
    #: Whether one of the two titles holds the other.
    title_part: bool | None = None
    date: bool | None = None
    authors: bool | None = None
    milliseconds: float = 0.0


def shingle_shares(gold: str, predicted: str) -> tuple[float, float, float]:
    """
    Return which shares of all 4-word shingles are in both texts, only in *predicted*, only in *gold*.

    Source:
        The article-extraction-benchmark (scrapinghub, MIT) scores so: each page counts the same whatever its length.
    """
    want, got = _shingles(gold), _shingles(predicted)
    both = float((want & got).total())
    extra = float((got - want).total())
    missing = float((want - got).total())
    total = both + extra + missing
    return (both / total, extra / total, missing / total) if total else (0.0, 0.0, 0.0)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    if not words:
        return Counter()
    last = max(1, len(words) - _SHINGLE_WORDS + 1)
    return Counter(tuple(words[start : start + _SHINGLE_WORDS]) for start in range(last))


def count_snippets(snippets: Sequence[str], text: str) -> tuple[int, int]:
    """Return (found, all) of *snippets* in *text*; white space counts as one space, and blank ones do not count."""
    body = squeeze(text)
    wanted = [short for snippet in snippets if (short := squeeze(snippet))]
    return sum(short in body for short in wanted), len(wanted)


def squeeze(text: str) -> str:
    """Return *text* in NFC with each run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def same_words(one: str | None, other: str | None) -> bool:
    """Tell whether two texts have the same letters and digits, whatever their case."""
    return fold(one or "") == fold(other or "")


def one_holds_other(one: str | None, other: str | None) -> bool:
    """Tell whether two titles are the same, or one is the other with something before or after it."""
    short, long = sorted((fold(one or ""), fold(other or "")), key=len)
    return short == long or (len(short) >= _LEAST_TITLE and short in long)


def fold(text: str) -> str:
    """Return the letters and digits of *text* in lower case."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text)).casefold()


def same_names(gold: Sequence[str], predicted: Sequence[str]) -> bool:
    """
    Tell whether two lists name the same people in any order.

    Corpora give several authors now as a list, now as one string ("A; B", "A and B"): both sides are split alike.
    """
    return _people(gold) == _people(predicted)


def _people(names: Sequence[str]) -> set[str]:
    return {folded for name in names for part in _BETWEEN_NAMES.split(name) if (folded := fold(part))}


def f1_of(shares: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of summed (both, extra, missing) shares."""
    both, extra, missing = (sum(column) for column in zip(*shares, strict=True)) if shares else (0.0, 0.0, 0.0)
    precision = both / (both + extra) if both + extra else float(not missing)
    recall = both / (both + missing) if both + missing else float(not extra)
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def summarise(scores: Sequence[PageScore], *, seed: int = 7) -> dict[str, float | int | None]:
    """
    Return the keys that the contract gives to ``bench.text`` for one tool.

    Each share has its 95 % bootstrap interval over pages under ``<name>_low`` and ``<name>_high``; what the corpus has
    no gold for is None.
    """
    out: dict[str, float | int | None] = {"n": len(scores)}
    measures: dict[str, Callable[[Sequence[PageScore]], float | None]] = {
        "f1": lambda part: _shingle_measure(part, 2),
        "precision": lambda part: _shingle_measure(part, 0),
        "recall": lambda part: _shingle_measure(part, 1),
        "f1_mean": _mean_f1,
        "present_pct": lambda part: _percent([score.present for score in part]),
        "absent_pct": lambda part: _percent([score.absent for score in part]),
        "comment_leak_pct": lambda part: _percent([score.leaked for score in part]),
        "title_pct": lambda part: _right([score.title for score in part]),
        "title_part_pct": lambda part: _right([score.title_part for score in part]),
        "date_pct": lambda part: _right([score.date for score in part]),
        "authors_pct": lambda part: _right([score.authors for score in part]),
        "ms_per_page": lambda part: statistics.median(score.milliseconds for score in part) if part else None,
    }
    chooser = random.Random(seed)
    samples = [chooser.choices(scores, k=len(scores)) for _ in range(_RESAMPLES)] if scores else []
    for name, measure in measures.items():
        value = measure(scores)
        out[name] = _rounded(value)
        spread = sorted(found for part in samples if (found := measure(part)) is not None) if value is not None else []
        out[f"{name}_low"] = _rounded(spread[int(_LOW * len(spread))]) if spread else None
        out[f"{name}_high"] = _rounded(spread[int(_HIGH * len(spread)) - 1]) if spread else None
    return out


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _shingle_measure(part: Sequence[PageScore], which: int) -> float | None:
    shares = [score.shingles for score in part if score.shingles is not None]
    return f1_of(shares)[which] if shares else None


def _mean_f1(part: Sequence[PageScore]) -> float | None:
    shares = [score.shingles for score in part if score.shingles is not None]
    return statistics.fmean(f1_of([share])[2] for share in shares) if shares else None


def _percent(pairs: Sequence[tuple[int, int]]) -> float | None:
    total = sum(count for _right_count, count in pairs)
    return 100 * sum(right for right, _count in pairs) / total if total else None


def _right(marks: Sequence[bool | None]) -> float | None:
    known = [mark for mark in marks if mark is not None]
    return 100 * sum(known) / len(known) if known else None
