"""
Say how much an article is about a topic, 0 to 1, from zone, position and density.

``docs/explanation/relevance.md`` gives the reasons and worked examples.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

#: A reader's first screen: at most this many characters of the first two paragraphs are the lede.
_LEDE_CHARS: Final = 800
_LEDE_PARAGRAPHS: Final = 2
#: A name in the headline makes an article mostly about it; one in the lede less so; see the explanation.
_TITLE_SHARE: Final = 0.6
_LEDE_SHARE: Final = 0.4
_BODY_SHARE: Final = 0.8
#: Characters over which a mention's position halves its weight, and by which the length dilutes it.
_DEPTH_CHARS: Final = 3000
_DILUTION_CHARS: Final = 2000
#: One character of Chinese, Japanese or Korean counts as this many: translations of one text are two to three
#: times shorter.
_DENSE_FACTOR: Final = 2.5
_DENSE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SAMPLE_CHARS: Final = 400
_DECIMALS: Final = 4


@lru_cache(maxsize=1)
def lede_end(text: str) -> int:
    """
    Return the offset at which the lede of *text* ends; asked for by every topic that an article covers.

    The lede is the first two paragraphs that are not empty, but at most 800 characters (320 in Chinese,
    Japanese and Korean, which say as much in fewer).
    """
    limit = min(len(text), int(_LEDE_CHARS / _density_of_script(text)))
    end = paragraphs = 0
    while paragraphs < _LEDE_PARAGRAPHS and end < limit:
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        paragraphs += bool(text[end:line_end].strip())
        end = line_end + 1
    return min(end, limit)


def relevance(title_weights: Sequence[float], places: Sequence[tuple[int, float]], *, text: str) -> float:
    """
    Return how much the article is about the topic.

    Args:
        title_weights: Weight of each mention in the title, 1 for a plain term.
        places: Offset in *text* and weight of each mention there.
        text: The article's text.

    Returns:
        0 to 1, four decimals: ``1 - (1 - title) * (1 - lede) * (1 - body)``. More mentions, heavier ones,
        earlier ones or one in the title never make it smaller; more text around the same mentions never makes
        it larger.
    """
    script = _density_of_script(text)
    end_of_lede = lede_end(text)
    title = _TITLE_SHARE * min(1.0, max(title_weights, default=0.0))
    lede = _LEDE_SHARE * min(1.0, max((weight for at, weight in places if at < end_of_lede), default=0.0))
    said = sum(weight * (0.5 + 0.5 * math.exp(-at * script / _DEPTH_CHARS)) for at, weight in places)
    body = _BODY_SHARE * (1 - math.exp(-said / (1 + len(text) * script / _DILUTION_CHARS)))
    return round(1 - (1 - title) * (1 - lede) * (1 - body), _DECIMALS)


@lru_cache(maxsize=1)
def _density_of_script(text: str) -> float:
    """Return how many Latin characters one character of *text* stands for."""
    sample = text[:_SAMPLE_CHARS]
    return _DENSE_FACTOR if len(_DENSE.findall(sample)) * 2 > len(sample) else 1.0
