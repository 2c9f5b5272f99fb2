"""
Find the bytes that must stand in a page for a term to be found in its text.

A term is stood for by a *window*: the best few letters of one of its words. Where the letters themselves are missing
they may be hidden: in entities, in escapes of JSON, behind characters that reading drops. For those there are *signs*.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from html.entities import html5
from itertools import product
from math import prod
from typing import Final

from extractors.facts.folding import fold
from extractors.facts.query_tree import Term

#: From so many ASCII letters on, a window is rare enough to tell pages apart.
SELECTIVE_CHARS: Final = 3
#: What a character outside ASCII says, in ASCII letters: "深度" is as rare as a word of six.
_WIDE_WEIGHT: Final = 3
#: Most spellings of one window, upper and lower case in every mix; a longer window is cut.
_MOST_SPELLINGS: Final = 64
#: Code points beyond are not assigned, or no letters.
_LAST_LETTER: Final = 0x30000
_BMP_END: Final = 0x10000
_SURROGATES: Final = range(0xD800, 0xE000)
#: What reading drops from the middle of words (``text.repair``): soft hyphens, zero-width and control characters.
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufffe\uffff"
_CONTROLS: Final = "".join(map(chr, (*range(9), *range(0x0E, 0x20), *range(0x7F, 0xA0))))
#: Numbers of entities that may go on in any way.
ANY_NUMBER: Final = (b"&#00", b"&#x00")
#: First bytes of the characters of UTF-8, read as Latin-1.
_LEADS: Final = "".join(map(chr, range(0xC2, 0xF5)))
DROPPED: Final = _INVISIBLE + _CONTROLS


def window(term: Term) -> str:
    """
    Return the letters that stand for *term*: in every text that the term is found in, they stand in this order.

    They are of one word, since what stands between two words may be anything; without signs, since those are folded;
    and either all of ASCII or all outside, since a letter with an accent may be written as two characters.
    """
    runs = (run for word in term.words for run in _runs(unicodedata.normalize("NFC", word)))
    best = max(runs, key=_weight)
    if best.isascii():
        return best
    end = len(best)
    while end > 1 and prod(len(_written_as(char)) for char in best[:end]) > _MOST_SPELLINGS:
        end -= 1
    return best[:end]


def spellings(letters: str) -> list[bytes]:
    """Return how the window *letters* may be written in UTF-8 whose ASCII letters are small."""
    if letters.isascii():
        return [letters.encode()]
    return ["".join(chars).encode() for chars in product(*map(_written_as, letters))]


def signs(windows: Iterable[str]) -> set[bytes]:
    """Return what stands in a page (UTF-8, ASCII letters small) that may hide one of *windows*."""
    found = {*ANY_NUMBER, *(f"\\u{high:02x}".encode() for high in range(0xD8, 0xE0))}
    for char in DROPPED:
        found.add(char.encode())
        found.update(f"{form};".encode() if form.startswith("&#") else form.encode() for form in _escapes(char))
    # Double encoding that is written in entities: the first byte of a character, then another.
    found.update(f"{form};&".encode() for lead in _LEADS for form in _escapes(lead) if form.startswith("&"))
    for letter in {letter for letters in windows for letter in letters}:
        found.update(form.encode() for form in _hiding(letter))
    return found


def _hiding(letter: str) -> Iterator[str]:
    """Give what may stand for *letter* other than as ``spellings`` has it."""
    for char in {*_written_as(letter), letter.upper() if letter.isascii() else letter}:
        yield from _escapes(char)
        if letter.isascii() and not char.isascii():
            yield char
    # Written as two characters: the mark alone tells.
    for mark in (*unicodedata.normalize("NFD", letter)[1:], *_preimages()[1].get(letter, "")):
        yield mark
        yield from _escapes(mark)


def _escapes(char: str) -> Iterator[str]:
    """Give *char* as an entity (without its end) or an escape of JSON, in small letters."""
    point = ord(char)
    yield from (f"&#{point}", f"&#0{point}", f"&#x{point:x}", f"&#x0{point:x}")
    if point < _BMP_END:
        yield f"\\u{point:04x}"
    yield from (f"&{name}" for name in _entities().get(char, ()))


def _runs(word: str) -> Iterator[str]:
    """Give the runs of letters and digits of *word*, those of ASCII apart from others."""
    run = ""
    for char in word:
        if run and (not _is_letter(char) or char.isascii() != run.isascii()):
            yield run
            run = ""
        if _is_letter(char):
            run += char
    if run:
        yield run


def _is_letter(char: str) -> bool:
    """Tell whether *char* may stand in a window: vowel signs may, marks that normal forms move about may not."""
    is_vowel_sign = unicodedata.category(char).startswith("M") and not unicodedata.combining(char)
    return char.isalnum() or is_vowel_sign


def _weight(run: str) -> int:
    return len(run) if run.isascii() else len(run) * _WIDE_WEIGHT


def _written_as(letter: str) -> str:
    """Return the characters that are *letter* once they are normal and folded; of ASCII only small ones."""
    return _preimages()[0].get(letter, letter)


@cache
def _preimages() -> tuple[dict[str, str], dict[str, str]]:
    """Return, by folded letter, the characters that become it, and those that become it and more."""
    alone: dict[str, str] = {}
    among: dict[str, str] = {}
    for point in range(_LAST_LETTER):
        char = chr(point)
        if point in _SURROGATES or (char.isascii() and char.isupper()):
            continue
        folded = fold(unicodedata.normalize("NFC", char))
        into = alone if len(folded) == 1 else among
        for letter in folded:
            into[letter] = into.get(letter, "") + char
    return alone, among


@cache
def _entities() -> dict[str, tuple[str, ...]]:
    """Return the names of entities by each character that they stand for, in small letters without the semicolon."""
    found: dict[str, dict[str, None]] = {}
    for name, value in html5.items():
        for char in value:
            found.setdefault(char, {})[name.rstrip(";").lower()] = None
    return {char: tuple(names) for char, names in found.items()}
