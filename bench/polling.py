"""
Measure one round of polls: ``python -m bench.polling [--feeds N] [--rounds N] [--json]``.

N feeds, each on a host of its own, are served on loopback by another process; 95 % are unchanged since the last round.
Rounds alternate between newsdesk and a bare aiohttp client that sends the same requests, with the same validators and
the same number of requests under way, and throws the answers away. A round of newsdesk is what a poll flow does
without Prefect: take up the watchlist, ask, decide, parse what changed, load the warehouse. Every round is a process of
its own.

- ``ratio``: wall time of newsdesk's rounds / of the bare client's; ``cpu_ratio`` the same in CPU time.
- ``peak_mb``: most resident memory during a round, child processes included, at N feeds and at a fifth of them.
- ``unpolled``: feeds that were due and got no poll, over all rounds; must be 0.
- with 1 % of the hosts taking the request and never answering: when the last of the others was answered, beside the
  same without them.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bench.polling_site import url
from extractors.acquire.polling import poll_request
from extractors.model import FetchRequest
from flows.collecting import now, open_fetcher
from flows.polling import poll_batch, take_up
from flows.recording import recorded
from flows.settings import Settings
from flows.watched import read_watchlist
from warehouse.connection import writer
from warehouse.feeds import feeds_to_poll

HANGING_EVERY = 100
_SAMPLE_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round cost."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    #: Seconds until the last feed that answers had answered.
    last_answer_seconds: float = 0.0
    #: Feeds that got no poll, that changed, that gave nothing.
    unpolled: int = 0
    new_entries: int = 0
    problems: int = 0


class Memory(threading.Thread):
    """Watches the resident memory of this process and its children; ``peak_mb`` is the most that was seen."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0
        self.is_over = threading.Event()

    def run(self) -> None:
        """Look twenty times a second."""
        while not self.is_over.wait(_SAMPLE_SECONDS):
            self.peak_mb = max(self.peak_mb, sum(_resident_mb(one) for one in _family()))


def _family() -> list[int]:
    """Return the ids of this process and of its children."""
    family = [os.getpid()]
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # the thread has ended meanwhile
            family += map(int, path.read_text().split())
    return family


def _resident_mb(process: int) -> float:
    try:
        if process != os.getpid() and _command(process) == _command(os.getpid()):
            return 0.0  # between fork and exec: the pages are ours
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0  # ended meanwhile
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def _cpu_seconds() -> float:
    """Return the CPU time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@contextmanager
def served() -> Iterator[int]:
    """Serve the feeds from a process of its own; give its port."""
    command = [sys.executable, "-m", "bench.polling_site"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stdin
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()
            server.wait(timeout=20)


def begin_round(port: int, number: int, *, hanging_every: int = 0) -> None:
    """Let the feeds of round *number* change; one in *hanging_every* hangs (0: none)."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/round?n={number}&hanging={hanging_every}"):
        pass


def settings_for(folder: Path, *, port: int) -> Settings:
    """Return the settings under which newsdesk polls the feeds at *port*."""
    return Settings(
        home=folder / "home",
        watchlist=folder / "watchlist.toml",
        connect_to=f".example=127.0.0.1:{port}",
    )


def write_watchlist(folder: Path, *, feeds: int) -> None:
    """Write a watchlist of *feeds* feeds."""
    text = "\n".join(f'[[feeds]]\nurl = "{url(number)}"\n' for number in range(feeds))
    (folder / "watchlist.toml").write_text(text)


def newsdesk_round(settings: Settings) -> Round:
    """Poll every feed once, as the poll flow does; return what it cost."""
    memory = Memory()
    memory.start()
    started_at, started, cpu = now(), time.perf_counter(), _cpu_seconds()
    watchlist = read_watchlist(settings.watchlist)
    feeds = take_up(watchlist, settings, only_due=False)
    with recorded("poll", settings, watchlist) as run_id, open_fetcher(settings) as fetcher:
        summary = poll_batch(fetcher, feeds, settings=settings, run_id=run_id)
    seconds, cpu_seconds = time.perf_counter() - started, _cpu_seconds() - cpu
    memory.is_over.set()
    with writer(settings.home) as con:
        row = con.execute(_POLLED, [run_id]).fetchone()
    assert row
    return Round(
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        peak_mb=memory.peak_mb,
        last_answer_seconds=(row[1] - started_at).total_seconds(),
        unpolled=len(feeds) - row[0],
        new_entries=summary.new_entry_count,
        problems=len(summary.problems),
    )


_POLLED = """
select count(distinct feed_id), max(polled_at) filter (outcome in ('changed', 'unchanged')) from polls where run_id = ?
"""


class _Loopback(AbstractResolver):
    """Every host is here."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:  # type: ignore[override]
        """Return loopback."""
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing to close."""


def bare_round(settings: Settings) -> Round:
    """Send the requests of a round with aiohttp and nothing else; return what it cost."""
    with writer(settings.home) as con:
        states = feeds_to_poll(con, now=now(), only_due=False)
    requests = [poll_request(state) for state in states]
    port = next(iter(settings.connections.values()))[1]
    started, cpu = time.perf_counter(), time.process_time()
    asyncio.run(_ask_all(requests, port=port, concurrency=settings.fetch_concurrency))
    return Round(seconds=time.perf_counter() - started, cpu_seconds=time.process_time() - cpu, peak_mb=0.0)


