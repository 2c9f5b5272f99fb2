"""
Read one document: the straight line from its bytes to the rows that are loaded.

Every step is pure, so this runs in a worker process, a notebook or a cluster alike. ``trace`` keeps what each step saw,
``read`` is its result.
"""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from extractors.acquire.urls import LOCAL_SOURCE, registrable_domain, url_key
from extractors.errors import ExtractError
from extractors.facts.figures import find_figures
from extractors.facts.quotes import find_quotes
from extractors.facts.topics import compile_topics, match
from extractors.identity import article_id, sha256_hex
from extractors.judging import MIN_CHARS, count_words, judge, weight
from extractors.model import (
    Article,
    Document,
    Hints,
    Outcome,
    Reading,
    Removal,
    RemovalKind,
    TextFrom,
    WatchedTopic,
)
from extractors.text import article as extraction
from extractors.text.clean import About, clean, relabel
from extractors.text.decode import Decoded, decode
from extractors.text.header import read_header
from extractors.text.language import detect_language
from extractors.text.metadata import Metadata, read_metadata
from extractors.text.page import Page, Segment, parse_page
from extractors.text.page_kinds import form_of, media_type, unreadable
from extractors.text.recover import recover
from extractors.text.repair import merge_repairs, repair_page, repair_texts
from extractors.version import EXTRACTOR, extractor_version

#: What a bare "$" means where nothing is known of the source.
_DEFAULT_CURRENCY = "USD"
#: Below this share of what the feed itself gave, the page's text is not the article.
_THIN_SHARE = 0.4
#: How much longer JSON-LD's own text must be to replace the page's.
_CLAIM_RATIO = 2.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """The text of a document and what was found on the way."""

    blocks: tuple[extraction.Block, ...]
    removals: tuple[Removal, ...]
    metadata: Metadata
    text_from: TextFrom
    language: str | None
    score: float | None
    repairs: tuple[str, ...]
    extracted_chars: int
    segments: tuple[Segment, ...] = ()

    @property
    def text(self) -> str:
        """Return the paragraphs joined by a newline, in NFC."""
        return "\n".join(block.text for block in self.blocks)


def read(document: Document, *, hints: Hints, topics: tuple[WatchedTopic, ...], now: datetime) -> Reading:
    """
    Return everything that newsdesk reads from one document.

    Args:
        document: The bytes and where they came from.
        hints: What the feed said about the page; empty hints where there is none.
        topics: The watchlist's topics.
        now: Aware UTC; dates far after it are refused.

    Returns:
        A reading with an article where the outcome is ``stored``, without one otherwise. A page that breaks the
        extractor gives the outcome ``failed``; nothing is raised.
    """
    return trace(document, hints=hints, topics=topics, now=now).reading


def trace(document: Document, *, hints: Hints, topics: tuple[WatchedTopic, ...], now: datetime) -> Trace:
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
        return _read_text(document, decoded, seen=seen, hints=hints, topics=topics, now=now)
    except ExtractError as error:
        return _end(seen, document, Outcome.FAILED, f"{type(error).__name__}: {error}")


def _read_text(
    document: Document, decoded: Decoded, *, seen: Trace, hints: Hints, topics: tuple[WatchedTopic, ...], now: datetime
) -> Trace:
    """Read a page or a plain text, and judge what came out."""
    page = None
    if seen.form == "plain":
        body = _read_plain(document, decoded, hints=hints)
    else:
        page, body = _read_page(document, decoded, hints=hints, now=now)
    seen = replace(
        seen,
        repairs=body.repairs,
        extracted_chars=body.extracted_chars,
        text_chars=len(body.text),
        blocks=tuple((block.kind.value, block.text) for block in body.blocks),
        candidates=body.metadata.candidates,
        metadata=body.metadata,
    )
    outcome, reason = judge(
        document,
        text=body.text,
        metadata=body.metadata,
        page=page if body.text_from is TextFrom.PAGE else None,
        segments=body.segments,
    )
    if outcome is not Outcome.STORED:
        ended = _end(seen, document, outcome, reason)
        return replace(ended, reading=replace(ended.reading, removals=body.removals))
    article = _article(document, body, hints=hints)
    mentions, coverage = match(
        compile_topics(topics), title=article.title, text=article.text, source=article.source, language=article.language
    )
    quotes = find_quotes(article.text, language=article.language)
    return replace(
        seen,
        reading=Reading(
            document_sha256=document.sha256,
            outcome=Outcome.STORED,
            charset=decoded.charset,
            article=article,
            removals=body.removals,
            mentions=mentions,
            coverage=coverage,
            figures=find_figures(
                article.text, language=article.language, currency=hints.currency or _DEFAULT_CURRENCY, quotes=quotes
            ),
            quotes=quotes,
        ),
    )


# --- the two forms -------------------------------------------------------------------------------------------------


