"""The service as a desk leaves it running: what happens untouched, and what a kill, a restart, a lost bell change."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import newsdesk_command, sample_environment
from serving import Desk, served_desk, wait_for

from extractors.errors import ServiceError
from flows import deploy, quick
from flows.serve import check_port

#: From the moment the feed has the entry to the row in the snapshot, with a poll at once. `make test-service` holds it
#: to the 30 s promised on a machine with a core to spare; beside a whole test suite this only says that it comes.
PROMISED_SECONDS = float(os.environ.get("NEWSDESK_TEST_PROMISE_SECONDS", "120"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Give a service that has polled the sample and collected what it announced."""
    with served_desk(tmp_path_factory.mktemp("desk")) as running:
        running.start("poll", only_due=False)
        wait_for(
            lambda: running.covers("http://courier.example/business/live/2025/jan/27/markets-live/"),
            seconds=120,
            what="the sample is collected",
        )
        yield running


def settle(desk: Desk) -> None:
    """Wait until no run is under way or waits."""

    def is_quiet() -> bool:
        states = {run["state_type"] for name in ("poll", "collect") for run in desk.runs(name)}
        return not states & {"SCHEDULED", "PENDING", "RUNNING", "CANCELLING"}

    wait_for(is_quiet, seconds=150, what="all runs end")


pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("service")]


def test_an_entry_of_a_feed_is_queryable_and_told_within_half_a_minute_untouched(desk: Desk) -> None:
    settle(desk)
    url = desk.announce()
    poll = desk.start("poll", only_due=False)

    covered = wait_for(lambda: desk.covers(url), seconds=PROMISED_SECONDS, what="coverage is in the snapshot")
    told = wait_for(lambda: desk.told(url) > 0, seconds=PROMISED_SECONDS - covered, what="the alert is at its receiver")

    print(f"{covered:.1f} s from the entry to its coverage in the snapshot, {told:.1f} s more to the alert")  # noqa: T201 - shown when it fails
    assert desk.ended(poll) == "COMPLETED"
    rung = desk.ask("/events/filter", {"filter": {"event": {"name": ["newsdesk.entries.found"]}}})
    assert rung["total"] >= 2


def test_a_worker_killed_in_the_middle_is_started_again_and_the_work_is_done(desk: Desk) -> None:
    settle(desk)
    url = desk.announce()
    desk.start("poll", only_due=False)
    wait_for(
        lambda: any(run["state_type"] in {"PENDING", "RUNNING"} for run in desk.runs("poll") + desk.runs("collect")),
        seconds=30,
        what="a run begins",
    )

    os.kill(desk.child("worker start"), signal.SIGKILL)

    wait_for(lambda: "the worker ended (signal 9)" in desk.log.read_text(), seconds=60, what="the worker is revived")
    wait_for(lambda: desk.covers(url), seconds=3 * PROMISED_SECONDS, what="coverage is in the snapshot")


def test_a_server_that_is_killed_is_started_again_and_the_work_is_done(desk: Desk) -> None:
    settle(desk)
    url = desk.announce()
    desk.start("poll", only_due=False)

    os.kill(desk.child("server start"), signal.SIGKILL)

    wait_for(lambda: "the server ended (signal 9)" in desk.log.read_text(), seconds=60, what="the server is revived")
    wait_for(lambda: "was started again" in desk.log.read_text(), seconds=60, what="it is said")
    wait_for(lambda: desk.covers(url), seconds=3 * PROMISED_SECONDS, what="coverage is in the snapshot")


