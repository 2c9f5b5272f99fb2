"""
The faults that ``fault_server`` serves, each under a path of its own.

Bytes go out exactly as written here, so an answer can be wrong in every way.
"""

import gzip
import socket
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import brotli

FEED = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Fault desk</title><link>http://desk.example/</link>
<item><title>First</title><link>http://desk.example/1</link><guid>http://desk.example/1</guid>
<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate><description>One</description></item>
<item><title>Second</title><link>http://desk.example/2</link><guid>http://desk.example/2</guid>
<pubDate>Fri, 20 Nov 2026 11:00:00 GMT</pubDate><description>Two</description></item>
</channel></rss>
"""
PAGE = b"""<!doctype html><html><head><title>Page</title></head>
<body><p>Hello from the fault desk.</p></body></html>"""


_WORDS = "The harbour board of Port Ellery met on Tuesday to weigh the cost of a longer seawall before the winter. "
ARTICLE = f"""<!doctype html><html><head><title>The seawall</title></head><body><article><h1>The seawall</h1>
{"".join(f"<p>{_WORDS * 3}</p>" for _ in range(6))}</article></body></html>"""
_RUSSIAN_WORDS = "Совет порта собрался во вторник, чтобы обсудить стоимость новой набережной до начала зимы. "
RUSSIAN = f"""<!doctype html><html><head><title>Набережная</title></head><body><article><h1>Набережная</h1>
{"".join(f"<p>{_RUSSIAN_WORDS * 3}</p>" for _ in range(6))}</article></body></html>"""
BOT_WALL = b"""<html><head><title>Just a moment...</title></head>
<body><p>Checking your browser before you go on. Please enable JavaScript and cookies to continue.</p></body></html>"""
CONSENT_WALL = b"""<html><head><title>Before you continue</title></head><body><form action="/consent" method="post">
<h1>Before you continue</h1><p>We and our partners store cookies on your device. Please accept or reject.</p>
<button>Accept all</button><button>Reject all</button></form></body></html>"""
_COUNTER = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole, honest answer."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    #: Seconds before the answer starts.
    delay: float = 0.0

    def raw(self) -> bytes:
        lines = [
            f"HTTP/1.1 {self.status} Whatever",
            f"Content-Type: {self.content_type}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        if self.status != 304:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as the server saw it."""

    #: Seconds of a monotonic clock.
    started: float
    host: str
    target: str
    headers: dict[str, str]
    #: Requests to the same host under way at that moment, this one included.
    under_way: int


class Running(Protocol):
    """What a fault may know of the server."""

    closing: threading.Event


@dataclass(frozen=True, slots=True)
class Connection:
    """What a fault may use."""

    sock: socket.socket
    asked: Asked
    server: Running

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def drip(self, data: bytes, seconds: float) -> None:
        """Send one byte at a time until the reader goes away."""
        for number in range(len(data)):
            self.sock.sendall(data[number : number + 1])
            if self.server.closing.wait(seconds):
                return

    def hang(self) -> None:
        """Say nothing more until the reader goes away or the server ends."""
        self.sock.settimeout(0.05)
        while not self.server.closing.is_set():
            try:
                if not self.sock.recv(4096):
                    return
            except TimeoutError:
                continue

    def query(self, name: str) -> str:
        return parse_qs(urlsplit(self.asked.target).query).get(name, [""])[0]


Fault = Callable[[Connection], None]
FAULTS: dict[str, Fault] = {}


def fault(work: Fault) -> Fault:
    """Register a fault under its name: ``slow_body`` answers ``/slow-body``."""
    FAULTS["/" + work.__name__.strip("_").replace("_", "-")] = work
    return work


def fixed(name: str, data: bytes) -> None:
    """Register a fault that is one fixed answer."""
    FAULTS[name] = lambda connection: connection.send(data)


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *lines)).encode() + b"\r\n\r\n"


