"""
Measure how fast an archive of somebody else is taken in, and whether kills leave a trace.

``python -m bench.backfill [--gigabytes N] [--unfiltered-gigabytes N] [--kills N] [--workers N] [--cache DIR] [--json]``

The archive is made once, in the form of CC-NEWS: request and response of each page, now and then a revisit, a 404, a
picture. Its pages are those of ``bench.generated`` cut to 60 to 120 kB; one in fifty names the topic. Gigabytes are of
records as they are unpacked. Measured:

- ``scan``: the archive looked through with the prefilter in one process, nothing read or loaded.
- ``with_prefilter`` and ``without``: `newsdesk ingest` as a person starts it, to the published snapshot. Without the
  prefilter every page is read, so a smaller archive is taken.
- ``kills``: the same with the prefilter, killed so many times at random moments and started again; then the tables are
  compared with those of the undisturbed run.
"""

import argparse
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from bench.generated import page
from extractors.acquire.archives import Found, Wanted, scan_warc
from extractors.acquire.prefilter import Prefilter
from extractors.model import WatchedTopic

_SUBJECT, _OTHER = "DeepSeek", "Deepwater"
_EVERY = 50
_TOPIC = WatchedTopic(topic_id="deepseek", title="DeepSeek", query="deepseek OR 深度求索", query_version="1")
_CARD = '<div class="card card--wide">'
_GZIP_LEVEL = 6
#: What must be equal, kills or not: everything but the instants and ids of the runs.
COMPARED = {
    "entries": "select entry_id, url, outcome, outcome_reason, article_id, document_sha256 from entries",
    "articles": "select article_id, url, title, text, revision, language, document_sha256 from articles",
    "removals": "select article_id, ordinal, kind, text from removals",
    "coverage": "select article_id, topic_id, relevance, mention_count from coverage",
    "documents": "select document_sha256, url, body_bytes, warc_file is not null from documents",
    "backfills": "select url, next_offset, page_count, unmatched_count, uncovered_count, outside_count, "
    "revisit_count, entry_count, ended_at is not null from backfills",
}


