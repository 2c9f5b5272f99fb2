"""The notebook of the docs runs on a published snapshot, from the first cell to the last."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from desk import ROOT

NOTEBOOK = ROOT / "docs" / "notebook" / "desk.py"


@pytest.mark.slow
def test_every_cell_of_the_notebook_runs_on_the_sample(sample_home: Path, tmp_path: Path) -> None:
    page = tmp_path / "desk.html"
    # A copy: marimo keeps what the cells showed beside the notebook.
    notebook = Path(shutil.copy(NOTEBOOK, tmp_path))

    done = subprocess.run(
        [sys.executable, "-m", "marimo", "-q", "export", "html", str(notebook), "-o", str(page)],
        env=os.environ | {"NEWSDESK_HOME": str(sample_home), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert "Amounts, according to whom" in page.read_text("utf-8")
