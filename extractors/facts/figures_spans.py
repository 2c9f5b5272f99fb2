"""Where amounts stand in a text: numerals that belong to no code or address, joined to ranges."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from extractors.facts import figures_lexicon as lexicon
from extractors.facts.alternation import one_of
from extractors.facts.figures_amounts import Amount, Setting, read_amount, scaled
from extractors.facts.figures_context import hedge_before
from extractors.facts.figures_counts import unit_of
from extractors.facts.figures_numbers import SMALL, number_pattern

_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_CJK: Final = re.compile(r"[一-鿿ぁ-ヿ가-힣]")
_JOINER: Final = re.compile(
    r"\s?(?:(?P<dash>[-–—‑~〜～－])|(?P<word>to|bis|à|al?|till?|do|до|至|到|から|tot)(?![^\W\d_]))\s?|"
    r"\s(?P<both>and|und|et|y|e|en|och|и|i)\s"
)
_BOTH: Final = re.compile(
    r"\b(?:between|zwischen|entre|tra|fra|tussen|mellan|между|między)\s[^.;:]{0,12}$", re.IGNORECASE
)
_FROM: Final = re.compile(
    r"\b(?:from|von|de|du|da|dal|van|från|с|от|od)\s(?:about\s|around\s|just\s|only\s|a\s|an\s)?$", re.IGNORECASE
)
_MOVED: Final = re.compile(
    r"\b(?:rose|fell|climbed|dropped|gained|lost|up|down|added|slipped|jumped|increased|decreased|declined|"
    r"by|slid|surged|"
    r"rises|falls|shed|advanced|edged|ticked|dipped|sank|plunged|soared|rallied|higher|lower|rise|fall|"
    r"of)\s(?:about\s|nearly\s)?$"
)
_OUT_OF: Final = re.compile(
    r"\s(?:in\s(?:every\s)?(?=10|100|5|3|4|1,000|20)|out\sof\s(?:every\s)?)(\d{1,3}(?:,\d{3})*)(?![\w.:/-])"
)
_SIGN_BETWEEN: Final = re.compile(rf"\s?(?:{one_of([*lexicon.SIGNS, *lexicon.BARE])})?\s?")
#: "between five and 10": the lower end as a word.
_SPELT_LOW: Final = re.compile(rf"(?:(?<=between\s)|(?<=from\s))({'|'.join(SMALL)})\s(?:and|to)\s$", re.IGNORECASE)
_MINUS: Final = "-−"
_LONGEST_GAP: Final = 14


def find_amounts(text: str, *, setting: Setting) -> Iterator[tuple[Amount, float | None]]:
    """
    Give (amount, other end of its range or None) in the order of the text; every amount has its kind.

    Args:
        text: Any text.
        setting: What is known of the whole text.
    """
    addresses = (
        [found.span() for found in _ADDRESS.finditer(text)] if "://" in text or "www." in text or "@" in text else []
    )
    last = taken = 0
    for numeral in number_pattern(setting.language).finditer(text):
        start, end = numeral.span()
        if start < last or any(left <= start < right for left, right in addresses):
            continue
        last = end
        first = _read(text, start, end, setting=setting)
        if first is None:
            continue
        pair = _range(text, first, setting=setting) or _spelt_range(text, first)
        amount, highest = pair or (first, None)
        if pair is None and (share := _share(text, amount)):
            yield share, None
            last = taken = share.end
            continue
        if pair is None and amount.kind is None and _is_part_of_code(text, amount):
            last = _code_end(text, amount)
            continue
        if (counted := _typed(text, amount, setting=setting)) and counted.start >= taken:
            yield counted, highest
            last = taken = counted.end
        elif pair:
            last = amount.end


def _read(  # noqa: PLR0911 - one case after the other
    text: str, start: int, end: int, *, setting: Setting
) -> Amount | None:
    amount = read_amount(text, start, end, setting=setting)
    if amount is None:
        return None
    before = text[amount.start - 1] if amount.start else " "
    second = text[amount.start - 2] if amount.start > 1 else " "
    if text[max(0, start - 3) : start] == "百分之":
        return replace(amount, start=start - 3, kind="percent", unit="%")
    if before == "%" and amount.kind is None:
        return replace(amount, start=start - 1, kind="percent", unit="%") if not second.isalnum() else None
    if before == "." and amount.kind is not None and not second.isalnum() and amount.value:
        return (
            replace(amount, start=start - 1, value=float(f"0.{text[start:end]}"))
            if text[start:end].isdecimal()
            else None
        )
    if before in _MINUS and amount.kind is not None and not (second.isalnum() or second in ")%"):
        return replace(amount, start=amount.start - 1, value=-amount.value)
    if amount.kind == "money" and amount.start < start:
        return amount
    return amount if _stands_free(before, second, amount=amount) else None


def _stands_free(before: str, second: str, *, amount: Amount) -> bool:
    """Tell whether what stands before lets the numeral be a number of its own."""
    if before.isalnum() and not _CJK.match(before):
        return before == "c" and not second.isalnum() and amount.kind is not None
    if before in "-–‑/:.,’'" and second.isalnum():
        return amount.kind is not None and before in "-–" and not second.isdigit()
    return before not in "_=&@\\第№#^"


def _share(text: str, amount: Amount) -> Amount | None:
    """Read "3 in 10 voters" and "8 out of 10" as a rate of 0.3 and 0.8."""
    found = _OUT_OF.match(text, amount.end) if amount.kind is None and not amount.has_magnitude else None
    if found is None or not 0 < amount.value < int(found[1].replace(",", "")):
        return None
    return replace(amount, end=found.end(1), value=amount.value / int(found[1].replace(",", "")), kind="rate")


def _is_part_of_code(text: str, amount: Amount) -> bool:
    """Tell whether the number goes on as a code, a date, a score, an ordinal."""
    if amount.has_magnitude:
        return False
    after, second = text[amount.end : amount.end + 1], text[amount.end + 1 : amount.end + 2]
    return after in set("-–‑/:.,'’−") and second.isdigit()


def _code_end(text: str, amount: Amount) -> int:
    code = re.compile(r"[\w\-–‑/:.,'’−]+").match(text, amount.end)
    return code.end() if code else amount.end


def _range(text: str, first: Amount, *, setting: Setting) -> tuple[Amount, float] | None:
    """Return (both as one amount, the higher end), or None where no range starts here."""
    joiner = _JOINER.match(text, first.end)
    if joiner is None:
        return None
    left = text[max(0, first.start - 40) : first.start]
    if joiner["both"] and not _BOTH.search(left):
        return None
    numeral = number_pattern(setting.language).search(text, joiner.end(), joiner.end() + _LONGEST_GAP)
    if numeral is None or not _SIGN_BETWEEN.fullmatch(text, joiner.end(), numeral.start()):
        return None
    numeral = number_pattern(setting.language).match(text, numeral.start())
    second = read_amount(text, *numeral.span(), setting=setting) if numeral else None
    if second is None or (joiner["word"] and first.kind and (_FROM.search(left) or _MOVED.search(left))):
        return None
    return _joined(text, first, second)


def _spelt_range(text: str, second: Amount) -> tuple[Amount, float] | None:
    """Read "between five and 10 per cent"."""
    found = _SPELT_LOW.search(text, max(0, second.start - _LONGEST_GAP), second.start) if second.kind else None
    if found is None:
        return None
    low = scaled(float(SMALL.index(found[1].lower())), second.factor)
    return (replace(second, start=found.start(1), value=low), second.value) if 0 < low < second.value else None


def _joined(text: str, first: Amount, second: Amount) -> tuple[Amount, float] | None:
    if first.kind and second.kind not in {None, first.kind}:
        return None
    if first.kind and second.kind is None and first.kind != "money":
        return None
    if first.kind == second.kind == "money" and first.currency != second.currency:
        return None
    low = first.value
    scaled = low * second.factor
    if not first.has_magnitude and second.has_magnitude and scaled < second.value:
        low = scaled
    if low >= second.value:
        return None
    kind = second.kind or first.kind
    marked = second if second.kind else first
    both = replace(
        marked, start=first.start, end=second.end, value=low, kind=kind,
        number_start=second.number_start, number_end=second.number_end, has_magnitude=second.has_magnitude,
        is_damaged=first.is_damaged or second.is_damaged,
    )  # fmt: skip
    if kind is None and _is_part_of_code(text, second):
        return None
    return both, second.value


def _typed(text: str, amount: Amount, *, setting: Setting) -> Amount | None:
    """Return *amount* with its kind, or None where it counts nothing."""
    if amount.kind is not None:
        return amount
    is_hedged = hedge_before(text, amount.start) != ("=", False)
    unit = unit_of(text, amount, language=setting.language, is_hedged=is_hedged)
    if unit is None or unit.end < 0:
        return None
    after = text[unit.end : unit.end + 1]
    if unit.name is None and (after.isalnum() or after in {"-", "–"}) and not _CJK.match(after):
        return None
    kind = "rate" if unit.is_rate else "count"
    return replace(amount, end=max(unit.end, amount.end), kind=kind, unit=unit.name)
