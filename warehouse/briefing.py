"""Find what the briefing of a topic tells: rows of the published snapshot, for one topic in one period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from extractors.errors import QueryError
from warehouse.coverage import current_topics

Row = Mapping[str, Any]

#: One statement a file: what is kept for the others to ask, in this order, and one for each list of the record.
_FOLDER = Path(__file__).parent / "briefings"
_KEPT = ("told", "period", "passages", "shared", "compared", "said")
_LISTS = (
    "articles", "steps", "stories", "spread", "follows", "sources", "figures", "quotes", "edits", "missing",
    "missing_counts",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """
    Everything that the briefing says of one topic; made by ``briefing``, taken by ``flows.report``.

    An article belongs to the period by its ``known_at``: the publisher's claim, or our first sight where there is no
    claim or a later one, as in ``coverage_daily``. Lists are tuples of rows, named as the columns of the views are.
    """

    topic_id: str
    title: str
    query: str
    #: Beginning of the period; None: everything held.
    since: datetime | None
    #: End of the period.
    until: datetime
    #: Counts of the whole period, also where a list is cut; ``first_at``, ``last_at``, ``step`` (day, week, month).
    totals: Row
    #: Newest first; ``starts_on`` and ``ends_on`` are the step of the period that the article falls into.
    articles: tuple[Row, ...]
    #: Articles by step, for the table behind the chart.
    steps: tuple[Row, ...]
    #: Stories with an article in the period, newest first; ``is_new`` where the story began in the period.
    stories: tuple[Row, ...]
    #: ``story_spread`` of these stories.
    spread: tuple[Row, ...]
    #: Who had stories first and who had them later: ``leader``, ``follower``, ``story_count``, ``median_lag``.
    follows: tuple[Row, ...]
    sources: tuple[Row, ...]
    #: ``figures_compared``; those whose sentence names the topic come first.
    figures: tuple[Row, ...]
    #: ``quotes_by_speaker``, the most quoted speakers first.
    quotes: tuple[Row, ...]
    #: ``edits`` in the period of any article of the topic.
    edits: tuple[Row, ...]
    #: ``missing``: entries of the period from the sources above; those whose article is held are left out.
    missing: tuple[Row, ...]
    #: All of these by outcome, with an example.
    missing_counts: tuple[Row, ...]


def briefing(con: duckdb.DuckDBPyConnection, topic_id: str, *, since: datetime | None, until: datetime) -> Briefing:
    """
    Return what the snapshot behind *con* holds of one topic in one period.

    Args:
        con: A reader's connection.
        topic_id: A current topic, in any case.
        since: Aware UTC, inclusive; None: everything held.
        until: Aware UTC, exclusive.

    Raises:
        QueryError: There is no such topic in the snapshot.
    """
    # A connection of its own: the temporary tables and variables go with it.
    with con.cursor() as own:
        own.execute("set timezone = 'UTC'")
        topic = own.execute(_TOPIC, [topic_id]).fetchone()
        if topic is None:
            known = ", ".join(topic.topic_id for topic in current_topics(con))
            raise QueryError(f"not in the snapshot (topics there: {known or 'none'})", topic_id=topic_id)
        own.execute("set variable topic = $1", [topic[0]])
        own.execute("set variable since = $1::timestamptz", [since])
        own.execute("set variable until = $1::timestamptz", [until])
        for name in _KEPT:
            own.execute(_statement(name))
        return Briefing(
            topic_id=topic[0],
            title=topic[1],
            query=topic[2],
            since=since,
            until=until,
            totals=_rows(own, "totals")[0],
            **{name: _rows(own, name) for name in _LISTS},
        )


def _statement(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text()


def _rows(con: duckdb.DuckDBPyConnection, name: str) -> tuple[Row, ...]:
    return tuple(con.execute(_statement(name)).to_arrow_table().to_pylist())


_TOPIC = "select topic_id, title, query from topics where lower(topic_id) = lower(?) and valid_to is null"
