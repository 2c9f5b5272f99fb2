"""
Turn pending entries into loaded articles: fetch, keep, read, load.

Plain functions without a scheduler; ``tasks.py`` wraps them for Prefect, ``ingest.py`` uses the same reading and
loading for files.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from extractors.acquire.archives import WarcWriter, daily_file, document
from extractors.acquire.fetch import Fetcher
from extractors.acquire.intervals import share
from extractors.acquire.pacing import Manners
from extractors.acquire.urls import publisher, url_key
from extractors.acquire.verdict import verdict
from extractors.errors import HostOnHoldError
from extractors.model import (
    CollectedEntry,
    Document,
    FetchOutcome,
    FetchRequest,
    Furniture,
    Hints,
    Outcome,
    PendingEntry,
    Reading,
    WatchedTopic,
)
from flows.assigning import assign_stories
from flows.readers import Readers, open_readers
from flows.settings import Settings
from flows.witnesses import mended, seen_through
from warehouse.archives import committed_bytes, kept_records
from warehouse.articles import load_batch
from warehouse.connection import Connection, writer
from warehouse.entries import known_urls, outcome_counts, pending_entries, readdress
from warehouse.furniture import all_furniture, furniture_of
from warehouse.gate import held_gate
from warehouse.hosts import known_hosts, put_off, save_hosts

log = logging.getLogger("newsdesk.collect")

#: A host that wants a pause is not looked at again within the same run, but for the wait at its end.
LEAST_PUT_OFF = timedelta(seconds=60)
#: Pages that failed together are not tried again together: up to a quarter later.
_JITTER_SHARE = 0.25
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
        #: Entries whose hosts want a pause that this run can wait for.
        self.waiting: list[PendingEntry] = []
        #: Ids of the entries left to a later run.
        self.put_off: set[str] = set()
        self._waits_until: datetime | None = None
        #: What is known to repeat on each site.
        self.furniture: dict[str, Furniture] = {}
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
        with open_writer(self.settings) as con:
            self.fetcher.know(known_hosts(con, now=now()))
            self.furniture = all_furniture(con)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all three, the reading processes at once where something failed."""
        self._open.__exit__(kind, error, trace)

    def take_up(self, entries: Sequence[PendingEntry]) -> range:
        """Cut *entries* into batches, keep them, and return their numbers; numbers go on over the whole run."""
        if entries:
            # While the first pages are fetched; a run that finds nothing to do starts none.
            self.readers.start()
        first, size = len(self.batches), self.settings.batch_entry_count
        self.batches += [entries[start : start + size] for start in range(0, len(entries), size)]
        return range(first, len(self.batches))

    def take_up_waiting(self) -> range:
        """
        Take up, as the last thing of the run, what hosts with a pause owe it: one entry for each address.

        From the first call on batches wait for such hosts.
        """
        if self._waits_until is None:
            self._waits_until = now() + timedelta(seconds=self.settings.host_wait_seconds)
        with open_writer(self.settings) as con:
            entries = one_for_each_address(con, self.waiting)
        taken = {entry.entry_id for entry in entries}
        self.waiting = [entry for entry in self.waiting if entry.entry_id not in taken]
        return self.take_up(entries)

    @property
    def patience_seconds(self) -> float:
        """How long a batch that begins now may wait for hosts: not at all, before the end of the run."""
        return max(0.0, (self._waits_until - now()).total_seconds()) if self._waits_until else 0.0

    def remember(self, items: Sequence[CollectedEntry]) -> None:
        """Remember which entries of *items* are put off, and for which of them this run can wait."""
        later = [item for item in items if not item.is_attempt]
        self.put_off.difference_update(item.entry.entry_id for item in items)
        self.put_off.update(item.entry.entry_id for item in later)
        if self._waits_until is None:
            latest = now() + max(timedelta(seconds=self.settings.host_wait_seconds), LEAST_PUT_OFF)
            self.waiting += [item.entry for item in later if item.next_attempt_at and item.next_attempt_at <= latest]


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
        manners=Manners(
            # A home that is not there, or not ours, is not made just to look at a page.
            folder=settings.home / "hosts" if os.access(settings.home, os.W_OK) else None,
            delay_seconds=settings.host_delay_seconds,
            patience_seconds=settings.host_wait_seconds,
            hold_scope=settings.hold_scope,
            robots_exempt=settings.exempt_hosts,
        ),
    )


def open_archive(settings: Settings) -> WarcWriter:
    """Return the writer of today's WARC, which begins where the warehouse last committed."""
    day = now().date()
    with open_writer(settings) as con:
        committed = committed_bytes(con).get(daily_file(day))
        kept = kept_records(con, daily_file(day))
    return WarcWriter(settings.home / "raw", day=day, committed_bytes=committed, kept=kept)


def pick_up(settings: Settings) -> list[PendingEntry]:
    """
    Return the next entries to collect, in the warehouse's order: one for each address.

    A second entry of an address waits for a later round; then the article is held, or it gets a try of its own.
    """
    with open_writer(settings) as con:
        return one_for_each_address(con, pending_entries(con, now=now(), limit=_ROUND_ENTRIES))


def one_for_each_address(con: Connection, entries: Sequence[PendingEntry]) -> list[PendingEntry]:
    """Return the first of *entries* for each address, with the article that is held under it."""
    held = known_urls(con, {entry.url_key for entry in entries})
    first: dict[str, PendingEntry] = {}
    for entry in entries:
        first.setdefault(entry.url_key or entry.entry_id, replace(entry, article_id=held.get(entry.url_key)))
    return list(first.values())


