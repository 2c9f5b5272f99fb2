"""
Write what was received as WARC records: request, response, resource, revisit.

Each record is packed by itself, with digests of its block and of its payload (WARC 1.1, ISO 28500:2017).
"""

import base64
import hashlib
import re
import zlib
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import quote, urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from extractors.acquire.urls import without_secrets
from extractors.model import Document, FetchOutcome, KeptRecord

#: 1.5 ms and 21 % of the size for a page of 173 kB; level 6: 2.6 ms and 20 %, level 9: 4.2 ms and 20 %, level
#: 1: 1.3 ms and 23 % (100 newspaper pages, 2026-11).
_GZIP_LEVEL = 4
#: Headers that describe the bytes on the wire; the body is kept unpacked, so they are renamed, as Common
#: Crawl does.
_WIRE_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding"})
#: The address that was asked for, where redirects led elsewhere; readers of WARC ignore fields they do not
#: know.
REQUESTED = "Newsdesk-Requested-URI"
_TARGET_SAFE = "%/:=&?~+!$,;'@()*[]|"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def exchange_records(outcome: FetchOutcome, *, earlier: KeptRecord | None = None) -> bytes:
    """
    Return the packed records of one exchange: the answer, then the request.

    Args:
        outcome: A fetch with an answer.
        earlier: Where the same file holds the same body; then the answer is a revisit record, without the body.

    Raises:
        ValueError: There was no answer.
    """
    if outcome.http_status is None:
        raise ValueError(f"{outcome.url} gave no answer to keep")
    url = _uri(outcome.final_url or outcome.url)
    about = {"WARC-Date": _stamp(outcome.fetched_at)}
    if outcome.url != outcome.final_url:
        about[REQUESTED] = _uri(outcome.url)
    headers = [(f"X-Crawl-{key}" if key.lower() in _WIRE_HEADERS else key, value) for key, value in outcome.headers]
    headers.append(("Content-Length", str(len(outcome.body))))
    answered = StatusAndHeaders(f"{outcome.http_status} ", headers, protocol="HTTP/1.1")
    if earlier is None:
        response, response_id = _record("response", url, about, body=outcome.body, http=answered)
    else:
        response, response_id = _revisit(url, about, outcome.body, earlier=earlier, http=answered)
    parts = urlsplit(url)
    target = quote(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", safe=_TARGET_SAFE)
    fields = [("Host", parts.netloc), *outcome.request_headers]
    asked = StatusAndHeaders(f"GET {target} HTTP/1.1", fields, is_http_request=True)
    about = {"WARC-Date": _stamp(outcome.fetched_at), "WARC-Concurrent-To": response_id}
    request, _ = _record("request", url, about, http=asked)
    return _packed(response) + _packed(request)


def resource_records(given: Document, *, earlier: KeptRecord | None = None) -> bytes:
    """Return the packed record of a document without HTTP headers, or of a revisit to *earlier* in the same file."""
    about = {"WARC-Date": _stamp(given.fetched_at)}
    if earlier is not None:
        return _packed(_revisit(given.url, about, given.body, earlier=earlier)[0])
    kind = given.content_type or "application/octet-stream"
    return _packed(_record("resource", given.url, about, body=given.body, content_type=kind)[0])


def warcinfo_record(name: str) -> bytes:
    """Return the packed record with which the WARC file *name* begins."""
    buffer, writer = _writer()
    info = {"software": "newsdesk", "format": "WARC File Format 1.1", "conformsTo": "ISO 28500:2017"}
    writer.write_record(writer.create_warcinfo_record(name, info))
    return _packed(buffer.getvalue())


def _record(
    kind: str,
    url: str,
    about: dict[str, str],
    *,
    body: bytes = b"",
    http: StatusAndHeaders | None = None,
    content_type: str = "",
) -> tuple[bytes, str]:
    """Return the bytes of one record with its digests, and its id."""
    buffer, writer = _writer()
    record = writer.create_warc_record(
        url,
        kind,
        payload=BytesIO(body),
        length=len(body),
        warc_content_type=content_type,
        http_headers=http,
        warc_headers_dict=about,
    )
    return _written(buffer, writer, record)


def _revisit(
    url: str, about: dict[str, str], body: bytes, *, earlier: KeptRecord, http: StatusAndHeaders | None = None
) -> tuple[bytes, str]:
    """Return the bytes of a record that says: the same body as *earlier* (WARC 1.1, 6.7.2), and its id."""
    buffer, writer = _writer()
    # The digest that the record of the body carries: SHA-1 in base 32, by which other tools find it.
    digest = base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
    record = writer.create_revisit_record(
        url,
        digest=f"sha1:{digest}",
        refers_to_uri=_uri(earlier.url),
        refers_to_date=_stamp(earlier.fetched_at),
        http_headers=http,
        warc_headers_dict=about,
    )
    return _written(buffer, writer, record)


def _writer() -> tuple[BytesIO, WARCWriter]:
    buffer = BytesIO()
    return buffer, WARCWriter(buffer, gzip=False, warc_version="1.1")


def _written(buffer: BytesIO, writer: WARCWriter, record: ArcWarcRecord) -> tuple[bytes, str]:
    writer.write_record(record)
    return buffer.getvalue(), record.rec_headers.get_header("WARC-Record-ID")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _uri(url: str) -> str:
    """Return *url* fit for a header: no secrets, no line ends that would begin a header of their own."""
    return _CONTROL.sub("", without_secrets(url))


def _packed(record: bytes) -> bytes:
    packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(record) + packer.flush()
