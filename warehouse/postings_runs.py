"""
Find the texts that share numbers with others, in sorted runs of 64-bit entries.

Pure: arrays in, arrays out. An entry is the low 40 bits of a number, then the place of the text that holds it, so that
a sorted array of entries is the whole index: the texts of a number stand side by side, the oldest first. A number of
another text is met by chance once in 4,000 look-ups among 10 million texts (280 million of 2^40), and one shared number
is never enough. A text has one number more, that of its whole sketch: however many texts hold the others, one with the
very same sketch is found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Entries: TypeAlias = npt.NDArray[np.uint64]
Sizes: TypeAlias = npt.NDArray[np.uint16]
Integers: TypeAlias = npt.NDArray[np.int64]

#: Entries that share one entry of a run's directory: a page of 4 kB, so a look-up touches one page of the file.
PAGE = 512
_PLACE_BITS = np.uint64(24)
#: The place that no text has: beyond all entries of its number.
_END = np.uint64(2**24 - 1)
#: Texts whose places count from one beginning; the entries of two windows are never in one run.
WINDOW = 2**24 - 1
#: Bits of a text number where it is packed together with another number.
_TEXT_BITS = 40
#: 2^64 by the golden ratio: multiplied by it, numbers that are near each other are not any more.
_ODD = np.uint64(0x9E3779B97F4A7C15)
#: Entries sorted at once in a merge.
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is known of consecutive texts; made here, kept in a file by ``postings``."""

    first_text_no: int
    #: Ascending, no two alike.
    entries: Entries
    #: The first entry of each page.
    directory: Entries
    #: By text from the first on: how many numbers it has; 0 where there is no such text.
    sizes: Sizes

    @property
    def last_text_no(self) -> int:
        """The newest of its texts."""
        return self.first_text_no + len(self.sizes) - 1

    @property
    def window(self) -> int:
        """What its entries count their places from, in windows."""
        return self.first_text_no // WINDOW


def runs_of(text_nos: Integers, sizes: Integers, numbers: Entries) -> Iterator[Run]:
    """
    Give the runs of texts, in order; more than one only where a window ends among them.

    Args:
        text_nos: Ascending, below 2^40.
        sizes: How many numbers each text has, at most 65,535.
        numbers: All their numbers one after the other; those of one text differ.
    """
    has_numbers = sizes > 0
    holder = np.concatenate((np.repeat(text_nos, sizes), text_nos[has_numbers]))
    keys = np.concatenate((numbers, _whole(numbers, sizes)[has_numbers])) << _PLACE_BITS
    cuts = np.flatnonzero(np.diff(text_nos // WINDOW)) + 1
    for texts, count in zip(np.split(text_nos, cuts), np.split(sizes, cuts), strict=True):
        if not len(texts):
            continue
        is_inside = slice(None) if not len(cuts) else (holder >= texts[0]) & (holder <= texts[-1])
        entries = keys[is_inside] | (holder[is_inside] % WINDOW).astype(np.uint64)
        entries.sort()
        by_text = np.zeros(texts[-1] - texts[0] + 1, dtype=np.uint16)
        by_text[texts - texts[0]] = count
        yield Run(first_text_no=int(texts[0]), entries=entries, directory=entries[::PAGE].copy(), sizes=by_text)


def _whole(numbers: Entries, sizes: Integers) -> Entries:
    """Return a number for each sketch as a whole, whatever the order of its numbers; *sizes* says how many it has."""
    mixed = (numbers ^ _ODD) * _ODD
    sums = np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(mixed ^ mixed >> np.uint64(32), dtype=np.uint64)))
    ends = np.cumsum(sizes)
    whole: Entries = (sums[ends] - sums[ends - sizes]) * _ODD >> _PLACE_BITS
    return whole


