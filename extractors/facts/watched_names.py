"""Names that the watchlist gives: where a topic's plain terms stand in a text as names."""

from collections.abc import Iterable
from typing import Final

from extractors.facts.folding import fold
from extractors.model import Mention

#: In scripts without capitals a shorter term is as likely a common noun (储能, storage of energy) as a name.
_SHORTEST_UNCASED: Final = 3


def watched_names(mentions: Iterable[Mention]) -> tuple[tuple[int, int], ...]:
    """
    Return the (start, end) of the mentions that are names, in order.

    A term that the article also writes in lower case is a common noun, a near query is a relation between words: both
    are none.

    Args:
        mentions: Of one article, as ``topics.match`` returns them.
    """
    plain = [mention for mention in mentions if mention.char_start is not None and "~" not in mention.term]
    common = {fold(mention.raw) for mention in plain if _is_lower(mention.raw)}
    spans = {
        (mention.char_start, mention.char_end)
        for mention in plain
        if mention.char_start is not None and mention.char_end is not None
        if fold(mention.raw) not in common and (_is_cased(mention.raw) or len(mention.raw) >= _SHORTEST_UNCASED)
    }
    return tuple(sorted(spans))


def _is_cased(raw: str) -> bool:
    return raw.lower() != raw.upper()


def _is_lower(raw: str) -> bool:
    return _is_cased(raw) and raw == raw.lower()
