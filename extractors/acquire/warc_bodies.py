"""Undo what servers and crawlers left on the body of a WARC record."""

import zlib

from extractors.acquire.unpack import Unpacker
from extractors.errors import FetchError

#: Larger records (videos in a crawl) are no articles.
LIMIT_BYTES = 20_000_000


def undone(raw: bytes, content_encoding: str | None, transfer_encoding: str | None, *, url: str) -> bytes:
    """
    Return the body with its encodings undone, as it is where they are not what the headers say.

    Args:
        raw: The payload as the record has it.
        content_encoding: The header, None where there is none.
        transfer_encoding: As above.
        url: Named by errors that are handled here.
    """
    if "chunked" in (transfer_encoding or "").lower():
        raw = _dechunked(raw)
    try:
        unpacker = Unpacker(content_encoding, limit_bytes=LIMIT_BYTES, url=url)
        unpacker.add(raw)
        return unpacker.finish()
    except FetchError:
        # Crawlers keep the header of a body that they unpacked themselves, and cut long ones (WARC-Truncated).
        return _unpacked_part(raw)


def _unpacked_part(raw: bytes) -> bytes:
    """Return what a packed body that was cut still gives, *raw* itself where it is not packed."""
    try:
        return zlib.decompressobj(31).decompress(raw, LIMIT_BYTES) or raw
    except zlib.error:
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
