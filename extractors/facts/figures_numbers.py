"""Numerals to values: separators of every language, damaged numerals, myriads."""

import re
from functools import cache
from typing import Final

from extractors.facts.figures_lexicon import DECIMAL_COMMA, MYRIADS

#: Languages that never part thousands with a plain space; in them "in 2016 300 people" is two numbers.
_NO_SPACES: Final = frozenset({"", "en", "zh", "ja", "ko", "ar", "hi", "th"})
_TAIL: Final = r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d+(?:[.,٫]\d+)?)"
_TIGHT: Final = re.compile(r"(?:\d{1,3}(?:[,.'’٬\u2009\u202f]\d{3})+(?!\d)(?:[.,٫]\d+)?" + _TAIL)
_SPACED: Final = re.compile(r"(?:\d{1,3}(?:[,.'’٬\u2009\u202f\u00a0 ]\d{3})+(?!\d)(?:[.,٫]\d+)?" + _TAIL)
_FRACTIONS: Final = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_GROUP: Final = 3
#: Number words by their value.
SMALL: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DIGITS: Final = SMALL[1:10]
_SPELT: Final = re.compile(rf"(?<!\w)({'|'.join(_DIGITS)})\.$", re.IGNORECASE)
_CHAIN: Final = re.compile(r"(\d[\d,.]*)?([십백천만억조十百千万萬亿億兆]+)\s?(?=(\d[\d,]*)?)")
_NEXT: Final = re.compile(r"\s?(\d{1,9}(?:[.,]\d{1,9})?)(?=[십백천만억조十百千万萬亿億兆])")
_ONES: Final = re.compile(r"\d{1,4}(?![\d.,])")
_MYRIAD: Final = 1e4


@cache
def number_pattern(language: str) -> re.Pattern[str]:
    """Return the pattern of a numeral in *language* (ISO 639-1, "" for unknown)."""
    return _TIGHT if language in _NO_SPACES else _SPACED


def number_value(raw: str, *, language: str) -> float:
    """
    Return the value of the numeral *raw*.

    Args:
        raw: Digits of any script with separators, as ``number_pattern`` finds them.
        language: Decides "1.234" where nothing else does: a thousand in German, little more than one in English.
    """
    plain = re.sub(r"[\s'’٬]", "", raw).replace("٫", ".")
    commas, stops = plain.count(","), plain.count(".")
    if commas and stops:
        decimal = "," if plain.rfind(",") > plain.rfind(".") else "."
        decimal = decimal if plain.count(decimal) == 1 else ""
    elif commas + stops == 1:
        separator = "," if commas else "."
        whole, _, rest = plain.partition(separator)
        groups = "." if language in DECIMAL_COMMA else ","
        is_group = len(rest) == _GROUP and separator == groups and int(whole) != 0
        decimal = "" if is_group else separator
    else:
        decimal = ""
    return float("".join("." if char == decimal else char for char in plain if char not in ".," or char == decimal))


def fraction_after(text: str, end: int) -> tuple[float, int]:
    """Return (0.5, *end* + 1) where "½" stands at *end*, else (0, *end*)."""
    share = _FRACTIONS.get(text[end : end + 1])
    return (0.0, end) if share is None else (share, end + 1)


def spelt_digit_before(text: str, start: int) -> tuple[int, int] | None:
    """Return (digit, start of the word) where "one." stands before *start*: a damaged "one.4"."""
    found = _SPELT.search(text, max(0, start - 8), start)
    return (_DIGITS.index(found[1].lower()) + 1, found.start()) if found else None


def myriads_after(text: str, start: int, *, value: float, end: int) -> tuple[float, int]:
    """
    Read on over Chinese, Japanese or Korean multipliers: "3亿5000万", "1兆2000億", "5천억".

    Args:
        text: The text.
        start: Where the numeral starts.
        value: Of the numeral.
        end: Where it ends.

    Returns:
        The whole value and where it ends; *value* and *end* as they were where no multiplier stands there.
    """
    total, at = 0.0, end
    pending = value
    highest = float("inf")
    while found := _CHAIN.match(text, at):
        factor = 1.0
        for char in found[2]:
            factor *= MYRIADS[char]
        if found[1] is not None or factor >= highest:
            break
        total += pending * factor
        at, end, highest = found.end(2), found.end(2), factor
        following = _NEXT.match(text, at)
        if following is None:
            return _ones_after(text, end, total=total, factor=factor)
        pending, at = number_value(following[1], language="zh"), following.end(1)
    return (total, end) if end > start and total else (value, end)


def _ones_after(text: str, end: int, *, total: float, factor: float) -> tuple[float, int]:
    """Add the last digits of "3万5421"."""
    ones = _ONES.match(text, end)
    if ones is None or factor < _MYRIAD:
        return total, end
    return total + int(ones[0]), ones.end()
