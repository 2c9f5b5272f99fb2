"""Keep the versions of each topic's query."""

from collections.abc import Sequence
from datetime import datetime

import duckdb

from extractors.model import WatchedTopic
from warehouse.connection import transaction
from warehouse.staging import TEXT, staged

_TOPIC = {"topic_id": TEXT, "title": TEXT, "query": TEXT, "query_version": TEXT}


def sync_topics(con: duckdb.DuckDBPyConnection, topics: Sequence[WatchedTopic], *, now: datetime) -> int:
    """
    Make exactly *topics* current, in one transaction; return how many versions were opened.

    A changed query closes the version before at *now* and opens another; a topic no longer named is closed; a changed
    title is only a changed title. What earlier versions found stays.

    Args:
        con: The writer's connection.
        topics: What the watchlist names.
        now: Aware UTC.
    """
    rows = [{name: getattr(topic, name) for name in _TOPIC} for topic in topics]
    with transaction(con), staged(con, "watched", schema=_TOPIC, rows=rows):
        con.execute(_CLEAR_REOPENED)
        con.execute(_CLOSE, [now])
        con.execute(_RETITLE)
        return len(con.execute(_OPEN, [now]).fetchall())


def current_topics(con: duckdb.DuckDBPyConnection) -> list[WatchedTopic]:
    """Return the current version of each topic, by id; alert rules are the watchlist's and are left out."""
    rows = con.execute(
        "select topic_id, title, query, query_version from topics where valid_to is null order by topic_id",
    ).fetchall()
    return [WatchedTopic(**dict(zip(_TOPIC, row, strict=True))) for row in rows]


def article_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return, by topic, the articles that cover it; topics without one are left out."""
    return dict(con.execute(_ARTICLE_COUNTS).fetchall())


def new_coverage_of(
    con: duckdb.DuckDBPyConnection, *, run_id: str, limit: int
) -> list[tuple[str, str | None, str, str, float]]:
    """Return (topic, title, url, source, relevance) of what run *run_id* loaded, the most relevant first."""
    return con.execute(_NEW_OF_RUN, [run_id, limit]).fetchall()


_NEW_OF_RUN = """
select topics.title, articles.title, articles.url, articles.source, current_coverage.relevance
from current_coverage
join articles using (article_id)
join topics using (topic_id)
where articles.run_id = ? and topics.valid_to is null
order by current_coverage.relevance desc, articles.article_id
limit ?
"""

_ARTICLE_COUNTS = """
select topic_id, count(*)
from current_coverage
group by topic_id
order by topic_id
"""

_CLOSE = """
update topics set valid_to = ?
where valid_to is null
    and (topic_id, query_version) not in (select (topic_id, query_version) from watched)
"""

# A query that is changed back finds what it found before; what the version between them lost is then new again.
_CLEAR_REOPENED = """
delete from coverage using watched
where coverage.topic_id = watched.topic_id
    and coverage.query_version = watched.query_version
    and not exists (
        from current_coverage
        where current_coverage.topic_id = coverage.topic_id and current_coverage.article_id = coverage.article_id
    )
"""

_RETITLE = """
update topics set title = watched.title
from watched
where topics.topic_id = watched.topic_id and topics.valid_to is null and topics.title <> watched.title
"""

_OPEN = """
insert into topics (topic_id, title, query, query_version, valid_from, valid_to)
select topic_id, title, query, query_version, ?, null
from watched
where topic_id not in (select topic_id from topics where valid_to is null)
order by topic_id
returning topic_id
"""

#: Coverage that was found again, staged as ``batch``: the numbers change, load_seq and matched_at stay.
UPDATE_COVERAGE = """
update coverage set
    relevance = batch.relevance,
    mention_count = batch.mention_count,
    in_title = batch.in_title,
    in_lede = batch.in_lede,
    first_mention_at_char = batch.first_mention_at_char
from batch
where coverage.article_id = batch.article_id
    and coverage.topic_id = batch.topic_id
    and coverage.query_version = batch.query_version
"""
