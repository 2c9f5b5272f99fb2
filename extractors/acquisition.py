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
    #: Names and values to post as a form; empty: a plain GET.
    form: tuple[tuple[str, str], ...] = ()
    #: Most redirects followed.
    hop_limit: int = 10
    #: Keep the beginning of a body that is longer than ``limit_bytes``, instead of refusing it.
    is_cut_at_limit: bool = False
    #: Ask the robots.txt of every host on the way first: for pages; feeds are named by a person.
    obeys_robots: bool = False


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
class Backfill:
    """How far one WARC has been taken in; made by the backfill flow, kept by ``warehouse.backfills``."""

    backfill_id: str
    url: str
    total_bytes: int
    #: What was looked for, in words.
    question: str
    #: Where the next batch begins, in bytes.
    next_offset: int = 0
    #: Pages within the time asked for; of these, how many could not match, and how many were read and did not.
    page_count: int = 0
    unmatched_count: int = 0
    uncovered_count: int = 0
    #: Pages outside the time asked for.
    outside_count: int = 0
    revisit_count: int = 0
    #: Pages that became entries.
    entry_count: int = 0

    @property
    def is_ended(self) -> bool:
        """Whether nothing is left of it."""
        return self.next_offset >= self.total_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord:
    """A body that a WARC file holds; found by ``warehouse.archives``, taken by ``archives``."""

    #: Where its record begins, in bytes.
    warc_offset: int
    url: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What a host asks of us; made by ``fetch``, kept by ``warehouse.hosts``, given back to ``fetch``."""

    #: Lower case, without port.
    host: str
    #: When its robots.txt was asked for; None: not yet, only a wish to be left alone is known.
    robots_asked_at: datetime | None = None
    #: Status of the answer; None: there was none.
    robots_http_status: int | None = None
    #: The rules, cut at 500 KiB; None: there is no such file.
    robots_text: str | None = None
    #: Why it could not be had, in words; rules known from before stay. None: it was answered.
    robots_error: str | None = None
    #: Seconds between two requests that the rules ask of us.
    crawl_delay_seconds: float = 0.0
    #: Told by Retry-After not to ask before this instant.
    hold_until: datetime | None = None


class LookOutcome(StrEnum):
    """How looking at an article's page again ended."""

    #: 304: the server says that nothing has changed.
    NOT_MODIFIED = "not_modified"
    #: The bytes that were received before.
    SAME_BYTES = "same_bytes"
    #: Other bytes, with the same text and title: what changed is furniture.
    SAME_TEXT = "same_text"
    #: Another text or title: a new revision.
    EDITED = "edited"
    #: 404 or 410: the publisher took it away.
    GONE = "gone"
    #: Another article answers now.
    MOVED = "moved"
    #: What answered gives no whole article: a wall, an error page with status 200, only the beginning.
    NO_ARTICLE = "no_article"
    #: The publisher, or its robots.txt, does not let us in.
    BLOCKED = "blocked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is known before an article's page is looked at again; made by ``warehouse.looks``, taken by ``looks``."""

    article_id: str
    #: The address that answered last.
    url: str
    first_seen_at: datetime
    #: Whether a topic of today covers it.
    is_covered: bool = True
    look_count: int = 0
    #: Looks that gave no answer to compare, in a row.
    failure_count: int = 0
    #: Of the last answer.
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one look came to; made by ``looks``, kept by ``warehouse.looks``."""

    article_id: str
    looked_at: datetime
    outcome: LookOutcome
    #: In words; None where the outcome says it all.
    reason: str | None = None
    look_count: int
    failure_count: int = 0
    #: None: the page is not looked at any more.
    next_look_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One entry as the feed gives it; made by ``feeds``, taken by ``warehouse.entries``."""

    entry_id: str
    #: Absolute http(s) link; empty where the feed gives none.
    url: str
    #: The key under which two links to one page meet; see ``identity.url_key``.
    url_key: str
    guid: str | None = None
    #: The guid and the link as they are compared with those of earlier polls, empty where they name nothing;
    #: None: as ``guid`` and ``url_key``.
    guid_key: str | None = None
    link_key: str | None = None
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
class SitemapChild:
    """A sitemap that an index names; made by ``sitemap_polls``, kept by ``warehouse.sitemaps``."""

    url: str
    #: Last change as the index stated it when the child was read; None: it states none.
    modified_at: datetime | None = None
    #: Validators and hash of the document last read.
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    #: When it was last asked for; None: never.
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document as read; made by ``feeds`` and ``sitemap_polls``, taken by ``polling``."""

    #: ``rss``, ``atom``, ``rdf``, ``json`` or ``sitemap``.
    kind: str
    title: str | None = None
    entries: tuple[ParsedEntry, ...] = ()
    #: The publisher's wish, in minutes.
    ttl_minutes: int | None = None
    #: Why it could be read only in part, None where it was whole.
    problem: str | None = None
    #: The document ends before its end: its validators must not be kept, or a 304 would hide the rest.
    is_cut: bool = False
    #: An index of sitemaps names these instead of pages.
    children: tuple[SitemapChild, ...] = ()


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
    #: The address polled in place of ``url``, since the feed has moved; None: it has not.
    polled_url: str | None = None
    #: Where the feed said it has moved, since when, in how many polls in a row; None and 0: it has not said so.
    moved_to: str | None = None
    moved_at: datetime | None = None
    moved_poll_count: int = 0
    #: As in ``ParsedFeed``; ``sitemap`` from the start for what the watchlist calls so; None: not read yet.
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed that a hub pushes (WebSub); made by ``websub`` in the flows, kept by ``warehouse.subscriptions``."""

    feed_id: str
    hub_url: str
    #: The feed's own address as it names itself.
    topic_url: str
    #: ``found``, ``asked``, ``active``, ``denied``, ``ended`` or ``failed``.
    state: str = "found"
    #: Last request to the hub.
    asked_at: datetime | None = None
    lease_until: datetime | None = None
    lease_seconds: int | None = None
    #: Last push whose signature was right.
    pushed_at: datetime | None = None
    push_count: int = 0
    #: In words; None: nothing is wrong.
    error: str | None = None
    is_watched: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledFeed:
    """What one poll came to; made by ``polling``, taken by ``warehouse.polls``."""

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
    #: Where the feed says that it has moved for good, since when, in how many polls in a row; None and 0: nowhere.
    moved_to: str | None = None
    moved_at: datetime | None = None
    moved_poll_count: int = 0
    #: The hub that the feed names (WebSub), and the address under which the hub knows the feed.
    hub: tuple[str, str] | None = None
    #: The address to poll from now on in place of ``url``; None: that one.
    polled_url: str | None = None
    #: Taken in place of ``poll_interval_minutes`` and ``next_poll_at`` where the warehouse knows not one entry of the
    #: document; None: there is no hurry in any case.
    overrun_interval_minutes: float | None = None
    overrun_poll_at: datetime | None = None
