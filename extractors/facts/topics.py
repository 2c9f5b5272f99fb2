"""
Match an article against every topic of the watchlist.

A query's tree is evaluated over the places where its terms stand; what made it true becomes the mentions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractors.facts.folding import fold
from extractors.facts.places import Span, TermIndex, apart, near_places
from extractors.facts.queries import parse_query
from extractors.facts.query_tree import All, AnyOf, FieldTest, Near, Node, Scope, Term, Words, terms_of
from extractors.facts.relevance import lede_end, relevance
from extractors.facts.sentences import sentence_around
from extractors.model import Coverage, Mention, WatchedTopic, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledTopics:
    """Topics ready to match; made once a process, not to be pickled (send ``WatchedTopic`` records)."""

    topics: tuple[WatchedTopic, ...]
    #: The tree of each topic's query, in the order of ``topics``.
    roots: tuple[Node, ...]
    index: TermIndex
    #: Positions in ``topics`` of those that use a term.
    users: dict[Term, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found in one article before any query is evaluated."""

    title: str
    text: str
    #: Folded.
    source: str
    language: str
    #: Places by term in the folded title and text.
    in_title: dict[Term, list[Span]]
    in_text: dict[Term, list[Span]]

    def places(self, leaf: Words | Near) -> tuple[list[Span], list[Span]]:
        """Return the places of *leaf* in the title and in the text."""
        title = [] if leaf.scope is Scope.TEXT else self._in(leaf, self.title, self.in_title)
        text = [] if leaf.scope is Scope.TITLE else self._in(leaf, self.text, self.in_text)
        return title, text

    def _in(self, leaf: Words | Near, folded: str, found: dict[Term, list[Span]]) -> list[Span]:
        return found.get(leaf.term, []) if isinstance(leaf, Words) else near_places(leaf, folded, found)


@lru_cache(maxsize=8)
def compile_topics(topics: tuple[WatchedTopic, ...]) -> CompiledTopics:
    """
    Return *topics* compiled to one automaton; the second call in a process costs nothing.

    Raises:
        QueryError: a query cannot be read; names the topic.
    """
    roots = tuple(parse_query(topic.query, topic_id=topic.topic_id) for topic in topics)
    users: dict[Term, dict[int, None]] = {}
    for at, root in enumerate(roots):
        for term in terms_of(root):
            users.setdefault(term, {})[at] = None
    index = TermIndex(users)
    return CompiledTopics(
        topics=topics, roots=roots, index=index, users={term: tuple(ats) for term, ats in users.items()}
    )


def match(
    compiled: CompiledTopics, *, title: str | None, text: str, source: str, language: str | None
) -> tuple[tuple[Mention, ...], tuple[Coverage, ...]]:
    """
    Return every mention and the coverage of the topics that match the article.

    Args:
        compiled: From ``compile_topics``.
        title: The headline, None where there is none.
        text: Paragraphs separated by line breaks; offsets of mentions count its code points.
        source: The publisher's registrable domain.
        language: ISO 639-1, None where unknown: then no ``language:`` test holds.

    Returns:
        Mentions by topic, title first, then in order of the text; one coverage for each matching topic.
        Overlapping mentions of one topic are one, the longest.
    """
    looked = look(compiled, title=title, text=text, source=source, language=language)
    mentions: list[Mention] = []
    coverage: list[Coverage] = []
    if not looked.in_title and not looked.in_text:
        return (), ()
    end_of_lede = lede_end(text)
    candidates = {at for term in (*looked.in_title, *looked.in_text) for at in compiled.users[term]}
    for at in sorted(candidates):
        evidence = evidence_of(compiled.roots[at], looked)
        if evidence is not None:
            own = _Evidence(compiled.topics[at], evidence, looked)
            mentions += own.mentions(title or "", text, end_of_lede)
            coverage.append(own.coverage(text, end_of_lede))
    return tuple(mentions), tuple(coverage)


def look(compiled: CompiledTopics, *, title: str | None, text: str, source: str, language: str | None) -> Looked:
    """Return where the terms of all topics stand in one article."""
    folded_title, folded = fold(title or ""), fold(text)
    return Looked(
        title=folded_title,
        text=folded,
        source=fold(source),
        language=fold(language or ""),
        in_title=compiled.index.find(folded_title) if folded_title else {},
        in_text=compiled.index.find(folded),
    )


