"""The service with Postgres in the place of SQLite, a Postgres that the test starts."""

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import free_port, served_desk, wait_for

pytestmark = [pytest.mark.service, pytest.mark.timeout(500)]


def _programs() -> Path | None:
    """Return the folder of initdb; Debian keeps it off the path."""
    found = shutil.which("initdb")
    folders = (
        [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    )
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _account() -> str | None:
    """Return whom Postgres runs as: it refuses root."""
    if os.geteuid():
        return getpass.getuser()
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


@pytest.fixture
def database() -> Iterator[str]:
    """Give the address of an empty database on loopback."""
    programs, account = _programs(), _account()
    if programs is None or account is None:
        pytest.skip("needs Postgres (initdb, postgres) and an account for it that is not root")
    port = free_port()
    options = {"user": account} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="newsdesk-postgres-") as folder:
        if options:
            shutil.chown(folder, account)
        data = f"{folder}/data"
        make = [programs / "initdb", "-D", data, "-U", "prefect", "--auth=trust", "--no-sync", "-E", "UTF8"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=folder, **options)  # type: ignore[call-overload]
        command = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", folder]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=folder, **options)  # type: ignore[call-overload]
        try:
            _wait_until_ready(port)
            yield f"postgresql+asyncpg://prefect@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(30)


def _wait_until_ready(port: int) -> None:
    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_for(answers, seconds=60, what="Postgres starts")


def test_the_service_keeps_prefects_tables_in_postgres(tmp_path: Path, database: str) -> None:
    with served_desk(tmp_path, PREFECT_SERVER_DATABASE_CONNECTION_URL=database) as desk:
        desk.start("poll", only_due=False)
        wait_for(
            lambda: desk.covers("http://courier.example/business/live/2025/jan/27/markets-live/"),
            seconds=200,
            what="the bell is heard and the sample is collected",
        )

        assert not list((desk.home / "server").glob("*.db"))
        assert "locked" not in desk.log.read_text()
