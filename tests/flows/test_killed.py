"""Killed with SIGKILL at any moment and started again, the end state is the same as undisturbed."""

import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from desk import newsdesk_command, rows, sample_environment

from flows.newsroom import Newsroom

#: `make test-kills` kills thirty times; a kill costs ten seconds.
KILLS = int(os.environ.get("NEWSDESK_TEST_KILLS", "12"))
#: Kills of one home before it is allowed to finish: later kills then also hit half-done states.
KILLS_A_HOME = 3

#: What must be equal: every table that analysts see, without the instants and ids of the runs themselves.
COMPARED = {
    "entries": "select entry_id, feed_id, guid, url, title, published_at, outcome, outcome_reason, article_id "
    "from entries",
    "articles": "select article_id, url, canonical_url, source, title, text, text_sha256, revision, language, "
    "published_at, repaired, document_sha256 from articles",
    "revisions": "select article_id, revision, change, text_sha256 from revisions",
    "removals": "select article_id, revision, ordinal, kind, text, rule from removals",
    "mentions": "select article_id, revision, topic_id, term, raw, zone, char_start, char_end from mentions",
    "coverage": "select article_id, topic_id, query_version, relevance, mention_count from coverage",
    "documents": "select document_sha256, url, final_url, http_status, charset, body_bytes from documents",
    # Who had a text first depends on when a feed was first polled, which a kill does change; who shares it does not.
    "stories": "select list(article_id order by article_id) from story_articles group by story_id",
    "topics": "select topic_id, query, query_version from topics",
    "feeds": "select feed_id, url, kind, is_active, status from feeds",
}


def state(home: Path) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(rows(home, query), key=repr) for table, query in COMPARED.items()}


def start(home: Path, newsroom: Newsroom, prefect_server: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        newsdesk_command("-v", "run"),
        env=sample_environment(home, newsroom) | {"PREFECT_API_URL": prefect_server},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_work(process: subprocess.Popen[str]) -> None:
    """Wait for the first line about a fetch: everything before is imports."""
    assert process.stderr
    for line in process.stderr:
        if "http" in line and ".example" in line:
            return


@dataclass(frozen=True)
class Undisturbed:
    """What a run that nobody kills leaves, and how long it works."""

    state: dict[str, list[tuple[object, ...]]]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, newsroom: Newsroom, prefect_server: str) -> Undisturbed:
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    process = start(home, newsroom, prefect_server)
    wait_for_work(process)
    began = time.monotonic()
    process.communicate(timeout=120)
    seconds = time.monotonic() - began
    assert process.returncode == 0
    found = Undisturbed(state=state(home), seconds=seconds)
    assert len(found.state["entries"]) >= 25
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", range(KILLS // KILLS_A_HOME))
def test_kills_at_random_moments_leave_the_tables_as_an_undisturbed_run_does(
    number: int, undisturbed: Undisturbed, tmp_path: Path, newsroom: Newsroom, prefect_server: str
) -> None:
    home = tmp_path / f"home{number}"
    seed = random.randrange(2**32)
    print(f"seed {seed}, {undisturbed.seconds:.1f} s of work")  # noqa: T201 - shown when the test fails
    moments = random.Random(seed)

    for _ in range(KILLS_A_HOME):
        kill_at(moments.uniform(0, undisturbed.seconds), home, newsroom, prefect_server)
    last = start(home, newsroom, prefect_server)
    _, errors = last.communicate(timeout=120)

    assert last.returncode == 0, errors
    assert state(home) == undisturbed.state


def kill_at(seconds: float, home: Path, newsroom: Newsroom, prefect_server: str) -> None:
    """Start `newsdesk run`, let it work for *seconds*, kill it with its workers."""
    process = start(home, newsroom, prefect_server)
    wait_for_work(process)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
