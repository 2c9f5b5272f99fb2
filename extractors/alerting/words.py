"""Make words of strangers safe to show in a message: one line, bounded, without tricks."""

import re
import unicodedata
from typing import Final

#: Marks that turn the direction of what follows them, other words of the message included (Unicode Annex 9).
_TURNS: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
_ISOLATE, _POP = "\u2068", "\u2069"
#: Where chats would call people: @everyone, <!channel>, <@U123>. A word joiner in between is not seen and not obeyed.
_CALLS: Final = re.compile(r"(?<=[@!])(?=(?:everyone|here|channel|all)\b)|(?<=<)(?=[!@#])", re.IGNORECASE)
_JOINER: Final = "\u2060"


def folded(text: str, *, limit: int) -> str:
    """
    Return *text* in one line of at most about *limit* code points, cut between words with an ellipsis.

    Control characters and marks that turn the direction are gone; a text that is written from right to left is
    isolated, so that it turns nothing around it; what would call everybody in a chat does not.
    """
    line = " ".join("".join(map(_visible, text[: 4 * limit].translate(_TURNS))).split())
    line = _CALLS.sub(_JOINER, _cut(line, limit))
    return f"{_ISOLATE}{line}{_POP}" if _is_right_to_left(line) else line


def folded_lines(text: str, *, limit: int) -> str:
    """Return *text* with each of its lines ``folded``; about *limit* code points in all."""
    lines = [line for line in text[: 8 * limit].splitlines() if line.strip()]
    return "\n".join(folded(line, limit=max(40, limit // max(1, len(lines)))) for line in lines[:6])


def _visible(character: str) -> str:
    """Return *character*, a blank for what is none: controls, line breaks of every script, lone surrogates."""
    return " " if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} else character


def _cut(line: str, limit: int) -> str:
    if len(line) <= limit:
        return line
    whole, _, _ = line[:limit].rpartition(" ")
    # Scripts without blanks, and words of 10 kB, are cut where the limit is.
    kept = whole if len(whole) > limit // 2 else line[: limit - 1]
    return f"{kept.rstrip()}…"


def _is_right_to_left(line: str) -> bool:
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in line)
