"""
Strip what is no part of the article, block by block, each under a named rule.

The rules are light: most need a sign in the markup and one in the words, and a long block goes only where it repeats
the text or follows a heading that announces other people's texts. What goes is kept as a removal.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from extractors.model import Removal, RemovalKind
from extractors.text import phrases
from extractors.text.article import Block, BlockKind, key
from extractors.text.comments import find_seam, split_glued

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
_PULL_WORDS = (5, 60)
#: A list of readings may be at most this share of the words of the text.
_LIST_SHARE = 0.3
_LIST_LINE_WORDS = 40
_LINKED = 0.75
_MAX_PHRASE_CHARS = 400

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
    while True:
        before = len(gone)
        for rule in (_cut_comments, _cut_reading_list, _strip_blocks):
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
    )
    verdicts: dict[int, Verdict] = {}
    for number in range(len(blocks)):
        for rule in _RULES:
            verdict = rule(number, context)
            if verdict is not None:
                verdicts[number] = verdict
                break
    return verdicts if len(verdicts) < len(blocks) else {}


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
    if context.keys[number] in context.author_keys or phrases.BYLINE.match(block.text):
        return RemovalKind.BYLINE, "author_line"
    if phrases.DATELINE.match(block.text):
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
    if block.words <= _CREDIT_WORDS and not _is_sentence(block.text) and phrases.CREDIT.search(block.text):
        return RemovalKind.CAPTION, "picture_credit"
    return None


def _pull_quote(number: int, context: _Context) -> Verdict | None:
    """Take a block whose words all stand elsewhere in the text, in a longer block or once before."""
    low, high = _PULL_WORDS
    block = context.blocks[number]
    name = context.keys[number]
    if not low <= block.words <= high or len(name) < 4 * low:
        return None
    if context.body.count(name) < 2:  # noqa: PLR2004
        return None
    inside = any(name in other and name != other for other in context.keys)
    if inside:
        return RemovalKind.PULL_QUOTE, "repeats_sentence"
    return (RemovalKind.PULL_QUOTE, "repeats_block") if name in context.keys[:number] else None


def _furniture(number: int, context: _Context) -> Verdict | None:
    """Take a short block that asks the reader for something."""
    block = context.blocks[number]
    if block.words > _NAG_WORDS or len(block.text) > _MAX_PHRASE_CHARS:
        return None
    if block.words <= _SHARE_WORDS and phrases.SHARE.match(block.text):
        return RemovalKind.SHARE, "share_phrase"
    for kind, pattern, rule in _NAGS:
        if pattern.search(block.text):
            return kind, rule
    return None


_NAGS = (
    (RemovalKind.NEWSLETTER, phrases.NEWSLETTER, "newsletter_phrase"),
    (RemovalKind.SUBSCRIPTION, phrases.SUBSCRIPTION, "subscription_phrase"),
    (RemovalKind.CONSENT, phrases.CONSENT, "consent_phrase"),
)


def _related(number: int, context: _Context) -> Verdict | None:
    """Take a link to another text: a phrase that says so, or nothing but a link in a container that does."""
    block = context.blocks[number]
    if block.words > _RELATED_WORDS:
        return None
    if phrases.RELATED.match(block.text) and (block.link_density > 0.3 or not _is_sentence(block.text)):  # noqa: PLR2004
        return RemovalKind.RELATED, "related_phrase"
    if block.link_density >= _LINKED and not _is_sentence(block.text):
        if block.around("related", "share", "tags"):
            return RemovalKind.RELATED, "linked_in_related"
        if block.kind in {BlockKind.ITEM, BlockKind.HEADING} and block.words >= 4:  # noqa: PLR2004
            return RemovalKind.RELATED, "linked_item"
    return None


def _comment_part(number: int, context: _Context) -> Verdict | None:
    """Take what the markup names as readers' comments, or a line of their form."""
    block = context.blocks[number]
    if block.near("comment") and not block.near("body") and block.words <= _NAG_WORDS:
        return RemovalKind.COMMENT, "comment_container"
    is_last = number >= len(context.blocks) - _END_BLOCKS
    if is_last and phrases.COMMENT_MARKER.match(block.text) and block.words <= _SHARE_WORDS:
        return RemovalKind.COMMENT_FORM, "comment_invitation"
    return None


def _empty(number: int, context: _Context) -> Verdict | None:
    """Take a block without a letter or digit at the end of the text."""
    if not context.keys[number] and number == len(context.blocks) - 1:
        return RemovalKind.OTHER, "no_words"
    return None


_RULES: tuple[Callable[[int, _Context], Verdict | None], ...] = (
    _title_repeat, _byline, _caption, _pull_quote, _furniture, _related, _comment_part, _empty,
)


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
    return any(phrases.SUBSCRIPTION.search(line) for line in lines)


def _cut_reading_list(blocks: tuple[Block, ...], _about: About) -> tuple[tuple[Block, ...], list[_Gone]]:
    """Cut the list of other texts under a heading that announces one, down to the end of the text."""
    total = sum(block.words for block in blocks) or 1
    for number, block in enumerate(blocks):
        if number == 0 or block.words > _SHARE_WORDS or not phrases.READING_LIST.match(block.text):
            continue
        below = blocks[number + 1 :]
        share = sum(item.words for item in below) / total
        if share <= _LIST_SHARE and all(item.words <= _LIST_LINE_WORDS for item in below):
            return blocks[:number], [
                (item, RemovalKind.RELATED, item.text, "reading_list") for item in blocks[number:]
            ]
    return blocks, []


def relabel(block: Block, text: str) -> Block:
    """Return *block* with another text and everything else kept."""
    return replace(block, text=text)
