"""The commands about topics: list, test."""

from pathlib import Path

from extractors.errors import QueryError, WarehouseError
from extractors.facts.explain import Explanation, explain
from extractors.facts.topics import compile_topics
from extractors.model import WatchedTopic
from flows import console
from flows.settings import Settings
from flows.watched import read_watchlist


def list_topics(settings: Settings, *, as_json: bool) -> None:
    """List the watchlist's topics, with the coverage that the snapshot holds where there is one."""
    topics = read_watchlist(settings.watchlist).topics
    counts = _coverage_counts(settings)
    if as_json:
        console.say_json(
            [
                {
                    "topic_id": topic.topic_id,
                    "title": topic.title,
                    "query": topic.query,
                    "query_version": topic.query_version,
                    "article_count": counts.get(topic.topic_id),
                }
                for topic in topics
            ]
        )
        return
    rows = [(topic.topic_id, topic.title, counts.get(topic.topic_id), topic.query) for topic in topics]
    console.say_table(("topic", "title", "articles", "query"), rows)


def _coverage_counts(settings: Settings) -> dict[str, int]:
    """Return articles by topic as published; empty where nothing is published yet."""
    from warehouse.connection import reader
    from warehouse.coverage import article_counts

    try:
        with reader(settings.home) as con:
            return article_counts(con)
    except WarehouseError:
        return {}


def test_topics(settings: Settings, text: str, *, topic: str | None, as_json: bool) -> None:
    """
    Show what each query finds in *text*, which may name a file, and what it nearly found.

    Raises:
        QueryError: The watchlist has no topic *topic*.
    """
    watched = read_watchlist(settings.watchlist).topics
    wanted = [known for known in watched if topic in {None, known.topic_id}]
    if not wanted:
        known_ids = ", ".join(known.topic_id for known in watched) or "none"
        raise QueryError(f"not in {settings.watchlist} (topics there: {known_ids})", topic_id=str(topic))
    compiled = compile_topics(tuple(wanted))
    body = _text_of(text)
    found = [explain(compiled, known.topic_id, title=None, text=body) for known in wanted]
    if as_json:
        console.say_json([_as_json(explanation) for explanation in found])
        return
    for known, explanation in zip(wanted, found, strict=True):
        _show(known, explanation)


def _text_of(text: str) -> str:
    """Return the text itself, or the content of the file that it names."""
    # A text longer than any path, or with a line break, names no file.
    path = Path(text)
    try:
        return path.read_text("utf-8", "replace") if path.is_file() else text
    except (OSError, ValueError):
        return text


def _show(topic: WatchedTopic, explanation: Explanation) -> None:
    verdict = f"matches, relevance {explanation.relevance:.2f}" if explanation.matched else "does not match"
    console.say(f"{topic.topic_id}: {verdict}")
    for clause in explanation.clauses:
        mark = "yes" if clause.held else "no "
        console.say(
            f"  {mark} {'  ' * clause.depth}{clause.written}" + f"  ({clause.place_count})" * bool(clause.place_count)
        )
    for mention in explanation.mentions:
        console.say(f"  found {mention.raw!r} at {mention.char_start}: {console.cell(mention.sentence)}")
    for miss in explanation.near_misses:
        console.say(f"  nearly {miss.raw!r} at {miss.char_start}: {miss.why}")


def _as_json(explanation: Explanation) -> dict[str, object]:
    return {
        "topic_id": explanation.topic_id,
        "matched": explanation.matched,
        "relevance": explanation.relevance,
        "mentions": [
            {
                "term": found.term,
                "raw": found.raw,
                "zone": found.zone,
                "char_start": found.char_start,
                "char_end": found.char_end,
                "sentence": found.sentence,
            }
            for found in explanation.mentions
        ],
        "clauses": [{"written": clause.written, "held": clause.held} for clause in explanation.clauses],
        "near_misses": [
            {"term": miss.term, "raw": miss.raw, "char_start": miss.char_start, "why": miss.why}
            for miss in explanation.near_misses
        ],
    }
