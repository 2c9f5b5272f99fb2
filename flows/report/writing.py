"""Write briefings of the published snapshot into files."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from extractors.errors import InputError, WarehouseError
from flows.settings import VERSION
from warehouse.briefing import Briefing, briefing
from warehouse.connection import reader
from warehouse.coverage import current_topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One page that was written; made by ``write_briefing``, shown by the command and by the flow."""

    path: Path
    byte_count: int
    briefings: tuple[Briefing, ...]


def write_briefing(home: Path, topic: str | None, *, path: Path, since: datetime | None, now: datetime) -> Written:
    """
    Write the page of *topic*, or of all topics, to *path* by an atomic rename.

    Args:
        home: Whose published snapshot is read.
        topic: In any case; None: every current topic, with a switch between them.
        path: Written anew.
        since: Beginning of the period, aware UTC; None: everything held.
        now: Its end, and the instant shown as that of the making.

    Raises:
        WarehouseError: Nothing is published yet, or no topic is.
        QueryError: There is no such topic.
        InputError: The file cannot be written.
    """
    from flows.report.page import page

    with reader(home) as con:
        names = [topic] if topic is not None else [known.topic_id for known in current_topics(con)]
        if not names:
            raise WarehouseError("the snapshot has no topic: add one to the watchlist and run again")
        briefings = tuple(briefing(con, name, since=since, until=now) for name in names)
    html = page(briefings, made_at=now, version=VERSION).encode()
    _replace(path, html)
    return Written(path=path, byte_count=len(html), briefings=briefings)


def write_briefings(home: Path, *, since: datetime | None, now: datetime) -> Sequence[Written]:
    """
    Write ``home/briefings/TOPIC.html`` for every current topic; see ``write_briefing``.

    A topic whose name is no name of a file has its other characters replaced by ``-``.
    """
    with reader(home) as con:
        topics = current_topics(con)
    folder = home / "briefings"
    folder.mkdir(exist_ok=True)
    return [
        write_briefing(home, topic.topic_id, path=folder / file_name(topic.topic_id), since=since, now=now)
        for topic in topics
    ]


def file_name(topic_id: str) -> str:
    """Return the name of the file for *topic_id*: letters, digits, ``_`` and ``-``, with ``.html``."""
    return "".join(char if char.isalnum() or char in "_-" else "-" for char in topic_id) + ".html"


def _replace(path: Path, content: bytes) -> None:
    """Put *content* in the place of *path*: a reader sees the old page or the new one."""
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # As any other new file would be; mkstemp's are the owner's alone.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise InputError(f"cannot be written ({error.strerror})", path=str(path)) from error
