"""Load a batch of collected entries: documents, articles and their evidence, outcomes; one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from extractors.errors import WarehouseError
from extractors.model import CollectedEntry, Outcome
from warehouse import article_rows as rows
from warehouse.archives import write_archives
from warehouse.connection import transaction
from warehouse.coverage import UPDATE_COVERAGE
from warehouse.furniture import learn
from warehouse.held_articles import held_articles, held_entries
from warehouse.postings_current import current_postings
from warehouse.staging import INTEGER, TEXT, staged
from warehouse.stories import Assign, place_articles, write_stories
from warehouse.verdicts import Change, Judge, Verdict

_DISCARDED = (
    Outcome.TOO_SHORT, Outcome.NOT_ARTICLE, Outcome.PAYWALLED, Outcome.BLOCKED, Outcome.GONE, Outcome.UNSUPPORTED,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCounts:
    """What one batch came to; attempts loaded before count for nothing."""

    entry_count: int
    #: Entries that became a new article.
    stored_count: int
    #: Held articles that the publisher edited; their entries count nowhere else.
    revision_count: int
    duplicate_count: int
    unchanged_count: int
    #: Entries put off to a later attempt.
    pending_count: int
    failed_count: int
    #: Too short, not an article, paywalled, blocked, gone, unsupported.
    discarded_count: int
    #: The highest load_seq of the warehouse after the batch.
    load_seq: int
    #: Topics with coverage that the warehouse did not have, in order.
    topic_ids: tuple[str, ...]


def load_batch(
    con: duckdb.DuckDBPyConnection,
    items: Sequence[CollectedEntry],
    *,
    run_id: str,
    now: datetime,
    archives: Mapping[str, int],
    assign: Assign,
) -> LoadCounts:
    """
    Load *items* in one transaction: everything of the batch is there afterwards, or nothing.

    Loading the same items again changes nothing. What an item comes to is decided in ``verdicts``; an entry that led
    to its article keeps that outcome when its page is looked at again, whatever the new attempt comes to.

    Args:
        con: The writer's connection.
        items: In an order that is the same in every run; of two items with one article the earlier is stored.
        run_id: The run that collected them.
        now: Aware UTC; becomes ``loaded_at`` and ``matched_at``.
        archives: By WARC file, the bytes up to the end of its last record; never lowers what is recorded.
        assign: Says which stories the new articles belong to.

    Raises:
        WarehouseError: An item's entry is not in the ledger (``load_polls`` and ``add_entries`` put it there).
    """
    postings = current_postings(con)
    with transaction(con):
        verdicts = _judged(con, items)
        write_documents(con, verdicts, run_id=run_id)
        assignment = place_articles(con, verdicts, assign=assign, postings=postings)
        stories = {place.article_id: place.story_id for place in assignment.places}
        load_seqs = rows.load_seqs(verdicts, after=_last_load_seq(con))
        load_seq, topic_ids = write_articles(
            con, verdicts, run_id=run_id, now=now, stories=stories, load_seqs=load_seqs
        )
        write_stories(con, assignment, load_seqs=load_seqs, now=now)
        learn(con, verdicts)
        _write_outcomes(con, verdicts, run_id=run_id)
        write_archives(con, archives)
        counts = _counted(verdicts, load_seq=load_seq, topic_ids=topic_ids)
        con.execute(_COUNT_RUN, [counts.entry_count, counts.stored_count, counts.failed_count, run_id])
    return counts


def _judged(con: duckdb.DuckDBPyConnection, items: Sequence[CollectedEntry]) -> list[Verdict]:
    """Return the verdicts on *items*, against what the warehouse holds of their entries and articles."""
    entries = held_entries(con, items)
    missing = [item.entry.entry_id for item in items if item.entry.entry_id not in entries]
    if missing:
        raise WarehouseError(f"entry {missing[0]} is not in the ledger ({len(missing)} in this batch): add it first")
    return Judge(entries=entries, articles=held_articles(con, items)).judge(items)


def write_documents(con: duckdb.DuckDBPyConnection, verdicts: Sequence[Verdict], *, run_id: str) -> None:
    """Write what was received, error pages too, within the caller's transaction; held bytes are not written again."""
    with staged(con, "received", schema=rows.DOCUMENT, rows=rows.documents(verdicts, run_id=run_id)):
        places = [{"place": row[0]} for row in con.execute(_LIKELY_DOCUMENTS).fetchall()]
        with staged(con, "likely", schema={"place": INTEGER}, rows=places):
            con.execute(_ADD_DOCUMENTS)


