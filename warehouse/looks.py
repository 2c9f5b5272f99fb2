"""Keep when the pages of articles are looked at again; load what the looks came to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import duckdb

from extractors.model import Look, Looked, LookOutcome
from warehouse.archives import write_archives
from warehouse.articles import write_documents
from warehouse.connection import transaction
from warehouse.reextraction import Rereading, write_rereadings
from warehouse.staging import INSTANT, INTEGER, TEXT, named_rows, staged

_PLAN = {"article_id": TEXT, "next_look_at": INSTANT, "etag": TEXT, "last_modified": TEXT, "body_sha256": TEXT}
_LOOKED = {
    "article_id": TEXT, "looked_at": INSTANT, "outcome": TEXT, "reason": TEXT, "look_count": INTEGER,
    "failure_count": INTEGER, "next_look_at": INSTANT, "etag": TEXT, "last_modified": TEXT, "body_sha256": TEXT,
}  # fmt: skip
_PUT_OFF = {"article_id": TEXT, "next_look_at": INSTANT}


def plan_looks(
    con: duckdb.DuckDBPyConnection,
    *,
    now: datetime,
    reach: timedelta,
    is_every: bool,
    next_look_at: Callable[[Look], datetime | None],
) -> int:
    """
    Plan the first look at the page of each article that has no plan yet; return how many were planned.

    Articles are left out that never were a page (ingested files, a feed's own text), and those that were, by the
    publisher's claim, older than *reach* when they were first seen: nobody edits the pages of an archive.

    Args:
        con: The writer's connection.
        now: Aware UTC.
        reach: Articles first seen longer ago are left out.
        is_every: Plan for articles that no topic covers, too.
        next_look_at: The schedule; an article for which it gives None is left out.
    """
    looks = [Look(**row) for row in named_rows(con, _UNPLANNED, [now - reach, reach, is_every])]
    rows = [
        {name: getattr(look, name) for name in _PLAN if name != "next_look_at"} | {"next_look_at": at}
        for look in looks
        if (at := next_look_at(look)) is not None
    ]
    if rows:
        with transaction(con), staged(con, "planned", schema=_PLAN, rows=rows):
            con.execute(_ADD_PLANS)
    return len(rows)


def looks_due(con: duckdb.DuckDBPyConnection, *, now: datetime, is_every: bool, limit: int) -> list[Look]:
    """
    Return the looks that are due, the longest due first.

    Args:
        con: Any connection to the warehouse.
        now: Aware UTC.
        is_every: Also at articles that no topic covers.
        limit: Most looks to return.
    """
    return [Look(**row) for row in named_rows(con, _DUE, [now, is_every, limit])]


def put_off_looks(con: duckdb.DuckDBPyConnection, until: Mapping[str, datetime]) -> None:
    """Look at the pages of articles not before the instants *until* (aware UTC); their hosts wish so."""
    if until:
        rows = [{"article_id": article_id, "next_look_at": at} for article_id, at in until.items()]
        with transaction(con), staged(con, "waiting", schema=_PUT_OFF, rows=rows):
            con.execute(_WAIT)


def load_looks(
    con: duckdb.DuckDBPyConnection,
    looked: Sequence[Looked],
    *,
    rereadings: Sequence[Rereading] = (),
    edits: Sequence[Rereading] = (),
    archives: Mapping[str, int],
    run_id: str,
    now: datetime,
) -> tuple[str, ...]:
    """
    Load what looks came to, in one transaction; the ledger's entries keep their outcomes.

    An edit whose article has become another since it was compared is left alone, with its look: that stays due.

    Args:
        con: The writer's connection.
        looked: One for each article.
        rereadings: What the bytes that were held read as today, where that is another text; written first.
        edits: What the publishers made of them, each with its document; compared with the text after *rereadings*.
        archives: By WARC file, the bytes up to the end of its last record.
        run_id: The run that looked.
        now: Aware UTC.

    Returns:
        The topics newly covered, in order.
    """
    with transaction(con):
        write_rereadings(con, rereadings, run_id=run_id, now=now)
        verdicts, topic_ids = write_rereadings(con, edits, run_id=run_id, now=now)
        write_documents(con, verdicts, run_id=run_id)
        written = {verdict.article_id for verdict in verdicts}
        kept = [one for one in looked if one.outcome is not LookOutcome.EDITED or one.article_id in written]
        rows: list[dict[str, Any]] = [{name: getattr(one, name) for name in _LOOKED} for one in kept]
        with staged(con, "looked", schema=_LOOKED, rows=rows):
            con.execute(_RECORD, [run_id])
        write_archives(con, archives)
    return topic_ids


_UNPLANNED = """
with candidates as (
    select articles.article_id, articles.url, articles.first_seen_at, articles.entry_id, articles.document_sha256
    from articles anti join looks using (article_id)
    where articles.first_seen_at > ?
        and coalesce(articles.published_at > articles.first_seen_at - ?::interval, true)
), covered as (
    select article_id from current_coverage
)
select
    candidates.article_id,
    candidates.url,
    candidates.first_seen_at,
    candidates.article_id in (from covered) as is_covered,
    documents.etag,
    documents.last_modified,
    documents.document_sha256 as body_sha256
from candidates
join documents using (document_sha256)
join entries using (entry_id)
join feeds using (feed_id)
where (candidates.article_id in (from covered) or ?)
    and documents.http_status is not null
    and feeds.kind is distinct from 'files'
order by candidates.article_id
"""

_ADD_PLANS = """
insert into looks by name
select *, 0 as look_count, 0 as failure_count from planned anti join looks using (article_id)
"""

_DUE = """
with covered as (
    select article_id from current_coverage
), due as (
    select *, article_id in (from covered) as is_covered
    from looks
    where next_look_at <= ?
)
select
    due.article_id, articles.url, articles.first_seen_at, due.is_covered, due.look_count, due.failure_count, due.etag,
    due.last_modified, due.body_sha256
from due
join articles using (article_id)
where due.is_covered or ?
order by due.next_look_at, due.article_id
limit ?
"""

_WAIT = """
update looks set next_look_at = waiting.next_look_at
from waiting
where looks.article_id = waiting.article_id
"""

_RECORD = """
update looks set
    look_count = looked.look_count,
    failure_count = looked.failure_count,
    next_look_at = looked.next_look_at,
    last_looked_at = looked.looked_at,
    last_outcome = looked.outcome,
    reason = looked.reason,
    etag = looked.etag,
    last_modified = looked.last_modified,
    body_sha256 = looked.body_sha256,
    run_id = ?
from looked
where looks.article_id = looked.article_id
"""
