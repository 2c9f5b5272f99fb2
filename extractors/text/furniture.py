"""
Know the furniture of a site: blocks that recur in its articles whatever these are about.

Pure: ``survey`` says which blocks of one article may be furniture, the warehouse counts such sightings over a source,
and ``strip`` takes away what was learnt. Two signs part furniture from what articles share for a reason: it does not
speak of what its article is about, and the articles that carry it are no copies of each other.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import xxhash

from extractors.model import Furniture, Removal, RemovalKind, Sighting
from extractors.text.article import Block, BlockKind
from extractors.text.clean import About, Cleaned
from extractors.text.patterns import Pattern, pattern_of

#: Longer blocks are never furniture: of 265 blocks that recurred on 101 sites and were none of the article's, the
#: longest had 107 words (2026-11).
_MOST_WORDS = 120
#: Blocks of so many words tell what an article is about, besides its title.
_LONG_WORDS = 20
#: A block speaks of its article's subject where it shares a term with the title, or two of its terms and a fifth of
#: them with the long blocks. Measured in docs/explanation/clean-text.md.
_SHARED_TERMS = 2
_SHARED_PART = 0.2
#: A label heads what follows it; furniture or not, it goes only with that.
_LABEL_WORDS = 4
#: Furniture stands among the first blocks of an article, or the last.
_FIRST_BLOCKS = 2
_LAST_BLOCKS = 3
_LINKED = 0.5
_SAMPLE_CHARS = 300
_TERM_CHARS = 5
_STEM_CHARS = 6
_NAME_CHARS = 3
#: Copies of an article are told from other articles by runs of words that begin with a long one.
_RUN_WORDS = 3
_RUN_CHARS = 8
#: Four hash functions of one: multiplication by an odd number is a permutation of 64-bit numbers.
_FACTORS = (1, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
_MOST = 2**64 - 1

_MARKED = ("related", "newsletter", "subscription", "consent", "share", "comment", "tags", "ad", "author_box", "aside")
#: Scripts without spaces between words; two characters count as a word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_FIRST_UNSPACED = "\u0e00"
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One block as far as it may be furniture."""

    number: int
    block: Block
    words: int
    #: Key of its words.
    exact: int
    #: Key of what is left of it without names, numbers and addresses; None where that is too little or all of it, or
    #: where one of those stands elsewhere in the article.
    pattern: int | None
    is_on_topic: bool

    @property
    def is_marked(self) -> bool:
        """Tell whether the page sets it apart: by links, its container, or the second extractor that left it out."""
        is_apart = self.block.near(*_MARKED) and not self.block.near("body")
        return is_apart or self.block.link_density >= _LINKED or self.block.is_witnessed is False

    def rule(self, furniture: Furniture) -> str | None:
        """Return the rule by which *furniture* takes it; None: it stays."""
        if self.exact in furniture.certain or (self.exact in furniture.known and not self.is_on_topic):
            return "learnt_block"
        return "learnt_pattern" if self.pattern in furniture.known else None

    def is_label(self, furniture: Furniture) -> bool:
        """Tell whether it is a few words that say something only with what follows, and no furniture for certain."""
        is_short = self.words <= _LABEL_WORDS and not _SENTENCE_END.search(self.block.text)
        return is_short and self.block.link_density < _LINKED and self.exact not in furniture.certain


def survey(blocks: Sequence[Block], *, about: About) -> tuple[Sighting, ...]:
    """
    Return what of one article may be furniture of its site.

    Args:
        blocks: The blocks after ``clean`` and before ``strip``: what is learnt must not depend on what was known.
        about: Title and authors.

    Returns:
        A sighting for each block, each key once, that does not speak of the article's subject or that stands at an
        end of the article; and one for the pattern of a block that has one.
    """
    looks = list(_looks(blocks, about))
    contexts = _contexts(_own(blocks, looks))
    found: dict[int, Sighting] = {}
    for look in looks:
        is_edge = look.number < _FIRST_BLOCKS or look.number >= len(blocks) - _LAST_BLOCKS
        if is_edge or not look.is_on_topic:
            found.setdefault(look.exact, _sighting(look, key=look.exact, is_edge=is_edge, contexts=contexts))
        if look.pattern is not None:
            # A pattern is one only if its words vary: what must differ are the blocks, not the articles around them.
            variants = tuple(_with_residue(look.exact, residue) for residue in range(len(_FACTORS)))
            found.setdefault(look.pattern, _sighting(look, key=look.pattern, is_edge=is_edge, contexts=variants))
    return tuple(found.values())


def strip(blocks: Sequence[Block], *, about: About, furniture: Furniture) -> Cleaned:
    """
    Strip *blocks* of what *furniture* says is the site's.

    A block that speaks of its article's subject stays, unless most articles of the source carry it; a heading or label
    stays with what it heads.

    Args:
        blocks: The blocks after ``clean``.
        about: Title and authors.
        furniture: What was learnt of the source.

    Returns:
        The blocks that stay and a removal for each that went, both in order.
    """
    taken = _taken(blocks, about, furniture) if furniture.known else {}
    return Cleaned(
        blocks=tuple(block for number, block in enumerate(blocks) if number not in taken),
        removals=tuple(
            Removal(kind=RemovalKind.REPEATED_ON_SITE, text=blocks[number].text, rule=taken[number])
            for number in sorted(taken)
        ),
    )


