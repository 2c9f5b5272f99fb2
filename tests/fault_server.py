"""
A small real HTTP server on loopback whose answers fail in the ways that real servers do.

A path names a fault of ``faults.py``::

    with FaultServer() as server:
        fetcher = Fetcher(user_agent="test", connect_to={".example": server.address})
        fetcher.fetch(FetchRequest(url="http://desk.example/truncated-gzip"))

``server.pages["/feed.xml"] = Answer(...)`` adds good pages; ``server.log`` is what was asked, with times, so that
politeness can be proven from the server's side. The robots.txt of ``http://robots-500.example`` is the fault
``/robots-500``; hosts of other names have none.
"""

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from faults import FAULTS, FEED, PAGE, Answer, Asked, Connection, plain

__all__ = ["FAULTS", "FEED", "PAGE", "Answer", "Asked", "Connection", "FaultServer"]


class FaultServer:
    """
    The server; a context manager.

    Args:
        pages: Path (with its query, if any) to answer; asked before the faults.
        tls: (certificate file, key file) to speak TLS; ``stalled_tls`` accepts and never shakes hands.
    """

    def __init__(
        self,
        pages: dict[str, Answer] | None = None,
        *,
        tls: tuple[Path, Path] | None = None,
        stalled_tls: bool = False,
    ) -> None:
        self.pages = dict(pages or {})
        self.log: list[Asked] = []
        self.closing = threading.Event()
        self._under_way: dict[str, int] = {}
        self._lock = threading.Lock()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if self._tls and tls:
            self._tls.load_cert_chain(*tls)
        self._stalled_tls = stalled_tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._threads: list[threading.Thread] = []

    @property
    def address(self) -> tuple[str, int]:
        """Return (address, port)."""
        address, port = self._listener.getsockname()[:2]
        return address, port

    def __enter__(self) -> Self:
        """Start to listen."""
        accepting = threading.Thread(target=self._accept, daemon=True)
        accepting.start()
        self._threads.append(accepting)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, whatever is under way."""
        self.closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def asked_for(self, path: str) -> list[Asked]:
        """Return the requests for *path*, in order."""
        return [asked for asked in self.log if urlsplit(asked.target).path == path]

    def most_under_way(self) -> int:
        """Return the most requests that were under way to one host at one moment."""
        return max((asked.under_way for asked in self.log), default=0)

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _serve(self, raw: socket.socket) -> None:
        raw.settimeout(10)
        with suppress(OSError), raw:
            if self._stalled_tls:
                self.closing.wait(10)
                return
            sock = self._tls.wrap_socket(raw, server_side=True) if self._tls else raw
            with sock:
                for host, target, headers in self._requests(sock):
                    counted = _Counted(self, host, target, headers)
                    with counted as asked:
                        keeps_going = self._answer(Connection(sock, asked, self), counted)
                    if not keeps_going:
                        break

    def _requests(self, sock: socket.socket) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Yield (host, target, headers) of each request of one connection."""
        rest = b""
        while True:
            while b"\r\n\r\n" not in rest:
                data = sock.recv(65_536)
                if not data:
                    return
                rest += data
                if not rest[:1].isalpha():
                    sock.sendall(plain(b"", status="400 Bad Request"))
                    return
            block, _, rest = rest.partition(b"\r\n\r\n")
            first, *lines = block.decode("latin-1").split("\r\n")
            headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
            yield headers.get("host", ""), first.split(" ")[1], headers

    def _answer(self, connection: Connection, counted: "_Counted") -> bool:
        """Answer one request; return whether the connection stays open."""
        target = connection.asked.target
        page = self.pages.get(target) or self.pages.get(f"http://{connection.asked.host}{target}")
        if page is not None:
            self.closing.wait(page.delay)
            # Before the answer leaves: who gets it may be back before this thread has counted.
            counted.end()
            connection.send(page.raw())
            return connection.asked.headers.get("connection", "").lower() != "close"
        path = re.sub(r"\?.*", "", target)
        if path == "/robots.txt":
            # The robots.txt of ``robots-500.example`` is the fault of that name; other hosts have none.
            path = f"/{connection.asked.host.partition('.')[0]}"
            path = path if path.startswith("/robots-") else "/missing"
        FAULTS.get(path, FAULTS["/missing"])(connection)
        return False


@dataclass
class _Counted:
    """Keeps count of the requests under way to one host while one is answered."""

    server: FaultServer
    host: str
    target: str
    headers: dict[str, str]
    started: float = field(default_factory=time.monotonic)
    counts: int = 1

    def __enter__(self) -> Asked:
        counts = self.server._under_way  # noqa: SLF001 - two halves of one thing
        with self.server._lock:  # noqa: SLF001
            counts[self.host] = counts.get(self.host, 0) + 1
            asked = Asked(
                started=self.started,
                host=self.host,
                target=self.target,
                headers=self.headers,
                under_way=counts[self.host],
            )
            self.server.log.append(asked)
        return asked

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Count this request no longer."""
        with self.server._lock:  # noqa: SLF001
            self.server._under_way[self.host] -= self.counts  # noqa: SLF001
            self.counts = 0