def plain(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    return head(f"Content-Length: {len(body)}", *lines, status=status) + body


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


_GZIPPED = gzip.compress(FEED, mtime=0)
_CHUNKED = head("Transfer-Encoding: chunked")

# -- encodings and lengths
# --------------------------------------------------------------------------------------------
fixed("/good", plain(FEED, "Content-Type: application/rss+xml"))
fixed("/gzip", plain(_GZIPPED, "Content-Encoding: gzip"))
fixed("/truncated-gzip", plain(_GZIPPED[:-20], "Content-Encoding: gzip"))
fixed("/gzip-twice", plain(gzip.compress(_GZIPPED), "Content-Encoding: gzip, gzip"))
fixed("/gzip-with-junk", plain(_GZIPPED + b"junk", "Content-Encoding: gzip"))
fixed("/gzip-undeclared", plain(_GZIPPED, "Content-Type: application/x-gzip"))
fixed("/gzip-declared-plain", plain(FEED, "Content-Encoding: gzip"))
fixed("/deflate-wrapped", plain(zlib.compress(FEED), "Content-Encoding: deflate"))
fixed("/deflate-raw", plain(zlib.compress(FEED)[2:-4], "Content-Encoding: deflate"))
fixed("/brotli", plain(brotli.compress(FEED), "Content-Encoding: br"))
fixed("/encoding-unknown", plain(FEED, "Content-Encoding: zstd"))
fixed("/encoding-is-a-charset", plain(FEED, "Content-Encoding: utf-8"))
fixed("/length-too-long", head(f"Content-Length: {len(FEED) + 100}") + FEED)
fixed("/length-too-short", head(f"Content-Length: {len(FEED) - 100}") + FEED)
fixed("/length-bad", head("Content-Length: many") + FEED)
fixed("/length-twice", head("Content-Length: 10", f"Content-Length: {len(FEED)}") + FEED)
fixed("/length-absent", head("Connection: close") + FEED)
fixed("/chunked", _CHUNKED + chunk(FEED[:100]) + chunk(FEED[100:]) + b"0\r\n\r\n")
fixed("/chunk-size-bad", _CHUNKED + b"zz\r\n" + FEED)
fixed("/chunked-cut", _CHUNKED + chunk(FEED))
fixed("/empty", plain(b""))
fixed("/no-content", head(status="204 No Content"))

# -- the protocol ------------------------------------------------------------------------------------------
fixed("/http-0.9", FEED)
fixed("/http-1.0", b"HTTP/1.0 200 OK\r\n\r\n" + FEED)
fixed("/status-garbage", b"HTTP/1.1 abc OK\r\n\r\n" + FEED)
fixed("/icy", b"ICY 200 OK\r\nContent-Length: 4\r\n\r\nhigh")
fixed("/header-60-kb", plain(FEED, "X-Long: " + "a" * 60_000))
fixed("/header-300", plain(FEED, *(f"X-Header-{number}: 1" for number in range(300))))
fixed("/header-name-bad", plain(FEED, "Bad Name: 1"))
fixed("/header-not-ascii", plain(FEED, "X-Place: Köln"))
fixed("/header-latin-1", b"HTTP/1.1 200 OK\r\nX-Place: K\xf6ln\r\nContent-Length: 0\r\n\r\n")
fixed("/line-feeds-only", plain(FEED).replace(b"\r\n", b"\n"))
fixed("/early-hints", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + plain(FEED))

# -- redirects ---------------------------------------------------------------------------------------------
for _status in (301, 302, 303, 307, 308):
    fixed(f"/redirect-{_status}", plain(b"", "Location: /good", status=f"{_status} Moved"))
fixed("/redirect-loop", plain(b"", "Location: /redirect-loop-back", status="302 Found"))
fixed("/redirect-loop-back", plain(b"", "Location: /redirect-loop", status="302 Found"))
fixed("/redirect-to-file", plain(b"", "Location: file:///etc/passwd", status="302 Found"))
fixed("/redirect-to-data", plain(b"", "Location: data:text/html,x", status="302 Found"))
fixed("/redirect-to-private", plain(b"", "Location: http://127.0.0.99:9/secret", status="302 Found"))
fixed("/redirect-to-metadata", plain(b"", "Location: http://169.254.169.254/latest/", status="302 Found"))
fixed("/redirect-to-decimal", plain(b"", "Location: http://2130706433/", status="302 Found"))
fixed("/redirect-to-mapped", plain(b"", "Location: http://[::ffff:127.0.0.99]/", status="302 Found"))
fixed("/redirect-without-location", plain(PAGE, status="302 Found"))
fixed("/redirect-scheme-relative", plain(b"", "Location: //other.example/good", status="301 Moved"))
fixed("/redirect-not-ascii", plain(b"", "Location: /caf\u00e9?q=\u4e2d b", status="302 Found"))
fixed("/redirect-unreadable", plain(b"", "Location: http://[::1", status="302 Found"))

# -- states and words --------------------------------------------------------------------------------------
fixed("/gone", plain(PAGE, status="410 Gone"))
fixed("/missing", plain(PAGE, status="404 Not Found"))
fixed("/teapot-legal", plain(PAGE, status="451 Unavailable For Legal Reasons"))
fixed("/challenge", plain(PAGE, "cf-mitigated: challenge", status="403 Forbidden"))
fixed("/busy-seconds", plain(b"", "Retry-After: 120", status="429 Too Many Requests"))
fixed("/busy-date", plain(b"", "Retry-After: Fri, 01 Jan 2100 00:00:00 GMT", status="429 Too Many Requests"))
fixed("/busy-zero", plain(b"", "Retry-After: 0", status="429 Too Many Requests"))
fixed("/busy-garbage", plain(b"", "Retry-After: soon", status="429 Too Many Requests"))
fixed("/down", plain(PAGE, "Retry-After: 60", status="503 Service Unavailable"))
fixed("/uninvited-304", head(status="304 Not Modified"))
fixed("/html-as-feed", plain(PAGE, "Content-Type: text/html", 'ETag: "page"'))


fixed("/payment", plain(PAGE, status="402 Payment Required"))
fixed("/unauthorised", plain(PAGE, "WWW-Authenticate: Basic", status="401 Unauthorized"))
fixed("/storm-503", plain(PAGE, "Retry-After: 3600", status="503 Service Unavailable"))
fixed("/server-error", plain(PAGE, status="500 Internal Server Error"))
fixed("/soft-404", plain(b"<html><title>Not found</title><h1>404</h1><p>It is not there.</p></html>"))
fixed("/nul-bytes", plain(PAGE.replace(b"Hello", b"He\0llo"), "Content-Type: text/html"))
fixed("/utf-16-without-bom", plain(ARTICLE.encode("utf-16-le"), "Content-Type: text/html"))
fixed("/windows-1251-said-utf-8", plain(RUSSIAN.encode("cp1251"), "Content-Type: text/html; charset=utf-8"))
fixed("/bot-wall", plain(BOT_WALL))
fixed("/consent-wall", plain(CONSENT_WALL))
fixed("/pdf", plain(b"%PDF-1.7\n1 0 obj\n", "Content-Type: application/pdf"))

# -- robots.txt: what /robots.txt answers at the host of the fault's name ------------------------------------
_TEXT = "Content-Type: text/plain"
_CLOSED = b"User-agent: *\nDisallow: /\n"
fixed("/robots-allow", plain(b"User-agent: *\nDisallow: /private/\n", _TEXT))
fixed("/robots-disallow", plain(_CLOSED, _TEXT))
fixed("/robots-disallow-us", plain(b"User-agent: *\nDisallow:\n\nUser-agent: NewsDesk\nDisallow: /\n", _TEXT))
fixed("/robots-disallow-others", plain(b"User-agent: otherbot\nDisallow: /\n", _TEXT))
fixed("/robots-utf-8-bom", plain(b"\xef\xbb\xbf" + _CLOSED, _TEXT))
fixed("/robots-404", plain(PAGE, status="404 Not Found"))
fixed("/robots-401", plain(PAGE, status="401 Unauthorized"))
fixed("/robots-429", plain(PAGE, status="429 Too Many Requests"))
fixed("/robots-500", plain(_CLOSED, status="500 Internal Server Error"))
fixed("/robots-html", plain(PAGE, "Content-Type: text/html"))
fixed("/robots-empty", plain(b"", _TEXT))
fixed("/robots-redirect", plain(b"", "Location: http://robots-disallow.example/robots.txt", status="301 Moved"))
fixed("/robots-redirect-loop", plain(b"", "Location: /robots.txt", status="302 Found"))
fixed("/robots-redirect-private", plain(b"", "Location: http://127.0.0.99:9/robots.txt", status="302 Found"))
fixed("/robots-huge", plain(_CLOSED + b"# more\n" * 1_000_000, _TEXT))
fixed("/robots-huge-and-late", plain(b"# more\n" * 1_000_000 + _CLOSED, _TEXT))
fixed("/robots-gzip-cut", plain(gzip.compress(_CLOSED)[:-9], "Content-Encoding: gzip"))
fixed("/robots-crawl-delay", plain(b"User-agent: *\nCrawl-delay: 0.3\n", _TEXT))
fixed("/robots-crawl-delay-absurd", plain(b"User-agent: *\nCrawl-delay: 86400\n", _TEXT))
fixed("/robots-crawl-delay-words", plain(b"User-agent: *\nCrawl-delay: soon\n", _TEXT))


@fault
def robots_timeout(connection: Connection) -> None:
    """No answer at all."""
    connection.hang()


@fault
def robots_reset(connection: Connection) -> None:
    """The connection is closed without a word."""


@fault
def endless_pages(connection: Connection) -> None:
    """``/endless-pages?n=1`` links to the next page, which is another, for ever."""
    number = int(connection.query("n") or 0)
    link = f'<link rel="next" href="/endless-pages?n={number + 1}"><a href="/endless-pages?n={number + 1}">Next</a>'
    connection.send(plain(PAGE.replace(b"</p>", f"</p><p>Page {number}. {link}</p>".encode())))


@fault
def same_etag(connection: Connection) -> None:
    """Another body each time, always under the same ETag."""
    connection.send(plain(FEED + f"<!-- {next(_COUNTER)} -->".encode(), 'ETag: "always"'))


@fault
def slow_headers(connection: Connection) -> None:
    connection.drip(plain(FEED), 0.1)


@fault
def slow_body(connection: Connection) -> None:
    connection.send(head(f"Content-Length: {len(FEED)}"))
    connection.drip(FEED, 0.1)


@fault
def stall(connection: Connection) -> None:
    """The body stops after its first bytes, and the connection stays open."""
    connection.send(head(f"Content-Length: {len(FEED)}") + FEED[:50])
    connection.hang()


@fault
def silence(connection: Connection) -> None:
    """No answer at all."""
    connection.hang()


@fault
def close_at_once(connection: Connection) -> None:
    """The connection is closed without a word."""


@fault
def reset_in_body(connection: Connection) -> None:
    connection.send(head(f"Content-Length: {len(FEED)}") + FEED[:100])
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@cache
def bomb() -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(300)) + packer.flush()


