"""
Read kept documents again with today's extractor, show what differs, apply it: plain functions, no network.

One pass reads everything and compares it with what is held. What differs waits in an unnamed file below the home
folder, since reading costs ten times what loading does; it is loaded when no source loses too much. A run that is
killed leaves whole batches loaded, and the next finds only what still differs.
"""

import math
import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from extractors.acquire.archives import read_record
from extractors.acquire.urls import publisher
from extractors.errors import ArchiveError, LossError, WarehouseError
from extractors.model import CollectedEntry, Document, Furniture, Outcome, Reading, WatchedTopic
from extractors.version import extractor_version
from flows import console
from flows.assigning import assign_stories
from flows.collecting import alone, hints_of, now, open_writer
from flows.comparison import (
    COUNTS,
    LOSS_PCT,
    Difference,
    Effect,
    Loss,
    Tally,
    article_of,
    compare,
    losses,
    new_article,
    settled,
)
from flows.readers import Readers, open_readers
from flows.recording import recorded
from flows.settings import Settings
from warehouse.articles import load_batch
from warehouse.connection import WAREHOUSE_NAME
from warehouse.coverage import current_topics
from warehouse.documents import KeptDocument, as_held, held_readings, kept_articles, kept_counts, kept_discarded
from warehouse.furniture import all_furniture
from warehouse.reextraction import Rereading, load_rereadings
from warehouse.verdicts import Change

#: Documents looked up at once: what is held of them is in memory for as long (some 20 MB).
_ROUND_DOCUMENTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked for."""

    #: Documents received before this instant are left out; None: all are read.
    since: datetime | None = None
    #: Compare only; nothing is written anywhere.
    is_dry_run: bool = False
    #: Read the documents that gave no article, too.
    recovers: bool = False
    #: Most that a source may lose of its characters or mentions, in percent.
    allowed_loss_pct: float = LOSS_PCT


@dataclass(slots=True)
class Report:
    """What reading again comes to; filled while it goes on."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    #: Numbers that belong to no source.
    counts: Counter[str] = field(default_factory=Counter)
    #: By WARC file: the first problem, and how many documents it keeps from being read.
    problems: dict[str, tuple[str, int]] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)
    is_applied: bool = False

    def add(self, difference: Difference) -> None:
        """Count *difference* to its source."""
        self.tallies.setdefault(difference.source, Tally()).add(difference)

    def add_problem(self, error: ArchiveError) -> None:
        """Count a document whose bytes cannot be had."""
        first, count = self.problems.get(error.path, (str(error), 0))
        self.problems[error.path] = first, count + 1

    def count(self, name: str) -> int:
        """Return the number *name*, of all sources together."""
        return self.counts[name] + sum(tally.counts[name] for tally in self.tallies.values())


@dataclass(slots=True)
class Batch:
    """What waits to be loaded in one transaction."""

    rereadings: list[Rereading] = field(default_factory=list)
    #: Articles that read the same under another version of the extractor.
    same: list[str] = field(default_factory=list)
    recovered: list[CollectedEntry] = field(default_factory=list)


#: A document with what is held of it and the answer of the process that reads it.
Started = tuple[KeptDocument, Reading | None, Callable[[], Reading]]


def reprocess_documents(settings: Settings, plan: Plan, *, report: Report) -> None:
    """
    Read the documents of *plan* again and fill *report*; load what differs, unless the plan is a dry run.

    A dry run looks at the warehouse, not at the snapshot: after an upgrade that may be older than this newsdesk. It
    opens it for a moment at a time and changes nothing. The other holds the collect lock; publishing is the caller's.

    Raises:
        LossError: A source loses more than the plan allows; nothing was changed.
        WarehouseError: There is no warehouse yet, or it cannot be opened.
    """
    if not (settings.home / WAREHOUSE_NAME).exists():
        raise WarehouseError(f"nothing is kept in {settings.home} yet: run `newsdesk run` or `newsdesk ingest` first")
    if plan.is_dry_run:
        _compare_all(settings, plan, report=report, keep=lambda _: None)
        return
    with (
        alone(settings),
        recorded("reprocess", settings) as run_id,
        # Without a name: it is gone with the process, however that ends.
        TemporaryFile(dir=settings.home) as spool,
    ):
        _compare_all(settings, plan, report=report, keep=lambda batch: _keep(spool, batch))
        if report.losses:
            raise _refusal(report.losses, plan)
        _apply(settings, _kept(spool), run_id=run_id)
        report.is_applied = True


