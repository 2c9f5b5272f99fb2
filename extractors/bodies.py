"""
Read the text of a document: a page, a plain text, or what a feed gave in place of a page.

Each is extracted, repaired and cleaned; a page that says little makes room for a better witness of its text.
"""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime

from extractors.acquire.feed_content import is_feed_content
from extractors.judging import MIN_CHARS, weight
from extractors.model import Document, Hints, Removal, RemovalKind, TextFrom
from extractors.text import article as extraction
from extractors.text.clean import About, clean, relabel
from extractors.text.decode import Decoded
from extractors.text.header import read_header
from extractors.text.language import detect_language
from extractors.text.limits import bounded_markup
from extractors.text.metadata import Metadata, read_metadata
from extractors.text.page import Page, Segment, parse_page
from extractors.text.recover import recover
from extractors.text.repair import merge_repairs, repair_page, repair_texts

#: Below this share of what the feed itself gave, the page's text is not the article.
_THIN_SHARE = 0.4
#: How much longer JSON-LD's own text must be to replace the page's.
_CLAIM_RATIO = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The text of a document and what was found on the way."""

    blocks: tuple[extraction.Block, ...]
    removals: tuple[Removal, ...]
    metadata: Metadata
    text_from: TextFrom
    language: str | None
    score: float | None
    repairs: tuple[str, ...]
    extracted_chars: int
    #: What ``clean`` knew of it.
    about: About
    segments: tuple[Segment, ...] = ()

    @property
    def text(self) -> str:
        """Return the paragraphs joined by a newline, in NFC."""
        return "\n".join(block.text for block in self.blocks)


def read_body(
    document: Document, decoded: Decoded, *, form: str, hints: Hints, now: datetime
) -> tuple[Page | None, Body]:
    """
    Read a page, a plain text or the content of a feed's entry; only the first has a page.

    Args:
        document: The bytes and where they came from.
        decoded: Their text.
        form: ``html`` or ``plain``.
        hints: What the feed said about the page.
        now: Aware UTC; dates far after it are refused.

    Raises:
        ExtractError: The page breaks the extractor.
    """
    if is_feed_content(document.content_type):
        return None, _read_feed_content(document, decoded, hints=hints, now=now)
    if form == "plain":
        return None, _read_plain(document, decoded, hints=hints)
    return _read_page(document, decoded, hints=hints, now=now)


def _read_plain(document: Document, decoded: Decoded, *, hints: Hints) -> Body:
    """Read a plain text: its header, its furniture, its readers' comments."""
    found = extraction.extract_plain(unicodedata.normalize("NFC", decoded.text))
    language, _score = detect_language(" ".join(block.text for block in found.blocks[:40]))
    repaired = repair_texts([block.text for block in found.blocks], language=language)
    blocks = [relabel(block, text) for block, text in zip(found.blocks, repaired.texts, strict=True) if text]
    header = read_header([block.text for block in blocks])
    gone = {number: Removal(kind=kind, text=blocks[number].text, rule=rule) for number, kind, rule in header.strips}
    about = About(titles=tuple(filter(None, (header.title, hints.title))), is_plain=True)
    cleaned = clean([block for number, block in enumerate(blocks) if number not in gone], about=about)
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
    return Body(
        blocks=cleaned.blocks,
        removals=(*gone.values(), *cleaned.removals),
        metadata=metadata,
        text_from=TextFrom.FILE,
        language=language,
        score=score,
        repairs=repaired.repairs,
        extracted_chars=found.extracted_chars,
        about=about,
    )


def _read_feed_content(document: Document, decoded: Decoded, *, hints: Hints, now: datetime) -> Body:
    """Read what a feed gave in place of a page: nothing but an article; the feed says what it is called."""
    url = document.final_url or document.url
    markup, repairs = repair_page(bounded_markup(decoded.text, url=url))
    metadata = read_metadata(parse_page("<html></html>", url=url), final_url=url, hints=hints, now=now)
    found = extraction.extract_fragment(markup, url=url)
    return _finish(found, metadata, repairs=repairs, text_from=TextFrom.FEED, declared=None)


def _read_page(document: Document, decoded: Decoded, *, hints: Hints, now: datetime) -> tuple[Page, Body]:
    """Read a page: its claims, trafilatura's text, and a better witness where that is thin."""
    url = document.final_url or document.url
    markup, repairs = repair_page(bounded_markup(decoded.text, url=url))
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


def _is_richer(other: extraction.Extraction, body: Body, text_from: TextFrom) -> bool:
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
) -> Body:
    """Repair and clean the blocks of an extraction."""
    blocks_found = recover(found, standfirst=metadata.standfirst)
    texts = [unicodedata.normalize("NFC", block.text) for block in blocks_found]
    language, score = detect_language(" ".join(texts[:40]), title=metadata.title)
    repaired = repair_texts(texts, language=language or (declared or "")[:2] or None)
    blocks = [relabel(block, text) for block, text in zip(blocks_found, repaired.texts, strict=True) if text]
    about = replace(_about(metadata), claim=found.article_body)
    cleaned = clean(blocks, about=about)
    pruned = tuple(Removal(kind=RemovalKind.COMMENT, text=text, rule=rule) for text, rule in found.pruned)
    return Body(
        blocks=cleaned.blocks,
        removals=(*cleaned.removals, *pruned),
        metadata=metadata,
        text_from=text_from,
        language=language,
        score=score,
        repairs=merge_repairs(repairs, repaired.repairs),
        extracted_chars=found.extracted_chars,
        about=about,
        segments=found.segments,
    )


def _about(metadata: Metadata) -> About:
    """Return what the rules of ``clean`` need to know of the page."""
    return About(
        titles=metadata.titles, authors=metadata.authors, is_news=any("News" in name for name in metadata.types)
    )
