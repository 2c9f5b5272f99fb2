"""The demo, as `make demo` runs it, and what the README shows of it."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from desk import ROOT, newsdesk_command


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Run the demo without a server, as a newcomer does; return what it printed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSDESK_", "PREFECT_"))}
    done = subprocess.run(
        newsdesk_command("demo", "--keep", str(tmp_path_factory.mktemp("demo") / "kept")),
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown() -> list[str]:
    """Return the lines that the README's first session shows as the demo's output."""
    session = re.findall(
        r"```console\n\$ make demo\n(.*?)\$ make test\n```", (ROOT / "README.md").read_text(), re.DOTALL
    )
    return [line for line in session[0].splitlines() if line and line != "..." and "127.0.0.1" not in line]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_readme_shows_what_the_demo_prints(printed: str) -> None:
    lines = shown()

    assert len(lines) > 10
    assert [line for line in lines if line.rstrip() not in printed] == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_demo_answers_three_questions_and_says_what_to_type_next(printed: str) -> None:
    assert printed.count("$ newsdesk sql") == 3
    assert "newsdesk init" in printed


def test_init_writes_the_starter_watchlist_and_never_over_another(tmp_path: Path) -> None:
    first = subprocess.run(
        newsdesk_command("init", str(tmp_path / "desk")), capture_output=True, text=True, check=False
    )
    second = subprocess.run(
        newsdesk_command("init", str(tmp_path / "desk")), capture_output=True, text=True, check=False
    )

    assert first.returncode == 0
    assert (tmp_path / "desk" / "watchlist.toml").read_text() == (ROOT / "watchlist.toml").read_text()
    assert second.returncode == 1
    assert "there already" in second.stderr
