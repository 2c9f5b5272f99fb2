"""
Tell whether a text breaks off before its end, or begins after its beginning.

Each sign alone is rare in whole texts; what whole texts often do (end in a heading, in a colon, in a name) is no sign.
The first that holds is the reason.
"""

import re
from collections.abc import Sequence
from typing import Any

from extractors.judging import count_words
from extractors.model import TextFrom
from extractors.text.article import Block, BlockKind
from extractors.text.metadata import Metadata
from extractors.text.page import Page, Segment

_FLAGS = re.IGNORECASE
#: "[…]" and its like stand where an excerpt was cut.
_CUT_MARK = re.compile(r"(?:\[\s*(?:…|\.{3,}|&hellip;)\s*\]|\(\s*(?:…|\.{3})\s*\)|【…】)\W*$")
#: A bare ellipsis ends 0.7 % of 829 whole texts too: it counts in a feed's text, and in a short one that it cuts.
_ELLIPSIS = re.compile(r"[\w,](?:\s?)(?:…{1,2}|\.{3})[\"”’»]?$")
_CUT_WORD = re.compile(r"(?:[\w,]\s|\b\w)(?:…|\.{3})$")
_SHORT_WORDS = 200
# What a page says where the rest is elsewhere: a link's words, the whole of a short line.
_LINK_WORDS = (
    r"(?:click (?:here )?to )?(?:continue|keep) reading(?: (?:this|the(?: full|rest of the)?) (?:article|story|post))?",
    r"read (?:the )?(?:rest|full (?:article|story|post|text)|whole (?:article|story))(?: .{0,40})?",
    r"read more (?:at|on) .{2,60}",
    r"(?:hier |jetzt )?weiterlesen(?: (?:auf|bei|mit) .{2,40})?",
    r"(?:den )?(?:ganzen|vollständigen|kompletten) (?:artikel|text|beitrag) (?:hier )?lesen(?: .{0,30})?",
    r"lire (?:la suite|l[’']article (?:complet|entier|en entier))(?: .{0,40})?",
    r"(?:seguir|continuar|sigue|continúa) leyendo(?: .{0,40})?",
    r"leer (?:el )?(?:artículo|texto) completo(?: .{0,40})?",
    r"(?:continua|continuare) (?:a leggere|la lettura)(?: .{0,40})?",
    r"leggi (?:tutto|l[’']articolo (?:completo|intero))(?: .{0,40})?",
    r"(?:点击)?(?:阅读|查看|展开)(?:全文|原文|更多|剩余)(?:内容)?|继续阅读|閱讀全文|繼續閱讀|未完待续|下一页",
)
_LINK = re.compile(rf"^[\W_]*(?:{'|'.join(_LINK_WORDS)})[\W_]*$", _FLAGS)
_TRAILING_LINK = re.compile(
    r"(?:…|\.{3}|\])\s*(?:continue reading|read more|read the (?:full|rest)|weiterlesen|mehr lesen|"
    r"lire (?:la suite|plus)|seguir leyendo|leer más|continua a leggere|leggi (?:tutto|di più)|"
    r"阅读全文|阅读更多|继续阅读|閱讀全文)\b.{0,80}$",
    _FLAGS,
)
#: What publishers say at the edge of what is free.
_WALL = re.compile(
    r"il vous reste \d+(?:[.,]\d+)? ?% de (?:cet article|ce texte)|"
    r"(?:la suite|cet article|ce contenu) (?:de cet article )?est réservée? (?:à nos |aux )abonnés|"
    r"\b(?:to (?:continue|keep) reading|to read the (?:full|rest of (?:the|this)) (?:story|article))\b.{0,60}\b"
    r"(?:subscri|sign|log|register|become|create)|"
    r"\b(?:subscribe|sign in|log in|register|become a member)\b.{0,40}\bto (?:continue|keep) reading|"
    r"\bthis (?:article|story|content|post) is (?:only |exclusively )?(?:for|available to|reserved for) "
    r"(?:paid |paying )?(?:subscribers|members)|"
    r"\b(?:weiterlesen|ganzen artikel lesen)\b.{0,40}\b(?:abo|abonn|plus|anmelden|registrier)|"
    r"\bdieser (?:artikel|beitrag|text) ist (?:nur )?(?:für|exklusiv|abonnenten)|\blesen sie (?:den ganzen|weiter mit)|"
    r"\bpara (?:seguir|continuar) leyendo\b|\bcontenido (?:exclusivo |solo )?para (?:suscriptores|abonados)|"
    r"\bper continuare a leggere\b|\b(?:articolo|contenuto) riservato agli abbonati|"
    r"登录后(?:查看|阅读)全文|(?:成为|开通)会员.{0,6}(?:阅读|查看)|剩余\d+%|试读(?:已)?结束",
    _FLAGS,
)
_WALL_SEGMENTS = 4
_WALL_CHARS = 200
#: JSON-LD's own count of words must be so many times ours, and so many words more: some count markup and captions.
_COUNT_RATIO = 2.0
_COUNT_WORDS = 250
#: A "count of words" between these shares of the characters counts characters.
_CHARS_LOW, _CHARS_HIGH = 0.7, 1.4
# A text of such a size is a teaser where the publisher says that the article is not free.
_TEASER_WORDS = 250
#: The last word of a sentence is none of these; a comma ends none either.
_MIDDLE = (
    "a an the of and or but to for with from that which who whose as than is are was were has have had "
    "der die das den dem des ein eine einen einem einer und oder aber zu im am vom mit für von dass weil ist sind "
    "hat "
    "le la les un une des du et ou mais de à dans sur pour par avec que qui est sont a "
    "el los las unos y o pero en con por para del al es son ha "
    "il lo gli i uno e ma di da su tra fra che è sono hanno"
)
_MIDDLE_WORDS = frozenset(_MIDDLE.split())
_WORD = re.compile(r"(?<=\s)[^\W\d_]+$")
_LONG_BLOCK_WORDS = 12
#: Kinds of block that end where a sentence ends.
_PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE})
_PAGE_END = re.compile(r"</(?:body|html)\s*>", _FLAGS)
_SENTENCE_END = re.compile(r"[.!?…:;。！？」』）”\"’'»)\]]\W*$")
#: Words that join a sentence to one before it; first in a text that has no headline, they say that its head is lost.
_JOINS = re.compile(
    r"^(?:(?:But|However,|Meanwhile,|Aber|Doch|Allerdings|Mais|Cependant,|Pero|Sin embargo,|Ma|Tuttavia,)\s|"
    r"但是?|然而|不过)"
)
# "iPhone", "eBay": a small first letter that belongs to a name.
_SMALL_START = re.compile(r"^[a-zß-öø-ÿ]+[\s,]")


