"""Ask the watchlist's topics of every article that is held: what a new or changed query would have found."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor

from extractors.errors import QueryError
from extractors.facts.topics import compile_topics, match
from extractors.model import WatchedTopic
from flows.collecting import alone, now, open_writer
from flows.settings import Settings
from flows.watched import read_watchlist
from warehouse.asked_again import (
    Answer,
    CoverageChange,
    HeldText,
    finish,
    held_texts,
    last_load_seq,
    load_answers,
    unasked_counts,
)
from warehouse.coverage import sync_topics
from warehouse.gate import held_gate

#: Articles of one transaction: some 10 MB of text on their way at once for each process.
_BATCH = 2_000


def wanted_topics(settings: Settings, topic_id: str | None) -> tuple[WatchedTopic, ...]:
    """
    Return the topics to ask: the one named, else those of the watchlist that were not asked of everything held.

    Raises:
        QueryError: The watchlist has no topic *topic_id*.
    """
    topics = read_watchlist(settings.watchlist).topics
    if topic_id is not None:
        named = tuple(topic for topic in topics if topic.topic_id == topic_id)
        if not named:
            known = ", ".join(topic.topic_id for topic in topics) or "none"
            raise QueryError(f"not in {settings.watchlist} (topics there: {known})", topic_id=topic_id)
        return named
    with open_writer(settings) as con:
        sync_topics(con, topics, now=now())
        unasked = unasked_counts(con)
    return tuple(topic for topic in topics if topic.topic_id in unasked)


def ask_again(
    settings: Settings, topics: tuple[WatchedTopic, ...], *, advance: Callable[[int], None] = lambda _: None
) -> dict[str, CoverageChange]:
    """
    Ask *topics* of every article held and load what they find; return what changed, by topic_id.

    Collecting goes on meanwhile: what is loaded after the start is asked when it is read. Killed at any moment, the
    next run begins again and changes nothing twice.

    Args:
        settings: Where the warehouse is.
        topics: Current ones, of the watchlist.
        advance: Told how many articles were asked.

    Raises:
        QueryError: A query cannot be read.
        WarehouseBusyError: Another process asks, or collected all the time that the settings allow to wait.
    """
    compile_topics(topics)
    changes = {topic.topic_id: CoverageChange() for topic in topics}
    with held_gate(settings.home, name="topics", wait_seconds=settings.writer_wait_seconds):
        # A run that is under way still asks the queries that it began with: once it is over, all that follow ask these.
        with alone(settings), open_writer(settings) as con:
            sync_topics(con, read_watchlist(settings.watchlist).topics, now=now())
            last = last_load_seq(con)
        for answers in _answers(settings, topics, last=last):
            with open_writer(settings) as con:
                loaded = load_answers(con, topics, answers, now=now())
            changes = {topic: change + loaded[topic] for topic, change in changes.items()}
            advance(len(answers))
        with open_writer(settings) as con:
            finish(con, topics, now=now())
    return changes


def _answers(settings: Settings, topics: tuple[WatchedTopic, ...], *, last: int) -> Iterator[list[Answer]]:
    """Yield what each batch of articles answers, in order; the next ones are asked while one is loaded."""
    context = multiprocessing.get_context("spawn")
    asked: deque[Future[list[Answer]]] = deque()
    with ProcessPoolExecutor(settings.workers, mp_context=context) as pool:
        for start in range(0, last, _BATCH):
            with open_writer(settings) as con:
                texts = held_texts(con, after=start, upto=min(start + _BATCH, last))
            if texts:
                asked.append(pool.submit(_ask, topics, texts))
            while len(asked) > settings.workers:
                yield asked.popleft().result()
        while asked:
            yield asked.popleft().result()


def _ask(topics: tuple[WatchedTopic, ...], texts: Sequence[HeldText]) -> list[Answer]:
    """Ask *topics* of *texts*; runs in a process of its own."""
    compiled = compile_topics(topics)
    answers = []
    for held in texts:
        mentions, coverage = match(
            compiled, title=held.title, text=held.text, source=held.source, language=held.language
        )
        answers.append(
            Answer(
                article_id=held.article_id,
                revision=held.revision,
                text_sha256=held.text_sha256,
                title=held.title,
                mentions=mentions,
                coverage=coverage,
            )
        )
    return answers
