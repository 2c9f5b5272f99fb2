"""Ask topics' queries of the articles that are held."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import duckdb

from extractors.model import Coverage, Mention, WatchedTopic
from warehouse import article_rows
from warehouse.connection import transaction
from warehouse.coverage import UPDATE_COVERAGE
from warehouse.staging import INTEGER, TEXT, named_rows, staged


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldText:
    """What a query is asked of; made by ``held_texts``, taken by the topics' backfill."""

    article_id: str
    revision: int
    text_sha256: str
    title: str | None
    text: str
    source: str
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the queries found in one article; made by the topics' backfill, taken by ``load_answers``."""

    article_id: str
    #: What was asked.
    revision: int
    text_sha256: str
    title: str | None
    mentions: tuple[Mention, ...]
    coverage: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageChange:
    """What asking again changed for one topic; made by ``load_answers``."""

    #: Articles covered that no earlier version covered, and those that only earlier ones did.
    gained_count: int = 0
    lost_count: int = 0
    #: Articles covered now.
    covered_count: int = 0

    def __add__(self, other: "CoverageChange") -> "CoverageChange":
        """Return the sum."""
        return CoverageChange(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        )


_TOPIC = {"topic_id": TEXT, "query_version": TEXT}
_ASKED = {"article_id": TEXT, "revision": INTEGER, "text_sha256": TEXT, "title": TEXT}


def held_texts(con: duckdb.DuckDBPyConnection, *, after: int, upto: int) -> list[HeldText]:
    """Return the current texts of the articles with a load_seq above *after*, up to *upto*, in that order."""
    return [HeldText(**row) for row in named_rows(con, _TEXTS, [after, upto])]


def newest_texts(con: duckdb.DuckDBPyConnection, *, count: int) -> list[HeldText]:
    """Return the current texts of the *count* articles that were loaded last, newest first."""
    return [HeldText(**row) for row in named_rows(con, _NEWEST, [count])]


def covered_articles(con: duckdb.DuckDBPyConnection, topic_id: str) -> set[str]:
    """Return the articles that the current version of a topic's query is known to cover."""
    return {row[0] for row in con.execute(_COVERED, [topic_id]).fetchall()}


def last_load_seq(con: duckdb.DuckDBPyConnection) -> int:
    """Return the highest load_seq of the warehouse."""
    row = con.execute("select last_load_seq from load_sequence").fetchone()
    return int(row[0]) if row else 0


def load_answers(
    con: duckdb.DuckDBPyConnection, topics: Collection[WatchedTopic], answers: Sequence[Answer], *, now: datetime
) -> dict[str, CoverageChange]:
    """
    Make what *topics* found in some articles the coverage of their current versions, in one transaction.

    An article that an earlier version covers until now keeps the number under which readers saw it; one that is gained
    gets a new one, so that a reader who keeps its place is shown it once. Coverage of earlier versions stays; their
    mentions in the current revision are replaced. An article edited since it was asked is left alone: it was asked
    with its edit.

    Args:
        con: The writer's connection.
        topics: What was asked.
        answers: One for each article asked, also where nothing was found.
        now: Aware UTC; becomes ``matched_at``.

    Returns:
        What changed, by topic_id.
    """
    versions = [{name: getattr(topic, name) for name in _TOPIC} for topic in topics]
    asked = [{name: getattr(answer, name) for name in _ASKED} for answer in answers]
    with transaction(con), staged(con, "wanted", schema=_TOPIC, rows=versions):
        with staged(con, "asked", schema=_ASKED, rows=asked):
            held = {row[0] for row in con.execute(_STILL_HELD).fetchall()}
        kept = [answer for answer in answers if answer.article_id in held]
        with (
            staged(con, "asked", schema=_ASKED, rows=[row for row in asked if row["article_id"] in held]),
            staged(con, "mentioned", schema=article_rows.MENTION, rows=_mentions(kept)),
            staged(con, "batch", schema=article_rows.COVERAGE, rows=_coverage(kept, now=now)),
        ):
            return _replace(con)


def finish(con: duckdb.DuckDBPyConnection, topics: Collection[WatchedTopic], *, now: datetime) -> None:
    """Record that *topics* were asked of everything held; *now* is aware UTC."""
    rows = [{name: getattr(topic, name) for name in _TOPIC} for topic in topics]
    with transaction(con), staged(con, "wanted", schema=_TOPIC, rows=rows):
        con.execute(_FINISH, [now])


