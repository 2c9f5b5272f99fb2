"""
Read documents from local files.

What is taken: ``.html`` ``.htm`` ``.xhtml`` pages, ``.txt`` plain texts, ``.jsonl`` with one article a line,
``.warc``, ``.warc.gz`` and ``.wacz`` archives, ``.urls`` lists of addresses (which hold no documents). Whatever
cannot be read is given as a problem with its place: a row, never a gap.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from extractors.acquire.archives import Scanned, Wanted, scan_warc
from extractors.acquire.parts import WACZ, WARCS, ArchivePart, is_archive, parts_of
from extractors.acquire.urls import is_http_url
from extractors.errors import ArchiveError, InputError
from extractors.identity import sha256_hex
from extractors.model import Document

_PAGES = {".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml"}
_TEXTS = {".txt": "text/plain"}
_LINES = (".jsonl", ".ndjson")
_LISTS = (".urls",)
#: One page or text; larger than any article, smaller than what would fill a worker's memory.
LIMIT_BYTES = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDocument:
    """One document of a file, or the reason why there is none."""

    #: Names it for good: the file's URI, with ``#line`` or the record's address where the file holds several.
    key: str
    url: str
    document: Document | None = None
    #: In words; None where there is a document.
    problem: str | None = None
    title: str | None = None
    source: str | None = None
    published_at: datetime | None = None
    authors: tuple[str, ...] = ()


def is_readable_kind(path: Path) -> bool:
    """Say whether the name of *path* is one that can be ingested."""
    return path.name.lower().endswith((*_PAGES, *_TEXTS, *WARCS, WACZ, *_LINES, *_LISTS))


def is_url_list(path: Path) -> bool:
    """Say whether *path* is named like a list of addresses."""
    return path.name.lower().endswith(_LISTS)


def files_under(path: Path) -> list[Path]:
    """
    Return *path* itself, or the files below it that can be ingested, sorted by name.

    Raises:
        InputError: There is no such path, a folder cannot be opened, or the file is of no known kind.
    """
    if path.is_dir():
        return sorted(found for found in _walk(path) if is_readable_kind(found))
    if not path.exists():
        raise InputError("no such file or folder", path=str(path))
    if not is_readable_kind(path):
        kinds = ".html, .txt, .jsonl, .warc, .warc.gz, .wacz or .urls"
        raise InputError(f"not a kind of file that can be ingested ({kinds})", path=str(path))
    return [path]


def _walk(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise InputError(f"cannot be opened ({error.strerror})", path=str(error.filename)) from error

    for parent, _, names in os.walk(folder, onerror=refuse):
        yield from (Path(parent) / name for name in names)


def documents_in(path: Path) -> Iterator[FoundDocument]:
    """
    Give the documents of the file *path* in its order; a damaged part is given as a problem.

    ``fetched_at`` of a page or text is the file's own time of change: the best that is known of when it was
    got.
    """
    name = path.name.lower()
    uri = path.resolve().as_uri()
    try:
        if is_archive(path):
            yield from _archived(path)
        elif name.endswith(_LINES):
            yield from _lines(path, uri)
        elif not is_url_list(path):
            yield _single(path, uri)
    except OSError as error:
        yield FoundDocument(key=uri, url=uri, problem=f"cannot be read ({error.strerror or error})")


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _single(path: Path, uri: str) -> FoundDocument:
    if path.stat().st_size > LIMIT_BYTES:
        return FoundDocument(key=uri, url=uri, problem=f"larger than the limit of {LIMIT_BYTES} bytes")
    body = path.read_bytes()
    suffix = path.suffix.lower()
    document = Document(
        sha256=sha256_hex(body),
        url=uri,
        final_url=uri,
        fetched_at=_changed_at(path),
        content_type=_PAGES.get(suffix) or _TEXTS[suffix],
        body=body,
    )
    return FoundDocument(key=uri, url=uri, document=document)


def _archived(path: Path) -> Iterator[FoundDocument]:
    try:
        parts = parts_of(path)
    except ArchiveError as error:
        yield damage(path.resolve().as_uri(), error)
        return
    for part in parts:
        yield from (found for _, found in pages_of(part) if found is not None)


def pages_of(
    part: ArchivePart, *, start: int = 0, wanted: Wanted | None = None
) -> Iterator[tuple[Scanned | None, FoundDocument | None]]:
    """
    Give every record of *part* from the byte *start* on, those of wanted pages with their document.

    Damage is given last, as a problem without a record.
    """
    try:
        with part.opened() as stream:
            for record in scan_warc(stream, name=str(part.path), start=start, wanted=wanted or Wanted()):
                page = record.document
                key = part.place(record.offset)
                yield record, FoundDocument(key=key, url=page.url, document=page) if page else None
    except ArchiveError as error:
        yield None, damage(part.uri, error)


def damage(uri: str, error: ArchiveError) -> FoundDocument:
    """Return what stands for the rest of the archive at *uri*, which cannot be read."""
    return FoundDocument(key=f"{uri}#damage", url=uri, problem=str(error))


def _lines(path: Path, uri: str) -> Iterator[FoundDocument]:
    changed_at = _changed_at(path)
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _line(line, place=f"{uri}#{number}", changed_at=changed_at)


def _line(line: bytes, *, place: str, changed_at: datetime) -> FoundDocument:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        return FoundDocument(key=place, url=place, problem=f"the line is no JSON ({error})")
    if not isinstance(given, dict):
        return FoundDocument(key=place, url=place, problem="the line is no JSON object")
    markup, text = given.get("html"), given.get("text")
    body = markup if isinstance(markup, str) else text
    if not isinstance(body, str):
        return FoundDocument(key=place, url=place, problem='the line has neither "html" nor "text"')
    url = given["url"] if isinstance(given.get("url"), str) and is_http_url(given["url"]) else place
    raw = body.encode("utf-8", "replace")
    document = Document(
        sha256=sha256_hex(raw),
        url=url,
        final_url=url,
        fetched_at=_instant(given.get("fetched_at")) or changed_at,
        content_type="text/html; charset=utf-8" if body is markup else "text/plain; charset=utf-8",
        body=raw,
    )
    return FoundDocument(
        key=place,
        url=url,
        document=document,
        title=_string(given.get("title")),
        source=_string(given.get("source")),
        published_at=_instant(given.get("published_at") or given.get("date")),
        authors=_authors(given.get("authors")),
    )


def _string(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _authors(value: object) -> tuple[str, ...]:
    names = cast("list[object]", value) if isinstance(value, list) else [value]
    return tuple(name for name in map(_string, names) if name)


def _instant(value: object) -> datetime | None:
    """Read an ISO 8601 instant; one without a zone counts as UTC, anything else as absent."""
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
