"""
Compare what is held of a document with what today's extractor reads from it.

Pure: `reprocessing` reads, this counts and shows, `warehouse.reextraction` writes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from extractors.facts.topics import compile_topics, match
from extractors.model import Article, Figure, Mention, Quote, Reading, Removal, WatchedTopic
from warehouse.verdicts import changed_passages

#: Share of a source's characters or mentions that may be lost unasked. 279 pages of 196 publishers, read by versions
#: a day of work apart, lost 1.1 % of their characters in all, and one publisher in twenty lost 7 % of its one or two
#: pages: what is above is no ordinary step (2026-11).
LOSS_PCT = 5.0
#: Examples of one source, and in all: a person reads ten, and one bad site must not be all of them.
_A_SOURCE = 3
_EXAMPLES = 10
#: Things of one kind that an example names.
_THINGS = 3
#: A source with fewer articles is judged with all others only: one of them lost is chance, not a trend.
_LEAST_ARTICLES = 5
#: 5 % of fewer mentions is less than one of them.
_LEAST_MENTIONS = 20
ALL_SOURCES = "all sources"


class Effect(StrEnum):
    """What reading a document again comes to."""

    SAME = "same"
    #: Text and title stay; what was found in the text, stripped from the page or claimed by it differs.
    EVIDENCE = "evidence"
    TEXT = "text"
    #: What is an article in the warehouse is none for today's extractor.
    NO_ARTICLE = "no_article"
    #: What was none is one now.
    NEW_ARTICLE = "new_article"


#: The numbers of a source, by name.
COUNTS = (
    "document_count",
    *(f"{effect}_count" for effect in Effect),
    *("before_chars", "after_chars", "added_chars", "removed_chars"),
    *(f"{name}_{end}" for name in ("mentions", "figures", "quotes") for end in ("before", "lost", "gained")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one document, read again, changes."""

    url: str
    source: str
    effect: Effect
    #: Some of ``COUNTS``; they add up over a source.
    counts: Counter[str]
    removals_before: Counter[str] = field(default_factory=Counter)
    removals_after: Counter[str] = field(default_factory=Counter)
    #: In words, a few of each.
    left: tuple[str, ...] = ()
    came: tuple[str, ...] = ()

    @property
    def weight(self) -> tuple[bool, int, int]:
        """How much a person should see it: lost texts, then what changed most."""
        changed = self.counts["removed_chars"] + self.counts["added_chars"]
        return self.effect is Effect.NO_ARTICLE, changed, len(self.left) + len(self.came)


