"""
Find the pattern of a block: its words without names, numbers and addresses.

"Follow Anna Smith on X" and "Follow Bo Birch on X" have one pattern, and so have "12,345 readers join us" and "12,517
readers join us". A figure that a text states (a price, a percentage) is never taken out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: What stands for all that was taken out at one place.
_SLOT = "\u25c7"
#: A pattern keeps so many words of the block, and such a part of them; more where numbers go, for "Rating: 4 out of 5"
#: is none.
_FIXED_WORDS = 2
_FIXED_BY_NUMBERS = 5
_FIXED_PART = 0.4
#: Where more of the words within sentences begin with a capital than this, capitals are a style and mark no names.
_CAPITALS = 0.8

_TOKEN = re.compile(
    r"(?P<address>\S+@\S+|@\w+|https?://\S+|www\.\S+)|(?P<number>\d+(?:[.,:/-]\d+)*)|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<end>[.!?…:;|])"
)
_STATED = re.compile(r"[%‰$€£¥₹₽₩]|(?i:per ?cent|pro[cz]ent|pour cent|por ciento|per cento)")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What is left of a block, and what was taken out; made by ``pattern_of``, taken by ``furniture``."""

    #: Folded words in order; one mark for each run of what was taken out.
    words: tuple[str, ...]
    #: Folded names and numbers taken out; addresses and years are in no article for a reason, so not named here.
    slots: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    #: The first word of its sentence, whose capital says nothing.
    is_first: bool = False


def pattern_of(text: str) -> Pattern | None:
    """
    Return the pattern of a block.

    Args:
        text: The block.

    Returns:
        None where nothing is to be taken out, or too little would be left to tell the block by.
    """
    tokens = _tokens(text)
    inner = [token for token in tokens if token.kind == "word" and not token.is_first]
    is_styled = sum(token.text[0].isupper() for token in inner) > _CAPITALS * len(inner)
    is_stated = _STATED.search(text) is not None
    words: list[str] = []
    slots: set[str] = set()
    for number, token in enumerate(tokens):
        if not _is_slot(tokens, number, is_styled=is_styled, is_stated=is_stated):
            words.append(token.text.casefold())
            continue
        if words[-1:] != [_SLOT]:
            words.append(_SLOT)
        if token.kind != "address" and not _YEAR.fullmatch(token.text):
            slots.add(token.text.casefold())
    fixed = sum(word != _SLOT for word in words)
    least = _FIXED_BY_NUMBERS if any(token.kind == "number" for token in tokens) else _FIXED_WORDS
    if fixed == len(tokens) or fixed < max(least, _FIXED_PART * len(tokens)):
        return None
    return Pattern(words=tuple(words), slots=frozenset(slots))


def _tokens(text: str) -> list[_Token]:
    """Return words, numbers and addresses, and which of them begin a sentence."""
    found: list[_Token] = []
    is_first = True
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "end":
            is_first = True
            continue
        found.append(_Token(kind=str(match.lastgroup), text=match.group(), is_first=is_first))
        is_first = False
    return found


def _is_slot(tokens: Sequence[_Token], number: int, *, is_styled: bool, is_stated: bool) -> bool:
    """Tell whether a token is taken out: an address, a number, a name, the month within a date."""
    token = tokens[number]
    if token.kind == "address":
        return True
    if token.kind == "number":
        return not is_stated
    if token.text[0].isupper() and not token.is_first and not is_styled:
        return True
    is_inner = 0 < number < len(tokens) - 1
    return not is_stated and is_inner and tokens[number - 1].kind == tokens[number + 1].kind == "number"
