"""
Keep what was received as WARC files; read WARC files, ours or anybody's.

One file a day. Each record is a gzip member of its own (the WARC convention), so a record can be read by its
offset alone and a file that was cut in the middle keeps everything before the cut.
"""

import errno
import os
import re
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Self

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from extractors.acquire.warc_bodies import LIMIT_BYTES, undone
from extractors.acquire.warc_records import REQUESTED, exchange_records, resource_records, warcinfo_record
from extractors.errors import ArchiveError, NewsdeskError, WarehouseFullError
from extractors.model import Document, FetchOutcome, KeptRecord

_PIECE_BYTES = 65_536
_READABLE = re.compile(r"(?i)\s*(?:text/|application/(?:xhtml|xml|[a-z.+-]*\+xml)|$)")


class WarcWriter:
    """
    Appends what was fetched to the file of one day; a context manager, safe to share between threads.

    Args:
        folder: The home folder's ``raw/``.
        day: The day in UTC.
        committed_bytes: Length of the day's file as the warehouse has committed it. What stands behind it was
            written
            by a process that died before its transaction, and is cut off.
        kept: By sha256, the bodies that the day's file holds; received again, they are kept as revisits.
    """

    def __init__(
        self,
        folder: Path,
        *,
        day: date,
        committed_bytes: int | None,
        kept: Mapping[str, KeptRecord] | None = None,
    ) -> None:
        self.warc_file = daily_file(day)
        self._kept = dict(kept or {})
        self.path = folder / self.warc_file
        self._committed = committed_bytes or 0
        self._lock = threading.Lock()
        self._descriptor = -1
        self._length = 0

    def __enter__(self) -> Self:
        """Open the file, cut off what was never committed."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            # A file shorter than what was committed (the disk lost data) is lengthened: no offset is given
            # out twice.
            os.ftruncate(self._descriptor, self._committed)
        except OSError as error:
            raise self._unwritten(error) from error
        self._length = self._committed
        if not self._length:
            self._append(warcinfo_record(self.path.name))
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file; what was not synced may or may not be there after a crash."""
        os.close(self._descriptor)

    def write(self, outcome: FetchOutcome) -> tuple[str, int]:
        """
        Append the answer of *outcome*, then the request that got it.

        Args:
            outcome: A fetch with an answer (``http_status`` is set).

        Returns:
            (the file relative to ``raw/``, offset in bytes of the record with the body). That is the response just
            written; where the file holds the same bytes already, an earlier record, to which a revisit now refers.

        Raises:
            WarehouseFullError: No room on the disk; the file ends as before.
            ArchiveError: It cannot be written for another reason.
        """
        digest = sha256(outcome.body).hexdigest()
        earlier = self._kept.get(digest)
        offset = self._append(exchange_records(outcome, earlier=earlier))
        return self._placed(digest, offset, url=outcome.final_url or outcome.url, at=outcome.fetched_at)

    def write_revisit(self, outcome: FetchOutcome, *, earlier: KeptRecord) -> None:
        """Append the answer of *outcome* without its body, which is that of *earlier*, in the file of any day."""
        self._append(exchange_records(outcome, earlier=earlier))

    def write_document(self, given: Document) -> tuple[str, int]:
        """
        Append *given*, a document that came from a file and not from the network, as a resource record.

        Returns:
            (the file relative to ``raw/``, offset in bytes of the record with the body), as ``write`` does.

        Raises:
            WarehouseFullError: No room on the disk; the file ends as before.
            ArchiveError: It cannot be written for another reason.
        """
        offset = self._append(resource_records(given, earlier=self._kept.get(given.sha256)))
        return self._placed(given.sha256, offset, url=given.url, at=given.fetched_at)

    def sync(self) -> int:
        """
        Bring everything written to the disk.

        Returns:
            Length of the file in bytes, for the warehouse to commit with the rows that point into it.
        """
        with self._lock:
            os.fsync(self._descriptor)
            return self._length

    def _placed(self, digest: str, offset: int, *, url: str, at: datetime) -> tuple[str, int]:
        """Return where the body with *digest* stands: where it was written first."""
        # Two threads that bring one body at once both write it whole; the first place stays.
        record = self._kept.setdefault(digest, KeptRecord(warc_offset=offset, url=url, fetched_at=at))
        return self.warc_file, record.warc_offset

    def _append(self, data: bytes) -> int:
        with self._lock:
            offset = self._length
            try:
                written = 0
                while written < len(data):
                    written += os.pwrite(self._descriptor, data[written:], offset + written)
            except OSError as error:
                os.ftruncate(self._descriptor, offset)
                raise self._unwritten(error) from error
            self._length = offset + len(data)
            return offset

    def _unwritten(self, error: OSError) -> NewsdeskError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return WarehouseFullError(f"no room on the disk for {self.path}")
        return ArchiveError(f"cannot be written: {error.strerror}", path=str(self.path))


