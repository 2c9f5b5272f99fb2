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
from collections.abc import Iterator
from datetime import UTC, date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Self
from urllib.parse import quote, urlsplit

from fastwarc.warc import ArchiveIterator, HeaderMap, WarcRecord, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from extractors.acquire.unpack import Unpacker
from extractors.acquire.urls import without_secrets
from extractors.errors import ArchiveError, FetchError, NewsdeskError, WarehouseFullError
from extractors.model import Document, FetchOutcome

#: 1.5 ms and 21 % of the size for a page of 173 kB; level 6: 2.6 ms and 20 %, level 9: 4.2 ms and 20 %, level
#: 1: 1.3 ms and 23 % (100 newspaper pages, 2026-11).
_GZIP_LEVEL = 4
_PIECE_BYTES = 65_536
#: Larger records (videos in a crawl) are no articles.
_MOST_BYTES = 20_000_000
#: Headers that describe the bytes on the wire; the body is kept unpacked, so they are renamed, as Common
#: Crawl does.
_WIRE_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding"})
#: The address that was asked for, where redirects led elsewhere; readers of WARC ignore fields they do not
#: know.
_REQUESTED = "Newsdesk-Requested-URI"
_TARGET_SAFE = "%/:=&?~+!$,;'@()*[]|"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
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
    """

    def __init__(self, folder: Path, *, day: date, committed_bytes: int | None) -> None:
        self.warc_file = daily_file(day)
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
            self._append(_packed(_warcinfo(self.path.name)))
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
            (the file relative to ``raw/``, offset of the response record in bytes).

        Raises:
            WarehouseFullError: No room on the disk; the file ends as before.
            ArchiveError: It cannot be written for another reason.
        """
        response, request = _records(outcome)
        return self.warc_file, self._append(_packed(response) + _packed(request))

    def write_document(self, given: Document) -> tuple[str, int]:
        """
        Append *given*, a document that came from a file and not from the network, as a resource record.

        Returns:
            (the file relative to ``raw/``, offset of the record in bytes).

        Raises:
            WarehouseFullError: No room on the disk; the file ends as before.
            ArchiveError: It cannot be written for another reason.
        """
        return self.warc_file, self._append(_packed(_resource(given)))

    def sync(self) -> int:
        """
        Bring everything written to the disk.

        Returns:
            Length of the file in bytes, for the warehouse to commit with the rows that point into it.
        """
        with self._lock:
            os.fsync(self._descriptor)
            return self._length

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
    )


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
    position = 0
    try:
        # An open file, not its name: by the name alone a packed file called .warc would not be recognised.
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                position = record.stream_pos
                found = _read(record)
                if found is not None:
                    yield found
            _check_end(stream, position)
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise ArchiveError(f"damaged at or after byte {position}: {_reason(error)}", path=str(path)) from error


def read_record(path: Path, offset: int) -> Document:
    """
    Read the one record of a WARC file that begins at *offset*.

    Args:
        path: A ``.warc`` or ``.warc.gz``.
        offset: In bytes, as ``WarcWriter.write`` gave it.

    Raises:
        ArchiveError: There is no whole page record at that place.
    """
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            record = next(iter(ArchiveIterator(stream)), None)
            found = _read(record, offset) if record is not None else None
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise ArchiveError(f"damaged at or after byte {offset}: {_reason(error)}", path=str(path)) from error
    if found is None:
        raise ArchiveError(f"no page at byte {offset}", path=str(path))
    return found


