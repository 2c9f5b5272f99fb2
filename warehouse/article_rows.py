"""Turn verdicts into the rows of each table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import pyarrow as pa

from extractors.model import Article, Coverage, Figure, Mention, Quote
from warehouse.staging import INSTANT, INTEGER, REAL, TEXT, TEXTS, TRUTH
from warehouse.verdicts import Change, Verdict

Row = dict[str, Any]

#: Hex digits of a sha256 in ``documents.document_key``: 64 bits.
_KEY_DIGITS = 16

DOCUMENT = {
    "document_sha256": TEXT, "url": TEXT, "final_url": TEXT, "fetched_at": INSTANT, "http_status": INTEGER,
    "content_type": TEXT, "charset": TEXT, "body_bytes": INTEGER, "warc_file": TEXT, "warc_offset": INTEGER,
    "etag": TEXT, "last_modified": TEXT, "run_id": TEXT, "ordinal": INTEGER, "document_key": pa.uint64(),
}  # fmt: skip
ARTICLE = {
    "article_id": TEXT, "url": TEXT, "canonical_url": TEXT, "source": TEXT, "title": TEXT, "standfirst": TEXT,
    "authors": TEXTS, "published_at": INSTANT, "published_at_from": TEXT, "modified_at": INSTANT,
    "first_seen_at": INSTANT, "loaded_at": INSTANT, "load_seq": INTEGER, "language": TEXT, "language_score": REAL,
    "text": TEXT, "text_from": TEXT, "text_sha256": TEXT, "word_count": INTEGER, "is_truncated": TRUTH,
    "is_paywalled": TRUTH, "repaired": TEXTS, "revision": INTEGER, "document_sha256": TEXT, "extractor": TEXT,
    "extractor_version": TEXT, "run_id": TEXT, "entry_id": TEXT, "story_id": TEXT, "change": TEXT,
}  # fmt: skip
REVISION = {
    "article_id": TEXT, "revision": INTEGER, "seen_at": INSTANT, "change": TEXT, "title": TEXT, "text": TEXT,
    "text_sha256": TEXT, "added_chars": INTEGER, "removed_chars": INTEGER, "extractor_version": TEXT,
    "document_sha256": TEXT,
}  # fmt: skip
REMOVAL = {
    "article_id": TEXT, "revision": INTEGER, "ordinal": INTEGER, "kind": TEXT, "text": TEXT, "rule": TEXT,
}  # fmt: skip
MENTION = {
    "article_id": TEXT, "revision": INTEGER, "topic_id": TEXT, "term": TEXT, "raw": TEXT, "zone": TEXT,
    "char_start": INTEGER, "char_end": INTEGER, "sentence": TEXT,
}  # fmt: skip
FIGURE = {
    "article_id": TEXT, "revision": INTEGER, "char_start": INTEGER, "char_end": INTEGER, "raw": TEXT, "kind": TEXT,
    "value": REAL, "value_max": REAL, "unit": TEXT, "currency": TEXT, "is_currency_implied": TRUTH,
    "comparison": TEXT, "is_approximate": TRUTH, "per_value": REAL, "per_unit": TEXT, "converted_of": INTEGER,
    "subject": TEXT, "subjects": TEXTS, "attributed_to": TEXT, "sentence": TEXT, "is_damaged": TRUTH,
}  # fmt: skip
QUOTE = {
    "article_id": TEXT, "revision": INTEGER, "char_start": INTEGER, "char_end": INTEGER, "text": TEXT, "kind": TEXT,
    "speaker": TEXT, "speaker_raw": TEXT, "cue": TEXT, "confidence": REAL, "sentence": TEXT,
}  # fmt: skip
COVERAGE = {
    "article_id": TEXT, "change": TEXT, "ordinal": INTEGER, "topic_id": TEXT, "query_version": TEXT,
    "relevance": REAL, "mention_count": INTEGER, "in_title": TRUTH, "in_lede": TRUTH,
    "first_mention_at_char": INTEGER, "matched_at": INSTANT, "load_seq": INTEGER,
}  # fmt: skip
OUTCOME = {
    "entry_id": TEXT, "outcome": TEXT, "outcome_reason": TEXT, "outcome_at": INSTANT, "next_attempt_at": INSTANT,
    "article_id": TEXT, "document_sha256": TEXT, "first_seen_at": INSTANT,
}  # fmt: skip


def documents(verdicts: Iterable[Verdict], *, run_id: str) -> list[Row]:
    """Return a row for each item that received something."""
    return [
        {
            "document_sha256": document.sha256,
            "url": document.url,
            "final_url": document.final_url,
            "fetched_at": document.fetched_at,
            "http_status": document.http_status,
            "content_type": document.content_type,
            "charset": verdict.item.reading.charset if verdict.item.reading else None,
            "body_bytes": len(document.body),
            "warc_file": document.warc_file,
            "warc_offset": document.warc_offset,
            "etag": document.etag,
            "last_modified": document.last_modified,
            "run_id": run_id,
            "ordinal": ordinal,
            "document_key": int(document.sha256[:_KEY_DIGITS], 16),
        }
        for ordinal, verdict in enumerate(verdicts)
        if (document := verdict.item.document) is not None
    ]


def load_seqs(verdicts: Iterable[Verdict], *, after: int) -> dict[str, int]:
    """
    Return the load_seq of each new article: the numbers after *after*, in order.

    One number an article, not one a batch: a reader that stops in the middle of a batch can go on from there.
    """
    new = (verdict for verdict in verdicts if verdict.revision is not None and verdict.change is Change.FIRST)
    return {verdict.article.article_id: number for number, verdict in enumerate(new, start=after + 1)}


def articles(
    written: Sequence[Verdict],
    *,
    run_id: str,
    now: datetime,
    stories: Mapping[str, str],
    load_seqs: Mapping[str, int],
) -> list[Row]:
    """Return a row for each article written; *stories* and *load_seqs* are of the new ones."""
    return [
        _fields(verdict.article, Article)
        | {
            "revision": verdict.revision,
            "change": str(verdict.change),
            "first_seen_at": verdict.item.entry.first_seen_at,
            "loaded_at": now,
            "load_seq": load_seqs.get(verdict.article.article_id),
            "document_sha256": verdict.reading.document_sha256,
            "run_id": run_id,
            "entry_id": verdict.item.entry.entry_id,
            "story_id": stories.get(verdict.article.article_id),
        }
        for verdict in written
    ]


def revisions(written: Iterable[Verdict]) -> list[Row]:
    """Return a row for each new revision, with its text."""
    return [
        {
            "article_id": verdict.article.article_id,
            "revision": verdict.revision,
            "seen_at": verdict.item.document.fetched_at if verdict.item.document else verdict.item.collected_at,
            "change": str(verdict.change),
            "title": verdict.article.title,
            "text": verdict.article.text,
            "text_sha256": verdict.article.text_sha256,
            "added_chars": verdict.added_chars,
            "removed_chars": verdict.removed_chars,
            "extractor_version": verdict.article.extractor_version,
            "document_sha256": verdict.reading.document_sha256,
        }
        for verdict in written
        if verdict.change is not Change.REFRESHED
    ]


def removals(written: Iterable[Verdict]) -> list[Row]:
    """Return a row for each block stripped, numbered from 1 within its revision."""
    return [
        {
            "article_id": verdict.article.article_id,
            "revision": verdict.revision,
            "ordinal": ordinal,
            "kind": str(removal.kind),
            "text": removal.text,
            "rule": removal.rule,
        }
        for verdict in written
        for ordinal, removal in enumerate(verdict.reading.removals, start=1)
    ]


def mentions(written: Iterable[Verdict]) -> list[Row]:
    """Return a row for each mention."""
    return [
        _fields(mention, Mention) | {"article_id": verdict.article.article_id, "revision": verdict.revision}
        for verdict in written
        for mention in verdict.reading.mentions
    ]


def figures(written: Iterable[Verdict]) -> list[Row]:
    """Return a row for each figure."""
    return [
        _fields(figure, Figure) | {"article_id": verdict.article.article_id, "revision": verdict.revision}
        for verdict in written
        for figure in verdict.reading.figures
    ]


def quotes(written: Iterable[Verdict]) -> list[Row]:
    """Return a row for each quote."""
    return [
        _fields(quote, Quote) | {"article_id": verdict.article.article_id, "revision": verdict.revision}
        for verdict in written
        for quote in verdict.reading.quotes
    ]


def coverage(written: Iterable[Verdict], *, now: datetime, load_seqs: Mapping[str, int]) -> list[Row]:
    """Return a row for each topic found, numbered through the batch; *load_seqs* are of the new articles."""
    found = [
        _fields(topic, Coverage)
        | {
            "article_id": verdict.article.article_id,
            "change": str(verdict.change),
            "load_seq": load_seqs.get(verdict.article.article_id),
        }
        for verdict in written
        for topic in verdict.reading.coverage
    ]
    return [row | {"ordinal": ordinal, "matched_at": now} for ordinal, row in enumerate(found, start=1)]


def outcomes(verdicts: Iterable[Verdict]) -> list[Row]:
    """Return a row for each entry."""
    return [
        {
            "entry_id": verdict.item.entry.entry_id,
            "outcome": str(verdict.ledger_outcome or verdict.outcome),
            "outcome_reason": verdict.reason,
            "outcome_at": verdict.item.collected_at,
            "next_attempt_at": verdict.item.next_attempt_at,
            "article_id": verdict.article_id,
            "document_sha256": verdict.item.document.sha256 if verdict.item.document else None,
            "first_seen_at": verdict.entry_seen_at,
        }
        for verdict in verdicts
    ]


def _fields(record: Any, kind: type[Any]) -> Row:  # noqa: ANN401
    """Return the fields of *record* by name."""
    return {field.name: getattr(record, field.name) for field in fields(kind)}
