"""
Link new texts to those that they are like.

Two texts that share two numbers of their sketches or more are compared once, when the later of them comes. What they
have to do with each other does not depend on which that is.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from extractors.model import NewText, StoryLink, StoryText
from extractors.stories.comparing import compare
from extractors.stories.sameness import links_of
from extractors.stories.words import Words

#: Numbers that two sketches share at least for the texts to be compared; ``warehouse/stories.py`` asks for as many.
LEAST_SHARED = 2
#: Texts that a new one is compared with at most: those that share the largest part of a sketch, and the cores of their
#: stories. Where more texts than these are alike, the order in which they come may matter.
MOST_COMPARED, MOST_CORES = 32, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """New texts with their numbers and links; made by ``link_texts``, taken by ``placing``."""

    #: Number of the text of each new article.
    numbers: Mapping[str, int]
    #: Texts that were not held before.
    texts: tuple[StoryText, ...]
    links: tuple[StoryLink, ...]


def link_texts(
    new: Sequence[NewText],
    *,
    near: Mapping[str, Mapping[int, int]],
    held: Collection[StoryText],
    last_no: int,
    words_of: Callable[[Collection[StoryText]], Mapping[int, Words]],
) -> Linked:
    """
    Number the new texts and link them to each other and to those that are held.

    Args:
        new: In the order in which they are loaded.
        near: By new article, the held texts that share numbers with it, with how many; the nearest may suffice.
        held: These texts, with the cores of their stories.
        last_no: The highest number of a text so far.
        words_of: Gives the words of texts, by number; asked once, for what is compared.
    """
    known = {text.words_key: text.text_no for text in held}
    numbers: dict[str, int] = {}
    texts: list[StoryText] = []
    shared: dict[int, dict[int, int]] = {}
    for text in new:
        # A text of a word or two has too little of a sketch for others to find it: it is like nothing.
        key = text.words_key if len(text.sketch) >= LEAST_SHARED else text.article_id
        if key not in known:
            known[key] = last_no = last_no + 1
            shared[last_no] = dict(near.get(text.article_id, {}))
            texts.append(_held(text, text_no=last_no, words_key=key))
        numbers[text.article_id] = known[key]
    _share_among(texts, shared)
    pairs = _pairs(shared, {text.text_no: text for text in (*held, *texts)})
    wanted = {number for pair in pairs for number in pair}
    words = words_of([text for text in (*held, *texts) if text.text_no in wanted])
    links = [link for one, other in sorted(pairs) for link in links_of(one, other, compare(words[one], words[other]))]
    return Linked(numbers=numbers, texts=tuple(texts), links=tuple(links))


def _held(text: NewText, *, text_no: int, words_key: str) -> StoryText:
    return StoryText(
        text_no=text_no,
        words_key=words_key,
        article_id=text.article_id,
        text_sha256=text.text_sha256,
        core_no=text_no,
        number_count=len(text.sketch),
        sketch=text.sketch,
    )


def _share_among(texts: Iterable[StoryText], shared: Mapping[int, dict[int, int]]) -> None:
    """Add to *shared* what the new texts share among themselves."""
    postings: defaultdict[int, list[int]] = defaultdict(list)
    for text in texts:
        counts = Counter(other for number in text.sketch for other in postings[number])
        for other, count in counts.items():
            if count >= LEAST_SHARED:
                shared[text.text_no][other] = shared[other][text.text_no] = count
        for number in text.sketch:
            postings[number].append(text.text_no)


def _pairs(shared: Mapping[int, Mapping[int, int]], texts: Mapping[int, StoryText]) -> set[tuple[int, int]]:
    """Return the pairs of texts to compare, each once: the new one with its nearest and the cores of their stories."""
    found = set()
    for text_no, counts in shared.items():
        size = texts[text_no].number_count

        def nearness(other: int, counts: Mapping[int, int] = counts, size: int = size) -> tuple[float, float, str]:
            """Order texts by the share of a sketch that they have in common, the nearest first."""
            sizes = sorted((size, texts[other].number_count))
            return -counts[other] / sizes[0], -counts[other] / sizes[1], texts[other].words_key

        ranked = sorted((other for other in counts if other in texts), key=nearness)
        cores = list(dict.fromkeys(texts[other].core_no for other in ranked))[:MOST_CORES]
        for other in (*ranked[:MOST_COMPARED], *cores):
            if other != text_no:
                found.add((min(text_no, other), max(text_no, other)))
    return found