def find_break(
    blocks: Sequence[Block],
    *,
    segments: Sequence[Segment],
    page: Page | None,
    text_from: TextFrom,
    metadata: Metadata,
) -> str | None:
    """
    Return why the text is not whole, None where nothing says so.

    Args:
        blocks: The blocks that were kept, in order.
        segments: The segments of the page, where *blocks* were read from one.
        page: The page; None for a plain text.
        text_from: The witness that gave the blocks.
        metadata: What the document says of itself.
    """
    if not blocks:
        return None
    word_count = sum(count_words(block.text) for block in blocks)
    char_count = sum(len(block.text) for block in blocks)
    return (
        _cut_by_mark(blocks[-1].text, is_feed=text_from is TextFrom.FEED, word_count=word_count)
        or (_goes_on_elsewhere(blocks, segments, word_count=word_count) if text_from is TextFrom.PAGE else None)
        or (_counted_longer(page.json_ld, word_count=word_count, char_count=char_count) if page else None)
        or (_is_teaser(word_count) if metadata.is_paywalled else None)
        or _ends_in_a_sentence(blocks[-1])
        or (_page_breaks_off(page, blocks[-1], segments) if page and text_from is TextFrom.PAGE else None)
        or _starts_in_a_sentence(blocks[0], is_headless=page is None and not metadata.title)
    )


