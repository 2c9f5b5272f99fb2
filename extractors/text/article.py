"""
Extract the blocks of an article from a page or a plain text; the only caller of trafilatura.

trafilatura chooses the text; each block it returns is looked up among the page's own segments, so that the rules of
``clean`` know what stood around it, and which cheap witness (resiliparse, JSON-LD) kept it too.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.html import HtmlElement
from resiliparse.extract.html2text import extract_plain_text

from extractors.errors import ExtractError
from extractors.text.limits import bounded_line, has_many_tags
from extractors.text.page import Page, Segment, flag, segments
from extractors.text.widgets import prune_comments

# trafilatura warns about every page it finds nothing in; newsdesk records an outcome instead.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_KEY = re.compile(r"\W+")
#: The same within ASCII, many times faster.
_ASCII_KEY = {code: None for code in range(128) if _KEY.match(chr(code))}
#: Blocks and segments whose keys are remembered: each is asked for by several steps.
_REMEMBERED = 4096
#: Characters of a block's key by which a segment that is longer or shorter is found.
_STEM = 32
#: trafilatura's own extraction is enough with this share of the witness's characters, and so many letters and digits.
_ENOUGH_SHARE = 0.8
_ENOUGH_CHARS = 600


class BlockKind(StrEnum):
    """What a block is by its markup."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of a text with what is known of its place; made by ``article``, taken by ``clean`` and ``comments``."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    #: Where it stood in the page; None in plain text, and where it could not be found again.
    segment: Segment | None = None
    #: Number of that segment in the page; -1 without one.
    index: int = -1
    #: Whether the cheap second extractor kept it; None where it was not asked.
    is_witnessed: bool | None = None
    #: Whether the page's JSON-LD body holds it; None where there is none.
    is_claimed: bool | None = None
    #: False where trafilatura had not returned the block and the page's own evidence brought it back.
    is_extracted: bool = True

    @property
    def words(self) -> int:
        """Count the words."""
        return _count_words(self.text)

    def near(self, *kinds: str) -> bool:
        """Tell whether one of the two nearest containers is one of *kinds* (see ``page``)."""
        return self.segment is not None and bool(self.segment.near & flag(*kinds))

    def around(self, *kinds: str) -> bool:
        """Tell whether any container is one of *kinds*."""
        return self.segment is not None and bool(self.segment.around & flag(*kinds))

    @property
    def link_density(self) -> float:
        """Return the share of its characters that are links, 0 to 1."""
        return self.segment.link_density if self.segment is not None else 0.0


