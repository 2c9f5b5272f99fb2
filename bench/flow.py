"""
Measure the main job end to end: articles per second from a feed to a published snapshot.

``python -m bench.flow [--feeds N] [--articles N] [--workers N] [--server] [--json]``

A generated newsroom is served on loopback by another process. Measured, in one run on one machine:

- ``seconds``: wall time of `newsdesk run` as a person starts it: Python, Prefect's temporary API, poll, collect,
  publish. The home is one that ran before, with empty feeds: the first start of all makes Prefect's database, once.
- the floor: the same pages given to ``trafilatura.bare_extraction`` (with metadata, without comments), and nothing
  else, in as many processes. ``ratio`` = our rate / the floor's rate.
- latency: from an entry's appearance in a feed to its row in the published snapshot, over twenty small cycles. Without
  a server a cycle is a `newsdesk run`, begun at the appearance. With ``--server`` it is measured once more over a
  running `newsdesk serve`: a run of poll is asked for at the appearance, and all else is left to the service.
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from bench.generated import GeneratedSite
from bench.service import Service, Snapshot, resident_mb, serving, tree_of, wait_until

_LATENCY_CYCLES = 20
_ENTRIES_A_CYCLE = 5


@contextmanager
def served(*, feeds: int, articles: int) -> Iterator[int]:
    """Serve a generated newsroom from a process of its own; give its port."""
    arguments = ["--feeds", str(feeds), "--articles", str(articles)]
    command = [sys.executable, "-m", "bench.generated", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stdin
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()
            server.wait(timeout=20)


def write_watchlist(folder: Path, *, feeds: int) -> Path:
    """Write a watchlist of the generated feeds and one topic."""
    site = GeneratedSite(feeds=feeds, articles=0)
    topic = '[topics.deepseek]\ntitle = "DeepSeek"\nquery = "deepseek"\n'
    entries = "".join(f'\n[[feeds]]\nurl = "http://{site.host(n)}/feed.rss"\n' for n in range(feeds))
    path = folder / "watchlist.toml"
    path.write_text(topic + entries)
    return path


def environment(home: Path, watchlist: Path, *, port: int, workers: int) -> dict[str, str]:
    """Return the environment in which `newsdesk` reaches the newsroom at *port*."""
    return os.environ | {
        "NEWSDESK_HOME": str(home),
        "NEWSDESK_WATCHLIST": str(watchlist),
        "NEWSDESK_CONNECT_TO": f".example=127.0.0.1:{port}",
        "NEWSDESK_WORKERS": str(workers),
    }


class Memory(threading.Thread):
    """Watches the resident memory of a process and all below it; ``peak_mb`` is the largest sum seen."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak_mb = 0.0

    def run(self) -> None:
        """Look four times a second until the process is gone."""
        while Path(f"/proc/{self.pid}").exists():
            self.peak_mb = max(self.peak_mb, resident_mb(tree_of(self.pid)))
            time.sleep(0.25)


