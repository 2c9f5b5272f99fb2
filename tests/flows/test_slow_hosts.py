"""A host that wants a pause holds up no other, and nothing of it is lost."""

from pathlib import Path

import cycle
from fault_server import Answer, FaultServer
from faults import ARTICLE

from flows.settings import Settings
from warehouse.connection import writer

SLOW = "robots-crawl-delay-absurd.example"
PACED = "robots-crawl-delay.example"


def settings_for(folder: Path, server: FaultServer) -> Settings:
    (folder / "watchlist.toml").write_text("".join(f'[[feeds]]\nurl = "http://desk.example/{n}.rss"\n' for n in "ab"))
    return Settings(
        home=folder / "home",
        watchlist=folder / "watchlist.toml",
        connect_to=".example={}:{}".format(*server.address),
        host_wait_seconds=3,
        workers=1,
    )


def feed(*urls: str) -> Answer:
    items = "".join(f"<item><title>{url}</title><link>{url}</link></item>" for url in urls)
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
    return Answer(body=text.encode(), content_type="application/rss+xml")


def test_other_hosts_go_on_and_what_is_left_waits_without_an_attempt(tmp_path: Path) -> None:
    slow = [f"http://{SLOW}/{number}" for number in range(40)]
    paced = [f"http://{PACED}/{number}" for number in range(3)]
    quick = [f"http://quick.example/{number}" for number in range(10)]
    pages = {f"/{number}": Answer(body=ARTICLE.replace("Port", f"Port {number}").encode()) for number in range(40)}
    # The second feed lists the same addresses: each page is asked for once all the same.
    pages |= {f"/{name}.rss": feed(*slow, *paced, *quick) for name in "ab"}
    with FaultServer(pages) as server:
        settings = settings_for(tmp_path, server)
        cycle.poll(settings)
        cycle.collect(settings)
        asked = [one for one in server.log if one.target.strip("/").isdigit()]

    first_wait = min(one.started for one in asked if one.host == PACED)
    assert all(one.started < first_wait for one in asked if one.host == "quick.example")
    assert sorted((one.host, one.target) for one in asked) == sorted(
        (url.split("/")[2], f"/{url.rsplit('/', 1)[1]}") for url in [*paced, *quick]
    )
    with writer(settings.home) as con:
        rows = con.execute(
            "select split_part(url, '/', 3) as host, outcome, attempt_count, count(*), count(distinct url) "
            "from entries group by all order by all"
        ).fetchall()
        waits = con.execute(
            "select epoch(min(next_attempt_at) - now()), epoch(max(next_attempt_at) - now()) from entries "
            "where outcome = 'pending'"
        ).fetchone()
        reason = con.execute("select any_value(reason) from missing where outcome = 'pending'").fetchone()
    assert [row[:3] for row in rows if row[0] == SLOW] == [(SLOW, "pending", 0)]
    assert {row[1] for row in rows if row[0] != SLOW} == {"stored", "duplicate"}
    assert sum(row[4] for row in rows if row[1] != "duplicate") == 40 + 3 + 10
    assert waits is not None
    assert 50 < waits[0] < 121
    assert 39 * 120 < waits[1] < 90 * 120
    assert reason is not None
    assert "wants 120 s between two requests" in reason[0]


def test_what_was_told_by_a_host_is_kept_for_later_runs(tmp_path: Path) -> None:
    pages = {
        "/a.rss": feed("http://robots-disallow.example/1", "http://held.example/busy-seconds"),
        "/b.rss": feed(f"http://{PACED}/1"),
        "/1": Answer(body=ARTICLE.encode()),
    }
    with FaultServer(pages) as server:
        settings = settings_for(tmp_path, server)
        cycle.poll(settings)
        cycle.collect(settings)
        server.pages["/a.rss"] = feed("http://robots-disallow.example/2", "http://held.example/1")
        before = len(server.log)
        cycle.poll(settings)
        cycle.collect(settings)
        asked = {one.host for one in server.log[before:]}

    assert asked == {"desk.example"}
    with writer(settings.home) as con:
        hosts = con.execute("select host, crawl_delay_seconds, hold_until is not null from hosts order by host")
        assert hosts.fetchall() == [
            ("held.example", 0.0, True),
            (PACED, 0.3, False),
            ("robots-disallow.example", 0.0, False),
        ]
        ends = con.execute(
            "select url, outcome from entries where url like '%/2' or url like '%held.example/1' order by url"
        )
        assert [row[1] for row in ends.fetchall()] == ["pending", "blocked"]
