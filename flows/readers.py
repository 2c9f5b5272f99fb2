"""
The worker processes that read documents.

Reading is pure and costs tens of milliseconds of CPU a page, so it runs in processes; a page that makes the extractor
hang or crash ends its worker, never the run: the document's outcome is then ``failed``.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import datetime
from types import TracebackType
from typing import Self, cast

from pebble import ProcessExpired, ProcessPool

from extractors.model import Document, Furniture, Hints, Outcome, Reading, WatchedTopic

#: Address space of one reading process; what damaged pages took of it is told in docs/explanation/quality.md.
_MEMORY_BYTES = 2 << 30
_NOTHING_LEARNT = Furniture()
#: Readers that outlive one run; at most one, in the process of `newsdesk run`.
_kept: list["Readers"] = []


class Readers:
    """
    A pool of processes that read documents; a context manager.

    Args:
        workers: Processes.
        topics: What to look for; compiled once in each process.
        timeout_seconds: A document that takes longer ends its worker.
        memory_bytes: Address space of one process; a document that needs more fails.
    """

    def __init__(
        self,
        *,
        workers: int,
        topics: tuple[WatchedTopic, ...],
        timeout_seconds: float,
        memory_bytes: int = _MEMORY_BYTES,
    ) -> None:
        self.topics = topics
        self._timeout_seconds = timeout_seconds
        # "spawn": the parent runs threads (the fetcher's loop, Prefect's), which a fork would copy half-alive.
        self._pool = ProcessPool(
            max_workers=workers,
            initializer=_warm_up,
            initargs=(topics, memory_bytes),
            context=multiprocessing.get_context("spawn"),
        )

    def __enter__(self) -> Self:
        """Return the pool; its processes start with the first document, or by ``start``."""
        return self

    def start(self) -> None:
        """Start the processes: what they import, seconds of CPU, is imported while the caller goes on."""
        self._pool.schedule(_nothing)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes: after the last document, or at once when something failed."""
        if error is None:
            self._pool.close()  # type: ignore[no-untyped-call] # pebble types only part of itself
        else:
            self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def submit(
        self, document: Document, *, hints: Hints, now: datetime, furniture: Furniture = _NOTHING_LEARNT
    ) -> Callable[[], Reading]:
        """Start reading *document*; the answer waits for its Reading, which is ``failed`` where the worker ended."""
        arguments = (document, hints, self.topics, now, furniture)
        future = cast("Future[Reading]", self._pool.schedule(_read, args=arguments, timeout=self._timeout_seconds))
        return lambda: self._settled(future, document)

    def _settled(self, future: "Future[Reading]", document: Document) -> Reading:
        try:
            return future.result()
        except FutureTimeoutError:
            return _failed(document, f"reading took longer than {self._timeout_seconds:g} s and was ended")
        except ProcessExpired as error:
            return _failed(document, f"the reading process ended by itself (exit code {error.exitcode})")
        except Exception as error:  # noqa: BLE001 - the per-document boundary: recorded, and the run goes on
            return _failed(document, f"{type(error).__name__}: {error}")


@contextmanager
def kept_open(readers: Readers) -> Iterator[None]:
    """
    Keep *readers* for every collect run inside the block, so that the cycles of one process start no new ones.

    They start while Prefect's API does, which spares a single run some seconds too.
    """
    with readers:
        readers.start()
        _kept.append(readers)
        try:
            yield
        finally:
            _kept.remove(readers)


def open_readers(
    *, workers: int, topics: tuple[WatchedTopic, ...], timeout_seconds: float
) -> AbstractContextManager[Readers]:
    """Return the readers that are kept open, where they look for the same topics, else new ones; a context manager."""
    for readers in _kept:
        if readers.topics == topics:
            return nullcontext(readers)
    return Readers(workers=workers, topics=topics, timeout_seconds=timeout_seconds)


def _nothing() -> None:
    """Do nothing: the first task of a pool is what starts its processes."""


def _failed(document: Document, reason: str) -> Reading:
    return Reading(document_sha256=document.sha256, outcome=Outcome.FAILED, reason=" ".join(reason.split()))


def _read(
    document: Document, hints: Hints, topics: tuple[WatchedTopic, ...], now: datetime, furniture: Furniture
) -> Reading:
    from extractors.reading import read

    return read(document, hints=hints, topics=topics, now=now, furniture=furniture)


def _limit_memory(most: int) -> None:
    """Let this process have *most* bytes: a page that wants more fails with a MemoryError, and no other one does."""
    import resource

    # A platform without such limits still has the limits on a page's size.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _warm_up(topics: tuple[WatchedTopic, ...], memory_bytes: int) -> None:
    """Import the extractor and compile the topics before the first document, not on its clock."""
    import signal

    import extractors.reading  # noqa: F401 - about a second of imports
    from extractors.facts.topics import compile_topics

    # Ctrl-C reaches the whole process group; the parent decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory(memory_bytes)
    compile_topics(topics)