def collect_batch(shop: Workshop, *, number: int) -> int:
    """Fetch, keep and read batch *number* of *shop*, load it in its turn; return how many pages were asked for."""
    with shop.turns.hold(number) as wait_for_turn:
        items = [_mended(shop, read()) for read in fetch_entries(shop, shop.batches[number])]
        wait_for_turn()
        load_items(shop, items)
        return sum(item.is_attempt for item in items)


def fetch_entries(shop: Workshop, entries: Sequence[PendingEntry]) -> list[Callable[[], CollectedEntry]]:
    """Fetch the pages of *entries* and start their reading; the answers wait for what came of each, in order."""
    reads: dict[str, Callable[[], CollectedEntry]] = {
        entry.entry_id: _already_held(entry) for entry in entries if entry.article_id
    }
    wanted = [entry for entry in entries if not entry.article_id]
    requests = [page_request(entry.url, shop.settings) for entry in wanted]
    for index, fetched in shop.fetcher.fetch_all(requests, patience_seconds=shop.patience_seconds):
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
        obeys_robots=True,
    )


def _start_reading(shop: Workshop, entry: PendingEntry, fetched: FetchOutcome) -> Callable[[], CollectedEntry]:
    """Keep the answer in the WARC and, where it is worth reading, hand it to a worker."""
    if isinstance(fetched.error, HostOnHoldError):
        later = _put_off(entry, fetched.error)
        return lambda: later
    kept = keep_answer(shop.archive, fetched)
    judged = verdict(fetched)
    if judged.outcome is not None or kept is None:
        outcome = judged.outcome or Outcome.FAILED
        item = _settled(entry, outcome=outcome, reason=judged.reason, document=kept)
        return lambda: retried(item, settings=shop.settings) if judged.may_heal else item
    seen = _settled(entry, outcome=Outcome.PENDING, reason=None, document=kept)
    sent_on = seen_through(seen, kept, attempt_limit=shop.settings.attempt_limit)
    if sent_on is not None:
        return lambda: sent_on
    return read_document(shop.readers, entry, kept, furniture=shop.furniture)


def _mended(shop: Workshop, item: CollectedEntry) -> CollectedEntry:
    """Return *item*, or what its feed's own content gives in place of its page."""
    return mended(
        item,
        read=lambda content: read_document(shop.readers, item.entry, content, furniture=shop.furniture)(),
        keep=shop.archive.write_document,
    )


def _put_off(entry: PendingEntry, error: HostOnHoldError) -> CollectedEntry:
    """Leave *entry* pending until its host may be asked."""
    item = _settled(entry, outcome=Outcome.PENDING, reason=str(error))
    until = max(error.until, item.collected_at + LEAST_PUT_OFF)
    return replace(item, next_attempt_at=until, is_attempt=False)


def keep_answer(archive: WarcWriter, fetched: FetchOutcome) -> Document | None:
    """Write the answer to the day's WARC; None where there was no answer."""
    if fetched.http_status is None or fetched.error is not None:
        return None
    warc_file, warc_offset = archive.write(fetched)
    return document(fetched, warc_file=warc_file, warc_offset=warc_offset)


def read_document(
    readers: Readers, entry: PendingEntry, received: Document, *, furniture: Mapping[str, Furniture]
) -> Callable[[], CollectedEntry]:
    """Start reading *received*, knowing the *furniture* of its site; the answer waits for what came of *entry*."""
    # What was fetched in the past knew no later dates; a file's own time of change says nothing about its text.
    instant = now() if received.http_status is None else received.fetched_at
    source = publisher(received.final_url or received.url, feed_source=entry.source)
    learnt = furniture.get(source, Furniture())
    reading = readers.submit(received, hints=hints_of(entry), now=instant, furniture=learnt)
    return lambda: _read(entry, received, reading())


def hints_of(entry: PendingEntry) -> Hints:
    """Return what the feed of *entry* said about its page."""
    return Hints(
        source=entry.source,
        title=entry.title,
        published_at=entry.published_at,
        content_html=entry.content_html,
        authors=entry.authors,
        currency=entry.currency,
    )


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
    """Leave *item* pending for another try, each about four times later than the last, or let its outcome stand."""
    tries = item.entry.attempt_count + 1
    if tries >= settings.attempt_limit:
        return replace(item, reason=f"{item.reason} (tried {tries} times)")
    jitter = 1 + _JITTER_SHARE * share(item.entry.entry_id, item.collected_at)
    later = item.collected_at + timedelta(minutes=settings.retry_minutes * 4 ** (tries - 1) * jitter)
    return replace(item, outcome=Outcome.PENDING, next_attempt_at=later)


def load_items(shop: Workshop, items: Sequence[CollectedEntry]) -> None:
    """Load *items*, what was asked for in one transaction; the archive is on disk before the rows that name it."""
    asked = [item for item in items if item.is_attempt]
    with open_writer(shop.settings) as con:
        save_hosts(con, shop.fetcher.learned())
        put_off(con, [item for item in items if not item.is_attempt])
        archives = {shop.archive.warc_file: shop.archive.sync()}
        load_batch(con, asked, run_id=shop.run_id, now=now(), archives=archives, assign=assign_stories)
        sent_on = [(item.entry.entry_id, item.target_url) for item in asked if item.target_url]
        readdress(con, {entry_id: (url, url_key(url)) for entry_id, url in sent_on})
        # The batches of this run that are still to come know what this one taught.
        shop.furniture |= furniture_of(con, sources_of(asked))
    shop.remember(items)


def sources_of(items: Sequence[CollectedEntry]) -> set[str]:
    """Return the publishers of the articles among *items*."""
    return {item.reading.article.source for item in items if item.reading and item.reading.article}


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