def _records(outcome: FetchOutcome) -> tuple[bytes, bytes]:
    """Return the response and the request record of *outcome*, not yet compressed."""
    if outcome.http_status is None:
        raise ValueError(f"{outcome.url} gave no answer to keep")
    url = _uri(outcome.final_url or outcome.url)
    stamp = outcome.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    about = {"WARC-Date": stamp}
    if outcome.url != outcome.final_url:
        about[_REQUESTED] = _uri(outcome.url)
    headers = [(f"X-Crawl-{key}" if key.lower() in _WIRE_HEADERS else key, value) for key, value in outcome.headers]
    headers.append(("Content-Length", str(len(outcome.body))))
    answered = StatusAndHeaders(f"{outcome.http_status} ", headers, protocol="HTTP/1.1")
    response, response_id = _record("response", url=url, about=about, http=answered, body=outcome.body)
    parts = urlsplit(url)
    target = quote(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", safe=_TARGET_SAFE)
    fields = [("Host", parts.netloc), *outcome.request_headers]
    asked = StatusAndHeaders(f"GET {target} HTTP/1.1", fields, is_http_request=True)
    about = {"WARC-Date": stamp, "WARC-Concurrent-To": response_id}
    request, _ = _record("request", url=url, about=about, http=asked, body=b"")
    return response, request


def _record(kind: str, *, url: str, about: dict[str, str], http: StatusAndHeaders, body: bytes) -> tuple[bytes, str]:
    """Return the bytes of one record with its digests, and its id."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    record = writer.create_warc_record(
        url, kind, payload=BytesIO(body), length=len(body), http_headers=http, warc_headers_dict=about
    )
    writer.write_record(record)
    return buffer.getvalue(), record.rec_headers.get_header("WARC-Record-ID")


def _uri(url: str) -> str:
    """Return *url* fit for a header: no secrets, no line ends that would begin a header of their own."""
    return _CONTROL.sub("", without_secrets(url))


def _resource(given: Document) -> bytes:
    """Return the resource record of a document without HTTP headers."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    record = writer.create_warc_record(
        given.url,
        "resource",
        payload=BytesIO(given.body),
        length=len(given.body),
        warc_content_type=given.content_type or "application/octet-stream",
        warc_headers_dict={"WARC-Date": given.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")},
    )
    writer.write_record(record)
    return buffer.getvalue()


def _warcinfo(name: str) -> bytes:
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    info = {"software": "newsdesk", "format": "WARC File Format 1.1", "conformsTo": "ISO 28500:2017"}
    writer.write_record(writer.create_warcinfo_record(name, info))
    return buffer.getvalue()


def _packed(record: bytes) -> bytes:
    packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(record) + packer.flush()


def _read(record: WarcRecord, offset: int | None = None) -> Document | None:
    """Return the page in *record*, None where it holds none; raise ValueError where the record is cut off."""
    if record.record_id is None or record.record_type == WarcRecordType.unknown:
        raise ValueError("a record without its head")
    content_type = _content_type(record)
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
    is_page = content_type is not None and url != "" and record.content_length <= _MOST_BYTES
    raw = record.reader.read() if is_page else b""
    missing = record.content_length - (len(raw) if is_page else record.reader.consume())
    if missing > 0:
        raise ValueError(f"a record that lacks its last {missing} bytes")
    if not is_page:
        return None
    http = record.http_headers
    body = _undone(raw, http, url=url) if http is not None else raw
    return Document(
        sha256=sha256(body).hexdigest(),
        url=record.headers.get(_REQUESTED) or url,
        final_url=url,
        fetched_at=record.record_date.astimezone(UTC),
        http_status=http.status_code if http is not None else None,
        content_type=content_type or None,
        body=body,
        warc_offset=record.stream_pos if offset is None else offset,
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


def _content_type(record: WarcRecord) -> str | None:
    """Return the type of the page in *record* ("" where it says none), None where it is no page."""
    if record.record_type == WarcRecordType.response and record.http_headers is not None:
        said = record.http_headers.get("Content-Type") or ""
    elif record.record_type == WarcRecordType.resource:
        said = record.headers.get("Content-Type") or ""
    else:
        return None
    return said.strip() if _READABLE.match(said) else None


def _undone(raw: bytes, http: HeaderMap, *, url: str) -> bytes:
    """Return the body with its encodings undone, as it is where they are not what the headers say."""
    if "chunked" in (http.get("Transfer-Encoding") or "").lower():
        raw = _dechunked(raw)
    try:
        unpacker = Unpacker(http.get("Content-Encoding"), limit_bytes=_MOST_BYTES, url=url)
        unpacker.add(raw)
        return unpacker.finish()
    except FetchError:
        # Crawlers keep the header of a body that they unpacked themselves.
        return raw


def _dechunked(raw: bytes) -> bytes:
    """Return *raw* without its chunk sizes (RFC 9112 7.1); as it is where it has none."""
    body, position = bytearray(), 0
    while (end := raw.find(b"\r\n", position, position + 100)) >= 0:
        try:
            size = int(raw[position:end].split(b";")[0], 16)
        except ValueError:
            break
        if size == 0:
            return bytes(body)
        body += raw[end + 2 : end + 2 + size]
        position = end + 2 + size + 2
    return bytes(body) or raw


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).strip()[:200]
