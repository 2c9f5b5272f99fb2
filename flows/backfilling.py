"""
Cut what is to be taken in into batches, the same in every run, so that a killed run goes on where it was.

A batch of an archive ends after so many wanted pages, or so many bytes without enough of them; the offset behind it is
kept with what was loaded. Loose files have no offsets: those that the ledger knows are passed over.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from extractors.acquire.archives import Found, Wanted
from extractors.acquire.files import FoundDocument, documents_in, pages_of
from extractors.acquire.parts import ArchivePart
from extractors.acquire.prefilter import Prefilter
from extractors.identity import derived_id
from extractors.model import Backfill, WatchedTopic

#: So much of an archive at most is looked through again after a kill: a second or two.
_STRIDE_BYTES = 16_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is looked for in local files."""

    #: Days in UTC, both included; None: no bound.
    since: date | None = None
    until: date | None = None
    #: Only what is about a topic is loaded, and only what can be is read.
    has_prefilter: bool = False

    def wanted(self, prefilter: Prefilter | None) -> Wanted:
        """Return which pages are wanted."""
        return Wanted(
            since=_midnight(self.since) if self.since else None,
            until=_midnight(self.until + timedelta(days=1)) if self.until else None,
            passes=prefilter.passes if prefilter else None,
        )

    def words(self, topics: Sequence[WatchedTopic]) -> str:
        """Return the question in words; two that are spelt alike have the same answer."""
        about = ", ".join(sorted(f"{topic.topic_id} ({topic.query_version})" for topic in topics))
        what = f"pages about {about}" if self.has_prefilter else "all pages"
        return f"{what}{f' since {self.since}' * bool(self.since)}{f' until {self.until}' * bool(self.until)}"


@dataclass(slots=True, kw_only=True)
class Batch:
    """What is loaded together."""

    documents: list[FoundDocument] = field(default_factory=list)
    #: How many records of which kind were passed on the way.
    counts: Counter[Found] = field(default_factory=Counter)
    #: How much of the input it is, in bytes.
    byte_count: int = 0
    #: The archive as it is once the batch is loaded, but for what reading finds; None for loose files.
    backfill: Backfill | None = None


def begun(part: ArchivePart, question: str) -> Backfill:
    """Return the backfill of *part* with *question* at its very beginning; a changed file is another one."""
    changed_at = part.path.stat().st_mtime_ns
    backfill_id = derived_id("backfill", part.uri, str(part.byte_count), str(changed_at), question)
    return Backfill(backfill_id=backfill_id, url=part.uri, total_bytes=part.byte_count, question=question)


def archive_batches(part: ArchivePart, held: Backfill, *, wanted: Wanted, size: int) -> Iterator[Batch]:
    """
    Give what is left of *part* in batches.

    Args:
        part: A WARC.
        held: How far it has come.
        wanted: Which pages are wanted.
        size: Wanted pages of a batch.
    """
    batch, start, before = Batch(), held.next_offset, held
    for record, document in pages_of(part, start=start, wanted=wanted):
        if record is not None:
            if len(batch.documents) >= size or record.offset - start >= _STRIDE_BYTES:
                before = _ended(batch, before, start=start, end=record.offset)
                yield batch
                batch, start = Batch(), record.offset
            batch.counts[record.found] += 1
        if document is not None:
            batch.documents.append(document)
    _ended(batch, before, start=start, end=part.byte_count)
    yield batch


def loose_batches(files: Sequence[Path], *, wanted: Wanted, size: int) -> Iterator[Batch]:
    """Give the documents of *files*, which are no archives, in batches; the arguments are those of archives."""
    batch = Batch()
    for file in files:
        batch.byte_count += file.stat().st_size if file.exists() else 0
        for found in documents_in(file):
            kind = _kind(found, wanted)
            batch.counts[kind] += 1
            if kind is Found.PAGE:
                batch.documents.append(found)
            if len(batch.documents) >= size:
                yield batch
                batch = Batch()
    yield batch


def _kind(found: FoundDocument, wanted: Wanted) -> Found:
    if found.document is None:
        return Found.PAGE
    if not wanted.is_in_time(found.document.fetched_at):
        return Found.OUTSIDE
    # A title that stands beside the text counts as much as one in it.
    body = f"{found.title}\n".encode() + found.document.body if found.title else found.document.body
    is_wanted = wanted.passes is None or wanted.passes(body, found.document.content_type)
    return Found.PAGE if is_wanted else Found.UNMATCHED


def _ended(batch: Batch, before: Backfill, *, start: int, end: int) -> Backfill:
    """Note in *batch* that it reaches from *start* to *end*; return the backfill as it is after it."""
    counts = batch.counts
    batch.byte_count = end - start
    batch.backfill = replace(
        before,
        next_offset=end,
        page_count=before.page_count + counts[Found.PAGE] + counts[Found.UNMATCHED],
        unmatched_count=before.unmatched_count + counts[Found.UNMATCHED],
        outside_count=before.outside_count + counts[Found.OUTSIDE],
        revisit_count=before.revisit_count + counts[Found.REVISIT],
    )
    return batch.backfill


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
