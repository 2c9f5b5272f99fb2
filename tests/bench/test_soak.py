"""The soak's own eyes: what its newsroom does wrong, and what it would call broken."""

import http.client
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import duckdb
import pytest

from bench import soak
from bench.service import Snapshot, children_of, cpu_seconds, resident_mb, tree_of
from bench.soak_site import Receiver, SoakSite, receiving, serving_site


def site_of(count: int) -> SoakSite:
    site = SoakSite(feeds=4)
    site.count = count
    return site


def test_four_of_ten_articles_are_copies_and_two_stories_are_about_the_watched_subject() -> None:
    site = site_of(10)

    assert [site.original(number) for number in range(10)] == [0, 1, 2, 2, 4, 5, 6, 5, 5, 5]
    assert {site.original(number) for number in range(10) if site.is_watched(number)} == {0, 5}
    assert len({site.host(number) for number in (5, 7, 8)}) == 3


def test_a_page_fails_as_often_as_it_should_and_never_once_the_faults_are_over() -> None:
    site = site_of(20)
    site.is_faulty = True
    with serving_site(site) as port:
        statuses = [status_of(port, site.url(12)) for _ in range(3)]
        assert statuses == [500, 500, 200]
        assert status_of(port, site.url(4)) == 404
        with pytest.raises(http.client.IncompleteRead):
            status_of(port, site.url(15))
        with pytest.raises((urllib.error.URLError, ConnectionError, http.client.RemoteDisconnected)):
            status_of(port, site.url(6))
        site.is_faulty = False
        assert status_of(port, site.url(16)) == 200
        assert status_of(port, site.url(17)) == 404
    assert site.faults == {"error": 2, "cut": 1, "reset": 1}


def status_of(port: int, url: str) -> int:
    path = url.removeprefix("http://").partition("/")[2]
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_third_of_the_feeds_fails_at_any_time_and_none_without_faults() -> None:
    site = SoakSite(feeds=12)
    assert [site.feed_fault(number) for number in range(12)] == [None] * 12

    site.is_faulty = True

    assert sum(site.feed_fault(number) is not None for number in range(12)) == 4


def test_a_message_that_came_twice_is_told_once_and_one_under_two_keys_twice() -> None:
    site = site_of(20)
    receiver = Receiver()
    message = f"new story\n\n{site.url(5)}\n"
    receiver.taken += [("a", message), ("a", message), ("b", f"{site.url(10)} {site.url(0)}"), ("c", site.url(0))]

    told = soak.stories_told(receiver, site)

    assert told == {5: {"a"}, 10: {"b"}, 0: {"b", "c"}}


def test_a_story_is_due_when_one_of_its_articles_is_held() -> None:
    site = site_of(10)

    assert soak.stories_due(site, {0: "failed", 5: "gone", 7: "duplicate", 1: "stored"}) == {5}


def test_an_outcome_that_its_page_does_not_deserve_is_named() -> None:
    site = site_of(10)
    outcomes = {0: "stored", 3: "duplicate", 4: "gone", 1: "failed", 2: "gone"}

    assert soak.wrongly_given_up(site, outcomes) == ["1 failed", "2 gone"]


def test_the_receiver_refuses_only_while_it_is_faulty() -> None:
    with receiving() as receiver:
        request = urllib.request.Request(
            f"http://127.0.0.1:{receiver.port}/hook",
            data=json.dumps({"message": "words"}).encode(),
            headers={"Idempotency-Key": "k1"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200

    assert receiver.taken == [("k1", "words")]
    assert receiver.refused_count == 0


def test_a_snapshot_is_read_again_when_it_was_replaced(tmp_path: Path) -> None:
    snapshot = Snapshot(tmp_path)
    assert snapshot.rows("select n from t") == []
    for number in (1, 2):
        with duckdb.connect(str(tmp_path / "new.duckdb")) as con:
            con.execute(f"create table t as select {number} as n")
        (tmp_path / "new.duckdb").replace(tmp_path / "newsdesk.duckdb")
        assert snapshot.rows("select n from t") == [(number,)]


def test_what_a_process_and_its_children_use_is_counted() -> None:
    program = "import sys, time\nwhile time.process_time() < 0.3: pass\nprint(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-S", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        assert process.pid in children_of(os.getpid())
        assert process.pid in tree_of(os.getpid())
        assert 0.25 < cpu_seconds([process.pid]) < 5
        assert resident_mb([process.pid]) > 1
        process.communicate()
    assert cpu_seconds([process.pid]) == 0
