"""A fixed sample of the corpora stays above the floors that ``bench/floors.json`` keeps."""

import json
from pathlib import Path

import pytest

from bench.scoring import summarise
from bench.text import measure_page, read_records

FLOORS = json.loads((Path(__file__).parents[2] / "bench" / "floors.json").read_text(encoding="utf-8"))["sample"]
EVERY = 8


@pytest.mark.shared
@pytest.mark.parametrize("name", [name for name in FLOORS if name != "about"])
def test_every_eighth_page_stays_above_its_floors(name: str, shared: Path) -> None:
    corpus = shared / "corpora" / name
    records = read_records(corpus, limit=None)[::EVERY]

    found = summarise([measure_page(record, corpus=corpus, tools=("newsdesk",))[0] for record in records])

    for measure, floor in FLOORS[name].items():
        value = found[measure]
        assert value is not None
        assert value >= floor, f"{measure} {value} under its floor {floor}"
