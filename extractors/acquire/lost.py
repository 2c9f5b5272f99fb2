"""Find in a site's sitemap what one of its feeds lost between two polls; pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from extractors.acquire.urls import registrable_domain
from extractors.model import FeedState, ParsedEntry, PolledFeed

#: What is dated so long before the last poll may have entered the feed only after it.
_LATE = timedelta(hours=1)
_MOST_SITEMAPS = 3


def likely_sitemaps(urls: Iterable[str]) -> tuple[str, ...]:
    """Return those of the sitemaps a site names that may list its news, at most three: those called news, else all."""
    named = tuple(dict.fromkeys(urls))
    return (tuple(url for url in named if "news" in urlsplit(url).path.lower()) or named)[:_MOST_SITEMAPS]


def lost_entries(found: Iterable[ParsedEntry], *, state: FeedState, poll: PolledFeed) -> tuple[ParsedEntry, ...]:
    """
    Return the entries of a sitemap that belong into the gap of a feed.

    Args:
        found: What the sitemap lists.
        state: What was known of the feed before the poll that overran.
        poll: That poll.

    Returns:
        Those published after the poll before (less an hour) and before the oldest entry of this one, in a section of
        the site that the feed covers: the same domain, the same first part of the path.
    """
    entries = poll.parsed.entries if poll.parsed else ()
    since = state.last_success_at or state.last_polled_at
    if since is None:
        return ()
    until = min((entry.published_at for entry in entries if entry.published_at), default=poll.polled_at)
    sections = {_section(entry.url) for entry in entries}
    return tuple(
        entry
        for entry in found
        if _is_between(entry.published_at, since - _LATE, until) and _section(entry.url) in sections
    )


def _is_between(date: datetime | None, since: datetime, until: datetime) -> bool:
    return date is not None and since < date <= until


def _section(url: str) -> tuple[str, str]:
    parts = urlsplit(url).path.strip("/").split("/")
    return registrable_domain(url), parts[0].lower() if len(parts) > 1 else ""
