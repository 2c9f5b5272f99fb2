"""Write the briefing: records in, one HTML page out that asks no other place for anything."""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from flows.report import wording
from flows.report.measures import Measure, measures, near_amounts
from warehouse.briefing import Briefing, Row

_FOLDER = Path(__file__).parent
#: Stories drawn in the chart of who followed whom; the list below it has all.
_DRAWN_STORIES = 14
#: A label of a chart; the whole title stands in the list.
_LABEL_CHARS = 60
_APPROXIMATE = "about "
_COMPARISONS = {"=": "", "<": "less than ", ">": "more than ", "<=": "up to ", ">=": "at least "}


def page(briefings: Sequence[Briefing], *, made_at: datetime, version: str) -> str:
    """
    Return the page of *briefings* as HTML.

    Everything that came from the web is escaped where it is put in: by Jinja in the markup, by its ``tojson`` in the
    data, as text nodes by the script. The policy in the page's head allows its own scripts, by their hashes, and no
    request.

    Args:
        briefings: One for each topic, in the order of the page; at least one.
        made_at: Aware UTC, shown.
        version: Of newsdesk, shown.
    """
    from flows.report.charts import coverage_chart, figures_chart, spread_chart

    scripts = (_library(), _own("page.js"))
    topics = [_topic(number, briefing) for number, briefing in enumerate(briefings)]
    return (
        _environment()
        .get_template("template.html.j2")
        .render(
            topics=topics,
            made_at=made_at,
            version=version,
            policy=_policy(scripts),
            style=Markup(_own("style.css")),  # noqa: S704 - ours
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - ours and Vega's
            data={
                "topics": [topic["data"] for topic in topics],
                "charts": {
                    "coverage": {step: coverage_chart(step) for step in ("day", "week", "month")},
                    "spread": spread_chart(),
                    "figures": figures_chart(),
                },
            },
        )
    )


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    for name in ("day", "instant", "hours", "relation", "address"):
        environment.filters[name] = getattr(wording, name)
    environment.filters["step"] = wording.step
    environment.filters["claim"] = claim
    return environment


@cache
def _own(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _library() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, from the installed package: 0.9 MB, 2 s the first time."""
    import altair as alt
    import vl_convert

    major, minor, *_ = alt.SCHEMA_VERSION.removeprefix("v").split(".")
    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=f"{major}.{minor}")
    # A browser would see the end of the script in a string of it.
    return script.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def _policy(scripts: Sequence[str]) -> str:
    """Return the Content-Security-Policy: these scripts, styles of the page, nothing from anywhere."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def _topic(number: int, briefing: Briefing) -> dict[str, Any]:
    """Return what the template shows of one topic."""
    found = measures(briefing.figures)
    stories = [{**story, "number": place} for place, story in enumerate(briefing.stories, start=1)]
    return {
        "number": number,
        "briefing": briefing,
        "stories": stories,
        "spread": _by(briefing.spread, "story_id"),
        "listed": {row["article_id"] for row in briefing.articles},
        "measures": found,
        "near": near_amounts(found),
        "speakers": _by(briefing.quotes, "place"),
        "data": {
            "step": briefing.totals["step"],
            "coverage": [_bar(row) for row in briefing.articles],
            "unlisted": _unlisted(briefing),
            "spread": _dots(stories, briefing),
            "figures": [_amount(measure, row) for measure in found for row in measure.rows],
        },
    }


def _by(rows: Sequence[Row], name: str) -> dict[Any, list[Row]]:
    """Return *rows* by their value of *name*, in their order."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return groups


def _bar(row: Row) -> Row:
    """Return an article as the chart of coverage takes it."""
    return {
        "article": row["article_id"],
        "start": _milliseconds(row["starts_on"]),
        "end": _milliseconds(row["ends_on"]),
        "first": row["relation"] == "first",
    }


def _unlisted(briefing: Briefing) -> list[Row]:
    """Return the articles that the list leaves out, by step: the chart has them while nothing is filtered."""
    listed = Counter((row["starts_on"], row["relation"] == "first") for row in briefing.articles)
    counts = (
        (step, is_first, step["first_count"] if is_first else step["article_count"] - step["first_count"])
        for step in briefing.steps
        for is_first in (True, False)
    )
    return [
        {
            "start": _milliseconds(step["starts_on"]),
            "end": _milliseconds(step["ends_on"]),
            "first": is_first,
            "count": count - listed[step["starts_on"], is_first],
        }
        for step, is_first, count in counts
        if count > listed[step["starts_on"], is_first]
    ]


def _dots(stories: Sequence[Row], briefing: Briefing) -> list[Row]:
    """Return the spread of the stories carried most, as the chart takes it."""
    drawn = {story["story_id"]: story for story in stories if story["source_count"] > 1}
    drawn = dict(list(drawn.items())[:_DRAWN_STORIES])
    spread = _by(briefing.spread, "story_id")
    return [
        {
            "article": row["article_id"],
            "story": story_id,
            "label": _label(f"{story['number']}. {row['story'] or 'without a title'}"),
            "title": row["title"] or "without a title",
            "source": row["source"],
            "lag": row["lag_hours"],
            "when": wording.instant(row["had_it_at"]),
            "after": wording.hours(row["lag_hours"]),
            "relation": wording.relation(row["relation"]),
            "role": "first" if row["is_first"] else "later",
        }
        for story_id, story in drawn.items()
        for row in spread.get(story_id, ())
    ]


def _label(text: str) -> str:
    return text if len(text) <= _LABEL_CHARS else f"{text[: _LABEL_CHARS - 1]}…"


def _amount(measure: Measure, row: Row) -> Row:
    """Return a figure as the dot plot takes it."""
    compared = row["comparison"]
    return {
        "measure": measure.number,
        "article": row["article_id"],
        "source": row["source"],
        "value": row["value"],
        "high": row["value"] if row["value_max"] is None else row["value_max"],
        "says": "more than" if compared.startswith(">") else "less than" if compared.startswith("<") else "the amount",
        "about": "sentence names the topic" if row["has_mention"] else "sentence beside it",
        "claim": claim(row),
        "by": row["attributed_to"] or "",
        "subject": row["subject"] or "",
        "sentence": row["sentence"],
    }


def claim(figure: Row) -> str:
    """Return the amount as the text has it, with what the text says of it: ``more than about $5.6m``."""
    about = _APPROXIMATE if figure["is_approximate"] else ""
    return f"{_COMPARISONS[figure['comparison']]}{about}{figure['raw']}"


def _milliseconds(value: date) -> int:
    """Return a day as JavaScript counts instants, from 1970 in UTC."""
    return (value - date(1970, 1, 1)).days * 86_400_000
