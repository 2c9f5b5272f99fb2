"""
Ten thousand feeds on loopback, each on a host of its own, from one process that costs next to nothing.

``python -m bench.polling_site`` prints its port and serves until standard input closes. Feed N is
``http://feedNNNNN.example/feed.xml``: RSS of twenty entries, with an ``ETag``. In round R those feeds have a new entry
for which N + R is divisible by twenty: 5 %. ``GET /round?n=R&hanging=H`` begins a round, in which every feed with N
divisible by H takes the request and never answers (0: none does).
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

CHANGED_EVERY = 20
_ENTRIES = 20
_START = datetime(2026, 11, 20, 6, tzinfo=UTC)
_TEXT = (
    "The harbour board met to weigh the cost of a longer seawall before the winter, and put off its vote again. " * 2
)


def host(number: int) -> str:
    """Return the host of feed *number*."""
    return f"feed{number:05}.example"


def url(number: int) -> str:
    """Return the address of feed *number*."""
    return f"http://{host(number)}/feed.xml"


def version(number: int, round_: int) -> int:
    """Return how many new entries feed *number* has had up to *round_*."""
    return (number + round_) // CHANGED_EVERY - number // CHANGED_EVERY


def document(number: int, newest: int) -> bytes:
    """Return feed *number* with its twenty newest entries, the newest being *newest*."""
    base = f"http://{host(number)}"
    items = "".join(
        f"<item><title>What the board of town {number} said, part {n}</title><link>{base}/news/{n}.html</link>"
        f"<guid>{base}/news/{n}.html</guid><pubDate>{_START + timedelta(hours=n):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<description>{_TEXT}</description></item>"
        for n in range(newest, newest - _ENTRIES, -1)
    )
    head = f"<title>Town {number}</title><link>{base}/</link>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


class _Site:
    """What all connections share."""

    round: int = 0
    hanging: int = 0


class _Connection(asyncio.Protocol):
    """One connection: requests one after another, headers only."""

    def __init__(self, site: _Site) -> None:
        self.site = site
        self.rest = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while b"\r\n\r\n" in self.rest:
            block, _, self.rest = self.rest.partition(b"\r\n\r\n")
            first, *lines = block.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            self.answer(first.split(" ")[1], headers)

    def answer(self, target: str, headers: dict[str, str]) -> None:
        """Answer one request."""
        if target.startswith("/round"):
            wanted = parse_qs(urlsplit(target).query)
            self.site.round, self.site.hanging = int(wanted["n"][0]), int(wanted["hanging"][0])
            self.send("204 No Content", "", b"", closes=False)
            return
        number = int(headers["host"][4:9])
        if self.site.hanging and number % self.site.hanging == 0:
            return
        newest = version(number, self.site.round)
        etag, closes = f'"{number}-{newest}"', headers.get("connection") == "close"
        if headers.get("if-none-match") == etag:
            self.send("304 Not Modified", f"ETag: {etag}\r\n", b"", closes=closes)
        else:
            head = f"ETag: {etag}\r\nContent-Type: application/rss+xml\r\n"
            self.send("200 OK", head, document(number, newest), closes=closes)

    def send(self, status: str, head: str, body: bytes, *, closes: bool) -> None:
        """Send an answer."""
        length = "" if status.startswith(("204", "304")) else f"Content-Length: {len(body)}\r\n"
        self.transport.write(f"HTTP/1.1 {status}\r\n{head}{length}\r\n".encode() + body)
        if closes:
            self.transport.close()


async def _serve() -> None:
    site, loop = _Site(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(site), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
