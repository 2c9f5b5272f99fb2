"""The packages that a process imports are the ones of this checkout."""

import importlib
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from desk import ROOT

from flows.settings import VERSION

# Unrelated packages of these names exist in public indexes.
NAMES = ("flows", "extractors", "warehouse")


@pytest.mark.parametrize("name", NAMES)
def test_the_name_imports_from_this_checkout(name: str) -> None:
    module = importlib.import_module(name)

    assert Path(str(module.__file__)).resolve() == ROOT / name / "__init__.py"


@pytest.mark.parametrize("name", NAMES)
def test_the_name_imports_from_this_checkout_also_from_another_folder(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import {name}; print({name}.__file__)"],
        cwd=tmp_path,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(done.stdout.strip()).resolve() == ROOT / name / "__init__.py"


def test_the_version_is_said_once() -> None:
    assert version("newsdesk") == VERSION


def test_the_pins_name_no_index_and_no_folder() -> None:
    pins = (ROOT / "constraints.txt").read_text()

    assert "://" not in pins
    assert "--index" not in pins
    assert "--find-links" not in pins


def test_every_pin_carries_a_hash() -> None:
    pins = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line]

    assert pins
    assert all(line.endswith("\\") for line in pins)


def test_help_imports_neither_prefect_nor_the_extractor() -> None:
    probe = (
        "import sys; from flows.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'prefect', 'trafilatura', 'duckdb', 'aiohttp', 'lxml', 'pyarrow'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert "heavy: []" in done.stdout
    assert "ingest" in done.stdout
