"""
Describe the charts of the briefing in Vega-Lite.

The descriptions name their data and hold none: the page's script puts the rows in, so that a filter draws the chart
anew. Colours are CSS variables, so that dark mode and print need no second drawing.
"""

from typing import Any

import altair as alt

Spec = dict[str, Any]

#: What the colours of the bars mean, in the order of the stack; the page's script gives its rows these words.
FIRST, AGAIN = "first with its text", "copy, excerpt, update or rewrite"

_INK, _PALE, _LINE = "var(--ink)", "var(--ink-2)", "var(--line)"
# The script puts a tick into the middle of each bar; a week has the name of its Monday, three days and a half before.
_DATE_LABELS = {
    "day": "utcFormat(datum.value, '%a %-d %b')",
    "week": "utcFormat(datum.value - 302400000, '%-d %b %Y')",
    "month": "utcFormat(datum.value, '%b %Y')",
}
# Hours after the first, as people count them.
_LAGS = [0, 0.25, 1, 3, 6, 12, 24, 72, 168, 720, 2160, 8760]
_LAG_LABEL = (
    "datum.value == 0 ? 'first' : datum.value < 1 ? round(datum.value * 60) + ' min'"
    " : datum.value < 24 ? datum.value + ' h' : datum.value < 168 ? datum.value / 24 + ' d'"
    " : datum.value < 720 ? datum.value / 168 + ' wk' : datum.value < 8760 ? datum.value / 720 + ' mo' : '1 y'"
)
# d3 writes SI prefixes; of money and people nobody says giga.
_AMOUNT_LABEL = "replace(format(datum.value, '~s'), 'G', 'B')"


def coverage_chart(step: str) -> Spec:
    """
    Return the bars of articles over time; rows: ``start`` and ``end`` (ms), ``kind``, ``count``.

    Args:
        step: ``day``, ``week`` or ``month``; the width of a bar.
    """
    chart = (
        alt.Chart(alt.NamedData(name="rows"), description="Articles over time. The table below has the numbers.")
        .mark_bar(stroke="var(--paper)", strokeWidth=1, cursor="pointer")
        .encode(
            x=alt.X("start:T", title=None, scale=alt.Scale(type="utc"), axis=_dates(step)),
            x2="end:T",
            y=alt.Y("sum(count):Q", title=None, axis=alt.Axis(tickMinStep=1, format=",d", tickCount=4)),
            color=alt.Color(
                "kind:N",
                sort=None,
                scale=alt.Scale(domain=[FIRST, AGAIN], range=["var(--c1)", "var(--c2)"]),
                legend=alt.Legend(orient="top", title=None, symbolType="square", labelLimit=260),
            ),
            order=alt.Order("kind:N", sort="descending"),
        )
        .properties(width="container", height=180)
    )
    return _finished(chart)


def _dates(step: str) -> alt.Axis:
    return alt.Axis(labelExpr=_DATE_LABELS[step], grid=False, labelOverlap=True, labelSeparation=10, labelBound=True)


def _names() -> alt.Axis:
    return alt.Axis(labelLimit=300, labelPadding=12, ticks=False, domain=False, grid=True)


def spread_chart() -> Spec:
    """Return who had each story when; rows: ``label`` (the story), ``lag`` (hours after the first), ``role``."""
    y = alt.Y(
        "label:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelLimit=300, labelPadding=12, ticks=False, domain=False, grid=True),
    )
    x = alt.X(
        "lag:Q",
        title=None,
        scale=alt.Scale(type="symlog", constant=1, nice=False, domainMin=0),
        axis=alt.Axis(values=_LAGS, labelExpr=_LAG_LABEL, orient="top", labelOverlap="greedy", labelSeparation=6),
    )
    base = alt.Chart(alt.NamedData(name="rows"), description="Who had each story when. The list below says the same.")
    lines = base.mark_rule(color=_LINE, strokeWidth=2).encode(y=y, x=x.copy(), x2="max(lag):Q")
    lines = lines.encode(x=alt.X("min(lag):Q", title=None))
    dots = base.mark_point(filled=True, size=110, opacity=0.9, cursor="pointer").encode(
        y=y,
        x=x,
        color=alt.Color(
            "role:N",
            sort=None,
            scale=alt.Scale(domain=["first", "later"], range=["var(--c1)", "var(--c2)"]),
            legend=alt.Legend(orient="top", title=None),
        ),
        shape=alt.Shape("role:N", sort=None, scale=alt.Scale(domain=["first", "later"], range=["diamond", "circle"])),
    )
    return _finished((lines + dots).properties(width="container"))


def figures_chart() -> Spec:
    """
    Return the dot plot of one measure; rows: ``source``, ``value``, ``high`` (end of a range), ``says``, ``about``.

    The scale of x is linear; the page's script makes it logarithmic where the amounts are far apart.
    """
    y = alt.Y(
        "source:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelLimit=200, labelPadding=12, ticks=False, domain=False, grid=True),
    )
    x = alt.X(
        "value:Q",
        title=None,
        scale=alt.Scale(nice=True, padding=12),
        axis=alt.Axis(labelExpr=_AMOUNT_LABEL, labelOverlap="greedy", labelSeparation=10, tickCount=7),
    )
    base = alt.Chart(alt.NamedData(name="rows"), description="Amounts by source. The table below has the sentences.")
    ranges = base.mark_rule(color="var(--c1)", strokeWidth=3, opacity=0.5).encode(y=y, x=x, x2="high:Q")
    dots = base.mark_point(size=100, strokeWidth=2, cursor="pointer").encode(
        y=y,
        x=x,
        color=alt.Color(
            "about:N",
            sort=None,
            scale=alt.Scale(
                domain=["sentence names the topic", "sentence beside it"], range=["var(--c1)", "var(--c2)"]
            ),
            legend=alt.Legend(orient="top", title=None, labelLimit=260),
        ),
        shape=alt.Shape(
            "says:N",
            sort=None,
            scale=alt.Scale(
                domain=["the amount", "more than", "less than"],
                range=["circle", "triangle-right", "triangle-left"],
            ),
            legend=alt.Legend(orient="top", title=None, symbolStrokeColor=_PALE),
        ),
    )
    return _finished((ranges + dots).properties(width="container"))


def _finished(chart: alt.Chart | alt.LayerChart) -> Spec:
    """Return *chart* in the page's dress, without the address of its schema: the page names no other place."""
    dressed = (
        chart.configure(background="transparent", font="system-ui, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_PALE, titleColor=_PALE, gridColor=_LINE, domainColor=_LINE, tickColor=_LINE, labelFontSize=12
        )
        .configure_legend(labelColor=_INK, titleColor=_INK, labelFontSize=12, offset=4)
    )
    spec: Spec = dressed.to_dict()
    del spec["$schema"]
    return spec
