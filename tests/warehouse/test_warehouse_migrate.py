"""The schema goes forward, one whole step at a time, and never touches what it does not know."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from extractors.errors import MigrationError, WarehouseError
from tests.warehouse.newsroom import Newsroom
from warehouse.connection import WAREHOUSE_NAME, reader, writer
from warehouse.migrate import Migration, migrate, packaged_migrations, schema_version
from warehouse.snapshot import publish

FIRST = Migration(version=1, name="first", sql="create table a (x integer); insert into a values (1);")
BROKEN = Migration(version=2, name="broken", sql="create table b (x integer); select nonsense;")
MENDED = Migration(version=2, name="mended", sql="create table b (x integer);")


@pytest.fixture
def con() -> Iterator[DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def test_the_packaged_migrations_count_from_one_without_gaps() -> None:
    assert [migration.version for migration in packaged_migrations()] == list(range(1, len(packaged_migrations()) + 1))


def test_migrations_go_forward_and_are_applied_once(con: DuckDBPyConnection) -> None:
    assert migrate(con, migrations=[FIRST], views=[]) == 1
    assert migrate(con, migrations=[FIRST, MENDED], views=[]) == 2
    assert migrate(con, migrations=[FIRST, MENDED], views=[]) == 2

    assert con.execute("select count(*) from a").fetchone() == (1,)
    assert con.execute("select version, name from schema_migrations").fetchall() == [(1, "first"), (2, "mended")]


def test_a_warehouse_of_before_learns_where_its_rows_stand(con: DuckDBPyConnection) -> None:
    packaged = packaged_migrations()
    migrate(con, migrations=packaged[:17], views=[])
    con.execute(_HELD)

    migrate(con, migrations=packaged[:18], views=[])

    assert con.execute("select article_load_seq from story_articles").fetchall() == [(7,)]
    assert con.execute("select document_key from documents").fetchall() == [(2**60 + 10,)]
    assert con.execute("select number_count from story_texts").fetchall() == [(3,)]


_HELD = """
insert into articles by name
select
    'a' as article_id, 'u' as url, 'u' as canonical_url, 's' as source, [] as authors, now() as first_seen_at,
    now() as loaded_at, 7 as load_seq, 'x' as text, 'page' as text_from, 'h' as text_sha256, 1 as word_count,
    false as is_truncated, false as is_paywalled, [] as repaired, 1 as revision, 'd' as document_sha256,
    'e' as extractor, '1' as extractor_version, 'r' as run_id, 'e' as entry_id;
insert into story_articles by name
select 'a' as story_id, 'a' as article_id, 'first' as relation, 1 as novelty, 1 as text_no;
insert into story_texts values (1, 'k', 'a', 'h', [1, 2, 3], 1);
insert into documents by name
select
    '100000000000000a' || repeat('f', 48) as document_sha256, 'u' as url, 'u' as final_url, now() as fetched_at,
    1 as body_bytes, 'r' as run_id;
"""


def test_a_failing_migration_stays_pending_and_leaves_nothing(con: DuckDBPyConnection) -> None:
    migrate(con, migrations=[FIRST], views=[])

    with pytest.raises(MigrationError, match="0002_broken failed, nothing of it was kept") as caught:
        migrate(con, migrations=[FIRST, BROKEN], views=[])

    assert caught.value.version == 2
    assert schema_version(con) == 1
    with pytest.raises(duckdb.CatalogException):
        con.execute("from b")
    assert migrate(con, migrations=[FIRST, MENDED], views=[]) == 2


def test_views_are_made_anew_only_where_their_text_changed(con: DuckDBPyConnection) -> None:
    migrate(con, migrations=[FIRST], views=["create or replace view v as select 1 as x"])
    migrate(con, migrations=[FIRST], views=["create or replace view v as select 2 as x"])

    assert con.execute("from v").fetchone() == (2,)
    assert con.execute("select count(*) from schema_views").fetchone() == (1,)


def test_a_broken_view_names_itself_and_keeps_the_old_ones(con: DuckDBPyConnection) -> None:
    migrate(con, migrations=[FIRST], views=["create or replace view v as select 1 as x"])

    with pytest.raises(MigrationError, match="the views could not be made"):
        migrate(con, migrations=[FIRST], views=["create or replace view v as select nothing"])

    assert con.execute("from v").fetchone() == (1,)


def test_a_warehouse_of_a_newer_version_is_refused_and_left_byte_for_byte(home: Path) -> None:
    with writer(home) as con:
        con.execute("insert into schema_migrations values (9999, 'future', '', now())")
        con.execute("checkpoint")
    before = (home / WAREHOUSE_NAME).read_bytes()

    with pytest.raises(MigrationError, match=r"of version 9999.*install a newer newsdesk"), writer(home):
        pytest.fail("it was opened")

    assert (home / WAREHOUSE_NAME).read_bytes() == before
    assert not (home / f"{WAREHOUSE_NAME}.wal").exists()


def test_a_snapshot_of_a_newer_version_can_be_read(home: Path, room: Newsroom) -> None:
    publish(home, now=room.now)
    with duckdb.connect(str(home / "newsdesk.duckdb")) as con:
        con.execute("insert into schema_migrations values (9999, 'future', '', now())")

    with reader(home) as con:
        assert con.execute("select count(*) from articles").fetchone() == (0,)


def test_a_file_that_is_no_warehouse_is_an_error_of_one_line(home: Path) -> None:
    (home / WAREHOUSE_NAME).write_bytes(b"not a database " * 1000)

    with pytest.raises(WarehouseError) as caught, writer(home):
        pytest.fail("it was opened")

    assert "\n" not in str(caught.value)
