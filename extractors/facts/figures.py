"""
Find amounts, percentages, multiples, counts in clean text.

Rules only: a numeral is found, what stands around it says what it is. See ``docs/explanation/figures.md``.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from extractors.facts.figures_amounts import Amount, Setting
from extractors.facts.figures_context import CONVERSION, hedge_before, per_after, per_before, tail_after
from extractors.facts.figures_lexicon import DOLLARS
from extractors.facts.figures_spans import find_amounts
from extractors.facts.figures_spelt import find_spelt
from extractors.facts.figures_subject import SubjectFinder
from extractors.facts.quotes import find_quotes
from extractors.facts.sentences import sentence_around
from extractors.model import Figure, Quote

#: Two lengths, weights or temperatures, one in brackets, are one claim.
_MEASURES: Final = re.compile(
    r"(?:square |cubic |metric )?(?:km|kilomet(?:er|re)s?|miles?|m|met(?:er|re)s?|feet|foot|ft|inch(?:es)?|"
    r"cm|mm|acres?|hectares?|ha|kg|"
    r"kilos?|pounds?|lbs?|tons?|tonnes?|gallons?|lit(?:er|re)s?|mph|km/h|kph|kW|hp|horsepower|mile-wide|"
    r"mile|inches|°?[CF]|degrees?.*)"
)
#: Two amounts of the same currency this far apart are no conversion of each other.
_SAME: Final = 0.05
_LONGEST_GAP: Final = 40


def find_figures(
    text: str,
    *,
    language: str | None,
    currency: str,
    quotes: tuple[Quote, ...] | None = None,
    watched: tuple[tuple[int, int], ...] = (),
) -> tuple[Figure, ...]:
    """
    Return every amount that *text* states, in order.

    Args:
        text: Paragraphs separated by line breaks; offsets count its code points.
        language: ISO 639-1, None where unknown: then as English.
        currency: ISO 4217 of what a bare "$" means at this source.
        quotes: The quotes of the same text, to tell who says a figure; None: found here.
        watched: (start, end) of names from the watchlist, see ``watched_names``.

    Returns:
        Figures without overlaps. Years, dates, ages, spans of time, ranks, list numbers and numbers in names are none.
    """
    if not re.search(r"\d", text) and not any(
        word in text for word in ("percent", "per cent", "dollars", "times", "euros")
    ):
        return ()
    setting = Setting(
        language=(language or "").partition("-")[0].lower(), currency=currency.upper(), has_pounds="£" in text
    )
    amounts = list(find_amounts(text, setting=setting))
    taken = [(amount.start, amount.end) for amount, _ in amounts]
    amounts += [(amount, None) for amount in find_spelt(text, setting=setting) if not _overlaps(amount, taken)]
    amounts.sort(key=lambda pair: pair[0].start)
    if not amounts:
        return ()
    quotes = find_quotes(text, language=language, watched=watched) if quotes is None else quotes
    finder = SubjectFinder(text, language=setting.language, watched=watched)
    figures = [
        _figure(text, amount, highest, setting=setting, quotes=quotes, finder=finder) for amount, highest in amounts
    ]
    return tuple(_with_conversions(text, figures))


def _overlaps(amount: Amount, taken: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(taken, (amount.start, amount.end))
    return any(start < amount.end and amount.start < end for start, end in taken[max(0, at - 1) : at + 1])


def _figure(
    text: str,
    amount: Amount,
    highest: float | None,
    *,
    setting: Setting,
    quotes: tuple[Quote, ...],
    finder: SubjectFinder,
) -> Figure:
    comparison, is_approximate = hedge_before(text, amount.start)
    tail, is_about, end = tail_after(text, amount.end)
    per_value, per_unit = per_after(text, end, language=setting.language, is_money=amount.kind == "money")
    if per_value is None:
        per_value, per_unit = per_before(text, amount.start)
    left, right = sentence_around(text, amount.start, amount.end)
    speaker = next((quote.speaker for quote in quotes if quote.char_start <= amount.start < quote.char_end), None)
    source = finder.source((left, right), amount.start)
    teller = source or ((speaker, left) if speaker else None)
    subject, subjects = finder.find(amount.start, sentence=(left, right), source=teller)
    return Figure(
        char_start=amount.start,
        char_end=amount.end,
        raw=text[amount.start : amount.end],
        kind=amount.kind or "count",
        value=amount.value,
        value_max=highest,
        unit=amount.unit,
        currency=amount.currency,
        is_currency_implied=amount.is_implied,
        comparison=comparison if comparison != "=" else tail,
        is_approximate=is_approximate
        or is_about
        or (amount.is_damaged and text[amount.start - 1 : amount.start] == "c"),
        per_value=per_value,
        per_unit=per_unit,
        subject=subject,
        subjects=subjects,
        attributed_to=speaker or (source[0] if source else None),
        sentence=text[left:right],
        is_damaged=amount.is_damaged,
    )


def _with_conversions(text: str, figures: list[Figure]) -> list[Figure]:
    """Mark the amount in brackets after another as its conversion; settle which dollar a bare "$" is there."""
    for at in range(1, len(figures)):
        first, second = figures[at - 1], figures[at]
        gap = text[first.char_end : second.char_start]
        if len(gap) > _LONGEST_GAP or not CONVERSION.fullmatch(gap):
            continue
        if first.kind == second.kind == "money":
            figures[at - 1], figures[at] = _converted_money(first, second)
        elif _is_measure(first) and _is_measure(second) and first.unit != second.unit:
            figures[at] = replace(second, converted_of=first.char_start)
    return figures


def _is_measure(figure: Figure) -> bool:
    return figure.kind in {"count", "rate"} and _MEASURES.fullmatch(figure.unit or "") is not None


def _converted_money(first: Figure, second: Figure) -> tuple[Figure, Figure]:
    converted = replace(second, converted_of=first.char_start)
    if first.currency != second.currency:
        return first, converted
    if first.is_currency_implied == second.is_currency_implied or first.currency != "USD" or not first.value:
        return first, second
    if abs(second.value / first.value - 1) < _SAME:
        return first, converted
    if second.is_currency_implied:
        return first, replace(converted, currency=_dollar(second.value / first.value))
    return replace(first, currency=_dollar(first.value / (second.value or 1))), converted


def _dollar(ratio: float) -> str | None:
    """Return the dollar of which one United States dollar buys *ratio*, None where none or several fit."""
    fitting = [code for code, (low, high) in DOLLARS.items() if low <= ratio <= high]
    return fitting[0] if len(fitting) == 1 else None
