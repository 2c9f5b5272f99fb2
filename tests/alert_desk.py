"""A desk that loads articles of a small newsroom and sends its alerts to a receiver. Run as a script it sends once."""

import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from extractors.model import CollectedEntry, PendingEntry
from flows.alerting import AlertSummary, send_alerts
from flows.assigning import assign_stories
from flows.collecting import open_writer
from flows.settings import Settings
from tests.warehouse.newsroom import NOW, WARC, Newsroom
from warehouse.articles import load_batch
from warehouse.connection import writer
from warehouse.doctor import checks
from warehouse.entries import pending_entries
from warehouse.polls import load_polls

LONG_AGO = NOW - timedelta(days=60)
RULE = """
[alerts.desk]
url = "env:DESK_URL"
when = "new story"
"""


def text_of(number: int) -> str:
    """Return a text about the topic that shares nothing else with that of another number."""
    words = random.Random(number)
    body = [" ".join(f"w{words.randrange(10**6)}" for _ in range(40)) for _ in range(3)]
    return "\n".join([f"DeepSeek said number {number} is out.", *body])


@dataclass
class AlertDesk:
    home: Path
    url: str
    watchlist: Path
    room: Newsroom = field(default_factory=Newsroom)

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, watchlist=self.watchlist)

    def rules(self, text: str = RULE, *, names: Sequence[str] = ("desk",)) -> None:
        alert = ", ".join(f'"{name}"' for name in names)
        self.watchlist.write_text(
            f'[topics.deepseek]\ntitle = "DeepSeek"\nquery = "deepseek"\nalert = [{alert}]\n{text}', encoding="utf-8"
        )

    def found(self, count: int, *, start: int = 0) -> list[PendingEntry]:
        return self.listed(*range(start, start + count))

    def listed(self, *numbers: int) -> list[PendingEntry]:
        """Have the feed list entries of *numbers*; return them in that order."""
        with open_writer(self.settings) as con:
            entries = [self.room.listed(number) for number in numbers]
            # One instant for each poll: a poll loaded twice is one.
            poll = self.room.poll(*entries, at=NOW - timedelta(days=40, seconds=-numbers[0]))
            load_polls(con, [poll], run_id="run-1")
            pending = {entry.entry_id: entry for entry in pending_entries(con, now=NOW, limit=10_000)}
        return [pending[entry.entry_id] for entry in entries]

    def article(self, entry: PendingEntry, *, source: str = "paper.example", **changes: object) -> CollectedEntry:
        item = self.room.collected(entry, **changes)  # type: ignore[arg-type]
        assert item.reading is not None
        assert item.reading.article is not None
        return replace(item, reading=replace(item.reading, article=replace(item.reading.article, source=source)))

    def load(self, *items: CollectedEntry, at: datetime = NOW) -> None:
        with open_writer(self.settings) as con:
            load_batch(con, items, run_id="run-1", now=at, archives={WARC: 1_000}, assign=assign_stories)

    def stories(self, *numbers: int, at: datetime = NOW) -> None:
        """Load a story of its own for each of *numbers*."""
        self.load(
            *(
                self.article(replace(entry, published_at=None, first_seen_at=at), text=text_of(number), at=at)
                for entry, number in zip(self.listed(*numbers), numbers, strict=True)
            ),
            at=at,
        )

    def send(self, at: datetime = NOW, *, asked_run_id: str | None = None) -> AlertSummary:
        environment = {"DESK_URL": self.url}
        return send_alerts(self.settings, clock=lambda: at, environment=environment, asked_run_id=asked_run_id)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with open_writer(self.settings) as con:
            return con.execute(sql).fetchall()

    def begin(self) -> None:
        """Let the rules look for the first time, at a warehouse with one story of long ago."""
        self.stories(9_999, at=NOW - timedelta(days=30))
        assert self.send(NOW - timedelta(days=1)).sent_count == 0


def rule(name: str, when: str, **keys: str) -> str:
    more = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    return f'[alerts.{name}]\nurl = "env:DESK_URL"\nwhen = "{when}"\n{more}'


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def clean(desk: AlertDesk) -> None:
    """See that doctor has nothing to say of the alerts."""
    assert doctored(desk) == set()


def doctored(desk: AlertDesk) -> set[str]:
    """Return the names of the checks of alerts that fail."""
    with writer(desk.home) as con:
        return {name for name, sql in checks().items() if name.startswith("alert") and con.execute(sql).fetchall()}


if __name__ == "__main__":
    home, watchlist, at = sys.argv[1:]
    desk = AlertDesk(home=Path(home), url=os.environ["DESK_URL"], watchlist=Path(watchlist))
    sys.stdout.write(f"{desk.send(datetime.fromisoformat(at).astimezone(UTC)).sent_count}\n")
