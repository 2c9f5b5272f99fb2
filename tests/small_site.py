"""A small site whose files a test writes, served on loopback, with a newsdesk that watches it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.collecting import open_fetcher, open_writer
from flows.newsroom import Newsroom
from flows.polling import PollSummary, poll_batch, take_up
from flows.settings import Settings
from flows.sitemaps import consult_sitemaps, poll_sitemaps
from flows.watched import read_watchlist
from warehouse.doctor import run_checks

SITE = "http://desk.example"


def ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="seconds")


def news(*pages: tuple[str, float]) -> str:
    blocks = (
        f"<url><loc>{SITE}/{path}</loc><n:news><n:publication_date>{ago(hours)}</n:publication_date>"
        f"<n:title>{path}</n:title></n:news></url>"
        for path, hours in pages
    )
    return f'<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{"".join(blocks)}</urlset>'


def rss(*items: tuple[str, float], title: str = "Desk") -> str:
    blocks = (
        f"<item><title>{path}</title><link>{SITE}/{path}</link><pubDate>{ago(hours)}</pubDate></item>"
        for path, hours in items
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{''.join(blocks)}</channel></rss>"


@dataclass(frozen=True)
class Site:
    """A site whose files a test writes."""

    folder: Path
    newsroom: Newsroom
    settings: Settings

    def put(self, name: str, body: str | bytes) -> None:
        file = self.folder / name
        file.write_bytes(body if isinstance(body, bytes) else body.encode())

    def watch(self, text: str) -> None:
        self.settings.watchlist.write_text(text)

    def poll(self, *, only_due: bool = False) -> PollSummary:
        """Poll as the flow does, without Prefect."""
        due = take_up(read_watchlist(self.settings.watchlist), self.settings, only_due=only_due)
        feeds = [state for state in due if state.kind != "sitemap"]
        sitemaps = [state for state in due if state.kind == "sitemap"]
        with open_fetcher(self.settings) as fetcher:
            counts = poll_batch(fetcher, feeds, settings=self.settings, run_id="r") if feeds else PollSummary()
            if sitemaps:
                counts += poll_sitemaps(fetcher, sitemaps, settings=self.settings, run_id="r")
            if counts.overruns:
                polled = {state.feed_id for state in sitemaps}
                counts += consult_sitemaps(fetcher, counts.overruns, polled=polled, settings=self.settings, run_id="r")
        return counts

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with open_writer(self.settings) as con:
            return con.execute(query).fetchall()

    def asked(self) -> list[tuple[str, int]]:
        """Return (path, status) of what was asked since the last call."""
        seen = [(one.path, one.status) for one in self.newsroom.requests]
        self.newsroom.requests.clear()
        return seen

    def faults(self) -> list[str]:
        """Return the invariants that do not hold; the polls of these tests have no run."""
        with open_writer(self.settings) as con:
            return [check.name for check in run_checks(con) if check.failed_count and check.name != "runs_are_known"]


@contextmanager
def served_site(folder: Path) -> Iterator[Site]:
    """Serve a site with no file yet below *folder*; its newsdesk lives there too."""
    files = folder / "room" / "site" / "desk.example"
    files.mkdir(parents=True)
    with Newsroom(folder / "room") as newsroom:
        connect_to = f".example=127.0.0.1:{newsroom.port}"
        settings = Settings(home=folder / "data", watchlist=folder / "watchlist.toml", connect_to=connect_to)
        yield Site(files, newsroom, settings)