def merged(sources: Sequence[Entries], *, block: int = _BLOCK) -> Iterator[Entries]:
    """Give the entries of *sources* in order, about *block* of them at a time, and never more."""
    at, share = [0] * len(sources), max(1, block // len(sources))
    while any(start < len(source) for start, source in zip(at, sources, strict=True)):
        parts = [source[start : start + share] for start, source in zip(at, sources, strict=True)]
        # Beyond the least of the last entries an entry may be missing that was not read yet.
        unread = [
            part[-1] for start, source, part in zip(at, sources, parts, strict=True) if start + len(part) < len(source)
        ]
        if unread:
            parts = [part[: np.searchsorted(part, min(unread), side="right")] for part in parts]
        at = [start + len(part) for start, part in zip(at, parts, strict=True)]
        together = np.concatenate(parts)
        together.sort()
        yield together


def near(
    sketches: Sequence[Sequence[int]],
    runs: Iterable[Run],
    *,
    least_shared: int,
    most: int,
    most_holders: int,
) -> list[list[tuple[int, int]]]:
    """
    Return for each sketch the texts nearest to it.

    Args:
        sketches: Numbers below 2^64; those of one sketch differ.
        runs: Of ascending texts.
        least_shared: Texts that share fewer numbers are left out.
        most: Texts for each sketch.
        most_holders: Of a number that more texts hold, so many of the oldest count; the same sketch counts always.

    Returns:
        For each sketch the pairs of text number and numbers shared, the nearest first: by the share of the smaller
        sketch that the other has, then of the larger, then by text number.
    """
    sizes = np.fromiter(map(len, sketches), dtype=np.int64, count=len(sketches))
    numbers = np.fromiter(chain.from_iterable(sketches), dtype=np.uint64, count=int(sizes.sum()))
    asker = np.concatenate((np.repeat(np.arange(len(sketches)), sizes), np.arange(len(sketches))))
    # What a key counts for: one number of the sketch, or all of them.
    worth = np.concatenate((np.ones(len(numbers), dtype=np.int64), sizes))
    keys, key_of = np.unique(np.concatenate((numbers, _whole(numbers, sizes))) << _PLACE_BITS, return_inverse=True)
    room = np.full(len(keys), most_holders, dtype=np.int64)
    found = [_holders(run, keys, room) for run in runs if len(run.entries)]
    if not found:
        return [[] for _ in sketches]
    held_key, held_text, held_size = (np.concatenate(column) for column in zip(*found, strict=True))
    # For each key the sketches that ask for it, side by side.
    by_key = np.argsort(key_of, kind="stable")
    asker_count = np.bincount(key_of, minlength=len(keys))
    count = asker_count[held_key]
    asking = by_key[_ranges((np.cumsum(asker_count) - asker_count)[held_key], count)]
    pairs, first, pair_of = np.unique(
        asker[asking] << _TEXT_BITS | np.repeat(held_text, count), return_index=True, return_inverse=True
    )
    who, text_no = pairs >> _TEXT_BITS, pairs & (1 << _TEXT_BITS) - 1
    size = np.repeat(held_size, count)[first]
    shared = np.minimum(np.bincount(pair_of, weights=worth[asking]).astype(np.int64), sizes[who])
    smaller, larger = np.minimum(size, sizes[who]), np.maximum(size, sizes[who])
    order = np.lexsort((text_no, -shared / larger, -shared / np.maximum(smaller, 1), who))
    order = order[shared[order] >= least_shared]
    ranked = list(zip(text_no[order].tolist(), shared[order].tolist(), strict=True))
    ends = np.cumsum(np.bincount(who[order], minlength=len(sketches))).tolist()
    return [ranked[start:end][:most] for start, end in pairwise([0, *ends])]


def _holders(run: Run, keys: Entries, room: Integers) -> tuple[Integers, Integers, Integers]:
    """
    Return the holders of *keys* in *run*: place of the key, text number, size of the text's sketch.

    As many for each key as *room* has left, the oldest first; *room* is lowered by them.
    """
    start = _first_at_least(run, keys)
    inside = np.minimum(start, len(run.entries) - 1)
    hit = np.flatnonzero((start < len(run.entries)) & ((run.entries[inside] | _END) == (keys | _END)))
    count = np.minimum(_first_at_least(run, keys[hit] | _END) - start[hit], room[hit])
    room[hit] -= count
    places = (run.entries[_ranges(start[hit], count)] & _END).astype(np.int64)
    text_no = places + run.window * WINDOW
    # A damaged file must not stop a load: a place beyond the texts becomes a text that nobody has.
    size = np.take(run.sizes, text_no - run.first_text_no, mode="clip")
    return np.repeat(hit, count), text_no, size.astype(np.int64)


def _first_at_least(run: Run, wanted: Entries) -> Integers:
    """
    Return for each of *wanted* the place of the first entry of *run* that is not below it.

    The directory gives the page, nine halvings the place on it: 2 to 3 ms for 13,500 among 28 to 110 million entries,
    where ``np.searchsorted`` over the whole takes 10 to 13 (and touches a dozen pages for each).
    """
    last = len(run.entries) - 1
    at: Integers = np.maximum(np.searchsorted(run.directory, wanted) - 1, 0) * PAGE
    step = PAGE // 2
    while step:
        at += step * (run.entries[np.minimum(at + step - 1, last)] < wanted)
        step //= 2
    at += run.entries[np.minimum(at, last)] < wanted
    return np.minimum(at, last + 1, out=at)


def _ranges(starts: Integers, counts: Integers) -> Integers:
    """Return the numbers from each start on, as many as its count, one range after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
