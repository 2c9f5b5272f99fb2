"""
Let a service run under faults, and see whether anything was lost or told twice.

``python -m bench.soak [--minutes N] [--feeds N] [--seed N] [--json]``

A `newsdesk serve` watches a generated newsroom in which an article appears every three seconds. A third of its feeds
fails at any time, pages are slow, cut, reset, answer 500 or are gone; the receiver of the alerts is slow, refuses a
quarter of them and takes some without saying so; every minute or so the server, the worker, the warm process or a run
is killed with SIGKILL. After N minutes the faults end. When nothing is left to do, what must hold is looked at: every
check of `newsdesk doctor`, one outcome for each entry that ever appeared, each story told once. Exit code 1 where
something does not. Polls are asked for every 20 seconds, and after the faults one run of collect a minute (a service
left alone does so every 15).
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from bench.flow import environment, percentiles, write_watchlist
from bench.service import CHILDREN, Snapshot, children_of, resident_mb, serving, tree_of
from bench.soak_site import Receiver, SoakSite, receiving, serving_site
from extractors.errors import ServiceError
from flows.api import ask

_ARTICLE_SECONDS, _POLL_SECONDS, _COLLECT_SECONDS, _SAMPLE_SECONDS = 3.0, 20.0, 60.0, 15.0
_KILL_SECONDS = (40.0, 90.0)
_LOOK_SECONDS = 0.25
#: A message that the receiver refused three times waits a quarter of an hour.
_QUIET_LIMIT_SECONDS = 1800.0
_VICTIMS = (*CHILDREN, "run")
_ENTRIES = "select url, outcome, (select count(*) from alerts where outcome = 'pending') from entries"
_ADDRESS = re.compile(r"http://outlet\d{3}\.example/\S+")
_RULE = '[alerts.desk]\nurl = "env:NEWSDESK_SOAK_HOOK"\nwhen = "new story"\n'
_QUERY = 'query = "deepseek"\n'


class Soak:
    """One soak: the newsroom, the receiver, the service, what is done to them and what is seen of them."""

    def __init__(self, folder: Path, *, feeds: int, seed: int) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.site = SoakSite(feeds=feeds)
        self.snapshot = Snapshot(self.home)
        self.appeared: dict[int, float] = {}
        self.settled: dict[int, float] = {}
        self.outcomes: dict[int, str] = {}
        self.alerts_left = 0
        self.kills: Counter[str] = Counter()
        self.memory: dict[str, list[float]] = {name: [] for name in (*CHILDREN, "all")}
        self._lots = random.Random(seed)
        self._over = threading.Event()
        self._calm = threading.Event()

    def run(self, *, minutes: float) -> dict[str, Any]:
        """Let it run for *minutes* with faults, then until it is quiet; return what is to be told."""
        with ExitStack() as stack:
            port = stack.enter_context(serving_site(self.site))
            self.receiver = stack.enter_context(receiving())
            self.environment = self._environment(port, self.receiver)
            self.service = stack.enter_context(serving(self.folder, self.environment))
            stack.callback(self._over.set)
            for step in (self._publish, self._poll, self._kill, self._sample):
                threading.Thread(target=step, daemon=True).start()
            self._watch(until=lambda began: time.monotonic() - began > 60 * minutes, are_faults_on=True)
            quiet_seconds = self._watch(until=self._is_quiet, are_faults_on=False)
            return self._told(minutes=minutes, quiet_seconds=quiet_seconds)

    def _environment(self, port: int, receiver: Receiver) -> dict[str, str]:
        watchlist = write_watchlist(self.folder, feeds=self.site.feeds)
        watchlist.write_text(watchlist.read_text().replace(_QUERY, f'{_QUERY}alert = ["desk"]\n') + f"\n{_RULE}")
        return environment(self.home, watchlist, port=port, workers=2) | {
            "NEWSDESK_SOAK_HOOK": f"json://127.0.0.1:{receiver.port}/hook",
            "NEWSDESK_RETRY_MINUTES": "0.25",
        }

    def _watch(self, *, until: Callable[[float], bool], are_faults_on: bool) -> float:
        """Look at every snapshot until it is time; return the seconds that this took."""
        self.site.is_faulty = self.receiver.is_faulty = are_faults_on
        if not are_faults_on:
            self._calm.set()
        began = time.monotonic()
        while not until(began):
            self._look()
            time.sleep(_LOOK_SECONDS)
        return time.monotonic() - began

    def _look(self) -> None:
        """Note what the snapshot has of each article, and when it was first seen settled there."""
        now = time.monotonic()
        for url, outcome, alerts_left in self.snapshot.rows(_ENTRIES):
            number = self.site.number_of(url)
            self.outcomes[number] = outcome
            self.alerts_left = alerts_left
            if outcome != "pending":
                self.settled.setdefault(number, now)

    def _is_quiet(self, began: float) -> bool:
        """Say whether nothing is left to do and no run is under way, or it never ends."""
        if self.settled.keys() >= self.appeared.keys() and not self.alerts_left:
            # Nothing more is asked for, so that what was asked for can end.
            self._over.set()
            with suppress(ServiceError):
                if self.service.is_idle():
                    return True
        return time.monotonic() - began > _QUIET_LIMIT_SECONDS

    def _publish(self) -> None:
        while not self._calm.wait(_ARTICLE_SECONDS):
            self.appeared[self.site.count] = time.monotonic()
            self.site.count += 1

    def _poll(self) -> None:
        """Ask for polls all the time; once the faults are over, for the rest, too."""
        asked = 0.0
        while not self._over.wait(_POLL_SECONDS):
            with suppress(ServiceError):
                self.service.poll_all()
                if self._calm.is_set() and time.monotonic() - asked > _COLLECT_SECONDS:
                    asked = time.monotonic()
                    self.service.start("collect")

    def _kill(self) -> None:
        """Kill something every now and then."""
        while not self._calm.wait(self._lots.uniform(*_KILL_SECONDS)):
            victim = self._lots.choice(_VICTIMS)
            pid = self._run() if victim == "run" else self.service.child(victim)
            if pid is None:
                continue
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.kills[victim] += 1

    def _run(self) -> int | None:
        """Return the process of a run, the first that there is within a few seconds."""
        for _ in range(200):
            warm = self.service.child("warm")
            if warm is not None and (runs := children_of(warm)):
                return runs[-1]
            time.sleep(0.1)
        return None

    def _sample(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            for name in CHILDREN:
                if pid := self.service.child(name):
                    self.memory[name].append(resident_mb([pid]))
            self.memory["all"].append(resident_mb(tree_of(self.service.pid)))

    def _told(self, *, minutes: float, quiet_seconds: float) -> dict[str, Any]:
        """Return what came of it, with what does not hold under ``broken``."""
        doctor = self._newsdesk("doctor")
        latencies = [self.settled[number] - at for number, at in self.appeared.items() if number in self.settled]
        told = stories_told(self.receiver, self.site)
        due = stories_due(self.site, self.outcomes)
        broken = {
            "doctor": [] if doctor.returncode == 0 else doctor.stdout.splitlines(),
            "runs without end": self.service.runs_under_way(),
            "never seen": sorted(self.appeared.keys() - self.outcomes.keys()),
            "pending": sorted(number for number, outcome in self.outcomes.items() if outcome == "pending"),
            "wrongly given up": wrongly_given_up(self.site, self.outcomes),
            "untold": sorted(due - told.keys()),
            "told twice": sorted(story for story, keys in told.items() if len(keys) > 1),
            "told for nothing": sorted(told.keys() - due),
        }
        return {
            "minutes": minutes,
            "quiet_seconds": round(quiet_seconds, 1),
            "entries": len(self.appeared),
            "outcomes": dict(Counter(self.outcomes.values())),
            "stories_due": len(due),
            "stories_told": len(told),
            "messages_taken": len(self.receiver.taken),
            "messages_taken_again": len(self.receiver.taken) - len({key for key, _ in self.receiver.taken}),
            "messages_refused": self.receiver.refused_count,
            "faults": dict(self.site.faults),
            "kills": dict(self.kills),
            "prefect_runs": self._prefect_runs(),
            "warehouse_runs": self._sql("select state, count(*) as n from runs group by all order by all"),
            "memory_mb": {name: _start_most_end(values) for name, values in self.memory.items() if values},
            "files_mb": self._files(),
            "restarts": self.service.log.read_text().count("was started again"),
            **percentiles(latencies, prefix="latency"),
            "doctor": doctor.stdout.splitlines(),
            "broken": {what: which for what, which in broken.items() if which},
        }

    def _newsdesk(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        program = "from flows.cli import main; main()"
        command = [sys.executable, "-c", program, *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def _sql(self, query: str) -> Any:  # noqa: ANN401 - it is JSON
        return json.loads(self._newsdesk("sql", query, "--format", "json").stdout)

    def _prefect_runs(self) -> dict[str, int]:
        """Return how many runs of each flow ended in which state."""
        counts = {}
        for flow in ("poll", "collect", "alert", "publish", "maintain"):
            for state in ("COMPLETED", "CRASHED", "FAILED", "CANCELLED", "RUNNING", "PENDING"):
                wanted = {"flows": {"name": {"any_": [flow]}}, "flow_runs": {"state": {"type": {"any_": [state]}}}}
                if count := ask(self.service.api, "/flow_runs/count", wanted):
                    counts[f"{flow} {state.lower()}"] = int(count)
        return counts

    def _files(self) -> dict[str, float]:
        files = {"warehouse": "warehouse.duckdb", "snapshot": "newsdesk.duckdb", "prefect": "server/prefect.db"}
        raw = sum(path.stat().st_size for path in (self.home / "raw").rglob("*.warc.gz"))
        sizes = {name: (self.home / path).stat().st_size for name, path in files.items()} | {"raw": raw}
        return {name: round(size / 1e6, 1) for name, size in sizes.items()}


def stories_told(receiver: Receiver, site: SoakSite) -> dict[int, set[str]]:
    """Return the keys of the messages that told each story; a message that came twice has one key."""
    told: dict[int, set[str]] = {}
    for key, message in receiver.taken:
        for url in _ADDRESS.findall(message):
            told.setdefault(site.original(site.number_of(url)), set()).add(key)
    return told


def stories_due(site: SoakSite, outcomes: dict[int, str]) -> set[int]:
    """Return the stories about the watched subject of which an article is held."""
    held = (number for number, outcome in outcomes.items() if outcome in {"stored", "duplicate"})
    return {site.original(number) for number in held if site.is_watched(number)}


def wrongly_given_up(site: SoakSite, outcomes: dict[int, str]) -> list[str]:
    """Return the articles whose outcome is not what their page deserves: held, or gone."""
    return [
        f"{number} {outcome}"
        for number, outcome in sorted(outcomes.items())
        if outcome not in ({"gone"} if site.is_gone(number) else {"stored", "duplicate"})
    ]


def _start_most_end(values: list[float]) -> dict[str, float]:
    return {"start": round(values[0], 1), "most": round(max(values), 1), "end": round(values[-1], 1)}


def main(arguments: list[str] | None = None) -> None:
    """Soak on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--feeds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        result = Soak(folder, feeds=options.feeds, seed=options.seed).run(minutes=options.minutes)
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:24}{value}")
    sys.exit(1 if result["broken"] else 0)


if __name__ == "__main__":
    main()
