"""
A process that loads articles until it is done or killed; the tests of crashes and of readers start it.

Arguments: home, batches, entries a batch, "publish" or "quiet". Prints the number of each batch that was acknowledged.
It repeats what a killed one left: the warehouse says what is pending.
"""

import sys
from pathlib import Path

from flows.assigning import assign_stories
from tests.warehouse.newsroom import WARC, Newsroom
from warehouse.articles import load_batch
from warehouse.connection import writer
from warehouse.coverage import sync_topics
from warehouse.entries import pending_entries
from warehouse.feeds import sync_feeds
from warehouse.polls import load_polls
from warehouse.runs import start_run
from warehouse.snapshot import publish


def prepare(home: Path, room: Newsroom, *, count: int) -> None:
    with writer(home) as con:
        sync_feeds(con, [room.feed], now=room.now)
        sync_topics(con, [room.topic], now=room.now)
        start_run(con, run_id="run-1", flow="collect", now=room.now, newsdesk_version="0", extractor_version="1")
        load_polls(con, [room.poll(*(room.listed(number) for number in range(count)))], run_id="run-1")


def main(home: Path, *, batches: int, size: int, is_publishing: bool) -> None:
    room = Newsroom()
    prepare(home, room, count=batches * size)
    number = 0
    while True:
        with writer(home) as con:
            entries = pending_entries(con, now=room.now, limit=size)
            items = [room.collected(entry, text=f"DeepSeek {entry.url}, $5.6m, “yes”\n" * 60) for entry in entries]
            load_batch(con, items, run_id="run-1", now=room.now, archives={WARC: 1_000}, assign=assign_stories)
        if not entries:
            return
        if is_publishing:
            publish(home, now=room.now)
        number += 1
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), batches=int(sys.argv[2]), size=int(sys.argv[3]), is_publishing=sys.argv[4] == "publish")
