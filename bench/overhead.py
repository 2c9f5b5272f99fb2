"""
Measure what Prefect costs: the main job without it, with its temporary API, in a service.

``python -m bench.overhead [--feeds N] [--articles N] [--workers N] [--json]``

The same generated newsroom is polled and collected into a fresh home each time, by the same functions. Counted are CPU
seconds of all processes, because they say the same on a busy machine. A cycle of a few entries comes before, and is not
counted: what the start of a process costs is paid once, not by article. Counting ends when the rows are published and
Prefect's bookkeeping, which comes late, is done. What a job has more than the one without Prefect is Prefect's;
``..._overhead_pct`` is its share of the whole; ``of_it_warm_ms`` are the runs themselves, which are forks of the
warm process. ``idle_core_pct`` is what a service takes of a core while it waits, and
is not counted as the articles'.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.flow import environment, grow, parser_of, served, show, write_watchlist
from bench.service import CHILDREN, Service, Snapshot, cpu_seconds, serving, tree_of, wait_until
from flows import scheduler
from flows.alerting import announce, load_mark, send_alerts
from flows.collecting import Workshop, alone, collect_batch, now, open_fetcher, outcomes_of, pick_up
from flows.commands.work import cycle
from flows.looking import look_again
from flows.metrics import write_metrics
from flows.polling import poll_batch, take_up
from flows.recording import recorded
from flows.retention import forget_raw
from flows.settings import Settings
from flows.watched import read_watchlist
from warehouse.snapshot import publish

_FIRST_ENTRIES = 20
#: As many as the flow collect has.
_BATCHES_AT_ONCE = 3
#: Events and logs go to Prefect's API a few seconds late.
_LATE_SECONDS = 8.0
_IDLE_SECONDS = 30.0
_LIMIT_SECONDS = 1800.0


def plain() -> None:
    """Do the job without Prefect in this process, print its CPU seconds."""
    _measured(_without_prefect)


def temporary() -> None:
    """Do the job as `newsdesk run` does in this process, print its CPU seconds."""
    scheduler.prepare(Settings().home)
    _measured(lambda: cycle(Settings(), only_due=False))


def _measured(once: Callable[[], object]) -> None:
    port, articles = map(int, sys.argv[1:])
    grow(port, _FIRST_ENTRIES)
    once()
    time.sleep(_LATE_SECONDS)
    grow(port, articles)
    before = cpu_seconds(tree_of(os.getpid()))
    once()
    time.sleep(_LATE_SECONDS)
    print(cpu_seconds(tree_of(os.getpid())) - before)


def _without_prefect() -> None:
    """Do what the flows poll, collect and publish do, step by step."""
    settings = Settings()
    watchlist = read_watchlist(settings.watchlist)
    feeds = take_up(watchlist, settings, only_due=False)
    with recorded("poll", settings, watchlist) as run_id, open_fetcher(settings) as fetcher:
        poll_batch(fetcher, feeds, settings=settings, run_id=run_id)
    mark = load_mark(settings)
    with (
        alone(settings),
        recorded("collect", settings, watchlist) as run_id,
        Workshop(settings, run_id=run_id, topics=watchlist.topics) as shop,
        ThreadPoolExecutor(_BATCHES_AT_ONCE) as threads,
    ):
        while numbers := shop.take_up(pick_up(settings)) or shop.take_up_waiting():
            for batch in [threads.submit(collect_batch, shop, number=number) for number in numbers]:
                batch.result()
        look_again(shop)
        outcomes_of(settings, run_id)
    send_alerts(settings)
    announce(settings, since=mark)
    forget_raw(settings, now())
    write_metrics(settings.home, publish(settings.home, now=now()))


def measure_job(name: str, *, feeds: int, articles: int, workers: int) -> float:
    """Run the function *name* of this module in a process with a fresh home; return the CPU seconds."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(feeds=feeds, articles=articles + _FIRST_ENTRIES) as port,
    ):
        env = _environment(Path(folder), feeds=feeds, port=port, workers=workers)
        program = f"from bench.overhead import {name}; {name}()"
        command = [sys.executable, "-c", program, str(port), str(articles)]
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.split()[-1])


