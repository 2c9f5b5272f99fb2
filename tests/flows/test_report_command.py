"""`newsdesk report`, and the briefings that a publication writes."""

import json
import os
import shutil
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run

import pytest
from desk import ROOT, newsdesk_command
from lxml import html as parser

from extractors.errors import InputError, QueryError, WarehouseError
from flows.report.writing import write_briefing, write_briefings

NOW = datetime(2026, 1, 9, tzinfo=UTC)


def test_nothing_published_is_said(home: Path, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="nothing published yet"):
        write_briefing(home, None, path=tmp_path / "b.html", since=None, now=NOW)


@pytest.mark.slow
def test_the_sample_gives_a_page_with_a_switch_of_topics(sample_home: Path, tmp_path: Path) -> None:
    written = write_briefing(sample_home, None, path=tmp_path / "b.html", since=None, now=datetime.now(UTC))
    tree = parser.fromstring(written.path.read_bytes().decode())

    assert [link.text_content().split(" ")[0] for link in tree.xpath("//nav[@class='topics']/a")] == [
        "DeepSeek",
        "Grid",
    ]
    assert tree.xpath("count(//section[@id='t0']//*[@data-article])") == 14
    assert "wireline.example" in tree.xpath("string(//section[@id='t0']//ol/li[1])")
    assert written.byte_count < 2_000_000
    assert written.path.stat().st_mode & 0o777 == 0o644


@pytest.mark.slow
def test_a_wrong_topic_or_folder_writes_nothing(sample_home: Path, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="topics there: deepseek, grid-storage"):
        write_briefing(sample_home, "nope", path=tmp_path / "b.html", since=None, now=NOW)
    with pytest.raises(InputError, match="cannot be written"):
        write_briefing(sample_home, "deepseek", path=tmp_path / "no" / "b.html", since=None, now=NOW)

    assert list(tmp_path.glob("*.html")) == []


@pytest.mark.slow
def test_a_publication_writes_the_briefings_and_names_them_in_prefect(
    sample_home: Path, prefect_server: str, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(sample_home, tmp_path / "home"))
    told = {
        "NEWSDESK_HOME": str(home),
        "NEWSDESK_DISPATCH": "event",
        "NEWSDESK_BRIEFINGS": "true",
        "NEWSDESK_BRIEFING_DAYS": "0",
        "PREFECT_API_URL": prefect_server,
    }
    run([sys.executable, "-c", "from flows.publish import publish; publish()"], env=os.environ | told, check=True)
    assert sorted(file.name for file in (home / "briefings").iterdir()) == ["deepseek.html", "grid-storage.html"]

    request = urllib.request.Request(
        f"{prefect_server}/artifacts/filter",
        data=b'{"artifacts": {"key": {"any_": ["briefings"]}}}',
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert str((home / "briefings" / "deepseek.html").resolve()) in str(json.load(answer)[-1]["data"])


@pytest.mark.slow
def test_the_command_says_what_it_wrote(sample_home: Path, tmp_path: Path) -> None:
    done = run(
        newsdesk_command("report", "DEEPSEEK", "--since", "2025-01-30"),
        env=os.environ | {"NEWSDESK_HOME": str(sample_home), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "DeepSeek: 6 articles in 5 stories" in done.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["briefing-DEEPSEEK.html"]


@pytest.mark.slow
def test_briefings_of_a_home_are_replaced(sample_home: Path) -> None:
    for _ in range(2):
        written = write_briefings(sample_home, since=NOW, now=datetime.now(UTC))

    assert [page.path.name for page in written] == ["deepseek.html", "grid-storage.html"]
    assert len(list((sample_home / "briefings").iterdir())) == 2
