"""``python -m bench.growth`` finds every copy at every size, and gives one object with ``--json``."""

import json

import pytest

from bench import growth


@pytest.mark.slow
def test_the_growth_is_measured_at_each_size_and_no_copy_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    growth.main(["--most", "10000", "--batches", "20", "--json"])

    (size,) = json.loads(capsys.readouterr().out)["sizes"]
    assert size["articles"] == 10_000
    assert size["missed"] == 0
    # 27 numbers of 8 bytes and the size of the sketch: less than that is no index of all texts.
    assert 218 <= size["bytes_per_article"] < 230
    assert {"build_seconds", "lookup_ms", "cold_ms", "take_in_ms", "scan_ms", "peak_mb"} <= size.keys()


def test_what_is_measured_is_printed_as_a_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = [{"articles": 10_000.0, "scan_ms": 20.0}, {"articles": 100_000.0}]
    monkeypatch.setattr(growth, "growth", lambda **_: made)

    growth.main([])

    table = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert table == [["articles", "10,000.0", "100,000.0"], ["scan_ms", "20.0", "nan"]]
