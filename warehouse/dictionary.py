"""Render the data dictionary from the live schema, so that it cannot differ from it."""

import duckdb

_HEAD = """# Data dictionary

Every table, view and table macro of `newsdesk.duckdb`, as the file itself describes them
(`select * from duckdb_columns()` gives the same words). All instants are UTC.
"""


def render(con: duckdb.DuckDBPyConnection) -> str:
    """Return the dictionary as Markdown: what analysts ask first (views, macros), then the tables."""
    parts = [_HEAD, "## Views\n", *_sections(con, "view"), "## Table macros\n", *_macros(con)]
    return "\n".join([*parts, "## Tables\n", *_sections(con, "table")])


def _sections(con: duckdb.DuckDBPyConnection, kind: str) -> list[str]:
    """Return a section for each ``table`` or ``view``."""
    columns: dict[str, list[str]] = {}
    for name, column, type_, is_nullable, comment in con.execute(_COLUMNS).fetchall():
        # Of a view's columns DuckDB does not know which can be null.
        null = "" if kind == "view" else f" {'yes' if is_nullable else 'no'} |"
        columns.setdefault(name, []).append(f"| `{column}` | {_type(type_)} |{null} {_cell(comment)} |")
    head = _VIEW_HEAD if kind == "view" else _TABLE_HEAD
    return [
        f"### {name}\n\n{comment or ''}\n\n{head}\n" + "\n".join(columns[name]) + "\n"
        for name, comment in con.execute(_VIEWS if kind == "view" else _TABLES).fetchall()
    ]


def _macros(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return a section for each table macro."""
    return [
        f"### {name}({', '.join(parameters)})\n\n{comment or ''}\n"
        for name, parameters, comment in con.execute(_MACROS).fetchall()
    ]


def _type(name: str) -> str:
    """Return DuckDB's type in the words of the contract."""
    return "timestamptz" if name == "TIMESTAMP WITH TIME ZONE" else name.lower()


def _cell(comment: str | None) -> str:
    """Return *comment* as it can stand in a Markdown table."""
    return (comment or "").replace("|", "\\|")


_VIEW_HEAD = "| column | type | meaning |\n| --- | --- | --- |"
_TABLE_HEAD = "| column | type | null | meaning |\n| --- | --- | --- | --- |"

_TABLES = """
select table_name, comment
from duckdb_tables()
where database_name = current_database() and not temporary
order by table_name
"""

_VIEWS = """
select view_name, comment
from duckdb_views()
where database_name = current_database() and not internal and not temporary
order by view_name
"""

_COLUMNS = """
select table_name, column_name, data_type, is_nullable, comment
from duckdb_columns()
where database_name = current_database() and not internal
order by table_name, column_index
"""

_MACROS = """
select function_name, parameters, comment
from duckdb_functions()
where database_name = current_database() and function_type = 'table_macro' and not internal
order by function_name
"""
