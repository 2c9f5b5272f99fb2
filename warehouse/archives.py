"""Tell what the warehouse refers to in each WARC file; let go of old ones."""

from collections.abc import Mapping
from datetime import date

import duckdb

from extractors.model import KeptRecord
from warehouse.connection import transaction
from warehouse.staging import INTEGER, TEXT, staged

_ARCHIVE = {"warc_file": TEXT, "committed_bytes": INTEGER}


def committed_bytes(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """
    Return, by WARC file (path below ``raw/``), the bytes up to the end of the last record loaded.

    What follows was written by a run that was killed before it loaded it, and may be cut.
    """
    return dict(con.execute("select warc_file, committed_bytes from archives order by warc_file").fetchall())


def write_archives(con: duckdb.DuckDBPyConnection, archives: Mapping[str, int]) -> None:
    """Record how much of each WARC file is referred to, within the caller's transaction; never lowers it."""
    sizes = [{"warc_file": name, "committed_bytes": size} for name, size in sorted(archives.items())]
    if sizes:
        with staged(con, "batch", schema=_ARCHIVE, rows=sizes):
            con.execute(_UPSERT)


def kept_records(con: duckdb.DuckDBPyConnection, warc_file: str) -> dict[str, KeptRecord]:
    """Return, by sha256, the bodies that *warc_file* (path below ``raw/``) holds."""
    rows = con.execute(_KEPT, [warc_file]).fetchall()
    return {row[0]: KeptRecord(warc_offset=row[1], url=row[2], fetched_at=row[3]) for row in rows}


def forgettable_archives(con: duckdb.DuckDBPyConnection, *, before: date) -> list[str]:
    """
    Return the WARC files of the days before *before* whose documents no open entry needs any more, by name.

    An entry that waits for another try keeps the file of its last one.
    """
    # The day is part of the path: YYYY-MM-DD/newsdesk-YYYYMMDD.warc.gz.
    return [row[0] for row in con.execute(_FORGETTABLE, [before.isoformat()]).fetchall()]


def forget_archive(con: duckdb.DuckDBPyConnection, warc_file: str) -> int:
    """Let go of *warc_file*: its documents stay as rows, without a place; return how many there are."""
    with transaction(con):
        rows = con.execute(_FORGET_DOCUMENTS, [warc_file]).fetchall()
        con.execute("delete from archives where warc_file = ?", [warc_file])
    return len(rows)


_UPSERT = """
insert into archives by name from batch
on conflict (warc_file) do update set committed_bytes = greatest(archives.committed_bytes, excluded.committed_bytes)
"""

_KEPT = """
select document_sha256, warc_offset, final_url, fetched_at
from documents
where warc_file = ? and warc_offset is not null
"""

_FORGETTABLE = """
select warc_file
from archives
where warc_file[1:10] < ?
    and warc_file not in (
        select documents.warc_file
        from documents
        join entries using (document_sha256)
        where entries.outcome = 'pending' and documents.warc_file is not null
    )
order by warc_file
"""

_FORGET_DOCUMENTS = """
update documents set warc_file = null, warc_offset = null
where warc_file = ?
returning document_sha256
"""
