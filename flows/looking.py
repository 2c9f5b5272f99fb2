"""
Look again at the pages of articles: what have their publishers changed?

Plain functions; the flow ``collect`` calls them when every new page has been asked for. Before another text counts as
the publisher's edit, the bytes that are held are read again the same way: what only the extractor sees otherwise, or
what was learnt of the site's furniture since, is ``re-extracted``.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from extractors.acquire.archives import document
from extractors.acquire.looks import COVERED_AGES, looked, next_look_at, other_article, told_by_answer, validators
from extractors.errors import HostOnHoldError
from extractors.model import (
    CollectedEntry,
    Document,
    FetchOutcome,
    FetchRequest,
    KeptRecord,
    Look,
    Looked,
    LookOutcome,
    Outcome,
    Reading,
)
from flows.collecting import LEAST_PUT_OFF, Workshop, keep_answer, now, open_writer, page_request, read_document
from flows.comparison import article_of, text_of
from flows.rereading import like_with_like, read_again
from flows.settings import Settings
from warehouse.documents import KeptDocument, as_held, documents_of, held_readings
from warehouse.hosts import save_hosts
from warehouse.looks import load_looks, looks_due, plan_looks, put_off_looks
from warehouse.reextraction import Rereading
from warehouse.verdicts import Change, changed_chars

log = logging.getLogger("newsdesk.look")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One page that was looked at again."""

    look: Look
    #: The document that the article's text was read from.
    kept: KeptDocument
    fetched: FetchOutcome
    #: What it means by itself; None: its body is being read.
    told: tuple[LookOutcome, str | None] | None
    document: Document | None = None
    read: Callable[[], CollectedEntry] | None = None


@dataclass(slots=True)
class Harvest:
    """What the looks of one batch came to, to be loaded in one transaction."""

    looked: list[Looked] = field(default_factory=list)
    rereadings: list[Rereading] = field(default_factory=list)
    edits: list[Rereading] = field(default_factory=list)

    def add(self, answer: Answer, outcome: LookOutcome, reason: str | None = None) -> None:
        """Note what *answer* came to."""
        log.info("looked again: %s %s%s", outcome, answer.look.url, f" ({reason})" if reason else "")
        self.looked.append(looked(answer.look, answer.fetched, outcome, reason=reason))


def look_again(shop: Workshop) -> dict[str, int]:
    """Look at the pages that are due, as many as one run may; return how many there were, by what they came to."""
    due, size = due_looks(shop.settings), shop.settings.batch_entry_count
    outcomes: Counter[str] = Counter()
    for start in range(0, len(due), size):
        outcomes += look_at(shop, due[start : start + size])
    return {str(outcome): outcomes[outcome] for outcome in LookOutcome if outcomes[outcome]}


def due_looks(settings: Settings) -> list[tuple[Look, KeptDocument]]:
    """Plan the looks at articles that are new; return those that are due now, with the document that is held."""
    if settings.relook == "none":
        return []
    is_every, instant = settings.relook == "all", now()
    with open_writer(settings) as con:
        plan_looks(
            con,
            now=instant,
            reach=COVERED_AGES[-1],
            is_every=is_every,
            next_look_at=lambda look: next_look_at(look, now=instant),
        )
        due = looks_due(con, now=instant, is_every=is_every, limit=settings.relook_run_limit)
        held = documents_of(con, [look.article_id for look in due])
    return [(look, held[look.article_id]) for look in due]


def look_at(shop: Workshop, looks: Sequence[tuple[Look, KeptDocument]]) -> Counter[str]:
    """Ask for the pages of *looks*, compare them with what is held, load what came of it; return that by outcome."""
    answers: dict[int, Answer] = {}
    waiting = {}
    requests = [_request(look, shop.settings) for look, _ in looks]
    for index, fetched in shop.fetcher.fetch_all(requests, patience_seconds=shop.patience_seconds):
        look, kept = looks[index]
        if isinstance(fetched.error, HostOnHoldError):
            waiting[look.article_id] = max(fetched.error.until, now() + LEAST_PUT_OFF)
        else:
            answers[index] = _answered(shop, look, kept, fetched)
    harvest = _compared(shop, [answers[index] for index in sorted(answers)])
    archives = {shop.archive.warc_file: shop.archive.sync()}
    with open_writer(shop.settings) as con:
        save_hosts(con, shop.fetcher.learned())
        put_off_looks(con, waiting)
        load_looks(
            con,
            harvest.looked,
            rereadings=harvest.rereadings,
            edits=harvest.edits,
            archives=archives,
            run_id=shop.run_id,
            now=now(),
        )
    return Counter(one.outcome for one in harvest.looked)