@dataclass(slots=True)
class Tally:
    """The differences of one source, added up."""

    counts: Counter[str] = field(default_factory=Counter)
    removals_before: Counter[str] = field(default_factory=Counter)
    removals_after: Counter[str] = field(default_factory=Counter)
    #: The weightiest, heaviest first.
    examples: list[Difference] = field(default_factory=list)

    @property
    def weight(self) -> tuple[int, int]:
        """How much of the source differs: documents, then characters."""
        differing = self.counts["document_count"] - self.counts["same_count"] + self.counts["new_article_count"]
        texts = self.counts["text_count"] + self.counts["no_article_count"]
        return texts, self.counts["removed_chars"] + self.counts["added_chars"] + differing

    def add(self, difference: Difference) -> None:
        """Count *difference* in."""
        self.counts.update(difference.counts)
        self.removals_before.update(difference.removals_before)
        self.removals_after.update(difference.removals_after)
        if difference.effect is not Effect.SAME:
            heavier = sorted([*self.examples, difference], key=lambda example: example.weight, reverse=True)
            self.examples = heavier[:_A_SOURCE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A source that loses more than is allowed."""

    source: str
    #: ``characters`` or ``mentions``.
    what: str
    share_pct: float


def compare(held: Reading, today: Reading) -> Difference:
    """
    Return what *today* changes in *held*.

    Args:
        held: What the warehouse holds of an article.
        today: What was read again, ``settled`` beforehand; without an article where it is none any more.
    """
    before, after = article_of(held), today.article
    if after is None:
        return _lost(held, today)
    came, left = changed_passages(before.text, after.text) if before.text != after.text else ([], [])
    counts = Counter(
        {
            "before_chars": len(before.text),
            "after_chars": len(after.text),
            "added_chars": sum(map(len, came)),
            "removed_chars": sum(map(len, left)),
        }
    )
    for name, key in (("mentions", _mention_key), ("figures", _figure_key), ("quotes", _quote_key)):
        counts.update(_gains(name, map(key, getattr(held, name)), map(key, getattr(today, name))))
    effect = _effect(held, today)
    counts.update({"document_count": 1, f"{effect}_count": 1})
    is_shown = effect is not Effect.SAME
    return Difference(
        url=before.url,
        source=before.source,
        effect=effect,
        counts=counts,
        removals_before=Counter(str(removal.kind) for removal in held.removals),
        removals_after=Counter(str(removal.kind) for removal in today.removals),
        left=(*_longest(left), *_things(held, today)) if is_shown else (),
        came=(*_longest(came), *_things(today, held)) if is_shown else (),
    )


def _effect(held: Reading, today: Reading) -> Effect:
    """Return how *today* differs from *held*; the version of the extractor makes no difference."""
    before, after = article_of(held), article_of(today)
    if text_of(held) != text_of(today):
        return Effect.TEXT
    is_same = replace(before, extractor="", extractor_version="") == replace(after, extractor="", extractor_version="")
    # Removals stand in the order of the page; all else is a set of things with places of their own.
    is_same = is_same and held.removals == today.removals
    for name in ("mentions", "coverage", "figures", "quotes"):
        is_same = is_same and Counter(getattr(held, name)) == Counter(getattr(today, name))
    return Effect.SAME if is_same else Effect.EVIDENCE


def _lost(held: Reading, today: Reading) -> Difference:
    """Return the difference of a document that is no article any more: all of it counts as lost."""
    article = article_of(held)
    counts = Counter(
        {
            "document_count": 1,
            f"{Effect.NO_ARTICLE}_count": 1,
            "before_chars": len(article.text),
            "removed_chars": len(article.text),
        }
    )
    for name in ("mentions", "figures", "quotes"):
        counts.update({f"{name}_before": len(getattr(held, name)), f"{name}_lost": len(getattr(held, name))})
    words = f"{today.outcome}" + (f": {today.reason}" if today.reason else "")
    return Difference(
        url=article.url,
        source=article.source,
        effect=Effect.NO_ARTICLE,
        counts=counts,
        removals_before=Counter(str(removal.kind) for removal in held.removals),
        left=(article.text,),
        came=(words,),
    )


def new_article(today: Reading) -> Difference:
    """Return the difference of a document that gave no article and gives one now."""
    article = article_of(today)
    counts = Counter({"new_article_count": 1, "after_chars": len(article.text), "added_chars": len(article.text)})
    return Difference(
        url=article.url, source=article.source, effect=Effect.NEW_ARTICLE, counts=counts, came=(article.text,)
    )


def settled(today: Reading, held: Reading, *, topics: tuple[WatchedTopic, ...]) -> tuple[Reading, Counter[str]]:
    """
    Return *today* as it may be loaded over *held*, with the counts of what was left aside.

    - The article keeps the id and the canonical address under which it is known.
    - A topic that today's query finds in the text that is held, too, although no coverage of it is, was never applied
      to it: that is the query's find, not the extractor's, and `topics backfill` tells it as new.
    """
    counts: Counter[str] = Counter()
    before, after = article_of(held), today.article
    if after is None:
        return today, counts
    counts["moved_count"] = int(after.article_id != before.article_id)
    kept = replace(after, article_id=before.article_id, canonical_url=before.canonical_url)
    gained = {found.topic_id for found in today.coverage} - {found.topic_id for found in held.coverage}
    if gained:
        _, coverage = match(
            compile_topics(topics),
            title=before.title,
            text=before.text,
            source=before.source,
            language=before.language,
        )
        gained &= {found.topic_id for found in coverage}
        counts["unapplied_count"] = int(bool(gained))
    return replace(
        today,
        article=kept,
        mentions=tuple(found for found in today.mentions if found.topic_id not in gained),
        coverage=tuple(found for found in today.coverage if found.topic_id not in gained),
    ), counts


def losses(tallies: Mapping[str, Tally], *, allowed_pct: float) -> list[Loss]:
    """
    Return what loses more than *allowed_pct* of its characters or mentions, sources first, the greatest loss first.

    Every source with enough to judge is judged, and all of them together.
    """
    total: Counter[str] = Counter()
    for tally in tallies.values():
        total.update(tally.counts)
    groups = [(source, tally.counts, _LEAST_ARTICLES, _LEAST_MENTIONS) for source, tally in sorted(tallies.items())]
    found = [
        Loss(source=source, what=what, share_pct=100 * counts[lost] / counts[before])
        for source, counts, articles, mentions in [*groups, (ALL_SOURCES, total, 1, 1)]
        for what, lost, before, least in (
            ("characters", "removed_chars", "before_chars", 1),
            ("mentions", "mentions_lost", "mentions_before", mentions),
        )
        if counts["document_count"] >= articles and counts[before] >= least
    ]
    too_much = (loss for loss in found if loss.share_pct > allowed_pct)
    return sorted(too_much, key=lambda loss: (loss.source == ALL_SOURCES, -loss.share_pct))


def examples(tallies: Mapping[str, Tally]) -> list[Difference]:
    """Return the ten weightiest differences, at most three of a source."""
    found = (example for _, tally in sorted(tallies.items()) for example in tally.examples)
    return sorted(found, key=lambda example: example.weight, reverse=True)[:_EXAMPLES]


# --- what is counted, what is shown --------------------------------------------------------------------------------


def text_of(reading: Reading) -> tuple[str, str | None]:
    """Return what makes a revision where it differs: the sha256 of the text, the title."""
    article = article_of(reading)
    return article.text_sha256, article.title


def article_of(reading: Reading) -> Article:
    """Return the article of *reading*, which gave one."""
    if reading.article is None:
        raise ValueError(f"document {reading.document_sha256} gave no article")
    return reading.article


def _gains(name: str, before: Iterable[object], after: Iterable[object]) -> dict[str, int]:
    """Return how many things of *before* there are, how many are gone, how many came; moved ones are the same."""
    old, new = Counter(before), Counter(after)
    return {
        f"{name}_before": old.total(),
        f"{name}_lost": (old - new).total(),
        f"{name}_gained": (new - old).total(),
    }


def _mention_key(mention: Mention) -> object:
    return (mention.topic_id, mention.term)


def _figure_key(figure: Figure) -> object:
    return (figure.kind, figure.raw, figure.value, figure.currency)


def _quote_key(quote: Quote) -> object:
    return quote.text


def _longest(passages: Sequence[str]) -> tuple[str, ...]:
    """Return the longest of *passages* that says something."""
    longest = max(passages, key=len, default="").strip()
    return (longest,) if longest else ()


def _things(these: Reading, those: Reading) -> list[str]:
    """Return, in words, a few of each kind of things that *these* have and *those* have not."""
    return [
        *_few(_claims(article_of(these)), _claims(article_of(those))),
        *_few(map(_mention_words, these.mentions), map(_mention_words, those.mentions)),
        *_few(map(_figure_words, these.figures), map(_figure_words, those.figures)),
        *_few(map(_quote_words, these.quotes), map(_quote_words, those.quotes)),
        *_few(map(_removal_words, these.removals), map(_removal_words, those.removals)),
    ]


def _few(these: Iterable[str], those: Iterable[str]) -> list[str]:
    return list(Counter(these) - Counter(those))[:_THINGS]


def _claims(article: Article) -> list[str]:
    """Return what is said of an article besides its text."""
    hidden = {"text", "text_sha256", "extractor", "extractor_version", "language_score", "word_count"}
    return [f"{name} {_plain(getattr(article, name))}" for name in Article.__dataclass_fields__ if name not in hidden]


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _mention_words(mention: Mention) -> str:
    return f"mention of {mention.topic_id} ({mention.zone}): {mention.raw}"


def _figure_words(figure: Figure) -> str:
    about = ", ".join(filter(None, (figure.subject, figure.attributed_to)))
    return f"figure {figure.raw}" + (f" ({about})" if about else "")


def _quote_words(quote: Quote) -> str:
    return f"quote {quote.text}" + (f" ({quote.speaker})" if quote.speaker else "")


def _removal_words(removal: Removal) -> str:
    return f"stripped as {removal.kind}: {removal.text}"
