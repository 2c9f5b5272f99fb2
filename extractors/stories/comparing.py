"""
Compare two texts: how much of each stands in the other, in which places, with which numbers.

A text is cut into windows of 24 words. Each is looked for in the other text where most of its runs of three words
stand, and counts as found where half of its words stand there in the same order. So a copy is found whole wherever it
stands, a spun copy evenly and thinly, and a report that re-uses background only where the background stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from extractors.stories.words import Words

#: Words in a window: short enough to follow swapped words, long enough that half of it by chance is rare.
_WINDOW = 24
#: Share of a window's words, in order, from which it counts as found. Unrelated texts of one language reach 0.3.
_FOUND = 0.5
#: Share from which a window counts as found between two that are: words swapped in bunches.
_THIN = 0.4
#: Share from which a window in line with the one before is not looked for elsewhere.
_SURE = 0.75
#: How far beside the expected place a window is looked for, in words.
_SLACK = 10
#: Offsets are counted in steps of so many words: inserted words move what follows a little.
_STEP = 8
#: A window that holds this share of its words is there as it was.
_WHOLE = 0.95
_LEAD_WINDOWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """How one of two texts stands in the other; shares are 0 to 1 of its words."""

    word_count: int
    #: Share that was found.
    covered: float
    #: Share of the words of found windows that are there.
    likeness: float
    #: Share of the first windows that was found.
    lead: float
    #: Numbers and names in found windows, and how many of them stand there too.
    number_count: int
    number_hits: int
    name_count: int
    name_hits: int
    #: Runs of found windows as (first word, word after the last).
    regions: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two texts side by side."""

    left: Side
    right: Side

    @property
    def containment(self) -> float:
        """Return the share of the text that is held more fully by the other."""
        return max(self.left.covered, self.right.covered)

    @property
    def similarity(self) -> float:
        """Return the share of all words of both that stand in both, in order."""
        total = self.left.word_count + self.right.word_count
        same = sum(side.covered * side.likeness * side.word_count for side in (self.left, self.right))
        return same / total if total else 0.0

    @property
    def numbers(self) -> float:
        """Return the share of numbers in common windows that agree; 1 where there are none."""
        return _share(self.left.number_hits + self.right.number_hits, self.left.number_count + self.right.number_count)

    @property
    def names(self) -> float:
        """Return the share of names in common windows that agree; 1 where there are none."""
        return _share(self.left.name_hits + self.right.name_hits, self.left.name_count + self.right.name_count)


def _share(hits: int, count: int) -> float:
    return hits / count if count else 1.0


@dataclass(frozen=True, slots=True)
class _Window:
    """A window of a text, from *begin* to *end*; *share* of it stands in the other text, *offset* words further on."""

    begin: int
    end: int
    share: float
    offset: int


def compare(left: Words, right: Words) -> Comparison:
    """
    Compare two texts.

    Args:
        left: Words of the one.
        right: Words of the other.
    """
    return Comparison(left=_side(left, right), right=_side(right, left))


def _side(text: Words, other: Words) -> Side:
    windows = list(_found_windows(text, other))
    is_found = _found(windows)
    hits = [window for window, found in zip(windows, is_found, strict=True) if found]
    found = sum(window.end - window.begin for window in hits)
    lead = is_found[:_LEAD_WINDOWS]
    numbers, names = _Tally(), _Tally()
    salient = text.numbers | text.names
    for window in hits:
        begin, end = window.begin + window.offset - _SLACK, window.end + window.offset + _SLACK
        there = frozenset(other.words[max(0, begin) : end])
        for place in salient.intersection(range(window.begin, window.end)):
            tally = numbers if place in text.numbers else names
            tally.count += 1
            tally.hits += text.words[place] in there or _stands_elsewhere(text, other, place)
    return Side(
        word_count=len(text.words),
        covered=found / len(text.words) if text.words else 0.0,
        likeness=sum(window.share * (window.end - window.begin) for window in hits) / found if found else 0.0,
        lead=sum(lead) / len(lead) if lead else 0.0,
        number_count=numbers.count,
        number_hits=numbers.hits,
        name_count=names.count,
        name_hits=names.hits,
        regions=tuple(_regions(hits)),
    )