def unasked_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return, by topic, the articles that its current query was never asked of; topics without one are left out."""
    return dict(con.execute(_UNASKED).fetchall())


def _replace(con: duckdb.DuckDBPyConnection) -> dict[str, CoverageChange]:
    """Put the staged answers in the place of what is held of the asked articles."""
    changes = {
        topic: CoverageChange(gained_count=gained, lost_count=lost, covered_count=covered)
        for topic, gained, lost, covered in con.execute(_COUNTS).fetchall()
    }
    for sql in (_DROP_MENTIONS, "insert into mentions by name from mentioned", _DROP_COVERAGE, UPDATE_COVERAGE):
        con.execute(sql)
    con.execute(_ADD_COVERAGE)
    con.execute(_RAISE_SEQUENCE)
    return changes


def _mentions(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    return [
        {field.name: getattr(mention, field.name) for field in fields(Mention)}
        | {"article_id": answer.article_id, "revision": answer.revision}
        for answer in answers
        for mention in answer.mentions
    ]


def _coverage(answers: Sequence[Answer], *, now: datetime) -> list[dict[str, Any]]:
    found = [
        {field.name: getattr(topic, field.name) for field in fields(Coverage)} | {"article_id": answer.article_id}
        for answer in answers
        for topic in answer.coverage
    ]
    return [row | {"ordinal": ordinal, "matched_at": now} for ordinal, row in enumerate(found, start=1)]


# By a range of numbers, not by a limit: the range is found in the zone maps, a limit would sort all texts behind it.
_TEXTS = """
select article_id, revision, text_sha256, title, text, source, language
from articles
where load_seq > ? and load_seq <= ?
order by load_seq
"""

_NEWEST = """
select article_id, revision, text_sha256, title, text, source, language
from articles
where load_seq >= (select min(load_seq) from (select load_seq from articles order by load_seq desc limit ?))
order by load_seq desc
"""

_COVERED = """
select article_id
from coverage
join topics using (topic_id, query_version)
where valid_to is null and topic_id = ?
"""

_STILL_HELD = """
select asked.article_id
from asked
join articles using (article_id, revision, text_sha256)
where articles.title is not distinct from asked.title
"""

# Before anything is written.
_COUNTS = """
with seen as (
    select distinct topic_id, article_id, true as was_covered
    from coverage
    where topic_id in (select topic_id from wanted) and article_id in (select article_id from asked)
), compared as (
    select topic_id, was_covered, batch.article_id is not null as is_covered
    from seen
    full join batch using (topic_id, article_id)
)
select
    topic_id,
    count(*) filter (is_covered and was_covered is null),
    count(*) filter (not is_covered),
    count(*) filter (is_covered)
from wanted
left join compared using (topic_id)
group by topic_id
"""

_DROP_MENTIONS = """
delete from mentions using asked
where mentions.article_id = asked.article_id
    and mentions.revision = asked.revision
    and mentions.topic_id in (select topic_id from wanted)
"""

_DROP_COVERAGE = """
delete from coverage using wanted
where coverage.topic_id = wanted.topic_id
    and coverage.query_version = wanted.query_version
    and coverage.article_id in (select article_id from asked)
    and not exists (
        from batch where batch.article_id = coverage.article_id and batch.topic_id = coverage.topic_id
    )
"""

_ADD_COVERAGE = """
insert into coverage
with known as (
    select article_id, topic_id, load_seq
    from current_coverage
    where article_id in (select article_id from asked)
)
select
    batch.article_id, batch.topic_id, batch.query_version, relevance, mention_count, in_title, in_lede,
    first_mention_at_char, matched_at,
    coalesce(
        known.load_seq,
        (select last_load_seq from load_sequence)
            + row_number() over (partition by known.load_seq is null order by ordinal)
    )
from batch
left join known using (article_id, topic_id)
anti join coverage using (article_id, topic_id, query_version)
order by ordinal
"""

_RAISE_SEQUENCE = """
update load_sequence
set last_load_seq = greatest(last_load_seq, (select coalesce(max(load_seq), 0) from coverage))
"""

_FINISH = """
update topics set backfilled_at = ?
from wanted
where topics.topic_id = wanted.topic_id
    and topics.query_version = wanted.query_version
    and topics.valid_to is null
"""

_UNASKED = """
select topics.topic_id, count(*)
from topics
join articles on articles.loaded_at < topics.valid_from
where topics.valid_to is null and topics.backfilled_at is null
group by topics.topic_id
"""
