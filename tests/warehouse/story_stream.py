"""Texts in the shapes in which the web carries them, made of chance words; small, so that many orders can be tried."""

import random

_VOCABULARY = """
harbour engineer wheat tide council library signature pension reactor grid battery chip factory minister
verdict parliament striker season border drought vaccine orchard ferry tunnel glacier archive violin planet
rebel treaty auction census lantern meadow quarry saddle thunder velvet willow zinc anchor barley copper
dagger ember falcon garnet hazel island jasper kettle lemon marble nectar olive pepper quartz ribbon silver
timber umber vessel
"""
_WORDS = _VOCABULARY.split()


def prose(seed: int, *, words: int = 160) -> str:
    """Return a text that shares nothing but single words with that of another seed."""
    chance = random.Random(seed)
    sentences = [" ".join(chance.choices(_WORDS, k=10)).capitalize() + "." for _ in range(words // 10)]
    return "DeepSeek.\n" + " ".join(sentences)


def spun(text: str, *, every: int = 9) -> str:
    """Return *text* with one word of *every* replaced."""
    words = text.split(" ")
    return " ".join("otherwise" if number % every == every - 1 else word for number, word in enumerate(words))


def parted(text: str) -> tuple[str, str]:
    """Return the first 60 % of *text* and the last: each too little of the other, both one with the whole."""
    words = text.split(" ")
    cut = round(0.6 * len(words))
    return " ".join(words[:cut]), " ".join(words[-cut:])


def stream() -> list[str]:
    """Return 40 articles: copies, parts, rewrites, look-alikes, a round-up with its copy, growing pages."""
    found = []
    for seed in range(5):
        text = prose(seed, words=300)
        begin, end = parted(text)
        found += [text, begin, end, spun(text), spun(text, every=5), f"{text}\n{prose(50 + seed, words=80)}"]
    # Two texts that hold much of two stories each: links, but no story.
    found += [f"{parted(prose(seed, words=300))[1]}\n{parted(prose(seed + 1, words=300))[0]}" for seed in (0, 2)]
    roundup = "\n".join(prose(seed, words=300)[:400] for seed in range(1, 5))
    found += [roundup, f"This week.\n{roundup}", prose(0, words=300)]
    live = [prose(number, words=40) for number in range(90, 96)]
    found += ["\n".join(reversed(live[:count])) for count in (2, 3, 4, 5, 6)]
    return found
