"""Explain why a topic matches a text or just does not: the clauses of its query; near misses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from extractors.errors import QueryError
from extractors.facts.folding import joined, word_end
from extractors.facts.query_tree import All, AnyOf, FieldTest, Near, Node, Scope, Words
from extractors.facts.topics import CompiledTopics, Looked, evidence_of, look, match
from extractors.model import Mention

#: Absent words of a list that are written out before "and N more".
_MOST_ABSENT: Final = 12
#: Characters of a clause that are shown; a whole query may run over many lines.
_LONGEST_CLAUSE: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One line of a query's tree; made by ``explain``, taken by the command line."""

    #: 0 for the whole query, one more for each bracket.
    depth: int
    #: ``must``, ``any`` (one of several is enough) or ``not``.
    role: str
    written: str
    #: Whether it holds by itself; a clause under NOT that holds is what excluded the article.
    held: bool
    #: Places in title and text; 0 for brackets and fields.
    place_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A term that almost stands in the article; made by ``explain``, taken by the command line."""

    term: str
    #: What stands there instead.
    raw: str
    #: Offset in the text; None in the title.
    char_start: int | None
    #: In words.
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that can be said about one topic and one text; made by ``explain``, taken by the command line."""

    topic_id: str
    matched: bool
    #: None where the topic does not match.
    relevance: float | None
    mentions: tuple[Mention, ...]
    clauses: tuple[Clause, ...]
    near_misses: tuple[NearMiss, ...]


def explain(
    compiled: CompiledTopics,
    topic_id: str,
    *,
    title: str | None,
    text: str,
    source: str = "",
    language: str | None = None,
) -> Explanation:
    """
    Return why topic *topic_id* matches the article or does not.

    Raises:
        QueryError: there is no such topic.
    """
    at = next((at for at, topic in enumerate(compiled.topics) if topic.topic_id == topic_id), None)
    if at is None:
        known = ", ".join(topic.topic_id for topic in compiled.topics) or "none"
        raise QueryError(f"there is no such topic in the watchlist; it has: {known}", topic_id=topic_id)
    looked = look(compiled, title=title, text=text, source=source, language=language)
    mentions, coverage = match(compiled, title=title, text=text, source=source, language=language)
    covered = next((one for one in coverage if one.topic_id == topic_id), None)
    root = compiled.roots[at]
    own = tuple(mention for mention in mentions if mention.topic_id == topic_id)
    misses = _near_misses(root, looked, title=title or "", text=text)
    return Explanation(
        topic_id=topic_id,
        matched=covered is not None,
        relevance=covered.relevance if covered else None,
        mentions=own,
        clauses=tuple(_clauses(root, looked, depth=0, role="must")),
        near_misses=tuple(miss for miss in misses if miss.raw not in {mention.raw for mention in own}),
    )


def _clauses(node: Node, looked: Looked, *, depth: int, role: str) -> Iterator[Clause]:
    held = evidence_of(node, looked) is not None
    count = sum(map(len, looked.places(node))) if isinstance(node, Words | Near) else 0
    yield Clause(depth=depth, role=role, written=_short(node.written), held=held, place_count=count)
    if isinstance(node, All):
        for part in node.parts:
            yield from _clauses(part, looked, depth=depth + 1, role="must")
        for part in node.without:
            yield from _clauses(part, looked, depth=depth + 1, role="not")
    if isinstance(node, AnyOf):
        absent = [part for part in node.parts if isinstance(part, Words) and not any(looked.places(part))]
        for part in node.parts:
            if not isinstance(part, Words) or any(looked.places(part)):
                yield from _clauses(part, looked, depth=depth + 1, role="any")
        if 0 < len(absent) < len(node.parts):
            yield Clause(depth=depth + 1, role="any", written=_listed(absent), held=False, place_count=0)


def _short(written: str) -> str:
    return written if len(written) <= _LONGEST_CLAUSE else written[:_LONGEST_CLAUSE].rstrip() + "..."


def _listed(absent: list[Words]) -> str:
    """Write absent words as one clause."""
    shown = " OR ".join(word.written for word in absent[:_MOST_ABSENT])
    more = len(absent) - _MOST_ABSENT
    return f"{shown} and {more} more" if more > 0 else shown


def _near_misses(node: Node, looked: Looked, *, title: str, text: str) -> Iterator[NearMiss]:
    """Give what almost held."""
    match node:
        case All():
            yield from _lonely(node, looked, title=title, text=text)
            for part in node.parts:
                yield from _near_misses(part, looked, title=title, text=text)
        case AnyOf():
            for part in node.parts:
                yield from _near_misses(part, looked, title=title, text=text)
        case Words() | Near() if evidence_of(node, looked) is None:
            yield from _misses(node, looked, title=title, text=text)
        case Words() | Near() | FieldTest():
            return


def _lonely(node: All, looked: Looked, *, title: str, text: str) -> Iterator[NearMiss]:
    """Give the first word found of each part whose company is missing, and of what NOT excluded."""
    missing = [part.written for part in node.parts if evidence_of(part, looked) is None]
    need = " and ".join(missing)
    why = f"needs also {_short(need)}"
    for part in node.parts if missing else ():
        yield from _first(evidence_of(part, looked), looked, title=title, text=text, why=why)
    for part in () if missing else node.without:
        yield from _first(evidence_of(part, looked), looked, title=title, text=text, why="excludes the article")


def _first(
    evidence: list[Words | Near] | None, looked: Looked, *, title: str, text: str, why: str
) -> Iterator[NearMiss]:
    for leaf in (evidence or [])[:1]:
        in_title, in_text = looked.places(leaf)
        start, end = (in_text or in_title)[0]
        raw = (text if in_text else title)[start:end]
        yield NearMiss(term=leaf.written, raw=raw, char_start=start if in_text else None, why=why)


def _misses(leaf: Words | Near, looked: Looked, *, title: str, text: str) -> Iterator[NearMiss]:
    parts = ((looked.title, title, True, Scope.TEXT), (looked.text, text, False, Scope.TITLE))
    for folded, written, is_title, other in parts:
        words = (
            leaf.term.words if isinstance(leaf, Words) else tuple(word for term in leaf.terms for word in term.words)
        )
        starts = [folded.find(word) for word in words]
        if min(starts) < 0:
            continue
        start, end = min(starts), max(at + len(word) for at, word in zip(starts, words, strict=True))
        why = "its words stand apart"
        if len(words) == 1:
            start, end, why = _whole_word(folded, start, end)
        if leaf.scope is other:
            why = "stands only in the title" if is_title else "stands only in the text"
        yield NearMiss(term=leaf.written, raw=written[start:end], char_start=None if is_title else start, why=why)


def _whole_word(folded: str, start: int, end: int) -> tuple[int, int, str]:
    """Return the longer word around a term that was found but did not count, and why it did not."""
    left = start
    while joined(folded, left):
        left -= 1
    right = word_end(folded, end)
    inside = (left, right) != (start, end)
    return left, right, "stands inside a longer word" if inside else "stands in an address"