def write_articles(
    con: duckdb.DuckDBPyConnection,
    verdicts: Sequence[Verdict],
    *,
    run_id: str,
    now: datetime,
    stories: Mapping[str, str],
    load_seqs: Mapping[str, int],
) -> tuple[int, tuple[str, ...]]:
    """
    Write articles, revisions and evidence, within the caller's transaction.

    Args:
        con: The writer's connection.
        verdicts: Those without a revision write nothing.
        run_id: The run that read them.
        now: Aware UTC.
        stories: The story of each new article; one that is held keeps its own.
        load_seqs: The number of each new article.

    Returns:
        The highest load_seq, and the topics newly covered, in order.
    """
    written = [verdict for verdict in verdicts if verdict.revision is not None]
    if not written:
        return _last_load_seq(con), ()
    articles = rows.articles(written, run_id=run_id, now=now, stories=stories, load_seqs=load_seqs)
    with staged(con, "batch", schema=rows.ARTICLE, rows=articles):
        if any(verdict.change is not Change.FIRST for verdict in written):
            con.execute(_UPDATE_ARTICLES)
        con.execute(_ADD_ARTICLES)
    with staged(con, "batch", schema=rows.REVISION, rows=rows.revisions(written)):
        con.execute("insert into revisions by name from batch")
    with staged(con, "batch", schema=rows.REMOVAL, rows=rows.removals(written)):
        con.execute("insert into removals by name from batch")
    _write_evidence(con, written)
    return _write_coverage(con, written, now=now, load_seqs=load_seqs)


def _last_load_seq(con: duckdb.DuckDBPyConnection) -> int:
    held = con.execute("select last_load_seq from load_sequence").fetchone()
    return int(held[0]) if held else 0


def _write_evidence(con: duckdb.DuckDBPyConnection, written: Sequence[Verdict]) -> None:
    """Write what each new revision says, with where it says it; the evidence of earlier revisions stays."""
    with staged(con, "batch", schema=rows.MENTION, rows=rows.mentions(written)):
        con.execute("insert into mentions by name from batch")
    with staged(con, "batch", schema=rows.FIGURE, rows=rows.figures(written)):
        con.execute("insert into figures by name from batch")
    with staged(con, "batch", schema=rows.QUOTE, rows=rows.quotes(written)):
        con.execute("insert into quotes by name from batch")


def _write_coverage(
    con: duckdb.DuckDBPyConnection,
    written: Sequence[Verdict],
    *,
    now: datetime,
    load_seqs: Mapping[str, int],
) -> tuple[int, tuple[str, ...]]:
    """
    Write coverage; what an edit newly brings gets numbers after *load_seqs*, what it takes away is deleted.

    What another extractor finds in a page that was held is no news: it gets its article's number.
    """
    edited = [
        {"article_id": verdict.article_id, "change": str(verdict.change)}
        for verdict in written
        if verdict.change is not Change.FIRST
    ]
    found = rows.coverage(written, now=now, load_seqs=load_seqs)
    held = _last_load_seq(con)
    last = max(load_seqs.values(), default=held)
    with (
        staged(con, "edited", schema={"article_id": TEXT, "change": TEXT}, rows=edited),
        staged(con, "batch", schema=rows.COVERAGE, rows=found),
    ):
        added = con.execute(_ADD_NEW_COVERAGE).fetchall()
        if edited:
            con.execute(_DROP_COVERAGE)
            con.execute(UPDATE_COVERAGE)
            added += con.execute(_ADD_COVERAGE, [last]).fetchall()
    last = max([last, *(row[1] for row in added)])
    con.execute("update load_sequence set last_load_seq = ?", [last])
    return last, tuple(sorted({topic for topic, load_seq in added if load_seq > held}))


def _write_outcomes(con: duckdb.DuckDBPyConnection, verdicts: Sequence[Verdict], *, run_id: str) -> None:
    """Write what became of each entry into the ledger."""
    with staged(con, "batch", schema=rows.OUTCOME, rows=rows.outcomes(verdicts)):
        con.execute(_UPDATE_ENTRIES, [run_id])
        if any(verdict.outcome is Outcome.DUPLICATE and verdict.article_id is None for verdict in verdicts):
            # After all others: a duplicate that was not fetched finds the article through its address.
            con.execute(_RESOLVE_DUPLICATES)


def _counted(verdicts: Sequence[Verdict], *, load_seq: int, topic_ids: tuple[str, ...]) -> LoadCounts:
    """Return the tally of *verdicts*."""
    edits = sum(1 for verdict in verdicts if verdict.revision is not None and verdict.revision > 1)
    outcomes = Counter(verdict.outcome for verdict in verdicts if verdict.revision in (None, 1))
    return LoadCounts(
        entry_count=len(verdicts),
        stored_count=outcomes[Outcome.STORED],
        revision_count=edits,
        duplicate_count=outcomes[Outcome.DUPLICATE],
        unchanged_count=outcomes[Outcome.UNCHANGED],
        pending_count=outcomes[Outcome.PENDING],
        failed_count=outcomes[Outcome.FAILED],
        discarded_count=sum(outcomes[outcome] for outcome in _DISCARDED),
        load_seq=load_seq,
        topic_ids=topic_ids,
    )


