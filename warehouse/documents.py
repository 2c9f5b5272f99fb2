"""Find the documents that are kept: to read them again, beside what was read from them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import duckdb

from extractors.model import (
    Article,
    Coverage,
    Document,
    Figure,
    Mention,
    Outcome,
    PendingEntry,
    Quote,
    Reading,
    Removal,
    RemovalKind,
    TextFrom,
    Zone,
)
from warehouse.staging import INTEGER, TEXT, named_rows, staged, storable

_ENTRY = (
    "entry_id", "feed_id", "url", "url_key", "source", "currency", "guid", "title", "published_at", "first_seen_at",
    "content_html", "authors", "attempt_count",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDocument:
    """A document with the entry that brought it; ``body`` is empty, the bytes lie in the WARC."""

    document: Document
    entry: PendingEntry
    #: When it was read first: its dates were judged against this instant.
    read_at: datetime
    #: The article whose current text was read from it; None: it gave no article.
    article_id: str | None
    #: Number of that text; None with ``article_id``.
    revision: int | None

    @property
    def place(self) -> tuple[str, int, str]:
        """Where it comes in the order of reading: file, offset, article or entry."""
        return (self.document.warc_file or "", self.document.warc_offset or 0, self.article_id or self.entry.entry_id)


def kept_articles(
    con: duckdb.DuckDBPyConnection,
    *,
    since: datetime | None,
    limit: int,
    after: KeptDocument | None = None,
) -> list[KeptDocument]:
    """
    Return the documents that the current texts were read from, in the order in which they lie in the WARC files.

    Args:
        con: Any connection to the warehouse or its snapshot.
        since: Aware UTC; documents received before it are left out. None: all.
        limit: Most documents to return.
        after: The last document of the page before.
    """
    return _page(con, _KEPT_ARTICLES + _WITH_ENTRIES, since=since, limit=limit, after=after)


def documents_of(con: duckdb.DuckDBPyConnection, article_ids: Collection[str]) -> dict[str, KeptDocument]:
    """Return, by article, the documents that the current texts of *article_ids* were read from."""
    if not article_ids:
        return {}
    with _chosen(con, article_ids):
        return {row["article_id"]: _kept(row) for row in named_rows(con, _KEPT_OF + _WITH_ENTRIES)}


def kept_discarded(
    con: duckdb.DuckDBPyConnection,
    *,
    since: datetime | None,
    limit: int,
    after: KeptDocument | None = None,
) -> list[KeptDocument]:
    """
    Return the documents of entries that were read and gave no article; error pages are left out.

    The arguments are those of ``kept_articles``.
    """
    return _page(con, _KEPT_DISCARDED, since=since, limit=limit, after=after)


def kept_counts(con: duckdb.DuckDBPyConnection, *, since: datetime | None) -> tuple[int, int]:
    """Return how many documents ``kept_articles`` and ``kept_discarded`` give in all."""
    row = con.execute(_COUNTS, [since, since]).fetchone() or (0, 0)
    return int(row[0]), int(row[1])


def held_readings(con: duckdb.DuckDBPyConnection, article_ids: Collection[str]) -> dict[str, Reading]:
    """
    Return, by article, what the warehouse holds of it in the form in which it was read.

    Coverage is that by the current queries, and mentions those of its topics: what an earlier query found stays out.
    """
    with _chosen(con, article_ids):
        articles = named_rows(con, _ARTICLES)
        removals = _by_article(con, _REMOVALS, Removal)
        mentions = _by_article(con, _MENTIONS, Mention)
        coverage = _by_article(con, _COVERAGE, Coverage)
        figures = _by_article(con, _FIGURES, Figure)
        quotes = _by_article(con, _QUOTES, Quote)
    return {
        row["article_id"]: Reading(
            document_sha256=row["document_sha256"],
            outcome=Outcome.STORED,
            article=_record(Article, row),
            removals=tuple(removals.get(row["article_id"], ())),
            mentions=tuple(mentions.get(row["article_id"], ())),
            coverage=tuple(coverage.get(row["article_id"], ())),
            figures=tuple(figures.get(row["article_id"], ())),
            quotes=tuple(quotes.get(row["article_id"], ())),
        )
        for row in articles
    }


def as_held(reading: Reading) -> Reading:
    """Return *reading* as the warehouse would hold it: titles may have halves of characters that are no UTF-8."""
    return replace(
        reading,
        article=reading.article and _storable(reading.article),
        mentions=tuple(map(_storable, reading.mentions)),
    )


def _storable(record: Any) -> Any:  # noqa: ANN401
    """Return *record* with what cannot be stored replaced in its strings."""
    changed = {}
    for field in fields(record):
        value = getattr(record, field.name)
        held = storable(value) if isinstance(value, str | tuple) else value
        held = tuple(held) if isinstance(value, tuple) else held
        if held != value:
            changed[field.name] = held
    return replace(record, **changed) if changed else record


@contextmanager
def _chosen(con: duckdb.DuckDBPyConnection, article_ids: Collection[str]) -> Iterator[None]:
    """Make the articles *article_ids* readable as ``asked``, and where their rows lie as ``chosen``."""
    ids = [{"article_id": article_id} for article_id in article_ids]
    with staged(con, "asked", schema={"article_id": TEXT}, rows=ids):
        # By their places: a join unpacks the texts of every article (at a million of them 0.7 s, not 0.1).
        places = [{"place": row[0]} for row in con.execute(_PLACES).fetchall()]
        with staged(con, "chosen", schema={"place": INTEGER}, rows=places):
            yield


def _page(
    con: duckdb.DuckDBPyConnection, sql: str, *, since: datetime | None, limit: int, after: KeptDocument | None
) -> list[KeptDocument]:
    place = after.place if after else (None, None, None)
    rows = named_rows(con, sql, [since, after is None, *place, limit])
    return [_kept(row) for row in rows]


def _kept(row: dict[str, Any]) -> KeptDocument:
    entry = {name: row[name] for name in _ENTRY}
    return KeptDocument(
        document=Document(
            sha256=row["document_sha256"],
            # The same bytes may have come from two addresses: this entry's are those that count here.
            url=row["url"] or row["document_url"],
            final_url=row["final_url"],
            fetched_at=row["fetched_at"],
            http_status=row["http_status"],
            content_type=row["content_type"],
            warc_file=row["warc_file"],
            warc_offset=row["warc_offset"],
        ),
        entry=PendingEntry(**(entry | {"authors": tuple(row["authors"])})),
        read_at=row["read_at"],
        article_id=row["article_id"],
        revision=row["revision"],
    )


def _record(kind: type[Any], row: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return a record of *kind* from the columns of *row* that it has fields for."""
    values = {field.name: row[field.name] for field in fields(kind)}
    values |= {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    values |= {name: read(values[name]) for name, read in _ENUMS.get(kind, {}).items()}
    return kind(**values)


def _by_article(con: duckdb.DuckDBPyConnection, sql: str, kind: type[Any]) -> dict[str, Sequence[Any]]:
    """Return records of *kind* by article, in the order that *sql* gives."""
    found: dict[str, list[Any]] = {}
    for row in named_rows(con, sql):
        found.setdefault(row["article_id"], []).append(_record(kind, row))
    return dict(found)


#: A plain string is read back as the member of its enumeration.
_ENUMS: dict[type[Any], dict[str, type[Any]]] = {
    Article: {"text_from": TextFrom},
    Removal: {"kind": RemovalKind},
    Mention: {"zone": Zone},
}

# What is narrow first: the page is cut before texts and entries are looked up.
_KEPT_ARTICLES = """
with asked as (
    select
        ?::timestamptz as since, ?::boolean as is_first, ?::varchar as warc_file, ?::bigint as warc_offset,
        ?::varchar as id
), page as (
    select
        articles.article_id, articles.revision, articles.source, articles.url as final_url,
        articles.entry_id as first_entry_id, articles.document_sha256,
        documents.url as document_url, documents.fetched_at, documents.http_status, documents.content_type,
        documents.warc_file, documents.warc_offset, documents.run_id
    from articles
    join documents using (document_sha256)
    cross join asked
    where coalesce(documents.fetched_at >= asked.since, true)
        and (
            is_first
            or (coalesce(documents.warc_file, ''), coalesce(documents.warc_offset, 0), articles.article_id)
                > (asked.warc_file, asked.warc_offset, asked.id)
        )
    order by coalesce(documents.warc_file, ''), coalesce(documents.warc_offset, 0), articles.article_id
    limit ?
),
"""

_KEPT_OF = """
with page as (
    select
        articles.article_id, articles.revision, articles.source, articles.url as final_url,
        articles.entry_id as first_entry_id, articles.document_sha256,
        documents.url as document_url, documents.fetched_at, documents.http_status, documents.content_type,
        documents.warc_file, documents.warc_offset, documents.run_id
    from (
        select *
        from articles
        where rowid in (select place from chosen)
    ) as articles
    join documents using (document_sha256)
),
"""

_WITH_ENTRIES = """
brought as (
    -- An edit may have come through another entry of the same address, with hints of its own.
    select
        page.article_id,
        arg_min(entries.entry_id, (entries.entry_id <> page.first_entry_id, entries.first_seen_at)) as entry_id
    from entries
    join page using (article_id, document_sha256)
    group by page.article_id
)
select
    page.* exclude (source),
    entries.* exclude (article_id, document_sha256, run_id),
    case when feeds.kind = 'files' then page.source else feeds.source end as source,
    feeds.currency,
    case when page.http_status is null then coalesce(runs.started_at, page.fetched_at) else page.fetched_at end
        as read_at
from page
left join brought using (article_id)
join entries on entries.entry_id = coalesce(brought.entry_id, page.first_entry_id)
join feeds using (feed_id)
left join runs on runs.run_id = page.run_id
order by coalesce(page.warc_file, ''), coalesce(page.warc_offset, 0), page.article_id
"""

_KEPT_DISCARDED = """
with asked as (
    select
        ?::timestamptz as since, ?::boolean as is_first, ?::varchar as warc_file, ?::bigint as warc_offset,
        ?::varchar as id
)
select
    entries.*,
    null as revision,
    documents.url as document_url,
    case when documents.url = entries.url then documents.final_url else entries.url end as final_url,
    documents.fetched_at, documents.http_status, documents.content_type, documents.warc_file, documents.warc_offset,
    feeds.source,
    feeds.currency,
    case
        when documents.http_status is null then coalesce(runs.started_at, documents.fetched_at)
        else documents.fetched_at
    end as read_at
from entries
join documents using (document_sha256)
join feeds using (feed_id)
left join runs on runs.run_id = documents.run_id
cross join asked
where entries.article_id is null
    and entries.outcome not in ('pending', 'gone')
    and coalesce(documents.http_status between 200 and 299, true)
    and coalesce(documents.fetched_at >= asked.since, true)
    and (
        is_first
        or (coalesce(documents.warc_file, ''), coalesce(documents.warc_offset, 0), entries.entry_id)
            > (asked.warc_file, asked.warc_offset, asked.id)
    )
order by coalesce(documents.warc_file, ''), coalesce(documents.warc_offset, 0), entries.entry_id
limit ?
"""

_COUNTS = """
select
    (
        select count(*)
        from articles
        join documents using (document_sha256)
        where coalesce(fetched_at >= ?, true)
    ),
    (
        select count(*)
        from entries
        join documents using (document_sha256)
        where article_id is null
            and outcome not in ('pending', 'gone')
            and coalesce(http_status between 200 and 299, true)
            and coalesce(fetched_at >= ?, true)
    )
"""

_PLACES = "select rowid from articles where article_id in (select article_id from asked)"

_ARTICLES = "from articles where rowid in (select place from chosen)"

_REMOVALS = """
select removals.*
from removals
join articles using (article_id, revision)
semi join asked using (article_id)
order by removals.article_id, removals.ordinal
"""

_MENTIONS = """
select mentions.*
from mentions
join articles using (article_id, revision)
semi join asked using (article_id)
where exists (
    from coverage
    join topics using (topic_id, query_version)
    where coverage.article_id = mentions.article_id and coverage.topic_id = mentions.topic_id and valid_to is null
)
"""

_COVERAGE = """
select coverage.*
from coverage
join topics using (topic_id, query_version)
semi join asked using (article_id)
where valid_to is null
"""

_FIGURES = """
select figures.*
from figures
join articles using (article_id, revision)
semi join asked using (article_id)
"""

_QUOTES = """
select quotes.*
from quotes
join articles using (article_id, revision)
semi join asked using (article_id)
"""
