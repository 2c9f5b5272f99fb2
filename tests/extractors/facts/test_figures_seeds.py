"""The hand labels of the seeds, measured as ``bench.facts`` does."""

from pathlib import Path

import pytest

from bench.facts import Score, measure, read_records


@pytest.fixture(scope="module")
def score(shared: Path) -> Score:
    return measure(read_records(shared / "seeds"))


@pytest.mark.shared
def test_core_figures_of_the_seeds_are_found(score: Score) -> None:
    figures = score.summary()["figures"]["all"]

    assert figures["precision"] >= 0.98
    assert figures["recall"] >= 0.98


@pytest.mark.shared
def test_quotes_of_the_seeds_are_found_with_their_speakers(score: Score) -> None:
    quotes = score.summary()["quotes"]

    assert quotes["precision"] >= 0.97
    assert quotes["recall"] >= 0.97
    assert quotes["speaker"] >= 0.85
