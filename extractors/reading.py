"""
Read one document: the straight line from its bytes to the rows that are loaded.

Every step is pure, so this runs in a worker process, a notebook or a cluster alike. ``trace`` keeps what each step saw,
``read`` is its result.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from extractors.acquire.urls import LOCAL_SOURCE, publisher, url_key
from extractors.bodies import Body, read_body
from extractors.errors import ExtractError
from extractors.facts.figures import find_figures
from extractors.facts.quotes import find_quotes
from extractors.facts.topics import compile_topics, match
from extractors.facts.watched_names import watched_names
from extractors.identity import article_id, sha256_hex
from extractors.judging import MIN_CHARS, count_words, judge, weight
from extractors.model import (
    Article,
    Document,
    Furniture,
    Hints,
    Outcome,
    Reading,
    TextFrom,
    WatchedTopic,
)
from extractors.stories.fingerprint import sketch
from extractors.stories.words import fold
from extractors.text.clean import clean
from extractors.text.decode import decode
from extractors.text.furniture import strip, survey
from extractors.text.metadata import Metadata
from extractors.text.page import Page
from extractors.text.page_kinds import form_of, media_type, unreadable
from extractors.text.truncation import find_break
from extractors.version import EXTRACTOR, extractor_version

#: What a bare "$" means where nothing is known of the source.
_DEFAULT_CURRENCY = "USD"
_NOTHING_LEARNT = Furniture()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Every step of one reading; made by ``trace``, shown by ``newsdesk read``."""

    reading: Reading
    body_bytes: int
    #: ``html``, ``plain``, ``feed``; None where it was not looked into.
    form: str | None = None
    charset: str | None = None
    charset_from: str | None = None
    repairs: tuple[str, ...] = ()
    #: Characters that extraction returned, and of the text that was kept.
    extracted_chars: int = 0
    text_chars: int = 0
    #: (kind, text) of each block kept, in order.
    blocks: tuple[tuple[str, str], ...] = ()
    #: (field, where from, value) of each claim that the page makes about itself.
    candidates: tuple[tuple[str, str, str], ...] = ()
    #: What was believed of them; None where the document was not looked into.
    metadata: Metadata | None = None
    #: Why the text is not whole; None where nothing says so.
    truncation: str | None = None


def read(
    document: Document,
    *,
    hints: Hints,
    topics: tuple[WatchedTopic, ...],
    now: datetime,
    furniture: Furniture = _NOTHING_LEARNT,
) -> Reading:
    """
    Return everything that newsdesk reads from one document.

    Args:
        document: The bytes and where they came from.
        hints: What the feed said about the page; empty hints where there is none.
        topics: The watchlist's topics.
        now: Aware UTC; dates far after it are refused.
        furniture: What repeats on the site, as far as the warehouse has learnt.

    Returns:
        A reading with an article where the outcome is ``stored``, without one otherwise. A page that breaks the
        extractor gives the outcome ``failed``; nothing is raised.
    """
    return trace(document, hints=hints, topics=topics, now=now, furniture=furniture).reading


def trace(
    document: Document,
    *,
    hints: Hints,
    topics: tuple[WatchedTopic, ...],
    now: datetime,
    furniture: Furniture = _NOTHING_LEARNT,
) -> Trace:
    """Return the reading of one document with what each step saw; the arguments are those of ``read``."""
    kind = unreadable(document.body)
    if kind is not None:
        return _ended(document, Outcome.UNSUPPORTED, f"the document is {kind}")
    decoded = decode(document.body, document.content_type)
    form = form_of(decoded.text, document.content_type)
    seen = Trace(
        reading=_no_article(document, Outcome.PENDING, None, decoded.charset),
        body_bytes=len(document.body),
        form=form,
        charset=decoded.charset,
        charset_from=decoded.charset_from,
    )
    if form is None:
        return _end(seen, document, Outcome.UNSUPPORTED, f"content type {media_type(document.content_type)}")
    if form == "feed":
        return _end(seen, document, Outcome.NOT_ARTICLE, "the document is a feed or another XML file")
    try:
        page, body = read_body(document, decoded, form=form, hints=hints, now=now)
        return _read_text(document, page, body, seen=seen, hints=hints, topics=topics, furniture=furniture)
    except ExtractError as error:
        return _end(seen, document, Outcome.FAILED, f"{type(error).__name__}: {error}")


