"""Tell whether a topic has unusually much coverage, against its own past fortnight."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev
from typing import Final

from extractors.model import Spike

#: What Huginn's PeakDetectorAgent takes by default: two weeks, and three standard deviations above their mean.
_DEVIATIONS: Final = 4
#: Fewer days say nothing of the week's rhythm.
_LEAST_DAYS: Final = 7
#: Under ten articles a day nobody calls it a spike, however quiet the fortnight was.
_FLOOR: Final = 10


def spike_of(counts: Sequence[int]) -> Spike | None:
    """
    Return the spike that *counts* end in; None where there is none, or too little is known to tell.

    The bar is mean + 3 deviations. The deviation is at least the root of the mean, which is what chance alone gives
    articles that come independently; a fortnight that happened to be even must not make a spike of nothing.

    Args:
        counts: Articles of the last 24 hours, then of each 24 hours before, newest first; only of days on which the
            topic was watched.
    """
    today, *before = counts
    if len(before) < _LEAST_DAYS or today < _FLOOR:
        return None
    mean = fmean(before)
    bar = mean + _DEVIATIONS * max(stdev(before), sqrt(mean))
    return Spike(count=today, mean=mean, day_count=len(before), bar=bar) if today > bar else None
