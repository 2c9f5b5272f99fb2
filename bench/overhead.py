"""
Measure what Prefect costs: the main job without it, with its temporary API, with a server.

``python -m bench.overhead [--feeds N] [--articles N] [--workers N] [--json]``

The same generated newsroom is polled and collected into a fresh home each time, by the same functions. Counted are CPU
seconds (of the job with its reading processes, and of the server), because they say the same on a busy machine;
the wall seconds stand beside them. A first cycle on empty feeds comes before, and is not counted: what the start of a
process costs is paid once, not by article. ``overhead_pct`` is the share of Prefect in the CPU seconds of the whole.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.flow import environment, print_measured, served, write_watchlist

_TICKS = os.sysconf("SC_CLK_TCK")
#: Told by its own process: CPU seconds with those of its readers, wall seconds, of the second cycle.
_WITH_PREFECT = """
import os, resource, sys, time, urllib.request
from flows import scheduler
from flows.settings import Settings
scheduler.prepare(Settings().home)
from flows.collect import collect
from flows.poll import poll
CYCLE = (lambda: poll(only_due=False), collect)
"""
_WITHOUT = """
import os, resource, sys, time, urllib.request
from flows.collecting import Workshop, alone, collect_batch, open_fetcher, outcomes_of, pick_up
from flows.polling import poll_batch, take_up
from flows.recording import recorded
from flows.settings import Settings
from flows.watched import read_watchlist
from warehouse.snapshot import publish
from flows.collecting import now
def poll():
    settings = Settings()
    watchlist = read_watchlist(settings.watchlist)
    feeds = take_up(watchlist, settings, only_due=False)
    with recorded("poll", settings, watchlist) as run_id, open_fetcher(settings) as fetcher:
        poll_batch(fetcher, feeds, settings=settings, run_id=run_id)
def collect():
    from concurrent.futures import ThreadPoolExecutor
    settings = Settings()
    watchlist = read_watchlist(settings.watchlist)
    with (
        alone(settings),
        recorded("collect", settings, watchlist) as run_id,
        Workshop(settings, run_id=run_id, topics=watchlist.topics) as shop,
        ThreadPoolExecutor(3) as threads,
    ):
        while numbers := shop.take_up(pick_up(settings)) or shop.take_up_waiting():
            for batch in [threads.submit(collect_batch, shop, number=number) for number in numbers]:
                batch.result()
    publish(settings.home, now=now())
CYCLE = (poll, collect)
"""
_MEASURED = """
def used():
    mine, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum((mine.ru_utime, mine.ru_stime, below.ru_utime, below.ru_stime))
def cycle():
    for step in CYCLE:
        step()
cycle()
urllib.request.urlopen(sys.argv[1]).close()
cpu, wall = used(), time.monotonic()
cycle()
print(used() - cpu, time.monotonic() - wall)
"""


def _cpu_seconds(pid: int) -> float:
    """Return the CPU seconds that the process *pid* has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def prefect_server(folder: Path) -> Iterator[tuple[int, str]]:
    """Run a Prefect server of its own; give its process id and its API."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"PREFECT_HOME": str(folder), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(f"http://127.0.0.1:{port}/api/health")
            yield server.pid, f"http://127.0.0.1:{port}/api"
        finally:
            server.terminate()


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    sys.exit("bench.overhead: Prefect's server did not answer")


def measure(*, feeds: int, articles: int, workers: int) -> dict[str, float | int]:
    """Measure without Prefect and with a server; keys as printed."""
    plain, _ = _measured(_WITHOUT, feeds=feeds, articles=articles, workers=workers, api=None)
    with tempfile.TemporaryDirectory() as folder, prefect_server(Path(folder)) as (pid, api):
        before = _cpu_seconds(pid)
        job, wall = _measured(_WITH_PREFECT, feeds=feeds, articles=articles, workers=workers, api=api)
        server = _cpu_seconds(pid) - before
    temporary, _ = _measured(_WITH_PREFECT, feeds=feeds, articles=articles, workers=workers, api="")
    return {
        "articles": articles,
        "plain_cpu_seconds": round(plain, 2),
        "server_cpu_seconds": round(job, 2),
        "of_the_server_itself": round(server, 2),
        "temporary_cpu_seconds": round(temporary, 2),
        "server_wall_seconds": round(wall, 2),
        "prefect_ms_per_article": round(1000 * (job + server - plain) / articles, 2),
        "overhead_pct": round(100 * (job + server - plain) / (job + server), 1),
        "temporary_overhead_pct": round(100 * (temporary - plain) / temporary, 1),
    }


def _measured(program: str, *, feeds: int, articles: int, workers: int, api: str | None) -> tuple[float, float]:
    """Run *program* over a fresh home; return CPU and wall seconds of its second cycle."""
    with tempfile.TemporaryDirectory() as folder, served(feeds=feeds, articles=articles) as port:
        watchlist = write_watchlist(Path(folder), feeds=feeds)
        env = environment(Path(folder) / "home", watchlist, port=port, workers=workers)
        env |= {"NEWSDESK_DISPATCH": "event" if api else "inline"} | ({"PREFECT_API_URL": api} if api else {})
        grow = f"http://127.0.0.1:{port}/grow?count={articles}"
        done = subprocess.run(
            [sys.executable, "-c", program + _MEASURED, grow], env=env, stdout=subprocess.PIPE, text=True, check=True
        )
    cpu, wall = map(float, done.stdout.split()[-2:])
    return cpu, wall


def main() -> None:
    """Measure on the command line."""
    print_measured(measure, name="bench.overhead", description=__doc__, articles=1000)


if __name__ == "__main__":
    main()
