"""What stands around an amount: hedges, comparisons, "a year", another amount in brackets."""

import re
from typing import Final

from extractors.facts import figures_lexicon as lexicon
from extractors.facts.alternation import one_of
from extractors.facts.figures_numbers import number_pattern, number_value

_WINDOW: Final = 30
_SIGNS: Final = {
    "~": ("=", True),
    "<~": ("<", True),
    ">": (">", False),
    "<": ("<", False),
    ">=": (">=", False),
    "<=": ("<=", False),
}
_ONLY: Final = re.compile(
    r"(?:\b(?:only|just|a mere|merely|nur|lediglich|seulement|sólo|solo|apenas|только|also|the|a|an|"
    r"roughly|der|die|das|den|les|des|de|los|las))\s+$"
)
#: "c" and "near" are hedges, "ca" too; "over" in "over the 5 days" is none, so nothing stands between.
_NUMBER: Final = r"(?P<number>\d[\d.,]*)?"
_NOUNS: Final = one_of(lexicon.PER_NOUNS)
_PER: Final = re.compile(
    rf"\s?(?:(?P<each>/|per\s|for\severy\s|for\seach\s|every\s|each\s|an?\s|-a-|-per-|pro\s|par\s|por\s|je\s|a\s)"
    rf"(?P<amount>\d[\d.,]*)?\s?(?P<factor>(?:thousand|million|billion|mn|m|bn|k)\s)?(?P<noun>{_NOUNS}s?|"
    rf"[^\W\d_]+))(?![\w-])",
    re.IGNORECASE,
)
_PHRASE: Final = re.compile(rf"\s(?:{one_of(lexicon.PER_PHRASES)})(?![^\W\d_])", re.IGNORECASE)
_BEFORE_CJK: Final = re.compile(
    r"(?:每年|年均|年間|연간|매년|每月|月均|每天|毎年|毎月|每人|1人あたり|一人当たり)\D{0,3}$"
)
_CJK_UNITS: Final = {"月": "month", "天": "day", "人": "person"}
#: Between an amount and the same amount in another currency or unit.
CONVERSION: Final = re.compile(
    r"\s?(?:[(（\[]\s?|,\s(?:or\sabout|or|about|equivalent\sto|soit|ossia|oder|unos)\s|\s?/\s?|"
    r"\sor\s(?:about|around|roughly|approximately)\s)"
    r"(?:(?:about|around|approximately|approx\.?|some|nearly|almost|roughly|or|equal\sto|equivalent\sto|"
    r"the\sequivalent\sof|"
    r"circa|ca\.|c\.|rund|etwa|umgerechnet|environ|soit|unos|约|約|~|≈|=|about)\s?){0,2}(?:[A-Z]{0,3}[$€£¥])?$",
    re.IGNORECASE,
)


def hedge_before(text: str, start: int) -> tuple[str, bool]:
    """Return (comparison, whether approximate) from the words before *start*."""
    comparison, is_approximate = "=", False
    left = text[max(0, start - _WINDOW) : start]
    for _ in range(3):
        if found := lexicon.HEDGE_BEFORE.search(left):
            sign, approximate = _SIGNS[lexicon.HEDGES.get(lexicon.key(found[1] or found[2]), "~")]
            comparison = sign if comparison == "=" else comparison
            is_approximate |= approximate
            left = left[: found.start()]
        elif found := _ONLY.search(left):
            left = left[: found.start()] + " " if found.start() else ""
        else:
            break
    return comparison, is_approximate


def tail_after(text: str, end: int) -> tuple[str, bool, int]:
    """Return (comparison, whether approximate, where it ends) from "or more", "+", "以上" at *end*."""
    found = lexicon.TAIL_AFTER.match(text, end)
    if found is None:
        return "=", False, end
    word = lexicon.key(found[1] or found[2])
    if word == "+" and text[found.end() : found.end() + 1].isalnum():
        return "=", False, end
    sign, is_approximate = _SIGNS[lexicon.TAILS.get(word, "~")]
    return sign, is_approximate, found.end()


def per_after(text: str, end: int, *, language: str, is_money: bool = True) -> tuple[float | None, str | None]:
    """Return (1.0, "year") for "a year", (1000000.0, "tokens") for "for every 1mn tokens", else (None, None)."""
    found = _PHRASE.match(text, end)
    is_each = found is not None and found[0].endswith("each")
    if found and not (is_each and (not is_money or text[found.end() : found.end() + 3] == " of")):
        return 1.0, lexicon.PER_PHRASES.get(lexicon.key(found[0].strip()), "year")
    found = _PER.match(text, end)
    if found is None:
        return None, None
    each, noun = found["each"].lower().strip(), found["noun"].lower()
    is_listed = noun in lexicon.PER_NOUNS or noun.removesuffix("s") in lexicon.PER_NOUNS
    if found["amount"]:
        return _per_amount(found, language=language) if each not in {"a", "an", "par", "por", "je"} else (None, None)
    if found["factor"]:
        factor = lexicon.magnitudes(language).get(found["factor"].strip().lower())
        return (factor, noun) if factor and each not in {"a", "an"} else (None, None)
    if is_listed or each in {"per", "for every", "for each", "-per-"}:
        return (1.0, noun) if noun != "cent" else (None, None)
    return None, None


def _per_amount(found: re.Match[str], *, language: str) -> tuple[float | None, str | None]:
    numeral = number_pattern(language).match(found["amount"])
    if numeral is None or len(numeral[0]) > _WINDOW - 6:
        return None, None
    value = number_value(numeral[0], language=language)
    factor = (found["factor"] or "").strip().lower()
    scale = lexicon.magnitudes(language).get(factor, 1.0)
    return value * scale, found["noun"].lower()


def per_before(text: str, start: int) -> tuple[float | None, str | None]:
    """Return (1.0, "year") where 每年 or 年間 stands before *start*."""
    found = _BEFORE_CJK.search(text, max(0, start - 8), start)
    if found is None:
        return None, None
    return 1.0, next((unit for char, unit in _CJK_UNITS.items() if char in found[0]), "year")
