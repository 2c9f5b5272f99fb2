"""Check the invariants: each is a file of ``checks/``, a query that returns the rows which break it."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb

from warehouse.connection import mapped_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check found."""

    name: str
    #: The rule, in words.
    description: str
    #: Rows that break it; 0: it holds.
    failed_count: int
    #: The first of these, as ``column=value``; None where it holds.
    example: str | None = None


@cache
def checks() -> dict[str, str]:
    """Return the SQL of each check by name; its first line says the rule."""
    folder = files("warehouse").joinpath("checks")
    found = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".sql")}
    return {name.removesuffix(".sql"): found[name] for name in sorted(found)}


def run_checks(con: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """
    Run every check, by name.

    Args:
        con: A reader's connection, or the writer's.

    Raises:
        WarehouseError: A check cannot be run: the file is of another version.
    """
    with mapped_errors("doctor"):
        return [_result(con, name, sql) for name, sql in checks().items()]


def _result(con: duckdb.DuckDBPyConnection, name: str, sql: str) -> CheckResult:
    """Run one check."""
    con.execute(sql)
    columns = [column[0] for column in con.description or ()]
    rows = con.fetchall()
    example = _words(columns, rows[0]) if rows else None
    description = sql.splitlines()[0].removeprefix("--").strip()
    return CheckResult(name=name, description=description, failed_count=len(rows), example=example)


def _words(columns: list[str], row: tuple[Any, ...]) -> str:
    """Return *row* in one line."""
    words = ", ".join(f"{column}={value}" for column, value in zip(columns, row, strict=True))
    return " ".join(words.split())
