"""Two processes of one home ask no host more than one may; proven from the log of the server that is asked."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from desk import ROOT, newsdesk_command, rows
from fault_server import Answer, FaultServer
from faults import ARTICLE

ASKING = ROOT / "tests" / "asking.py"
DELAY = 0.3


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer({"/page": Answer(body=b"x", delay=0.02)}) as running:
        yield running


def start(folder: Path, server: FaultServer, **options: object) -> "subprocess.Popen[str]":
    address, port = server.address
    command = [sys.executable, str(ASKING), str(folder), f"{address}:{port}", json.dumps(options)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})
    assert process.stdout
    assert process.stdout.readline() == "begins\n"
    return process


def ends(process: "subprocess.Popen[str]") -> list[str]:
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return printed.split()


def pauses(server: FaultServer, path: str = "/page") -> list[float]:
    """Return the seconds between the requests for *path*."""
    return [later.started - earlier.started for earlier, later in pairwise(server.asked_for(path))]


def test_together_they_ask_a_host_no_more_at_once_than_one_may(tmp_path: Path, server: FaultServer) -> None:
    urls = ["http://desk.example/page"] * 30 + ["http://other.example/page"] * 10

    both = [start(tmp_path / "hosts", server, urls=urls) for _ in range(3)]

    assert [ends(process) for process in both] == [["200"] * 40] * 3
    assert server.most_under_way() == 2


def test_who_asks_for_one_page_is_not_kept_waiting_by_who_asks_for_many(tmp_path: Path, server: FaultServer) -> None:
    many = start(tmp_path / "hosts", server, urls=["http://desk.example/page"] * 600)
    one = start(tmp_path / "hosts", server, urls=["http://desk.example/page?one"])
    server.pages["/page?one"] = server.pages["/page"]

    assert ends(one) == ["200"]
    place = [asked.target for asked in server.log].index("/page?one")
    assert place < 550
    assert ends(many) == ["200"] * 600


def test_together_they_ask_no_faster_than_robots_txt_wants(tmp_path: Path, server: FaultServer) -> None:
    urls = ["http://robots-crawl-delay.example/page"] * 5

    both = [start(tmp_path / "hosts", server, urls=urls, robots=True, patience=20) for _ in range(2)]

    assert [ends(process) for process in both] == [["200"] * 5] * 2
    assert min(pauses(server)) >= DELAY
    # From the rules to the first page as well.
    assert server.asked_for("/page")[0].started - server.asked_for("/robots.txt")[0].started >= DELAY


def test_what_a_host_asked_of_one_all_follow_also_later(tmp_path: Path, server: FaultServer) -> None:
    server.pages["/soon"] = Answer(status=429, headers=(("Retry-After", "2"),))
    told = ["http://a.example/busy-seconds", "http://b.example/storm-503", "http://c.example/soon"]
    assert ends(start(tmp_path / "hosts", server, urls=told)) == ["429", "503", "429"]

    urls = [f"http://{name}.example/page" for name in "abcd"]
    assert ends(start(tmp_path / "hosts", server, urls=urls, patience=5)) == ["on_hold", "on_hold", "200", "200"]
    asked = {one.host: one.started for one in server.asked_for("/page")}
    assert set(asked) == {"c.example", "d.example"}
    assert asked["c.example"] - server.asked_for("/soon")[0].started >= 2.0


def test_one_killed_in_the_middle_leaves_its_turns_and_its_wishes_to_the_other(
    tmp_path: Path, server: FaultServer
) -> None:
    folder = tmp_path / "hosts"
    slow = ["http://robots-crawl-delay.example/page", "http://robots-crawl-delay.example/silence"]
    hanging = [
        *slow,
        "http://desk.example/busy-seconds",
        "http://full.example/silence",
        "http://full.example/silence?2",
    ]
    killed = start(folder, server, urls=hanging, robots=True, patience=20, per_host=2)
    deadline = time.monotonic() + 20
    while len(server.asked_for("/silence")) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    killed.kill()
    killed.communicate()

    urls = ["http://robots-crawl-delay.example/page", "http://full.example/page", "http://desk.example/page"]
    assert ends(start(folder, server, urls=urls, patience=5)) == ["200", "200", "on_hold"]

    asked = [one.started for one in server.log if one.host == "robots-crawl-delay.example"]
    assert len(asked) == 4
    assert min(later - earlier for earlier, later in pairwise(asked)) >= DELAY


def feed_of(host: str, *paths: object) -> Answer:
    items = "".join(f"<item><title>No. {path}</title><link>http://{host}/{path}</link></item>" for path in paths)
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Slow</title>{items}</channel></rss>'
    return Answer(body=text.encode(), content_type="application/rss+xml")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_two_runs_of_newsdesk_keep_the_promises_of_one(tmp_path: Path, prefect_server: str) -> None:
    slow, shy = "robots-crawl-delay.example", "shy.example"
    pages = {f"/{number}": Answer(body=ARTICLE.replace("Port", f"Port {number}").encode()) for number in range(12)}
    pages |= {f"http://{slow}/{name}": feed_of(slow, 0, 1) for name in ("a.rss", "b.rss", "c.rss")}
    pages[f"http://{shy}/feed.rss"] = feed_of(shy, "storm-503", 0)
    feeds = [f"http://{slow}/{name}" for name in ("a.rss", "b.rss", "c.rss")] + [f"http://{shy}/feed.rss"]
    (tmp_path / "watchlist.toml").write_text("".join(f'[[feeds]]\nurl = "{url}"\n' for url in feeds))
    home = tmp_path / "home"
    with FaultServer(pages) as server:
        address, port = server.address
        env = os.environ | {
            "NEWSDESK_HOME": str(home),
            "NEWSDESK_WATCHLIST": str(tmp_path / "watchlist.toml"),
            "NEWSDESK_CONNECT_TO": f".example={address}:{port}",
            "NEWSDESK_FETCH_PER_HOST": "1",
            "PREFECT_API_URL": prefect_server,
        }
        subprocess.run(newsdesk_command("run"), env=env, check=True, timeout=200, stdout=subprocess.DEVNULL)
        known = len(server.log)
        server.pages |= {f"http://{slow}/{name}": feed_of(slow, *range(12)) for name in ("a.rss", "b.rss", "c.rss")}
        both = [subprocess.Popen(newsdesk_command("run"), env=env, stdout=subprocess.DEVNULL) for _ in range(2)]
        assert [process.wait(timeout=200) for process in both] == [0, 0]
        asked = server.log[known:]

    starts = [one.started for one in asked if one.host == slow]
    assert len(starts) == 2 * 3 + 10
    assert min(later - earlier for earlier, later in pairwise(starts)) >= DELAY
    assert not [one for one in asked if one.host == shy]
    assert server.most_under_way() == 1
    outcomes = rows(home, "select outcome, count(distinct url) from entries group by all order by all")
    assert outcomes == [("duplicate", 12), ("pending", 2), ("stored", 12)]
