"""
Read a topic's query into a tree that says what must stand in an article.

The language is the one of Lucene and Media Cloud; ``luqum`` parses it, and nothing of luqum leaves this
module. What the tree cannot do (fuzzy words, ranges, regular expressions) is refused with the mend in the
message, never ignored.
"""

import re
from difflib import get_close_matches
from typing import Final

from extractors.errors import QueryError
from extractors.facts.folding import fold
from extractors.facts.query_tree import (
    FieldTest,
    Near,
    Node,
    Scope,
    Term,
    Words,
    all_of,
    any_of,
    needs_words,
    weighed,
)

#: Our field names, with those of Media Cloud's index as aliases.
_FIELDS: Final = {
    "title": "title",
    "article_title": "title",
    "text": "text",
    "text_content": "text",
    "source": "source",
    "canonical_domain": "source",
    "language": "language",
}
_OPERATORS: Final = frozenset({"and", "or", "not"})
#: Fewer letters before a "*" would match a good part of any dictionary.
_SHORTEST_PREFIX: Final = 2
_ESCAPED: Final = re.compile(r"\\(.)")


def parse_query(query: str, *, topic_id: str) -> Node:
    """
    Return the tree of *query*.

    Raises:
        QueryError: it cannot be read, uses what is not supported, only excludes, or could match an article in
            which none of its words stands.
    """
    from luqum.exceptions import ParseError
    from luqum.thread import parse

    if not query.strip():
        raise QueryError("the query is empty", topic_id=topic_id)
    try:
        root = _Builder(topic_id).tree(parse(query))
    except ParseError as error:
        raise QueryError(_plain(str(error)), topic_id=topic_id) from error
    except RecursionError as error:
        raise QueryError("the query is nested too deeply", topic_id=topic_id) from error
    if not needs_words(root):
        message = (
            "could match an article in which none of its words stands; "
            "join source: and language: with AND, give ^0 only to company"
        )
        raise QueryError(message, topic_id=topic_id)
    return weighed(root)


def _plain(message: str) -> str:
    """Say luqum's complaint in our words."""
    if "unexpected end" in message:
        return "the query ends too early: a bracket is not closed, or a word is missing after AND, OR or NOT"
    found = re.search(r"(?:unexpected|character) +'(.*)' at position (\d+)", message, re.DOTALL)
    if not found:
        return message
    quote = found[1].splitlines()[0][:20]
    hint = "; a quotation mark is not closed" if quote.startswith('"') else ""
    return f"cannot read {quote!r} at character {int(found[2]) + 1}{hint}"


