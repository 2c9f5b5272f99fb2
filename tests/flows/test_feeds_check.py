"""`newsdesk feeds check` says in words how each feed does; what a feed becomes is said once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.collecting import open_fetcher, open_writer
from flows.commands.feeds import check_feeds
from flows.newsroom import Newsroom
from flows.polling import PollSummary, alarm_of, poll_batch, take_up
from flows.recording import recorded
from flows.settings import Settings
from flows.watched import read_watchlist
from warehouse.snapshot import publish

NOW = datetime.now(UTC)
ROUTES = """
[[routes]]
url = "http://moved.example/old.rss"
status = 301
location = "http://moved.example/new.rss"
"""
FEEDS = ("well.example/rss", "silent.example/rss", "moved.example/old.rss", "page.example/rss", "lost.example/rss")


def rss(name: str, *ages_hours: float) -> str:
    items = "".join(
        f"<item><title>{age}</title><link>http://{name}.example/{age}</link>"
        f"<pubDate>{(NOW - timedelta(hours=age)).isoformat()}</pubDate></item>"
        for age in ages_hours
    )
    return f"<rss version='2.0'><channel><title>The {name}</title>{items}</channel></rss>"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    link = '<link rel="alternate" type="application/rss+xml" href="/{}.rss">'
    files = {
        "well.example/rss.html": rss("well", *range(1, 9)),
        "silent.example/rss.html": rss("silent", *range(24 * 9, 24 * 9 + 8)),
        "moved.example/new.rss": rss("moved", 1),
        "page.example/rss.html": f"<html><head>{link.format('a')}{link.format('b')}</head></html>",
        "lost.example/other.html": "",
    }
    for name, text in files.items():
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(text, encoding="utf-8")
    (tmp_path / "site.toml").write_text(ROUTES, encoding="utf-8")
    watchlist = tmp_path / "watchlist.toml"
    watchlist.write_text("".join(f'[[feeds]]\nurl = "http://{url}"\n' for url in FEEDS), encoding="utf-8")
    with Newsroom(tmp_path) as newsroom:
        connect_to = f".example=127.0.0.1:{newsroom.port}"
        yield Settings(home=tmp_path / "home", watchlist=watchlist, connect_to=connect_to)


def polled(settings: Settings) -> PollSummary:
    watchlist = read_watchlist(settings.watchlist)
    feeds = take_up(watchlist, settings, only_due=False)
    with recorded("poll", settings, watchlist) as run_id, open_fetcher(settings) as fetcher:
        return poll_batch(fetcher, feeds, settings=settings, run_id=run_id)


def checked(settings: Settings, capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    """Return the lines said of each feed, by mark and host; the check must end with 1."""
    with pytest.raises(SystemExit) as ended:
        check_feeds(settings, as_json=False)
    assert ended.value.code == 1
    said: dict[str, list[str]] = {}
    for line in capsys.readouterr().out.splitlines():
        if not line.startswith(" "):
            mark, _, rest = line.partition(" ")
            key = f"{mark} {rest.strip().removeprefix('http://').partition('/')[0]}"
            said[key] = []
        else:
            said[key].append(line.strip())
    return said


def test_each_feed_is_said_to_be_what_it_is_with_what_to_do(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    said = checked(settings, capsys)

    assert list(said) == [
        "ok well.example", "look silent.example", "look moved.example", "bad page.example", "bad lost.example",
        "5 feeds: 1 well, 2 to look at, 2 bad",
    ]  # fmt: skip
    newest = f"{NOW - timedelta(hours=1):%Y-%m-%d %H:%M} UTC"
    (well,) = said["ok well.example"]
    assert well.startswith(f"RSS feed with 8 entries, the newest of {newest}; asked every ")
    assert said["look silent.example"][1].startswith("Nothing new for 9 days, since ")
    assert said["look silent.example"][1].endswith("; of this feed more than 3 days is unusual.")
    assert said["look moved.example"][1].startswith("It has moved to http://moved.example/new.rss, it says since ")
    named = "http://page.example/a.rss, http://page.example/b.rss"
    assert said["bad page.example"] == [
        "It has given nothing yet.",
        f"Its address does not give a feed: an HTML page, not a feed; the page names these feeds: {named}.",
        "Put the one you want into the watchlist.",
    ]
    assert said["bad lost.example"][1] == "Its address is not found: HTTP 404."
    assert not (settings.home / "warehouse.duckdb").exists()


def test_a_check_knows_what_the_snapshot_knows(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    polled(settings)
    publish(settings.home, now=NOW)
    (settings.watchlist.parent / "site" / "well.example" / "rss.html").unlink()

    said = checked(settings, capsys)

    assert said["bad well.example"][0].startswith("RSS feed with 8 entries, the newest of ")
    assert said["look moved.example"][1].endswith("(2 polls).")


def test_a_feed_that_is_silent_is_said_once(settings: Settings) -> None:
    new = polled(settings)
    with open_writer(settings) as con:
        con.execute("update feeds set added_at = added_at - interval 2 days")
    first, second = polled(settings), polled(settings)

    assert new.alarms == (), "a feed just added is in the report, not an alarm"
    since = f"{NOW - timedelta(hours=24 * 9):%Y-%m-%d %H:%M} UTC"
    assert [alarm_of(alarm) for alarm in first.alarms] == [
        f"http://silent.example/rss is silent, nothing new since {since}"
    ]
    assert second.alarms == ()
