"""The walls of the house: who may import whom, who may touch the network, the clock and the third parties."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from desk import ROOT

PACKAGES = ("extractors", "warehouse", "flows")


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def imported(path: Path) -> set[str]:
    """Return the dotted names that *path* imports anywhere, lazily or not."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def importers_of(third_party: str, *folders: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in modules(*folders)
        if any(name.split(".")[0] == third_party for name in imported(path))
    }


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize(
    ("third_party", "allowed"),
    [
        ("prefect", {"flows"}),
        ("duckdb", {"warehouse"}),
        ("pydantic_settings", {"flows/settings.py"}),
        ("click", {"flows"}),
        (
            "aiohttp",
            {f"extractors/acquire/{name}.py" for name in ("fetch", "exchange", "connector")}
            | {"flows/websub_receiver.py"},
        ),
        ("apprise", {"flows/channels.py"}),
        ("feedparser", {"extractors/acquire"}),
        ("numpy", {f"warehouse/postings{part}.py" for part in ("", "_runs", "_current")}),
        ("trafilatura", {"extractors/text/article.py"}),
        ("htmldate", {"extractors/text"}),
        ("warcio", {"extractors/acquire/warc_records.py"}),
        ("altair", {"flows/report"}),
        ("vl_convert", {"flows/report/page.py"}),
        ("jinja2", {"flows/report/page.py"}),
        ("fastwarc", {"extractors/acquire/archives.py"}),
        # Types of Prefect's own tables; ours are plain SQL.
        ("sqlalchemy", {"flows/prefect_server.py"}),
    ],
)
def test_a_third_party_is_known_in_its_room_only(third_party: str, allowed: set[str]) -> None:
    outside = {
        path
        for path in importers_of(third_party, *PACKAGES)
        if not any(path == room or path.startswith(f"{room}/") for room in allowed)
    }

    assert outside == set()


@pytest.mark.parametrize("third_party", ["requests", "httpx", "niquests", "urllib3", "pandas"])
def test_nothing_imports(third_party: str) -> None:
    assert importers_of(third_party, *PACKAGES, "bench") == set()


def test_niquests_is_not_pinned_since_it_replaces_urllib3_for_everything() -> None:
    pins = (ROOT / "constraints.txt").read_text()

    assert "niquests" not in pins
    assert "urllib3-future" not in pins


def test_only_fetch_opens_sockets_in_the_inner_ring() -> None:
    network = {"socket", "http.client", "urllib.request", "asyncio", "ssl"}
    offenders = {str(path.relative_to(ROOT)) for path in modules("extractors", "warehouse") if imported(path) & network}

    assert offenders <= {f"extractors/acquire/{name}.py" for name in ("fetch", "exchange", "connector", "turns")}


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_the_inner_rings_never_read_the_clock() -> None:
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    offenders = {
        f"{path.relative_to(ROOT)}: {call}"
        for path in modules("extractors", "warehouse")
        for call in calls(path)
        if call in clocks and path.name != "fetch.py"
    }

    assert offenders == set()


def test_flows_shadow_nothing_of_the_standard_library() -> None:
    names = {path.stem for path in (ROOT / "flows").iterdir() if path.suffix == ".py" or path.is_dir()}

    assert names & set(sys.stdlib_module_names) == set()