def markup(number: int, url: str) -> bytes:
    """Return page *number*: of 60 to 120 kB, about the topic if it is one in fifty."""
    whole = page(number, url)
    head, *cards = whole.split(_CARD)
    kept = random.Random(number).randint(0, len(cards) // 2)
    tail = cards[-1].partition("</section>")
    text = _CARD.join([head, *cards[:kept]]) + tail[1] + tail[2]
    return (text if number % _EVERY == 0 else text.replace(_SUBJECT, _OTHER)).encode()


def records(byte_count: int) -> Iterator[tuple[bytes, bool]]:
    """Give records of *byte_count* bytes in all, each with whether it is a page's answer."""
    made = number = 0
    while made < byte_count:
        url = f"https://outlet{number % 40:03}.example/news/{number:06}.html"
        body = markup(number, url)
        for record, is_page in _exchange(url, body, number):
            made += len(record)
            yield record, is_page
        number += 1


def _exchange(url: str, body: bytes, number: int) -> Iterator[tuple[bytes, bool]]:
    asked = f"GET /{number} HTTP/1.1\r\nHost: outlet.example\r\nUser-Agent: CCBot/2.0\r\n\r\n".encode()
    yield _record("request", url, asked, number), False
    if number % 97 == 1:
        yield _record("revisit", url, _http("200 OK", "text/html", b""), number), False
    elif number % 97 == 2:  # noqa: PLR2004 - any place would do
        yield _record("response", url, _http("404 Not Found", "text/html", b"<p>Not found</p>"), number), False
    elif number % 97 == 3:  # noqa: PLR2004
        yield _record("response", url, _http("200 OK", "image/png", b"\x89PNG" * 5000), number), False
    yield _record("response", url, _http("200 OK", "text/html; charset=utf-8", body), number), True


def _http(status: str, content_type: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _record(kind: str, url: str, block: bytes, number: int) -> bytes:
    minute = f"{number // 60 % 24:02}:{number % 60:02}"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}-{number}>\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2025-02-{1 + number // 1440 % 28:02}T{minute}:00Z\r\n"
        f"Content-Type: application/http; msgtype={'request' if kind == 'request' else 'response'}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def made(cache: Path, gigabytes: float) -> tuple[Path, int, int]:
    """Return an archive of *gigabytes*, made where it is not there yet, its bytes unpacked, and its pages."""
    cache.mkdir(parents=True, exist_ok=True)
    path, about = cache / f"cc-news-{gigabytes:g}.warc.gz", cache / f"cc-news-{gigabytes:g}.json"
    if not about.exists():
        raw = pages = 0
        with path.open("wb") as out:
            for record, is_page in records(int(gigabytes * 1e9)):
                out.write(gzip.compress(record, _GZIP_LEVEL, mtime=0))
                raw, pages = raw + len(record), pages + is_page
        about.write_text(json.dumps({"raw": raw, "pages": pages}))
    told = json.loads(about.read_text())
    return path, told["raw"], told["pages"]


def measure_scan(path: Path) -> tuple[float, int]:
    """Return the seconds of CPU that looking through *path* takes, and how many pages pass."""
    wanted = Wanted(passes=Prefilter((_TOPIC,)).passes)
    started = time.process_time()
    with path.open("rb") as stream:
        passed = sum(record.found is Found.PAGE for record in scan_warc(stream, name=str(path), wanted=wanted))
    return time.process_time() - started, passed


def start(home: Path, path: Path, *, workers: int, has_prefilter: bool) -> subprocess.Popen[bytes]:
    """Start `newsdesk ingest` on *path*, in a group of its own."""
    watchlist = home.parent / "watchlist.toml"
    watchlist.write_text(f'[topics.deepseek]\ntitle = "{_TOPIC.title}"\nquery = "{_TOPIC.query}"\n')
    option = "--prefilter" if has_prefilter else "--no-prefilter"
    return subprocess.Popen(
        [sys.executable, "-c", f"from flows.cli import main; main(['ingest', '{option}', {str(path)!r}])"],
        env=os.environ
        | {"NEWSDESK_HOME": str(home), "NEWSDESK_WATCHLIST": str(watchlist), "NEWSDESK_WORKERS": str(workers)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def measure_run(home: Path, path: Path, *, workers: int, has_prefilter: bool) -> float:
    """Return the seconds of one undisturbed run."""
    started = time.monotonic()
    process = start(home, path, workers=workers, has_prefilter=has_prefilter)
    if process.wait():
        sys.exit(f"bench.backfill: newsdesk ingest ended with {process.returncode}")
    return time.monotonic() - started


def kill_and_resume(home: Path, path: Path, *, workers: int, kills: int, start_seconds: float, seconds: float) -> int:
    """
    Start a run and kill it at a random moment of its work, *kills* times; then let it finish.

    Args:
        home: Fresh.
        path: The archive.
        workers: Reading processes.
        kills: How often.
        start_seconds: What a run takes that has nothing to do.
        seconds: What the whole work takes; each run gets a share of it, so that the last kills find work left, too.

    Returns:
        How many kills hit a run at work.
    """
    moments = random.Random(kills)
    hit = 0
    for _ in range(kills):
        process = start(home, path, workers=workers, has_prefilter=True)
        time.sleep(moments.uniform(start_seconds / 2, start_seconds + 2 * seconds / kills))
        if process.poll() is None:
            hit += 1
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    measure_run(home, path, workers=workers, has_prefilter=True)
    return hit


def state(home: Path) -> dict[str, list[str]]:
    """Return what analysts see in *home*, in an order of its own."""
    with duckdb.connect(str(home / "newsdesk.duckdb"), read_only=True) as con:
        return {table: sorted(map(repr, con.execute(sql).fetchall())) for table, sql in COMPARED.items()}


def measure(options: argparse.Namespace) -> dict[str, object]:
    """Measure all of it."""
    path, raw, pages = made(options.cache, options.gigabytes)
    scan_seconds, passed = measure_scan(path)
    told: dict[str, object] = {
        "pages": pages, "raw_mb": raw / 1e6, "packed_mb": path.stat().st_size / 1e6, "passed": passed,
        "scan_cpu_seconds": scan_seconds, "scan_raw_mb_per_second": raw / 1e6 / scan_seconds,
        "scan_pages_per_second": pages / scan_seconds,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        seconds = measure_run(root / "whole", path, workers=options.workers, has_prefilter=True)
        told |= {"with_prefilter_seconds": seconds, "with_prefilter_pages_per_second": pages / seconds,
                 "with_prefilter_raw_mb_per_second": raw / 1e6 / seconds}  # fmt: skip
        if options.unfiltered_gigabytes:
            small, small_raw, count = made(options.cache, options.unfiltered_gigabytes)
            without = measure_run(root / "all", small, workers=options.workers, has_prefilter=False)
            told |= {"without_pages": count, "without_seconds": without, "without_pages_per_second": count / without,
                     "without_raw_mb_per_second": small_raw / 1e6 / without}  # fmt: skip
        if options.kills:
            idle = measure_run(root / "whole", path, workers=options.workers, has_prefilter=True)
            hit = kill_and_resume(
                root / "killed",
                path,
                workers=options.workers,
                kills=options.kills,
                start_seconds=idle,
                seconds=max(0.0, seconds - idle),
            )
            whole, killed = state(root / "whole"), state(root / "killed")
            told |= {"idle_seconds": idle, "kills": options.kills, "kills_at_work": hit,
                     "rows": {table: len(rows) for table, rows in whole.items()},
                     "differing": [table for table in COMPARED if whole[table] != killed[table]]}  # fmt: skip
    return told


def main() -> None:
    """Print the figures, a line each or as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--unfiltered-gigabytes", type=float, default=0.05)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "newsdesk-bench")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    told = measure(options)
    if options.json:
        print(json.dumps(told))
    else:
        for name, value in told.items():
            print(f"{name:34} {value:,.1f}" if isinstance(value, float) else f"{name:34} {value}")
    if told.get("differing"):
        sys.exit("bench.backfill: a killed run differs from an undisturbed one")


if __name__ == "__main__":
    main()
