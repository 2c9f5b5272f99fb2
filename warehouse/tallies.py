"""Totals of the ledger for a machine that draws them."""

from dataclasses import dataclass
from datetime import datetime

import duckdb


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """Totals of one snapshot; made here, taken by ``flows.metrics``."""

    #: Entries by outcome, pending ones too.
    entries: dict[str, int]
    #: Watched feeds by their state.
    feeds: dict[str, int]
    article_count: int
    coverage_count: int
    #: When the newest article became queryable.
    last_loaded_at: datetime | None
    #: Median seconds from an entry's first sight to its article being queryable, of the articles of the last day.
    lag_seconds: float | None


def tallies(con: duckdb.DuckDBPyConnection) -> Tallies:
    """Return the totals of the database behind *con*."""
    row = con.execute(_ONE_ROW).fetchone() or (0, 0, None, None)
    return Tallies(
        entries=dict(con.execute("select outcome, count(*) from entries group by all order by all").fetchall()),
        feeds=dict(
            con.execute("select status, count(*) from feeds where is_watched group by all order by all").fetchall()
        ),
        article_count=row[0],
        coverage_count=row[1],
        last_loaded_at=row[2],
        lag_seconds=row[3],
    )


_ONE_ROW = """
with newest as (
    select max(loaded_at) as loaded_at from articles
)
select
    (select count(*) from articles),
    (select count(*) from current_coverage),
    (select loaded_at from newest),
    (
        select median(epoch(articles.loaded_at - entries.first_seen_at))
        from articles
        join entries using (article_id)
        cross join newest
        where entries.outcome = 'stored' and articles.loaded_at > newest.loaded_at - interval 1 day
    )
"""
