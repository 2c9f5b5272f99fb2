"""Read local files and load them: the main job without a network. Plain functions; no scheduler is started."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from extractors.acquire.archives import Found
from extractors.acquire.files import FoundDocument, damage, files_under, is_url_list
from extractors.acquire.parts import ArchivePart, is_archive, parts_of
from extractors.acquire.prefilter import Prefilter
from extractors.acquire.url_lists import entries_of_list, list_feed, read_url_list
from extractors.acquire.urls import LOCAL_SOURCE, is_http_url, publisher, registrable_domain, url_key
from extractors.acquire.verdict import verdict
from extractors.errors import ArchiveError
from extractors.identity import entry_id, feed_id
from extractors.model import (
    Backfill,
    CollectedEntry,
    Document,
    FetchOutcome,
    Furniture,
    Outcome,
    PendingEntry,
    WatchedFeed,
    WatchedTopic,
)
from flows import console
from flows.alerting import send_alerts
from flows.assigning import assign_stories
from flows.backfilling import Batch, Question, archive_batches, begun, loose_batches
from flows.collecting import alone, now, open_archive, open_writer, outcomes_of, read_document
from flows.readers import open_readers
from flows.recording import recorded
from flows.rereading import freshen
from flows.retention import forget_raw
from flows.settings import Settings
from flows.watched import read_watchlist
from warehouse.articles import load_batch
from warehouse.backfills import held_backfill, save_backfill
from warehouse.coverage import sync_topics
from warehouse.entries import add_entries, settled_documents
from warehouse.furniture import furniture_of
from warehouse.snapshot import publish

#: No document has this sha256, None included: an entry that was never settled.
_NEVER = ""


@dataclass(slots=True)
class IngestSummary:
    """What came of the files."""

    #: Pages within the time asked for, and everything that could not be read.
    document_count: int = 0
    #: Documents whose bytes were read in an earlier run.
    known_count: int = 0
    #: Documents that are about no topic by their bytes, and by their reading: not loaded.
    unmatched_count: int = 0
    uncovered_count: int = 0
    #: Documents received before or after the time asked for.
    outside_count: int = 0
    #: Addresses of lists that wait for the next run.
    listed_count: int = 0
    #: Archives that an earlier run took in to their end.
    finished: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    #: One line for each document that could not be had.
    problems: list[str] = field(default_factory=list)
    #: The run that loaded them.
    run_id: str = ""
    #: What people were told of it, in one line; empty: nothing, as is the rule.
    alerts: str = ""

    def tell(self, settings: Settings) -> None:
        """Send alerts for what was loaded as if a feed had brought it, however old it is."""
        told = send_alerts(settings, asked_run_id=self.run_id)
        self.alerts = told.line
        self.problems += told.problems

    def count(self, batch: Batch) -> None:
        """Add what *batch* found on its way."""
        self.unmatched_count += batch.counts[Found.UNMATCHED]
        self.outside_count += batch.counts[Found.OUTSIDE]
        self.document_count += len(batch.documents) + batch.counts[Found.UNMATCHED]


def topics_for(settings: Settings) -> tuple[WatchedTopic, ...]:
    """
    Return the topics of the watchlist.

    Raises:
        WatchlistError: It says something wrong, or is missing: without topics nothing would be found.
    """
    return read_watchlist(settings.watchlist).topics


def ingest_paths(
    paths: Sequence[Path],
    *,
    settings: Settings,
    topics: tuple[WatchedTopic, ...],
    question: Question | None = None,
    alerts: bool = False,
) -> IngestSummary:
    """
    Take in *paths* as ``take_in`` does, tell people where *alerts* asks for it, then publish.

    Raises:
        InputError: A path does not exist or is of no known kind; then nothing was read at all.
    """
    summary = take_in(paths, settings=settings, topics=topics, question=question or Question(), flow="ingest")
    if alerts:
        summary.tell(settings)
    forget_raw(settings, now())
    publish(settings.home, now=now())
    return summary


def take_in(
    paths: Sequence[Path],
    *,
    settings: Settings,
    topics: tuple[WatchedTopic, ...],
    question: Question,
    flow: str,
) -> IngestSummary:
    """
    Read every wanted document below *paths* that was not read before and load them in batches; publishes nothing.

    Args:
        paths: Files and folders.
        settings: Where to and how.
        topics: What to look for.
        question: Which documents are wanted.
        flow: Under which name the run is recorded.

    Raises:
        InputError: A path does not exist or is of no known kind; then nothing was read at all.
    """
    files = [file for path in paths for file in files_under(path)]
    own = settings.home.resolve()
    # What newsdesk itself keeps is no input, also where somebody ingests the folder that its home lies in.
    inputs = [file for file in dict.fromkeys(file.resolve() for file in files) if not file.is_relative_to(own)]
    total = sum(file.stat().st_size for file in inputs)
    with alone(settings), recorded(flow, settings) as run_id:
        with open_writer(settings) as con:
            sync_topics(con, topics, now=now())
        opening = Desk(settings, run_id=run_id, topics=topics, question=question)
        with opening as desk, console.byte_progress("read", total=total) as advance:
            desk.take_lists([file for file in inputs if is_url_list(file)])
            desk.take_documents([file for file in inputs if not is_url_list(file)], advance=advance)
        desk.summary.outcomes.update(outcomes_of(settings, run_id))
        desk.summary.run_id = run_id
    return desk.summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An entry whose reading is under way."""

    entry: PendingEntry
    read: Callable[[], CollectedEntry]


