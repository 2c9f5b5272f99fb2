"""Pair quotation marks of every kind: spans of marked words, paragraph by paragraph."""

import re
from dataclasses import dataclass
from typing import Final

_OPEN: Final = re.compile(r"[“”„«»「『\"‟＂]|‘(?=\w)|(?<![\w’'])'(?=\w)|‹|›|‚(?=\w)|''|``")
_PAIRS: Final = {
    "“": "”",
    "„": '“”"',
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    "‹": "›",
    "›": "‹",
    "‟": "”",
    "``": "''",
    "‚": "‘’",
}
#: Where a mark opens again, or closes.
_EITHER: Final = {
    mark: re.compile(f"{mark}|''" if len(mark) > 1 else f"[{mark}{closers}]") for mark, closers in _PAIRS.items()
}
_STRAIGHT: Final = frozenset('"＂')
_BEFORE_OPENING: Final = frozenset(" \t\u00a0\u2009\u202f([{—–-‑/:;,.…>’‘'¿¡")
#: Characters in which a quote closes, or never.
_LONGEST: Final = 4000
_SHORT_SINGLE: Final = 60


@dataclass(frozen=True, slots=True)
class Span:
    """Marked words with their marks; ``is_open``: no closing mark before the end of the paragraph."""

    start: int
    end: int
    is_open: bool = False


def marked_spans(text: str) -> list[Span]:
    """Return the outermost marked spans of *text*, in order; a span never crosses a line break."""
    spans: list[Span] = []
    offset = 0
    for paragraph in text.split("\n"):
        if len(paragraph) > 1 and _OPEN.search(paragraph):
            spans += [Span(offset + span.start, offset + span.end, span.is_open) for span in _paragraph(paragraph)]
        offset += len(paragraph) + 1
    return spans


def _paragraph(line: str) -> list[Span]:
    spans: list[Span] = []
    at = 0
    while found := _OPEN.search(line, at):
        span = _span(line, found.start(), found[0])
        if span is None:
            at = found.end()
        else:
            spans.append(span)
            at = span.end
    return spans


def _span(line: str, start: int, mark: str) -> Span | None:
    """Return the span that the *mark* at *start* opens, or None where it opens none."""
    if mark in _STRAIGHT or mark == "''":
        return _straight(line, start, mark)
    if mark in {"‘", "'"}:
        return _single(line, start, mark)
    if mark == "”":
        return _same(line, start, mark)
    return None if mark == "»" and not _can_open(line, start) else _paired(line, start, mark)


def _paired(line: str, start: int, mark: str) -> Span | None:
    """Pair marks of which one opens and another closes, nested ones too."""
    closers = _PAIRS[mark]
    depth = 1
    for found in _EITHER[mark].finditer(line, start + len(mark), start + _LONGEST):
        at = found.start()
        if found[0] == mark and mark not in closers:
            if mark == "“" and _can_open(line, at) and not _closes_later(line, at, closers):
                return Span(start, at, is_open=True) if at > start + 1 else None
            depth += 1
        else:
            depth -= 1
            if depth <= 0 or found[0] not in "”»」』":
                return Span(start, found.end())
    if mark == "“":
        closing = _mixed_close(line, start)
        return Span(start, closing) if closing else Span(start, len(line), is_open=True)
    return Span(start, len(line), is_open=True) if mark in "«„「" else None


def _closes_later(line: str, at: int, closers: str) -> bool:
    """Tell whether two closing marks follow: then the mark at *at* opens a quote within a quote."""
    return sum(line.count(closer, at, at + _LONGEST) for closer in closers) > 1


def _mixed_close(line: str, start: int) -> int | None:
    """Return the end where a curly opening mark is closed by a straight one or by "“"."""
    found = re.compile(r"(?<=[\w.,!?…])[\"“](?=[\s,.;:)]|$)").search(line, start + 1, start + _LONGEST)
    return found.end() if found else None


def _straight(line: str, start: int, mark: str) -> Span | None:
    """Pair straight marks: one that can open with the next that can close."""
    if _is_spaced(line, start, mark):
        closing = line.find(mark, start + len(mark), start + _LONGEST)
        return Span(start, closing + len(mark)) if closing > 0 else None
    if not _can_open(line, start):
        return None
    at = start + len(mark)
    while (at := line.find(mark, at)) >= 0:
        before, after = line[at - 1], line[at + len(mark) : at + len(mark) + 1]
        if at - start > len(mark) and (not before.isspace() or not after or not after.isalnum()):
            if before in "([—–" and after.isalnum():
                at += 1
                continue
            return Span(start, at + len(mark))
        if before.isspace() and after.isalnum():
            return Span(start, at, is_open=True) if start == 0 else None
        at += 1
    if (closing := line.find("”", start + 2, start + _LONGEST)) > 0 and "“" not in line[start:closing]:
        return Span(start, closing + 1)
    return Span(start, len(line), is_open=True) if start == 0 or _odd_tail(line, start) else None


def _is_spaced(line: str, start: int, mark: str) -> bool:
    """Tell whether straight marks have spaces within, as in French: " Oui ": every other one opens."""
    before, after = line[start - 1 : start], line[start + len(mark) : start + len(mark) + 1]
    is_open = after.isspace() and (not before or before.isspace())
    return is_open and line.count(mark, 0, start) % 2 == 0 and line.count(mark, start) % 2 == 0


def _odd_tail(line: str, start: int) -> bool:
    """Tell whether the unclosed mark at *start* opens a sentence that runs to the end of the paragraph."""
    return line[start + 1 : start + 2].isupper() and line[:start].rstrip()[-1:] in ".,:?!"


def _can_open(line: str, at: int) -> bool:
    before = line[at - 1] if at else " "
    after = line[at + 1 : at + 2]
    return (
        bool(after)
        and not (after.isspace() and line[at] not in "«»")
        and (before in _BEFORE_OPENING or (not before.isascii() and not before.isalpha()) or before >= "\u3040")
    )


def _same(line: str, start: int, mark: str) -> Span | None:
    """Pair ”...” as Swedish and Finnish do."""
    end = line.find(mark, start + 1)
    if end < 0 or not _can_open(line, start) or line[end - 1].isspace() or line[start + 1] in ",.":
        return None
    return Span(start, end + 1)


def _single(line: str, start: int, mark: str) -> Span | None:
    """Pair single marks, where an apostrophe looks like the closing one: after a stop, or close by."""
    if start and not line[start - 1].isspace() and line[start - 1] not in "([—–-":
        return None
    close = "’" if mark == "‘" else "'"
    strong = re.compile(rf"(?<=[.,!?…]){close}(?!\w)").search(line, start + 1, start + _LONGEST)
    weak = re.compile(rf"(?<=\w){close}(?=[\s,.;:)?!—–-]|$)").search(line, start + 2)
    if weak and weak.start() - start <= _SHORT_SINGLE and (not strong or weak.start() < strong.start()):
        is_plural = (
            line[weak.start() - 1] == "s" and re.match(r"\s[a-z]", line[weak.end() : weak.end() + 2]) is not None
        )
        if mark == "‘" or not is_plural:
            return Span(start, weak.end())
    return Span(start, strong.end()) if strong else None
