"""The tree of a topic's query: what must stand in an article, what must not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

#: A term that needs company says half as much as one that names the subject alone.
_WEIGHT_IN_COMPANY: Final = 0.5


class Scope(StrEnum):
    """Which part of an article a term is looked for in."""

    ANYWHERE = "anywhere"
    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words that stand one after the other, folded; a prefix term's last word may go on."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A word or phrase to be found."""

    term: Term
    #: As the query writes it, without quotation marks.
    written: str
    scope: Scope
    #: How much a place counts for relevance: 0 for company that is no mention, 0.5 for a term that needs
    #: company.
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Words that stand in one paragraph with at most ``slop`` other words between them, in any order."""

    terms: tuple[Term, ...]
    slop: int
    written: str
    scope: Scope
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTest:
    """A test on the article's source or language."""

    name: str
    #: Folded; a leading or trailing "*" stands for anything.
    pattern: str
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every part must hold, and none of ``without``."""

    parts: tuple["Node", ...]
    without: tuple["Node", ...] = ()
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one part must hold."""

    parts: tuple["Node", ...]
    written: str
    #: The plain terms among the parts by term, so that a list of thousands is looked up and not walked.
    by_term: Mapping[Term, tuple[Words, ...]] = field(default_factory=dict)
    #: The other parts.
    others: tuple["Node", ...] = ()


Node = Words | Near | FieldTest | All | AnyOf


def terms_of(node: Node) -> Iterator[Term]:
    """Give every term of the tree below *node*, those under NOT included."""
    match node:
        case Words(term=term):
            yield term
        case Near(terms=terms):
            yield from terms
        case All(parts=parts, without=without):
            for part in (*parts, *without):
                yield from terms_of(part)
        case AnyOf(parts=parts):
            for part in parts:
                yield from terms_of(part)
        case FieldTest():
            return


def all_of(parts: tuple[Node, ...], without: tuple[Node, ...], written: str) -> Node:
    """Return the node for *parts* AND NOT *without*; a single part stands for itself."""
    if len(parts) == 1 and not without:
        return parts[0]
    return All(parts=parts, without=without, written=written)


def any_of(parts: tuple[Node, ...], written: str) -> Node:
    """Return the node for *parts* joined by OR; a single part stands for itself."""
    if len(parts) == 1:
        return parts[0]
    by_term: dict[Term, tuple[Words, ...]] = {}
    for part in parts:
        if isinstance(part, Words):
            by_term[part.term] = (*by_term.get(part.term, ()), part)
    others = tuple(part for part in parts if not isinstance(part, Words))
    return AnyOf(parts=parts, written=written, by_term=by_term, others=others)


def needs_words(node: Node) -> bool:
    """Tell whether *node* can hold only where a word that counts as a mention stands."""
    match node:
        case Words(weight=weight) | Near(weight=weight):
            return weight > 0
        case All(parts=parts):
            return any(map(needs_words, parts))
        case AnyOf(parts=parts):
            return all(map(needs_words, parts))
        case FieldTest():
            return False


def _leaves(node: Node, *, alone: bool) -> Iterator[tuple[Words | Near, bool]]:
    """Give the terms that are looked for, each with whether it suffices without the company of others."""
    match node:
        case Words() | Near():
            yield node, alone
        case All(parts=parts):
            single = _is_single(parts)
            for part in parts:
                yield from _leaves(part, alone=alone and single)
        case AnyOf(parts=parts):
            for part in parts:
                yield from _leaves(part, alone=alone)
        case FieldTest():
            return


def _weighed(node: Node, *, alone: bool) -> Node:
    """Return *node* with the terms that need company made lighter."""
    match node:
        case Words() | Near():
            return node if alone else replace(node, weight=node.weight * _WEIGHT_IN_COMPANY)
        case All(parts=parts):
            single = _is_single(parts)
            return replace(node, parts=tuple(_weighed(part, alone=alone and single) for part in parts))
        case AnyOf(parts=parts):
            return any_of(tuple(_weighed(part, alone=alone) for part in parts), node.written)
        case FieldTest():
            return node


def _is_single(parts: tuple[Node, ...]) -> bool:
    """Tell whether only one of *parts* looks for words."""
    return sum(any(True for _ in terms_of(part)) for part in parts) <= 1


def weighed(root: Node) -> Node:
    """Return *root* with terms that need company made lighter, where another names the subject alone."""
    has_names = any(alone for _, alone in _leaves(root, alone=True))
    return _weighed(root, alone=True) if has_names else root