@fault
def gzip_bomb(connection: Connection) -> None:
    """300 MB of nothing in 1.3 MB."""
    connection.send(plain(bomb(), "Content-Encoding: gzip"))


@fault
def endless(connection: Connection) -> None:
    """Chunks for ever."""
    connection.send(_CHUNKED)
    while not connection.server.closing.is_set():
        connection.send(chunk(b"<item>" * 10_000))


@fault
def large(connection: Connection) -> None:
    """20 MB, declared."""
    connection.send(plain(b"x" * 20_000_000))


@fault
def large_undeclared(connection: Connection) -> None:
    """20 MB that end with the connection."""
    connection.send(head("Connection: close") + b"x" * 20_000_000)


@fault
def hops(connection: Connection) -> None:
    """``/hops?n=15`` redirects 15 times."""
    left = int(connection.query("n") or 0)
    connection.send(plain(b"", f"Location: /hops?n={left - 1}", status="302 Found") if left else plain(FEED))


@fault
def cookie_wall(connection: Connection) -> None:
    """Redirects to itself until its cookie comes back."""
    if "wall=passed" in connection.asked.headers.get("cookie", ""):
        connection.send(plain(FEED))
    else:
        connection.send(plain(b"", "Set-Cookie: wall=passed; Path=/", "Location: /cookie-wall", status="302 Found"))


@fault
def conditional(connection: Connection) -> None:
    """A feed that keeps its promise: 304 to its own validators."""
    told = connection.asked.headers
    if told.get("if-none-match") == '"v1"' and told.get("if-modified-since") == "Fri, 20 Nov 2026 10:00:00 GMT":
        connection.send(head('ETag: "v1"', status="304 Not Modified"))
    else:
        connection.send(plain(FEED, 'ETag: "v1"', "Last-Modified: Fri, 20 Nov 2026 10:00:00 GMT"))


@fault
def keep_alive_reset(connection: Connection) -> None:
    """A good answer, after which the connection is closed although it promised to stay."""
    connection.send(plain(FEED, "Connection: keep-alive"))
