"""
Records that cross a folder edge: frozen, standard types, aware UTC instants.

The first line of each says who makes it and who takes it. Records used inside one folder live in that folder.
Instants are aware datetimes in UTC; offsets count Unicode code points; ids are lower-case hex, derived, never
counted.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from extractors import acquisition, announcement, assignment, evidence

#: Records of evidence, of acquisition, of stories and of alerts have files of their own; all rooms take them from here.
Zone = evidence.Zone
Mention = evidence.Mention
Coverage = evidence.Coverage
Figure = evidence.Figure
Quote = evidence.Quote
PollResult = acquisition.PollResult
FetchRequest = acquisition.FetchRequest
FetchOutcome = acquisition.FetchOutcome
HostState = acquisition.HostState
KeptRecord = acquisition.KeptRecord
Backfill = acquisition.Backfill
Look = acquisition.Look
Looked = acquisition.Looked
LookOutcome = acquisition.LookOutcome
SitemapChild = acquisition.SitemapChild
Subscription = acquisition.Subscription
ParsedEntry = acquisition.ParsedEntry
ParsedFeed = acquisition.ParsedFeed
FeedState = acquisition.FeedState
PolledFeed = acquisition.PolledFeed
NewText = assignment.NewText
StoryText = assignment.StoryText
StoryLink = assignment.StoryLink
StoryMember = assignment.StoryMember
StoryPlace = assignment.StoryPlace
StoryMerge = assignment.StoryMerge
Assignment = assignment.Assignment
AlertKind = announcement.AlertKind
AlertWatch = announcement.AlertWatch
AlertItem = announcement.AlertItem
DueMessage = announcement.DueMessage
MessageText = announcement.MessageText
Spike = announcement.Spike


class Outcome(StrEnum):
    """The final slug of an entry; every entry has exactly one."""

    PENDING = "pending"
    STORED = "stored"
    #: The article was already held under another entry or URL.
    DUPLICATE = "duplicate"
    #: The entry was looked at again and its text is the one held.
    UNCHANGED = "unchanged"
    TOO_SHORT = "too_short"
    NOT_ARTICLE = "not_article"
    PAYWALLED = "paywalled"
    BLOCKED = "blocked"
    GONE = "gone"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"


class RemovalKind(StrEnum):
    """What a stripped block was."""

    COMMENT = "comment"
    COMMENT_FORM = "comment_form"
    BYLINE = "byline"
    CAPTION = "caption"
    PULL_QUOTE = "pull_quote"
    RELATED = "related"
    NEWSLETTER = "newsletter"
    SUBSCRIPTION = "subscription"
    CONSENT = "consent"
    SHARE = "share"
    REPEATED_ON_SITE = "repeated_on_site"
    OTHER = "other"


class TextFrom(StrEnum):
    """Which witness gave the text of an article."""

    PAGE = "page"
    JSON_LD = "json-ld"
    FEED = "feed"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFeed:
    """A feed that the watchlist names; made by ``watchlist``, taken by ``warehouse.feeds``."""

    feed_id: str
    url: str
    #: The publisher's registrable domain.
    source: str
    #: ISO 4217 code of what a bare "$" means at this source; None: by country of the domain.
    currency: str | None = None
    #: ``sitemap`` for a sitemap, ``files`` and ``list`` for what stands for ingested files and lists; None: told by
    #: the document.
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedTopic:
    """A topic that the watchlist names; made by ``watchlist``, taken by ``facts.topics`` and ``warehouse.coverage``."""

    topic_id: str
    title: str
    #: The query as written, in the Lucene-like language of ``docs/how-to/add-a-topic.md``.
    query: str
    #: First 12 hex digits of the sha256 of the query: a changed query is another version.
    query_version: str
    #: Names of alert rules.
    alerts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """An alert rule of the watchlist; made by ``watchlist``, taken by the alert flow."""

    name: str
    #: An Apprise URL, or ``env:NAME`` that names the variable holding it.
    url: str
    #: ``new story``, ``digest HH:MM Zone/Name``, ``spike``, ``edit`` or ``feed failing``.
    when: str
    #: Hours in which nothing is sent, as ``22:00-07:00 Zone/Name``; None: none.
    quiet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who owns several publishers; made by ``watchlist``, taken by ``warehouse.owners``."""

    name: str
    #: As in ``articles.source``.
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """Everything ``watchlist.toml`` says; made by ``watchlist``, taken by the flows."""

    feeds: tuple[WatchedFeed, ...] = ()
    #: Polled like feeds; of kind ``sitemap``.
    sitemaps: tuple[WatchedFeed, ...] = ()
    topics: tuple[WatchedTopic, ...] = ()
    alerts: tuple[AlertRule, ...] = ()
    owners: tuple[Owner, ...] = ()
    #: sha256 of the file's bytes.
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEntry:
    """An entry that waits for its page; made by ``warehouse.entries`` and ``ingest``, taken by the collect flow."""

    entry_id: str
    feed_id: str
    url: str
    url_key: str
    #: The feed's source and the host of the feed's URL, to tell its own links from links to others.
    source: str
    #: ISO 4217 code of what a bare $ means at this source; None: not known.
    currency: str | None = None
    #: The feed's own identifier; known here for ingested files only.
    guid: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    first_seen_at: datetime
    content_html: str | None = None
    authors: tuple[str, ...] = ()
    attempt_count: int = 0
    #: The article already held under this address, from another entry; then there is nothing to fetch.
    article_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The exact bytes received and where they came from; made by ``archives`` and ``ingest``, taken by ``reading``."""

    sha256: str
    url: str
    final_url: str
    fetched_at: datetime
    #: None for a file that never was an HTTP answer.
    http_status: int | None = None
    #: The Content-Type header as sent, or what the file's name says; None: decide from the bytes.
    content_type: str | None = None
    body: bytes = b""
    #: Relative to the home folder's ``raw/``; None where the bytes are kept elsewhere (an ingested file).
    warc_file: str | None = None
    warc_offset: int | None = None
    #: Validators exactly as the server sent them; None: none, or not an HTTP answer.
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the feed said about a page before it was read; made by the flows, taken by ``reading``."""

    source: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    content_html: str | None = None
    authors: tuple[str, ...] = ()
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Text and metadata of one page; made by ``reading``, taken by ``warehouse.articles``."""

    article_id: str
    #: The URL that answered.
    url: str
    #: The publisher's canonical URL where it is believable, else ``url``.
    canonical_url: str
    source: str
    title: str | None
    #: Paragraphs joined by a single newline; every offset of evidence points into this.
    text: str
    text_sha256: str
    word_count: int
    text_from: TextFrom
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    #: ``json-ld``, ``meta``, ``feed``, ``url``, ``time``, ``text``, ``htmldate``; None without a date.
    published_at_from: str | None = None
    modified_at: datetime | None = None
    #: ISO 639-1, None where it could not be told.
    language: str | None = None
    language_score: float | None = None
    is_truncated: bool = False
    is_paywalled: bool = False
    #: Names of the repairs that changed something, in order.
    repaired: tuple[str, ...] = ()
    extractor: str = ""
    extractor_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A block that was stripped; made by ``text``, taken by ``warehouse.articles``."""

    kind: RemovalKind
    text: str
    #: Name of the rule that stripped it.
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What may be furniture of a site, in one article; made by ``text.furniture``, taken by ``warehouse.furniture``."""

    #: 64-bit hash of the block's words, or of its pattern.
    block_key: int
    is_pattern: bool
    #: How the block begins.
    text: str
    word_count: int
    #: It speaks of what its article is about, and counts only because it stands at an end of it.
    is_on_topic: bool
    is_edge: bool
    #: The page sets it apart: by links, its container, or the second extractor that left it out.
    is_marked: bool
    #: 64-bit hashes, at most one of each residue modulo 4; articles that share none of them are no copies.
    contexts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """What is known to repeat on one site; made by ``warehouse.furniture``, taken by ``reading``."""

    #: Keys of blocks and patterns that go unless they speak of their article's subject.
    known: frozenset[int] = frozenset()
    #: Those of them that most articles carry, so that they go in any case.
    certain: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything read from one document; made by ``reading``, taken by the warehouse."""

    document_sha256: str
    #: ``stored`` means: worth storing; the warehouse turns it into duplicate or unchanged where it holds the
    #: text.
    outcome: Outcome
    #: In words; None where the outcome says it all.
    reason: str | None = None
    charset: str | None = None
    article: Article | None = None
    removals: tuple[Removal, ...] = ()
    mentions: tuple[Mention, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    figures: tuple[Figure, ...] = ()
    quotes: tuple[Quote, ...] = ()
    #: What may be furniture of the site, whether it was stripped or not.
    sightings: tuple[Sighting, ...] = ()
    #: Of the article's text, by ``stories.fingerprint``: what texts with the same words have in common, and what
    #: stories that carry the same text are found by. Both empty: no text.
    words_key: str = ""
    sketch: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedEntry:
    """An entry with what came of it; made by the collect flow and ``ingest``, taken by ``warehouse.articles``."""

    entry: PendingEntry
    #: What the attempt came to, before the warehouse compares it with what it holds.
    outcome: Outcome
    reason: str | None = None
    #: None where nothing was received.
    document: Document | None = None
    #: None where the document was not read (an error status, an unsupported type).
    reading: Reading | None = None
    #: The instant the attempt ended.
    collected_at: datetime
    #: Not to be tried again before this instant; set only while the outcome is ``pending``.
    next_attempt_at: datetime | None = None
    #: False where the page was not asked for, because its host's turn comes later.
    is_attempt: bool = True
    #: The page that the entry's address, an aggregator's, turned out to stand for; asked for from now on.
    target_url: str | None = None