def _refusal(found: Sequence[Loss], plan: Plan) -> LossError:
    """Return the error that names the first of the losses, and the share that would allow them all."""
    first, others = found[0], len(found) - 1
    most = max(loss.share_pct for loss in found)
    return LossError(
        f"would lose {first.share_pct:.1f} % of its {first.what}"
        + (f" (and {others} more losses, up to {most:.1f} %)" if others else "")
        + f"; more than {plan.allowed_loss_pct:g} % is refused and nothing was changed:"
        + f" look at the examples, then allow it with --allow-loss {math.ceil(most)}",
        source=first.source,
        share_pct=first.share_pct,
    )


# --- the pass that compares ----------------------------------------------------------------------------------------


def _compare_all(settings: Settings, plan: Plan, *, report: Report, keep: Callable[[Batch], None]) -> None:
    """Read every document of *plan*, fill *report*, hand what is to be loaded to *keep*."""
    with open_writer(settings) as con:
        topics = tuple(current_topics(con))
        # As it is known now: what was learnt since an article was read goes from it, too.
        furniture = all_furniture(con)
        article_count, discarded_count = kept_counts(con, since=plan.since)
    if not plan.recovers:
        report.counts["discarded_count"] = discarded_count
    total = article_count + (discarded_count if plan.recovers else 0)
    if not total:
        return
    opening = open_readers(workers=settings.workers, topics=topics, timeout_seconds=settings.read_timeout_seconds)
    with opening as readers, console.progress("documents read again", total=total) as advance:
        rounds = _rounds(settings, plan)
        for started in _ahead(_started(settings, readers, rounds, furniture=furniture, report=report)):
            batch = Batch()
            for kept, held, read in started:
                _compare(kept, held, as_held(read()), topics=topics, report=report, batch=batch)
            keep(batch)
            advance(len(started))
    report.losses = losses(report.tallies, allowed_pct=plan.allowed_loss_pct)


def _rounds(settings: Settings, plan: Plan) -> Iterator[tuple[list[KeptDocument], dict[str, Reading]]]:
    """Give the documents of *plan*, so many at once, with what is held of their articles."""
    for find in (kept_articles, kept_discarded)[: 1 + plan.recovers]:
        found: list[KeptDocument] = []
        while True:
            with open_writer(settings) as con:
                found = find(con, since=plan.since, limit=_ROUND_DOCUMENTS, after=found[-1] if found else None)
                held = held_readings(con, [kept.article_id for kept in found if kept.article_id])
            if not found:
                break
            yield found, held


def _started(
    settings: Settings,
    readers: Readers,
    rounds: Iterator[tuple[list[KeptDocument], dict[str, Reading]]],
    *,
    furniture: Mapping[str, Furniture],
    report: Report,
) -> Iterator[list[Started]]:
    """Give batch after batch of documents whose reading has started."""
    for documents, held in rounds:
        for start in range(0, len(documents), settings.batch_entry_count):
            batch: list[Started] = []
            for kept in documents[start : start + settings.batch_entry_count]:
                try:
                    received = with_bytes(kept.document, raw=settings.home / "raw")
                except ArchiveError as error:
                    report.add_problem(error)
                    continue
                read = read_kept(readers, kept, received, furniture=furniture)
                batch.append((kept, held.get(kept.article_id or ""), read))
            yield batch


def _ahead(batches: Iterator[list[Started]]) -> Iterator[list[Started]]:
    """Give each batch when the next has been started: the readers always have something to do."""
    before: list[Started] = []
    for batch in batches:
        yield before
        before = batch
    yield before


def read_kept(
    readers: Readers, kept: KeptDocument, received: Document, *, furniture: Mapping[str, Furniture]
) -> Callable[[], Reading]:
    """Start reading *received*, the bytes of *kept*, as today's extractor reads them; the answer waits for it."""
    source = publisher(received.final_url, feed_source=kept.entry.source)
    learnt = furniture.get(source, Furniture())
    return readers.submit(received, hints=hints_of(kept.entry), now=kept.read_at, furniture=learnt)


