"""Read local files and load them: the main job without a network. Plain functions; no scheduler is started."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self

from extractors.acquire.files import FoundDocument, documents_in, files_under
from extractors.acquire.urls import LOCAL_SOURCE, is_http_url, registrable_domain, url_key
from extractors.identity import entry_id, feed_id
from extractors.model import CollectedEntry, Outcome, PendingEntry, WatchedFeed, WatchedTopic
from flows import console
from flows.collecting import alone, now, open_archive, open_writer, outcomes_of, read_document
from flows.readers import Readers
from flows.recording import recorded
from flows.settings import Settings
from flows.watched import read_watchlist
from warehouse.articles import load_batch
from warehouse.coverage import sync_topics
from warehouse.entries import add_entries, settled_documents
from warehouse.snapshot import publish

#: No document has this sha256, None included: an entry that was never settled.
_NEVER = ""


@dataclass(slots=True)
class IngestSummary:
    """What came of the files."""

    document_count: int = 0
    #: Documents whose bytes were read in an earlier run.
    known_count: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    #: One line for each document that could not be had.
    problems: list[str] = field(default_factory=list)


def topics_for(settings: Settings) -> tuple[WatchedTopic, ...]:
    """
    Return the topics of the watchlist.

    Raises:
        WatchlistError: It says something wrong, or is missing: without topics nothing would be found.
    """
    return read_watchlist(settings.watchlist).topics


def ingest_paths(paths: Sequence[Path], *, settings: Settings, topics: tuple[WatchedTopic, ...]) -> IngestSummary:
    """
    Read every document below *paths* that was not read before, load them in batches, publish.

    Raises:
        InputError: A path does not exist or is of no known kind; then nothing was read at all.
    """
    files = [file for path in paths for file in files_under(path)]
    own = settings.home.resolve()
    # What newsdesk itself keeps is no input, also where somebody ingests the folder that its home lies in.
    inputs = [file for file in dict.fromkeys(file.resolve() for file in files) if not file.is_relative_to(own)]
    with alone(settings), recorded("ingest", settings) as run_id:
        with open_writer(settings) as con:
            sync_topics(con, topics, now=now())
        with Desk(settings, run_id=run_id, topics=topics) as desk, console.progress("documents read") as advance:
            desk.ingest(inputs, advance=advance)
        desk.summary.outcomes.update(outcomes_of(settings, run_id))
    publish(settings.home, now=now())
    return desk.summary


#: An entry with the feed and the document that it stands for.
Incoming = tuple[WatchedFeed, PendingEntry, FoundDocument]
#: An entry whose reading is under way.
Started = tuple[WatchedFeed, PendingEntry, Callable[[], CollectedEntry]]


class Desk:
    """What one ingest holds open: the reading processes and the day's archive; a context manager."""

    def __init__(self, settings: Settings, *, run_id: str, topics: tuple[WatchedTopic, ...]) -> None:
        self.settings = settings
        self.run_id = run_id
        self.summary = IngestSummary()
        self.archive = open_archive(settings)
        self.readers = Readers(workers=settings.workers, topics=topics, timeout_seconds=settings.read_timeout_seconds)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Open both."""
        self._open.enter_context(self.archive)
        self._open.enter_context(self.readers)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both."""
        self._open.__exit__(kind, error, trace)

    def ingest(self, files: Sequence[Path], *, advance: Callable[[int], None]) -> None:
        """Read and load the documents of *files* in batches: while one is loaded, the next is being read."""
        incoming = (
            (folder, _entry(folder, found), found)
            for file in files
            for folder in [files_feed(file.parent)]
            for found in documents_in(file)
        )
        under_way: list[Started] = []
        while batch := list(islice(incoming, self.settings.batch_entry_count)):
            started = [self._start(item) for item in self._fresh(batch)]
            self._load(under_way)
            under_way = started
            advance(len(batch))
        self._load(under_way)

    def _fresh(self, batch: Sequence[Incoming]) -> list[Incoming]:
        """Return what was not read before: the entry is new, or its file now holds other bytes."""
        with open_writer(self.settings) as con:
            settled = settled_documents(con, [entry.entry_id for _, entry, _ in batch])
        fresh = [
            (folder, entry, found)
            for folder, entry, found in batch
            if settled.get(entry.entry_id, _NEVER) != (found.document.sha256 if found.document else None)
        ]
        self.summary.document_count += len(batch)
        self.summary.known_count += len(batch) - len(fresh)
        self.summary.problems += [f"{found.key}: {found.problem}" for _, _, found in fresh if found.problem]
        return fresh

    def _start(self, item: Incoming) -> Started:
        """Keep the bytes and start reading them, or record why there are none."""
        folder, entry, found = item
        if found.document is None:
            failed = CollectedEntry(entry=entry, outcome=Outcome.FAILED, reason=found.problem, collected_at=now())
            return folder, entry, lambda: failed
        warc_file, warc_offset = self.archive.write_document(found.document)
        document = replace(found.document, warc_file=warc_file, warc_offset=warc_offset)
        return folder, entry, read_document(self.readers, entry, document)

    def _load(self, started: Sequence[Started]) -> None:
        """Wait for the readings and load them in one transaction, their entries first."""
        if not started:
            return
        items = [read() for _, _, read in started]
        with open_writer(self.settings) as con:
            for folder, group in groupby(started, key=itemgetter(0)):
                add_entries(con, folder, [entry for _, entry, _ in group], run_id=self.run_id)
            archives = {self.archive.warc_file: self.archive.sync()}
            load_batch(con, items, run_id=self.run_id, now=now(), archives=archives)


def files_feed(folder: Path) -> WatchedFeed:
    """Return the feed that stands for *folder*, so that the ledger covers its files like any other entries."""
    url = folder.resolve().as_uri()
    return WatchedFeed(feed_id=feed_id(url), url=url, source=LOCAL_SOURCE)


def _entry(folder: WatchedFeed, found: FoundDocument) -> PendingEntry:
    web = is_http_url(found.url)
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
