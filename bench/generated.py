"""
A newsroom that is generated: feeds and pages of the size and shape of real ones, served on loopback.

Deterministic: the same numbers give the same pages. The server is a process of its own, so that its work is not counted
as newsdesk's. Its feeds are empty at first; ``GET /grow?count=N`` on any host lets N more articles appear.
"""

import argparse
import json
import random
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_VOCABULARY = """
market power grid storage model chip lab cost price factory minister report city council river harbour vote budget
winter storm training energy battery supply demand contract engineer school hospital bridge rail night morning record
season club coach player match goal court judge police union worker wage strike export import tariff customs border
island coast fisher farm wheat rain drought flood research paper study patient drug trial
"""
_WORDS = _VOCABULARY.split()
_NAMES = (
    "Mara Ellison",
    "Jonas Petersen",
    "Li Qiang",
    "Amira Haddad",
    "Tom Whitlock",
    "Sofia Marin",
    "Ken Ito",
)
_VERBS = ("said", "rose", "fell", "opened", "warned", "agreed", "promised", "delayed", "expects", "denied")
_PARAGRAPHS = 18
_TEASERS = 90
_NAMED_SHARE, _PRICED_SHARE = 0.06, 0.15
_SCRIPT = "window.dataLayer=window.dataLayer||[];function track(a,b){dataLayer.push({event:a,value:b,page:%d});}\n"
_START = datetime(2025, 1, 27, 6, tzinfo=UTC)


class GeneratedSite:
    """Feeds and pages by number; ``count`` is how many articles have appeared so far."""

    def __init__(self, *, feeds: int, articles: int) -> None:
        self.feeds = feeds
        self.count = articles
        self._made: dict[int, bytes] = {}

    def host(self, number: int) -> str:
        """Return the host of article or feed *number*."""
        return f"outlet{number % self.feeds:03}.example"

    def url(self, number: int) -> str:
        """Return the address of article *number*."""
        return f"http://{self.host(number)}/news/2025/{number:06}-{_WORDS[number % len(_WORDS)]}.html"

    def original(self, number: int) -> int:
        """Return the number of the article whose text *number* carries: its own."""
        return number

    def published_at(self, number: int) -> datetime:
        """Return when article *number* says that it was published: long ago, a minute after the one before it."""
        return _START + timedelta(minutes=number)

    def feed(self, number: int) -> bytes:
        """Return feed *number* as RSS with all of its articles."""
        items = "".join(
            f"<item><title>{title(self.original(n))}</title><link>{self.url(n)}</link><guid>{self.url(n)}</guid>"
            f"<pubDate>{self.published_at(n):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for n in range(number, self.count, self.feeds)
        )
        head = f"<title>Outlet {number}</title><link>http://{self.host(number)}/</link>"
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()

    def page(self, number: int) -> bytes:
        """Return the page of article *number*."""
        if number not in self._made:
            made = page(self.original(number), self.url(number), published_at=self.published_at(number))
            self._made[number] = made.encode()
        return self._made[number]

    def make_all(self) -> None:
        """Make every page now, so that serving one costs next to nothing."""
        for number in range(self.count):
            self.page(number)


def title(number: int) -> str:
    """Return the headline of article *number*; every fifth names the watched subject."""
    subject = "DeepSeek" if number % 5 == 0 else _WORDS[(number * 7) % len(_WORDS)].capitalize()
    return f"{subject} and the {_WORDS[(number * 13) % len(_WORDS)]} question, part {number}"


def _sentence(rng: random.Random, number: int) -> str:
    words = [rng.choice(_WORDS) for _ in range(rng.randint(9, 22))]
    if rng.random() < _NAMED_SHARE and number % 5 == 0:
        words.insert(3, "DeepSeek")
    sentence = f"{rng.choice(_NAMES)} {rng.choice(_VERBS)} that the {' '.join(words)}"
    return f"{sentence} would cost ${rng.randint(2, 900)}m." if rng.random() < _PRICED_SHARE else f"{sentence}."