def daily_file(day: date) -> str:
    """Return the WARC file of *day*, relative to ``raw/``."""
    return f"{day:%Y-%m-%d}/newsdesk-{day:%Y%m%d}.warc.gz"


def document(outcome: FetchOutcome, *, warc_file: str | None = None, warc_offset: int | None = None) -> Document:
    """
    Return the document that *outcome* brought.

    Args:
        outcome: A fetch with an answer.
        warc_file: Where ``WarcWriter.write`` put it.
        warc_offset: As above, in bytes.
    """
    return Document(
        sha256=sha256(outcome.body).hexdigest(),
        url=outcome.url,
        final_url=outcome.final_url or outcome.url,
        fetched_at=outcome.fetched_at,
        http_status=outcome.http_status,
        content_type=outcome.header("Content-Type"),
        body=outcome.body,
        warc_file=warc_file,
        warc_offset=warc_offset,
        etag=outcome.header("ETag"),
        last_modified=outcome.header("Last-Modified"),
    )


class Found(StrEnum):
    """What one record of an archive is to a reader of pages."""

    PAGE = "page"
    #: A page of which the bytes say that it is not wanted.
    UNMATCHED = "unmatched"
    #: A page received outside the wanted time.
    OUTSIDE = "outside"
    #: A page whose body stands elsewhere, unchanged.
    REVISIT = "revisit"
    #: Requests, pictures, what describes the archive.
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One record of an archive."""

    #: Where it begins, in bytes.
    offset: int
    found: Found
    #: Set for a page that is wanted.
    document: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which pages of an archive are wanted; by default all."""

    #: Received at or after; aware UTC.
    since: datetime | None = None
    #: Received before; aware UTC.
    until: datetime | None = None
    #: Tells by body and Content-Type; None: every page is wanted.
    passes: Callable[[bytes, str | None], bool] | None = None

    def is_in_time(self, at: datetime) -> bool:
        """Tell whether what was received *at* is wanted."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


_EVERYTHING = Wanted()


def read_warc(path: Path) -> Iterator[Document]:
    """
    Read the pages of a WARC file, in order.

    Args:
        path: A ``.warc`` or ``.warc.gz``, by newsdesk or by any crawler.

    Yields:
        Each response and resource record of a type that can hold text, its content and transfer encodings
        undone. ``warc_offset`` says where the record begins; ``warc_file`` is None, since the file may lie
        anywhere.

    Raises:
        ArchiveError: The file cannot be opened, or is damaged; what stood before the damage has been yielded.
    """
    try:
        # An open file, not its name: by the name alone a packed file called .warc would not be recognised.
        with path.open("rb") as stream:
            yield from (record.document for record in scan_warc(stream, name=str(path)) if record.document)
    except OSError as error:
        raise ArchiveError(f"damaged at or after byte 0: {_reason(error)}", path=str(path)) from error


def scan_warc(stream: BinaryIO, *, name: str, start: int = 0, wanted: Wanted = _EVERYTHING) -> Iterator[Scanned]:
    """
    Give every record of a WARC, in order, those of wanted pages with their page.

    Args:
        stream: Can be read and sought.
        name: Named in errors.
        start: Where a record begins; what stands before it is left out.
        wanted: Which pages are wanted.

    Raises:
        ArchiveError: The WARC is damaged; what stood before the damage has been yielded.
    """
    position = start
    try:
        stream.seek(start)
        for record in ArchiveIterator(stream):
            position = record.stream_pos
            yield _scanned(record, wanted)
        _check_end(stream, position)
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise ArchiveError(f"damaged at or after byte {position}: {_reason(error)}", path=name) from error


def read_record(path: Path, offset: int) -> Document:
    """
    Read the one record of a WARC file that begins at *offset*.

    Args:
        path: A ``.warc`` or ``.warc.gz``.
        offset: In bytes, as ``WarcWriter.write`` gave it.

    Raises:
        ArchiveError: There is no whole response or resource record at that place.
    """
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            record = next(iter(ArchiveIterator(stream)), None)
            found = _known(record, offset) if record is not None else None
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise ArchiveError(f"damaged at or after byte {offset}: {_reason(error)}", path=str(path)) from error
    if found is None:
        raise ArchiveError(f"no page at byte {offset}", path=str(path))
    return found


def _scanned(record: WarcRecord, wanted: Wanted) -> Scanned:
    """Return what *record* is, with its page where that is wanted; raise ValueError where the record is cut off."""
    offset = record.stream_pos
    _check_head(record)
    content_type = _content_type(record, is_known=False)
    if content_type is None or record.content_length > LIMIT_BYTES or not _url(record):
        found = Found.REVISIT if record.record_type == WarcRecordType.revisit else Found.OTHER
    elif not wanted.is_in_time(record.record_date):
        found = Found.OUTSIDE
    else:
        body = _body(record)
        if wanted.passes is not None and not wanted.passes(body, content_type or None):
            return Scanned(offset=offset, found=Found.UNMATCHED)
        page = _document(record, body, content_type=content_type, offset=offset)
        return Scanned(offset=offset, found=Found.PAGE, document=page)
    _check_whole(record, record.reader.consume())
    return Scanned(offset=offset, found=found)


def _known(record: WarcRecord, offset: int) -> Document | None:
    """
    Return the page in *record*, None where it holds none.

    What is asked for by its *offset* was taken for a page when it was kept: neither type nor size rules it out.
    """
    _check_head(record)
    content_type = _content_type(record, is_known=True)
    if content_type is None or not _url(record):
        return None
    return _document(record, _body(record), content_type=content_type, offset=offset)


def _check_head(record: WarcRecord) -> None:
    if record.record_id is None or record.record_type == WarcRecordType.unknown:
        raise ValueError("a record without its head")


def _check_whole(record: WarcRecord, received: int) -> None:
    if (missing := record.content_length - received) > 0:
        raise ValueError(f"a record that lacks its last {missing} bytes")


def _url(record: WarcRecord) -> str:
    return (record.headers.get("WARC-Target-URI") or "").strip("<>")


def _body(record: WarcRecord) -> bytes:
    """Return the body of a page with its encodings undone; raise ValueError where the record is cut off."""
    raw = record.reader.read()
    _check_whole(record, len(raw))
    http = record.http_headers
    url, get = _url(record), http.get if http is not None else None
    return raw if get is None else undone(raw, get("Content-Encoding"), get("Transfer-Encoding"), url=url)


def _document(record: WarcRecord, body: bytes, *, content_type: str, offset: int) -> Document:
    url = _url(record)
    return Document(
        sha256=sha256(body).hexdigest(),
        url=record.headers.get(REQUESTED) or url,
        final_url=url,
        fetched_at=record.record_date.astimezone(UTC),
        http_status=record.http_headers.status_code if record.http_headers is not None else None,
        content_type=content_type or None,
        body=body,
        warc_offset=offset,
    )


def _check_end(stream: BinaryIO, position: int) -> None:
    """Raise EOFError where the gzip member at *position* or a later one is cut off; fastwarc ends there in silence."""
    stream.seek(position)
    member = zlib.decompressobj(31)
    data = stream.read(_PIECE_BYTES)
    if data[:2] != b"\x1f\x8b":
        return
    while data:
        member.decompress(data)
        data = member.unused_data
        if member.eof and data:
            member = zlib.decompressobj(31)
        data = data or stream.read(_PIECE_BYTES)
    if not member.eof:
        raise EOFError("the last record is cut off")


def _content_type(record: WarcRecord, *, is_known: bool) -> str | None:
    """Return the type of the page in *record* ("" where it says none), None where it is no page."""
    if record.record_type == WarcRecordType.response and record.http_headers is not None:
        said = record.http_headers.get("Content-Type") or ""
    elif record.record_type == WarcRecordType.resource:
        said = record.headers.get("Content-Type") or ""
    else:
        return None
    return said.strip() if is_known or _READABLE.match(said) else None


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).strip()[:200]
