"""
Strip what is no part of the article, block by block, each under a named rule.

The rules are light: most need a sign in the markup and one in the words, and a long block goes only where it repeats
the text or follows a heading that announces other people's texts. What goes is kept as a removal.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from extractors.model import Removal, RemovalKind
from extractors.text import phrases
from extractors.text.article import Block, BlockKind, key
from extractors.text.comments import find_seam, split_glued
from extractors.text.edges import claimed_end, edge_line, reading_list

#: Longest blocks, in words, that a rule may take on its phrase alone.
_NAG_WORDS = 45
_SHARE_WORDS = 14
_CAPTION_WORDS = 70
_CREDIT_WORDS = 30
_BYLINE_WORDS = 14
_RELATED_WORDS = 30
#: How near to the top a title, and to either end a byline, may stand.
_TOP_BLOCKS = 6
_END_BLOCKS = 4
#: A repeated sentence of at least so many words, in a block of at most so many, is a pull quote.
_PULL_WORDS = (8, 60)
_LINKED = 0.75
_LINKED_ITEM = 0.5
#: A line that is a link as a whole is a link to another text.
_ALL_LINKED = 0.85
_PARTLY_LINKED = 0.3
#: Most headings, items and rows of a text that is prose, as a share of its blocks.
_LISTED_SHARE = 0.1
#: A block of fewer words must be confirmed by a second witness; without spaces, of so many characters a word.
_UNCONFIRMED_WORDS = 25
_WIDE_CHARS = 8
_CONFIRMED_SHARE = 0.6
#: A linked item of fewer words names a thing, one of more is a headline.
_HEADLINE_WORDS = 4
_MAX_PHRASE_CHARS = 400
_REMEMBERED = 4096
#: Real texts settle in three rounds; the bound is for texts of thousands of markers, which are no articles.
_MAX_ROUNDS = 20
_MANY_BLOCKS = 3_000

Verdict = tuple[RemovalKind, str]
#: A block that goes, with the kind, the part of its text and the rule.
_Gone = tuple[Block, RemovalKind, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of the article from elsewhere; made by ``reading``, taken by ``clean``."""

    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    #: Whether the blocks are lines of a plain text, without any markup.
    is_plain: bool = False
    #: Whether the page calls itself a news article.
    is_news: bool = False
    #: JSON-LD's body of the article, where the page gives one.
    claim: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """The blocks that stay and the removals; made by ``clean``, taken by ``reading``."""

    blocks: tuple[Block, ...]
    removals: tuple[Removal, ...] = ()


@dataclass(frozen=True, slots=True)
class _Context:
    """What the rules look at besides the block itself."""

    blocks: Sequence[Block]
    keys: Sequence[str]
    about: About
    title_keys: frozenset[str]
    author_keys: frozenset[str]
    #: The whole text in letters and digits.
    body: str
    #: Whether headings, items and table rows are few: a report, not a guide or a list.
    is_prose: bool
    #: Whether the second extractor has most of the words too.
    is_confirmed: bool


def clean(blocks: Sequence[Block], *, about: About) -> Cleaned:
    """
    Strip *blocks* of what is no part of the article.

    Args:
        blocks: What extraction returned, in order.
        about: Title and authors, and whether the blocks come from a plain text.

    Returns:
        The blocks that stay, in order, and a removal for each block that went, in order. Cleaning the result again
        changes nothing: the rules run until none of them finds anything.
    """
    order = {id(block): number for number, block in enumerate(blocks)}
    kept = tuple(blocks)
    gone: list[_Gone] = []
    for _round in range(_MAX_ROUNDS if len(kept) <= _MANY_BLOCKS else 2):
        before = len(gone)
        for rule in (_cut_comments, _cut_reading_list, _strip_blocks, _cut_below_claim):
            kept, more = rule(kept, about)
            gone.extend(more)
        if len(gone) == before:
            break
    gone.sort(key=lambda item: order[id(item[0])])
    return Cleaned(
        blocks=kept, removals=tuple(Removal(kind=kind, text=text, rule=rule) for _block, kind, text, rule in gone)
    )


