"""
Settle the encoding of a feed before it is parsed.

feedparser falls from UTF-8 straight to ISO-8859-2 or windows-1252 when one byte is bad, and so turns a whole
feed into mojibake. Here one bad byte costs one character, and a feed that says nothing is asked
statistically.
"""

import codecs
import re
from email.message import Message

import charset_normalizer

_PROLOG = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
#: What servers put on everything; a prolog that says otherwise knows better.
_DEFAULTS = frozenset({"iso8859-1", "ascii", "cp1252"})
#: Declared name to the superset that publishers mean (WHATWG Encoding Standard, section 4.2).
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
#: Python codecs that are no charsets of documents.
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "undefined", "mbcs", "oem"}
)
_DETECT_BYTES = 50_000
#: A text in UTF-8 with some bad bytes has at least this many good characters beyond ASCII for each bad one.
_GOOD_FOR_EACH_BAD = 10
_ILLEGAL = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])


def as_utf8(body: bytes, content_type: str | None) -> bytes:
    """
    Return *body* in UTF-8, without what XML forbids.

    Args:
        body: The feed as received, content encodings undone.
        content_type: The Content-Type header with its charset, if any.
    """
    text = _decoded(body, content_type)
    raw = body if text is None else text.encode("utf-8", "replace")
    return raw.removeprefix(codecs.BOM_UTF8).translate(None, _ILLEGAL).lstrip()


def _decoded(body: bytes, content_type: str | None) -> str | None:
    """Return *body* as text, None where it is UTF-8 already."""
    wide = _wide(body)
    if wide is not None:
        return body.decode(wide, "replace").removeprefix("\ufeff")
    if _is_utf8(body):
        return None
    declared = _declared(body, content_type)
    if declared not in (None, "utf-8"):
        return body.decode(_SUPERSETS.get(declared, declared), "replace")
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for byte in body if byte >= 0xC2) - bad  # noqa: PLR2004 - first bytes of sequences
    if good >= _GOOD_FOR_EACH_BAD * bad or (declared and bad == 1):
        return text
    return _guessed(body)


def _wide(body: bytes) -> str | None:
    """Return UTF-16 or UTF-32 with its byte order where *body* is in it, with or without a mark."""
    if body.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = body[:4]
    if start[1:2] == b"\0" and start[3:4] == b"\0" and start[:1] != b"\0":
        return "utf-16-le"
    return "utf-16-be" if start[:1] == b"\0" and start[2:3] == b"\0" and start[1:2] not in (b"\0", b"") else None


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        # Cut inside its last character.
        return error.start >= len(body) - 3 and error.reason == "unexpected end of data"
    return True


def _declared(body: bytes, content_type: str | None) -> str | None:
    """Return the codec that the header or the prolog names; None where neither names one that can be used."""
    header = Message()
    header["Content-Type"] = content_type or ""
    said = header.get_param("charset")
    by_header = _codec(said) if isinstance(said, str) else None
    match = _PROLOG.match(body[:1000])
    by_prolog = _codec(match[1].decode("ascii")) if match else None
    if by_header in _DEFAULTS and by_prolog:
        return by_prolog
    return by_header or by_prolog


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name.strip().strip("\"'")).name
        "".encode(found)  # raises LookupError for codecs that are not of texts, such as zip
    except (LookupError, ValueError):
        return None
    return None if found in _NO_CHARSETS else found


def _guessed(body: bytes) -> str:
    """Return *body* in the encoding that its bytes are most like."""
    first = next((place for place, byte in enumerate(body) if byte > 0x7F), 0)  # noqa: PLR2004 - beyond ASCII
    start = max(0, first - 1000)
    best = charset_normalizer.from_bytes(body[start : start + _DETECT_BYTES]).best()
    return body.decode(best.encoding if best else "cp1252", "replace")
