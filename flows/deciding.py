"""
Decide what polls came to, in processes of their own where there is much to read.

A 304 is decided in 0.03 CPU ms, a document of twenty entries takes 5 to read; reading beside the thread that asks would
stop it, since Python runs one of the two at a time.
"""

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Self

from extractors.acquire.polling import decide, is_to_be_read
from extractors.acquire.websub import with_hub
from extractors.model import FeedState, FetchOutcome, PolledFeed

#: Documents read before other processes are started: to start one costs as much as to read so many.
_AT_ONCE = 150
#: Documents that wait to be read; more would only take memory.
_MOST_WAITING = 64


def decided(
    feeds: Sequence[FeedState], fetched: Iterable[tuple[int, FetchOutcome]], *, workers: int
) -> Iterator[tuple[int, FetchOutcome, PolledFeed]]:
    """
    Decide what each answer comes to.

    Args:
        feeds: Each once.
        fetched: (place in *feeds*, the answer to its ``poll_request``).
        workers: Processes that may be busy: one asks, the others read documents; none is started for a few.

    Yields:
        (place in *feeds*, the answer, what the poll came to), not in the order of *fetched*.
    """
    waiting: deque[tuple[int, FetchOutcome, Future[PolledFeed]]] = deque()
    with _Readers(workers) as readers:
        for index, outcome in fetched:
            if is_to_be_read(feeds[index], outcome):
                waiting.append((index, outcome, readers.submit(feeds[index], outcome)))
            else:
                yield index, outcome, _decide(feeds[index], outcome)
            while waiting and (waiting[0][2].done() or len(waiting) > _MOST_WAITING):
                place, answer, reading = waiting.popleft()
                yield place, answer, reading.result()
        for place, answer, reading in waiting:
            yield place, answer, reading.result()


class _Readers:
    """Reads the first documents at once, the others in processes, which it starts when they come."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._read_count = 0
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def submit(self, state: FeedState, outcome: FetchOutcome) -> "Future[PolledFeed]":
        """Return what the poll of *state* comes to, now or later."""
        self._read_count += 1
        if self._read_count > _AT_ONCE:
            self._pool = self._pool or _started(self._workers)
            return self._pool.submit(_decide, state, outcome)
        done: Future[PolledFeed] = Future()
        done.set_result(_decide(state, outcome))
        return done


def _started(workers: int) -> ProcessPoolExecutor:
    # One core is for asking. "spawn": the parent runs the fetcher's thread, which a fork would copy half-alive.
    return ProcessPoolExecutor(max(1, workers - 1), mp_context=multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Leave Ctrl-C, which reaches the whole process group, to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _decide(state: FeedState, outcome: FetchOutcome) -> PolledFeed:
    return with_hub(decide(state, outcome, now=outcome.fetched_at), outcome)