def _taken(blocks: Sequence[Block], about: About, furniture: Furniture) -> dict[int, str]:
    """Return the rule that takes each block, by number; from the end, since headings go with all that stands below."""
    looks = {look.number: look for look in _looks(blocks, about)}
    taken: dict[int, str] = {}
    is_next_kept = is_section_kept = False
    for number in reversed(range(len(blocks))):
        look = looks.get(number)
        rule = look.rule(furniture) if look else None
        is_heading = blocks[number].kind is BlockKind.HEADING
        if is_heading:
            heads_something = is_next_kept or is_section_kept
        else:
            heads_something = is_next_kept and look is not None and look.is_label(furniture)
        is_next_kept = rule is None or heads_something
        is_section_kept = not is_heading and (is_section_kept or is_next_kept)
        if rule is not None and not heads_something:
            taken[number] = rule
    return taken


def _sighting(look: _Look, *, key: int, is_edge: bool, contexts: tuple[int, ...]) -> Sighting:
    """Return the sighting of a block under one of its keys."""
    return Sighting(
        block_key=key,
        is_pattern=key != look.exact,
        text=look.block.text[:_SAMPLE_CHARS],
        word_count=look.words,
        is_on_topic=look.is_on_topic,
        is_edge=is_edge,
        is_marked=look.is_marked,
        contexts=contexts,
    )


def _looks(blocks: Sequence[Block], about: About) -> Iterator[_Look]:
    """Yield each block that may be furniture; code, long blocks and such without a word are not."""
    words = [_WORD.findall(block.text.casefold()) for block in blocks]
    subject = _Subject(words, about)
    for number, (block, own) in enumerate(zip(blocks, words, strict=True)):
        size = _size(block.text, own)
        if not own or size > _MOST_WORDS or block.kind is BlockKind.CODE:
            continue
        is_long = size >= _LONG_WORDS
        is_on_topic = subject.has(own, is_long=is_long)
        pattern = None if is_on_topic else pattern_of(block.text)
        yield _Look(
            number=number,
            block=block,
            words=size,
            exact=_hash(own),
            pattern=_hash(pattern.words) if pattern and not subject.fills(pattern, is_long=is_long) else None,
            is_on_topic=is_on_topic,
        )


class _Subject:
    """What an article is about: the terms of its title and of its long blocks, its authors' names apart."""

    def __init__(self, blocks: Sequence[Sequence[str]], about: About) -> None:
        authors = {word for author in about.authors for word in _WORD.findall(author.casefold())}
        title = {word for text in about.titles for word in _WORD.findall(text.casefold())} - authors
        long = [set(words) - authors for words in blocks if _size("".join(words), words) >= _LONG_WORDS]
        self._title_words = title
        self._title = _terms(title)
        self._words = Counter(word for words in long for word in words)
        self._terms = Counter(term for words in long for term in _terms(words))

    def has(self, words: Sequence[str], *, is_long: bool) -> bool:
        """Tell whether a block of *words* speaks of the subject; *is_long*: its own words are counted too."""
        terms = _terms(words)
        shared = sum(self._terms[term] > is_long for term in terms)
        return bool(terms & self._title) or (shared >= _SHARED_TERMS and shared >= _SHARED_PART * len(terms))

    def fills(self, pattern: Pattern, *, is_long: bool) -> bool:
        """Tell whether a name or number of a block stands elsewhere in the article."""
        names = (slot for slot in pattern.slots if len(slot) >= _NAME_CHARS or slot.isdigit())
        return any(self._words[name] > is_long or name in self._title_words for name in names)


def _terms(words: Sequence[str] | set[str]) -> set[str]:
    """Return what of *words* names things: stems of long words, numbers; pairs of characters where no space parts."""
    found: set[str] = set()
    for word in words:
        if word > _FIRST_UNSPACED and _UNSPACED.search(word):
            found.update(word[start : start + 2] for start in range(len(word) - 1))
        elif len(word) >= _TERM_CHARS or (len(word) > 1 and word[0].isdigit()):
            found.add(word[:_STEM_CHARS])
    return found


def _size(text: str, words: Sequence[str]) -> int:
    """Count the words; where a script has no spaces, two characters count as one."""
    if text.isascii() or not _UNSPACED.search(text):
        return len(words)
    return sum(len(word) for word in words) // 2


def _own(blocks: Sequence[Block], looks: Sequence[_Look]) -> Sequence[Block]:
    """Return the blocks that speak of the subject, which furniture seldom does; all where none does."""
    foreign = {look.number for look in looks if not look.is_on_topic}
    return [block for number, block in enumerate(blocks) if number not in foreign] or blocks


def _contexts(blocks: Sequence[Block]) -> tuple[int, ...]:
    """Return the smallest hash by each of four functions over the runs of words: copies of an article share most."""
    words = [word for block in blocks for word in _WORD.findall(block.text.casefold())]
    starts = [start for start, word in enumerate(words) if len(word) >= _RUN_CHARS] or range(len(words))
    runs = {_hash(words[start : start + _RUN_WORDS]) for start in starts}
    return tuple(
        _with_residue(min((run * factor & _MOST for run in runs), default=0), residue)
        for residue, factor in enumerate(_FACTORS)
    )


def _with_residue(value: int, residue: int) -> int:
    """Return *value* with *residue* for its last two bits, which say by which function it was made."""
    return value - value % len(_FACTORS) + residue


def _hash(words: Sequence[str]) -> int:
    return xxhash.xxh3_64_intdigest(" ".join(words).encode("utf-8", "replace"))
