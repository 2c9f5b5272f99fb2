"""Run newsdesk as a person would, in a process of its own, and look at what it published."""

import gzip
import os
import shutil
import sys
from pathlib import Path

import duckdb
import pytest

from flows.newsroom import Newsroom

ROOT = Path(__file__).resolve().parent.parent


def newsdesk_command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from flows.cli import main; main()", *arguments]


def sample_environment(home: Path, newsroom: Newsroom) -> dict[str, str]:
    """Return the environment in which `newsdesk` works on the sample newsroom."""
    return os.environ | {
        "NEWSDESK_HOME": str(home),
        "NEWSDESK_WATCHLIST": str(ROOT / "sample" / "watchlist.toml"),
        "NEWSDESK_CONNECT_TO": f".example=127.0.0.1:{newsroom.port}",
        "NEWSDESK_DEBUG": "",
    }


def rows(home: Path, query: str) -> list[tuple[object, ...]]:
    """Return the answer of the published snapshot."""
    with duckdb.connect(str(home / "newsdesk.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def without_root_powers() -> list[str]:
    """Return a prefix under which permission bits count for root too."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        unavailable("setpriv (util-linux) is missing, and root ignores permissions")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def unavailable(reason: str) -> None:
    """Skip with *reason*, or fail where this is CI."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def gzipped(data: bytes) -> bytes:
    """Compress without the time: it would differ between the processes that collect the tests."""
    return gzip.compress(data, mtime=0)
