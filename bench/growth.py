"""
Measure what the look-up of held texts costs as they grow: ``python -m bench.growth [--most N] [--batches N] [--json]``.

At 10^4, 10^5 … N texts: sketches of 27 random numbers, one text in ten with a number that N/1000 others have, in the
warehouse of a home. Batches of 500 texts are looked up, inserted, and taken into the index, each size in processes of
its own; three in ten are copies that share 20 numbers with a held text. Wall time, and CPU of all threads where said.

- ``build_seconds``: the index made from the warehouse, as where it is missing. ``longest_append_ms``: its longest step,
  which is also the longest that merging can keep a batch waiting.
- ``build_peak_mb``: most memory of the process's own meanwhile; DuckDB, which keeps what it read, has 500 MB of it.
- ``bytes_per_article``: the files of the index over the texts in it; ``runs``: how many files that is.
- ``open_ms``: the index opened by a process that has just started.
- ``lookup_ms``: 500 texts looked up, those newer than the index read from the warehouse; median, longest, CPU.
- ``cold_ms``: the same once after the files of the index left the page cache.
- ``take_in_ms``: a batch taken into the index, flushes and merges spread over all batches; the longest beside it.
- ``peak_mb``: most memory of the process's own while it looked up and took in, with what DuckDB keeps; without pages of
  the index, which the kernel may drop.
- ``scan_ms``: the same batch looked up by joining all sketches in DuckDB, for comparison (up to 10^6).
- ``missed``: copies whose original was not the nearest text; must be 0.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse import postings_current as current
from warehouse.connection import transaction, writer
from warehouse.postings import INDEX_NAME, Postings
from warehouse.postings_runs import Run

BATCH, COPIES, NUMBERS, SHARED = 500, 150, 27, 20
_SMALLEST, _LARGEST_SCAN = 10_000, 1_000_000
_FILL = 1_000_000
_SAMPLE_SECONDS = 0.02
Sketch = tuple[int, ...]


class Memory(threading.Thread):
    """Watches the memory that is this process's own; ``peak_mb`` is the most that was seen."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0
        self.is_over = threading.Event()

    def run(self) -> None:
        """Look fifty times a second."""
        while not self.is_over.wait(_SAMPLE_SECONDS):
            _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text().split())
            self.peak_mb = max(self.peak_mb, (resident - shared) * os.sysconf("SC_PAGE_SIZE") / 1e6)


@contextmanager
def watched() -> Iterator[Memory]:
    """Watch the memory within the block."""
    memory = Memory()
    memory.start()
    try:
        yield memory
    finally:
        memory.is_over.set()


class Clock:
    """Seconds of wall and CPU since it was made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return both."""
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


def fill(con: duckdb.DuckDBPyConnection, texts: int) -> None:
    """Put *texts* made texts into the warehouse, numbered from 1 on."""
    # DuckDB draws it on standard output, also where that is a file.
    con.execute("set enable_progress_bar = false")
    con.execute("create or replace table story_texts (text_no bigint not null, sketch ubigint[] not null)")
    for start in range(1, texts + 1, _FILL):
        con.execute(_MADE, [NUMBERS, start, min(start + _FILL, texts + 1)])
    con.execute("checkpoint")


# As in sketches of articles, the numbers are the small ones among all.
_MADE = """
insert into story_texts
select
    text_no,
    list_transform(
        range(?),
        lambda place: if(place = 0 and text_no % 10 = 0, hash(text_no // 10 % 100), hash(text_no * 32 + place)) >> 4
    )
from range(?, ?) as made (text_no)
"""


def batch(con: duckdb.DuckDBPyConnection, draw: random.Random, texts: int) -> tuple[list[Sketch], dict[int, int]]:
    """Return the sketches of a batch, and which of them is a copy of which of the first *texts* texts."""
    originals = draw.sample(range(1, texts + 1), COPIES)
    # Read one by one, since each brings a page of 2,048 texts into memory.
    rows = con.execute("select text_no, sketch from story_texts where text_no in (select unnest(?))", [originals])
    copies = {number: tuple(sketch) for number, sketch in rows.fetchall()}
    sketches = [(*draw.sample(copies[number], SHARED), *_fresh(draw, NUMBERS - SHARED)) for number in originals]
    sketches += [_fresh(draw, NUMBERS) for _ in range(BATCH - COPIES)]
    return sketches, dict(enumerate(originals))


def _fresh(draw: random.Random, count: int) -> Sketch:
    return tuple(draw.getrandbits(60) for _ in range(count))


def insert(con: duckdb.DuckDBPyConnection, sketches: Sequence[Sketch], after: int) -> None:
    """Insert *sketches* with the numbers that follow *after*."""
    numbers = pa.array(range(after + 1, after + 1 + len(sketches)), type=pa.int64())
    table = pa.table({"text_no": numbers, "sketch": pa.array(sketches, type=pa.list_(pa.uint64()))})
    con.register("batch", table)
    with transaction(con):
        con.execute("insert into story_texts by name from batch")
    con.unregister("batch")


def scan(con: duckdb.DuckDBPyConnection, sketches: Sequence[Sketch]) -> None:
    """Look *sketches* up by a join over all that is held."""
    asked = pa.table({"asked": range(len(sketches)), "sketch": pa.array(sketches, type=pa.list_(pa.uint64()))})
    con.register("batch", asked)
    con.execute(_SCAN).fetchall()
    con.unregister("batch")


