"""The commands that look: sql, read, doctor."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from extractors.errors import InputError, WarehouseError
from extractors.model import Document, Furniture, Hints, WatchedTopic
from flows import console, microscope
from flows.settings import Settings

if TYPE_CHECKING:
    from warehouse.connection import Connection


def sql(settings: Settings, query: str, *, format_: str, output: Path | None) -> None:
    """Run *query* on the snapshot and print or write its answer."""
    from warehouse.connection import reader
    from warehouse.queries import export

    if format_ == "parquet" and output is None:
        raise click.UsageError("parquet is no text: name a file with -o FILE")
    with reader(settings.home) as con:
        if format_ == "table":
            count = show_query(con, query)
            console.note(f"{count} rows")
        elif output is not None:
            count = export(con, query, path=output, format=format_)
            console.note(f"{count} rows written to {output}")
        else:
            export(con, query, path=Path("/dev/stdout"), format=format_)


def show_query(con: "Connection", query: str) -> int:
    """Print the answer of *query* as a table and return its number of rows."""
    from warehouse.queries import query as ask

    answer = ask(con, query)
    rows = [tuple(row.values()) for row in answer.to_pylist()]
    console.say_table(answer.column_names, rows)
    return len(rows)


def read(settings: Settings, what: str, *, as_json: bool) -> None:
    """Show every step of reading one page, from the web or from a file."""
    from extractors.reading import trace

    document, hints = _document(settings, what)
    furniture = _furniture(settings, document, hints)
    steps = trace(document, hints=hints, topics=_topics(settings), now=datetime.now(UTC), furniture=furniture)
    if as_json:
        console.say_json(microscope.as_json(document, steps))
    else:
        microscope.show(document, steps)


def _document(settings: Settings, what: str) -> tuple[Document, Hints]:
    """
    Return the document that *what* names, an address or a file.

    Raises:
        FetchError: The address gave no usable answer.
        InputError: There is no such file, it cannot be read, or it holds more than one document.
    """
    from extractors.acquire.urls import is_http_url

    return _fetched(settings, what) if is_http_url(what) else _from_file(Path(what))


def _fetched(settings: Settings, url: str) -> tuple[Document, Hints]:
    from extractors.acquire.archives import document
    from flows.collecting import open_fetcher, page_request

    with open_fetcher(settings) as fetcher:
        fetched = fetcher.fetch(page_request(url, settings))
    if fetched.error is not None:
        raise fetched.error
    return document(fetched), Hints()


def _from_file(path: Path) -> tuple[Document, Hints]:
    from extractors.acquire.files import documents_in, files_under

    if path.is_dir():
        raise InputError("is a folder; `newsdesk ingest` takes folders, `read` one page", path=str(path))
    found = next(iter(documents_in(files_under(path)[0])), None)
    if found is None:
        raise InputError("holds no document", path=str(path))
    if found.document is None:
        raise InputError(found.problem or "cannot be read", path=str(path))
    return found.document, Hints(source=found.source, title=found.title, published_at=found.published_at)


def _topics(settings: Settings) -> tuple[WatchedTopic, ...]:
    """Return the watchlist's topics; none where there is no watchlist, since a page can be read without one."""
    from flows.watched import read_watchlist

    return read_watchlist(settings.watchlist).topics if settings.watchlist.exists() else ()


def _furniture(settings: Settings, document: Document, hints: Hints) -> Furniture:
    """Return what the snapshot knows to repeat on the page's site; nothing where there is none, or an old one."""
    from extractors.acquire.urls import publisher
    from warehouse.connection import reader
    from warehouse.furniture import furniture_of

    source = publisher(document.final_url or document.url, feed_source=hints.source)
    with suppress(WarehouseError), reader(settings.home) as con:
        return furniture_of(con, [source])[source]
    return Furniture()


def doctor(settings: Settings, *, as_json: bool) -> None:
    """Run every check on the snapshot, then look at the service; exits 1 where a check fails."""
    from flows.health import look_at_disk, problems_of
    from warehouse.connection import reader
    from warehouse.doctor import run_checks
    from warehouse.health import health_figures

    now = datetime.now(UTC)
    with reader(settings.home) as con:
        results = run_checks(con)
        problems = problems_of(health_figures(con, now=now), look_at_disk(settings.home), settings=settings, now=now)
    if as_json:
        console.say_json(
            [
                {"name": result.name, "failed_count": result.failed_count, "example": result.example}
                for result in results
            ]
            + [{"name": problem.kind, "subject": problem.subject, "warning": problem.words} for problem in problems]
        )
    else:
        for result in results:
            if result.failed_count:
                console.say(f"FAILED {result.name}: {result.failed_count} rows, such as {result.example}")
        for problem in problems:
            console.say(f"warning: {problem.words}")
        bad = sum(bool(result.failed_count) for result in results)
        console.say(f"{len(results)} checks, {bad} failed" if bad else f"{len(results)} checks, all hold")
    if any(result.failed_count for result in results):
        raise SystemExit(1)