def with_bytes(document: Document, *, raw: Path) -> Document:
    """
    Return *document* with its bytes.

    Raises:
        ArchiveError: They are not kept, or not as they were received.
    """
    if document.warc_file is None or document.warc_offset is None:
        raise ArchiveError("the bytes were never kept", path=document.url)
    path = raw / document.warc_file
    if not path.exists():
        raise ArchiveError("no such file", path=str(path))
    body = read_record(path, document.warc_offset)
    if body.sha256 != document.sha256:
        raise ArchiveError(f"damaged: the bytes at {document.warc_offset} are not those received", path=str(path))
    return replace(document, body=body.body)


def _compare(
    kept: KeptDocument,
    held: Reading | None,
    today: Reading,
    *,
    topics: tuple[WatchedTopic, ...],
    report: Report,
    batch: Batch,
) -> None:
    """Count what *today* changes, and put it into *batch* where it is to be loaded."""
    if held is None or kept.revision is None:
        if today.outcome is Outcome.STORED and today.article is not None:
            report.add(new_article(today))
            batch.recovered.append(_recovered(kept, today))
        return
    today, counts = settled(today, held, topics=topics)
    report.counts.update(counts)
    difference = compare(held, today)
    report.add(difference)
    article = held.article
    if article is None or difference.effect is Effect.NO_ARTICLE:
        return
    if difference.effect is Effect.SAME:
        batch.same += [article.article_id] * (article.extractor_version != extractor_version())
        return
    batch.rereadings.append(rereading_of(kept, held, today, difference))


def rereading_of(kept: KeptDocument, held: Reading, today: Reading, difference: Difference) -> Rereading:
    """Return what is to be loaded of *today*, ``settled`` beforehand, where it makes a *difference* to *held*."""
    return Rereading(
        entry=kept.entry,
        reading=today,
        revision=kept.revision or 1,
        text_sha256=article_of(held).text_sha256,
        change=Change.REEXTRACTED if difference.effect is Effect.TEXT else Change.REFRESHED,
        added_chars=difference.counts["added_chars"],
        removed_chars=difference.counts["removed_chars"],
    )


def _recovered(kept: KeptDocument, today: Reading) -> CollectedEntry:
    """Return the entry of a document that gives an article at last, in the form in which entries are loaded."""
    return CollectedEntry(
        entry=kept.entry, outcome=Outcome.STORED, document=kept.document, reading=today, collected_at=now()
    )


# --- the pass that loads -------------------------------------------------------------------------------------------


def _keep(spool: IO[bytes], batch: Batch) -> None:
    """Put *batch* aside where there is something to load."""
    if batch.rereadings or batch.same or batch.recovered:
        pickle.dump(batch, spool, protocol=pickle.HIGHEST_PROTOCOL)


def _kept(spool: IO[bytes]) -> Iterator[Batch]:
    """Give the batches put aside, in their order."""
    spool.seek(0)
    while True:
        try:
            yield pickle.load(spool)  # noqa: S301 - written by this process, into a file that no other can open
        except EOFError:
            return


def _apply(settings: Settings, batches: Iterator[Batch], *, run_id: str) -> None:
    """Load *batches*, a transaction each for what is read again and what is recovered."""
    with console.progress("documents loaded again") as advance:
        for batch in batches:
            with open_writer(settings) as con:
                load_rereadings(
                    con,
                    batch.rereadings,
                    same=batch.same,
                    extractor_version=extractor_version(),
                    run_id=run_id,
                    now=now(),
                )
                if batch.recovered:
                    load_batch(con, batch.recovered, run_id=run_id, now=now(), archives={}, assign=assign_stories)
            advance(len(batch.rereadings) + len(batch.recovered))


def as_counts(report: Report) -> Mapping[str, int]:
    """Return the numbers of *report*, of all sources together."""
    aside = ("moved_count", "unapplied_count", "discarded_count")
    return {name: report.count(name) for name in (*COUNTS, *aside)}
