"""Compare two texts word by word, for people to read."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

#: A number with its unit, a character of a script without spaces, a word, a run of spaces, or a mark.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECES = re.compile(rf"\d+(?:[.,]\d+)*[^\W{_UNSPACED}]*|[{_UNSPACED}]|[^\W{_UNSPACED}]+|\s+|[^\w\s]")
#: Pieces of both sides above which a stretch counts as replaced whole; the comparison keeps a bit for each pair: 12 MB.
_MOST_PIECES = 20_000


class Fate(StrEnum):
    """What became of some words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Passage:
    """Some words of a text, and what became of them."""

    fate: Fate
    text: str


def changed_paragraphs(before: str, after: str) -> Iterator[tuple[Passage, ...]]:
    """
    Give each changed stretch of paragraphs as its words: kept, removed, added, in reading order.

    Removed words and kept ones make the text before, added words and kept ones the text after. Paragraphs that stand in
    both are left out.

    Args:
        before: Paragraphs, a line each.
        after: The same.
    """
    old, new = before.split("\n"), after.split("\n")
    for tag, *span in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield changed_words("\n".join(old[span[0] : span[1]]), "\n".join(new[span[2] : span[3]]))


def changed_words(before: str, after: str) -> tuple[Passage, ...]:
    """Return the words of both texts, each run once with its fate; what is removed comes before what is added."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > _MOST_PIECES:
        return tuple(_changed(before, after))
    found: list[Passage] = []
    removed, added = "", ""
    for code in Indel.opcodes(old, new):
        left, came = "".join(old[code.src_start : code.src_end]), "".join(new[code.dest_start : code.dest_end])
        # A space between two changed words would tear one change into two.
        if code.tag != "equal" or (left.isspace() and (removed or added)):
            removed, added = removed + left, added + came
            continue
        found += [*_changed(removed, added), Passage(Fate.SAME, left)]
        removed, added = "", ""
    return (*found, *_changed(removed, added))


def _changed(removed: str, added: str) -> list[Passage]:
    """Return one change; a space that both sides end with stays outside it."""
    space = removed[len(removed.rstrip()) :]
    is_shared = space != "" and added.endswith(space)
    if is_shared:
        removed, added = removed.removesuffix(space), added.removesuffix(space)
    change = [Passage(Fate.REMOVED, removed), Passage(Fate.ADDED, added), Passage(Fate.SAME, space * is_shared)]
    return [passage for passage in change if passage.text]