def evidence_of(node: Node, looked: Looked) -> list[Words | Near] | None:
    """Return the terms that made *node* true, or None where it does not hold."""
    match node:
        case Words() | Near():
            return [node] if any(looked.places(node)) else None
        case FieldTest():
            return [] if _field_holds(node, looked) else None
        case All():
            return _evidence_of_all(node, looked)
        case AnyOf():
            held = [found for part in _present(node, looked) if (found := evidence_of(part, looked)) is not None]
            return [leaf for found in held for leaf in found] if held else None


def _evidence_of_all(node: All, looked: Looked) -> list[Words | Near] | None:
    evidence: list[Words | Near] = []
    for part in node.parts:
        found = evidence_of(part, looked)
        if found is None:
            return None
        evidence += found
    return None if any(evidence_of(part, looked) is not None for part in node.without) else evidence


def _present(node: AnyOf, looked: Looked) -> Iterator[Node]:
    """Give the parts of *node* that may hold; of a long list of terms only those that were found."""
    for found in (looked.in_title, looked.in_text):
        for term in node.by_term.keys() & found.keys():
            if found is looked.in_text and term in looked.in_title:
                continue
            yield from node.by_term[term]
    yield from node.others


def _field_holds(test: FieldTest, looked: Looked) -> bool:
    value = looked.source if test.name == "source" else looked.language.partition("-")[0]
    pattern = test.pattern
    if pattern.startswith("*"):
        return bool(value) and value.endswith(pattern[1:])
    if pattern.endswith("*"):
        return bool(value) and value.startswith(pattern[:-1])
    return value == pattern


class _Evidence:
    """The mentions of one matching topic."""

    def __init__(self, topic: WatchedTopic, leaves: Sequence[Words | Near], looked: Looked) -> None:
        self.topic = topic
        places = [(leaf, *looked.places(leaf)) for leaf in leaves if leaf.weight > 0]
        self.in_title = _longest([(span, leaf) for leaf, title, _ in places for span in title])
        self.in_text = _longest([(span, leaf) for leaf, _, text in places for span in text])

    def mentions(self, title: str, text: str, end_of_lede: int) -> Iterator[Mention]:
        """Give the records, the title's first."""
        for (start, end), leaf in self.in_title:
            yield Mention(
                topic_id=self.topic.topic_id,
                term=leaf.written,
                raw=title[start:end],
                zone=Zone.TITLE,
                char_start=None,
                char_end=None,
                sentence=title,
            )
        for (start, end), leaf in self.in_text:
            left, right = sentence_around(text, start, end)
            yield Mention(
                topic_id=self.topic.topic_id,
                term=leaf.written,
                raw=text[start:end],
                zone=Zone.LEDE if start < end_of_lede else Zone.BODY,
                char_start=start,
                char_end=end,
                sentence=text[left:right],
            )

    def coverage(self, text: str, end_of_lede: int) -> Coverage:
        """Return the record that sums the mentions up."""
        first = self.in_text[0][0][0] if self.in_text else None
        title_weights = [leaf.weight for _, leaf in self.in_title]
        places = [(span[0], leaf.weight) for span, leaf in self.in_text]
        return Coverage(
            topic_id=self.topic.topic_id,
            query_version=self.topic.query_version,
            relevance=relevance(title_weights, places, text=text),
            mention_count=len(self.in_title) + len(self.in_text),
            in_title=bool(self.in_title),
            in_lede=first is not None and first < end_of_lede,
            first_mention_at_char=first,
        )


def _longest(places: list[tuple[Span, Words | Near]]) -> list[tuple[Span, Words | Near]]:
    """Return *places* without overlaps, in order: terms before near words, the earliest, the longest."""
    ordered = sorted(places, key=_first_longest)
    leaves: dict[Span, Words | Near] = {}
    for span, leaf in ordered:
        leaves.setdefault(span, leaf)
    return [(span, leaves[span]) for span in apart(span for span, _ in ordered)]


def _first_longest(place: tuple[Span, Words | Near]) -> tuple[bool, int, int, str]:
    (start, end), leaf = place
    return isinstance(leaf, Near), start, -end, leaf.written
