"""
Make a stream of labelled copies and look-alikes out of real texts: ``python -m bench.variants CORPUS... -o DIR``.

Each CORPUS holds ``pages.jsonl`` with gold texts (contract, section 6). Every text becomes a cluster: the text and
variants of it, changed as the web changes texts. Look-alikes that are *not* the same text are clusters of their own.
The result is ``articles.jsonl`` in random order, each line with its ``kind``; the same seed gives the same stream.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.variant_kinds import KINDS, LEAST_WORDS, WORD, Base, Craft, filled, sentences
from flows.assigning import fingerprint_of

#: Letters of words that stand in for others.
_LONG_WORD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One article of the stream."""

    kind: str
    cluster: str
    title: str
    text: str


def follow_ups(bases: Sequence[Base], craft: Craft) -> Iterator[Variant]:
    """Yield reports of something new, 15 to 50 % of which is background from an older text."""
    for base in bases:
        background, own = sentences(base.text), craft.fresh()
        share = craft.chance.uniform(0.15, 0.5)
        begin = len(background) // 3
        news = filled(sentences(own.text), len(base.text))
        reused = filled(background[begin:], int(len(news) * share / (1 - share)))
        yield Variant(kind="follow_up", cluster=f"{base.id}/follow-up", title=own.title, text=f"{news}\n{reused}")


