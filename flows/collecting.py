"""
Turn pending entries into loaded articles: fetch, keep, read, load.

Plain functions without a scheduler; ``tasks.py`` wraps them for Prefect, ``ingest.py`` uses the same reading and
loading for files.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from extractors.acquire.archives import WarcWriter, daily_file, document
from extractors.acquire.fetch import Fetcher
from extractors.acquire.verdict import verdict
from extractors.model import (
    CollectedEntry,
    Document,
    FetchOutcome,
    FetchRequest,
    Hints,
    Outcome,
    PendingEntry,
    Reading,
    WatchedTopic,
)
from flows.readers import Readers, open_readers
from flows.settings import Settings
from warehouse.archives import committed_bytes
from warehouse.articles import load_batch
from warehouse.connection import Connection, writer
from warehouse.entries import known_urls, outcome_counts, pending_entries
from warehouse.gate import held_gate

log = logging.getLogger("newsdesk.collect")

#: Entries of one round: bounds what is held in memory, whatever the backlog.
_ROUND_ENTRIES = 2_000
_ACCEPT_PAGES = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"


class Turns:
    """Lets concurrent batches load in their order: which of two equal entries is first never depends on speed."""

    def __init__(self) -> None:
        self._over: set[int] = set()
        self._changed = threading.Condition()

    @contextmanager
    def hold(self, number: int) -> Iterator[Callable[[], None]]:
        """Give a function that waits for every batch before *number*; leaving lets the later ones pass."""
        try:
            yield lambda: self._wait(number)
        finally:
            with self._changed:
                self._over.add(number)
                self._changed.notify_all()

    def _wait(self, number: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._over.issuperset(range(number)))


class Workshop:
    """
    What one run holds open while it collects: the network, the reading processes, the day's archive.

    A context manager; one run at a time has it for a home (the caller holds the collect lock).
    """

    def __init__(self, settings: Settings, *, run_id: str, topics: tuple[WatchedTopic, ...]) -> None:
        self.settings = settings
        self.run_id = run_id
        self.batches: list[Sequence[PendingEntry]] = []
        self.turns = Turns()
        self.fetcher = open_fetcher(settings)
        self.archive = open_archive(settings)
        self._opening = open_readers(
            workers=settings.workers, topics=topics, timeout_seconds=settings.read_timeout_seconds
        )
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Open all three."""
        self._open.enter_context(self.archive)
        self.readers = self._open.enter_context(self._opening)
        self._open.enter_context(self.fetcher)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all three, the reading processes at once where something failed."""
        self._open.__exit__(kind, error, trace)

    def take_up(self, entries: Sequence[PendingEntry]) -> range:
        """Cut *entries* into batches, keep them, and return their numbers; numbers go on over the whole run."""
        first, size = len(self.batches), self.settings.batch_entry_count
        self.batches += [entries[start : start + size] for start in range(0, len(entries), size)]
        return range(first, len(self.batches))


def now() -> datetime:
    """Return the present instant in UTC; the one clock of the main job."""
    return datetime.now(UTC)


def open_writer(settings: Settings) -> AbstractContextManager[Connection]:
    """Open the warehouse that *settings* name, waiting for its turn as long as they say."""
    return writer(settings.home, wait_seconds=settings.writer_wait_seconds)


def open_fetcher(settings: Settings) -> Fetcher:
    """Return the fetcher that *settings* describe, not yet started."""
    return Fetcher(
        user_agent=settings.user_agent,
        connect_to=settings.connections,
        per_host=settings.fetch_per_host,
        concurrency=settings.fetch_concurrency,
    )


def open_archive(settings: Settings) -> WarcWriter:
    """Return the writer of today's WARC, which begins where the warehouse last committed."""
    day = now().date()
    with open_writer(settings) as con:
        committed = committed_bytes(con).get(daily_file(day))
    return WarcWriter(settings.home / "raw", day=day, committed_bytes=committed)


def pick_up(settings: Settings) -> list[PendingEntry]:
    """
    Return the next entries to collect, in the warehouse's order: one for each address.

    A second entry of an address waits for a later round; then the article is held, or it gets a try of its own.
    """
    with open_writer(settings) as con:
        entries = pending_entries(con, now=now(), limit=_ROUND_ENTRIES)
        held = known_urls(con, {entry.url_key for entry in entries})
    first: dict[str, PendingEntry] = {}
    for entry in entries:
        first.setdefault(entry.url_key or entry.entry_id, replace(entry, article_id=held.get(entry.url_key)))
    return list(first.values())


def collect_batch(shop: Workshop, *, number: int) -> int:
    """Fetch, keep and read batch *number* of *shop*, load it in one transaction in its turn; return its size."""
    with shop.turns.hold(number) as wait_for_turn:
        items = [read() for read in fetch_entries(shop, shop.batches[number])]
        wait_for_turn()
        load_items(shop, items)
        return len(items)


