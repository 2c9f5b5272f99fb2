"""
Serve the offline newsroom of ``sample/`` over HTTP on loopback.

The demo, the tutorial and the flow tests read the same fictional outlets through it. Pages are plain files,
``site/<host>/<path>``; ``site.toml`` beside them lists the addresses that answer in an unusual way. A host is
chosen by the Host header alone, so one port serves them all: point ``fetch`` at it with ``connect_to``.
"""

import hashlib
import socket
import sys
import threading
import time
import tomllib
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from extractors.errors import InputError

SAMPLE = Path(__file__).resolve().parent.parent / "sample"

_HTML = "text/html; charset=utf-8"
_CONTENT_TYPES = {
    ".html": _HTML,
    ".txt": "text/plain; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rdf": "application/rdf+xml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/feed+json; charset=utf-8",
    ".pdf": "application/pdf",
}
#: Keys that a route of ``site.toml`` may have.
_ROUTE_KEYS = frozenset({"url", "status", "location", "headers", "file"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One request as it was answered; made by the server, taken by tests."""

    host: str
    #: Path with its query string, as asked.
    path: str
    status: int
    method: str = "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An address that answers in an unusual way, as ``site.toml`` lists it."""

    status: int = 200
    location: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    #: File below ``site/``; None: the file that the address itself names.
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, headers and body before the request's method and validators are looked at."""

    status: int
    headers: dict[str, str]
    body: bytes


class Newsroom:
    """
    A running newsroom; a context manager.

    Args:
        folder: Holds ``site/`` and, where needed, ``site.toml``; the sample newsroom by default.
        delay_seconds: Waited before each answer, to make a slow site.

    Raises:
        InputError: *folder* has no ``site/``, or its ``site.toml`` cannot be read.
    """

    def __init__(self, folder: Path = SAMPLE, *, delay_seconds: float = 0.0) -> None:
        if not (folder / "site").is_dir():
            raise InputError("has no folder named site", path=str(folder))
        self.folder = folder
        self.delay_seconds = delay_seconds
        #: Every request answered so far, in the order of the answers.
        self.requests: list[Served] = []
        self._routes = read_routes(folder / "site.toml")
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Bind a free port of 127.0.0.1 and serve from a thread."""
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="newsroom",
            daemon=True,
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving, close the port and every connection."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None

    @property
    def port(self) -> int:
        """The port in use; RuntimeError outside the ``with`` block."""
        if self._server is None:
            raise RuntimeError("the newsroom is closed: use it in a with block")
        return int(self._server.server_address[1])

    @property
    def connect_to(self) -> dict[str, tuple[str, int]]:
        """Where a client must connect for every host that ends in ``.example``: suffix -> (address, port)."""
        return {".example": ("127.0.0.1", self.port)}

    def answer(self, host: str, target: str) -> Answer:
        """
        Return what *host* answers for *target*, the path with its query string.

        The address is looked up among the routes with its query string, then without, then among the files.
        """
        site = self.folder / "site" / host
        if not host or "/" in host or host.startswith(".") or not site.is_dir():
            return _plain(HTTPStatus.NOT_FOUND, f"no such host in this newsroom: {host}")
        path = urlsplit(target).path or "/"
        route = self._routes.get((host, target)) or self._routes.get((host, path)) or Route()
        if route.location is not None:
            return Answer(status=route.status, headers={"Location": route.location}, body=b"")
        named = site.parent / route.file if route.file else _file_for(site, unquote(path))
        if named is None or not named.is_file():
            status = HTTPStatus(route.status if route.status != HTTPStatus.OK else HTTPStatus.NOT_FOUND)
            return _plain(status, f"{status.phrase}: {path}")
        body = named.read_bytes()
        return Answer(status=route.status, headers=_file_headers(named, body) | route.headers, body=body)


def read_routes(path: Path) -> dict[tuple[str, str], Route]:
    """
    Read ``site.toml``.

    Args:
        path: The file; it may be missing, which means no routes.

    Returns:
        (host, path with query string) -> route.

    Raises:
        InputError: The file is not TOML, or a route has no url or an unknown key.
    """
    if not path.is_file():
        return {}
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8")).get("routes", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read as TOML ({error})", path=str(path)) from error
    routes = {}
    for entry in listed:
        unknown = sorted(set(entry) - _ROUTE_KEYS)
        if unknown or "url" not in entry:
            raise InputError(f"a route has {unknown or 'no url'}: {entry}", path=str(path))
        parts = urlsplit(entry["url"])
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        routes[parts.netloc, target] = Route(**{key: value for key, value in entry.items() if key != "url"})
    return routes


def _file_for(site: Path, path: str) -> Path | None:
    """Return the file below *site* that *path* names (``/a`` may mean a, a.html or a/index.html), or None."""
    stem = path.strip("/")
    for name in (stem, f"{stem}.html", f"{stem}/index.html"):
        found = (site / name.lstrip("/")).resolve()
        if found.is_file() and found.is_relative_to(site.resolve()):
            return found
    return None


def _file_headers(named: Path, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": _CONTENT_TYPES.get(named.suffix, "application/octet-stream"),
        "Last-Modified": formatdate(named.stat().st_mtime, usegmt=True),
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
    }


def _plain(status: int, line: str) -> Answer:
    headers = {"Content-Type": _CONTENT_TYPES[".txt"]}
    return Answer(status=int(status), headers=headers, body=f"{line}\n".encode())


def _is_unchanged(headers: dict[str, str], *, etag: str | None, since: str | None) -> bool:
    """Say whether the client's copy is current; a sent ETag decides alone (RFC 9110, section 13.2.2)."""
    if etag is not None:
        return headers.get("ETag", "") in {tag.strip().removeprefix("W/") for tag in etag.split(",")} - {""}
    if since is None or "Last-Modified" not in headers:
        return False
    try:
        return parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD; keeps the connection open, as real sites do."""

    protocol_version = "HTTP/1.1"
    server_version = "newsroom"
    sys_version = ""
    #: Seconds; closes a connection that a client left open.
    timeout = 10
    #: Header and body leave as one packet; else the client's delayed acknowledgement costs 40 ms.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer with headers and body."""
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers of a GET."""
        self._send(with_body=False)

    def _send(self, *, with_body: bool) -> None:
        server = self.server
        assert isinstance(server, _Server)  # noqa: S101 - tells mypy which server this is
        newsroom = server.newsroom
        time.sleep(newsroom.delay_seconds)
        host = self.headers.get("Host", "").partition(":")[0].lower()
        answer = newsroom.answer(host, self.path)
        etag, since = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        is_held = answer.status == HTTPStatus.OK and _is_unchanged(answer.headers, etag=etag, since=since)
        status = int(HTTPStatus.NOT_MODIFIED) if is_held else answer.status
        newsroom.requests.append(Served(host=host, path=self.path, status=status, method=self.command))
        self.send_response(status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not is_held:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body and not is_held:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server names it
        """Print nothing: ``Newsroom.requests`` is the log."""


class _Server(ThreadingHTTPServer):
    """Knows its newsroom; on closing it ends the connections that clients left open."""

    daemon_threads = True
    #: The default backlog of 5 is too small for a client that opens 64 connections at once.
    request_queue_size = 256

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: object, client_address: object) -> None:
        """Remember the connection, then answer it in a thread of its own."""
        if isinstance(request, socket.socket):
            with self._lock:
                self._open.add(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def shutdown_request(self, request: object) -> None:
        """Forget the connection and close it."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)  # type: ignore[arg-type]

    def server_close(self) -> None:
        """Close the port, then every connection still open."""
        super().server_close()
        with self._lock:
            left = list(self._open)
        for connection in left:
            self.shutdown_request(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Report a fault of this server; a client that went away, or was killed, is none."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]
