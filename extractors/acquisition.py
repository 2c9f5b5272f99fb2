"""
Records of acquisition: what is asked of a feed or a page, what came back, what a feed listed.

They reach the other rooms through ``model``.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from extractors.errors import FetchError


class PollResult(StrEnum):
    """How one poll of a feed ended."""

    #: The feed answered with a body that had not been seen before.
    CHANGED = "changed"
    #: 304, or the same body (sha256) as last time.
    UNCHANGED = "unchanged"
    #: The feed answered, but not with a feed.
    NOT_A_FEED = "not_a_feed"
    #: The server answered with an error status.
    HTTP_ERROR = "http_error"
    #: 410: the publisher says that the feed is no more.
    GONE = "gone"
    #: No usable answer: DNS, connection, TLS, timeout, limits.
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One URL to fetch; made by ``polling`` and the collect flow, taken by ``fetch``."""

    url: str
    #: Validators exactly as the server sent them.
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "*/*"
    #: Most bytes of the decoded body.
    limit_bytes: int = 5_000_000
    #: Seconds for the whole exchange, redirects included.
    timeout_seconds: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOutcome:
    """What one HTTP attempt came to; made by ``fetch``, taken by ``polling``, ``archives`` and the collect flow."""

    url: str
    fetched_at: datetime
    duration_seconds: float
    #: The URL that answered, after redirects.
    final_url: str = ""
    #: Status of the last answer; None where there was none.
    http_status: int | None = None
    #: Header names as sent, in order.
    headers: tuple[tuple[str, str], ...] = ()
    #: The body with content encodings undone; the charset is left to the reader.
    body: bytes = b""
    #: (status, URL) of each redirect passed.
    hops: tuple[tuple[int, str], ...] = ()
    #: The failure, where there is no usable answer.
    error: FetchError | None = None
    #: What the last exchange asked with, cookies left out.
    request_headers: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str | None:
        """Return the first header *name* (any case), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One entry as the feed gives it; made by ``feeds``, taken by ``warehouse.entries``."""

    entry_id: str
    #: Absolute http(s) link; empty where the feed gives none.
    url: str
    #: The key under which two links to one page meet; see ``identity.url_key``.
    url_key: str
    guid: str | None = None
    title: str | None = None
    #: Publisher's claim in UTC, None where unreadable or absent.
    published_at: datetime | None = None
    #: The claim as written.
    published_raw: str | None = None
    #: Plain-text summary.
    summary: str | None = None
    #: The feed's own full content as HTML, where it carries it.
    content_html: str | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document as read; made by ``feeds``, taken by ``polling``."""

    #: ``rss``, ``atom``, ``rdf`` or ``json``.
    kind: str
    title: str | None = None
    entries: tuple[ParsedEntry, ...] = ()
    #: The publisher's wish, in minutes.
    ttl_minutes: int | None = None
    #: Why it could be read only in part, None where it was whole.
    problem: str | None = None
    #: The document ends before its end: its validators must not be kept, or a 304 would hide the rest.
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What the warehouse knew of a feed before a poll; made by ``warehouse.feeds``, taken by ``polling``."""

    feed_id: str
    url: str
    source: str
    currency: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    last_polled_at: datetime | None = None
    last_new_at: datetime | None = None
    poll_interval_minutes: float | None = None
    #: Sum of weighted failures in a row; 0 after a success.
    failure_weight: float = 0.0
    #: Entries in the last document that could be read.
    entry_count: int | None = None
    #: Last poll that gave a feed or said it was unchanged; None: never, or not known.
    last_success_at: datetime | None = None
    #: Status after the poll before, as in ``PolledFeed``; None: not known.
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledFeed:
    """What one poll came to; made by ``polling``, taken by ``warehouse.feeds``."""

    feed_id: str
    url: str
    polled_at: datetime
    duration_seconds: float
    result: PollResult
    http_status: int | None = None
    body_bytes: int = 0
    #: One line in words; None after a success.
    error: str | None = None
    #: The document, where it was read anew.
    parsed: ParsedFeed | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    failure_weight: float = 0.0
    poll_interval_minutes: float = 60.0
    next_poll_at: datetime
    #: A short status from a closed list, see ``docs/reference/outcomes.md``.
    status: str = "working"
    #: The server asked not to be asked before this instant; a poll by hand does not override it.
    hold_until: datetime | None = None
    #: Where the feed says it has moved for good (every hop a 301 or 308); None otherwise.
    moved_to: str | None = None