# In two steps: one would read the sha256 of every document.
_LIKELY_DOCUMENTS = "select documents.rowid from documents semi join received using (document_key)"
_ADD_DOCUMENTS = """
insert into documents by name
select * exclude (ordinal)
from received
anti join (from documents where rowid in (select place from likely)) as held using (document_sha256)
qualify row_number() over (partition by document_sha256 order by ordinal) = 1
order by ordinal
"""

_UPDATE_ARTICLES = """
update articles set
    url = batch.url,
    canonical_url = batch.canonical_url,
    source = batch.source,
    title = batch.title,
    standfirst = batch.standfirst,
    authors = batch.authors,
    published_at = batch.published_at,
    published_at_from = batch.published_at_from,
    modified_at = batch.modified_at,
    language = batch.language,
    language_score = batch.language_score,
    text = batch.text,
    text_from = batch.text_from,
    text_sha256 = batch.text_sha256,
    word_count = batch.word_count,
    is_truncated = batch.is_truncated,
    is_paywalled = batch.is_paywalled,
    repaired = batch.repaired,
    revision = batch.revision,
    document_sha256 = batch.document_sha256,
    extractor = batch.extractor,
    extractor_version = batch.extractor_version,
    run_id = batch.run_id
from batch
where articles.article_id = batch.article_id and batch.change <> 'first'
"""

_ADD_ARTICLES = """
insert into articles by name
select * exclude (change) from batch where change = 'first' order by load_seq
"""

# A publisher's edit was asked every current query, so what earlier versions of these found in the old text goes, too.
_DROP_COVERAGE = """
delete from coverage using edited, topics
where coverage.article_id = edited.article_id
    and topics.topic_id = coverage.topic_id
    and topics.valid_to is null
    and (coverage.query_version = topics.query_version or edited.change = 'edited by publisher')
    and not exists (
        from batch where batch.article_id = coverage.article_id and batch.topic_id = coverage.topic_id
    )
"""

_ADD_NEW_COVERAGE = """
insert into coverage by name
select * exclude (change, ordinal)
from batch
where change = 'first'
order by ordinal
returning topic_id, load_seq
"""

_ADD_COVERAGE = """
insert into coverage
with known as (
    -- What an earlier version of the query covers until now keeps its number.
    select article_id, topic_id, load_seq
    from current_coverage
    where article_id in (select article_id from edited)
), added as (
    select
        batch.* exclude (load_seq),
        known.load_seq as known_seq,
        change = 'edited by publisher' and known_seq is null as is_new
    from batch
    anti join coverage using (article_id, topic_id, query_version)
    left join known using (article_id, topic_id)
    where change <> 'first'
)
select
    article_id, topic_id, query_version, relevance, mention_count, in_title, in_lede, first_mention_at_char,
    matched_at,
    case
        when is_new then ?::bigint + row_number() over (partition by is_new order by ordinal)
        else coalesce(known_seq, articles.load_seq)
    end
from added
join (select article_id, load_seq from articles) as articles using (article_id)
order by ordinal
returning topic_id, load_seq
"""

_UPDATE_ENTRIES = """
update entries set
    outcome = batch.outcome,
    outcome_reason = batch.outcome_reason,
    outcome_at = batch.outcome_at,
    attempt_count = entries.attempt_count + 1,
    next_attempt_at = batch.next_attempt_at,
    article_id = batch.article_id,
    document_sha256 = batch.document_sha256,
    run_id = ?
from batch
where entries.entry_id = batch.entry_id and entries.first_seen_at in (select first_seen_at from batch)
"""

_RESOLVE_DUPLICATES = """
update entries set article_id = known.article_id
from (
    select url_key, arg_min(article_id, first_seen_at) as article_id
    from entries
    where article_id is not null
        and url_key in (
            select url_key from entries
            where entry_id in (select entry_id from batch where outcome = 'duplicate' and article_id is null)
        )
    group by url_key
) as known
where entries.outcome = 'duplicate'
    and entries.article_id is null
    and entries.url_key = known.url_key
    and entries.entry_id in (select entry_id from batch)
"""

_COUNT_RUN = """
update runs set
    entry_count = entry_count + ?,
    stored_count = stored_count + ?,
    failed_count = failed_count + ?
where run_id = ?
"""