def _strip_blocks(blocks: tuple[Block, ...], about: About) -> tuple[tuple[Block, ...], list[_Gone]]:
    """Strip each block that a rule for single blocks takes."""
    verdicts = _judge(blocks, about)
    kept = tuple(block for number, block in enumerate(blocks) if number not in verdicts)
    return kept, [(blocks[number], kind, blocks[number].text, rule) for number, (kind, rule) in verdicts.items()]


def _judge(blocks: Sequence[Block], about: About) -> dict[int, Verdict]:
    """Return the verdict of the first rule that takes each block, by number."""
    keys = [key(block.text) for block in blocks]
    context = _Context(
        blocks=blocks,
        keys=keys,
        about=about,
        title_keys=frozenset(filter(None, (key(title) for title in about.titles))),
        author_keys=frozenset(filter(None, (key(author) for author in about.authors))),
        body="\n".join(keys),
        is_prose=about.is_news or _is_prose(blocks),
        is_confirmed=sum(block.words for block in blocks if block.is_witnessed)
        >= _CONFIRMED_SHARE * sum(block.words for block in blocks),
    )
    verdicts: dict[int, Verdict] = {}
    for number in range(len(blocks)):
        for rule in _RULES:
            verdict = rule(number, context)
            if verdict is not None:
                verdicts[number] = verdict
                break
    return verdicts if len(verdicts) < len(blocks) else {}


def _is_prose(blocks: Sequence[Block]) -> bool:
    """Tell whether few of the blocks that the second extractor has too are headings, items or rows."""
    listed = {BlockKind.HEADING, BlockKind.ITEM, BlockKind.ROW}
    return sum(block.kind in listed and block.is_witnessed is not False for block in blocks) <= _LISTED_SHARE * len(
        blocks
    )


def _title_repeat(number: int, context: _Context) -> Verdict | None:
    """Take the headline where it stands again above the text."""
    if number < _TOP_BLOCKS and context.keys[number] in context.title_keys:
        return RemovalKind.OTHER, "title_repeat"
    return None


def _byline(number: int, context: _Context) -> Verdict | None:
    """Take a line of nothing but names, dates or reading times at either end."""
    block = context.blocks[number]
    is_end = number < _TOP_BLOCKS or number >= len(context.blocks) - _END_BLOCKS
    if not is_end or block.words > _BYLINE_WORDS:
        return None
    if context.keys[number] in context.author_keys or phrases.is_byline(block.text):
        return RemovalKind.BYLINE, "author_line"
    if phrases.is_dateline(block.text):
        return RemovalKind.BYLINE, "date_line"
    if block.near("byline") and not block.near("body") and not _is_sentence(block.text):
        return RemovalKind.BYLINE, "byline_container"
    return None


def _caption(number: int, context: _Context) -> Verdict | None:
    """Take the words under a picture."""
    block = context.blocks[number]
    if block.segment is not None and block.words <= _CAPTION_WORDS:
        if block.segment.tag in {"figcaption", "figure"} or "figcaption" in block.segment.path[-4:]:
            return RemovalKind.CAPTION, "figcaption"
        if block.near("caption") and not block.near("body"):
            return RemovalKind.CAPTION, "caption_container"
    if block.words <= _CREDIT_WORDS and not _is_sentence(block.text) and phrases.is_credit(block.text):
        return RemovalKind.CAPTION, "picture_credit"
    return None


def _pull_quote(number: int, context: _Context) -> Verdict | None:
    """Take a block whose words all stand elsewhere in the text, in a longer block or once before."""
    low, high = _PULL_WORDS
    block = context.blocks[number]
    name = context.keys[number]
    if not low <= block.words <= high or len(name) < 4 * low:
        return None
    if context.body.count(name) == 1:
        return None
    is_inside = any(name in other and name != other for other in context.keys)
    # In markup a repeated sentence may be a summary's bullet, which readers of the page do read: more is asked for.
    is_marked = context.about.is_plain or block.kind is BlockKind.QUOTE or block.near("quote")
    if is_inside and is_marked:
        return RemovalKind.PULL_QUOTE, "repeats_sentence"
    return (RemovalKind.PULL_QUOTE, "repeats_block") if is_marked and name in context.keys[:number] else None