def test_what_a_lost_bell_left_is_found_by_the_next_run(desk: Desk) -> None:
    settle(desk)
    url = desk.announce()
    silent = sample_environment(desk.home, desk.newsroom) | {"PREFECT_API_URL": desk.api, "NEWSDESK_DISPATCH": "inline"}
    silent["NEWSDESK_WATCHLIST"] = str(desk.newsroom.folder / "watchlist.toml")
    program = "from flows.poll import poll; print(poll(only_due=False).new_entry_count)"
    done = subprocess.run([sys.executable, "-c", program], env=silent, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "1"
    assert not desk.covers(url)

    desk.start("collect")

    wait_for(lambda: desk.covers(url), seconds=PROMISED_SECONDS, what="coverage is in the snapshot")


@pytest.mark.service
def test_a_run_killed_in_the_middle_crashes_and_another_takes_its_work_up(desk: Desk) -> None:
    settle(desk)
    url = desk.announce()
    desk.newsroom.delay_seconds = 4.0
    try:
        desk.start("poll", only_due=False)
        wait_for(lambda: collects(desk), seconds=90, what="the bell is heard")
        collect = next(run["id"] for run in desk.runs("collect") if run["state_type"] == "RUNNING")
        os.kill(run_of(desk), signal.SIGKILL)
        assert desk.ended(collect) == "CRASHED"
    finally:
        desk.newsroom.delay_seconds = 0.0

    wait_for(lambda: desk.covers(url), seconds=3 * PROMISED_SECONDS, what="coverage is in the snapshot")


def collects(desk: Desk) -> bool:
    """Say whether a run of collect is under way."""
    return any(run["state_type"] == "RUNNING" for run in desk.runs("collect"))


def run_of(desk: Desk) -> int:
    """Return the process id of a run: a child of the warm process."""
    warm = desk.child("flows.warm")
    children = Path(f"/proc/{warm}/task/{warm}/children").read_text().split()
    return int(children[-1])


@pytest.mark.service
def test_a_burst_of_a_thousand_bells_leads_to_few_runs_and_the_last_is_heard(desk: Desk) -> None:
    settle(desk)
    before = len(desk.runs("collect"))
    began = time.monotonic()
    for number in range(20):
        bell = {"event": "newsdesk.entries.found", "resource": {"prefect.resource.id": "newsdesk.entries"}}
        occurred = {"occurred": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "payload": {"entry_count": number}}
        desk.ask("/events", [bell | occurred | {"id": _uuid()} for _ in range(50)])
        time.sleep(0.2)
    wait_for(lambda: len(desk.runs("collect")) > before, seconds=30, what="the bells are heard")
    settle(desk)

    seconds = time.monotonic() - began
    runs = len(desk.runs("collect")) - before
    print(f"{runs} runs of collect after 1,000 bells, all over after {seconds:.0f} s")  # noqa: T201
    assert 1 <= runs <= seconds / 3 + 1


def _uuid() -> str:
    import uuid

    return str(uuid.uuid4())


def test_each_story_was_told_once_whatever_was_killed(desk: Desk) -> None:
    settle(desk)
    desk.announce()
    desk.start("poll", only_due=False)
    urls = [f"http://courier.example/technology/2026/deepseek-{number}" for number in range(1, desk.published + 1)]

    wait_for(lambda: all(desk.told(url) for url in urls), seconds=3 * PROMISED_SECONDS, what="the last alert arrives")

    assert {url: desk.told(url) for url in urls} == dict.fromkeys(urls, 1)


def test_deployed_again_nothing_is_there_twice(desk: Desk) -> None:
    def registered() -> dict[str, list[str]]:
        paths = {"deployments": "/deployments", "automations": "/automations", "queues": "/work_pools/newsdesk/queues"}
        return {kind: sorted(one["name"] for one in desk.ask(f"{path}/filter", {})) for kind, path in paths.items()}

    before = registered()
    done = subprocess.run(
        newsdesk_command("deploy"),
        env=os.environ | {"PREFECT_API_URL": desk.api},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("deployed poll, collect")
    after = registered()
    assert (after["deployments"], after["queues"]) == (before["deployments"], before["queues"])
    # The service looks after dead runs by itself; for others an automation does.
    (added,) = set(after["automations"]) - set(before["automations"])
    assert after["automations"] == sorted([*before["automations"], added])
    pool = desk.ask("/work_pools/newsdesk")
    assert quick.__file__ in pool["base_job_template"]["variables"]["properties"]["command"]["default"]


def test_the_port_of_a_running_service_is_taken(desk: Desk) -> None:
    port = int(desk.api.rpartition(":")[2].removesuffix("/api"))

    with pytest.raises(ServiceError, match=f"port {port}.*choose another with --port"):
        check_port(port)


def test_without_a_server_to_deploy_to_it_is_said_in_one_line() -> None:
    for env, words in (
        ({"PREFECT_API_URL": ""}, "PREFECT_API_URL names no server"),
        ({"PREFECT_API_URL": "http://127.0.0.1:9/api"}, "no Prefect server answers at http://127.0.0.1:9/api"),
    ):
        done = subprocess.run(
            newsdesk_command("deploy"), env=os.environ | env, capture_output=True, text=True, check=False, timeout=60
        )

        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert words in done.stderr


def test_what_prefect_says_last_is_what_a_failed_deploy_says() -> None:
    assert deploy.last_line("a\n│ Work pool 'x' not found. │\n╰────╯\n") == "Work pool 'x' not found."