def _read_plain(document: Document, decoded: Decoded, *, hints: Hints) -> _Body:
    """Read a plain text: its header, its furniture, its readers' comments."""
    found = extraction.extract_plain(unicodedata.normalize("NFC", decoded.text))
    language, _score = detect_language(" ".join(block.text for block in found.blocks[:40]))
    repaired = repair_texts([block.text for block in found.blocks], language=language)
    blocks = [relabel(block, text) for block, text in zip(found.blocks, repaired.texts, strict=True) if text]
    header = read_header([block.text for block in blocks])
    gone = {number: Removal(kind=kind, text=blocks[number].text, rule=rule) for number, kind, rule in header.strips}
    cleaned = clean(
        [block for number, block in enumerate(blocks) if number not in gone],
        about=About(titles=tuple(filter(None, (header.title, hints.title))), is_plain=True),
    )
    title = header.title or hints.title
    language, score = detect_language(" ".join(block.text for block in cleaned.blocks[:40]), title=title)
    metadata = Metadata(
        title=title,
        standfirst=header.standfirst,
        authors=header.authors or hints.authors,
        published_at=hints.published_at,
        published_at_from="feed" if hints.published_at else None,
        canonical_url=document.final_url or document.url,
        candidates=(("title", "first lines", header.title),) if header.title else (),
    )
    return _Body(
        blocks=cleaned.blocks,
        removals=(*gone.values(), *cleaned.removals),
        metadata=metadata,
        text_from=TextFrom.FILE,
        language=language,
        score=score,
        repairs=repaired.repairs,
        extracted_chars=found.extracted_chars,
    )


def _read_page(document: Document, decoded: Decoded, *, hints: Hints, now: datetime) -> tuple[Page, _Body]:
    """Read a page: its claims, trafilatura's text, and a better witness where that is thin."""
    url = document.final_url or document.url
    markup, repairs = repair_page(decoded.text)
    page = parse_page(markup, url=url)
    metadata = read_metadata(page, final_url=url, hints=hints, now=now)
    found = extraction.extract_page(page)
    body = _finish(found, metadata, repairs=repairs, text_from=TextFrom.PAGE, declared=page.language)
    for text_from, other in (
        (TextFrom.JSON_LD, extraction.extract_plain(found.article_body) if found.article_body else None),
        (TextFrom.FEED, extraction.extract_fragment(hints.content_html, url=url) if hints.content_html else None),
    ):
        if other is not None and _is_richer(other, body, text_from):
            body = _finish(other, metadata, repairs=repairs, text_from=text_from, declared=page.language)
    return page, body


def _is_richer(other: extraction.Extraction, body: _Body, text_from: TextFrom) -> bool:
    """Tell whether another witness holds the article where the page's own text is thin."""
    size = weight(body.text)
    theirs = sum(weight(block.text) for block in other.blocks)
    if text_from is TextFrom.FEED:
        return theirs > size and (size < MIN_CHARS or size < _THIN_SHARE * theirs)
    # trafilatura's last resort is JSON-LD too: then nothing of the text stands in the page.
    is_elsewhere = bool(body.blocks) and all(block.index < 0 for block in body.blocks)
    return theirs >= MIN_CHARS and (theirs > _CLAIM_RATIO * size or (is_elsewhere and 2 * theirs > size))


def _finish(
    found: extraction.Extraction,
    metadata: Metadata,
    *,
    repairs: tuple[str, ...],
    text_from: TextFrom,
    declared: str | None,
) -> _Body:
    """Repair and clean the blocks of an extraction."""
    blocks_found = recover(found, standfirst=metadata.standfirst)
    texts = [unicodedata.normalize("NFC", block.text) for block in blocks_found]
    language, score = detect_language(" ".join(texts[:40]), title=metadata.title)
    repaired = repair_texts(texts, language=language or (declared or "")[:2] or None)
    blocks = [relabel(block, text) for block, text in zip(blocks_found, repaired.texts, strict=True) if text]
    cleaned = clean(blocks, about=_about(metadata))
    pruned = tuple(Removal(kind=RemovalKind.COMMENT, text=text, rule=rule) for text, rule in found.pruned)
    return _Body(
        blocks=cleaned.blocks,
        removals=(*cleaned.removals, *pruned),
        metadata=metadata,
        text_from=text_from,
        language=language,
        score=score,
        repairs=merge_repairs(repairs, repaired.repairs),
        extracted_chars=found.extracted_chars,
        segments=found.segments,
    )


def _about(metadata: Metadata) -> About:
    """Return what the rules of ``clean`` need to know of the page."""
    return About(
        titles=metadata.titles, authors=metadata.authors, is_news=any("News" in name for name in metadata.types)
    )


# --- records -------------------------------------------------------------------------------------------------------


def _article(document: Document, body: _Body, *, hints: Hints) -> Article:
    """Return the article of a text worth storing."""
    about = body.metadata
    text = body.text
    url = document.final_url or document.url
    return Article(
        article_id=article_id(url_key(about.canonical_url)),
        url=url,
        canonical_url=about.canonical_url,
        source=_source(document, hints),
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


def _source(document: Document, hints: Hints) -> str:
    """Return the publisher: the feed's where the page stayed with it, else the domain that answered."""
    url = document.final_url or document.url
    if urlsplit(url).scheme not in {"http", "https"}:
        return hints.source or LOCAL_SOURCE
    domain = registrable_domain(url)
    stayed = hints.source is not None and registrable_domain(f"https://{hints.source}/") == domain
    return hints.source if stayed and hints.source else domain


def _no_article(document: Document, outcome: Outcome, reason: str | None, charset: str | None) -> Reading:
    """Return a reading that holds no article."""
    return Reading(document_sha256=document.sha256, outcome=outcome, reason=reason, charset=charset)


def _end(seen: Trace, document: Document, outcome: Outcome, reason: str | None) -> Trace:
    """Return *seen* ended with an outcome other than ``stored``."""
    return replace(seen, reading=_no_article(document, outcome, reason, seen.charset))


def _ended(document: Document, outcome: Outcome, reason: str) -> Trace:
    """Return the trace of a document that was not looked into."""
    return Trace(reading=_no_article(document, outcome, reason, None), body_bytes=len(document.body))
