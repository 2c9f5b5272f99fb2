"""Make a document of what a feed itself says of an entry, for the case that its page cannot be had."""

from extractors.identity import sha256_hex
from extractors.model import Document, PendingEntry

#: The parameter marks the document for good, in the WARC and in the table: read again, it is still a feed's content.
CONTENT_TYPE = "text/html; charset=utf-8; witness=feed"


def feed_content(entry: PendingEntry) -> Document | None:
    """
    Return the feed's own full content of *entry* as a document, None where the feed carries none.

    The document is of the entry's address (a URN where it has none) and of the instant when the feed listed it.
    """
    if not entry.content_html:
        return None
    body = entry.content_html.encode("utf-8", "replace")
    url = entry.url or f"urn:newsdesk:entry:{entry.entry_id}"
    return Document(
        sha256=sha256_hex(body),
        url=url,
        final_url=url,
        fetched_at=entry.first_seen_at,
        content_type=CONTENT_TYPE,
        body=body,
    )


def is_feed_content(content_type: str | None) -> bool:
    """Tell by its content type whether a document is a feed's content and no page."""
    return "witness=feed" in (content_type or "")