def _environment(folder: Path, *, feeds: int, port: int, workers: int) -> dict[str, str]:
    env = environment(folder / "home", write_watchlist(folder, feeds=feeds), port=port, workers=workers)
    env.pop("PREFECT_API_URL", None)
    return env


def measure_service(*, feeds: int, articles: int, workers: int) -> tuple[dict[str, float], float]:
    """Have a service do it; return the CPU seconds by process, and the share of a core that all take when idle."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(feeds=feeds, articles=articles + _FIRST_ENTRIES) as port,
    ):
        env = _environment(Path(folder), feeds=feeds, port=port, workers=workers)
        with serving(Path(folder), env) as service:
            snapshot = Snapshot(Path(folder) / "home")
            grow(port, _FIRST_ENTRIES)
            _collected(service, snapshot, articles=_FIRST_ENTRIES)
            idle = _spent(service, lambda: time.sleep(_IDLE_SECONDS))
            grow(port, articles)
            began = time.monotonic()
            used = _spent(service, lambda: _collected(service, snapshot, articles=_FIRST_ENTRIES + articles))
            lasted = (time.monotonic() - began) / _IDLE_SECONDS
            return {name: used[name] - lasted * idle[name] for name in used}, sum(idle.values()) / _IDLE_SECONDS


def _spent(service: Service, step: Callable[[], object]) -> dict[str, float]:
    """Return the CPU seconds that each child of *service*, with what runs below it, uses while *step* lasts."""

    def used() -> dict[str, float]:
        children = {name: service.child(name) for name in CHILDREN}
        return {name: cpu_seconds(tree_of(pid)) for name, pid in children.items() if pid}

    before = used()
    step()
    return {name: seconds - before[name] for name, seconds in used().items()}


def _collected(service: Service, snapshot: Snapshot, *, articles: int) -> None:
    """Poll, and wait until the snapshot has *articles* and nothing is to be done any more."""

    def is_there() -> bool:
        return snapshot.rows("select count(*) from articles") >= [(articles,)]

    service.poll_all()
    wait_until(is_there, seconds=_LIMIT_SECONDS, what=f"{articles} articles are in the snapshot")
    service.wait_until_idle(seconds=_LIMIT_SECONDS)
    # Runs that these rang for begin.
    time.sleep(_LATE_SECONDS)
    service.wait_until_idle(seconds=_LIMIT_SECONDS)


def measure(*, feeds: int, articles: int, workers: int) -> dict[str, float | int]:
    """Measure all three; keys as printed."""
    plain_seconds = measure_job("plain", feeds=feeds, articles=articles, workers=workers)
    run_seconds = measure_job("temporary", feeds=feeds, articles=articles, workers=workers)
    by_process, idle = measure_service(feeds=feeds, articles=articles, workers=workers)
    service_seconds = sum(by_process.values())
    return {
        "articles": articles,
        "plain_cpu_ms": round(1000 * plain_seconds / articles, 2),
        "run_cpu_ms": round(1000 * run_seconds / articles, 2),
        "run_overhead_pct": round(100 * (1 - plain_seconds / run_seconds), 1),
        "service_cpu_ms": round(1000 * service_seconds / articles, 2),
        **{f"of_it_{name}_ms": round(1000 * seconds / articles, 2) for name, seconds in by_process.items()},
        "service_overhead_pct": round(100 * (1 - plain_seconds / service_seconds), 1),
        "idle_core_pct": round(100 * idle, 1),
    }


def main() -> None:
    """Measure on the command line."""
    options = parser_of("bench.overhead", description=__doc__, articles=1000).parse_args()
    show(
        measure(feeds=options.feeds, articles=options.articles, workers=options.workers),
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
