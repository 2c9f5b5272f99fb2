"""`newsdesk topics backfill`: a changed query covers what was loaded before it, and readers see only what it gained."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import rows

Newsdesk = Callable[..., subprocess.CompletedProcess[str]]

WATCHLIST = '[topics.harbour]\ntitle = "Harbour"\nquery = "harbour"\n'
PAGES = {
    "one.txt": "The harbour of Port Ellery was closed for a week while engineers looked at the eastern wall again.",
    "two.txt": "The ferry to the islands left on time, and nobody in the terminal had heard of any closure at all.",
    "three.txt": "A ferry waited outside the harbour for three hours before the pilot could be brought on board.",
}


@pytest.fixture
def desk(tmp_path: Path, newsdesk: Newsdesk) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return the command, with a home that holds three texts about harbours and ferries."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(f"{text} " * 4, "utf-8")
    (tmp_path / "watchlist.toml").write_text(WATCHLIST, "utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return newsdesk(
            *arguments,
            NEWSDESK_HOME=str(tmp_path / "home"),
            NEWSDESK_WATCHLIST=str(tmp_path / "watchlist.toml"),
            NEWSDESK_WORKERS="1",
        )

    done = run("ingest", str(folder))
    assert done.returncode == 0, done.stderr
    return run


@pytest.mark.slow
def test_a_changed_query_is_asked_of_what_is_held_and_a_cursor_sees_what_it_gained(
    desk: Newsdesk, tmp_path: Path
) -> None:
    assert len(json.loads(desk("new", "harbour", "--json").stdout)["coverage"]) == 2
    (tmp_path / "watchlist.toml").write_text(WATCHLIST.replace('"harbour"', '"harbour OR ferry"'), "utf-8")

    past = desk("topics", "test", "--past", "10")
    assert past.stdout.splitlines()[0] == "harbour: covers 3 of the last 3 articles; 1 gained, 0 lost, 0 nearly"

    done = desk("topics", "backfill")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "harbour: covers 3 of the articles held; 1 gained, 0 lost\n"
    (new,) = json.loads(desk("new", "harbour", "--json").stdout)["coverage"]
    assert new["url"].endswith("two.txt")
    assert desk("topics", "backfill").stdout.startswith("every topic was asked")
    assert desk("doctor").returncode == 0
    compared = "select change, count(*) from coverage_compared('harbour') group by all order by all"
    assert rows(tmp_path / "home", compared) == [("gained", 1), ("kept", 2)]


def test_a_topic_that_is_not_there_is_one_line_that_names_those_that_are(newsdesk: Newsdesk, tmp_path: Path) -> None:
    (tmp_path / "watchlist.toml").write_text(WATCHLIST, "utf-8")

    done = newsdesk("topics", "backfill", "harbor", NEWSDESK_WATCHLIST=str(tmp_path / "watchlist.toml"))

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "topics there: harbour" in done.stderr
