"""
Sketch a text so that others which hold a part of it can be found.

The sketch is the smallest hashes of its runs of words ("bottom-s" of 4-grams, with a floor and a cap): a sketch of
containment, not of similarity, so that a third of a text still meets the whole.
"""

from heapq import nsmallest

import xxhash

from extractors.stories.words import Words

#: Words in a run; twice as many characters where a word is one. Three collide by chance, five lose spun copies.
_RUN = 4
_UNSPACED_RUN = 8
#: One run in sixteen, at least 24 and at most 128: 27 numbers for most news articles.
_SHARE = 16
_LEAST, _MOST = 24, 128


def sketch(words: Words) -> tuple[int, ...]:
    """
    Return the sketch of a text: 64-bit numbers, ascending, at most 128; fewer where the text has fewer runs.

    Two texts of which one holds the other share most of the numbers that are small enough for both sketches.
    """
    size = _UNSPACED_RUN if words.is_unspaced else _RUN
    text = words.words
    if not text:
        return ()
    runs = {" ".join(text[start : start + size]) for start in range(max(1, len(text) - size + 1))}
    wanted = min(max(len(text) // _SHARE, _LEAST), _MOST)
    return tuple(nsmallest(wanted, (xxhash.xxh3_64_intdigest(run.encode()) for run in runs)))
