"""What a person sees: tables, progress, lines; plain where there is no terminal."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

#: A cell longer than this is cut in a table on a terminal; csv, json and parquet always carry the whole value.
_CELL_CHARS = 200
_PLAIN_WIDTH = 160
_LARGE = 1000
#: A column under so many characters is no longer read.
_NARROWEST = 12


def out() -> Console:
    """Return the console for answers (stdout); wide enough for a table where it is no terminal."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _PLAIN_WIDTH)


def say(line: str) -> None:
    """Print one line of an answer as it is, without markup and without wrapping."""
    Console(highlight=False, soft_wrap=True).print(line, markup=False)


def note(line: str) -> None:
    """Print one line about the work itself on stderr."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(line, markup=False)


def say_json(value: Mapping[str, object] | Sequence[object]) -> None:
    """Print *value* as one JSON document; instants become ISO 8601."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def say_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None) -> None:
    """
    Print *rows* under *columns*; numbers to the right, instants to the minute, NULL as a dash.

    Where there are more columns than fit side by side, each row is printed as a list of its values.
    """
    if len(columns) * _NARROWEST > out().width:
        _say_records(columns, rows)
        return
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for index, name in enumerate(columns):
        numbers = bool(rows) and all(isinstance(row[index], int | float | None) for row in rows)
        table.add_column(escape(name), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell(value)) for value in row))
    out().print(table)


def _say_records(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    label = max(map(len, columns))
    for number, row in enumerate(rows, start=1):
        say(f"{f'-- {number} ':-<{label + 40}}")
        for name, value in zip(columns, row, strict=True):
            say(f"{name:<{label}}  {cell(value)}")


def cell(value: object) -> str:
    """Return *value* as a table shows it."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < _LARGE else f"{value:,.0f}"
    text = " ".join(str(value).split())
    return text if len(text) <= _CELL_CHARS else f"{text[: _CELL_CHARS - 1]}…"


@contextmanager
def progress(words: str, *, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Give a function that counts work done: a bar on a terminal, one line at the end elsewhere, on stderr."""
    console = Console(stderr=True)
    done = 0
    if not console.is_terminal:

        def count(steps: int) -> None:
            nonlocal done
            done += steps

        yield count
        if done:
            note(f"{words}: {done}" + (f" of {total}" if total is not None else ""))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(words, total=total)
        yield lambda steps: bar.update(task, advance=steps)


@contextmanager
def byte_progress(words: str, *, total: int) -> Iterator[Callable[[int], None]]:
    """Give a function that counts bytes of *total* done: a bar on a terminal, one line at the end elsewhere."""
    console = Console(stderr=True)
    done = 0
    if not console.is_terminal:

        def count(steps: int) -> None:
            nonlocal done
            done += steps

        yield count
        note(f"{words}: {done / 1e6:.1f} of {total / 1e6:.1f} MB")
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(words, total=total)
        yield lambda steps: bar.update(task, advance=steps)
