"""The measuring commands of feeds say what is true: ``bench.feeds``, ``bench.polling``, ``bench.day``."""

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest
from desk import ROOT
from faults import FEED

from bench import day, feeds, polling
from extractors.acquire import fetch
from flows import loads
from warehouse.connection import writer


def corpus(folder: Path) -> Path:
    (folder / "files").mkdir()
    documents = {"good": FEED, "page": b"<html><p>no feed</p></html>", "cut": FEED[: FEED.rindex(b"<pubDate>")]}
    for name, body in documents.items():
        (folder / "files" / f"{name}.xml.gz").write_bytes(gzip.compress(body))
    first = {"title": "First", "link": "HTTP://DESK.example/1", "published": "2026-11-20T10:00:00Z"}
    second = {"title": "Second", "link": "/2", "published": "2026-11-20T11:30:00Z"}
    expect = {"good": {"entry_count": 2, "entries": [first, second]}, "cut": {"entry_count": 2}}
    records = [
        {"id": name, "file": f"files/{name}.xml.gz", "url": "http://desk.example/feed"}
        | ({"expect": expect[name]} if name in expect else {})
        for name in documents
    ]
    (folder / "feeds.jsonl").write_text("\n".join(json.dumps(record) for record in records))
    return folder


def test_a_corpus_of_feeds_is_scored_by_field_with_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert feeds.main([str(corpus(tmp_path)), "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert {"n", "parsed", "entries", "agreement", "failures", "raised", "ms_per_feed"} <= set(found)
    assert (found["n"], found["parsed"], found["entries"], found["raised"]) == (3, 2, 3, 0)
    # Addresses are equal in any case of their host; one date is wrong on purpose, one document is cut.
    assert found["agreement"] == {"title": 1.0, "link": 1.0, "published": 0.5, "entry_count": 0.5}
    assert found["failures"] == {"an HTML page, not a feed": 1}
    assert found["read_in_part"] == {"cut off before its end": 1}
    assert [(one["origin"], one["field"]) for one in found["disagreements"]] == [
        ("good", "published"),
        ("cut", "entry_count"),
    ]
    assert found["beside"]["feedparser"]["n"] == 3


def test_an_exception_is_counted_and_said_by_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_body: bytes, _url: str) -> feeds.Found:
        raise KeyError("broken")

    monkeypatch.setitem(feeds.TOOLS, "newsdesk", broken)
    assert feeds.main([str(corpus(tmp_path)), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["raised_by"] == {"KeyError": 3}


def test_a_missing_corpus_of_feeds_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert feeds.main([str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.shared
@pytest.mark.slow
def test_the_shared_feeds_are_read_as_well_as_ever(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "TOOLS", {"newsdesk": feeds.newsdesk})
    found = feeds.measure(shared / "corpora" / "feeds")
    floor = json.loads((ROOT / "bench" / "floors.json").read_text())["feeds"]["feeds"]

    assert found["raised"] == 0
    assert found["parsed"] >= floor["parsed"]
    assert {name: found["agreement"][name] >= floor[name] for name in found["agreement"]} == dict.fromkeys(
        found["agreement"], True
    )


def test_hosts_that_hang_keep_no_other_feed_from_its_poll(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "SILENCE_SECONDS", 1.0)
    # Several loads, as of thousands of feeds.
    monkeypatch.setattr(loads, "_MOST_POLLS", 80)
    monkeypatch.setattr(loads, "_MOST_ENTRIES", 1000)
    polling.write_watchlist(tmp_path, feeds=200)
    with polling.served() as port:
        settings = polling.settings_for(tmp_path, port=port)
        polling.begin_round(port, 0)
        first = polling.newsdesk_round(settings)
        polling.begin_round(port, 1, hanging_every=100)
        second = polling.newsdesk_round(settings)

    assert (first.unpolled, first.problems, first.new_entries) == (0, 0, 200 * 20)
    assert (second.unpolled, second.problems) == (0, 2)
    # Of every twenty feeds one has a new entry; those that hang are not among them.
    assert second.new_entries == 200 // 20
    with writer(tmp_path / "home") as con:
        rows = con.execute(
            "select outcome, count(*) from polls where polled_at > (select min(ended_at) from runs) group by all"
        ).fetchall()
    assert dict(rows) == {"changed": 10, "unchanged": 188, "failed": 2}


def test_the_same_seed_gives_the_same_feeds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(kind.count for kind in day.KINDS.values()) == 500

    monkeypatch.setattr(day, "KINDS", {name: day.KINDS[name] for name in ("magazine", "weekly")})
    assert day.make_feeds(1) == day.make_feeds(1)
    assert day.make_feeds(1) != day.make_feeds(2)


def test_an_entry_that_left_the_document_between_two_polls_was_never_seen() -> None:
    published = tuple(day.DAY + timedelta(minutes=number) for number in range(180))
    lone = day.SimulatedFeed(feed_id="lone", kind="wire", window=30, entries=(), published=published, wish=None)

    judged = {minutes: day.judge([day.every(minutes)(lone)]) for minutes in (15, 60)}

    assert judged[15]["seen_pct"] == 100
    assert 40 < (judged[60]["seen_pct"] or 0) < 70
    assert 0 <= (judged[15]["delay_median_minutes"] or 0) <= 15


@pytest.mark.slow
def test_a_day_costs_fewer_polls_than_hourly_and_no_more_delay_than_every_quarter_of_an_hour() -> None:
    found = day.measure(1)

    assert found["newsdesk"]["polls"] < found["every 60 minutes"]["polls"]
    assert found["newsdesk"]["delay_median_minutes"] <= found["every 15 minutes"]["delay_median_minutes"]
    assert found["newsdesk"]["seen_pct"] > 99.5


def test_a_feed_that_says_nothing_new_is_polled_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day, "KINDS", {"dead": day.KINDS["dead"]})
    dead = day.make_feeds(1)[0]

    polls = [at for at in day.adaptive(dead).polls if at >= day.DAY]

    assert 1 <= len(polls) <= 3
