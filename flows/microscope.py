"""Show every step of reading one page, as `newsdesk read` prints it."""

from dataclasses import fields

from extractors.model import Document, Outcome, Reading
from extractors.reading import Trace
from flows import console

_TEXT_CHARS = 600
_METADATA = ("title", "authors", "published_at", "modified_at", "canonical_url", "standfirst", "is_paywalled")


def show(document: Document, steps: Trace) -> None:
    """Print the steps in the order in which they were taken."""
    reading = steps.reading
    status = f"HTTP {document.http_status}, " if document.http_status else ""
    moved = f" -> {document.final_url}" if document.final_url != document.url else ""
    _say("document", f"{document.url}{moved}")
    _say("", f"{status}{steps.body_bytes} bytes, {document.content_type or 'no content type'}")
    _say("", f"sha256 {document.sha256}")
    if steps.charset:
        _say("charset", f"{steps.charset} (from {steps.charset_from}); read as {steps.form or 'nothing'}")
    _say("repaired", f"{', '.join(steps.repairs) or 'nothing'}")
    _show_metadata(steps)
    _show_text(steps)
    _show_removals(reading)
    _show_mentions(reading)
    _show_facts(reading)
    _say("outcome", f"{reading.outcome}" + (f": {reading.reason}" if reading.reason else ""))


def _say(label: str, words: str) -> None:
    console.say(f"{label:<14} {words}")


def _show_metadata(steps: Trace) -> None:
    if steps.metadata is None:
        return
    for name in _METADATA:
        value = getattr(steps.metadata, name)
        if value in (None, (), "", False):
            continue
        shown = ", ".join(value) if isinstance(value, tuple) else console.cell(value)
        origin = f" (from {steps.metadata.published_at_from})" if name == "published_at" else ""
        _say(name, f"{shown}{origin}")
    if steps.reading.article:
        article = steps.reading.article
        _say("source", f"{article.source}")
        _say("language", f"{article.language or '-'} ({article.language_score or 0:.2f})")
        _say("article_id", f"{article.article_id}")


def _show_text(steps: Trace) -> None:
    witness = f", from {steps.reading.article.text_from}" if steps.reading.article else ""
    _say("text", f"{steps.text_chars} characters{witness}; extraction gave {steps.extracted_chars}")
    if steps.truncation:
        _say("truncated", steps.truncation)
    shown = 0
    for kind, text in steps.blocks:
        if shown > _TEXT_CHARS:
            _say("", f"... {len(steps.blocks)} blocks in all (--json shows them)")
            return
        _say("", f"[{kind}] {console.cell(text)}")
        shown += len(text)


def _show_removals(reading: Reading) -> None:
    _say("removed", f"{len(reading.removals)} blocks")
    for removal in reading.removals:
        _say("", f"[{removal.kind}, rule {removal.rule}] {console.cell(removal.text)}")


def _show_mentions(reading: Reading) -> None:
    for found in reading.coverage:
        _say("covers", f"{found.topic_id}: relevance {found.relevance:.2f}, {found.mention_count} mentions")
    for mention in reading.mentions:
        place = "title" if mention.char_start is None else f"{mention.zone} {mention.char_start}-{mention.char_end}"
        _say("", f"[{mention.topic_id}, {place}] {mention.raw}: {console.cell(mention.sentence)}")


def _show_facts(reading: Reading) -> None:
    _say("figures", f"{len(reading.figures)}")
    for figure in reading.figures:
        about = "about " if figure.is_approximate else ""
        high = f" to {figure.value_max:,.12g}" if figure.value_max is not None else ""
        unit = figure.currency or figure.unit or ""
        words = f"{figure.kind}: {about}{figure.value:,.12g}{high} {unit}".rstrip()
        _say("", f"[{figure.char_start}-{figure.char_end}] {figure.raw} = {words}")
    _say("quotes", f"{len(reading.quotes)}")
    for quote in reading.quotes:
        _say("", f"[{quote.char_start}-{quote.char_end}] {quote.speaker or 'nobody named'}: {console.cell(quote.text)}")


def as_json(document: Document, steps: Trace) -> dict[str, object]:
    """Return the steps as one JSON object."""
    reading = steps.reading
    return {
        "url": document.url,
        "final_url": document.final_url,
        "http_status": document.http_status,
        "content_type": document.content_type,
        "document_sha256": document.sha256,
        "body_bytes": steps.body_bytes,
        "form": steps.form,
        "charset": steps.charset,
        "charset_from": steps.charset_from,
        "repaired": list(steps.repairs),
        "candidates": [list(candidate) for candidate in steps.candidates],
        "truncation": steps.truncation,
        "blocks": [list(block) for block in steps.blocks],
        "removals": [{"kind": gone.kind, "rule": gone.rule, "text": gone.text} for gone in reading.removals],
        "article": _record(reading.article) if reading.article else None,
        "mentions": [_record(mention) for mention in reading.mentions],
        "coverage": [_record(found) for found in reading.coverage],
        "figures": [_record(figure) for figure in reading.figures],
        "quotes": [_record(quote) for quote in reading.quotes],
        "outcome": reading.outcome,
        "reason": reading.reason,
        "is_stored": reading.outcome is Outcome.STORED,
    }


def _record(record: object) -> dict[str, object]:
    return {part.name: getattr(record, part.name) for part in fields(record)}  # type: ignore[arg-type]
