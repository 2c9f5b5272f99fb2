"""
Compare like with like: what is held of an article, read again as today's page is read, before that counts as an edit.

What only the extractor sees otherwise, or what was learnt of the site's furniture since, is no edit by the publisher.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from extractors.errors import ArchiveError
from extractors.model import Furniture, Outcome, Reading, WatchedTopic
from extractors.version import extractor_version
from flows.collecting import now, open_writer
from flows.comparison import compare, settled, text_of
from flows.readers import Readers
from flows.reprocessing import read_kept, rereading_of, with_bytes
from flows.settings import Settings
from warehouse.documents import KeptDocument, as_held, documents_of, held_readings
from warehouse.reextraction import Rereading, load_rereadings

log = logging.getLogger("newsdesk.look")


def read_again(
    readers: Readers, kept: KeptDocument, *, raw: Path, furniture: Mapping[str, Furniture]
) -> Callable[[], Reading | None]:
    """Start reading the bytes of *kept* as today's are read; the answer is None where they are gone."""
    try:
        received = with_bytes(kept.document, raw=raw)
    except ArchiveError as error:
        log.info("compared with the text as it was read then: %s", error)
        return lambda: None
    return read_kept(readers, kept, received, furniture=furniture)


def like_with_like(
    kept: KeptDocument, held: Reading, again: Reading | None, *, topics: tuple[WatchedTopic, ...]
) -> tuple[Reading, Rereading | None]:
    """
    Return the text to compare today's page with, and what is to be loaded where that is not the text held.

    Args:
        kept: The document.
        held: What was read from it when it came.
        again: What is read from it today; None: its bytes are gone.
        topics: Those that *again* was read with.
    """
    if again is None or again.outcome is not Outcome.STORED or again.article is None:
        return held, None
    again, _ = settled(as_held(again), held, topics=topics)
    if text_of(again) == text_of(held):
        return held, None
    return again, rereading_of(kept, held, again, compare(held, again))


def freshen(
    settings: Settings,
    readers: Readers,
    article_ids: Collection[str],
    *,
    furniture: Mapping[str, Furniture],
    run_id: str,
) -> int:
    """Load what today's extractor reads otherwise in what is held of *article_ids*; return how many texts changed."""
    with open_writer(settings) as con:
        kept = documents_of(con, article_ids)
        held = held_readings(con, article_ids)
    raw = settings.home / "raw"
    started = [(one, read_again(readers, one, raw=raw, furniture=furniture)) for one in kept.values()]
    compared = [
        like_with_like(one, held[one.article_id or ""], read(), topics=readers.topics)[1] for one, read in started
    ]
    found = [rereading for rereading in compared if rereading is not None]
    if not found:
        return 0
    with open_writer(settings) as con:
        return load_rereadings(con, found, extractor_version=extractor_version(), run_id=run_id, now=now())