_SCAN = """
with asked_numbers as (select asked, unnest(sketch) as number from batch),
held_numbers as (select text_no, len(sketch) as size, unnest(sketch) as number from story_texts)
select asked, text_no, count(*) as shared
from held_numbers join asked_numbers using (number)
group by asked, text_no
having count(*) >= 2
qualify row_number() over (partition by asked order by count(*) desc, text_no) <= 64
"""


class TimedPostings(Postings):
    """Postings that note how long each step of their making took."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.seconds: list[float] = []

    def append(self, run: Run, *, mark: str) -> bool:
        """Append *run*."""
        clock = Clock()
        is_kept = super().append(run, mark=mark)
        self.seconds.append(clock.read()[0])
        return is_kept


def measure_build(home: Path) -> dict[str, float]:
    """Make the index of *home* from nothing; return what that costs."""
    with writer(home) as con, watched() as memory:
        con.execute("set memory_limit = '500MB'")
        postings = TimedPostings(home / INDEX_NAME)
        clock = Clock()
        current.catch_up(con, postings, flush_texts=1)
        wall, cpu = clock.read()
    return {
        "build_seconds": wall,
        "build_cpu_seconds": cpu,
        "longest_append_ms": 1000 * max(postings.seconds),
        "build_peak_mb": memory.peak_mb,
        "runs": len(postings.runs),
        "bytes_per_article": postings.byte_count / postings.last_text_no,
    }


def measure_batches(home: Path, *, texts: int, batches: int) -> dict[str, float]:
    """Look up, insert and take in *batches* batches; return what a batch costs."""
    draw = random.Random(1)
    lookups, takes, missed, after = [], [], 0, texts
    with writer(home) as con, watched() as memory:
        clock = Clock()
        current.open_postings(con)
        opened = clock.read()[0]
        for _ in range(batches):
            sketches, copied = batch(con, draw, texts)
            clock = Clock()
            current.catch_up(con, current.open_postings(con))
            takes.append(clock.read())
            clock = Clock()
            near = current.nearest(con, current.open_postings(con), sketches)
            lookups.append(clock.read())
            missed += sum(near[place][0][0] != original for place, original in copied.items())
            insert(con, sketches, after)
            after += len(sketches)
        cold = measure_cold(con, home, batch(con, draw, texts)[0])
    return {
        "open_ms": 1000 * opened,
        "lookup_ms": 1000 * statistics.median(wall for wall, _ in lookups),
        "lookup_longest_ms": 1000 * max(wall for wall, _ in lookups),
        "lookup_cpu_ms": 1000 * statistics.mean(cpu for _, cpu in lookups),
        "take_in_ms": 1000 * statistics.mean(wall for wall, _ in takes),
        "take_in_cpu_ms": 1000 * statistics.mean(cpu for _, cpu in takes),
        "take_in_longest_ms": 1000 * max(wall for wall, _ in takes),
        "cold_ms": 1000 * cold,
        "peak_mb": memory.peak_mb,
        "missed": missed,
    }


def measure_cold(con: duckdb.DuckDBPyConnection, home: Path, sketches: Sequence[Sketch]) -> float:
    """Return the seconds of a look-up after the files of the index left the page cache."""
    for path in (home / INDEX_NAME).glob("*.run"):
        handle = os.open(path, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)
    clock = Clock()
    current.nearest(con, current.open_postings(con), sketches)
    return clock.read()[0]


def measure_scan(home: Path, *, texts: int) -> dict[str, float]:
    """Look a batch up by the join, twice; return what the second costs."""
    with writer(home) as con:
        sketches, _ = batch(con, random.Random(2), texts)
        scan(con, sketches)
        clock = Clock()
        scan(con, sketches)
        wall, cpu = clock.read()
    return {"scan_ms": 1000 * wall, "scan_cpu_ms": 1000 * cpu}


def measure(texts: int, *, batches: int) -> dict[str, float]:
    """Measure all of it at *texts* texts."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with writer(home) as con:
            fill(con, texts)
        cost = alone(measure_build, home) | alone(partial(measure_batches, texts=texts, batches=batches), home)
        if texts <= _LARGEST_SCAN:
            cost |= alone(partial(measure_scan, texts=texts), home)
    return {"articles": texts} | cost


def alone(work: Callable[[Path], dict[str, float]], home: Path) -> dict[str, float]:
    """Do *work* on *home* in a process of its own, and return what it returns."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, home).result()


def growth(*, most: int, batches: int) -> list[dict[str, float]]:
    """Measure at 10^4, 10^5 … up to *most* texts."""
    sizes = [_SMALLEST]
    while sizes[-1] * 10 <= most:
        sizes.append(sizes[-1] * 10)
    return [measure(texts, batches=batches) for texts in sizes]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--most", type=int, default=10_000_000, help="texts held, at most (10000000)")
    parser.add_argument("--batches", type=int, default=60, help="batches looked up at each size (60)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    costs = growth(most=options.most, batches=options.batches)
    if options.json:
        json.dump({"batch": BATCH, "sizes": costs}, sys.stdout, indent=1)
        return
    for name in costs[-1] | costs[0]:
        print(f"{name:>20}", *(f"{cost.get(name, float('nan')):>14,.1f}" for cost in costs))


if __name__ == "__main__":
    main()