def _stands_elsewhere(text: Words, other: Words, place: int) -> bool:
    """Tell whether a run of three words around *place* stands anywhere in *other*: sentences do move."""
    return any(run in other.places for run in text.runs[max(0, place - 2) : place + 1])


@dataclass(slots=True)
class _Tally:
    count: int = 0
    hits: int = 0


def _found(windows: list[_Window]) -> list[bool]:
    """Tell which windows stand in the other text: by themselves, or thinly but in line with both neighbours."""
    sure = [window.share >= _FOUND for window in windows]
    return [
        found or (window.share >= _THIN and _in_line(windows, sure, number))
        for number, (window, found) in enumerate(zip(windows, sure, strict=True))
    ]


def _in_line(windows: list[_Window], sure: list[bool], number: int) -> bool:
    """Tell whether the nearest found windows on both sides, at most two away, stand in line with window *number*."""
    offset = windows[number].offset
    around = ([number - 1, number - 2], [number + 1, number + 2])
    return all(
        any(0 <= near < len(sure) and sure[near] and abs(windows[near].offset - offset) <= 2 * _SLACK for near in side)
        for side in around
    )


def _regions(hits: list[_Window]) -> Iterator[tuple[int, int]]:
    """Yield the runs of adjacent windows."""
    begin = end = -1
    for window in hits:
        if window.begin != end:
            if end >= 0:
                yield begin, end
            begin = window.begin
        end = window.end
    if end >= 0:
        yield begin, end


def _found_windows(text: Words, other: Words) -> Iterator[_Window]:
    """Yield the windows of *text*, each with its best place in *other*."""
    size = len(text.words)
    expected: int | None = 0
    for begin in range(0, max(1, size - _WINDOW // 2), _WINDOW):
        end = size if size - begin < 1.5 * _WINDOW else begin + _WINDOW
        window = _nearby(text, other, begin, end, expected)
        if window.share >= _SURE:
            expected = window.offset
            yield window
            continue
        likely = _likely_offset(text, other, begin, end)
        tried = [window] if likely is None else [window, _tried(text, other, begin, end, likely)]
        window = max(tried, key=_by_share)
        # Words in line with what was found just before may stand there without a run of three.
        expected = window.offset if window.share >= _FOUND else expected if window.share >= _THIN else likely
        yield window


def _by_share(window: _Window) -> tuple[float, int]:
    return window.share, -abs(window.offset)


def _nearby(text: Words, other: Words, begin: int, end: int, expected: int | None) -> _Window:
    """Return a window as it stands where it is expected; with no share where nothing is expected."""
    if expected is None:
        return _Window(begin, end, 0.0, 0)
    return _tried(text, other, begin, end, expected)


def _likely_offset(text: Words, other: Words, begin: int, end: int) -> int | None:
    """Return the offset at which most runs of a window stand in the other text; None where no run does."""
    votes: dict[int, int] = {}
    # Asked for all at once: most runs of most texts stand nowhere, and this says so without a step in Python.
    for place, found in enumerate(map(other.places.get, text.runs[begin:end]), begin):
        for there in found or ():
            step = (there - place) // _STEP
            votes[step] = votes.get(step, 0) + 1
            votes[step + 1] = votes.get(step + 1, 0) + 1
    return max(votes, key=lambda step: (votes[step], -abs(step), step)) * _STEP if votes else None


def _tried(text: Words, other: Words, begin: int, end: int, offset: int) -> _Window:
    """Return the window with the share of its words that stand in order around *offset*."""
    there = other.words[max(0, begin + offset - _SLACK) : max(0, end + offset + _SLACK)]
    same = LCSseq.similarity(text.words[begin:end], there)
    return _Window(begin, end, same / (end - begin) if end > begin else 0.0, offset)