async def _ask_all(requests: Sequence[FetchRequest], *, port: int, concurrency: int) -> None:
    waiting = iter(requests)
    # Ten thousand hosts: a kept connection would be used by nobody.
    connector = aiohttp.TCPConnector(limit=0, resolver=_Loopback(), force_close=True)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def work() -> None:
            """Ask one after another."""
            for request in waiting:
                headers = {"Accept": request.accept, "User-Agent": "bare"}
                if request.etag:
                    headers["If-None-Match"] = request.etag
                target = request.url.replace(".example/", f".example:{port}/")
                async with session.get(target, headers=headers) as answer:
                    await answer.read()

        await asyncio.gather(*(work() for _ in range(concurrency)))


def alone(work: Callable[[Settings], Round], settings: Settings) -> Round:
    """Do *work* in a process of its own, which imports as little on its way as the command does."""
    code = f"from bench import polling; polling.tell(polling.{work.__name__})"
    told = subprocess.run(
        [sys.executable, "-c", code], input=settings.model_dump_json(), stdout=subprocess.PIPE, text=True, check=True
    )
    return Round(**json.loads(told.stdout))


def tell(work: Callable[[Settings], Round]) -> None:
    """Do *work* under the settings on standard input; write what it cost to standard output."""
    print(json.dumps(asdict(work(Settings(**json.load(sys.stdin))))))


def measure(*, feeds: int, rounds: int) -> dict[str, Any]:
    """Measure all of it."""
    with tempfile.TemporaryDirectory() as folder, served() as port:
        small = _rounds(Path(folder, "small"), port=port, feeds=max(1, feeds // 5), rounds=1)
        large = _rounds(Path(folder, "large"), port=port, feeds=feeds, rounds=rounds)
        settings = settings_for(Path(folder, "large"), port=port)
        begin_round(port, rounds + 1, hanging_every=HANGING_EVERY)
        hanging = alone(newsdesk_round, settings)
    ours, bare = [pair[1] for pair in large], [pair[0] for pair in large]
    return {
        "feeds": feeds,
        "rounds": rounds,
        "seconds": _median(one.seconds for one in ours),
        "bare_seconds": _median(one.seconds for one in bare),
        "ratio": _median(mine.seconds / other.seconds for other, mine in large),
        "cpu_ratio": _median(mine.cpu_seconds / other.cpu_seconds for other, mine in large),
        "cpu_ms_per_feed": _median(1000 * one.cpu_seconds / feeds for one in ours),
        "peak_mb": round(max(one.peak_mb for one in ours), 1),
        "peak_mb_at_a_fifth": round(max(pair[1].peak_mb for pair in small), 1),
        "new_entries": ours[0].new_entries,
        "unpolled": sum(one.unpolled for one in [*ours, hanging]),
        "problems": sum(one.problems for one in ours),
        "last_answer_seconds": _median(one.last_answer_seconds for one in ours),
        "hanging": {
            "feeds": hanging.problems,
            "last_answer_seconds": round(hanging.last_answer_seconds, 2),
            "seconds": round(hanging.seconds, 2),
        },
    }


def _rounds(folder: Path, *, port: int, feeds: int, rounds: int) -> list[tuple[Round, Round]]:
    """Poll *feeds* feeds once to know them, then *rounds* times with the bare client and with newsdesk in turn."""
    folder.mkdir()
    write_watchlist(folder, feeds=feeds)
    settings = settings_for(folder, port=port)
    begin_round(port, 0)
    _say("first", alone(newsdesk_round, settings))
    pairs = []
    for number in range(1, rounds + 1):
        begin_round(port, number)
        # The bare client first: newsdesk's round changes what the requests of this one are.
        bare, ours = alone(bare_round, settings), alone(newsdesk_round, settings)
        _say("bare", bare)
        _say("newsdesk", ours)
        pairs.append((bare, ours))
    return pairs


def _say(what: str, one: Round) -> None:
    print(f"{what}: {one.seconds:.1f} s, {one.cpu_seconds:.1f} s of CPU, {one.peak_mb:.0f} MB", file=sys.stderr)


def _median(values: Iterator[float]) -> float:
    return round(statistics.median(values), 3)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 1 where a feed got no poll."""
    parser = argparse.ArgumentParser(prog="python -m bench.polling", description="Measure one round of polls.")
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each, in turn (default 3)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    result = measure(feeds=options.feeds, rounds=options.rounds)
    if options.json:
        print(json.dumps(result))
    else:
        flat = {name: value for name, value in result.items() if not isinstance(value, dict)}
        flat |= {f"hanging {name}": value for name, value in result["hanging"].items()}
        for name, value in flat.items():
            print(f"{name:28}{value:>12}")
    return 1 if result["unpolled"] else 0


if __name__ == "__main__":
    sys.exit(main())
