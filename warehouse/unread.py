"""Find the published coverage that a reader who keeps its place has not read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """
    The place up to which a topic was read; made by ``unread_coverage``, kept by ``flows.cursors``.

    A number alone cannot tell a warehouse that went back and grew again; the article that was the newest then can.
    """

    load_seq: int = 0
    #: The newest article at that place; None: there was none.
    article_id: str | None = None
    #: When that article was loaded.
    loaded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """What was not read yet, and where that ends; made by ``unread_coverage``, taken by ``newsdesk new``."""

    #: A row for each topic and article, by load_seq: the columns of ``article_coverage``, and ``passage``.
    rows: list[Row]
    #: Everything up to here is in ``rows`` or was read before.
    end: Mark
    #: Articles that ``limit`` left for the next time.
    left_count: int


def unread_coverage(con: duckdb.DuckDBPyConnection, places: Mapping[str, int], *, limit: int | None = None) -> Unread:
    """
    Return the coverage of the topics of *places* with a higher load_seq than is said there.

    For one topic and no limit these are the rows of ``coverage_after``. Where all of them are returned, the end is
    that of the snapshot: coverage that a later rereading finds in an older article then lies before it.

    Args:
        con: A reader's connection.
        places: The highest load_seq read, by topic_id as the warehouse writes it.
        limit: At most so many articles, the earliest; an article that an edit brought to two topics counts twice.
    """
    asked = {"topics": list(places), "places": list(places.values()), "limit": limit}
    answer = con.execute(_UNREAD, asked).to_arrow_table().to_pylist()
    left_count = answer[0]["left_count"] if answer else 0
    ends_at = answer[-1]["load_seq"] if left_count else _last_load_seq(con)
    rows = [{name: value for name, value in row.items() if name != "left_count"} for row in answer]
    return Unread(rows=rows, end=_mark(con, ends_at), left_count=left_count)


def foreign_marks(con: duckdb.DuckDBPyConnection, marks: Collection[Mark]) -> list[Mark]:
    """Return those of *marks* that the snapshot behind *con* never passed: it went back, or is another one's."""
    last = _last_load_seq(con)
    return [mark for mark in marks if mark.load_seq > last or not _is_held(con, mark)]


def _is_held(con: duckdb.DuckDBPyConnection, mark: Mark) -> bool:
    """Tell whether the article of *mark* is the one that was loaded then."""
    if mark.article_id is None:
        return True
    return con.execute(_HELD, [mark.article_id, mark.loaded_at]).fetchone() is not None


def _mark(con: duckdb.DuckDBPyConnection, load_seq: int) -> Mark:
    """Return the mark at *load_seq*."""
    article_id, loaded_at = con.execute(_NEWEST, [load_seq]).fetchone() or (None, None)
    return Mark(load_seq=load_seq, article_id=article_id, loaded_at=loaded_at)


def _last_load_seq(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("select last_load_seq from load_sequence").fetchone()
    return int(row[0]) if row else 0


_HELD = "select 1 from articles where article_id = ? and loaded_at = ?"

_NEWEST = "select article_id, loaded_at from articles where load_seq <= ? order by load_seq desc limit 1"

# The passage is the sentence with the most mentions, the earliest of these; one of the text rather than the title.
_UNREAD = """
with places as (
    select unnest($topics::varchar[]) as topic_id, unnest($places::bigint[]) as place
), numbered as (
    select article_coverage.*, dense_rank() over (order by load_seq) as number
    from article_coverage
    join places using (topic_id)
    where load_seq > place
), unread as (
    select *
    from (select *, max(number) over () as last_number from numbered)
    where $limit is null or number <= $limit
), sentences as (
    select article_id, topic_id, zone, sentence, min(char_start) as char_start, count(*) as mention_count
    from mentions
    join articles using (article_id, revision)
    where (article_id, topic_id) in (select (article_id, topic_id) from unread)
    group by article_id, topic_id, zone, sentence
), passages as (
    select
        article_id,
        topic_id,
        arg_max(sentence, (zone <> 'title', mention_count, -coalesce(char_start, 0))) as passage
    from sentences
    group by article_id, topic_id
)
select unread.* exclude (number, last_number), passages.passage, last_number - max(number) over () as left_count
from unread
left join passages using (article_id, topic_id)
order by load_seq, topic_id
"""
