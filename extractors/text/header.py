"""Read what stands above the first paragraph of a plain text: headline, byline, standfirst, caption."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.model import RemovalKind
from extractors.text.names import names_in
from extractors.text.phrases import BYLINE, CREDIT, DATELINE

#: A sentence of so many words, or any line of so many, is a paragraph and ends the header.
_SENTENCE_WORDS = 20
_PARAGRAPH_WORDS = 45
_PARAGRAPH_CHARS = 400
#: A header has no more lines than this.
_MAX_LINES = 10
_TITLE_WORDS = (3, 24)
_STANDFIRST_WORDS = 8
_BYLINE_CHARS = 100
_UNSPACED_CHARS = (8, 40)
_NAME = re.compile(
    r"^[A-ZÀ-ÞĀ-ŽА-Я][\w.’'-]+(?:\s+(?:(?:van|von|de|der|den|da|di|del|la|le|bin|al|y)\s+)*[A-ZÀ-ÞĀ-ŽА-Я][\w.’'-]*){1,3}$"
)
_BY = re.compile(r"^(?:by|von|par|por|di|door|av|af)\s+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]]*\s*$")
_END = (".", "。", "…", ":", ";", ",")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header of a plain text; made by ``read_header``, taken by ``reading`` and ``clean``."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    standfirst: str | None = None
    #: (line number, kind, rule) of each line that is no part of the text.
    strips: tuple[tuple[int, RemovalKind, str], ...] = ()


def read_header(lines: Sequence[str]) -> Header:
    """
    Return what the lines above the first paragraph are.

    Args:
        lines: The non-blank lines of the text. A text that begins with a paragraph has no header, and a header
            without a headline strips nothing but captions.
    """
    count = _header_length(lines)
    if not count:
        return Header()
    strips: dict[int, tuple[RemovalKind, str]] = {}
    _find_captions(lines, count, strips)
    authors = _find_names(lines, count, strips)
    title = next((number for number in range(count) if number not in strips and _is_title(lines[number])), None)
    if title is None:
        captions = tuple((number, *why) for number, why in sorted(strips.items()) if why[0] is RemovalKind.CAPTION)
        return Header(strips=captions)
    strips[title] = (RemovalKind.OTHER, "title_repeat")
    standfirst = _standfirst(lines, title, count, strips)
    return Header(
        title=lines[title].strip(),
        authors=authors,
        standfirst=standfirst,
        strips=tuple((number, *why) for number, why in sorted(strips.items())),
    )


def _header_length(lines: Sequence[str]) -> int:
    """Return how many lines stand above the first paragraph; 0 where none follows."""
    for number, line in enumerate(lines[: _MAX_LINES + 1]):
        words = len(line.split())
        if (
            words >= _PARAGRAPH_WORDS
            or len(line) > _PARAGRAPH_CHARS
            or (words >= _SENTENCE_WORDS and _SENTENCE_END.search(line))
        ):
            return number
    return 0


def _find_captions(lines: Sequence[str], count: int, strips: dict[int, tuple[RemovalKind, str]]) -> None:
    """Mark the lines that credit a picture, and the description right above one."""
    for number in range(count):
        if not CREDIT.search(lines[number]):
            continue
        strips[number] = (RemovalKind.CAPTION, "picture_credit")
        above = number - 1
        # A description stands between the headline and the credit; the line on top may be the headline itself.
        if above > 0 and not lines[above].rstrip().endswith((*_END, "?", "!")) and above not in strips:
            has_title = any(_is_title(line) and not _NAME.match(line.strip()) for line in lines[:above])
            if has_title:
                strips[above] = (RemovalKind.CAPTION, "description_above_credit")


def _find_names(lines: Sequence[str], count: int, strips: dict[int, tuple[RemovalKind, str]]) -> tuple[str, ...]:
    """Mark bylines and dates; return the names found."""
    authors: list[str] = []
    for number in range(count):
        line = lines[number].strip()
        if number in strips:
            continue
        name = _BY.sub("", line)
        people = [name] if _NAME.match(name) and (name != line or not authors) else []
        if name != line and not people and len(line) <= _BYLINE_CHARS:
            named = names_in([name])
            people = list(named) if all(_NAME.match(one) for one in named) else []
        if people:
            authors.extend(people)
            strips[number] = (RemovalKind.BYLINE, "author_line")
        elif DATELINE.match(line) or BYLINE.match(line):
            strips[number] = (RemovalKind.BYLINE, "date_line")
    return tuple(authors)


def _is_title(line: str) -> bool:
    """Tell whether a line reads like a headline: a few words without a sentence's end."""
    low, high = _TITLE_WORDS
    words = len(line.split())
    # A headline in Chinese or Japanese is one "word".
    is_unspaced = words == 1 and not line.isascii() and _UNSPACED_CHARS[0] <= len(line) <= _UNSPACED_CHARS[1]
    is_right_length = low <= words <= high or is_unspaced
    return is_right_length and not line.rstrip().endswith(_END)


def _standfirst(lines: Sequence[str], title: int, count: int, strips: dict[int, tuple[RemovalKind, str]]) -> str | None:
    """Return the line under the headline that sums the text up, and mark it."""
    for number in range(title + 1, count):
        line = lines[number].strip()
        if number not in strips and len(line.split()) >= _STANDFIRST_WORDS and not line.endswith(_END):
            strips[number] = (RemovalKind.OTHER, "standfirst")
            return line
    return None
