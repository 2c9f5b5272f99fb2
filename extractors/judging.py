"""Judge whether what was read is an article worth storing, or what it is instead."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from extractors.model import Document, Outcome
from extractors.text.metadata import Metadata
from extractors.text.page import Page, Segment
from extractors.text.page_kinds import CONSENT_WALL, declared_list, is_consent_text, is_index, wall

#: Characters of a paragraph that is no teaser, and of all such paragraphs of a page that is no index: ten pages
#: of 654 (segments-990, 2026-11) were articles below long menus.
_PARAGRAPH_CHARS, _PROSE_CHARS = 200, 700
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", '"', "”", "»", ")")
#: Texts under this many characters are no article: none of 181 real article pages gives fewer (2026-11).
MIN_CHARS = 250
#: A character of Chinese, Japanese or Korean says as much as so many Latin ones.
_CJK_WEIGHT = 2.5
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af]")
#: A text shorter than this on a page that is not free is its teaser (a paragraph or three).
_TEASER_CHARS = 1_200


def judge(
    document: Document, *, text: str, metadata: Metadata, page: Page | None, segments: Sequence[Segment]
) -> tuple[Outcome, str | None]:
    """
    Return the outcome of what was read, with its reason in words.

    Args:
        document: Where it came from.
        text: What was read.
        metadata: What the page says of itself.
        page: The page, where the text was read from it; None where another witness gave the text.
        segments: The segments of the page.
    """
    if page is not None:
        if weight(text) < MIN_CHARS:
            return _judge_thin(document, text, metadata=metadata, page=page, segments=segments)
        if _is_home(document):
            return Outcome.NOT_ARTICLE, "the link led to the home page"
        if not _is_prose(text) and _is_list_of_links(document, page, metadata=metadata, segments=segments):
            return Outcome.NOT_ARTICLE, "an index page: most of its text is links"
        return _judge_claims(text, metadata)
    if weight(text) < MIN_CHARS:
        return Outcome.TOO_SHORT, _too_short(text)
    return Outcome.STORED, None


def _judge_claims(text: str, metadata: Metadata) -> tuple[Outcome, str | None]:
    """Return what a page with enough text is by what it says of itself."""
    listed = None if metadata.is_article else declared_list(metadata.types)
    if listed:
        return Outcome.NOT_ARTICLE, f"the page calls itself a list ({listed})"
    if is_consent_text(text):
        return Outcome.BLOCKED, CONSENT_WALL
    if metadata.is_paywalled and weight(text) < _TEASER_CHARS:
        return Outcome.PAYWALLED, f"the publisher says that it is not free; a teaser of {len(text)} characters"
    return Outcome.STORED, None


def _judge_thin(
    document: Document, text: str, *, metadata: Metadata, page: Page, segments: Sequence[Segment]
) -> tuple[Outcome, str | None]:
    """Return why a page gave almost no text."""
    url = document.final_url or document.url
    found = wall(page, text, final_url=url)
    if found is not None and found[0] == "blocked":
        return Outcome.BLOCKED, found[1]
    if metadata.is_paywalled:
        return Outcome.PAYWALLED, f"the publisher says that it is not free; {_too_short(text)}"
    if found is not None:
        return Outcome.NOT_ARTICLE, found[1]
    if _is_home(document):
        return Outcome.NOT_ARTICLE, "the link led to the home page"
    if _is_list_of_links(document, page, metadata=metadata, segments=segments):
        return Outcome.NOT_ARTICLE, "an index page: most of its text is links"
    return Outcome.TOO_SHORT, _too_short(text)


def _is_prose(text: str) -> bool:
    """Tell whether a text has paragraphs longer than the teasers of an index page."""
    sizes = (weight(line) for line in text.split("\n") if line.endswith(_SENTENCE_ENDS))
    return sum(size for size in sizes if size >= _PARAGRAPH_CHARS) >= _PROSE_CHARS


def _is_list_of_links(document: Document, page: Page, *, metadata: Metadata, segments: Sequence[Segment]) -> bool:
    url = document.final_url or document.url
    return is_index(page, segments, final_url=url, is_article=metadata.is_article)


def _is_home(document: Document) -> bool:
    """Tell whether a deep link ended at a home page."""
    asked, answered = urlsplit(document.url), urlsplit(document.final_url or document.url)
    return (
        bool(asked.path.strip("/"))
        and answered.scheme in {"http", "https"}
        and not answered.path.strip("/")
        and not answered.query
    )


def _too_short(text: str) -> str:
    """Return the reason of a text that is too short, with the numbers."""
    return f"{len(text)} characters of text, {len(text.split())} words; an article has at least {MIN_CHARS} characters"


def count_words(text: str) -> int:
    """Return the number of words; each character of Chinese and Japanese counts as one, as word processors count."""
    if text.isascii():
        return len(text.split())
    spaced = _CJK.sub(" ", text)
    return len(spaced.split()) + len(_CJK.findall(text))


def weight(text: str) -> float:
    """Return the length of *text* in characters, those of Chinese, Japanese and Korean counted for what they say."""
    if text.isascii():
        return float(len(text))
    return len(text) + (_CJK_WEIGHT - 1) * len(_WIDE.findall(text))