def _teaser(number: int) -> str:
    """Return the card of another article, with the wrappers and pictures that such cards have."""
    sizes = ", ".join(f"/pictures/{number}-{width}.webp {width}w" for width in (240, 480, 720, 960, 1280))
    picture = f'<picture><source type="image/webp" srcset="{sizes}"><img src="/pictures/{number}.jpg" alt=""></picture>'
    meta = f'<span class="card__section">World</span><time>{number % 24} hours ago</time>'
    words = f'<h3 class="card__title">{title(number)}</h3><p class="card__text">{title(number + 1)}</p>{meta}'
    icon = '<svg viewBox="0 0 24 24"><path d="M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10"></path></svg>'
    return (
        f'<div class="card card--wide"><a class="card__link" href="/news/{number}" data-track="river-{number}">'
        f'<div class="card__media">{picture}</div><div class="card__body">{words}{icon}</div></a></div>'
    )


def page(number: int, url: str, *, published_at: datetime = _START) -> str:
    """
    Return the markup of article *number* at *url*.

    About 170 kB around 700 words, on which bare trafilatura spends what it spends on the pages of newspapers-181 (22 to
    26 ms of CPU a page with metadata, 181 kB; measured side by side, 2026-11).
    """
    rng = random.Random(number)
    body = "".join(
        f"<p>{' '.join(_sentence(rng, number) for _ in range(rng.randint(2, 4)))}</p>" for _ in range(_PARAGRAPHS)
    )
    links = "".join(f'<li><a href="/section/{n}">{_WORDS[n].capitalize()}</a></li>' for n in range(60))
    related = "".join(f'<li><a href="/news/{n}">{title(n)}</a></li>' for n in range(number, number + 8))
    comments = "".join(f'<div class="comment"><p>{_sentence(rng, 1)}</p></div>' for _ in range(10))
    script = _SCRIPT * 400
    teasers = "".join(_teaser(number + n) for n in range(_TEASERS))
    linked = json.dumps({
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": title(number),
        "datePublished": published_at.isoformat(), "author": {"@type": "Person", "name": rng.choice(_NAMES)},
    })  # fmt: skip
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title(number)} | Outlet</title>'
        f'<link rel="canonical" href="{url}"><script type="application/ld+json">{linked}</script>'
        f"<script>{script.replace('%d', str(number))}</script></head><body><header><nav><ul>{links}</ul></nav></header>"
        f'<main><article><h1>{title(number)}</h1><div class="byline">By {rng.choice(_NAMES)}</div>{body}'
        f'<div class="newsletter"><p>Sign up for our newsletter</p></div></article>'
        f'<aside class="related"><h2>Related</h2><ul>{related}</ul></aside>'
        f'<section class="river">{teasers}</section>'
        f'<section id="comments"><h2>Comments</h2>{comments}</section></main>'
        f"<footer><ul>{links}</ul></footer></body></html>"
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, site: GeneratedSite) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site = site


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        status, kind, body = 200, "text/html; charset=utf-8", b""
        if parts.path == "/robots.txt":
            status = 404
        elif parts.path == "/grow":
            self.server.site.count += int(parse_qs(parts.query)["count"][0])
        elif parts.path == "/feed.rss":
            kind, body = "application/rss+xml", self.server.site.feed(int(self.headers["Host"][6:9]))
        else:
            body = self.server.site.page(int(parts.path.rsplit("/", 1)[1][:6]))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server names it
        """Say nothing."""


def main() -> None:
    """Serve until standard input closes; print the port first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, required=True)
    parser.add_argument("--articles", type=int, required=True)
    options = parser.parse_args()
    site = GeneratedSite(feeds=options.feeds, articles=options.articles)
    site.make_all()
    site.count = 0
    server = _Server(site)
    import threading

    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
