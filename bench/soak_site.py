"""
The newsroom of the soak: generated feeds and pages with faults, and a receiver of alerts with faults.

Of ten articles four carry a text that another one has, too, and five are about the watched subject: two stories. While
``is_faulty``, feeds fail in turn and some pages fail at first; pages that are gone are gone for good.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.generated import GeneratedSite, title

#: Place of an article among ten -> the place of the one whose text it has.
_COPIES = {3: 2, 7: 5, 8: 5, 9: 5}
_FEED_FAULTS = ("error", "hang", "cut", "garbage", "empty")
#: A third of the feeds fails at once, for as long.
_SLOT_SECONDS = 20.0
_FAULTY_SHARE = 3
_HANG_SECONDS = 45.0
#: Place of an article among twenty -> what its page does, how many times.
_PAGE_FAULTS = {1: ("slow", 1), 6: ("reset", 1), 10: ("error", 1), 12: ("error", 2), 15: ("cut", 1), 16: ("reset", 2)}
_GONE = {4, 17}
_SLOW_SECONDS = 6.0
#: Of the receiver's answers: refused, and refused after the message was taken.
_REFUSED_SHARE, _LOST_ANSWER_SHARE = 0.25, 0.05
_RECEIVER_SECONDS = 3.0


class SoakSite(GeneratedSite):
    """A generated site whose articles come in stories and whose answers fail."""

    def __init__(self, *, feeds: int) -> None:
        super().__init__(feeds=feeds, articles=0)
        self.is_faulty = False
        self._began = datetime.now(UTC).replace(microsecond=0)
        self.faults: Counter[str] = Counter()
        self._asked: Counter[int] = Counter()

    def original(self, number: int) -> int:
        """Return the first article that has the text of *number*."""
        place = number % 10
        return number - place + _COPIES.get(place, place)

    def published_at(self, number: int) -> datetime:
        """Return when article *number* says that it was published: today, or its story would be no news."""
        return self._began + timedelta(seconds=number)

    def is_watched(self, number: int) -> bool:
        """Say whether article *number* is about the watched subject."""
        return title(self.original(number)).startswith("DeepSeek")

    def is_gone(self, number: int) -> bool:
        """Say whether there is no page of *number*, for good."""
        return number % 20 in _GONE

    def number_of(self, url: str) -> int:
        """Return the number of the article at *url*."""
        return int(url.rsplit("/", 1)[1][:6])

    def feed_fault(self, number: int) -> str | None:
        """Return what feed *number* does wrong just now, if anything."""
        slot = int(time.monotonic() / _SLOT_SECONDS)
        if not self.is_faulty or (number + slot) % _FAULTY_SHARE:
            return None
        return _FEED_FAULTS[(slot + number) % len(_FEED_FAULTS)]

    def page_fault(self, number: int) -> str | None:
        """Return what the page of article *number* does wrong this time, if anything."""
        self._asked[number] += 1
        kind, times = _PAGE_FAULTS.get(number % 20, ("", 0))
        return kind if self.is_faulty and self._asked[number] <= times else None


class _SiteServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, site: SoakSite) -> None:
        super().__init__(("127.0.0.1", 0), _SiteHandler)
        self.site = site

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that were killed."""


class _SiteHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _SiteServer

    def do_GET(self) -> None:
        site = self.server.site
        if self.path == "/robots.txt":
            self._answer(404, b"")
        elif self.path == "/feed.rss":
            number = int(self.headers["Host"][6:9])
            self._give(site.feed_fault(number), lambda: site.feed(number), kind="application/rss+xml")
        else:
            number = site.number_of(self.path)
            if site.is_gone(number):
                self._answer(404, b"no such page")
            else:
                self._give(site.page_fault(number), lambda: site.page(number), kind="text/html; charset=utf-8")

    def _give(self, fault: str | None, body: Callable[[], bytes], *, kind: str) -> None:
        """Answer with *body*, or as *fault* says."""
        if fault is not None:
            self.server.site.faults[fault] += 1
        if fault == "error":
            self._answer(500, b"out of order")
        elif fault == "reset":
            self.connection.shutdown(2)
            self.close_connection = True
        elif fault == "garbage":
            self._answer(200, random.Random(7).randbytes(20_000), kind=kind)
        elif fault == "empty":
            self._answer(200, b"", kind=kind)
        elif fault == "cut":
            self._answer(200, body(), kind=kind, is_cut=True)
        else:
            time.sleep({"hang": _HANG_SECONDS, "slow": _SLOW_SECONDS}.get(fault or "", 0.0))
            self._answer(200, body(), kind=kind)

    def _answer(self, status: int, body: bytes, *, kind: str = "text/plain", is_cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if is_cut else body)
        if is_cut:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server names it
        """Say nothing."""


@dataclass(slots=True)
class Receiver:
    """Takes what is posted as JSON, slowly; while ``is_faulty`` it refuses some of it, and loses some answers."""

    is_faulty: bool = False
    refused_count: int = 0
    #: (Idempotency-Key, message) of all that was taken, in order.
    taken: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def answer(self, key: str, message: str) -> int:
        """Take *message* or not; return the HTTP status."""
        lot = random.random() if self.is_faulty else 1.0
        time.sleep(random.uniform(0, _RECEIVER_SECONDS) if self.is_faulty else 0.0)
        if lot >= _REFUSED_SHARE:
            self.taken.append((key, message))
        if lot < _REFUSED_SHARE + _LOST_ANSWER_SHARE:
            self.refused_count += 1
            return 503
        return 200


class _ReceiverServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(("127.0.0.1", 0), _ReceiverHandler)
        self.receiver = receiver

    def handle_error(self, *_: object) -> None:
        """Say nothing of senders that were killed."""


class _ReceiverHandler(BaseHTTPRequestHandler):
    server: _ReceiverServer

    def do_POST(self) -> None:
        posted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.server.receiver.answer(str(self.headers["Idempotency-Key"]), posted["message"])
        self.send_response(status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server names it
        """Say nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver until the block ends."""
    receiver = Receiver()
    with _running(_ReceiverServer(receiver)) as port:
        receiver.port = port
        yield receiver


@contextmanager
def serving_site(site: SoakSite) -> Iterator[int]:
    """Serve *site* until the block ends; give its port."""
    with _running(_SiteServer(site)) as port:
        yield port


@contextmanager
def _running(server: ThreadingHTTPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
