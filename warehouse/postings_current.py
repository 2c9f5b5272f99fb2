"""
Keep the postings as current as the warehouse, the only truth: the texts newer than them are read from it.

The index is brought up to date outside of transactions, so that nothing of a transaction that fails is ever in it. What
it does not hold yet (a batch or two; all of it where the files are gone) is read from the table, a chunk at a time, and
looked up in memory in the same way.
"""

import hashlib
import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import numpy as np

from warehouse.postings import INDEX_NAME, Postings
from warehouse.postings_runs import Run, near, runs_of

#: Texts newer than the index from which on they are written to it.
FLUSH_TEXTS = 8192
#: Texts sorted at once, some 200 MB where all are of 27 numbers.
_CHUNK_TEXTS = 1 << 17
#: Of a number that more texts hold (a sentence of a template), so many of the oldest count.
MOST_HOLDERS = 100
_REBUILDING_NAME = f"{INDEX_NAME}.rebuilding"

_log = logging.getLogger("newsdesk.stories")


def current_postings(con: duckdb.DuckDBPyConnection) -> Postings:
    """
    Return the postings of the home that *con* writes to, brought up to date.

    Args:
        con: The writer's connection, outside of any transaction: what it sees is kept.
    """
    postings = open_postings(con)
    # Left by a rebuild that was killed.
    shutil.rmtree(postings.folder.with_name(_REBUILDING_NAME), ignore_errors=True)
    catch_up(con, postings)
    return postings


@contextmanager
def rebuilt_postings(con: duckdb.DuckDBPyConnection) -> Iterator[Postings]:
    """
    Give empty postings to a rebuild; they take the place of the home's where the block ends without an error.

    They are for the one transaction inside the block, which may write to them what is not kept yet.

    Args:
        con: The writer's connection.
    """
    held = _folder(con)
    folder = held.with_name(_REBUILDING_NAME)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield Postings(folder)
        # Killed in between there is no index, and the next load makes one.
        shutil.rmtree(held, ignore_errors=True)
        with suppress(FileNotFoundError):
            folder.rename(held)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def open_postings(con: duckdb.DuckDBPyConnection) -> Postings:
    """
    Return the postings of the home that *con* writes to, emptied where they are of another warehouse.

    Args:
        con: The writer's connection.
    """
    postings = Postings(_folder(con))
    if postings.mark is not None and postings.mark != _mark(con, postings.last_text_no):
        postings.drop("of another warehouse, or of another state of this one")
    return postings


def catch_up(con: duckdb.DuckDBPyConnection, postings: Postings, *, flush_texts: int = FLUSH_TEXTS) -> None:
    """
    Write what is newer to *postings*, where that is enough texts to be worth a file.

    Never an error: an index that cannot be written is as good as none, and slower.

    Args:
        con: The writer's connection; what it sees is written, kept yet or not.
        postings: Those of its home, or of a rebuild.
        flush_texts: How many are enough.
    """
    if _newest(con) - postings.last_text_no < flush_texts:
        return
    try:
        for run in _newer(con, postings.last_text_no):
            if not postings.append(run, mark=_mark(con, run.last_text_no)):
                return
    except OSError as error:
        _log.warning("%s: %s; copies are looked up in the warehouse, slower", postings.folder, error)


def nearest(
    con: duckdb.DuckDBPyConnection,
    postings: Postings,
    sketches: Sequence[Sequence[int]],
    *,
    least_shared: int = 2,
    most: int = 64,
) -> list[list[tuple[int, int]]]:
    """
    Return for each sketch the texts of the warehouse nearest to it, those of the transaction under way among them.

    Args:
        con: The writer's connection.
        postings: Those of its home; what they lack is read from the table.
        sketches: Numbers below 2^64; those of one sketch differ.
        least_shared: Texts that share fewer numbers are left out.
        most: Texts for each sketch.

    Returns:
        For each sketch the pairs of text number and numbers shared, the nearest first: by the share of the smaller
        sketch that the other has, then of the larger, then by text number.
    """
    runs = _all_runs(con, postings)
    return near(sketches, runs, least_shared=least_shared, most=most, most_holders=MOST_HOLDERS)


def _folder(con: duckdb.DuckDBPyConnection) -> Path:
    """Return the folder of the index, beside the warehouse."""
    held = con.execute("select path from duckdb_databases() where database_name = current_database()").fetchall()
    return Path(held[0][0]).parent / INDEX_NAME


def _all_runs(con: duckdb.DuckDBPyConnection, postings: Postings) -> Iterator[Run]:
    yield from postings.runs
    yield from _newer(con, postings.last_text_no)


def _newer(con: duckdb.DuckDBPyConnection, last: int) -> Iterator[Run]:
    """Give the texts after *last*, a chunk at a time."""
    newest = _newest(con)
    while last < newest:
        texts = con.execute(_TEXTS, [last, last + _CHUNK_TEXTS]).to_arrow_table().combine_chunks()
        last += _CHUNK_TEXTS
        if not len(texts):
            continue
        sketches = texts.column("sketch").combine_chunks()
        yield from runs_of(
            texts.column("text_no").to_numpy(),
            sketches.value_lengths().to_numpy().astype(np.int64),
            sketches.flatten().to_numpy(),
        )


def _newest(con: duckdb.DuckDBPyConnection) -> int:
    """Return the number of the newest text; -1 where there is none."""
    held = con.execute("select max(text_no) from story_texts").fetchone()
    return held[0] if held and held[0] is not None else -1


def _mark(con: duckdb.DuckDBPyConnection, last: int) -> str:
    """Return what tells the texts up to *last* from those of another warehouse: a digest of the last and a few more."""
    asked = [last, *(1 << power for power in range(last.bit_length()))]
    held = con.execute(_SOME, [asked]).fetchall()
    return hashlib.sha256(repr(held).encode()).hexdigest()


_TEXTS = "select text_no, sketch from story_texts where text_no > ? and text_no <= ? order by text_no"
_SOME = "select text_no, md5(sketch::varchar) from story_texts where text_no in (select unnest(?)) order by text_no"
