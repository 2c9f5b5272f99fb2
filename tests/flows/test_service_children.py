"""The processes of the service: started again when they end, ended with it however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import children, quick
from flows.children import Child

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def child() -> Iterator[Child]:
    made = Child("sleeper", SLEEPER, environment=os.environ)
    yield made
    made.stop()


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def is_gone(pid: int) -> bool:
    """Wait up to ten seconds for the end of the process *pid*; say whether it came."""
    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def test_what_runs_is_left_alone(child: Child) -> None:
    child.start()

    assert child.is_running()
    assert child.exit_code() is None
    assert not child.revive()


def test_what_was_killed_is_started_again_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_FIRST_PAUSE_SECONDS", 0.2)
    child = Child("sleeper", SLEEPER, environment=os.environ)
    child.start()
    first = child.pid
    assert first
    os.kill(first, signal.SIGKILL)
    assert is_gone(first)

    assert child.exit_code() == -signal.SIGKILL
    assert not child.revive(), "not at once: what cannot run must not keep the machine busy"
    time.sleep(0.3)
    assert child.revive()
    assert child.is_running()
    assert child.pid != first
    child.stop()
    assert not child.is_running()


def test_stopping_takes_what_the_child_started_with_it(tmp_path: Path) -> None:
    program = "import subprocess, sys, time; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); time.sleep(60)"
    told = tmp_path / "pid"
    shell = f"exec {sys.executable} -c '{program}' sleep 60 > {told}"
    parent = Child("parent", ["sh", "-c", shell], environment=os.environ)
    parent.start()
    deadline = time.monotonic() + 10
    while not (told.exists() and told.read_text().strip()) and time.monotonic() < deadline:
        time.sleep(0.05)
    grandchild = int(told.read_text())
    assert is_alive(grandchild)

    parent.stop()

    assert is_gone(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_child_ends_when_its_service_is_killed() -> None:
    program = (
        "import os, sys, time; from flows.children import Child\n"
        "child = Child('sleeper', ['sleep', '60'], environment=os.environ); child.start()\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout
        pid = int(service.stdout.readline())
        assert is_alive(pid)
        service.kill()

    assert is_gone(pid)


@pytest.mark.slow
def test_without_the_warm_process_a_run_is_a_python_of_its_own() -> None:
    environment = os.environ | {quick.WARM: "/nowhere", "PREFECT__FLOW_RUN_ID": "none"}
    done = subprocess.run(
        [sys.executable, "-I", "-S", quick.__file__],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "Invalid flow run id" in done.stdout + done.stderr