def fetch_entries(shop: Workshop, entries: Sequence[PendingEntry]) -> list[Callable[[], CollectedEntry]]:
    """Fetch the pages of *entries* and start their reading; the answers wait for what came of each, in order."""
    reads: dict[str, Callable[[], CollectedEntry]] = {
        entry.entry_id: _already_held(entry) for entry in entries if entry.article_id
    }
    wanted = [entry for entry in entries if not entry.article_id]
    requests = [page_request(entry.url, shop.settings) for entry in wanted]
    for index, fetched in shop.fetcher.fetch_all(requests):
        reads[wanted[index].entry_id] = _start_reading(shop, wanted[index], fetched)
    return [reads[entry.entry_id] for entry in entries]


def _already_held(entry: PendingEntry) -> Callable[[], CollectedEntry]:
    return lambda: _settled(entry, outcome=Outcome.DUPLICATE, reason=None)


def page_request(url: str, settings: Settings) -> FetchRequest:
    """Return the request for the page at *url* under the limits of *settings*."""
    return FetchRequest(
        url=url,
        accept=_ACCEPT_PAGES,
        limit_bytes=settings.page_limit_bytes,
        timeout_seconds=settings.page_timeout_seconds,
    )


def _start_reading(shop: Workshop, entry: PendingEntry, fetched: FetchOutcome) -> Callable[[], CollectedEntry]:
    """Keep the answer in the WARC and, where it is worth reading, hand it to a worker."""
    kept = _kept(shop.archive, fetched)
    judged = verdict(fetched)
    if judged.outcome is not None or kept is None:
        outcome = judged.outcome or Outcome.FAILED
        item = _settled(entry, outcome=outcome, reason=judged.reason, document=kept)
        return lambda: retried(item, settings=shop.settings) if judged.may_heal else item
    return read_document(shop.readers, entry, kept)


def _kept(archive: WarcWriter, fetched: FetchOutcome) -> Document | None:
    """Write the answer to the day's WARC; None where there was no answer."""
    if fetched.http_status is None or fetched.error is not None:
        return None
    warc_file, warc_offset = archive.write(fetched)
    return document(fetched, warc_file=warc_file, warc_offset=warc_offset)


def read_document(readers: Readers, entry: PendingEntry, received: Document) -> Callable[[], CollectedEntry]:
    """Start reading *received*; the answer waits for what came of *entry*."""
    hints = Hints(
        source=entry.source,
        title=entry.title,
        published_at=entry.published_at,
        content_html=entry.content_html,
        authors=entry.authors,
        currency=entry.currency,
    )
    # What was fetched in the past knew no later dates; a file's own time of change says nothing about its text.
    instant = now() if received.http_status is None else received.fetched_at
    reading = readers.submit(received, hints=hints, now=instant)
    return lambda: _read(entry, received, reading())


def _read(entry: PendingEntry, received: Document, reading: Reading) -> CollectedEntry:
    log.info("%s %s%s", reading.outcome, entry.url, f" ({reading.reason})" if reading.reason else "")
    return _settled(entry, outcome=reading.outcome, reason=reading.reason, document=received, reading=reading)


def _settled(
    entry: PendingEntry,
    *,
    outcome: Outcome,
    reason: str | None,
    document: Document | None = None,
    reading: Reading | None = None,
) -> CollectedEntry:
    return CollectedEntry(
        entry=entry,
        outcome=outcome,
        reason=reason,
        document=document,
        reading=reading,
        collected_at=now(),
    )


def retried(item: CollectedEntry, *, settings: Settings) -> CollectedEntry:
    """Leave *item* pending for another try, each four times later than the last, or let its outcome stand."""
    tries = item.entry.attempt_count + 1
    if tries >= settings.attempt_limit:
        return replace(item, reason=f"{item.reason} (tried {tries} times)")
    later = item.collected_at + timedelta(minutes=settings.retry_minutes * 4 ** (tries - 1))
    return replace(item, outcome=Outcome.PENDING, next_attempt_at=later)


def load_items(shop: Workshop, items: Sequence[CollectedEntry]) -> None:
    """Load *items* in one transaction; the archive is on disk before the rows that point into it."""
    with open_writer(shop.settings) as con:
        archives = {shop.archive.warc_file: shop.archive.sync()}
        load_batch(con, items, run_id=shop.run_id, now=now(), archives=archives)


def outcomes_of(settings: Settings, run_id: str) -> dict[str, int]:
    """Return how many entries run *run_id* gave which outcome."""
    with open_writer(settings) as con:
        return outcome_counts(con, run_id=run_id)


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """
    Be the one that collects for this home: two at once would fetch every page twice and share a WARC.

    Raises:
        WarehouseBusyError: Another process collected all the time that the settings allow to wait.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with held_gate(settings.home, name="collect", wait_seconds=settings.writer_wait_seconds):
        yield
