"""Sum up what a cycle brought, for the bell of each topic."""

from dataclasses import dataclass

import duckdb

from warehouse.staging import named_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCoverage:
    """What a topic got after some number of the load sequence."""

    topic_id: str
    #: At most a thousand, the newest: an event is a hint, the table is the truth.
    story_ids: list[str]
    article_count: int
    #: The highest.
    load_seq: int


def last_load_seq(con: duckdb.DuckDBPyConnection) -> int:
    """Return the highest load_seq given so far."""
    row = con.execute("select last_load_seq from load_sequence").fetchone()
    return int(row[0]) if row else 0


def covered_after(con: duckdb.DuckDBPyConnection, load_seq: int) -> list[NewCoverage]:
    """Return what each topic got after *load_seq*, by topic; topics that got nothing are left out."""
    return [NewCoverage(**row) for row in named_rows(con, _COVERED, [load_seq])]


_COVERED = """
select
    topic_id,
    list(distinct story_id)[:1000] as story_ids,
    count(*) as article_count,
    max(load_seq) as load_seq
from (from article_coverage where load_seq > ? order by load_seq desc)
group by topic_id
order by topic_id
"""