def _read_text(
    document: Document,
    page: Page | None,
    body: Body,
    *,
    seen: Trace,
    hints: Hints,
    topics: tuple[WatchedTopic, ...],
    furniture: Furniture,
) -> Trace:
    """Judge what was read, and find in it what is looked for."""
    # Judged with all that the page gave: whether it is an article must not depend on what was learnt meanwhile.
    outcome, reason = judge(
        document,
        text=body.text,
        metadata=body.metadata,
        page=page if body.text_from is TextFrom.PAGE else None,
        segments=body.segments,
    )
    if outcome is not Outcome.STORED:
        ended = _end(_described(seen, body), document, outcome, reason)
        return replace(ended, reading=replace(ended.reading, removals=body.removals))
    sightings = survey(body.blocks, about=body.about)
    body = _unfurnished(body, furniture)
    broken = find_break(
        body.blocks, segments=body.segments, page=page, text_from=body.text_from, metadata=body.metadata
    )
    article = replace(_article(document, body, hints=hints), is_truncated=broken is not None)
    words = fold(article.text)
    reading = Reading(
        document_sha256=document.sha256,
        outcome=Outcome.STORED,
        charset=seen.charset,
        article=article,
        removals=body.removals,
        # Files of no known publisher are of no site.
        sightings=sightings if article.source != LOCAL_SOURCE else (),
        words_key=words.key,
        sketch=sketch(words),
    )
    return replace(
        _described(seen, body), truncation=broken, reading=_searched(reading, article, hints=hints, topics=topics)
    )


def _searched(reading: Reading, article: Article, *, hints: Hints, topics: tuple[WatchedTopic, ...]) -> Reading:
    """Return *reading* with what is found in the text of its article."""
    mentions, coverage = match(
        compile_topics(topics), title=article.title, text=article.text, source=article.source, language=article.language
    )
    watched = watched_names(mentions)
    quotes = find_quotes(article.text, language=article.language, watched=watched)
    currency = hints.currency or _DEFAULT_CURRENCY
    figures = find_figures(article.text, language=article.language, currency=currency, quotes=quotes, watched=watched)
    return replace(reading, mentions=mentions, coverage=coverage, figures=figures, quotes=quotes)


def _described(seen: Trace, body: Body) -> Trace:
    """Return *seen* with what was read."""
    return replace(
        seen,
        repairs=body.repairs,
        extracted_chars=body.extracted_chars,
        text_chars=len(body.text),
        blocks=tuple((block.kind.value, block.text) for block in body.blocks),
        candidates=body.metadata.candidates,
        metadata=body.metadata,
    )


def _unfurnished(body: Body, furniture: Furniture) -> Body:
    """Take what repeats on the site from *body*, as long as an article is left, and clean what is left anew."""
    while True:
        stripped = strip(body.blocks, about=body.about, furniture=furniture)
        if not stripped.removals:
            return body
        cleaned = clean(stripped.blocks, about=body.about)
        left = replace(body, blocks=cleaned.blocks, removals=(*body.removals, *stripped.removals, *cleaned.removals))
        if weight(left.text) < MIN_CHARS:
            return body
        body = left


def _article(document: Document, body: Body, *, hints: Hints) -> Article:
    """Return the article of a text worth storing."""
    about = body.metadata
    text = body.text
    url = document.final_url or document.url
    return Article(
        article_id=article_id(url_key(about.canonical_url)),
        url=url,
        canonical_url=about.canonical_url,
        source=publisher(url, feed_source=hints.source),
        title=about.title,
        text=text,
        text_sha256=sha256_hex(text),
        word_count=count_words(text),
        text_from=body.text_from,
        standfirst=about.standfirst,
        authors=about.authors,
        published_at=about.published_at,
        published_at_from=about.published_at_from,
        modified_at=about.modified_at,
        language=body.language,
        language_score=body.score,
        is_paywalled=about.is_paywalled,
        repaired=body.repairs,
        extractor=EXTRACTOR,
        extractor_version=extractor_version(),
    )


def _no_article(document: Document, outcome: Outcome, reason: str | None, charset: str | None) -> Reading:
    """Return a reading that holds no article."""
    return Reading(document_sha256=document.sha256, outcome=outcome, reason=reason, charset=charset)


def _end(seen: Trace, document: Document, outcome: Outcome, reason: str | None) -> Trace:
    """Return *seen* ended with an outcome other than ``stored``."""
    return replace(seen, reading=_no_article(document, outcome, reason, seen.charset))


def _ended(document: Document, outcome: Outcome, reason: str) -> Trace:
    """Return the trace of a document that was not looked into."""
    return Trace(reading=_no_article(document, outcome, reason, None), body_bytes=len(document.body))