def sharing_a_paragraph(craft: Craft, *, count: int) -> Iterator[Variant]:
    """Yield pairs of different reports that carry one agency paragraph."""
    for number in range(count):
        first, second, agency = craft.fresh(), craft.fresh(), craft.fresh()
        shared = filled(sentences(agency.text)[2:], 450)
        for side, base in (("a", first), ("b", second)):
            begin = craft.chance.randrange(max(1, len(base.text) // 2))
            text = f"{base.text[begin : begin + 1500]}\n{shared}"
            yield Variant(kind="agency_paragraph", cluster=f"agency-{number}{side}", title=base.title, text=text)


#: Wordings that only their slots tell apart; see ``_SLOTS``.
_WORDINGS = {
    "market_report": (
        "Shares in {place} {moved} on {day}, with the main index closing {small} percent {side} at {large} points.",
        "Turnover stood at {middle} million shares, compared with {middle} million in the previous session.",
        "Advancing issues outnumbered declining ones by {middle} to {middle}. Among the most active stocks, {word}",
        "gained {small} percent and {word} lost {small} percent. Traders said that volumes were in line with",
        "expectations ahead of the decision on interest rates. The currency was quoted at 0.{large} to the dollar.",
    ),
    "weather": (
        "Forecast for {place}: {sky} in the morning, with {sky} expected in the afternoon. Temperatures between",
        "{tiny} and {middle} degrees. Wind from the {wind} at {middle} kilometres an hour. The chance of rain is",
        "{middle} percent. Sunrise at {tiny}:{middle}, sunset at {tiny}:{middle}. The outlook for the coming days",
        "remains {sky}, the service said in its daily bulletin. Drivers should take care on higher roads.",
    ),
}
_CHOICES = {
    "place": (
        "Lisbon",
        "Oslo",
        "Madrid",
        "Turin",
        "Ghent",
        "Lyon",
        "Basel",
        "Gdansk",
        "Porto",
        "Leeds",
        "Bergen",
        "Graz",
    ),
    "sky": ("sunny spells", "scattered showers", "low cloud", "a dry start", "heavy rain", "fog patches", "light snow"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "wind": ("north", "south", "west", "east"),
    "moved": ("rose", "fell"),
    "side": ("higher", "lower"),
}
_RANGES = {"tiny": (1, 20), "middle": (10, 900), "large": (4000, 20000)}


def templates(count: int, craft: Craft) -> Iterator[Variant]:
    """Yield market reports and weather forecasts: one wording, other numbers, names and days."""

    def fill(slot: re.Match[str]) -> str:
        """Return something for one slot of a wording."""
        name = slot[1]
        if name in _CHOICES:
            return craft.chance.choice(_CHOICES[name])
        if name in _RANGES:
            return str(craft.chance.randint(*_RANGES[name]))
        return craft.chance.choice(craft.words).title() if name == "word" else f"{craft.chance.uniform(0.1, 9):.2f}"

    for number in range(count):
        for kind, wording in _WORDINGS.items():
            text = re.sub(r"\{(\w+)\}", fill, " ".join(wording))
            yield Variant(kind=kind, cluster=f"{kind}-{number}", title=text.partition(",")[0], text=text)


def live_blogs(craft: Craft, *, count: int, snapshots: int = 5) -> Iterator[Variant]:
    """Yield growing snapshots of live blogs: each keeps the updates of the one before and puts new ones on top."""
    for number in range(count):
        base = craft.fresh()
        updates = sentences(base.text) + sentences(craft.fresh().text)[:10]
        for step in range(1, snapshots + 1):
            held = updates[: max(6, len(updates) * step // snapshots)]
            text = "\n".join(f"{10 + i // 6}:{i % 6}0 {part}" for i, part in reversed(list(enumerate(held))))
            yield Variant(kind="live_blog", cluster=f"live-{number}", title=f"Live: {base.title}", text=text)


#: Characters of what a round-up quotes of one text.
_LONGEST_QUOTE = 700


def digests(bases: Sequence[Base], craft: Craft, *, count: int) -> Iterator[Variant]:
    """Yield round-ups that quote the beginnings of six texts, each with a copy of it that has other furniture."""
    # A text whose first sentence never ends would be most of its round-up.
    quotable = [base for base in bases if len(filled(sentences(base.text), 400)) < _LONGEST_QUOTE]
    for number in range(count):
        items = craft.chance.sample(quotable, 6)
        text = "\n".join(filled(sentences(base.text), 400) for base in items)
        yield Variant(
            kind="digest_copy", cluster=f"digest-{number}", title=f"The week {number}", text=f"{craft.line()}\n{text}"
        )
        yield Variant(kind="digest", cluster=f"digest-{number}", title=f"The week in brief {number}", text=text)


def stream(bases: Sequence[Base], *, reserve: Sequence[Base], seed: int, others: Sequence[Base] = ()) -> list[Variant]:
    """
    Return the whole stream in random order.

    Args:
        bases: Texts that get every kind of variant.
        reserve: Texts that foreign words are taken from; they stand nowhere by themselves.
        seed: The same seed gives the same stream.
        others: Texts that stand alone: what is merged with them is merged wrongly.
    """
    chance = random.Random(seed)
    words = sorted({word.lower() for base in reserve for word in WORD.findall(base.text) if len(word) >= _LONG_WORD})
    craft = Craft(chance, reserve, words)
    found = [
        Variant(kind=kind, cluster=base.id, title=base.title, text=maker(base.text, base, craft))
        for base in bases
        for kind, maker in KINDS.items()
    ]
    some = list(bases)
    chance.shuffle(some)
    found += follow_ups(some[: len(some) // 3], craft)
    found += sharing_a_paragraph(craft, count=len(some) // 10)
    found += templates(max(20, len(some) // 4), craft)
    found += live_blogs(craft, count=max(4, len(some) // 12))
    found += digests(some, craft, count=max(5, len(some) // 8))
    found += [Variant(kind="alone", cluster=base.id, title=base.title, text=base.text) for base in others]
    chance.shuffle(found)
    return found


def bases_of(corpus: Path) -> list[Base]:
    """Return the gold texts of *corpus* that are long enough, by id; the seeds of a text are read from its lines."""
    found = []
    for line in (corpus / "pages.jsonl").read_text("utf-8").splitlines():
        page = json.loads(line)
        text = page.get("text") or ""
        if len(WORD.findall(text)) >= LEAST_WORDS or len(text) > 6 * LEAST_WORDS:
            found.append(Base(id=f"{corpus.name}/{page['id']}", title=page.get("title") or "", text=text))
    return found


def unlike(texts: Sequence[Base]) -> list[Base]:
    """Return those of *texts* that share less than a third of a sketch with others: real copies are not labelled."""
    found, known = [], set[int]()
    for base in texts:
        sketch = fingerprint_of(base.text)[1]
        if len(known.intersection(sketch)) * 3 < len(sketch):
            found.append(base)
            known.update(sketch)
    return found


def main() -> None:
    """Write the stream of the corpora on the command line."""
    parser = argparse.ArgumentParser(description="Make a labelled stream of variants for bench.stories.")
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder that gets articles.jsonl")
    parser.add_argument(
        "--bases", type=int, default=100, help="texts that get variants; half of the others stand alone"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    texts = unlike([base for corpus in options.corpus for base in bases_of(corpus)])
    random.Random(options.seed).shuffle(texts)
    bases, rest = texts[: options.bases], texts[options.bases :]
    made = stream(bases, reserve=rest[::2], others=rest[1::2], seed=options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "articles.jsonl").open("w", encoding="utf-8") as file:
        for number, item in enumerate(made):
            row = {"id": f"{number:06}", "text": item.text, "title": item.title, "source": f"s{number % 97}.example"}
            file.write(json.dumps(row | {"cluster": item.cluster, "kind": item.kind}, ensure_ascii=False) + "\n")
    print(f"{len(made):,} articles in {len({item.cluster for item in made}):,} clusters")


if __name__ == "__main__":
    main()
