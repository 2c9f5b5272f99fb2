"""
Part linked texts into stories: each a text that the others stand around.

Star clustering (Aslam, Pelekhov and Rus, "The star clustering algorithm", 2004): the text with most links is the core
of the first story, its neighbours are around it, and so on with what is left. So no story grows by links of links that
do not hold against its core. The result depends on the links alone, never on the order in which texts came.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import fsum, prod

#: By text, the texts that it is one with, with how much they have in common.
Graph = Mapping[int, Mapping[int, float]]

#: Two stories are one where so many of the pairs between them are linked.
_DENSE = 0.5
#: A round-up quotes at least so many texts in different places, none of which makes up most of what it quotes.
_ROUNDUP_TEXTS, _ROUNDUP_LARGEST, _ROUNDUP_OVERLAP = 3, 0.6, 0.3


def cores(graph: Graph, *, names: Mapping[int, str]) -> dict[int, int]:
    """
    Return for each text the core of its story.

    Args:
        graph: Symmetric; texts without links too.
        names: By text what settles ties; no two may be equal.
    """
    # An exact sum: the order in which links come must not tell in the last digit.
    weight = {text: fsum(near.values()) for text, near in graph.items()}
    ranked = sorted(graph, key=lambda text: (-weight[text], names[text]))
    rank = {text: place for place, text in enumerate(ranked)}
    taken: set[int] = set()
    centres: set[int] = set()
    for text in ranked:
        if text not in taken:
            centres.add(text)
            taken.update((text, *graph[text]))
    found = {
        text: text if text in centres else min(centres & near.keys(), key=lambda core: (-near[core], rank[core]))
        for text, near in graph.items()
    }
    return _joined(graph, found, rank)


def _joined(graph: Graph, found: dict[int, int], rank: Mapping[int, int]) -> dict[int, int]:
    """Make one of stories that are linked densely, the densest first."""
    around: dict[int, set[int]] = defaultdict(set)
    for text, core in found.items():
        around[core].add(text)
    while pairs := _dense_pairs(graph, found, around):
        closest = min(pairs, key=lambda pair: (-pairs[pair], sorted(map(rank.__getitem__, pair))))
        keep, gone = sorted(closest, key=rank.__getitem__)
        for text in around.pop(gone):
            found[text] = keep
            around[keep].add(text)
    return found


def _dense_pairs(graph: Graph, found: Mapping[int, int], around: Mapping[int, set[int]]) -> dict[frozenset[int], float]:
    """Return pairs of stories with the share of pairs of their texts that are linked, where that is enough."""
    linked = Counter(
        frozenset((core, found[other])) for text, core in found.items() for other in graph[text] if core != found[other]
    )
    shares = {pair: count / 2 / prod(len(around[core]) for core in pair) for pair, count in linked.items()}
    return {pair: share for pair, share in shares.items() if share >= _DENSE}


def is_roundup(quoted: Iterable[Sequence[int]]) -> bool:
    """
    Tell whether a text quotes several others in different places, none of them for the most part.

    Args:
        quoted: For each text that it quotes the regions where, as in ``StoryLink``.
    """
    disjoint: list[set[int]] = []
    for places in sorted((_places(regions) for regions in quoted), key=lambda places: (-len(places), min(places))):
        if all(len(places & other) < _ROUNDUP_OVERLAP * len(places) for other in disjoint):
            disjoint.append(places)
    whole = set[int]().union(*disjoint)
    return len(disjoint) >= _ROUNDUP_TEXTS and len(disjoint[0]) < _ROUNDUP_LARGEST * len(whole)


def _places(regions: Sequence[int]) -> set[int]:
    pairs = zip(regions[::2], regions[1::2], strict=True)
    return {place for begin, end in pairs for place in range(begin, end)}