def measure_run(env: dict[str, str]) -> tuple[float, float, list[str]]:
    """Run `newsdesk run` once; return seconds, peak MB of the process tree, and what it printed."""
    started = time.monotonic()
    command = [sys.executable, "-c", "from flows.cli import main; main(['run'])"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        memory = Memory(process.pid)
        memory.start()
        printed, _ = process.communicate()
    if process.returncode:
        sys.exit(f"bench.flow: newsdesk run ended with {process.returncode}: {printed}")
    return time.monotonic() - started, memory.peak_mb, printed.splitlines()


def _bare(body: bytes) -> int:
    from trafilatura import bare_extraction

    found = bare_extraction(body, include_comments=False, with_metadata=True)
    return len(found.text or "") if found else 0


def measure_floor(pages: list[bytes], *, workers: int) -> float:
    """Return the seconds that bare trafilatura takes on *pages* in *workers* warm processes."""
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.map(_bare, pages[: workers * 4], chunksize=1)
        started = time.monotonic()
        pool.map(_bare, pages, chunksize=8)
        return time.monotonic() - started


def grow(port: int, count: int) -> None:
    """Let *count* more articles appear in the newsroom's feeds."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/grow?count={count}"):
        pass


def measure_latency(env: dict[str, str], *, port: int) -> list[float]:
    """Let entries appear and run small cycles; return the seconds from appearance to published, a cycle each."""
    seconds = []
    for _ in range(_LATENCY_CYCLES):
        appeared = time.monotonic()
        grow(port, _ENTRIES_A_CYCLE)
        measure_run(env)
        seconds.append(time.monotonic() - appeared)
    return seconds


def measure_service_latency(env: dict[str, str], folder: Path, *, port: int) -> list[float]:
    """Do the same over a service, with a poll at each appearance; what it collected before stays."""
    snapshot = Snapshot(Path(env["NEWSDESK_HOME"]))
    with serving(folder, env) as service:
        grow(port, _ENTRIES_A_CYCLE)
        _until_queryable(service, snapshot)
        return [_until_queryable(service, snapshot, port=port) for _ in range(_LATENCY_CYCLES)]


def _until_queryable(service: Service, snapshot: Snapshot, *, port: int | None = None) -> float:
    """Let entries appear at *port*, and return the seconds until the snapshot has them, once nothing else runs."""
    service.wait_until_idle(seconds=300)

    def articles() -> int:
        return int(snapshot.rows("select count(*) from articles")[0][0])

    wanted = articles() + _ENTRIES_A_CYCLE
    appeared = time.monotonic()
    if port is not None:
        grow(port, _ENTRIES_A_CYCLE)
    service.poll_all()
    wait_until(lambda: articles() >= wanted, seconds=300, what="the entries are in the snapshot")
    return time.monotonic() - appeared


def percentiles(seconds: Sequence[float], *, prefix: str) -> dict[str, float]:
    """Return the median and the 95th percentile of *seconds*."""
    cuts = quantiles(seconds, n=20, method="inclusive")
    return {f"{prefix}_p50": round(cuts[9], 2), f"{prefix}_p95": round(cuts[18], 2)}


def measure(*, feeds: int, articles: int, workers: int, has_server: bool = False) -> dict[str, float | int]:
    """Measure all of it; keys as in the contract, section 6."""
    with tempfile.TemporaryDirectory() as folder, served(feeds=feeds, articles=articles) as port:
        root = Path(folder)
        env = environment(root / "home", write_watchlist(root, feeds=feeds), port=port, workers=workers)
        measure_run(env)
        grow(port, articles)
        seconds, peak_mb, printed = measure_run(env)
        print("\n".join(printed), file=sys.stderr)
        site = GeneratedSite(feeds=feeds, articles=articles)
        floor = measure_floor([site.page(number) for number in range(articles)], workers=workers)
        latencies = percentiles(measure_latency(env, port=port), prefix="latency")
        if has_server:
            latencies |= percentiles(measure_service_latency(env, root, port=port), prefix="service_latency")
    return {
        "articles": articles,
        "seconds": round(seconds, 2),
        "articles_per_second": round(articles / seconds, 2),
        "floor_articles_per_second": round(articles / floor, 2),
        "ratio": round(floor / seconds, 3),
        "peak_mb": round(peak_mb, 1),
        **latencies,
    }


def parser_of(name: str, *, description: str | None, articles: int) -> argparse.ArgumentParser:
    """Return a parser of the options that the commands over a generated newsroom share."""
    parser = argparse.ArgumentParser(prog=f"python -m {name}", description=description)
    parser.add_argument("--feeds", type=int, default=40)
    parser.add_argument("--articles", type=int, default=articles)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    return parser


def show(result: Mapping[str, float | str], *, as_json: bool) -> None:
    """Print *result* as a table or as one JSON object."""
    if as_json:
        print(json.dumps(result))
        return
    for figure, value in result.items():
        print(f"{figure:32}{value:>12}")


def main() -> None:
    """Measure on the command line."""
    parser = parser_of("bench.flow", description=__doc__, articles=2000)
    parser.add_argument("--server", action="store_true", help="latency with a running `newsdesk serve`, too")
    options = parser.parse_args()
    result = measure(feeds=options.feeds, articles=options.articles, workers=options.workers, has_server=options.server)
    show(result, as_json=options.json)


if __name__ == "__main__":
    main()
