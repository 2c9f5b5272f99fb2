"""Alerts from what is loaded to what a webhook receives: once for each story, at least once, never for old things."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alert_desk import RULE, AlertDesk, clean, doctored, minutes, rule, text_of
from desk import ROOT
from receiver import Receiver

from extractors.model import PollResult
from tests.warehouse.newsroom import NOW
from warehouse.connection import writer
from warehouse.polls import load_polls
from warehouse.runs import start_run


def test_forty_copies_are_one_alert_an_edit_one_more_and_a_second_rule_has_its_own(
    desk: AlertDesk, receiver: Receiver
) -> None:
    desk.rules(RULE + rule("edits", "edit"), names=["desk", "edits"])
    desk.send()
    copies = [
        desk.article(
            replace(entry, published_at=None, first_seen_at=minutes(at)), text=text_of(1), source=f"p{at}.example"
        )
        for at, entry in enumerate(desk.found(40))
    ]
    desk.load(*copies[:15])
    assert desk.send(minutes(1)).line == "1 alert sent"
    desk.load(*copies[15:])
    assert desk.send(minutes(2)).line == ""
    assert receiver.titles == ["DeepSeek: new story - DeepSeek and Article 0"]
    assert "15 articles at 15 outlets" in receiver.posts[0]["message"]

    edited = replace(copies[3].entry, attempt_count=1)
    desk.load(desk.article(edited, text=text_of(1).replace("is out", "is off"), at=minutes(30)), at=minutes(30))
    assert desk.send(minutes(31)).line == "1 alert sent"
    assert desk.send(minutes(32)).line == ""
    assert receiver.titles[1:] == ["DeepSeek: edited - DeepSeek and Article 3"]
    assert "Before: DeepSeek said number 1 is out.\nNow: DeepSeek said number 1 is off." in receiver.posts[1]["message"]

    desk.rules(RULE + rule("edits", "edit") + rule("second", "new story"), names=["desk", "edits", "second"])
    assert desk.send(minutes(33)).line == "1 alert sent"
    assert "rule second" in receiver.posts[2]["message"]
    clean(desk)


def test_a_rule_begins_with_one_message_about_the_last_three_days(desk: AlertDesk, receiver: Receiver) -> None:
    desk.stories(1, 2, at=NOW - timedelta(days=4))
    desk.stories(*range(10, 17))
    desk.rules(rule("late", "new story"), names=["late"])

    assert desk.send(minutes(1)).line == "7 alerts sent"
    assert receiver.titles == ["DeepSeek: 7 new stories"]
    desk.stories(20)
    assert desk.send(minutes(2)).line == "1 alert sent"


def test_more_than_five_at_once_are_one_message(desk: AlertDesk, receiver: Receiver) -> None:
    desk.stories(*range(5))
    desk.send(minutes(1))
    assert len(receiver.posts) == 5
    desk.stories(*range(10, 16))
    desk.send(minutes(2))
    assert receiver.titles[5:] == ["DeepSeek: 6 new stories"]
    assert len(set(receiver.keys)) == 6
    clean(desk)


def test_a_digest_is_sent_at_its_hour_with_the_days_stories_and_not_at_all_without(
    desk: AlertDesk, receiver: Receiver
) -> None:
    desk.rules(rule("morning", "digest 08:00 Europe/London"), names=["morning"])
    saturday = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    desk.send(saturday - timedelta(hours=2))
    desk.stories(1, 2, at=saturday)

    assert desk.send(saturday).line == "2 held until 08:00 Europe/London"
    assert desk.send(datetime(2026, 3, 29, 6, 59, tzinfo=UTC)).sent_count == 0
    # The clocks went forward: eight in London is seven in UTC.
    assert desk.send(datetime(2026, 3, 29, 7, 0, tzinfo=UTC)).line == "2 alerts sent"
    assert desk.send(datetime(2026, 3, 30, 7, 0, tzinfo=UTC)).line == ""
    assert receiver.titles == ["DeepSeek: 2 new stories"]


def test_quiet_hours_hold_and_then_send_together(desk: AlertDesk, receiver: Receiver) -> None:
    desk.rules(rule("desk", "new story", quiet="22:00-07:00 Europe/London"))
    evening = datetime(2026, 1, 5, 21, 59, tzinfo=UTC)
    desk.stories(1, at=evening)
    receiver.failures = 1
    assert desk.send(evening).sent_count == 0
    desk.stories(2, at=evening + timedelta(hours=1))
    assert desk.send(evening + timedelta(hours=1)).line == "1 held until 07:00 Europe/London"
    desk.stories(3, at=evening + timedelta(hours=4))
    assert desk.send(evening + timedelta(hours=4)).line == "2 held until 07:00 Europe/London"
    assert receiver.posts == [], "what failed before the quiet hours is not tried again in them"

    assert desk.send(datetime(2026, 1, 6, 7, 0, tzinfo=UTC)).line == "3 alerts sent"
    assert sorted(receiver.titles) == ["DeepSeek: 2 new stories", "DeepSeek: new story - DeepSeek and Article 1"]


def test_a_channel_that_fails_three_times_gets_it_at_the_fourth(desk: AlertDesk, receiver: Receiver) -> None:
    desk.stories(1)
    receiver.failures = 3
    at, problems = minutes(1), []
    for _ in range(4):
        summary = desk.send(at)
        problems += summary.problems
        assert desk.send(at).sent_count == 0, "it is not asked again at once"
        at += timedelta(minutes=16)

    assert len(receiver.posts) == 1
    assert len(problems) == 3
    assert "503" in problems[0]
    assert "tried again after 06:02 UTC" in problems[0]
    assert desk.rows("select outcome, attempt_count, error, channel from alerts") == [("sent", 4, None, "JSON")]
    clean(desk)


def test_a_channel_that_stays_down_is_given_up_and_doctor_says_so(desk: AlertDesk, receiver: Receiver) -> None:
    desk.stories(1)
    receiver.failures = 100
    waits = (1, 1, 5, 15, 60, 120, 240, 480)
    problems = [problem for at in range(1, 9) for problem in desk.send(minutes(sum(waits[:at]))).problems]

    assert "given up after 8 tries" in problems[-1]
    assert desk.rows("select outcome, attempt_count from alerts") == [("failed", 8)]
    with writer(desk.home) as con:
        start_run(con, run_id="run-2", flow="collect", now=minutes(1_500), newsdesk_version="0", extractor_version="1")
    assert doctored(desk) == {"alert_delivery"}


def test_one_channel_that_is_down_holds_up_no_other(desk: AlertDesk, receiver: Receiver) -> None:
    dead = rule("dead", "new story").replace("env:DESK_URL", "json://127.0.0.1:9/")
    desk.rules(RULE + dead, names=["dead", "desk"])
    desk.send()
    desk.stories(1, 2)

    summary = desk.send(minutes(1))

    assert summary.sent_count == 2
    assert len(summary.problems) == 1, "a channel that failed is not asked for the second message"
    assert len(receiver.posts) == 2


def test_a_missing_variable_is_one_line_and_what_waits_is_sent_when_it_is_there(
    desk: AlertDesk, receiver: Receiver
) -> None:
    desk.stories(1, 2)
    url, desk.url = desk.url, ""
    (problem,) = desk.send(minutes(1)).problems
    assert problem == (
        "rule desk: DESK_URL is not set; put the address of its channel into that variable (2 alerts wait)"
    )
    desk.url = url
    assert desk.send(minutes(2)).line == "2 alerts sent"
    assert desk.rows("select distinct attempt_count from alerts") == [(1,)]
    assert len(receiver.posts) == 2


def test_no_part_of_an_address_is_told_or_kept(
    desk: AlertDesk, receiver: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.url = receiver.url.replace("://", "://user:pa55word@")
    desk.stories(1)
    receiver.failures = 1
    summary = desk.send(minutes(1))
    desk.url = "slack://T1JJ3T3L2/A1BRTD4JD/not-a-t0ken"
    refused = desk.send(minutes(5))

    kept = str(desk.rows("from alerts"))
    said = str(summary) + str(refused) + "".join(capfd.readouterr())
    assert "DESK_URL is no address" in str(refused)
    for secret in ("s3cret", "pa55word", "T1JJ3T3L2", "t0ken"):
        assert secret not in kept
        assert secret not in said


@pytest.mark.slow
def test_an_alert_whose_sender_was_killed_before_it_could_record_is_sent_once_more_under_its_mark(
    desk: AlertDesk, receiver: Receiver
) -> None:
    desk.stories(1)
    receiver.seconds = 3.0
    command = [sys.executable, str(ROOT / "tests" / "alert_desk.py"), str(desk.home), str(desk.watchlist)]
    environment = os.environ | {"DESK_URL": desk.url, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    with subprocess.Popen([*command, minutes(1).isoformat()], env=environment) as sender:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and sender.poll() is None and not _taken_up(desk):
            time.sleep(0.1)
        os.kill(sender.pid, signal.SIGKILL)
    receiver.seconds = 0.0
    while not receiver.posts and time.monotonic() < deadline:
        time.sleep(0.1)  # it did arrive
    assert desk.rows("select outcome, attempt_count from alerts") == [("pending", 1)]

    assert desk.send(minutes(2)).sent_count == 1
    assert desk.send(minutes(3)).sent_count == 0
    assert len(receiver.posts) == 2
    assert len(set(receiver.keys)) == 1
    assert receiver.keys[0] in receiver.posts[0]["message"]
    clean(desk)


def _taken_up(desk: AlertDesk) -> bool:
    return bool(desk.rows("from alerts where attempt_count > 0"))


@pytest.mark.slow
def test_two_that_send_at_once_send_once(desk: AlertDesk, receiver: Receiver) -> None:
    desk.stories(*range(4))
    receiver.seconds = 0.3
    command = [sys.executable, str(ROOT / "tests" / "alert_desk.py"), str(desk.home), str(desk.watchlist)]
    environment = os.environ | {"DESK_URL": desk.url, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    with subprocess.Popen([*command, minutes(1).isoformat()], env=environment) as sender:
        while sender.poll() is None and not _taken_up(desk):
            time.sleep(0.1)
        ours = desk.send(minutes(1)).sent_count

    assert sender.returncode == 0
    assert ours < 4, "it waited for its turn"
    assert len(receiver.posts) == 4
    assert desk.rows("select distinct outcome, attempt_count from alerts") == [("sent", 1)]


def test_a_spike_is_told_once_with_its_numbers(desk: AlertDesk, receiver: Receiver) -> None:
    desk.rules(rule("loud", "spike"), names=["loud"])
    two_a_day = [
        replace(entry, published_at=None, first_seen_at=NOW - timedelta(days=1 + at // 2, hours=2))
        for at, entry in enumerate(desk.found(28))
    ]
    desk.load(*(desk.article(entry, text=text_of(at)) for at, entry in enumerate(two_a_day)))
    desk.stories(*range(200, 209))
    assert desk.send(minutes(1)).sent_count == 0, "nine articles are no spike of anything"
    desk.stories(209, 210)

    assert desk.send(minutes(2)).sent_count == 1
    assert desk.send(minutes(3)).sent_count == 0
    assert desk.send(NOW + timedelta(hours=20)).sent_count == 0
    assert receiver.titles[0].startswith("DeepSeek: spike - DeepSeek and Article 2")
    assert "11 articles in 24 hours; a day of the 14 before had 2.0, and more than 7.7" in receiver.posts[0]["message"]


def test_a_feed_that_fails_is_told_once_until_it_gave_something(desk: AlertDesk, receiver: Receiver) -> None:
    desk.rules(rule("care", "feed failing"), names=[])
    assert desk.send().sent_count == 0

    def polled(hour: int, status: str) -> None:
        result = PollResult.CHANGED if status == "working" else PollResult.FAILED
        poll = desk.room.poll(at=NOW + timedelta(hours=hour), status=status, result=result, error="no answer")
        with writer(desk.home) as con:
            load_polls(con, [poll], run_id="run-1")

    for hour, status in enumerate(["failing", "failing", "working", "failing"], start=1):
        polled(hour, status)
        desk.send(NOW + timedelta(hours=hour, minutes=1))

    assert receiver.titles == [f"newsdesk: feed failing - {desk.room.feed.url}"] * 2
    assert "It cannot be read" in receiver.posts[0]["message"]
    clean(desk)


def test_a_rule_that_is_taken_away_takes_along_what_it_had_to_say(desk: AlertDesk) -> None:
    desk.rules(rule("desk", "new story", quiet="00:00-23:59 UTC"))
    desk.stories(1)
    desk.send(minutes(1))
    desk.rules(rule("other", "spike"), names=["other"])
    desk.send(minutes(2))

    assert desk.rows("select outcome from alerts") == [("skipped",)]


def test_without_rules_nothing_is_opened(tmp_path: Path) -> None:
    desk = AlertDesk(home=tmp_path / "nowhere", url="", watchlist=tmp_path / "watchlist.toml")
    desk.rules("", names=[])

    assert desk.send().line == ""
    assert not desk.home.exists()
