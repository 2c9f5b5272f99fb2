"""
Read damaged pages: ``python -m bench.mutants [CORPUS] [--pages N] [--first N] [--workers N] [--json]``.

The pages of ``sample/``, and of CORPUS where one is given, are mutated by a seed each and read by the real pool of
reading processes. Counts what came of them, the slowest with their reasons, processes that had to be ended or ended by
themselves, and the most memory that one of them held. Exit code 1 where one ended by itself.
"""

import argparse
import json
import os
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Self

from bench.mutations import SMALL
from bench.mutations_large import LARGE
from bench.text import CorpusError, load_sample, read_records
from extractors.identity import sha256_hex
from extractors.model import Document, Hints, Outcome, WatchedTopic
from flows.readers import Readers

_SAMPLE = Path(__file__).parent.parent / "sample" / "site"
_TOPIC = WatchedTopic(topic_id="council", title="Council", query='council OR "port ellery"', query_version="1")
#: One page in so many gets a mutation that costs seconds.
_LARGE_EVERY = 80
_SLOWEST = 20
#: Pages after which what was counted so far is said, on stderr.
_ROUND = 1_000
_SAMPLE_SECONDS = 0.2
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)
_PARENT = re.compile(r"^PPid:\s+(\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What came of one damaged page."""

    number: int
    mutation: str
    megabytes: float
    seconds: float
    outcome: str
    reason: str | None


def base_pages(corpus: Path | None) -> list[bytes]:
    """Return the pages to damage, in a fixed order."""
    pages = [path.read_bytes() for path in sorted(_SAMPLE.rglob("*.html"))]
    if corpus is not None:
        pages += [load_sample(record, corpus=corpus).body for record in read_records(corpus, limit=None)]
    return pages


def mutant(number: int, bases: Sequence[bytes]) -> tuple[str, bytes]:
    """Return the name of the mutation and the page that *number* stands for, always the same."""
    chooser = Random(number)
    is_large = number % _LARGE_EVERY == 0
    kinds = LARGE if is_large else SMALL
    # In turn, so that a short run has each kind too.
    mutation = kinds[(number // _LARGE_EVERY if is_large else number) % len(kinds)]
    page = mutation(chooser.choice(bases), chooser)
    if not is_large and chooser.random() < 0.2:
        page = chooser.choice(SMALL)(page, chooser) if page else page
    return mutation.__name__, page


def read_mutant(number: int, *, bases: Sequence[bytes], readers: Readers, now: datetime) -> Read:
    """Read one damaged page in the pool; the time is that of reading and of handing it over."""
    name, body = mutant(number, bases)
    url = f"https://mutant.example/{number}/page.html"
    document = Document(
        sha256=sha256_hex(body),
        url=url,
        final_url=url,
        fetched_at=now,
        http_status=200,
        content_type="text/html; charset=utf-8" if number % 3 else None,
        body=body,
    )
    start = time.perf_counter()
    reading = readers.submit(document, hints=Hints(), now=now)()
    return Read(
        number=number,
        mutation=name,
        megabytes=len(body) / 1e6,
        seconds=time.perf_counter() - start,
        outcome=str(reading.outcome),
        reason=reading.reason,
    )


def _warm(readers: Readers, page: bytes, *, workers: int, now: datetime) -> None:
    """Read an undamaged page in each process first: starting one is not the damage's doing."""
    url = "https://mutant.example/whole/page.html"
    whole = Document(sha256=sha256_hex(page), url=url, final_url=url, fetched_at=now, http_status=200, body=page)
    for answer in [readers.submit(whole, hints=Hints(), now=now) for _worker in range(4 * workers)]:
        answer()


class PeakMemory:
    """Watches how much memory the processes below this one hold; a context manager."""

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Look once more and end."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            self.megabytes = max([self.megabytes, *_children_peaks()])


def _children_peaks() -> Iterator[float]:
    """Yield the most resident memory, in MB, that each child process held at any time."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        parent, peak = _PARENT.search(text), _PEAK.search(text)
        if parent and peak and int(parent.group(1)) == os.getpid():
            yield int(peak.group(1)) / 1024


def measure(
    bases: Sequence[bytes], *, pages: int, workers: int, timeout_seconds: float, first: int = 0
) -> dict[str, Any]:
    """Read *pages* damaged pages, from number *first* on; return the counts."""
    now = datetime.now(UTC)
    with (
        Readers(workers=workers, topics=(_TOPIC,), timeout_seconds=timeout_seconds) as readers,
        PeakMemory() as peak,
        ThreadPoolExecutor(workers) as threads,
    ):
        work = partial(read_mutant, bases=bases, readers=readers, now=now)
        start = time.perf_counter()
        _warm(readers, bases[0], workers=workers, now=now)
        reads: list[Read] = []
        seconds = 0.0
        for number in range(first, first + pages, _ROUND):
            reads += threads.map(work, range(number, min(first + pages, number + _ROUND)))
            seconds = time.perf_counter() - start
            so_far = summarise(reads) | {"peak_mb": round(peak.megabytes), "seconds": round(seconds)}
            print(json.dumps({**so_far, "slowest": so_far["slowest"][:2]}), file=sys.stderr, flush=True)
    return summarise(reads) | {"peak_mb": round(peak.megabytes), "seconds": round(seconds)}


def summarise(reads: Sequence[Read]) -> dict[str, Any]:
    """Return the counts of *reads*, the slowest of them, and every reason of a failure."""
    failed = [read for read in reads if read.outcome == Outcome.FAILED]
    reasons = Counter(re.sub(r"\d+", "N", read.reason or "") for read in failed)
    return {
        "pages": len(reads),
        "outcomes": dict(Counter(read.outcome for read in reads).most_common()),
        "hangs_ended": sum("was ended" in (read.reason or "") for read in failed),
        "crashed": sum("ended by itself" in (read.reason or "") for read in failed),
        "failures": dict(reasons.most_common()),
        "failed_mutations": dict(Counter(read.mutation for read in failed).most_common()),
        "slowest": [asdict(read) for read in sorted(reads, key=lambda read: -read.seconds)[:_SLOWEST]],
    }


def report(found: dict[str, Any]) -> str:
    """Return *found* in lines for a person."""
    head = ("pages", "outcomes", "hangs_ended", "crashed", "failures", "failed_mutations", "peak_mb", "seconds")
    lines = [f"{name:17} {found[name]}" for name in head]
    lines.append(f"slowest {_SLOWEST}:")
    for read in found["slowest"]:
        what = f"{read['mutation']} #{read['number']}"
        lines.append(
            f"{read['seconds']:6.1f} s {read['megabytes']:7.2f} MB  {what:28} {read['outcome']}: {read['reason'] or ''}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.mutants", description="Read pages that were damaged on purpose."
    )
    parser.add_argument("corpus", type=Path, nargs="?", help="folder that holds pages.jsonl; its pages are damaged too")
    parser.add_argument("--pages", type=int, default=20_000, help="how many (default 20000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first, to go on or to see one again")
    parser.add_argument("--workers", type=int, default=2, help="reading processes (default 2)")
    parser.add_argument(
        "--timeout-seconds", type=float, default=10, help="a page that takes longer has failed (default 10)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        bases = base_pages(options.corpus)
    except CorpusError as error:
        print(f"bench.mutants: {error}", file=sys.stderr)
        return 2
    found = measure(
        bases,
        pages=options.pages,
        workers=options.workers,
        timeout_seconds=options.timeout_seconds,
        first=options.first,
    )
    print(json.dumps(found, ensure_ascii=False) if options.json else report(found))
    return 1 if found["crashed"] else 0


if __name__ == "__main__":
    sys.exit(main())