@lru_cache(maxsize=_REMEMBERED)
def _count_words(text: str) -> int:
    """Count the words of a block: each rule of ``clean`` asks for them."""
    return len(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What extraction returned for one page; made by ``extract_page`` and ``extract_plain``, taken by ``reading``."""

    blocks: tuple[Block, ...]
    #: Reader comments and the like, cut out before extraction: (text, rule).
    pruned: tuple[tuple[str, str], ...] = ()
    #: Every segment of the page after pruning, in order.
    segments: tuple[Segment, ...] = ()
    #: The segments' keys, and the key of all that the second extractor kept; see ``key``.
    keys: tuple[str, ...] = ()
    witness: str = ""
    #: Text that JSON-LD gives for the article, where it does.
    article_body: str | None = None
    #: Characters that trafilatura returned.
    extracted_chars: int = 0


def extract_plain(text: str) -> Extraction:
    """
    Return the blocks of a plain text, one a line.

    Args:
        text: The decoded file.

    Returns:
        Blocks without features; every word of the text is in one of them, as far as ``bounded_line`` lets it.
    """
    blocks = tuple(Block(text=bounded_line(line.strip())) for line in text.splitlines() if line.strip())
    return Extraction(blocks=blocks, extracted_chars=sum(len(block.text) for block in blocks))


def extract_page(page: Page) -> Extraction:
    """
    Return the blocks that trafilatura takes for the article of *page*, with their features; the page's tree is cut up.

    Raises:
        ExtractError: trafilatura or lxml broke on the page.
    """
    tree = page.tree
    pruned = prune_comments(tree)
    witness = _witness(page.markup)
    place = _Places(segments(tree))
    _drop_code(tree)
    lines = _chosen_lines(tree, page.url, witness=witness, markup=page.markup)
    claimed = article_body(page)
    claim_key = key(claimed) if claimed else None
    blocks = tuple(_block(kind, text, place=place, witness=witness, claim=claim_key) for kind, text in lines)
    return Extraction(
        blocks=blocks,
        pruned=pruned,
        segments=tuple(place.segments),
        keys=tuple(place.keys),
        witness=witness,
        article_body=claimed,
        extracted_chars=sum(len(text) for _kind, text in lines),
    )


@lru_cache(maxsize=_REMEMBERED)
def key(text: str) -> str:
    """Return the letters and digits of *text* in lower case, by which two spellings of one block meet."""
    return (text.translate(_ASCII_KEY) if text.isascii() else _KEY.sub("", text)).lower()


def _block(kind: BlockKind, text: str, *, place: "_Places", witness: str, claim: str | None) -> Block:
    """Return *text* with what the page and the witnesses know of it."""
    name = key(text)
    index = place.find(name)
    return Block(
        text=text,
        kind=kind,
        segment=place.segments[index] if index >= 0 else None,
        index=index,
        is_witnessed=name in witness if witness else None,
        is_claimed=name in claim if claim else None,
    )


class _Places:
    """Looks blocks up among the segments of a page, later ones first sought after the last one found."""

    def __init__(self, found: Sequence[Segment]) -> None:
        self.segments = found
        self.keys = [key(segment.text) for segment in found]
        self._whole: dict[str, list[int]] = defaultdict(list)
        self._stem: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self.keys):
            self._whole[name].append(number)
            self._stem[name[:_STEM]].append(number)
        self._last = 0

    def find(self, name: str) -> int:
        """Return the number of the segment that *name* is the key of, -1 for none."""
        candidates = self._whole.get(name) or self._stem.get(name[:_STEM]) or []
        if not candidates:
            return -1
        best = next((number for number in candidates if number >= self._last), candidates[-1])
        self._last = best
        return best


def _drop_code(tree: HtmlElement) -> None:
    """Drop what every way of trafilatura's drops first: it copies the tree three times a run."""
    for element in list(tree.iter("script", "style", "svg")):
        if element.get("type") != "application/ld+json":
            element.drop_tree()


def _chosen_lines(tree: etree._Element, url: str, *, witness: str, markup: str) -> list[tuple[BlockKind, str]]:
    """
    Return trafilatura's blocks without its fallbacks where they hold what the witness has, else with them.

    The fallbacks cost half as much again and are asked for on a fifth of the pages: F1 on newspapers-181 +0.004 over
    always, on publishers-257, web-articles-2026 and nine languages the same within 0.001 (2026-11).
    """
    lines = _extracted_lines(tree, url, fast=True)
    names = [key(text) for _kind, text in lines]
    confirmed = sum(len(name) for name in names if name in witness)
    is_enough = confirmed >= _ENOUGH_SHARE * len(witness) and sum(map(len, names)) >= _ENOUGH_CHARS
    return lines if is_enough or has_many_tags(markup) else _extracted_lines(tree, url, fast=False)


def _extracted_lines(tree: etree._Element, url: str, *, fast: bool) -> list[tuple[BlockKind, str]]:
    """Run trafilatura on a tree of its own; return its blocks as (kind, text)."""
    from trafilatura import bare_extraction
    from trafilatura.metadata import Document

    try:
        # Never deduplicate: its cache outlives the call, and loses text from the fourth identical page on.
        # Its blocks are read from the tree that it builds; "txt" spares the text that it would make of it as well.
        document = bare_extraction(
            tree, url=url or None, include_comments=False, deduplicate=False, fast=fast, output_format="txt"
        )
    except (etree.LxmlError, ValueError, TypeError, AttributeError, RecursionError, LookupError) as error:
        raise ExtractError(f"trafilatura failed ({type(error).__name__}: {error})", url=url) from error
    if not isinstance(document, Document) or document.body is None:
        return []
    return [(kind, bounded_line(text)) for kind, text in _lines(document.body)]


_BODY_KINDS = {
    "p": BlockKind.PARAGRAPH,
    "head": BlockKind.HEADING,
    "item": BlockKind.ITEM,
    "quote": BlockKind.QUOTE,
    "row": BlockKind.ROW,
    "code": BlockKind.CODE,
}
_BODY_BREAKS = frozenset({"lb", "list", "table", "body", "div", "cell", "ab", "section", "article", "main", "graphic"})


def _lines(body: etree._Element) -> Iterator[tuple[BlockKind, str]]:
    """Yield the blocks of a body that trafilatura built, text and tails in document order."""
    kinds = [BlockKind.PARAGRAPH]
    parts: list[str] = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        tag = element.tag
        if tag in _BODY_KINDS or tag in _BODY_BREAKS:
            text = " ".join("".join(parts).split())
            parts.clear()
            if text:
                yield kinds[-1], text
            if tag in _BODY_KINDS:
                kinds.append(_BODY_KINDS[tag]) if event == "start" else kinds.pop()
        parts.append((element.text if event == "start" else element.tail) or "")
    text = " ".join("".join(parts).split())
    if text:
        yield kinds[-1], text


def _witness(markup: str) -> str:
    """Return the key of what resiliparse takes for the main content; about 4 ms a page, and none of an endless one."""
    if has_many_tags(markup):
        return ""
    try:
        text = extract_plain_text(
            markup, main_content=True, alt_texts=False, list_bullets=False, comments=False, post_meta=False
        )
    except (ValueError, TypeError, RuntimeError):
        return ""
    return key(text)


_ARTICLE_TYPES = re.compile(r"Article|BlogPosting|Report|Posting|Review$")
_TAG = re.compile(r"<[^>]{1,300}>")
#: A shorter articleBody is a teaser.
_MIN_CLAIM_CHARS = 300


def article_body(page: Page) -> str | None:
    """Return the text that the page's JSON-LD gives for its article, None where it gives none of 300 characters."""
    best = ""
    for node in page.json_ld:
        body = node.get("articleBody")
        if isinstance(body, str) and len(body) > len(best) and _is_article(node):
            best = body
    best = _TAG.sub("\n", best) if "<" in best else best
    return best if len(best) >= _MIN_CLAIM_CHARS else None


def _is_article(node: dict[str, Any]) -> bool:
    """Tell whether a JSON-LD object is of an article type."""
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and _ARTICLE_TYPES.search(name) for name in names)


def extract_fragment(markup: str, *, url: str) -> Extraction:
    """
    Return the blocks of a fragment that is nothing but an article, such as a feed's own full content.

    Raises:
        ExtractError: lxml could make no tree of it.
    """
    from extractors.text.page import parse_page

    found = segments(parse_page(f"<html><body><div>{markup}</div></body></html>", url=url).tree)
    kinds = {"li": BlockKind.ITEM, "blockquote": BlockKind.QUOTE, "pre": BlockKind.CODE, "tr": BlockKind.ROW}
    blocks = tuple(
        Block(
            text=bounded_line(segment.text),
            kind=BlockKind.HEADING
            if re.fullmatch(r"h[1-6]", segment.tag)
            else kinds.get(segment.tag, BlockKind.PARAGRAPH),
            segment=segment,
            index=number,
        )
        for number, segment in enumerate(found)
    )
    return Extraction(blocks=blocks, segments=tuple(found), extracted_chars=sum(len(block.text) for block in blocks))
