"""Tell how much of each WARC file the warehouse refers to."""

import duckdb


def committed_bytes(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """
    Return, by WARC file (path below ``raw/``), the bytes up to the end of the last record loaded.

    What follows was written by a run that was killed before it loaded it, and may be cut.
    """
    return dict(con.execute("select warc_file, committed_bytes from archives order by warc_file").fetchall())
