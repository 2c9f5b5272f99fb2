"""The commands about topics: list, test, backfill."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.errors import QueryError, WarehouseError
from extractors.facts.explain import Explanation, explain
from extractors.facts.topics import compile_topics
from extractors.model import WatchedTopic
from flows import console
from flows.settings import Settings
from flows.watched import read_watchlist

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.asked_again import HeldText

#: Articles shown of each kind.
_SHOWN = 10


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
    wanted = _wanted(settings, topic)
    compiled = compile_topics(wanted)
    body = _text_of(text)
    found = [explain(compiled, known.topic_id, title=None, text=body) for known in wanted]
    if as_json:
        console.say_json([_as_json(explanation) for explanation in found])
        return
    for known, explanation in zip(wanted, found, strict=True):
        _show(known, explanation)


def _wanted(settings: Settings, topic: str | None) -> tuple[WatchedTopic, ...]:
    """Return the topic named, or all."""
    watched = read_watchlist(settings.watchlist).topics
    wanted = tuple(known for known in watched if topic in {None, known.topic_id})
    if not wanted:
        known_ids = ", ".join(known.topic_id for known in watched) or "none"
        raise QueryError(f"not in {settings.watchlist} (topics there: {known_ids})", topic_id=str(topic))
    return wanted


def test_past(settings: Settings, count: int, *, topic: str | None, as_json: bool) -> None:
    """
    Show what each query would find in the *count* published articles that were loaded last.

    Raises:
        QueryError: The watchlist has no topic *topic*.
        WarehouseError: Nothing is published yet.
    """
    from warehouse.asked_again import covered_articles, newest_texts
    from warehouse.connection import reader

    wanted = _wanted(settings, topic)
    compiled = compile_topics(wanted)
    with reader(settings.home) as con:
        held = newest_texts(con, count=count)
        covered = {known.topic_id: covered_articles(con, known.topic_id) for known in wanted}
    for known in wanted:
        found = [
            (one, explain(compiled, known.topic_id, title=one.title, text=one.text, source=one.source,
                          language=one.language))
            for one in held
        ]  # fmt: skip
        _show_past(known, found, covered[known.topic_id], as_json=as_json)


def _show_past(
    topic: WatchedTopic, found: "Sequence[tuple[HeldText, Explanation]]", covered: set[str], *, as_json: bool
) -> None:
    """Show hits that are new to the topic, those that it would lose, and near misses."""
    hits = [(held, said) for held, said in found if said.matched]
    gained = [(held, said) for held, said in hits if held.article_id not in covered]
    lost = [(held, said) for held, said in found if not said.matched and held.article_id in covered]
    missed = [(held, said) for held, said in found if not said.matched and said.near_misses]
    if as_json:
        console.say_json(
            {
                "topic_id": topic.topic_id,
                "asked": [held.article_id for held, _ in found],
                "covered": [held.article_id for held, _ in hits],
                "gained": [held.article_id for held, _ in gained],
                "lost": [held.article_id for held, _ in lost],
                "near_misses": {held.article_id: _as_json(said)["near_misses"] for held, said in missed},
            }
        )
        return
    console.say(
        f"{topic.topic_id}: covers {len(hits):,} of the last {len(found):,} articles;"
        f" {len(gained):,} gained, {len(lost):,} lost, {len(missed):,} nearly"
    )
    for held, said in gained[:_SHOWN]:
        words = console.cell(said.mentions[0].sentence) if said.mentions else ""
        console.say(f"  gained {said.relevance or 0:.2f} {held.source}: {console.cell(held.title)} - {words}")
    for held, _ in lost[:_SHOWN]:
        console.say(f"  lost {held.source}: {console.cell(held.title)}")
    for held, said in missed[:_SHOWN]:
        miss = said.near_misses[0]
        console.say(f"  nearly {held.source}: {console.cell(held.title)} - {miss.raw!r}: {miss.why}")


def _text_of(text: str) -> str:
    """Return the text itself, or the content of the file that it names."""
    # A text longer than any path, or with a line break, names no file.
    path = Path(text)
    try:
        return path.read_text("utf-8", "replace") if path.is_file() else text
    except (OSError, ValueError):
        return text


def backfill_topics(settings: Settings, topic: str | None, *, as_json: bool) -> None:
    """
    Ask topics of everything held, publish, and say what each gained and lost.

    Raises:
        QueryError: The watchlist has no topic *topic*, or its query cannot be read.
        WarehouseBusyError: Another process asks.
    """
    from flows.asking_again import ask_again, wanted_topics
    from flows.collecting import now
    from warehouse.snapshot import publish

    topics = wanted_topics(settings, topic)
    changes = {}
    if topics:
        with console.progress("articles asked") as advance:
            changes = ask_again(settings, topics, advance=advance)
        publish(settings.home, now=now())
    if as_json:
        console.say_json([{"topic_id": topic_id, **asdict(change)} for topic_id, change in changes.items()])
        return
    for topic_id, change in changes.items():
        console.say(
            f"{topic_id}: covers {change.covered_count:,} of the articles held;"
            f" {change.gained_count:,} gained, {change.lost_count:,} lost"
        )
    if not topics:
        console.say("every topic was asked of everything held; name one to ask it again")


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
