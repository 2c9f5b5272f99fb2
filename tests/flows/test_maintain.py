"""What the flow maintain does where a Prefect server listens, and what a run shows of itself there."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from desk import ROOT, rows, sample_environment

from flows.api import ask
from flows.newsroom import Newsroom

PROGRAM = """
from flows.collect import collect
from flows.collecting import open_writer
from flows.maintain import maintain
from flows.poll import poll
from flows.settings import Settings
poll(only_due=False)
collect()
maintain()
with open_writer(Settings()) as con:
    con.execute("update feeds set next_poll_at = next_poll_at - interval 9 days")
maintain()
maintain(is_thorough=True)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, newsroom: Newsroom, prefect_server: str) -> Path:
    folder = tmp_path_factory.mktemp("maintained") / "newsdesk-data"
    environment = sample_environment(folder, newsroom) | {
        "PREFECT_API_URL": prefect_server,
        "NEWSDESK_DISPATCH": "event",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "problem: a feed has been due for 8 days" in done.stderr
    return folder


def names(api: str, flow: str) -> list[str]:
    """Return the names of the runs of *flow*, oldest first."""
    wanted = {"flows": {"name": {"any_": [flow]}}, "sort": "START_TIME_ASC"}
    return [str(run["name"]) for run in ask(api, "/flow_runs/filter", wanted)]


pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("maintain")]


def test_a_problem_rings_once_however_often_it_is_seen(home: Path, prefect_server: str) -> None:
    wanted = {"filter": {"event": {"name": ["newsdesk.health"]}}}
    deadline = time.monotonic() + 30
    while len(found := ask(prefect_server, "/events/filter", wanted)["events"]) < 4 and time.monotonic() < deadline:
        time.sleep(0.5)

    rung = sorted((event["payload"]["kind"], event["payload"]["subject"]) for event in found)
    # The sample's feeds are of 2025: three of them fell silent long ago.
    silent = [("silent source", name) for name in ("courier.example", "gridpost.example", "wireline.example")]
    assert rung == [("not polling", ""), *silent]
    assert {event["payload"]["state"] for event in found} == {"begun"}
    assert rows(home, "select kind, subject from problems where ended_at is null order by all") == rung


def test_the_names_of_runs_say_what_they_did(home: Path, prefect_server: str) -> None:
    assert home.exists()
    assert any(name.startswith("poll: 40 new entries of 7 feeds, ") for name in names(prefect_server, "poll"))
    collected = next(name for name in names(prefect_server, "collect") if name.startswith("collect: 40 entries"))
    assert ", 29 stored, " in collected
    assert names(prefect_server, "maintain") == [
        "maintain: 3 problems begun, 0 over",
        "maintain: 1 problems begun, 0 over",
        "maintain: well",
    ]


def test_the_run_keeps_a_page_of_the_coverage_that_it_found(home: Path, prefect_server: str) -> None:
    assert home.exists()
    wanted = {"artifacts": {"key": {"any_": ["new-coverage"]}}}
    # The server is shared: other tests' runs keep theirs there, too.
    (page,) = (
        str(one["data"])
        for one in ask(prefect_server, "/artifacts/filter", wanted)
        if str(one["data"]).startswith("40 entries, ")
    )

    assert "| DeepSeek | [" in page
    # What a publisher wrote stays text.
    assert "<script" not in page.replace("\\<script", "")
    assert all(line.count("|") - line.count("\\|") == 5 for line in page.splitlines() if line.startswith("| "))


def test_the_totals_lie_where_prometheus_finds_them(home: Path) -> None:
    metrics = (home / "metrics.prom").read_text().splitlines()

    assert 'newsdesk_entries_total{outcome="stored"} 29.0' in metrics
    assert "newsdesk_entries_pending 0.0" in metrics
    assert 'newsdesk_feeds{status="working"} 4.0' in metrics
    assert any(line.startswith("newsdesk_published_seconds 1.") for line in metrics)


def test_the_doctor_warns_of_it(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", "doctor", "--json"],
        env=os.environ | {"NEWSDESK_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    warnings = [one["warning"] for one in json.loads(done.stdout) if "warning" in one]
    assert warnings[0] == "a feed has been due for 8 days and nobody polled it: is it running?"
    assert [words.split()[3] for words in warnings[1:]] == ["courier.example", "gridpost.example", "wireline.example"]
