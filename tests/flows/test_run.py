"""The main job over the sample newsroom: feeds in, answers out, nothing lost, nothing twice."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import ROOT, newsdesk_command, rows, sample_environment
from warcio.archiveiterator import ArchiveIterator

from flows.newsroom import Newsroom
from flows.scheduler import end_orphans

Newsdesk = Callable[..., subprocess.CompletedProcess[str]]
pytestmark = pytest.mark.slow

EXPECTED = json.loads((ROOT / "sample" / "expected.json").read_text())
COUNTED = ("entries", "documents", "articles", "revisions", "removals", "mentions", "coverage", "topics", "feeds")


def counts(home: Path) -> dict[str, object]:
    return {table: rows(home, f"select count(*) from {table}")[0][0] for table in COUNTED}


def test_every_entry_of_the_sample_comes_to_what_it_was_written_for(
    sample_home: Path,
) -> None:
    found = dict(rows(sample_home, "select url, outcome from entries"))
    assert found == {entry["url"]: entry["outcome"] for entry in EXPECTED}


def test_without_a_server_the_run_starts_its_own_in_a_home_that_is_not_there_yet(
    newsdesk: Newsdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    home = tmp_path / "a" / "b"

    done = newsdesk("run", "--home", str(home))

    assert done.returncode == 0, done.stderr
    assert len(done.stderr.splitlines()) == 2, "one line about Prefect, one about the entries; no chatter of Prefect's"
    assert rows(home, "select count(*) from entries where outcome = 'stored'")[0][0]


def test_the_api_of_a_killed_run_is_ended_by_the_next(
    home: Path, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    command = newsdesk_command("run", "--every", "1h")
    with subprocess.Popen(
        command, env=sample_environment(home, newsroom), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        assert any("published" in line for line in iter(process.stdout.readline, ""))
        process.kill()

    ended = end_orphans(home)

    assert len(ended) == 1
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and Path(f"/proc/{ended[0]}/cmdline").exists():
        time.sleep(0.2)
    assert end_orphans(home) == []


def test_a_second_run_changes_nothing_but_the_poll_log(newsdesk: Newsdesk, home: Path, prefect_server: str) -> None:
    newsdesk("run", PREFECT_API_URL=prefect_server)
    before = counts(home)
    polls = rows(home, "select count(*) from polls")

    done = newsdesk("run", "--json", PREFECT_API_URL=prefect_server)

    assert json.loads(done.stdout)["new_entry_count"] == 0
    assert json.loads(done.stdout)["unchanged_count"] == len(rows(home, "from feeds"))
    assert counts(home) == before
    assert rows(home, "select count(*) from polls") == [(2 * int(str(polls[0][0])),)]


def test_the_doctor_finds_nothing_after_a_run(newsdesk: Newsdesk, sample_home: Path) -> None:
    done = newsdesk("doctor", "--home", str(sample_home))

    assert done.returncode == 0, done.stdout
    assert "all hold" in done.stdout


def test_every_answer_lies_in_the_warc_where_the_row_says(sample_home: Path) -> None:
    kept = rows(sample_home, "select warc_file, warc_offset, final_url, body_bytes from documents")

    assert len(kept) > 25
    for warc_file, offset, url, size in kept:
        with (sample_home / "raw" / str(warc_file)).open("rb") as stream:
            stream.seek(int(str(offset)))
            record = next(iter(ArchiveIterator(stream)))
            assert record.rec_headers.get_header("WARC-Target-URI") == url
            assert len(record.content_stream().read()) == size


def test_two_runs_at_once_collect_each_page_once(home: Path, newsroom: Newsroom, prefect_server: str) -> None:
    env = sample_environment(home, newsroom) | {"PREFECT_API_URL": prefect_server}
    asked_before = len(newsroom.requests)

    both = [
        subprocess.Popen(newsdesk_command("run"), env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ended = [(process.communicate(timeout=240), process.returncode) for process in both]

    assert [code for _, code in ended] == [0, 0], ended
    asked = [served.path for served in newsroom.requests[asked_before:] if served.path.endswith(".html")]
    assert len(asked) == len(set(asked))
    assert dict(rows(home, "select url, outcome from entries")) == {e["url"]: e["outcome"] for e in EXPECTED}


def test_a_run_without_a_network_says_one_line_a_feed_and_ends_well(
    newsdesk: Newsdesk, home: Path, prefect_server: str
) -> None:
    # Port 9 of loopback stands for the network that is not there: every connection is refused.
    done = newsdesk("run", NEWSDESK_CONNECT_TO=".example=127.0.0.1:9", PREFECT_API_URL=prefect_server)

    feeds = rows(home, "select url from feeds")
    assert done.returncode == 0, done.stderr
    assert sum("not reached: " in line for line in done.stderr.splitlines()) == len(feeds)
    assert rows(home, "select distinct outcome from polls") == [("failed",)]
    assert rows(home, "select count(*) from polls where error is not null") == [(len(feeds),)]


def test_run_every_goes_on_until_it_is_stopped(home: Path, newsroom: Newsroom, prefect_server: str) -> None:
    env = sample_environment(home, newsroom) | {"PREFECT_API_URL": prefect_server}
    command = newsdesk_command("run", "--every", "10s")
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        rounds = 0
        deadline = time.monotonic() + 120
        while rounds < 2 and time.monotonic() < deadline:
            rounds += "published" in process.stdout.readline()
        process.terminate()

    assert rounds == 2
    assert len(rows(home, "from runs where flow = 'collect' and state = 'completed'")) >= 2