def _cut_by_mark(last: str, *, is_feed: bool, word_count: int) -> str | None:
    """Tell of an ellipsis, or of a link to the rest, at the end of the text itself."""
    if _TRAILING_LINK.search(last[-160:]) or (word_count < _SHORT_WORDS and _LINK.match(last)):
        return "ends with a link to the rest"
    if _CUT_MARK.search(last[-20:]):
        return "ends in an ellipsis in brackets"
    is_visible = word_count < _SHORT_WORDS and _CUT_WORD.search(last[-20:])
    if (is_feed or is_visible) and _ELLIPSIS.search(last[-20:]):
        return "ends in an ellipsis"
    return None


def _goes_on_elsewhere(blocks: Sequence[Block], segments: Sequence[Segment], *, word_count: int) -> str | None:
    """Tell of what the page says right after the text: a wall, or a link to the rest of a short one."""
    last = max(block.index for block in blocks)
    if last < 0:
        return None
    for segment in segments[last + 1 : last + 1 + _WALL_SEGMENTS]:
        if len(segment.text) <= _WALL_CHARS and _WALL.search(segment.text):
            return f"the page goes on: {segment.text[:80]}"
    below = segments[last + 1 : last + 2]
    if word_count < _SHORT_WORDS and below and _LINK.match(below[0].text):
        return f"the page goes on: {below[0].text[:80]}"
    return None


def _counted_longer(nodes: Sequence[dict[str, Any]], *, word_count: int, char_count: int) -> str | None:
    """Tell of a count of words in JSON-LD that is far beyond the text."""
    for node in nodes:
        claim = node.get("wordCount")
        if claim is None:
            continue
        try:
            words = int(str(claim).strip())
        except ValueError:
            continue
        counts_characters = _CHARS_LOW * char_count < words < _CHARS_HIGH * char_count
        if words > _COUNT_RATIO * word_count and words - word_count >= _COUNT_WORDS and not counts_characters:
            return f"the publisher counts {words} words, here are {word_count}"
    return None


def _is_teaser(word_count: int) -> str | None:
    """Tell of a short text of an article that is not free."""
    return f"not free, and only {word_count} words" if word_count < _TEASER_WORDS else None


def _ends_in_a_sentence(last: Block) -> str | None:
    """Tell of a last paragraph that stops at a comma or a word that no sentence ends with."""
    text = last.text.rstrip()
    if last.kind not in _PROSE or last.words < _LONG_BLOCK_WORDS:
        return None
    if text.endswith((",", "，", "、")):
        return "ends with a comma"
    word = _WORD.search(text)
    if word and word.group() in _MIDDLE_WORDS:
        return f'ends in the middle of a sentence ("{text[-30:]}")'
    return None


def _page_breaks_off(page: Page, last: Block, segments: Sequence[Segment]) -> str | None:
    """Tell of a page that ends inside its text: nothing is closed, nothing follows, no sentence is finished."""
    is_last = bool(segments) and last.index == len(segments) - 1
    if not is_last or _SENTENCE_END.search(last.text) or _PAGE_END.search(page.markup[-4_000:]):
        return None
    return "the page breaks off"


def _starts_in_a_sentence(first: Block, *, is_headless: bool) -> str | None:
    """Tell of a first paragraph that goes on from something."""
    text = first.text.lstrip("\"“„«'‘ ")
    if text.startswith(("…", "...")) and first.words >= _LONG_BLOCK_WORDS:
        return "begins with an ellipsis"
    if is_headless and first.words >= _LONG_BLOCK_WORDS and (_SMALL_START.match(text) or _JOINS.match(text)):
        return f'begins in the middle ("{text[:30]}")'
    return None
