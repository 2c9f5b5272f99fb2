"""The measurement of search measures, and its queries find something."""

from pathlib import Path

import pytest

from bench.search import measured


@pytest.mark.slow
def test_it_measures_what_it_says(tmp_path: Path) -> None:
    result = measured(tmp_path, articles=300)

    assert result["articles"] == 300
    assert all(
        result[name] > 0 for name in ("ms_per_article", "bytes_per_article", "more_ms", "nothing_ms", "publish_seconds")
    )
    assert set(result["queries"]) >= {"rare word", "frequent word", "phrase", "prefix", "Chinese"}
    found = {kind for kind, row in result["queries"].items() if row["articles"]}
    assert found >= {"frequent word", "two words", "prefix"}
