"""Hand records to SQL as Arrow tables: one insert a table, never one a row."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
TEXTS = pa.list_(pa.string())
INTEGER = pa.int64()
REAL = pa.float64()
TRUTH = pa.bool_()


@contextmanager
def staged(
    con: duckdb.DuckDBPyConnection,
    name: str,
    *,
    schema: Mapping[str, pa.DataType],
    rows: Sequence[Mapping[str, Any]],
) -> Iterator[None]:
    """
    Make *rows* readable in SQL under *name* inside the ``with`` block.

    Args:
        con: The writer's or a reader's connection.
        name: A name that no table of the warehouse has.
        schema: Arrow type by column; a column that a row lacks is null.
        rows: One mapping a row.
    """
    # Lone surrogates (broken feeds have them) are not UTF-8; Arrow refuses them with a traceback.
    columns = {
        column: pa.array([storable(row.get(column)) for row in rows], type=kind) for column, kind in schema.items()
    }
    con.register(name, pa.table(columns))
    try:
        yield
    finally:
        con.unregister(name)


def storable(value: Any) -> Any:  # noqa: ANN401
    """Return *value* with what cannot be UTF-8 replaced; code point counts, and so offsets, stay."""
    if isinstance(value, str):
        # isascii is a flag of the string, so most values cost nothing.
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, tuple):
        return [storable(part) for part in value]
    return value


def named_rows(con: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Return the rows that *sql* gives as mappings from column to value."""
    con.execute(sql, list(parameters))
    names = [column[0] for column in con.description or ()]
    return [dict(zip(names, row, strict=True)) for row in con.fetchall()]
