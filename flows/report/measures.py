"""Sort figures by what they measure, so that amounts stand on one axis only where they can be compared."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from warehouse.briefing import Row

#: Two amounts that differ by more are not told of one thing with different care: 5, 5.58 and 6 million are near.
_NEAR_RATIO = 1.25
_NEAR_SPAN = 2.0
_MEASURE_LIMIT = 12
_NEAR_LIMIT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Figures of one kind and unit; made by ``measures``, taken by the template."""

    #: Position among the measures; rows carry it.
    number: int
    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Amounts close to each other that several publishers tell differently; made by ``near_amounts``."""

    measure: Measure
    low: Row
    high: Row
    source_count: int
    #: Different amounts.
    value_count: int


def measures(figures: Sequence[Row]) -> list[Measure]:
    """
    Return the figures by measure: those with most sentences that name the topic first, then the largest.

    Only measures with two different amounts have anything to compare; the twelve first of these are given, each with
    its rows by value.
    """
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for figure in figures:
        groups[_key(figure)].append(figure)
    compared = [rows for rows in groups.values() if len({row["value"] for row in rows}) > 1]
    compared.sort(key=lambda rows: (-sum(row["has_mention"] for row in rows), -len(rows), _label(rows[0])))
    return [
        Measure(number=number, label=_label(rows[0]), rows=tuple(sorted(rows, key=lambda row: float(row["value"]))))
        for number, rows in enumerate(compared[:_MEASURE_LIMIT])
    ]


def _key(figure: Row) -> tuple[str, ...]:
    names = ("kind", "currency", "unit", "per_value", "per_unit")
    return tuple(str(figure[name] if figure[name] is not None else "").lower() for name in names)


def _label(figure: Row) -> str:
    """Return what *figure* measures, in words: "money in USD, per year"."""
    unit = figure["unit"]
    words: str = {
        "money": f"money in {figure['currency'] or 'an unnamed currency'}",
        "percent": "percentage points" if unit == "pp" else "percent",
        "multiple": "multiples (times)",
        "count": f"number of {unit}" if unit else "numbers of something unnamed",
        "rate": f"rate in {unit}" if unit else "rates",
    }[figure["kind"]]
    if figure["per_unit"]:
        count = f"{figure['per_value']:,.10g} " if figure["per_value"] not in {None, 1} else ""
        words += f", per {count}{figure['per_unit']}"
    return words


def near_amounts(found: Sequence[Measure]) -> list[Near]:
    """
    Return where publishers tell amounts of money or numbers of a unit that are close and not the same.

    Percentages and bare numbers are left out: they come close by chance.
    """
    groups = [
        Near(
            measure=measure,
            low=rows[0],
            high=rows[-1],
            source_count=len({row["source"] for row in rows}),
            value_count=len({row["value"] for row in rows}),
        )
        for measure in found
        if measure.rows[0]["kind"] == "money" or (measure.rows[0]["kind"] == "count" and measure.rows[0]["unit"])
        for rows in _neighbours(measure.rows)
    ]
    told = [near for near in groups if near.source_count > 1 and near.value_count > 1]
    told.sort(key=lambda near: (-near.source_count, -near.value_count, near.measure.number))
    return told[:_NEAR_LIMIT]


def _neighbours(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Give runs of *rows* (by value) whose steps and whose whole span are small; zero and less are near to nothing."""
    run: list[Row] = []
    for row in rows:
        value = float(row["value"])
        if run and (value > run[-1]["value"] * _NEAR_RATIO or value > run[0]["value"] * _NEAR_SPAN):
            yield run
            run = []
        if value > 0:
            run.append(row)
    if run:
        yield run
