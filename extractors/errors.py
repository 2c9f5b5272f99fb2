"""
The errors of newsdesk, one tree.

NewsdeskError
 ├─ WatchlistError(path, line, key)      a person must mend a file
 ├─ QueryError(topic_id)                 a topic's query cannot be read
 ├─ InputError(path)                     a file or folder given to ``ingest`` cannot be used
 ├─ FetchError(url)                      the network or the server failed; ``hardness`` says how badly
 │   ├─ BadUrlError                      not an http(s) address
 │   ├─ BlockedAddressError              resolves to an address that must not be reached
 │   ├─ DnsError                         the host has no address
 │   ├─ ConnectError                     refused, reset, unreachable
 │   ├─ TlsError                         certificate or handshake
 │   ├─ FetchTimeoutError                one of the time limits
 │   ├─ RedirectLoopError                too many hops, or in a circle
 │   ├─ BodyTooLargeError(limit_bytes)   more bytes than allowed, before or after decompression
 │   ├─ TruncatedBodyError               the body ended before its end
 │   ├─ HostOnHoldError(until)           not asked: the host wants to be left alone for now
 │   ├─ RobotsDisallowedError            not asked: its robots.txt does not let us
 │   ├─ RobotsUnavailableError           not asked: its robots.txt could not be had
 │   └─ ProtocolError                    not HTTP, or an encoding that cannot be undone
 ├─ ParseError(url)                      the bytes were no feed
 ├─ ExtractError(url)                    the extractor broke (not: found nothing)
 ├─ ArchiveError(path)                   a WARC file is damaged
 ├─ LossError(source, share_pct)         reading documents again would lose more than is allowed
 ├─ CursorError(cursor)                  a reader's place cannot be used, or is not of this snapshot
 ├─ ChannelError(rule)                   where alerts are sent cannot be had, or did not take one
 ├─ ServiceError                         Prefect's server cannot be had, or cannot do what was asked
 └─ WarehouseError
     ├─ WarehouseBusyError               another process holds the writer; try again
     ├─ WarehouseFullError               no room on the disk
     ├─ MigrationError(version)          the file is newer than this newsdesk, or a migration failed
     └─ SqlError                         an analyst's query is wrong

The subject is an attribute and stands in the message; the cause is chained. What is expected (304, duplicate,
too short) is a value, not an error.
"""

from datetime import datetime
from enum import StrEnum


class Hardness(StrEnum):
    """How much a failure says about the future of its feed or page."""

    #: Will not heal by itself: a wrong address, a certificate, not a feed.
    HARD = "hard"
    #: May heal: 404, 429, 5xx, a timeout. "Active feeds do return 404 and come back to life" (Media Cloud).
    SOFT = "soft"
    #: Heals soon: a name server that did not answer, a reset connection.
    TEMPORARY = "temporary"


class NewsdeskError(Exception):
    """The root: everything newsdesk raises on purpose."""


class WatchlistError(NewsdeskError):
    """A person must mend the watchlist; names file, line and key."""

    def __init__(self, message: str, *, path: str, line: int | None = None, key: str | None = None) -> None:
        self.path = path
        self.line = line
        self.key = key
        where = path if line is None else f"{path}, line {line}"
        super().__init__(f"{where}: {key}: {message}" if key else f"{where}: {message}")


class QueryError(NewsdeskError):
    """A topic's query cannot be read."""

    def __init__(self, message: str, *, topic_id: str) -> None:
        self.topic_id = topic_id
        super().__init__(f"topic {topic_id}: {message}")


class InputError(NewsdeskError):
    """A file or folder given to ``ingest`` or ``read`` cannot be used."""

    def __init__(self, message: str, *, path: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}")


class FetchError(NewsdeskError):
    """The network or the server failed for one URL."""

    hardness = Hardness.SOFT
    #: The slug under which the failure is recorded in ``polls.error`` and ``entries.outcome_reason``.
    slug = "fetch"

    def __init__(self, message: str, *, url: str) -> None:
        self.url = url
        super().__init__(f"{message}: {url}")


class BadUrlError(FetchError):
    """Not an http(s) address, or one that cannot be read."""

    hardness = Hardness.HARD
    slug = "bad_url"