def _furniture(number: int, context: _Context) -> Verdict | None:
    """Take a short block that asks the reader for something."""
    block = context.blocks[number]
    if block.words > _NAG_WORDS or len(block.text) > _MAX_PHRASE_CHARS:
        return None
    if block.words <= _SHARE_WORDS and phrases.is_share(block.text):
        return RemovalKind.SHARE, "share_phrase"
    for kind, is_nag, rule in _NAGS:
        if is_nag(block.text):
            return kind, rule
    return None


_NAGS = (
    (RemovalKind.NEWSLETTER, phrases.is_newsletter, "newsletter_phrase"),
    (RemovalKind.SUBSCRIPTION, phrases.is_subscription, "subscription_phrase"),
    (RemovalKind.CONSENT, phrases.is_consent, "consent_phrase"),
)


def _related(number: int, context: _Context) -> Verdict | None:
    """Take a link to another text: a phrase that says so, or nothing but a link in a container that does."""
    block = context.blocks[number]
    if block.words > _RELATED_WORDS:
        return None
    is_bare = context.about.is_plain and ":" not in block.text and phrases.is_reading_list(block.text)
    if (
        not is_bare
        and phrases.is_related(block.text)
        and (block.link_density > _PARTLY_LINKED or not _is_sentence(block.text))
    ):
        return RemovalKind.RELATED, "related_phrase"
    if block.link_density >= _LINKED and not _is_sentence(block.text) and block.is_witnessed is not True:
        return (RemovalKind.RELATED, "linked_in_related") if block.around("related", "share", "tags") else None
    return None


def _linked(number: int, context: _Context) -> Verdict | None:
    """Take a headline that is a link, in a text that is no list of things."""
    block = context.blocks[number]
    if context.is_prose and block.kind is not BlockKind.ITEM and block.words >= _HEADLINE_WORDS:
        is_headline = not _is_sentence(block.text) or block.text.isupper() or block.text.endswith("]")
        if block.link_density >= _ALL_LINKED and is_headline:
            return RemovalKind.RELATED, "linked_line"
    least = _LINKED_ITEM if block.kind is BlockKind.ITEM else _LINKED
    if not context.is_prose or block.is_witnessed is not False or block.words < _HEADLINE_WORDS:
        return None
    return (RemovalKind.RELATED, "linked_headline") if block.link_density >= least else None


def _unconfirmed(number: int, context: _Context) -> Verdict | None:
    """
    Take a short block that no second witness has, in a text that is prose and whose rest the witness has.

    Measured (2026-11, F1): publishers-257 +0.002, newspapers-181 +0.002, nine languages +0.007; on guides and product
    lists it costs 0.001, hence the condition that the text is prose.
    """
    block = context.blocks[number]
    is_short = block.words < _UNCONFIRMED_WORDS and len(block.text) < _WIDE_CHARS * _UNCONFIRMED_WORDS
    if not (context.is_prose and context.is_confirmed and is_short) or block.is_claimed or _is_quoted(block):
        return None
    return (RemovalKind.OTHER, "unconfirmed_short_block") if block.is_witnessed is False else None


def _is_quoted(block: Block) -> bool:
    """Tell whether a block stands in a quotation, such as an embedded post: the second extractor leaves those out."""
    return block.kind is BlockKind.QUOTE or (block.segment is not None and "blockquote" in block.segment.path)


def _trailing(number: int, context: _Context) -> Verdict | None:
    """Take the last block where it is short and unconfirmed, whatever the witness says of the rest."""
    block = context.blocks[number]
    is_last = number == len(context.blocks) - 1 and number >= _END_BLOCKS - 1
    if not is_last or not context.is_prose or block.is_claimed or block.words >= _UNCONFIRMED_WORDS:
        return None
    is_short = len(block.text) < _WIDE_CHARS * _UNCONFIRMED_WORDS
    return (RemovalKind.OTHER, "unconfirmed_end") if block.is_witnessed is False and is_short else None


