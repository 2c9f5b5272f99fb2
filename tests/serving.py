"""A desk's service in a process of its own: `newsdesk serve` over a copy of the sample newsroom that a test adds to."""

import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from desk import ROOT, newsdesk_command, sample_environment
from receiver import Receiver, receiving

from flows.api import ask
from flows.newsroom import Newsroom

START_SECONDS = 300.0
FEED = "courier.example/feed.rss"
_TOPIC = 'title = "DeepSeek"\n'
_RULE = '[alerts.desk]\nurl = "env:NEWSDESK_TEST_HOOK"\nwhen = "new story"\n'
_WORDS = (
    "harbour", "crane", "ledger", "gauge", "copper", "barge", "tariff", "winter", "signal", "quarry",
    "orchard", "timber", "council", "ferry", "granite", "kettle", "meadow", "lantern", "archive", "furnace",
    "viaduct", "compass", "pavilion", "reservoir", "turbine", "almanac", "garrison", "parapet", "tannery",
    "wharf",
)  # fmt: skip


@dataclass
class Desk:
    """A running service and what a test does to it."""

    home: Path
    newsroom: Newsroom
    api: str
    process: "subprocess.Popen[str]"
    log: Path
    receiver: Receiver
    published: int = 0

    def announce(self) -> str:
        """Put one more page about DeepSeek on a site and its entry into the feed; return the page's address."""
        self.published += 1
        path = f"technology/2026/deepseek-{self.published}"
        site = self.newsroom.folder / "site"
        page = site / "courier.example" / f"{path}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(_page(self.published))
        feed = site / FEED
        url = f"http://courier.example/{path}"
        item = f"<item><title>DeepSeek, chapter {self.published}</title><link>{url}</link><guid>{url}</guid></item>"
        whole = feed.read_text().replace("</channel>", f"{item}</channel>")
        # In one step: the newsroom may be reading it.
        new = feed.with_suffix(".new")
        new.write_text(whole)
        new.replace(feed)
        return url

    def ask(self, path: str, body: object = None) -> Any:
        return ask(self.api, path, body)

    def start(self, name: str, **parameters: object) -> str:
        """Start a run of the deployment *name*; return its id."""
        deployment = self.ask(f"/deployments/name/{name}/{name}")
        wanted = {"state": {"type": "SCHEDULED"}, "parameters": deployment["parameters"] | parameters}
        return str(self.ask(f"/deployments/{deployment['id']}/create_flow_run", wanted)["id"])

    def runs(self, name: str) -> list[dict[str, Any]]:
        """Return the runs of the flow *name* that began or may yet begin, but for those of schedules to come."""
        wanted = {"flows": {"name": {"any_": [name]}}, "sort": "EXPECTED_START_TIME_DESC", "limit": 200}
        return [run for run in self.ask("/flow_runs/filter", wanted) if not _is_to_come(run)]

    def ended(self, run_id: str, *, seconds: float = 60.0) -> str:
        """Wait until the run has ended; return the name of its state."""
        run: dict[str, Any] = {}

        def is_over() -> bool:
            run.update(self.ask(f"/flow_runs/{run_id}"))
            return run["state_type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

        wait_for(is_over, seconds=seconds, what=f"run {run_id} ends")
        return str(run["state_type"])

    def covers(self, url: str) -> bool:
        """Say whether the published snapshot has coverage of the page at *url*."""
        query = "select count(*) from coverage join articles using (article_id) where url = ?"
        if not (self.home / "newsdesk.duckdb").exists():
            return False
        with duckdb.connect(str(self.home / "newsdesk.duckdb"), read_only=True) as con:
            row = con.execute(query, [url]).fetchone()
        return bool(row and row[0])

    def told(self, url: str) -> int:
        """Return how many alerts about the page at *url* have arrived."""
        return sum(f"{url}\n" in f"{post['message']}\n" for post in self.receiver.posts)

    def child(self, words: str) -> int:
        """Return the process id of the child whose command line has *words*."""
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if parent == self.process.pid and words in command:
                return int(folder.name)
        raise LookupError(words)


def _is_to_come(run: dict[str, Any]) -> bool:
    return bool(run["auto_scheduled"] and run["state_type"] == "SCHEDULED")


def _page(number: int) -> str:
    lots = random.Random(number)
    sentences = [
        f"In chapter {number} DeepSeek, the laboratory from Hangzhou, {' '.join(lots.sample(_WORDS, 12))}."
        for _ in "abc"
    ]
    sentences += [f"The {' '.join(lots.sample(_WORDS, 14))}." for _ in range(12)]
    body = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    title = f"DeepSeek, chapter {number}"
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"


def wait_for(is_so: Callable[[], bool], *, seconds: float, what: str) -> float:
    """Wait until *is_so*; return the seconds it took, fail after *seconds*."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            pytest.fail(f"{what}: not within {seconds:g} s")
        time.sleep(0.1)
    return time.monotonic() - began


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served_desk(folder: Path, *options: str, **env: str) -> Iterator[Desk]:
    """Run `newsdesk serve` in an empty *folder* until the block ends; then nothing of it may be left."""
    shutil.copytree(ROOT / "sample", folder / "room")
    port = free_port()
    log = folder / "serve.log"
    home = folder / "newsdesk-data"
    watchlist = folder / "room" / "watchlist.toml"
    written = watchlist.read_text().replace(_TOPIC, f'{_TOPIC}alert = ["desk"]\n')
    watchlist.write_text(f"{written}\n{_RULE}")
    with Newsroom(folder / "room") as newsroom, receiving() as receiver, log.open("w") as written_log:
        process = subprocess.Popen(
            newsdesk_command("serve", "--port", str(port), *options),
            env=sample_environment(home, newsroom)
            | {"NEWSDESK_WATCHLIST": str(watchlist), "NEWSDESK_TEST_HOOK": receiver.url}
            | env,
            stdout=written_log,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            start_new_session=True,
        )
        try:
            wait_for(
                lambda: "worker started" in log.read_text() or process.poll() is not None,
                seconds=START_SECONDS,
                what="the service starts",
            )
            assert process.poll() is None, log.read_text()
            yield Desk(home, newsroom, f"http://127.0.0.1:{port}/api", process, log, receiver)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