class Desk:
    """What one ingest holds open: the reading processes and the day's archive; a context manager."""

    def __init__(
        self, settings: Settings, *, run_id: str, topics: tuple[WatchedTopic, ...], question: Question
    ) -> None:
        self.settings = settings
        self.run_id = run_id
        self.summary = IngestSummary()
        self.question = question
        self._words = question.words(topics)
        self._wanted = question.wanted(_prefilter(topics) if question.has_prefilter else None)
        #: How far each archive has come.
        self._backfills: dict[str, Backfill] = {}
        #: What is known to repeat on the sites of the batch that is read next.
        self.furniture: dict[str, Furniture] = {}
        #: Entries of that batch that were read before; where they are read again, from other bytes.
        self._changed: set[str] = set()
        self.archive = open_archive(settings)
        self._opening = open_readers(
            workers=settings.workers, topics=topics, timeout_seconds=settings.read_timeout_seconds
        )
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Open both."""
        self._open.enter_context(self.archive)
        self.readers = self._open.enter_context(self._opening)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both."""
        self._open.__exit__(kind, error, trace)

    def take_lists(self, files: Sequence[Path]) -> None:
        """Add the addresses of lists to the ledger; the next run collects them."""
        for file in files:
            listed = read_url_list(file.read_bytes(), name=str(file))
            feed = list_feed(file.as_uri(), source=LOCAL_SOURCE)
            with open_writer(self.settings) as con:
                entries = entries_of_list(feed, listed.urls, now=now())
                self.summary.listed_count += add_entries(con, feed, entries, run_id=self.run_id)
            self.summary.problems += listed.problems

    def take_documents(self, files: Sequence[Path], *, advance: Callable[[int], None]) -> None:
        """
        Read and load the documents of *files* in batches: while one is read, the next is looked for.

        A batch is read when the one before is loaded, with what that one taught of its sites: so the texts are the
        same whether a run was killed in between or not.
        """
        batches = self._batches(files, advance=advance)
        batch = next(batches, None)
        while batch is not None:
            self.summary.count(batch)
            started = [self._start(entry, found) for entry, found in self._fresh(batch)]
            following = next(batches, None)
            self._load(batch, started)
            advance(batch.byte_count)
            batch = following

    def _batches(self, files: Sequence[Path], *, advance: Callable[[int], None]) -> Iterator[Batch]:
        size = self.settings.batch_entry_count
        yield from loose_batches([file for file in files if not is_archive(file)], wanted=self._wanted, size=size)
        for file in filter(is_archive, files):
            try:
                parts = parts_of(file)
            except ArchiveError as error:
                yield Batch(documents=[damage(file.as_uri(), error)])
                continue
            for part in parts:
                held = self._held(part)
                advance(held.next_offset)
                if held.is_ended:
                    self.summary.finished.append(part.uri)
                    continue
                self._backfills[held.backfill_id] = held
                yield from archive_batches(part, held, wanted=self._wanted, size=size)

    def _held(self, part: ArchivePart) -> Backfill:
        """Return how far *part* has come in earlier runs with the same question."""
        fresh = begun(part, self._words)
        with open_writer(self.settings) as con:
            return held_backfill(con, fresh.backfill_id) or fresh

    def _fresh(self, batch: Batch) -> list[tuple[PendingEntry, FoundDocument]]:
        """Return what was not read before: the entry is new, or its file now holds other bytes."""
        entries = [_entry(found) for found in batch.documents]
        with open_writer(self.settings) as con:
            settled = settled_documents(con, [entry.entry_id for entry in entries])
            self.furniture = furniture_of(con, {_source(entry) for entry in entries})
        self._changed = {entry_id for entry_id, sha256 in settled.items() if sha256 is not None}
        fresh = [
            (entry, found)
            for entry, found in zip(entries, batch.documents, strict=True)
            if settled.get(entry.entry_id, _NEVER) != (found.document.sha256 if found.document else None)
        ]
        self.summary.known_count += len(batch.documents) - len(fresh)
        self.summary.problems += [f"{found.key}: {found.problem}" for _, found in fresh if found.problem]
        return fresh

    def _start(self, entry: PendingEntry, found: FoundDocument) -> Started:
        """Start reading the bytes, or record why there is nothing to read."""
        received = found.document
        if received is None:
            return _unread(entry, outcome=Outcome.FAILED, reason=found.problem)
        outcome, reason = _judged(received)
        if outcome is not None:
            return _unread(entry, outcome=outcome, reason=reason, document=received)
        return Started(entry=entry, read=read_document(self.readers, entry, received, furniture=self.furniture))

    def _load(self, batch: Batch, started: Sequence[Started]) -> None:
        """Wait for the readings and load them, their entries first; then note how far the archive has come."""
        items = [reading.read() for reading in started]
        loaded = [self._kept(item) for item in items if not self.question.has_prefilter or _is_about_topic(item)]
        uncovered_count = len(items) - len(loaded)
        self.summary.uncovered_count += uncovered_count
        if edited := _articles_of(item for item in loaded if item.entry.entry_id in self._changed):
            freshen(self.settings, self.readers, edited, furniture=self.furniture, run_id=self.run_id)
        with open_writer(self.settings) as con:
            if loaded:
                for folder, group in groupby((item.entry for item in loaded), key=lambda entry: _folder(entry.guid)):
                    add_entries(con, _folder_feed(folder), list(group), run_id=self.run_id)
                archives = {self.archive.warc_file: self.archive.sync()}
                load_batch(con, loaded, run_id=self.run_id, now=now(), archives=archives, assign=assign_stories)
            if batch.backfill is not None:
                # Those that a killed run loaded before it could say so are entries, too.
                entry_count = len(batch.documents) - uncovered_count
                reached = self._reached(batch.backfill, uncovered=uncovered_count, entries=entry_count)
                save_backfill(con, reached, run_id=self.run_id, now=now())

    def _reached(self, backfill: Backfill, *, uncovered: int, entries: int) -> Backfill:
        """Return *backfill* with what reading found in all of its batches."""
        before = self._backfills[backfill.backfill_id]
        reached = replace(
            backfill,
            uncovered_count=before.uncovered_count + uncovered,
            entry_count=before.entry_count + entries,
        )
        self._backfills[backfill.backfill_id] = reached
        return reached

    def _kept(self, item: CollectedEntry) -> CollectedEntry:
        """Copy the bytes of *item* into the day's archive; those that nobody asked for are not kept."""
        if item.document is None:
            return item
        warc_file, warc_offset = self.archive.write_document(item.document)
        return replace(item, document=replace(item.document, warc_file=warc_file, warc_offset=warc_offset))