def _request(look: Look, settings: Settings) -> FetchRequest:
    etag, last_modified = validators(look)
    return replace(page_request(look.url, settings), etag=etag, last_modified=last_modified)


def _answered(shop: Workshop, look: Look, kept: KeptDocument, fetched: FetchOutcome) -> Answer:
    """Keep the answer in the WARC and, where it has another body, hand it to a worker."""
    received = _archived(shop, kept.document, fetched)
    told = told_by_answer(look, fetched)
    answer = Answer(look=look, kept=kept, fetched=fetched, told=told, document=received)
    if told is not None or received is None:
        return answer
    return replace(answer, read=read_document(shop.readers, kept.entry, received, furniture=shop.furniture))


def _archived(shop: Workshop, held: Document, fetched: FetchOutcome) -> Document | None:
    """Write the answer to the day's WARC, without its body where that is held; None where nothing was sent."""
    if fetched.http_status == HTTPStatus.NOT_MODIFIED:
        return None
    if fetched.error is None and fetched.http_status is not None and held.warc_offset is not None:
        received = document(fetched)
        if received.sha256 == held.sha256:
            earlier = KeptRecord(warc_offset=held.warc_offset, url=held.final_url, fetched_at=held.fetched_at)
            shop.archive.write_revisit(fetched, earlier=earlier)
            return received
    return keep_answer(shop.archive, fetched)


# --- is it an edit? ------------------------------------------------------------------------------------------------


def _compared(shop: Workshop, answers: Sequence[Answer]) -> Harvest:
    """Return what *answers* come to, against what the warehouse holds."""
    harvest = Harvest()
    readings: dict[str, Reading] = {}
    for answer in answers:
        item = answer.read() if answer.read else None
        if item is not None and item.outcome is Outcome.STORED and item.reading and item.reading.article:
            readings[answer.look.article_id] = as_held(item.reading)
        else:
            harvest.add(answer, *_without_article(answer, item))
    if not readings:
        return harvest
    with open_writer(shop.settings) as con:
        held = held_readings(con, readings)
    changed = {one for one, today in readings.items() if text_of(today) != text_of(held[one])}
    # All of them are being read before the first is waited for.
    raw = shop.settings.home / "raw"
    again = {
        one.look.article_id: read_again(shop.readers, one.kept, raw=raw, furniture=shop.furniture)
        for one in answers
        if one.look.article_id in changed
    }
    for answer in (one for one in answers if one.look.article_id in readings):
        article_id = answer.look.article_id
        if article_id not in changed:
            harvest.add(answer, LookOutcome.SAME_TEXT)
            continue
        topics = shop.readers.topics
        before, rereading = like_with_like(answer.kept, held[article_id], again[article_id](), topics=topics)
        harvest.rereadings += [rereading] if rereading else []
        revision = (answer.kept.revision or 1) + (rereading is not None)
        _judge(answer, before, readings[article_id], revision=revision, harvest=harvest)
    return harvest


def _without_article(answer: Answer, item: CollectedEntry | None) -> tuple[LookOutcome, str | None]:
    """Return what an answer comes to that gave no article to compare, with the reason."""
    if answer.told is not None:
        return answer.told
    if item is None or item.outcome is Outcome.FAILED:
        return LookOutcome.FAILED, item.reason if item else None
    return LookOutcome.NO_ARTICLE, f"{item.outcome}: {item.reason}" if item.reason else str(item.outcome)


def _judge(answer: Answer, before: Reading, today: Reading, *, revision: int, harvest: Harvest) -> None:
    """Note whether *today* is an edit of *before*, the text of *revision*."""
    old, new = article_of(before), article_of(today)
    if text_of(before) == text_of(today):
        harvest.add(answer, LookOutcome.SAME_TEXT)
        return
    added, removed = changed_chars(old.text, new.text)
    other = other_article(old, new, kept_share=1 - removed / max(1, len(old.text)))
    if other is not None:
        harvest.add(answer, *other)
        return
    edit = Rereading(
        entry=answer.kept.entry,
        # The article keeps the id and the canonical address under which it is known.
        reading=replace(today, article=replace(new, article_id=old.article_id, canonical_url=old.canonical_url)),
        revision=revision,
        text_sha256=old.text_sha256,
        change=Change.EDITED,
        added_chars=added,
        removed_chars=removed,
        document=answer.document,
    )
    harvest.edits.append(edit)
    harvest.add(answer, LookOutcome.EDITED, f"{added} characters added, {removed} removed")
