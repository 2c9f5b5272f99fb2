"""
A generated news site: articles with furniture that varies, and with what they share for a reason.

Words are made of syllables, so no rule about phrases knows them. Every block says whether it belongs to its article.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

_SYLLABLES = tuple(consonant + vowel for consonant in "bdfgklmnprstv" for vowel in "aeiou")
_SMALL = ("the", "a", "of", "to", "in", "and", "for", "on", "with", "that", "it", "was", "by", "at", "from")
AUTHORS = ("Anna Brigg", "Bo Carver", "Cleo Dunn", "Dag Ewing", "Ebba Frost")
_BACKGROUND = (
    "{name} borrowed three hundred thousand crowns from the harbour fund in the spring of that year, {name} never paid "
    "them back, and the fund has asked the court to find out where the money went."
)
_APPEAL = "Our reporters go where the story is, in all weathers and at all hours. If you value that, give what you can."
_STOCK = "The firm did not answer a request for comment."
_AGENCY = (
    "Ministers agreed late last night to open both locks again once the ice has gone, a person close to them told us."
)


@dataclass(frozen=True)
class Made:
    """One block; ``is_own``: it belongs to its article."""

    text: str
    is_own: bool = True
    is_heading: bool = False
    is_linked: bool = False


@dataclass(frozen=True)
class MadeArticle:
    number: int
    title: str
    author: str
    blocks: tuple[Made, ...]


@dataclass
class Site:
    """Makes the articles of one site; the same for the same seed."""

    seed: int = 1
    count: int = 40
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Draw the words that all articles use."""
        self._random = random.Random(self.seed)
        self._general = [self._word() for _ in range(600)]
        self._series = self._name()

    def articles(self) -> list[MadeArticle]:
        """Return the articles: series, copies, shared agency paragraphs and all."""
        made = [self._article(number) for number in range(self.count)]
        # One story under three addresses, its second and third copy edited a little.
        first = made[0]
        for number in (1, 2):
            edited = tuple(
                Made(block.text.replace("the", "this", 1)) if place == number and block.is_own else block
                for place, block in enumerate(first.blocks)
            )
            made[number] = MadeArticle(number, first.title, first.author, edited)
        return made

    def _article(self, number: int) -> MadeArticle:
        topic = [self._word() for _ in range(12)]
        name = self._series if number % 4 == 3 else self._name()
        author = self._random.choice(AUTHORS)
        own = [Made(self._paragraph(topic, name)) for _ in range(self._random.randint(5, 9))]
        own[2:2] = [Made("What happens next", is_heading=True)] if number % 2 else []
        if number % 4 == 3:
            own.append(Made(_BACKGROUND.format(name=name)))
        if number % 5 == 0:
            own.insert(3, Made(_STOCK))
        if number in (11, 14, 17):
            own.insert(2, Made(_AGENCY))
        if number % 6 == 0:
            own += [Made(f"Verdict: {self._random.randint(2, 4)} out of 5")]
        blocks = [*own[:3], *self._inset(number), *own[3:], *self._tail(number, author)]
        return MadeArticle(number, f"{name} and the {topic[0]} {topic[1]}", author, tuple(blocks))

    def _inset(self, number: int) -> Iterator[Made]:
        """Yield what the site sets into the middle of two articles in three."""
        if number % 3:
            yield Made(_APPEAL, is_own=False)

    def _tail(self, number: int, author: str) -> Iterator[Made]:
        first, last = author.split()
        yield Made(f"{first} {last} joined us ten years ago and writes about whatever floats, sinks or is late; "
                   f"letters reach {first} at {first.lower()}@paper.example.", is_own=False)  # fmt: skip
        yield Made(f"Follow {author} on Quillpost", is_own=False, is_linked=True)
        yield Made(f"Friday Letter: {12_000 + 37 * number:,} neighbours read our free weekly round-up.", is_own=False)
        if number % 7:
            yield Made("Printed and published by Paper House, Quay Street 1, Port Ellery.", is_own=False)

    def _paragraph(self, topic: list[str], name: str) -> str:
        words = []
        for _ in range(self._random.randint(25, 60)):
            pool = self._random.choices((_SMALL, topic, self._general), weights=(5, 2, 3))[0]
            words.append(self._random.choice(pool))
        words[self._random.randrange(3, 10)] = name
        return " ".join(words).capitalize().replace(name.lower(), name) + "."

    def _word(self) -> str:
        return "".join(self._random.choices(_SYLLABLES, k=self._random.randint(2, 5)))

    def _name(self) -> str:
        return "".join(self._random.choices(_SYLLABLES, k=3)).capitalize()


def page(article: MadeArticle, *, host: str = "paper.example") -> str:
    """Return the article as a page of HTML."""
    lines = []
    for block in article.blocks:
        tag = "h2" if block.is_heading else "p"
        text = f'<a href="/more">{block.text}</a>' if block.is_linked else block.text
        lines.append(f"<{tag}>{text}</{tag}>")
    head = (
        f'<title>{article.title}</title><meta name="author" content="{article.author}">'
        f'<link rel="canonical" href="https://{host}/news/{article.number:04}-story">'
        '<meta property="og:type" content="article">'
    )
    body = f"<article><h1>{article.title}</h1>{''.join(lines)}</article>"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'
