"""
Tell from the bytes of a page whether a topic of the watchlist can be found in it.

Reading a page costs several times what this does. It never says no where reading would find coverage: it decodes and
mends as reading does, looks at the markup with and without its tags, and looks twice where letters may be hidden.
"""

import html
import re
import unicodedata
from collections.abc import Collection
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from extractors.acquire.spellings import ANY_NUMBER, DROPPED, SELECTIVE_CHARS, signs, spellings, window
from extractors.facts.folding import fold
from extractors.facts.query_tree import All, AnyOf, FieldTest, Near, Node, Term, Words, terms_of
from extractors.facts.topics import compile_topics
from extractors.model import WatchedTopic
from extractors.text.decode import decode
from extractors.text.repair import repair_page

_COMMENT: Final = re.compile(rb"<!--[^-]*(?:-(?!->)[^-]*)*-->(?=[^\s<])")
_ASCII: Final = bytes(range(128))
#: What doubly encoded text always has, in UTF-8 without its ASCII; much else has it too.
_MAYBE_DOUBLE: Final = re.compile(rb"\xc2[\x80-\x9f]|[\xc3-\xc5\xd0][\x80-\xbf][\xc2\xc4-\xc6\xcb\xd0\xd1\xe2]")
_DROPPED: Final = re.compile(f"[{re.escape(DROPPED)}\ud800-\udfff]")
#: It begins with two literal characters, without which it would be ten times slower.
_JSON_ESCAPES: Final = re.compile(r"\\u[0-9a-fA-F]{4}(?:\\u[0-9a-fA-F]{4})*")
#: Escapes within escapes within escapes.
_MOST_LAYERS: Final = 3
#: Larger automatons are kept as a graph: a table of 10,000 patterns would take 100 MB.
_TABLE_PATTERNS: Final = 4_000


class Prefilter:
    """
    The terms of all topics in one automaton; made once a process.

    Args:
        topics: The watchlist's topics.

    Raises:
        QueryError: A query cannot be read; names the topic.
    """

    def __init__(self, topics: tuple[WatchedTopic, ...]) -> None:
        self._roots = compile_topics(topics).roots
        self._windows: dict[Term, str] = {}
        for root in self._roots:
            self._windows |= {term: window(term) for term in terms_of(root)}
        by_pattern: dict[bytes, str | None] = dict.fromkeys(signs(self._windows.values()))
        by_pattern |= {pattern: letters for letters in self._windows.values() for pattern in spellings(letters)}
        self._found = tuple(by_pattern.values())
        #: What after a pattern makes it the beginning of another number: "&#82" is no R in "&#8217;".
        self._goes_on = tuple(map(_further_digits, by_pattern))
        kind = Implementation.DFA if len(by_pattern) < _TABLE_PATTERNS else Implementation.ContiguousNFA
        self._automaton = BytesAhoCorasick(list(by_pattern), implementation=kind)
        short = {letters for letters in self._windows.values() if letters.isascii() and len(letters) < SELECTIVE_CHARS}
        #: Ids of the topics that nearly every page passes for, since letters as few as "ai" are enough for them.
        self.weak_topics = tuple(
            topic.topic_id for topic, root in zip(topics, self._roots, strict=True) if self._holds(root, short)
        )

    def passes(self, body: bytes, content_type: str | None = None, *, title: str | None = None) -> bool:
        """
        Tell whether reading could find a topic in a page.

        Args:
            body: The bytes as received, content encodings undone.
            content_type: The Content-Type header as sent; None where there was none.
            title: What the page is called where that does not stand in it.

        Returns:
            False only where reading the page would give no coverage.
        """
        text = _decoded(body, content_type)
        if title:
            text = f"{title}\n{text}"
        raw = text.encode("utf-8", "replace").lower()
        present = self._look(raw)
        if self._any_holds(present):
            return True
        present |= self._look(_without_tags(raw))
        return self._any_holds(present) or (None in present and self._looks_closer(text))

    def _looks_closer(self, text: str) -> bool:
        """Tell whether a topic could be found once everything that hides letters is undone."""
        plain = _bared(text)
        present = self._look(plain) | self._look(_without_tags(plain))
        apart = _without_tags(text.encode("utf-8", "replace")).decode("utf-8", "replace")
        return self._any_holds(present | self._look(_bared(apart)))

    def _look(self, raw: bytes) -> set[str | None]:
        """Return the windows that stand in *raw*, and None where a sign does."""
        hits = self._automaton.find_matches_as_indexes(raw, overlapping=True)
        return {self._found[pattern] for pattern, _, end in hits if raw[end : end + 1] not in self._goes_on[pattern]}

    def _any_holds(self, present: Collection[str | None]) -> bool:
        return bool(present) and any(self._holds(root, present) for root in self._roots)

    def _holds(self, node: Node, present: Collection[str | None]) -> bool:
        """Tell whether *node* can hold where no more than *present* stands; what NOT excludes excludes nothing here."""
        match node:
            case Words(term=term):
                return self._windows[term] in present
            case Near(terms=terms):
                return all(self._windows[term] in present for term in terms)
            case All(parts=parts):
                return all(self._holds(part, present) for part in parts)
            case AnyOf(parts=parts):
                return any(self._holds(part, present) for part in parts)
            case FieldTest():
                return True


def _further_digits(pattern: bytes) -> frozenset[bytes]:
    """Return the digits that may not follow *pattern* where it is the number of an entity."""
    if not pattern.startswith(b"&#") or pattern in ANY_NUMBER or pattern.endswith((b";", b"&")):
        return frozenset()
    digits = b"0123456789abcdef" if pattern.startswith(b"&#x") else b"0123456789"
    return frozenset(bytes([digit]) for digit in digits)


def _decoded(body: bytes, content_type: str | None) -> str:
    """Return the text of *body* as reading has it, double encoding undone."""
    return _mended(decode(body, content_type).text)


def _mended(text: str) -> str:
    if text.isascii():
        return text
    # The real test costs as much as all the rest; without the ASCII of a page there is little left to test.
    wide = text.encode("utf-8", "replace").translate(None, _ASCII)
    return repair_page(text)[0] if _MAYBE_DOUBLE.search(wide) else text


def _without_tags(raw: bytes) -> bytes:
    """Return what stands between the tags of *raw*, joined as inline tags leave it; a "<" that opens none stays out."""
    # Markup inside a comment would be taken for text; only a comment within a word can hide one.
    raw = _COMMENT.sub(b"", raw) if b"<!--" in raw else raw
    return b"".join([piece.rpartition(b">")[2] for piece in raw.split(b"<")])


def _bared(text: str) -> bytes:
    """Return *text* with what hides letters undone, in the order in which reading undoes it, folded, in UTF-8."""
    for _layer in range(_MOST_LAYERS):
        before = text
        plain = unicodedata.normalize("NFC", _JSON_ESCAPES.sub(_unescaped, html.unescape(text)))
        text = _DROPPED.sub("", _mended(plain))
        if text == before:
            break
    return fold(unicodedata.normalize("NFC", text)).encode("utf-8", "replace")


def _unescaped(match: re.Match[str]) -> str:
    """Return a run of JSON's escapes as characters; halves that belong together become one."""
    units = bytes.fromhex(match[0].replace("\\u", ""))
    return units.decode("utf-16-be", "replace")
