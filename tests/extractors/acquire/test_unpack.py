"""Content encodings undone as the bytes arrive."""

import tracemalloc
import zlib

import brotli
import pytest
from desk import gzipped
from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.unpack import Unpacker
from extractors.errors import BodyTooLargeError, FetchError, ProtocolError, TruncatedBodyError

_PAGE = b"<html>" + bytes(range(256)) * 300 + b"</html>"


def _raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


def _unpack(data: bytes, encoding: str | None, *, step: int = 1000, limit: int = 10_000_000) -> bytes:
    unpacker = Unpacker(encoding, limit_bytes=limit, url="http://desk.example/")
    for start in range(0, len(data), step):
        unpacker.add(data[start : start + step])
    return unpacker.finish()


@pytest.mark.parametrize("step", [1, 7, 100_000])
@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        (None, _PAGE),
        ("identity", _PAGE),
        ("utf-8", _PAGE),
        ("gzip", gzipped(_PAGE)),
        ("X-GZIP", gzipped(_PAGE)),
        ("gzip", gzipped(_PAGE[:100]) + gzipped(_PAGE[100:])),
        ("gzip", gzipped(_PAGE) + b"\0\0\0 trailing junk"),
        ("gzip, gzip", gzipped(gzipped(_PAGE))),
        ("deflate", zlib.compress(_PAGE)),
        ("deflate", _raw_deflate(_PAGE)),
        ("deflate, gzip", gzipped(zlib.compress(_PAGE))),
        ("br", brotli.compress(_PAGE)),
        ("gzip, br", brotli.compress(gzipped(_PAGE))),
        (None, gzipped(_PAGE)),
        ("gzip", _PAGE),
    ],
)
def test_a_body_comes_out_as_the_publisher_wrote_it(encoding: str | None, packed: bytes, step: int) -> None:
    assert _unpack(packed, encoding, step=step) == _PAGE


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", gzipped(_PAGE)), ("deflate", zlib.compress(_PAGE)), ("br", brotli.compress(_PAGE))],
)
def test_a_compressed_body_that_was_cut_off_is_never_taken_for_whole(encoding: str, packed: bytes) -> None:
    for length in (1, 5, len(packed) // 2, len(packed) - 1):
        with pytest.raises((TruncatedBodyError, ProtocolError)):
            _unpack(packed[:length], encoding)


def test_an_empty_body_is_empty_whatever_it_declares() -> None:
    assert _unpack(b"", "gzip") == b""


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_bomb_is_stopped_before_it_costs_memory(encoding: str) -> None:
    zeros = b"\0" * 50_000_000
    bomb = gzipped(zeros) if encoding == "gzip" else brotli.compress(zeros, quality=1)
    del zeros
    tracemalloc.start()
    with pytest.raises(BodyTooLargeError):
        _unpack(bomb, encoding, limit=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_too_many_bytes_on_the_wire_are_stopped_too() -> None:
    with pytest.raises(BodyTooLargeError, match="more than 1,000 bytes"):
        _unpack(_PAGE, None, limit=1000)


def test_an_unknown_encoding_is_an_error_that_names_it() -> None:
    with pytest.raises(ProtocolError, match="zstd"):
        _unpack(b"\x28\xb5\x2f\xfd" + _PAGE, "zstd")


def test_a_tower_of_encodings_is_refused() -> None:
    with pytest.raises(ProtocolError, match="on top of each other"):
        _unpack(b"x", ", ".join(["gzip"] * 9))


@given(
    st.binary(max_size=200),
    st.sampled_from([None, "gzip", "deflate", "br", "gzip, br", "x"]),
    st.integers(1, 50),
)
def test_any_bytes_give_a_body_or_a_fetch_error(data: bytes, encoding: str | None, step: int) -> None:
    try:
        body = _unpack(data, encoding, step=step)
    except FetchError:
        return
    assert isinstance(body, bytes)