def files_feed(folder: Path) -> WatchedFeed:
    """Return the feed that stands for *folder*, so that the ledger covers its files like any other entries."""
    return _folder_feed(folder.resolve().as_uri())


def _folder_feed(url: str) -> WatchedFeed:
    return WatchedFeed(feed_id=feed_id(url), url=url, source=LOCAL_SOURCE)


def _folder(key: str | None) -> str:
    """Return the URL of the folder of the document that *key* names."""
    return urlsplit(key or "")._replace(fragment="").geturl().rpartition("/")[0]


def _prefilter(topics: tuple[WatchedTopic, ...]) -> Prefilter:
    prefilter = Prefilter(topics)
    for topic_id in prefilter.weak_topics:
        console.note(f"topic {topic_id}: one or two letters are enough for it, so nearly every page must be read")
    return prefilter


def _source(entry: PendingEntry) -> str:
    return publisher(entry.url, feed_source=entry.source)


def _entry(found: FoundDocument) -> PendingEntry:
    web = is_http_url(found.url)
    folder = _folder_feed(_folder(found.key))
    return PendingEntry(
        entry_id=entry_id(folder.feed_id, found.key),
        feed_id=folder.feed_id,
        guid=found.key,
        url=found.url,
        url_key=url_key(found.url),
        source=found.source or (registrable_domain(found.url) if web else LOCAL_SOURCE),
        title=found.title,
        published_at=found.published_at,
        authors=found.authors,
        first_seen_at=now(),
    )


def _articles_of(items: Iterable[CollectedEntry]) -> set[str]:
    return {item.reading.article.article_id for item in items if item.reading and item.reading.article}


def _judged(received: Document) -> tuple[Outcome | None, str | None]:
    """Return what the status of *received* says; None: its body is worth reading."""
    if received.http_status is None:
        return None, None
    answer = FetchOutcome(
        url=received.url, fetched_at=received.fetched_at, duration_seconds=0, http_status=received.http_status
    )
    judged = verdict(answer)
    return judged.outcome, judged.reason


def _unread(entry: PendingEntry, *, outcome: Outcome, reason: str | None, document: Document | None = None) -> Started:
    item = CollectedEntry(entry=entry, outcome=outcome, reason=reason, document=document, collected_at=now())
    return Started(entry=entry, read=lambda: item)


def _is_about_topic(item: CollectedEntry) -> bool:
    """Tell whether *item* is loaded where only coverage is: what could not be read is, since nobody knows."""
    if item.reading is None:
        return item.document is None
    return item.outcome is Outcome.FAILED or bool(item.reading.coverage)
