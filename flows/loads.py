"""Load polls in bounded loads while the next feeds are asked."""

import gc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from operator import itemgetter
from typing import TypeVar

from extractors.model import PolledFeed

#: What one load holds at most. To open the warehouse and to ask it costs 0.3 CPU seconds, whatever is loaded (2026-11);
#: what is not loaded takes memory, and is lost by a kill.
_MOST_POLLS, _MOST_ENTRIES, _LONGEST_WAIT = 2_500, 10_000, timedelta(seconds=10)

_OBJECTS_A_COLLECTION = 50_000

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_loads(polls: Iterable[tuple[int, PolledFeed]]) -> Iterator[list[PolledFeed]]:
    """Yield *polls* in loads, each in the order of the feeds."""
    load, entry_count = list[tuple[int, PolledFeed]](), 0
    for place, poll in polls:
        load.append((place, poll))
        entry_count += len(poll.parsed.entries) if poll.parsed else 0
        waited = poll.polled_at - load[0][1].polled_at
        if len(load) >= _MOST_POLLS or entry_count >= _MOST_ENTRIES or waited >= _LONGEST_WAIT:
            yield [one for _, one in sorted(load, key=itemgetter(0))]
            load, entry_count = [], 0
    if load:
        yield [one for _, one in sorted(load, key=itemgetter(0))]


def meanwhile(work: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
    """Yield what *work* makes of each item; while it works, in a thread, the next item comes."""
    with ThreadPoolExecutor(1, thread_name_prefix="newsdesk-load") as thread:
        before: Future[_Result] | None = None
        for item in items:
            if before:
                yield before.result()
            before = thread.submit(work, item)
        if before:
            yield before.result()


@contextmanager
def rarely_collected() -> Iterator[None]:
    """
    Let the garbage collector come seldom, and leave alone what was there before.

    It took 15 % of the CPU time of a round of 3,000 feeds: requests leave next to no circles, and what Prefect and its
    like hold is looked through in vain (2026-11).
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_OBJECTS_A_COLLECTION)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
