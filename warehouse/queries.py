"""
Answer analysts' queries on the published snapshot.

The connection is read-only, so no query can change what is published. Access to other files is left on: analysts join
their own CSV and Parquet files and write results beside them, with the rights of whoever runs the query.
"""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from extractors.errors import SqlError
from warehouse.connection import analyst_errors, mapped_errors

#: Rows held in memory while an answer is written.
_BATCH_ROWS = 10_000
_STDOUT = Path("/dev/stdout")
# The name in COPY's options cannot be a parameter.
_COPIES = {
    "csv": "copy (from answer) to $1 (format csv, header true)",
    "json": "copy (from answer) to $1 (format json, array true)",
    "parquet": "copy (from answer) to $1 (format parquet, compression zstd)",
}


def query(con: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] | None = None) -> pa.Table:
    """
    Return the answer to *sql* as an Arrow table.

    Args:
        con: A reader's connection.
        sql: One or more statements; the answer is the last one's.
        parameters: Values for its ``?`` or ``$1``.

    Raises:
        SqlError: The query is wrong, or tries to write; one line, DuckDB's words.
    """
    with analyst_errors():
        return _executed(con, sql, parameters).to_arrow_table()


def export(con: duckdb.DuckDBPyConnection, sql: str, *, path: Path, format: str) -> int:  # noqa: A002
    """
    Write the answer to *sql* into the file *path*; return its number of rows.

    Args:
        con: A reader's connection.
        sql: The query.
        path: Written anew; ``/dev/stdout`` for csv and json adds to what is there.
        format: ``csv`` (with a header, nulls empty), ``json`` (one array of objects) or ``parquet``.

    Raises:
        SqlError: The query is wrong, or the format is none of the three.
        WarehouseError: The file cannot be written.
    """
    if format not in _COPIES:
        raise SqlError(f"format {format}: one of {', '.join(_COPIES)} is meant")
    with analyst_errors():
        answer = _executed(con, sql).to_arrow_reader(_BATCH_ROWS)
    with mapped_errors(str(path)):
        if path != _STDOUT:
            return _written(con, answer, path=path, format=format)
        # DuckDB would open it anew and cut off what a shell's >> has there.
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "answer"
            count = _written(con, answer, path=file, format=format)
            with file.open("rb") as written:
                shutil.copyfileobj(written, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return count


def _executed(
    con: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Sequence[Any] | None = None,
) -> duckdb.DuckDBPyConnection:
    """Run *sql*; a text without a statement is an error here, in DuckDB it is nothing at all."""
    if not con.extract_statements(sql):
        raise SqlError("the query is empty")
    return con.execute(sql, parameters)


def _written(con: duckdb.DuckDBPyConnection, answer: Any, *, path: Path, format: str) -> int:  # noqa: A002, ANN401
    """Write *answer* batch by batch; return its number of rows."""
    # A cursor of its own: the connection is still busy giving the answer.
    with con.cursor() as cursor:
        cursor.execute("set timezone = 'UTC'")
        cursor.register("answer", answer)
        row = cursor.execute(_COPIES[format], [str(path)]).fetchone()
    return int(row[0]) if row else 0
