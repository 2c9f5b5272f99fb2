"""Topics have versions; runs have an end, also those that crashed."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

from tests.warehouse.newsroom import Newsroom, Warehouse
from warehouse.asked_again import finish
from warehouse.coverage import article_counts, current_topics, sync_topics
from warehouse.runs import end_run, start_run


def test_a_changed_query_closes_the_old_version_and_opens_another(warehouse: Warehouse, room: Newsroom) -> None:
    changed = replace(room.topic, query="deepseek OR r1", query_version="v2")

    assert sync_topics(warehouse.con, [changed], now=room.later()) == 1
    assert sync_topics(warehouse.con, [changed], now=room.later(2)) == 0

    assert warehouse.rows("select query_version, valid_from, valid_to from topics order by valid_from") == [
        ("v1", room.now, room.later()),
        ("v2", room.later(), None),
    ]
    assert current_topics(warehouse.con) == [changed]


def test_a_query_changed_back_opens_a_third_version_row(warehouse: Warehouse, room: Newsroom) -> None:
    sync_topics(warehouse.con, [replace(room.topic, query="x", query_version="v2")], now=room.later(1))
    sync_topics(warehouse.con, [room.topic], now=room.later(2))

    assert warehouse.value("select count(*) from topics") == 3
    assert current_topics(warehouse.con) == [room.topic]


def test_a_changed_title_is_no_new_version_and_a_topic_left_out_is_closed(warehouse: Warehouse, room: Newsroom) -> None:
    assert sync_topics(warehouse.con, [replace(room.topic, title="Deep")], now=room.later()) == 0
    assert warehouse.rows("select title, valid_to from topics") == [("Deep", None)]

    sync_topics(warehouse.con, [], now=room.later(2))

    assert warehouse.rows("select valid_to from topics") == [(room.later(2),)]


def test_a_changed_query_leaves_what_was_covered_until_it_is_asked(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.loaded(*(room.collected(entry) for entry in warehouse.found(3)))
    assert article_counts(warehouse.con) == {"deepseek": 3}
    changed = replace(room.topic, query="x", query_version="v2")

    sync_topics(warehouse.con, [changed], now=room.later())

    assert article_counts(warehouse.con) == {"deepseek": 3}
    assert len(warehouse.rows("from coverage_after('deepseek', 0)")) == 3
    finish(warehouse.con, [changed], now=room.later(2))
    assert article_counts(warehouse.con) == {}


def start(warehouse: Warehouse, room: Newsroom, run_id: str, *, hours: float = 1) -> int:
    return start_run(
        warehouse.con,
        run_id=run_id,
        flow="poll",
        now=room.later(hours),
        newsdesk_version="0",
        extractor_version="1",
    )


def test_a_run_ends_once(warehouse: Warehouse, room: Newsroom) -> None:
    end_run(warehouse.con, run_id="run-1", state="completed", now=room.later())
    end_run(warehouse.con, run_id="run-1", state="failed", now=room.later(2))

    assert warehouse.rows("select state, ended_at from runs") == [("completed", room.later())]


def test_a_run_whose_process_died_is_marked_as_crashed_at_the_next_start(warehouse: Warehouse, room: Newsroom) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        marks = {pid: _mark(pid) for pid in (child.pid, os.getpid())}
        warehouse.con.execute("update runs set process = ? where run_id = 'run-1'", [marks[child.pid]])
        assert start(warehouse, room, "run-2") == 0
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()

    assert start(warehouse, room, "run-3", hours=2) == 1

    assert warehouse.rows("select run_id, state, ended_at from runs order by run_id") == [
        ("run-1", "crashed", room.later(2)),
        ("run-2", "running", None),
        ("run-3", "running", None),
    ]


def _mark(pid: int) -> str:
    from warehouse.runs import _process

    return _process(pid)
