"""What every test shares: the shared corpora where they are, a home folder, nothing beyond loopback."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desk import ROOT, newsdesk_command, sample_environment, unavailable
from hypothesis import settings

from flows.newsroom import Newsroom

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The first example of a law pays for lazy imports; on a busy machine that breaks any deadline.
settings.register_profile("newsdesk", deadline=None)
settings.load_profile("newsdesk")

# Prefect reads these at import; a test run sends nothing anywhere and starts its API on a busy machine.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")


def _shared_folder() -> Path | None:
    """Return the folder of seeds and corpora beside the checkout, or None."""
    folder = Path(os.environ.get("NEWSDESK_SHARED", ROOT.parent / "shared"))
    return folder if (folder / "seeds" / "gold.json").is_file() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the shared folder where it is absent; CI has it, so there nothing is skipped."""
    if _shared_folder() is not None or os.environ.get("CI"):
        return
    reason = "needs ../shared (seeds and corpora), which is not on this machine"
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the shared folder; in CI its absence is a failure, never a skip."""
    folder = _shared_folder()
    if folder is None:
        pytest.fail("../shared is absent, and this is CI: the shared tests must run here")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a fresh, empty newsdesk home."""
    folder = tmp_path / "newsdesk-data"
    folder.mkdir()
    return folder


PREFECT_START_SECONDS = 180


@pytest.fixture(scope="session")
def newsroom() -> Iterator[Newsroom]:
    """Serve the sample newsroom for the whole session."""
    with Newsroom() as served:
        yield served


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real Prefect server on loopback, once; give its API address; stop it by its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {
        "PREFECT_HOME": str(tmp_path_factory.mktemp("prefect")),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }
    # As `newsdesk serve` starts it: Prefect's own stands still on SQLite now and then.
    command = [sys.executable, "-m", "flows.prefect_server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as server:
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}/api/health", server)
            yield f"http://127.0.0.1:{port}/api"
        finally:
            os.killpg(server.pid, signal.SIGKILL)


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PREFECT_START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "Prefect's server ended by itself"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"Prefect's server did not answer within {PREFECT_START_SECONDS} s")


NewsdeskRun = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def newsdesk(home: Path, newsroom: Newsroom) -> NewsdeskRun:
    """Run the command line in a process of its own, over the sample newsroom, in a fresh home."""

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            newsdesk_command(*arguments),
            env=sample_environment(home, newsroom) | env,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    return run


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory, newsroom: Newsroom, prefect_server: str) -> Path:
    """Give a home in which `newsdesk run` has been once over the sample newsroom; for looking only."""
    home = tmp_path_factory.mktemp("sample") / "newsdesk-data"
    done = subprocess.run(
        newsdesk_command("run"),
        env=sample_environment(home, newsroom) | {"PREFECT_API_URL": prefect_server},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return home


_CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


# For a module, since Playwright leaves a running event loop in the thread until it is closed.
@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Start an installed Chromium without a window; where there is none, skip, or fail where this is CI."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        unavailable("no Chromium on this machine (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=found, args=list(_CHROMIUM_FLAGS))
        yield opened
        opened.close()
