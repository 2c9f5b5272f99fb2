"""
Undo content encodings while the bytes arrive, within a limit.

aiohttp's own decoder takes a gzip body that was cut off for a whole one (so do urllib3, requests and curl)
and knows no limit; a page cut in half would be stored as the article. These decoders know where their stream
ends, and never make more than one buffer beyond the limit, whatever a bomb would unfold to.
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli

from extractors.errors import BodyTooLargeError, ProtocolError, TruncatedBodyError

#: What to offer in Accept-Encoding. Zstandard is left out: no dependency decodes it as a stream.
ACCEPT_ENCODING = "gzip, deflate, br"

_GZIP_MAGIC = b"\x1f\x8b\x08"
#: Method 8 (deflate) with a window of 256 bytes to 32 kB (RFC 1950 2.2).
_ZLIB_FIRST_BYTES = tuple(bytes([window << 4 | 8]) for window in range(8))
#: Bytes made at a time; what a bomb can cost beyond the limit.
_PIECE_BYTES = 262_144
#: More layers than a server stacks by mistake (two) are an attack.
_MOST_LAYERS = 4
#: Values that stand in Content-Encoding by mistake and change nothing (seen: ``utf-8``, ``none``).
_NO_CODING = frozenset({"", "identity", "none", "utf-8", "utf8", "binary", "8bit", "text", "chunked"})


class _Coding(Protocol):
    """One layer of content encoding."""

    @property
    def is_finished(self) -> bool:
        """Whether the layer's own end mark was seen."""

    def undo(self, data: bytes) -> Iterator[bytes]:
        """Yield what *data* unfolds to, piece by piece."""


class _Zlib:
    """Gzip (any number of members, padding ignored) or deflate, wrapped or raw."""

    def __init__(self, first: bytes, *, is_gzip: bool) -> None:
        # RFC 9110 8.4.1.2 says deflate is zlib-wrapped; servers that send it raw are as old as the header.
        is_wrapped = first[:1] in _ZLIB_FIRST_BYTES and int.from_bytes(first[:2], "big") % 31 == 0
        self._is_gzip = is_gzip
        self._between = b""
        self._wbits = 31 if is_gzip else 15 if is_wrapped else -15
        self._stream = zlib.decompressobj(self._wbits)

    @property
    def is_finished(self) -> bool:
        """Whether the end mark was seen."""
        return self._stream.eof

    def undo(self, data: bytes) -> Iterator[bytes]:
        """Yield what *data* unfolds to."""
        while data:
            if self._stream.eof:
                data = self._between + data
                if not self._is_gzip or not _GZIP_MAGIC.startswith(data[: len(_GZIP_MAGIC)]):
                    return  # junk behind the end, which browsers ignore as well
                self._between = data
                if len(data) < len(_GZIP_MAGIC):
                    return
                self._between = b""
                self._stream = zlib.decompressobj(self._wbits)
            yield self._stream.decompress(data, _PIECE_BYTES)
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail


class _Brotli:
    """Brotli (RFC 7932)."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def is_finished(self) -> bool:
        """Whether the end mark was seen."""
        return bool(self._stream.is_finished())

    def undo(self, data: bytes) -> Iterator[bytes]:
        """Yield what *data* unfolds to."""
        while not self._stream.is_finished():
            piece = self._stream.process(data, output_buffer_limit=_PIECE_BYTES)
            yield piece
            data = b""
            if not piece or self._stream.can_accept_more_data():
                return


class Unpacker:
    """
    Takes the bytes of one body as they arrive; gives the body with its content encodings undone.

    A body that is declared gzip and is none is taken as it is (a proxy unpacked it and kept the header); one
    that is gzip and not declared (``feed.xml.gz``) is unpacked.

    Args:
        content_encoding: Value of the Content-Encoding header; several codings in the order they were
        applied. limit_bytes: Most bytes, both as received and unpacked.
        url: Named in errors.
    """

    def __init__(self, content_encoding: str | None, *, limit_bytes: int, url: str) -> None:
        self._names = [
            name
            for name in (part.strip().lower() for part in (content_encoding or "").split(","))
            if name not in _NO_CODING
        ]
        self._limit = limit_bytes
        self._url = url
        self._layers: list[_Coding] | None = None
        self._received = 0
        self._pending = b""
        self._body = bytearray()
        if len(self._names) > _MOST_LAYERS:
            raise ProtocolError(f"{len(self._names)} content encodings on top of each other", url=url)

    def add(self, chunk: bytes) -> None:
        """
        Take the next bytes of the body.

        Raises:
            BodyTooLargeError: More bytes than the limit, received or unpacked.
            ProtocolError: An unknown content encoding, or bytes that are not what it says.
        """
        self._received += len(chunk)
        self._check(self._received)
        if self._layers is None:
            self._pending += chunk
            if len(self._pending) < len(_GZIP_MAGIC):
                return
            chunk = self._start()
        self._push(chunk, 0)

    def finish(self) -> bytes:
        """
        Return the whole body.

        Raises:
            TruncatedBodyError: An encoding whose end never came.
            BodyTooLargeError, ProtocolError: As in ``add``.
        """
        if self._layers is None:
            self._push(self._start(), 0)
        if self._received and not all(layer.is_finished for layer in self._layers or ()):
            raise TruncatedBodyError("the compressed body ends before its end", url=self._url)
        return bytes(self._body)

    def beginning(self) -> bytes:
        """Return what was unpacked so far, at most the limit: for a body that is kept although it is too large."""
        return bytes(self._body[: self._limit])

    def _start(self) -> bytes:
        """Choose the layers by the header and by the first bytes; return the bytes held back for that."""
        first, self._pending = self._pending, b""
        names = list(self._names)
        if names and names[-1] in ("gzip", "x-gzip") and first[:1] in (b"<", b"{", b"[", b" ", b"\n", b"\r", b"\xef"):
            names = []
        elif not names and first.startswith(_GZIP_MAGIC):
            names = ["gzip"]
        names.reverse()
        self._layers = [self._coding(name, b"" if number else first) for number, name in enumerate(names)]
        return first

    def _coding(self, name: str, first: bytes) -> _Coding:
        if name in ("gzip", "x-gzip"):
            return _Zlib(first, is_gzip=True)
        if name == "deflate":
            return _Zlib(first or b"\x78\x9c", is_gzip=False)
        if name == "br":
            return _Brotli()
        raise ProtocolError(f"unknown content encoding {name[:40]!r}", url=self._url)

    def _push(self, data: bytes, depth: int) -> None:
        """Lead *data* through the layers from number *depth* on into the body."""
        layers = self._layers or []
        if depth == len(layers):
            self._body += data
            self._check(len(self._body))
            return
        try:
            for piece in layers[depth].undo(data):
                self._push(piece, depth + 1)
        except (zlib.error, brotli.error) as error:
            raise ProtocolError("the body is not in the encoding it says", url=self._url) from error

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise BodyTooLargeError(f"more than {self._limit:,} bytes", url=self._url, limit_bytes=self._limit)
