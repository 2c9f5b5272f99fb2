"""
A process that loads a stream of articles and kills itself at random moments, many times; started by a test.

Arguments: home, kills, seed. It imports once and forks a loader for each life. The first, of a home beside, is left
alone: so long an undisturbed loader takes.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from flows.assigning import assign_stories
from tests.warehouse.newsroom import WARC, Newsroom
from tests.warehouse.story_stream import stream
from warehouse.articles import load_batch
from warehouse.connection import writer
from warehouse.coverage import sync_topics
from warehouse.entries import pending_entries
from warehouse.feeds import sync_feeds
from warehouse.polls import load_polls
from warehouse.runs import start_run


def load(home: Path, *, sizes: random.Random) -> None:
    """Load what is pending in batches of chance sizes."""
    room, texts = Newsroom(), stream()
    with writer(home) as con:
        sync_feeds(con, [room.feed], now=room.now)
        sync_topics(con, [room.topic], now=room.now)
        start_run(con, run_id="run-1", flow="collect", now=room.now, newsdesk_version="0", extractor_version="1")
        load_polls(con, [room.poll(*(room.listed(number) for number in range(len(texts))))], run_id="run-1")
    while True:
        with writer(home) as con:
            entries = pending_entries(con, now=room.now, limit=sizes.choice((1, 3, 8)))
            items = [room.collected(entry, text=texts[int(entry.url[-5:])]) for entry in entries]
            load_batch(con, items, run_id="run-1", now=room.now, archives={WARC: 1_000}, assign=assign_stories)
        if not entries:
            return


def life(home: Path, *, seed: int) -> int:
    """Start a loader; return its process id."""
    pid = os.fork()
    if not pid:
        load(home, sizes=random.Random(seed))
        os._exit(0)
    return pid


def main(home: Path, *, kills: int, seed: int) -> None:
    """Let a loader live for a while, kill it, start another; let the last one finish."""
    chance = random.Random(seed)
    started = time.monotonic()
    assert os.waitpid(life(home / "undisturbed", seed=seed), 0)[1] == 0
    whole = time.monotonic() - started
    for number in range(kills):
        pid = life(home / "killed", seed=seed + number)
        time.sleep(chance.uniform(0, whole / 6))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    assert os.waitpid(life(home / "killed", seed=seed), 0)[1] == 0


if __name__ == "__main__":
    main(Path(sys.argv[1]), kills=int(sys.argv[2]), seed=int(sys.argv[3]))
