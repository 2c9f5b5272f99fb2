"""One writer at a time; every error of the database is one line of ours."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from desk import without_root_powers

from extractors.errors import WarehouseBusyError, WarehouseError, WarehouseFullError
from warehouse.connection import WAREHOUSE_NAME, log_megabytes, mapped_errors, transaction, writer

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from pathlib import Path
from warehouse.connection import writer
with writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Return a process that holds the writer of *home*."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(home)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_writer_creates_its_home_and_speaks_utc(tmp_path: Path) -> None:
    home = tmp_path / "a" / "quoted 'home'"

    with writer(home) as con:
        assert con.execute("select current_setting('TimeZone'), count(*) from articles").fetchall() == [("UTC", 0)]

    assert (home / WAREHOUSE_NAME).is_file()


def test_a_second_writer_waits_then_names_the_process_that_holds_it(home: Path, holder: subprocess.Popen[str]) -> None:
    started = time.monotonic()

    with (
        pytest.raises(WarehouseBusyError, match=rf"\(process {holder.pid}\).*waited 0.3 s"),
        writer(home, wait_seconds=0.3),
    ):
        pytest.fail("two writers at once")

    assert 0.2 < time.monotonic() - started < 10


def test_the_lock_is_free_once_its_holder_was_killed(home: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()

    with writer(home, wait_seconds=5) as con:
        assert con.execute("select 1").fetchone() == (1,)


def test_a_second_writer_gets_its_turn_in_a_process_that_has_one(home: Path) -> None:
    order = []

    def second() -> None:
        with writer(home, wait_seconds=30):
            order.append("second")

    with writer(home):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


def test_a_program_outside_newsdesk_that_holds_the_file_is_named(home: Path) -> None:
    with writer(home):
        pass
    script = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(60)"
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(home / WAREHOUSE_NAME)], stdout=subprocess.PIPE, text=True
    )
    try:
        other.stdout.readline()
        with pytest.raises(WarehouseBusyError, match=f"opened by another program.*{other.pid}"), writer(home):
            pytest.fail("two writers at once")
    finally:
        other.kill()
        other.communicate()


def test_the_log_of_a_large_warehouse_may_grow(home: Path) -> None:
    with writer(home) as con:
        assert con.execute("select current_setting('checkpoint_threshold')").fetchone() == ("7.6 MiB",)

    assert [log_megabytes(size << 30) for size in (0, 1, 4, 25)] == [8, 8, 16, 40]


def test_what_a_batch_is_joined_with_lets_the_scan_pass_over_groups_of_rows(home: Path) -> None:
    with writer(home) as con:
        con.execute("create table numbers as select number from range(40960) as made (number)")
        con.execute("checkpoint")
        # More values than DuckDB makes a list of by itself, at both ends of the table.
        con.execute("create temp table asked as select number from numbers where number < 100 or number > 40860")
        told = con.execute(
            "explain (analyze, format json) select number from numbers where number in (select number from asked)"
        ).fetchall()[0][1]

    assert max(read_counts(json.loads(told))) == 2 * 2048


def read_counts(step: dict[str, Any]) -> Iterator[int]:
    """Yield how many rows each scan of the plan read."""
    yield step.get("operator_rows_scanned", 0)
    for child in step["children"]:
        yield from read_counts(child)


def test_a_transaction_keeps_all_or_nothing(home: Path) -> None:
    with writer(home) as con:
        con.execute("create table t (x integer)")
        with transaction(con):
            con.execute("insert into t values (1)")
        with pytest.raises(WarehouseError), mapped_errors("t"), transaction(con):
            con.execute("insert into t select 2 from range(3) union all select error('stop')::integer")

        assert con.execute("from t").fetchall() == [(1,)]


def test_an_error_of_the_database_leaves_the_writer_as_one_line_of_ours(home: Path) -> None:
    with pytest.raises(WarehouseError, match="nope does not exist") as caught, writer(home) as con:
        con.execute("from nope")

    assert "\n" not in str(caught.value)
    assert isinstance(caught.value.__cause__, duckdb.Error)


def test_a_home_without_permission_is_said_in_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    opening = (
        "from pathlib import Path; from warehouse.connection import writer; "
        f"writer(Path({str(tmp_path / 'home')!r})).__enter__()"
    )

    done = subprocess.run(
        [*without_root_powers(), sys.executable, "-c", opening], capture_output=True, text=True, check=False
    )

    assert "WarehouseError" in done.stderr.splitlines()[-1]
    assert "Permission denied" in done.stderr.splitlines()[-1]


def test_a_home_that_is_a_file_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")

    with pytest.raises(WarehouseError, match="home"), writer(tmp_path / "home"):
        pytest.fail("it was opened")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (duckdb.IOException("IO Error: Could not write file: No space left on device"), WarehouseFullError),
        (duckdb.IOException("IO Error: Could not set lock on file"), WarehouseBusyError),
        (duckdb.IOException("IO Error: Cannot open file: Permission denied"), WarehouseError),
        (OSError(28, "No space left on device"), WarehouseFullError),
        (PermissionError(13, "Permission denied"), WarehouseError),
    ],
)
def test_errors_are_mapped_by_what_they_mean(error: Exception, kind: type[WarehouseError]) -> None:
    with pytest.raises(kind) as caught, mapped_errors("home/warehouse.duckdb"):
        raise error

    assert type(caught.value) is kind
    assert str(caught.value).startswith("home/warehouse.duckdb: ")


def test_every_error_class_of_duckdb_becomes_one_of_ours() -> None:
    kinds = [value for value in vars(duckdb).values() if isinstance(value, type) and issubclass(value, duckdb.Error)]
    assert len(kinds) > 10

    for kind in kinds:
        with pytest.raises(WarehouseError), mapped_errors("x"):
            raise kind("said")
