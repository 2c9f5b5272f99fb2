"""
Bring back paragraphs of the article that trafilatura left out, on the page's own evidence.

A segment comes back only where another witness vouches for it: the publisher's JSON-LD body, or resiliparse together
with neighbours in the same container that were kept. The summary above the text comes back where the page itself
gives it as its description.
"""

from collections.abc import Sequence

from extractors.text.article import Block, BlockKind, Extraction, key
from extractors.text.page import Segment, flag

#: A segment of fewer words is furniture as often as text.
_MIN_WORDS = 12
_MIN_LEDE_WORDS = 8
_MAX_LEDE_WORDS = 90
_MAX_LINKED = 0.4
#: How far above the first kept block a summary may stand, in segments, and how far below the last one text may go on.
_ABOVE = 14
_BELOW = 30
_STEM = 60
_FOREIGN = flag("related", "newsletter", "consent", "share", "comment", "tags", "ad", "caption", "author_box")
_ENDS = (".", "!", "?", "…", "。", "！", "？", '"', "”", "’", "»", ":", "。」", ")")
_BODY_TAGS = frozenset({"p", "div", "li", "blockquote", "br", "section", "article", "span", "td"})


def recover(found: Extraction, *, standfirst: str | None) -> tuple[Block, ...]:
    """
    Return the blocks of *found* with those that the page's evidence brings back, in the order of the page.

    Args:
        found: What extraction returned.
        standfirst: The page's own description of the article, as metadata gives it.
    """
    places = [block.index for block in found.blocks if block.index >= 0]
    if not places or not found.keys:
        return found.blocks
    have = "\n".join(key(block.text) for block in found.blocks)
    claim = key(found.article_body) if found.article_body else ""
    parents = {found.segments[index].parent for index in places}
    wanted: dict[int, Block] = {}
    lede = _find_lede(found, min(places), have=have, standfirst=standfirst)
    if lede is not None:
        wanted[lede] = _block(found, lede)
    kept = set(places)
    last = min(max(places) + _BELOW, len(found.segments))
    for number in range(min(places), last):
        segment, name = found.segments[number], found.keys[number]
        if number in kept or name in have or not _is_prose(segment):
            continue
        is_claimed = bool(claim) and name in claim
        is_sibling = segment.tag == "p" and segment.parent in parents
        if is_claimed or (is_sibling and name in found.witness and not segment.near & _FOREIGN):
            wanted[number] = _block(found, number)
            parents.add(segment.parent)
    return _merged(found.blocks, wanted) if wanted else found.blocks


def _is_prose(segment: Segment) -> bool:
    """Tell whether a segment reads like a paragraph."""
    is_long = len(segment.text.split()) >= _MIN_WORDS or len(segment.text) >= 6 * _MIN_WORDS
    return (
        is_long and segment.link_density <= _MAX_LINKED and segment.tag in _BODY_TAGS and segment.text.endswith(_ENDS)
    )


def _find_lede(found: Extraction, first: int, *, have: str, standfirst: str | None) -> int | None:
    """Return the number of the segment above the text that is the page's own summary of it."""
    stem = key(standfirst or "")[:_STEM]
    for number in range(max(0, first - _ABOVE), first):
        segment, name = found.segments[number], found.keys[number]
        words = len(segment.text.split())
        is_sized = _MIN_LEDE_WORDS <= words <= _MAX_LEDE_WORDS or (
            words < _MIN_LEDE_WORDS and len(segment.text) > _STEM
        )
        if not is_sized or name in have or segment.link_density > _MAX_LINKED or segment.tag == "h1":
            continue
        is_described = len(stem) >= _STEM // 2 and name.startswith(stem[: len(name)]) and len(name) >= len(stem) // 2
        if is_described:
            return number
    return None


def _block(found: Extraction, number: int) -> Block:
    """Return segment *number* as a block that was brought back."""
    segment = found.segments[number]
    return Block(
        text=segment.text,
        kind=BlockKind.ITEM if segment.tag == "li" else BlockKind.PARAGRAPH,
        segment=segment,
        index=number,
        is_witnessed=found.keys[number] in found.witness,
        is_claimed=None,
        is_extracted=False,
    )


def _merged(blocks: Sequence[Block], wanted: dict[int, Block]) -> tuple[Block, ...]:
    """Return *blocks* with the wanted ones put where they stand in the page."""
    waiting = sorted(wanted)
    out: list[Block] = []
    for block in blocks:
        while waiting and block.index >= 0 and waiting[0] < block.index:
            out.append(wanted[waiting.pop(0)])
        out.append(block)
    out.extend(wanted[number] for number in waiting)
    return tuple(out)