class BlockedAddressError(FetchError):
    """The host resolves to a private, loopback, link-local or otherwise forbidden address."""

    hardness = Hardness.HARD
    slug = "blocked_address"


class DnsError(FetchError):
    """The host has no address, or no name server answered."""

    hardness = Hardness.TEMPORARY
    slug = "dns"


class ConnectError(FetchError):
    """Refused, reset or unreachable."""

    hardness = Hardness.TEMPORARY
    slug = "connect"


class TlsError(FetchError):
    """The certificate or the handshake failed."""

    hardness = Hardness.HARD
    slug = "tls"


class FetchTimeoutError(FetchError):
    """One of the time limits passed."""

    slug = "timeout"


class RedirectLoopError(FetchError):
    """Too many redirects, or redirects in a circle."""

    hardness = Hardness.HARD
    slug = "redirect_loop"


class BodyTooLargeError(FetchError):
    """More bytes than allowed, on the wire or after decompression."""

    hardness = Hardness.HARD
    slug = "too_large"

    def __init__(self, message: str, *, url: str, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        super().__init__(message, url=url)


class TruncatedBodyError(FetchError):
    """The body ended before its declared or compressed end."""

    slug = "truncated"


class ProtocolError(FetchError):
    """Not HTTP, or a content encoding that cannot be undone."""

    hardness = Hardness.HARD
    slug = "protocol"


class HostOnHoldError(FetchError):
    """Not asked: until then the host wants to be left alone (Retry-After), or it is not its turn (Crawl-delay)."""

    hardness = Hardness.TEMPORARY
    slug = "on_hold"

    def __init__(self, message: str, *, url: str, until: datetime) -> None:
        self.until = until
        super().__init__(message, url=url)


class RobotsDisallowedError(FetchError):
    """Not asked: the host's robots.txt does not let us."""

    hardness = Hardness.HARD
    slug = "robots"


class RobotsUnavailableError(FetchError):
    """Not asked: the host's robots.txt could not be had, which means to keep away for now."""

    slug = "robots_unavailable"


class ParseError(NewsdeskError):
    """The bytes were no feed."""

    def __init__(self, message: str, *, url: str) -> None:
        self.url = url
        super().__init__(f"{message}: {url}")


class ExtractError(NewsdeskError):
    """The extractor broke on a page (not: found nothing)."""

    def __init__(self, message: str, *, url: str) -> None:
        self.url = url
        super().__init__(f"{message}: {url}")


class ArchiveError(NewsdeskError):
    """A WARC file is damaged; what stood before the damage was read."""

    def __init__(self, message: str, *, path: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}")


class LossError(NewsdeskError):
    """Reading documents again would lose more of a source than is allowed; nothing was changed."""

    def __init__(self, message: str, *, source: str, share_pct: float) -> None:
        self.source = source
        self.share_pct = share_pct
        super().__init__(f"{source}: {message}")


class CursorError(NewsdeskError):
    """A reader's place in the coverage cannot be used, kept, or found in the snapshot."""

    def __init__(self, message: str, *, cursor: str) -> None:
        self.cursor = cursor
        super().__init__(f"cursor {cursor}: {message}")


class ChannelError(NewsdeskError):
    """Where a rule's alerts are sent cannot be had, or did not take one; the message holds no part of its address."""

    def __init__(self, message: str, *, rule: str) -> None:
        self.rule = rule
        super().__init__(f"rule {rule}: {message}")


class ServiceError(NewsdeskError):
    """Prefect's server cannot be had, or cannot do what was asked."""


class WarehouseError(NewsdeskError):
    """The warehouse cannot do what was asked."""


class WarehouseBusyError(WarehouseError):
    """Another process holds the writer; trying again later helps."""


class WarehouseFullError(WarehouseError):
    """There is no room on the disk; nothing that was acknowledged is lost."""


class MigrationError(WarehouseError):
    """The warehouse file is newer than this newsdesk, or a migration failed."""

    def __init__(self, message: str, *, version: int) -> None:
        self.version = version
        super().__init__(message)


class SqlError(WarehouseError):
    """A query is wrong; the message is DuckDB's, on one line."""
