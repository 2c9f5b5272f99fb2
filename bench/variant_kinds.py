"""
Change a text as the web changes texts: cut, edited, furnished, commented on, broken, spun.

Each maker takes a text with the base that it came from, and draws from a ``Craft``: the same chance, the same text.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

#: Words of a text that is worth varying; below this a third of it is a headline.
LEAST_WORDS = 150
_FEW_PARAGRAPHS = 4
#: Of the letters of a scanned text so many are misread; of swapped words so many become two.
_MISREAD, _DOUBLED = 0.05, 0.2
_SENTENCE = re.compile("(?<=[.!?])\\s+|(?<=[\u3002\uff01\uff1f])\\s*")
WORD = re.compile(r"\w+", re.UNICODE)
_FURNITURE = (
    "Sign up for our morning newsletter and never miss a story",
    "Share this article",
    "Read more: what we know so far",
    "Most read in business",
    "Photo: agency handout",
    "This story was updated at {n}:{n} GMT",
    "Follow us for the latest news, analysis and comment from our reporters around the world",
    "Have a question about this story? Write to our editors, who answer a selection every week",
    "Subscribe now for full access to all our reporting, on any device, for just {n} a month",
    "You have {n} free articles left this month",
)
_MISENCODED = (
    ("\u2019", "â"),
    ("\u2018", "â"),
    ("“", "â"),
    ("”", "â"),
    ("\u2013", "â"),
    ("—", "â"),
    ("'", "â"),
    ("é", "Ã©"),
    ("ü", "Ã¼"),
    ("ö", "Ã¶"),
)
_LOOKALIKE_GLYPHS = {
    "l": "1",
    "o": "0",
    "e": "c",
    "m": "rn",
    "a": "o",
    "i": "l",
    "t": "f",
    "h": "b",
    "n": "u",
    "s": "5",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A real text that variants are made of."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Craft:
    """What the makers of variants draw from: chance, other texts, their words."""

    chance: random.Random
    #: Texts that stand nowhere else in the stream: what is taken from them belongs to no other cluster. From the first
    #: half sentences are taken, from the second whole texts.
    reserve: Sequence[Base]
    words: Sequence[str]
    _deck: list[Base] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Shuffle the texts that are taken whole."""
        whole = self.reserve[len(self.reserve) // 2 :]
        self._deck.extend(self.chance.sample(whole, len(whole)))

    def fresh(self) -> Base:
        """
        Return a text of the reserve that was not drawn before: one that is drawn twice would be two clusters.

        Raises:
            ValueError: The reserve is used up.
        """
        if not self._deck:
            raise ValueError("too few texts for so many bases: take fewer bases, or more corpora")
        return self._deck.pop()

    def other(self) -> Base:
        """Return a text of the reserve."""
        return self.chance.choice(self.reserve[: len(self.reserve) // 2])

    def line(self) -> str:
        """Return a line of furniture."""
        return self.chance.choice(_FURNITURE).replace("{n}", str(self.chance.randint(1, 59)))


Maker = Callable[[str, Base, Craft], str]


def sentences(text: str) -> list[str]:
    """Return the sentences of *text*, without the line breaks between them."""
    return [part.strip() for part in _SENTENCE.split(text.replace("\n", " ")) if part.strip()]


def cut(share: float) -> Maker:
    """Keep the first *share* of the words."""

    def make(text: str, _base: Base, _craft: Craft) -> str:
        parts = re.findall(r"\S+\s*", text)
        if len(parts) < LEAST_WORDS // 3:  # a script without spaces
            return text[: int(len(text) * share)]
        return "".join(parts[: max(1, int(len(parts) * share))]).rstrip()

    return make


def middle(text: str, _base: Base, _craft: Craft) -> str:
    """Keep what lies between a fifth and four fifths."""
    return text[len(text) // 5 : 4 * len(text) // 5]


def framed(text: str, _base: Base, craft: Craft) -> str:
    """Put half of the text into a piece that begins and ends with words of its own, a quarter as long each."""
    own = sentences(craft.other().text)
    size = len(text) // 6
    head, tail = filled(own, size), filled(own[::-1], size)
    begin = craft.chance.randrange(max(1, len(text) // 2))
    return f"{head}\n{text[begin : begin + len(text) // 2]}\n{tail}"


def filled(parts: Sequence[str], size: int) -> str:
    """Return as many of *parts* as fill *size* characters."""
    out: list[str] = []
    for part in parts:
        if sum(map(len, out)) >= size:
            break
        out.append(part)
    return " ".join(out)


def edited(text: str, base: Base, craft: Craft) -> str:
    """Drop one sentence of ten, replace one of twenty by words of its own, change a word here and there."""
    own = sentences(craft.other().text)
    out = []
    for part in sentences(text):
        fate = craft.chance.choices(("kept", "dropped", "replaced"), weights=(85, 10, 5))[0]
        if fate != "dropped":
            out.append(part if fate == "kept" else craft.chance.choice(own))
    return spun(0.02)(" ".join(out), base, craft)


def reordered(text: str, _base: Base, craft: Craft) -> str:
    """Shuffle the paragraphs, or runs of three sentences where there are none."""
    parts = [line for line in text.split("\n") if line.strip()]
    if len(parts) < _FEW_PARAGRAPHS:
        found = sentences(text)
        parts = [" ".join(found[start : start + 3]) for start in range(0, len(found), 3)]
    craft.chance.shuffle(parts)
    return "\n".join(parts)


def furnished(text: str, _base: Base, craft: Craft) -> str:
    """Put lines of furniture before, between and behind."""
    lines = text.split("\n")
    for _ in range(3):
        lines.insert(craft.chance.randint(0, len(lines)), craft.line())
    return "\n".join([craft.line(), *lines, *(craft.line() for _ in range(3))])


def commented(text: str, _base: Base, craft: Craft) -> str:
    """Glue readers' comments to the end, up to three times as long as the text."""
    out, size = [text], craft.chance.uniform(0.5, 3) * len(text)
    while sum(map(len, out[1:])) < size:
        said = sentences(craft.other().text)
        begin = craft.chance.randrange(len(said))
        name = craft.chance.choice(craft.words).title()
        out.append(f"{name} {craft.chance.randint(1, 23)} hours ago " + " ".join(said[begin : begin + 3]))
    return "\n".join(out)


def misencoded(text: str, _base: Base, _craft: Craft) -> str:
    """Break quotes, dashes and accents as a wrong decoding does."""
    for right, wrong in _MISENCODED:
        text = text.replace(right, wrong)
    return text


def scanned(text: str, _base: Base, craft: Craft) -> str:
    """Misread 5 % of the letters, as OCR does."""
    chance = craft.chance
    return "".join(
        _LOOKALIKE_GLYPHS.get(char, "") if char.isalpha() and chance.random() < _MISREAD else char for char in text
    )


def spun(share: float) -> Maker:
    """Replace *share* of the words, some by two words, names and most numbers kept."""

    def make(text: str, _base: Base, craft: Craft) -> str:
        chance = craft.chance

        def swap(found: re.Match[str]) -> str:
            """Return another word, or the same."""
            word = found[0]
            is_name = (
                word[0].isupper() and found.start() > 0 and text[found.start() - 2 : found.start() - 1] not in ".!?"
            )
            if chance.random() >= share * (0.15 if is_name or word.isdigit() else 1.1):
                return word
            other = chance.choice(craft.words)
            return f"{other} {chance.choice(craft.words)}" if chance.random() < _DOUBLED else other

        return WORD.sub(swap, text)

    return make


def chain(*makers: Maker) -> Maker:
    """Apply *makers* one after the other."""

    def make(text: str, base: Base, craft: Craft) -> str:
        for maker in makers:
            text = maker(text, base, craft)
        return text

    return make


KINDS: dict[str, Maker] = {
    "original": lambda text, _base, _craft: text,
    "exact": lambda text, _base, _craft: text,
    "furniture": furnished,
    "cut_half": cut(1 / 2),
    "cut_third": cut(1 / 3),
    "middle": middle,
    "framed": framed,
    "edit": edited,
    "reorder": reordered,
    "comments": commented,
    "misencoded": misencoded,
    "ocr": scanned,
    "spin_5": spun(0.05),
    "spin_10": spun(0.10),
    "spin_20": spun(0.20),
    "spin_40": spun(0.40),
    "cut_half+spin_10+furniture": chain(cut(1 / 2), spun(0.1), furnished),
    "middle+spin_20": chain(middle, spun(0.2)),
    "edit+furniture+misencoded": chain(edited, furnished, misencoded),
    "comments+spin_10": chain(spun(0.1), commented),
}
