"""
What to do where an entry's page is not the article: see through an aggregator, fall back on the feed's own text.

Plain functions; ``collecting`` calls them between the fetch and the load.
"""

from collections.abc import Callable
from dataclasses import replace

from extractors.acquire.aggregators import aggregator_of, shown_target
from extractors.acquire.feed_content import feed_content
from extractors.model import CollectedEntry, Document, Outcome

#: What the feed's own content cannot mend: nothing is wrong, or the page is tried again first.
_NO_FAILURE = (Outcome.STORED, Outcome.DUPLICATE, Outcome.UNCHANGED, Outcome.PENDING)


def seen_through(item: CollectedEntry, received: Document, *, attempt_limit: int) -> CollectedEntry | None:
    """
    Return what comes of *item* where an aggregator answered, None where *received* is nobody's page but its own.

    Args:
        item: The entry, as it would be settled.
        received: What came.
        attempt_limit: An entry asked for so often before is not sent on again.

    Returns:
        The entry, pending under the address that the aggregator's page names; ``unsupported`` where it names none.
    """
    if aggregator_of(received.final_url) is None:
        return None
    target = shown_target(received.body, url=received.final_url)
    if target is None or item.entry.attempt_count >= attempt_limit:
        return replace(item, outcome=Outcome.UNSUPPORTED, reason="an aggregator's link that names no page")
    reason = f"an aggregator's link, which stands for {target}"
    # The aggregator's page stays in the WARC; the entry's document will be the page it stands for.
    item = replace(item, outcome=Outcome.PENDING, reason=reason, document=None)
    return replace(item, target_url=target, next_attempt_at=item.collected_at)


def mended(
    item: CollectedEntry,
    *,
    read: Callable[[Document], CollectedEntry],
    keep: Callable[[Document], tuple[str, int]],
) -> CollectedEntry:
    """
    Return *item*, or where its page gave no article the one that its feed carries whole.

    Args:
        item: What came of the page.
        read: Reads a document for the same entry.
        keep: Writes a document to the WARC; returns file and offset.
    """
    content = feed_content(item.entry) if item.outcome not in _NO_FAILURE else None
    found = read(content) if content is not None else item
    if content is None or found.outcome is not Outcome.STORED:
        return item
    warc_file, warc_offset = keep(content)
    why = f"{item.outcome}: {item.reason}" if item.reason else str(item.outcome)
    return replace(
        found,
        document=replace(content, warc_file=warc_file, warc_offset=warc_offset),
        reason=f"the text is the feed's own; the page is {why}",
    )
