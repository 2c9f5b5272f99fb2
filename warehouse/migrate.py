"""
Bring a warehouse file to the version of this newsdesk.

``migrations/NNNN_name.sql`` are applied in order, each with its record in one transaction. Views are not migrated:
``views/*.sql`` are created anew whenever their text differs from what the file has.
"""

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import duckdb

from extractors.errors import MigrationError

_NAME = re.compile(r"(\d{4})_(\w+)\.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of the schema."""

    version: int
    name: str
    sql: str


@cache
def packaged_migrations() -> tuple[Migration, ...]:
    """Return the migrations of this newsdesk, by version."""
    found = []
    for file in files("warehouse").joinpath("migrations").iterdir():
        if match := _NAME.fullmatch(file.name):
            sql = file.read_text(encoding="utf-8")
            found.append(Migration(version=int(match[1]), name=match[2], sql=sql))
    return tuple(sorted(found, key=lambda migration: migration.version))


@cache
def packaged_views() -> tuple[str, ...]:
    """Return the SQL of each view or table macro, by name, those that others read before these."""
    folder = files("warehouse").joinpath("views")
    left = {
        file.name.removesuffix(".sql"): file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }
    placed: list[str] = []
    while left:
        free = [name for name in sorted(left) if not _reads_one_of(left[name], set(left) - {name})]
        # A circle cannot be created in any order; DuckDB says so.
        placed += [left.pop(name) for name in free or sorted(left)]
    return tuple(placed)


def _reads_one_of(sql: str, names: set[str]) -> bool:
    return any(name in names for name in re.findall(r"(?:from|join)\s+(\w+)", sql))


def migrate(
    con: duckdb.DuckDBPyConnection,
    *,
    migrations: Sequence[Migration] | None = None,
    views: Sequence[str] | None = None,
) -> int:
    """
    Apply what is missing; return the version reached.

    Args:
        con: The writer's connection.
        migrations: By version; by default those of the package.
        views: SQL of each view; by default those of the package.

    Raises:
        MigrationError: The file is newer than the migrations (nothing is touched), or one of them failed (it and
            those after it stay pending).
    """
    wanted = packaged_migrations() if migrations is None else migrations
    held = schema_version(con)
    newest = wanted[-1].version if wanted else 0
    if held > newest:
        raise MigrationError(
            f"the warehouse is of version {held}, this newsdesk knows {newest}: install a newer newsdesk",
            version=held,
        )
    for migration in wanted:
        if migration.version > held:
            _apply(con, migration)
    if newest:
        _refresh_views(con, packaged_views() if views is None else views, version=newest)
    return newest


def schema_version(con: duckdb.DuckDBPyConnection) -> int:
    """Return the version of the file behind *con*; 0 for an empty one."""
    is_empty = con.execute(
        "select count(*) = 0 from duckdb_tables() where database_name = current_database()"
        " and table_name = 'schema_migrations'",
    ).fetchone()
    if is_empty is None or is_empty[0]:
        return 0
    row = con.execute("select coalesce(max(version), 0) from schema_migrations").fetchone()
    return int(row[0]) if row else 0


def _apply(con: duckdb.DuckDBPyConnection, migration: Migration) -> None:
    """Run *migration* with its record, in one transaction (DuckDB's DDL takes part in it)."""
    con.begin()
    try:
        con.execute(_RECORDS)
        con.execute(migration.sql)
        con.execute(
            "insert into schema_migrations values (?, ?, ?, now())",
            [migration.version, migration.name, hashlib.sha256(migration.sql.encode()).hexdigest()],
        )
        con.commit()
    except duckdb.Error as error:
        # A commit that fails has ended the transaction already.
        with suppress(duckdb.Error):
            con.rollback()
        said = str(error).splitlines()[0]
        raise MigrationError(
            f"migration {migration.version:04}_{migration.name} failed, nothing of it was kept: {said}",
            version=migration.version,
        ) from error


def _refresh_views(con: duckdb.DuckDBPyConnection, views: Sequence[str], *, version: int) -> None:
    """Create the views anew where their text is not the one the file was given."""
    digest = hashlib.sha256("\x1f".join(views).encode()).hexdigest()
    if con.execute("select views_sha256 from schema_views").fetchone() == (digest,):
        return
    con.begin()
    try:
        for sql in views:
            con.execute(sql)
        con.execute("delete from schema_views")
        con.execute("insert into schema_views values (?)", [digest])
        con.commit()
    except duckdb.Error as error:
        # A commit that fails has ended the transaction already.
        with suppress(duckdb.Error):
            con.rollback()
        said = str(error).splitlines()[0]
        raise MigrationError(f"the views could not be made: {said}", version=version) from error


_RECORDS = """
create table if not exists schema_migrations (
    version integer not null,
    name varchar not null,
    sql_sha256 varchar not null,
    applied_at timestamptz not null
);
create table if not exists schema_views (views_sha256 varchar not null);
comment on table schema_migrations is 'One row per migration applied to this file.';
comment on column schema_migrations.version is 'Number of the migration; the highest is the version of the file.';
comment on column schema_migrations.name is 'Name of the migration.';
comment on column schema_migrations.sql_sha256 is 'sha256 of its text.';
comment on column schema_migrations.applied_at is 'When it was applied.';
comment on table schema_views is 'One row: which views this file has.';
comment on column schema_views.views_sha256 is 'sha256 over the text of the views; others are made anew.';
"""