class _Builder:
    """Turns luqum's tree into ours."""

    def __init__(self, topic_id: str) -> None:
        self.topic_id = topic_id

    def fail(self, message: str) -> QueryError:
        """Return the error that says *message* of this topic."""
        return QueryError(message, topic_id=self.topic_id)

    def tree(self, item: object) -> Node:
        """Return the tree of a whole query."""
        without, parts = self.clauses([item], "", 1.0)
        if not parts:
            raise self.fail("the query only excludes; say first what to look for")
        return all_of(tuple(parts), tuple(without), _written(item))

    def clauses(self, items: list[object], name: str, boost: float) -> tuple[list[Node], list[Node]]:
        """Return what *items* exclude and what they ask for; NOT excludes from the whole list (Lucene)."""
        from luqum import tree as lucene

        without: list[Node] = []
        parts: list[Node] = []
        for item in items:
            if isinstance(item, lucene.Not | lucene.Prohibit):
                without.append(self.node(item.children[0], name, boost))
            elif isinstance(item, lucene.Group | lucene.FieldGroup) and _only_excludes(item):
                more_without, _ = self.clauses(_operands(item), name, boost)
                without += more_without
            else:
                parts.append(self.node(item, name, boost))
        return without, parts

    def node(self, item: object, name: str, boost: float) -> Node:
        """Return the node for *item*, looked for in field *name* and weighed by *boost*."""
        from luqum import tree as lucene

        written = _written(item)
        match item:
            case lucene.Word() | lucene.Phrase():
                return self.leaf(item, name, boost)
            case lucene.Proximity():
                return self.near(item, name, boost)
            case lucene.SearchField():
                return self.node(item.children[0], self.field(item.name, written), boost)
            case lucene.Boost():
                return self.node(item.children[0], name, boost * float(item.force))
            case lucene.Group() | lucene.FieldGroup() | lucene.Plus():
                return self.node(item.children[0], name, boost)
            case lucene.BaseOperation():
                return self.operation(item, name, boost)
            case lucene.Not() | lucene.Prohibit():
                raise self.fail(f"{written} only excludes; say beside it what to look for")
        raise self.fail(_unsupported(item, written))

    def operation(self, item: object, name: str, boost: float) -> Node:
        """Return the node for words joined by AND, by OR or side by side."""
        from luqum import tree as lucene

        items = list(item.children)  # type: ignore[attr-defined]
        written = _written(item)
        without, parts = self.clauses(items, name, boost)
        if isinstance(item, lucene.UnknownOperation) and len(parts) > 1:
            mixed = next((part for part in items if isinstance(part, lucene.OrOperation)), None)
            if mixed is not None:
                raise self.fail(f"{written[:60]}: words side by side mean AND; put the words joined by OR in brackets")
        if not parts:
            raise self.fail(f"{written} only excludes; say beside it what to look for")
        if isinstance(item, lucene.OrOperation):
            parts = [any_of(tuple(parts), written)]
        return all_of(tuple(parts), tuple(without), written)

    def field(self, name: str, written: str) -> str:
        """Return our name of the field that *name* means."""
        if name.lower() in _FIELDS:
            return _FIELDS[name.lower()]
        close = get_close_matches(name.lower(), _FIELDS, n=1)
        mend = (
            f"did you mean {close[0]}:?"
            if close
            else 'fields are title, text, source, language; a colon in a word needs quotes ("NYSE:T")'
        )
        raise self.fail(f"{written[:40]}: there is no field {name}; {mend}")

    def leaf(self, item: object, name: str, boost: float) -> Node:
        """Return the node for one word, phrase or field value."""
        from luqum import tree as lucene

        raw = str(item.value)  # type: ignore[attr-defined]
        is_phrase = isinstance(item, lucene.Phrase)
        if not is_phrase and raw.lower() in _OPERATORS:
            raise self.fail(f'{raw}: operators stand in capitals ({raw.upper()}); the word itself in quotes ("{raw}")')
        bare = raw[1:-1] if is_phrase else raw
        written = _ESCAPED.sub(r"\1", bare).strip()
        if name in {"source", "language"}:
            return FieldTest(name=name, pattern=fold(written), written=f"{name}:{written}")
        scope = Scope(name) if name else Scope.ANYWHERE
        return Words(term=self.term(bare, is_phrase=is_phrase), written=written, scope=scope, weight=boost)

    def term(self, bare: str, *, is_phrase: bool) -> Term:
        """Return the folded words of *bare*, with whether the last may go on."""
        is_prefix = bare.endswith("*") and not bare.endswith("\\*")
        stem = bare[:-1] if is_prefix else bare
        if re.search(r"(?<!\\)\*" if is_phrase else r"(?<!\\)[*?]", stem):
            raise self.fail(f"{bare}: a wildcard stands only at the end of a word (deepse*)")
        words = tuple(fold(_ESCAPED.sub(r"\1", stem)).split())
        if not any(char.isalnum() for word in words for char in word):
            raise self.fail(f"{bare}: there is no word to look for")
        if is_prefix and len(words[-1]) < _SHORTEST_PREFIX and words[-1].isascii():
            raise self.fail(f"{bare}: at least {_SHORTEST_PREFIX} letters must stand before *")
        return Term(words=words, is_prefix=is_prefix)

    def near(self, item: object, name: str, boost: float) -> Node:
        """Return the node for a phrase with a distance."""
        written = _written(item)
        slop = int(item.degree)  # type: ignore[attr-defined]
        bare = str(item.children[0].value)[1:-1]  # type: ignore[attr-defined]
        if name in {"source", "language"}:
            raise self.fail(f"{written}: {name}: takes a single value")
        terms = tuple(dict.fromkeys(self.term(word, is_phrase=True) for word in bare.split()))
        if len(terms) == 1:
            return self.leaf(item.children[0], name, boost)  # type: ignore[attr-defined]
        scope = Scope(name) if name else Scope.ANYWHERE
        return Near(terms=terms, slop=slop, written=written, scope=scope, weight=boost)


def _written(item: object) -> str:
    """Return *item* as the query writes it, on one line."""
    return " ".join(str(item).split())


def _operands(item: object) -> list[object]:
    """Return the operands of the operation inside brackets, or the one thing that stands there."""
    from luqum import tree as lucene

    inner = item.children[0]  # type: ignore[attr-defined]
    return list(inner.children) if isinstance(inner, lucene.BaseOperation) else [inner]


def _only_excludes(item: object) -> bool:
    from luqum import tree as lucene

    return all(isinstance(operand, lucene.Not | lucene.Prohibit) for operand in _operands(item))


def _unsupported(item: object, written: str) -> str:
    """Say what is not supported, with the mend."""
    from luqum import tree as lucene

    match item:
        case lucene.Fuzzy():
            return f"{written}: fuzzy words are not supported; write the spellings out, joined by OR"
        case lucene.Regex():
            return f'{written}: regular expressions are not supported; use a prefix (deepse*), or quote a "/"'
    return f"{written}: ranges are not supported"
