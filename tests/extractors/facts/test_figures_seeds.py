"""The hand labels of the seeds, measured as ``bench.facts`` does."""

from pathlib import Path
from typing import Any

import pytest

from bench.facts import measure, read_records
from bench.facts_scoring import summarise


@pytest.fixture(scope="module")
def summary(shared: Path) -> dict[str, Any]:
    return summarise(measure(read_records(shared / "seeds")))


@pytest.mark.shared
def test_core_figures_of_the_seeds_are_found(summary: dict[str, Any]) -> None:
    figures = summary["figures"]["all"]

    assert figures["precision"] >= 0.98
    assert figures["recall"] >= 0.98


@pytest.mark.shared
def test_quotes_of_the_seeds_are_found_with_their_speakers(summary: dict[str, Any]) -> None:
    quotes = summary["quotes"]

    assert quotes["precision"] >= 0.97
    assert quotes["recall"] >= 0.97
    assert quotes["speaker"] >= 0.85
