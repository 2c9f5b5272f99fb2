"""Amounts in English number words: "five percent", "two million dollars", "three times as many"."""

import re
from collections.abc import Iterator
from typing import Final

from extractors.facts.alternation import one_of
from extractors.facts.figures_amounts import Amount, Setting

_ONES: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_SCALES: Final = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_WORD: Final = one_of([*_ONES, *_TENS])
_COMPARED: Final = r"more|less|fewer|as|the\s(?:size|number|amount|rate|price|cost)|higher|lower|bigger|"
r"larger|smaller|faster|greater|likelier"
_SPELT: Final = re.compile(
    rf"\b(?P<words>(?:{_WORD})(?:[- ](?:{_WORD}|hundred))*(?:\sand\sa\shalf)?)(?P<scales>(?:\s(?:hundred|"
    rf"thousand|million|billion|trillion))*)"
    rf"(?:\s(?P<percent>per\s?cent(?:age\spoints?)?)\b|\s(?P<money>(?:U\.?S\.?\s)?dollars|euros|yen|yuan)\b"
    rf"|\s(?P<times>times)\s(?={_COMPARED}))",
    re.IGNORECASE,
)
_MONEY: Final = {"euros": "EUR", "yen": "JPY", "yuan": "CNY"}
_HINTS: Final = ("percent", "per cent", "dollars", "euros", "times", "yen", "yuan")


def find_spelt(text: str, *, setting: Setting) -> Iterator[Amount]:
    """Give the amounts of *text* that are written in words and bear a percent, a currency or "times"."""
    if setting.language not in {"", "en"} or not any(hint in text for hint in _HINTS):
        return
    for found in _SPELT.finditer(text):
        value = _value(found["words"].lower()) * _scale(found["scales"].lower())
        kind, unit, currency, is_implied = _mark(found, setting)
        end = found.end("times") if found["times"] else found.end()
        yield Amount(
            start=found.start(), end=end, value=value, kind=kind, unit=unit, currency=currency,
            is_implied=is_implied, number_start=found.start(), number_end=end,
        )  # fmt: skip


def _mark(found: re.Match[str], setting: Setting) -> tuple[str, str | None, str | None, bool]:
    if found["percent"]:
        return "percent", "pp" if "point" in found["percent"] else "%", None, False
    if found["times"]:
        return "multiple", "x", None, False
    word = found["money"].lower()
    if word.endswith("dollars"):
        return "money", None, "USD" if word.startswith("u") else setting.currency, not word.startswith("u")
    return "money", None, _MONEY[word], False


def _value(words: str) -> float:
    total = 0.0
    for word in re.findall(r"[a-z]+", words):
        if word == "half":
            total += 0.5
        elif word == "hundred":
            total *= _SCALES["hundred"]
        else:
            total += _ONES.get(word, 0) + _TENS.get(word, 0)
    return total


def _scale(words: str) -> float:
    factor = 1.0
    for word in words.split():
        factor *= _SCALES[word]
    return factor
