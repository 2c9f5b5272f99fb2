"""``python -m bench.peers`` scores every tool alike, and says of each why it gave nothing."""

import json
import sys
from pathlib import Path

import pytest

from bench.peers import __main__ as command
from bench.peers.asking import Runner, answers
from bench.peers.environments import Peer, PeerError, load_peers

READER = """
import os, time
def read(body, markup, url, **options):
    print("tools print things")
    if b"crash" in body: os._exit(3)
    if b"hang" in body: time.sleep(60)
    if b"raise" in body: raise ValueError("odd page")
    return {"text": markup.partition("<p>")[2].partition("</p>")[0] + options.get("tail", ""), "title": "News"}
"""
TEXT = "The ministry published the figures on Tuesday, two weeks later than planned"


@pytest.fixture
def peer(tmp_path: Path) -> Peer:
    (tmp_path / "odd.py").write_text(READER)
    return Peer(name="odd", environment="odd", requirements=("odd==1.5",), reader=str(tmp_path / "odd"))


@pytest.fixture
def cache(tmp_path: Path, peer: Peer) -> Path:
    """Give a cache in which the environment of *peer* is this one."""
    folder = tmp_path / "cache" / "environments" / peer.environment
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "ready.json").write_text(json.dumps(peer.requirements))
    return tmp_path / "cache"


def corpus(folder: Path, *marks: str) -> Path:
    folder.mkdir(exist_ok=True)
    lines = []
    for number, mark in enumerate(marks):
        (folder / f"{number}.html").write_text(f"<html><body><h1>{mark}</h1><p>{TEXT}</p></body></html>")
        lines.append(
            json.dumps(
                {"id": str(number), "html": f"{number}.html", "text": TEXT, "title": "News", "date": "2025-05-05"}
            )
        )
    (folder / "pages.jsonl").write_text("\n".join(lines))
    return folder


def measured(peer: Peer, pages: Path, cache: Path) -> dict[str, object]:
    records = command.read_records(pages, limit=None)
    return command.measure_peer(peer, records, corpus=pages, page_seconds=2, cache=cache)


def test_a_page_that_ends_its_tool_counts_as_empty_and_the_next_is_read(
    tmp_path: Path, peer: Peer, cache: Path
) -> None:
    pages = corpus(tmp_path / "pages", "whole", "crash", "raise", "hang", "whole")
    found = measured(peer, pages, cache)

    kept = [json.loads(line) for line in next((cache / "answers").rglob("*.jsonl")).read_text().splitlines()]
    assert [answer.get("error") for answer in kept] == [
        None,
        "the process ended by itself",
        "ValueError: odd page",
        "took longer than 2 s",
        None,
    ]
    assert (found["n"], found["failed"], found["recall"]) == (5, 3, 0.4)


def test_a_tool_is_scored_on_what_it_ever_names(tmp_path: Path, peer: Peer, cache: Path) -> None:
    found = measured(peer, corpus(tmp_path / "pages", "whole"), cache)

    assert (found["title_pct"], found["date_pct"], found["version"]) == (100.0, None, "1.5")


def test_answers_are_asked_for_once(tmp_path: Path, peer: Peer, cache: Path) -> None:
    pages = corpus(tmp_path / "pages", "whole")
    first = measured(peer, pages, cache)
    (cache / "environments" / "odd" / "bin" / "python").unlink()

    assert measured(peer, pages, cache) == first
    longer = Peer(
        **{
            **{name: getattr(peer, name) for name in ("name", "environment", "requirements", "reader")},
            "options": {"tail": "!"},
        }
    )
    with pytest.raises(FileNotFoundError):
        answers(longer, command.read_records(pages, limit=None), corpus=pages, cache=cache)


def test_a_tool_that_cannot_be_had_stands_in_the_table_with_the_reason(
    tmp_path: Path, peer: Peer, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_peer: Peer, *, cache: Path) -> Path:
        raise PeerError(f"odd: not installed (no wheel in {cache.name})")

    pages = corpus(tmp_path / "pages", "whole")
    monkeypatch.setattr("bench.peers.asking.python_of", refuse)
    monkeypatch.setattr(command, "load_peers", lambda: {"odd": peer})

    assert command.main([str(pages), "--tools", "odd", "--cache", str(cache)]) == 0
    assert "| pages | odd 1.5 | odd: not installed (no wheel in cache) |" in capsys.readouterr().out


def test_a_tool_that_does_not_start_is_no_tool(tmp_path: Path, peer: Peer) -> None:
    (tmp_path / "odd.py").write_text("import nothing_of_this_name")

    with pytest.raises(PeerError, match="does not start"), Runner(peer, python=Path(sys.executable)):
        pass


def test_every_tool_of_the_list_is_pinned_and_has_its_reader() -> None:
    peers = load_peers()

    assert {"trafilatura", "newspaper4k", "readability-lxml", "resiliparse", "rs-trafilatura"} <= set(peers)
    for peer in peers.values():
        assert peer.version, peer.name
        assert all("==" in requirement for requirement in peer.requirements)
        assert peer.script.is_file()


def test_an_unknown_tool_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main([str(tmp_path), "--tools", "nothing"])

    assert ended.value.code == 2
    assert "no such tool: nothing" in capsys.readouterr().err
