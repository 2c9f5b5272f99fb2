"""
Run newsdesk, or an extractor that it is built on, on the bytes of one page, all behind one signature.

Other extractors run in environments of their own: ``bench.peers``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from extractors.model import Document, Hints
from extractors.text.metadata import Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What a tool read from one page; made by the tools, taken by ``bench.text``."""

    text: str = ""
    title: str | None = None
    #: Every day that the claim names: in UTC and in the zone in which it was written.
    days: frozenset[str] = frozenset()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One page of a corpus; made by ``bench.text``, taken by the tools."""

    url: str
    body: bytes
    content_type: str | None
    is_plain: bool


Tool = Callable[[Sample], Extracted]


def newsdesk(sample: Sample) -> Extracted:
    """Read the page as ``newsdesk read`` does, without topics."""
    from extractors.reading import trace

    now = datetime.now(UTC)
    document = Document(
        sha256="0" * 64,
        url=sample.url,
        final_url=sample.url,
        fetched_at=now,
        http_status=None if sample.is_plain else 200,
        content_type=sample.content_type,
        body=sample.body,
    )
    seen = trace(document, hints=Hints(), topics=(), now=now)
    about = seen.metadata
    return Extracted(
        text="\n".join(text for _kind, text in seen.blocks),
        title=about.title if about else None,
        days=_days(about) if about else frozenset(),
        authors=about.authors if about else (),
    )


def _days(about: Metadata) -> frozenset[str]:
    """Return the day of the claim that was believed, in UTC and as the page wrote it."""
    if about.published_at is None:
        return frozenset()
    instant = f"-> {about.published_at.isoformat()}"
    written = {
        _written_day(raw)
        for field, _where, raw in about.candidates
        if field == "published_at" and raw.endswith(instant)
    }
    return frozenset({about.published_at.date().isoformat(), *written})


def _written_day(raw: str) -> str:
    """Return the day of a claim as it is written, in its own zone."""
    if raw[:1].isdigit():
        return raw[:10]
    try:
        return parsedate_to_datetime(raw.split(" -> ", 1)[0]).date().isoformat()
    except ValueError:
        return raw


def _trafilatura(sample: Sample, *, precision: bool = False, recall: bool = False, fast: bool = False) -> Extracted:
    from trafilatura import bare_extraction

    if sample.is_plain:
        return Extracted(text=sample.body.decode("utf-8", "replace"))
    found = bare_extraction(
        sample.body,
        url=sample.url,
        include_comments=False,
        with_metadata=True,
        favor_precision=precision,
        favor_recall=recall,
        fast=fast,
    )
    if found is None:
        return Extracted()
    authors = tuple(name.strip() for name in (found.author or "").split(";") if name.strip())
    return Extracted(
        text=found.text or "",
        title=found.title,
        days=frozenset({found.date} if found.date else ()),
        authors=authors,
    )


def trafilatura(sample: Sample) -> Extracted:
    """Run trafilatura with its defaults, comments off, metadata on."""
    return _trafilatura(sample)


def trafilatura_precision(sample: Sample) -> Extracted:
    """Run trafilatura in its precision mode."""
    return _trafilatura(sample, precision=True)


def trafilatura_fast(sample: Sample) -> Extracted:
    """Run trafilatura without its fallbacks."""
    return _trafilatura(sample, fast=True)


def _decoded(sample: Sample) -> str:
    from extractors.text.decode import decode

    return decode(sample.body, sample.content_type).text


def resiliparse(sample: Sample) -> Extracted:
    """Run resiliparse's main content extraction."""
    from resiliparse.extract.html2text import extract_plain_text

    if sample.is_plain:
        return Extracted(text=_decoded(sample))
    return Extracted(text=extract_plain_text(_decoded(sample), main_content=True, alt_texts=False, comments=False))


def htmldate(sample: Sample) -> Extracted:
    """Run htmldate alone, its extensive search on (its default): a date and nothing else."""
    from htmldate import find_date

    if sample.is_plain:
        return Extracted()
    try:
        day = find_date(sample.body, original_date=True, url=sample.url)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        day = None
    return Extracted(days=frozenset({day} if day else ()))


TOOLS: dict[str, Tool] = {
    "newsdesk": newsdesk,
    "trafilatura": trafilatura,
    "trafilatura-precision": trafilatura_precision,
    "trafilatura-fast": trafilatura_fast,
    "resiliparse": resiliparse,
    "htmldate": htmldate,
}
#: What runs when no tool is named.
DEFAULT_TOOLS = ("newsdesk", "trafilatura")