def _comment_part(number: int, context: _Context) -> Verdict | None:
    """Take what the markup names as readers' comments, or a line of their form."""
    block = context.blocks[number]
    if (
        block.near("comment")
        and not block.near("body")
        and block.words <= _NAG_WORDS
        and block.is_witnessed is not True
    ):
        return RemovalKind.COMMENT, "comment_container"
    is_last = number >= len(context.blocks) - _END_BLOCKS
    if is_last and phrases.is_comment_marker(block.text) and block.words <= _SHARE_WORDS:
        return RemovalKind.COMMENT_FORM, "comment_invitation"
    return None


def _edge(number: int, context: _Context) -> Verdict | None:
    """Take a line at either end that speaks of the text."""
    blocks = context.blocks
    return edge_line(blocks[number], number=number, count=len(blocks), authors=context.about.authors)


def _empty(number: int, context: _Context) -> Verdict | None:
    """Take a block without a letter or digit at the end of the text."""
    if not context.keys[number] and number == len(context.blocks) - 1:
        return RemovalKind.OTHER, "no_words"
    return None


_RULES: tuple[Callable[[int, _Context], Verdict | None], ...] = (
    _title_repeat,
    _byline,
    _caption,
    _pull_quote,
    _furniture,
    _related,
    _comment_part,
    _linked,
    _unconfirmed,
    _trailing,
    _edge,
    _empty,
)


@lru_cache(maxsize=_REMEMBERED)
def _is_sentence(text: str) -> bool:
    """Tell whether a block ends as a sentence does."""
    return bool(re.search(r"[.!?。！？…][\"'”’»)\]]*$", text.rstrip()))


# --- rules over more than one block --------------------------------------------------------------------------------


def _cut_comments(blocks: tuple[Block, ...], _about: About) -> tuple[tuple[Block, ...], list[_Gone]]:
    """Cut the text where its readers' part begins, if it has one."""
    lines = [block.text for block in blocks]
    seam = find_seam(lines)
    if seam is None:
        return blocks, []
    first, last = seam.nags
    invitation = RemovalKind.SUBSCRIPTION if _asks_to_pay(lines[first:last]) else RemovalKind.COMMENT_FORM
    gone: list[_Gone] = [(block, invitation, block.text, "comment_invitation") for block in blocks[first:last]]
    for block in blocks[last:]:
        text = block.text
        glued = split_glued(text, lines[: seam.start])
        if glued:
            gone.append((block, RemovalKind.SUBSCRIPTION, glued[0], "glued_button"))
            text = glued[1]
        gone.append((block, RemovalKind.COMMENT, text, "below_comment_seam"))
    return blocks[: seam.start], gone


def _asks_to_pay(lines: Sequence[str]) -> bool:
    """Tell whether an invitation to comment is one to subscribe."""
    return any(phrases.is_subscription(line) for line in lines)


def _cut_reading_list(blocks: tuple[Block, ...], _about: About) -> tuple[tuple[Block, ...], list[_Gone]]:
    """Cut the list of other texts under a heading that announces one, down to the end of the text."""
    start = reading_list(blocks)
    if start is None:
        return blocks, []
    return blocks[:start], [(item, RemovalKind.RELATED, item.text, "reading_list") for item in blocks[start:]]


def _cut_below_claim(blocks: tuple[Block, ...], about: About) -> tuple[tuple[Block, ...], list[_Gone]]:
    """Cut what stands below the end of the publisher's own text, on pages of prose."""
    end = claimed_end(blocks, about.claim)
    if end is None or not (about.is_news or _is_prose(blocks)):
        return blocks, []
    return blocks[:end], [(item, RemovalKind.OTHER, item.text, "below_claimed_end") for item in blocks[end:]]


def relabel(block: Block, text: str) -> Block:
    """Return *block* with another text and everything else kept."""
    return replace(block, text=text)
