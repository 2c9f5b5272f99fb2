"""
Make sense of one HTTP exchange: its address, its cookies, its body, what went wrong.

``fetch`` asks; what stands here is about one answer at a time.
"""

import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote, urljoin

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from extractors.acquire.unpack import Unpacker
from extractors.acquire.urls import is_http_url, without_secrets
from extractors.errors import (
    BadUrlError,
    BlockedAddressError,
    BodyTooLargeError,
    ConnectError,
    DnsError,
    FetchError,
    FetchTimeoutError,
    ProtocolError,
    RedirectLoopError,
    TlsError,
    TruncatedBodyError,
)
from extractors.model import FetchRequest

_REDIRECTS = (301, 302, 303, 307, 308)
_PLAIN_URL = re.compile(r"""[^\x00-\x20\x7f-\U0010ffff"<>\\^`{|}]+""")
_GAPS = re.compile(r"[\t\r\n]+")
_LOCATION_SAFE = "%/:=&?~#+!$,;'@()*[]|"

#: Which of our errors an exception of aiohttp or below becomes; the first match counts, so the narrow ones
#: come first.
ERRORS: tuple[tuple[type[BaseException], type[FetchError], str], ...] = (
    (aiohttp.InvalidURL, BadUrlError, "not an http address"),
    (aiohttp.NonHttpUrlClientError, BadUrlError, "not an http address"),
    (aiohttp.ClientConnectorDNSError, DnsError, "the host has no address"),
    (aiohttp.ClientSSLError, TlsError, "the certificate or the TLS handshake failed"),
    (aiohttp.ServerFingerprintMismatch, TlsError, "the certificate is another one"),
    (ssl.SSLError, TlsError, "the certificate or the TLS handshake failed"),
    (TimeoutError, FetchTimeoutError, "no answer in time"),
    (aiohttp.ClientConnectionError, ConnectError, "no connection"),
    (aiohttp.TooManyRedirects, RedirectLoopError, "too many redirects"),
    (aiohttp.ClientResponseError, ProtocolError, "the answer is not HTTP"),
    (HttpProcessingError, ProtocolError, "the answer is not HTTP"),
    (aiohttp.ClientPayloadError, TruncatedBodyError, "the body ends before its end"),
    (aiohttp.ClientError, ProtocolError, "the exchange failed"),
    (OSError, ConnectError, "no connection"),
    (ValueError, BadUrlError, "not an address that can be read"),
)
CAUGHT = tuple(theirs for theirs, _, _ in ERRORS)


@dataclass(slots=True)
class Trail:
    """How far one fetch has come."""

    url: str
    seconds: float = 0.0
    hops: list[tuple[int, str]] = field(default_factory=list)
    http_status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    request_headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cookies: aiohttp.CookieJar | None = None
    seen: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def start(cls, url: str) -> Self:
        """Return the trail that begins at *url*."""
        return cls(url=_GAPS.sub("", url.strip()))

    def follow(self, target: str, *, hop_limit: int) -> None:
        """Go on to where the last answer pointed."""
        self.hops.append((self.http_status or 0, self.url))
        if len(self.hops) > hop_limit:
            raise RedirectLoopError(f"more than {hop_limit} redirects", url=without_secrets(self.url))
        self.url = target

    def take(self, answer: aiohttp.ClientResponse, url: URL) -> str | None:
        """Note the head of *answer*; return where it redirects to, None where it does not."""
        self.http_status = answer.status
        self.headers = tuple((_header_text(key), _header_text(value)) for key, value in answer.raw_headers)
        location = answer.headers.get("Location")
        if answer.status not in _REDIRECTS or not location:
            return None
        if answer.cookies:
            self.cookies = self.cookies or aiohttp.CookieJar(unsafe=True)
            self.cookies.update_cookies(answer.cookies, url)
        return urljoin(self.url, quote(location.strip(), safe=_LOCATION_SAFE, errors="surrogateescape"))


async def body_of(answer: aiohttp.ClientResponse, *, request: FetchRequest, url: str) -> bytes:
    """Return the body of *answer*, its content encodings undone."""
    limit = request.limit_bytes
    if (answer.content_length or 0) > limit and not request.is_cut_at_limit:
        raise BodyTooLargeError(f"more than {limit:,} bytes", url=url, limit_bytes=limit)
    unpacker = Unpacker(answer.headers.get("Content-Encoding"), limit_bytes=limit, url=url)
    try:
        async for chunk in answer.content.iter_any():
            unpacker.add(chunk)
    except BodyTooLargeError:
        if request.is_cut_at_limit:
            return unpacker.beginning()
        raise
    return unpacker.finish()


def address_of(url: str) -> URL:
    """Return *url* as the publisher wrote it, ready to be asked for."""
    if not is_http_url(url):
        raise BadUrlError("not an http address", url=without_secrets(url))
    try:
        # yarl would rewrite escapes that some servers insist on; it is let loose only on what must be
        # escaped.
        return URL(url, encoded=_PLAIN_URL.fullmatch(url) is not None)
    except ValueError as error:
        raise BadUrlError("not an address that can be read", url=without_secrets(url)) from error


def cookies_for(trail: Trail) -> str:
    """Return the Cookie header for the next exchange; refuse to ask the very same thing twice."""
    jar = trail.cookies
    cookies = jar.filter_cookies(URL(trail.url)).output(attrs=[], header="", sep=";").strip() if jar else ""
    if (trail.url, cookies) in trail.seen:
        raise RedirectLoopError("redirects in a circle", url=without_secrets(trail.url))
    trail.seen.add((trail.url, cookies))
    return cookies


def translated(error: BaseException, *, url: str, refused: Sequence[str]) -> FetchError:
    """Return our error for *error*, which came from aiohttp or below."""
    if refused:
        return BlockedAddressError(f"{refused[0]} is not a public address", url=url)
    kind, said = next((ours, said) for theirs, ours, said in ERRORS if isinstance(error, theirs))
    return kind(said, url=url)


def _header_text(raw: bytes) -> str:
    """Return a header as text: UTF-8 as servers mean it, else Latin-1 as RFC 9110 5.5 has it."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
