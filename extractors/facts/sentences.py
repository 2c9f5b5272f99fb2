"""
Find the sentence around a place in a text.

Rules only: a stop ends a sentence unless it belongs to an abbreviation, an initial, a number or a domain,
unless the next word is in lower case, or unless it stands inside quotation marks that close later in the same
paragraph.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

#: Abbreviations that end in a full stop and are followed by a capital, in English, German, French and
#: Spanish.
_ABBREVIATIONS: Final = frozenset(
    (  # noqa: SIM905 - a list of words reads best as words
        "mr mrs ms messrs dr prof rev hon gen gov sen rep col capt lt sgt st mt jr sr no nos vol fig ed "
        "pp vs cf al approx dept "
        "inc ltd co corp plc bros jan feb mar apr jun jul aug sep sept oct nov dec "
        "e.g i.e u.s u.k u.n e.u d.c a.m p.m ph.d "
        "bzw ca nr str hr fr hrsg abs art bd evtl ggf inkl mio mrd mrz sog usw vgl z.b d.h u.a z.t v.a "
        "m mm mme mlle mgr av bd env etc sr sra srta dn dña pág núm art ee.uu"
    ).split()
)
#: Words after which a number keeps its stop: German, Czech, Norwegian and the like write "20. Januar", "19.
#: Jahrhundert".
_AFTER_ORDINAL: Final = frozenset(
    (  # noqa: SIM905 - the same
        "januar februar märz april mai juni juli august september oktober november dezember jänner "
        "jahrhundert jahrhunderts platz stock geburtstag bundestag mal"
    ).split()
)
_CLOSERS: Final = "\"'”’»›)\\]」』〉》）】"
#: A stop that ends a sentence in scripts with spaces needs one after it; the full-width and Indic ones need
#: none.
_STOP: Final = re.compile(rf"(?P<soft>[.!?…]+[{_CLOSERS}]*)(?=\s)|(?P<hard>[。！？｡؟۔।॥።]+[{_CLOSERS}]*)")
#: "“...。”他说" and "「...。」と述べた" go on after the quotation.
_SAID: Final = re.compile(r"と|って|[^。！？，、\s]{0,12}(?:说|說|表示|称|稱|指出|写道|寫道)")
_LAST_WORD: Final = re.compile(r"[\w.]+$")
_NEXT_WORD: Final = re.compile(r"[\s\"'“‘«„「『(\[]*(\w+)")
#: An opening mark and the mark that closes it; the straight mark is its own pair.
_QUOTED: Final = re.compile(r"“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|「[^「」]*」|『[^『』]*』|\"[^\"]*\"")
_MOST_CHARS: Final = 800
#: Texts whose sentences are remembered: an article and its title.
_REMEMBERED: Final = 4
_LONGEST_ORDINAL: Final = 2


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """
    Return the (start, end) of every sentence of *text*, in order, without the white space between them.

    Args:
        text: Paragraphs separated by line breaks; a sentence never crosses one.
    """
    spans = []
    offset = 0
    for paragraph in text.split("\n"):
        spans += [(offset + start, offset + end) for start, end in _paragraph_spans(paragraph)]
        offset += len(paragraph) + 1
    return spans


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """
    Return the (start, end) of the sentence that holds ``text[start:end]``.

    A place that crosses sentences gets all of them. Where a "sentence" runs over 800 characters (a table, a
    list without stops) only the words next to the place are given.
    """
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    starts, spans = _sentences(text)
    low, high = bisect_left(starts, first), bisect_left(starts, last)
    left, right = first, last
    if low < high:
        left = spans[max(low, bisect_right(starts, start, low, high) - 1)][0]
        right = spans[max(low, bisect_right(starts, max(start, end - 1), low, high) - 1)][1]
    left, right = min(left, start), max(right, end)
    return (left, right) if right - left <= _MOST_CHARS else _cut(text, (left, right), (start, end))


def _cut(text: str, sentence: tuple[int, int], place: tuple[int, int]) -> tuple[int, int]:
    """Shorten *sentence* to whole words around *place*."""
    room = max(0, _MOST_CHARS - (place[1] - place[0])) // 2
    left, right = max(sentence[0], place[0] - room), min(sentence[1], place[1] + room)
    if left > sentence[0]:
        space = text.find(" ", left, place[0])
        left = left if space < 0 else space + 1
    if right < sentence[1]:
        space = text.rfind(" ", place[1], right)
        right = right if space < 0 else space
    return left, right


@lru_cache(maxsize=_REMEMBERED)
def _sentences(text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """Return where the sentences of *text* start, with the sentences; asked for at every figure and quote of it."""
    spans = sentence_spans(text)
    return [start for start, _end in spans], spans


def _paragraph_spans(paragraph: str) -> tuple[tuple[int, int], ...]:
    found = (match.span() for match in _QUOTED.finditer(paragraph)) if len(paragraph) > 1 else ()
    quoted = [(start, end) for start, end in found if end - start <= _MOST_CHARS]
    ends = [stop.end() for stop in _STOP.finditer(paragraph) if _ends_sentence(paragraph, stop, quoted)]
    spans = []
    start = 0
    for end in [*ends, len(paragraph)]:
        piece = paragraph[start:end]
        body = piece.strip()
        if body:
            left = start + len(piece) - len(piece.lstrip())
            spans.append((left, left + len(body)))
        start = end
    return tuple(spans)


def _ends_sentence(paragraph: str, stop: re.Match[str], quoted: Sequence[tuple[int, ...]]) -> bool:
    """Tell whether the stop ends a sentence here."""
    # The quotes are in order and apart, so only the last that begins before the stop can hold it.
    last = bisect_left(quoted, (stop.start(),)) - 1
    if last >= 0 and stop.end() < quoted[last][1]:
        return False
    following = _NEXT_WORD.match(paragraph, stop.end())
    if following and following[1][0].islower():
        return False
    if stop["hard"]:
        return not (stop["hard"][-1] in _CLOSERS and _SAID.match(paragraph, stop.end()))
    if stop["soft"] != ".":
        return True
    return not _is_abbreviation(paragraph[: stop.start()], following[1] if following else "")


def _is_abbreviation(before: str, following: str) -> bool:
    """Tell whether the full stop after *before* belongs to its last word."""
    word = _LAST_WORD.search(before[-30:])
    if not word:
        return False
    last = word[0].lower()
    if last.isdecimal():
        return len(last) <= _LONGEST_ORDINAL and following.lower() in _AFTER_ORDINAL
    is_initial = len(word[0]) == 1 and word[0].isupper() and word[0].isascii()
    return is_initial or last in _ABBREVIATIONS
