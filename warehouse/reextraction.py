"""Load what today's extractor reads from documents that were read before: never as new coverage."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from extractors.model import CollectedEntry, Document, Outcome, PendingEntry, Reading
from warehouse.articles import write_articles
from warehouse.connection import transaction
from warehouse.staging import INTEGER, TEXT, staged
from warehouse.verdicts import Change, Verdict

_HELD = {"article_id": TEXT, "revision": INTEGER, "text_sha256": TEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereading:
    """A held article that reads otherwise today; made by the flows ``reprocess`` and ``collect``, taken here."""

    entry: PendingEntry
    #: With the id and the canonical address under which the article is held.
    reading: Reading
    #: What it was compared with: number and sha256 of the text then held.
    revision: int
    text_sha256: str
    #: ``REEXTRACTED`` where text or title differ, ``REFRESHED`` where only what was found in them, or about them;
    #: ``EDITED`` where they differ because the page does.
    change: Change
    added_chars: int = 0
    removed_chars: int = 0
    #: What was received; None: the document that is held.
    document: Document | None = None


def load_rereadings(
    con: duckdb.DuckDBPyConnection,
    rereadings: Sequence[Rereading],
    *,
    same: Collection[str] = (),
    extractor_version: str,
    run_id: str,
    now: datetime,
) -> int:
    """
    Load *rereadings* in one transaction; return how many were written.

    Another text or title is a new revision ``re-extracted``, seen *now*; else the evidence of the current revision is
    replaced. ``first_seen_at``, ``loaded_at``, ``load_seq`` and ``story_id`` stay. Coverage that is found again keeps
    its number and its instant, what is lost is deleted, what is gained gets the number of its article: nobody who reads
    on from a number sees it as new. An article that has changed since it was compared is left alone.

    Args:
        con: The writer's connection.
        rereadings: Of articles that differ.
        same: Articles that read the same; only the version of their extractor is set.
        extractor_version: Today's.
        run_id: The run that read them again.
        now: Aware UTC.
    """
    with transaction(con):
        verdicts, _ = write_rereadings(con, rereadings, run_id=run_id, now=now)
        with staged(con, "same", schema={"article_id": TEXT}, rows=[{"article_id": held} for held in same]):
            con.execute(_STAMP, [extractor_version])
    return len(verdicts)


def write_rereadings(
    con: duckdb.DuckDBPyConnection, rereadings: Sequence[Rereading], *, run_id: str, now: datetime
) -> tuple[list[Verdict], tuple[str, ...]]:
    """
    Write *rereadings* as ``load_rereadings`` says, within the caller's transaction.

    What an edit finds is new: it gets a later number.

    Args:
        con: The writer's connection.
        rereadings: At most one of each article.
        run_id: The run that read them.
        now: Aware UTC.

    Returns:
        The verdicts that were written, and the topics newly covered, in order.
    """
    verdicts = [_verdict(item, now=now) for item in _unchanged(con, rereadings)]
    refreshed = [
        {"article_id": verdict.article_id, "revision": verdict.revision}
        for verdict in verdicts
        if verdict.change is Change.REFRESHED
    ]
    if refreshed:
        with staged(con, "refreshed", schema={"article_id": TEXT, "revision": INTEGER}, rows=refreshed):
            for sql in _FORGET:
                con.execute(sql)
    _, topic_ids = write_articles(con, verdicts, run_id=run_id, now=now, stories={}, load_seqs={})
    return verdicts, topic_ids


def _unchanged(con: duckdb.DuckDBPyConnection, rereadings: Sequence[Rereading]) -> list[Rereading]:
    """Return those whose article is still what it was compared with."""
    rows = [
        {"article_id": _article_id(item), "revision": item.revision, "text_sha256": item.text_sha256}
        for item in rereadings
    ]
    with staged(con, "compared", schema=_HELD, rows=rows):
        held = {row[0] for row in con.execute(_STILL_HELD).fetchall()}
    return [item for item in rereadings if _article_id(item) in held]


def _article_id(item: Rereading) -> str | None:
    return item.reading.article.article_id if item.reading.article else None


def _verdict(item: Rereading, *, now: datetime) -> Verdict:
    """Return *item* in the form in which articles are written."""
    collected = CollectedEntry(
        entry=item.entry, outcome=Outcome.STORED, document=item.document, reading=item.reading, collected_at=now
    )
    return Verdict(
        item=collected,
        outcome=Outcome.STORED,
        article_id=_article_id(item),
        revision=item.revision + (item.change is not Change.REFRESHED),
        change=item.change,
        added_chars=item.added_chars,
        removed_chars=item.removed_chars,
    )


_STILL_HELD = "select article_id from compared semi join articles using (article_id, revision, text_sha256)"

# Mentions of a topic whose current query was never applied here are another command's: they stay.
_FORGET = (
    """
    delete from mentions using refreshed
    where mentions.article_id = refreshed.article_id
        and mentions.revision = refreshed.revision
        and mentions.topic_id in (
            select topic_id
            from coverage
            join topics using (topic_id, query_version)
            where topics.valid_to is null and coverage.article_id = mentions.article_id
        )
    """,
    """
    delete from removals using refreshed
    where removals.article_id = refreshed.article_id and removals.revision = refreshed.revision
    """,
    """
    delete from figures using refreshed
    where figures.article_id = refreshed.article_id and figures.revision = refreshed.revision
    """,
    """
    delete from quotes using refreshed
    where quotes.article_id = refreshed.article_id and quotes.revision = refreshed.revision
    """,
)

_STAMP = """
update articles set extractor_version = $1
where article_id in (select article_id from same) and extractor_version <> $1
"""
