"""
Read the text of ``watchlist.toml``: feeds, sitemaps, topics, alert rules, owners.

A person edits that file, so every mistake is one error that names the file, the line, the key and the mend.
Reading the file from disk is for the flows.
"""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Final
from urllib.parse import urlsplit

from extractors.acquire.urls import registrable_domain
from extractors.alerting.schedule import read_quiet, read_when
from extractors.errors import QueryError, WatchlistError
from extractors.facts.queries import parse_query
from extractors.identity import feed_id, sha256_hex
from extractors.model import AlertKind, AlertRule, Owner, WatchedFeed, WatchedTopic, Watchlist

#: Countries whose press means its own dollar or peso by a bare "$" (ISO 4217 by top-level domain). Everywhere
#: else, London, Berlin and Beijing included, "$600bn" are US dollars. Colombia is left out: .co is sold to
#: the whole world.
_DOLLARS: Final = {
    "ar": "ARS",
    "au": "AUD",
    "ca": "CAD",
    "cl": "CLP",
    "fj": "FJD",
    "hk": "HKD",
    "jm": "JMD",
    "mx": "MXN",
    "nz": "NZD",
    "sg": "SGD",
    "tt": "TTD",
    "tw": "TWD",
    "uy": "UYU",
}
_DEFAULT_CURRENCY: Final = "USD"

_KEYS: Final = {
    "": ("topics", "feeds", "sitemaps", "alerts", "owners"),
    "topics": ("title", "query", "alert"),
    "feeds": ("url", "source", "currency"),
    "sitemaps": ("url", "source", "currency"),
    "alerts": ("url", "when", "quiet"),
    "owners": ("sources",),
}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_DOMAIN: Final = re.compile(r"(?:[\w-]+\.)+[\w-]+")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_ENVIRONMENT: Final = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")
#: Apprise schemes that carry no secret: the local desktop, the system log, a plain hook on this machine.
_OPEN_ALERT: Final = re.compile(
    r"(?:syslog|dbus|gnome|macosx|windows)://.*|(?:json|xml|form)://(?:localhost|127\.0\.0\.1)(?:[:/].*)?"
)
_VERSION_DIGITS: Final = 12

#: A table's name and, for one of several, its number from 0 or its own name.
Place = tuple[str | int, ...]


def parse_watchlist(text: str, *, path: str) -> Watchlist:
    """
    Return everything that the watchlist *text* says; every topic's query has been read once and is sound.

    Args:
        text: TOML as ``docs/reference/watchlist.md`` describes it.
        path: Where it came from, for messages only.

    Raises:
        WatchlistError: the first mistake, with its line where it can be told and its key.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"\(at line (\d+)", str(error))
        number = int(line[1]) if line else len(text.splitlines())
        raise WatchlistError(f"not valid TOML: {error}", path=path, line=number) from error
    return _Reader(tables, _lines(text), path).watchlist(sha256_hex(text))


def currency_of(source: str) -> str:
    """
    Return what a bare "$" at *source* most likely means, by the country of its domain; else USD.

    Args:
        source: A registrable domain such as ``nzherald.co.nz``.
    """
    return _DOLLARS.get(source.rpartition(".")[2].lower(), _DEFAULT_CURRENCY)


def url_problem(url: str) -> str | None:
    """Return why *url* cannot stand in a watchlist, in words with the mend; None where it can."""
    try:
        parts = urlsplit(url)
        is_web = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and " " not in url
    except ValueError:
        is_web = False
    if not is_web:
        return f"{url!r} must be an address that begins with https:// or http://"
    return "a user name or password must not stand in this file" if parts.password or parts.username else None


def plain_url(url: str) -> str:
    """Return *url* without what does not make it another feed: scheme, port, ``www.``, closing slash, fragment."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def query_version(query: str) -> str:
    """Return the version of *query*: the first 12 hex digits of its sha256; a changed query is another."""
    return sha256_hex(query)[:_VERSION_DIGITS]


class _Reader:
    """Turns the tables into records, checking each value on the way."""

    def __init__(self, tables: Mapping[str, Any], lines: Mapping[Place, int], path: str) -> None:
        self.tables = tables
        self.lines = lines
        self.path = path

    def watchlist(self, sha256: str) -> Watchlist:
        """Return the whole watchlist."""
        self.check_keys(self.tables, ())
        alerts = tuple(self.alert(name, table) for name, table in self.named("alerts"))
        topics = tuple(self.topic(name, table, alerts) for name, table in self.named("topics"))
        feeds = tuple(self.feed(place, table) for place, table in self.listed("feeds"))
        sitemaps = tuple(replace(self.feed(place, table), kind="sitemap") for place, table in self.listed("sitemaps"))
        self.check_twice("feeds", [feed.url for feed in feeds])
        self.check_twice("sitemaps", [sitemap.url for sitemap in sitemaps])
        self.check_doors(feeds, sitemaps)
        named = {feed.source for feed in (*feeds, *sitemaps)}
        owners = tuple(self.owner(name, table, named) for name, table in self.named("owners"))
        self.check_owners(owners)
        return Watchlist(feeds=feeds, sitemaps=sitemaps, topics=topics, alerts=alerts, owners=owners, sha256=sha256)

    def topic(self, name: str, table: Mapping[str, Any], alerts: Sequence[AlertRule]) -> WatchedTopic:
        """Return the topic of ``[topics.NAME]``."""
        place: Place = ("topics", name)
        query = self.text(place, table, "query")
        try:
            parse_query(query, topic_id=name)
        except QueryError as error:
            raise self.fail(str(error).removeprefix(f"topic {name}: "), (*place, "query")) from error
        wanted = self.wanted_alerts(table, alerts, (*place, "alert"))
        title = self.text(place, table, "title") if "title" in table else name
        return WatchedTopic(
            topic_id=name, title=title, query=query, query_version=query_version(query), alerts=tuple(wanted)
        )

    def wanted_alerts(self, table: Mapping[str, Any], alerts: Sequence[AlertRule], place: Place) -> list[str]:
        """Return the names at ``alert``, each of a rule that is about topics."""
        wanted = table.get("alert", [])
        if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
            raise self.fail('must be a list of names in quotes, such as ["desk-slack"]', place)
        when = {alert.name: alert.when for alert in alerts}
        for name in dict.fromkeys(wanted):
            if name not in when:
                raise self.fail(f"there is no [alerts.{name}]{_did_you_mean(name, list(when))}", place)
            if when[name] == AlertKind.FEED_FAILING:
                raise self.fail(f"[alerts.{name}] is about all feeds, no topic need name it; take it away here", place)
        return list(dict.fromkeys(wanted))

    def feed(self, place: Place, table: Mapping[str, Any]) -> WatchedFeed:
        """Return the feed of one ``[[feeds]]`` or ``[[sitemaps]]``."""
        url = self.url(place, table)
        source = self.text(place, table, "source").lower() if "source" in table else registrable_domain(url)
        if "source" in table and not _DOMAIN.fullmatch(source):
            raise self.fail(f"{source!r} must be a domain such as example.org", (*place, "source"))
        currency = self.text(place, table, "currency") if "currency" in table else currency_of(source)
        if not _CURRENCY.fullmatch(currency):
            raise self.fail(f"{currency!r} must be a currency code such as USD", (*place, "currency"))
        return WatchedFeed(feed_id=feed_id(url), url=url, source=source, currency=currency)

    def owner(self, name: str, table: Mapping[str, Any], named: Collection[str]) -> Owner:
        """Return the owner of ``[owners.NAME]``; *named* are the publishers of the feeds."""
        place: Place = ("owners", name, "sources")
        sources = table.get("sources", [])
        if not isinstance(sources, list) or len(sources) < 2 or not all(isinstance(one, str) for one in sources):  # noqa: PLR2004
            raise self.fail('must be a list of two domains or more, such as ["example.org", "example.com"]', place)
        sources = [source.strip().lower() for source in sources]
        for source in sources:
            if not _DOMAIN.fullmatch(source):
                raise self.fail(f"{source!r} must be a domain such as example.org", place)
            if source not in named and source != (publisher := registrable_domain(f"https://{source}/")):
                raise self.fail(f"{source!r} is no publisher of its own; write {publisher}", place)
        return Owner(name=name, sources=tuple(dict.fromkeys(sources)))

    def alert(self, name: str, table: Mapping[str, Any]) -> AlertRule:
        """Return the rule of ``[alerts.NAME]``."""
        place: Place = ("alerts", name)
        url = self.text(place, table, "url")
        if not (_ENVIRONMENT.fullmatch(url) or _OPEN_ALERT.fullmatch(url)):
            example = f"env:NEWSDESK_{re.sub(r'[^A-Z0-9]', '_', name.upper())}_URL"
            message = f'keep secrets out of this file: write "{example}" and put the address into that variable'
            raise self.fail(message, (*place, "url"))
        when = self.text(place, table, "when")
        quiet = self.text(place, table, "quiet") if "quiet" in table else None
        self.check_times(when, quiet, place)
        return AlertRule(name=name, url=url, when=when, quiet=quiet)

    def check_times(self, when: str, quiet: str | None, place: Place) -> None:
        """Refuse a rule that says something unknown, or a time zone that does not exist."""
        key = "when"
        try:
            _, digest_at, _ = read_when(when)
            key = "quiet"
            if quiet is not None:
                read_quiet(quiet)
        except ValueError as error:
            raise self.fail(str(error), (*place, key)) from error
        if digest_at is not None and quiet is not None:
            raise self.fail("a digest is sent at its own time; take the quiet hours away", (*place, "quiet"))

    def url(self, place: Place, table: Mapping[str, Any]) -> str:
        """Return the web address at ``url``."""
        url = self.text(place, table, "url")
        if problem := url_problem(url):
            raise self.fail(problem, (*place, "url"))
        return url

    def text(self, place: Place, table: Mapping[str, Any], key: str) -> str:
        """Return the text at *key*, which must be there and not be empty."""
        if key not in table:
            raise self.fail("is missing", (*place, key))
        value = table[key]
        if not isinstance(value, str):
            raise self.fail("must be text in quotes", (*place, key))
        if not value.strip():
            raise self.fail("is empty", (*place, key))
        return value.strip()

    def named(self, kind: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the tables ``[kind.NAME]``."""
        tables = self.tables.get(kind, {})
        if not isinstance(tables, dict):
            raise self.fail(f"must be tables that begin with [{kind}.NAME]", (kind,))
        for name, table in tables.items():
            place: Place = (kind, name)
            if not isinstance(table, dict):
                raise self.fail(f"must stand in a table that begins with [{kind}.NAME]", place)
            if not _NAME.fullmatch(name):
                raise self.fail(f"{name!r} may hold only small letters, digits, - and _", place)
            self.check_keys(table, place)
        return list(tables.items())

    def listed(self, kind: str) -> list[tuple[Place, Mapping[str, Any]]]:
        """Return the tables ``[[kind]]``."""
        tables = self.tables.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self.fail(f"must be tables that each begin with [[{kind}]]", (kind,))
        for number, table in enumerate(tables):
            self.check_keys(table, (kind, number))
        return [((kind, number), table) for number, table in enumerate(tables)]

    def check_keys(self, table: Mapping[str, Any], place: Place) -> None:
        """Refuse a key that is not known."""
        known = _KEYS[str(place[0]) if place else ""]
        for key in table:
            if key not in known:
                mend = _did_you_mean(key, known) or f"; known are {', '.join(known)}"
                raise self.fail(f"is not known{mend}", (*place, key))

    def check_twice(self, kind: str, urls: list[str]) -> None:
        """Refuse an address that stands in the list twice."""
        seen: dict[str, int] = {}
        for number, url in enumerate(urls):
            first = seen.setdefault(plain_url(url), number)
            if first != number:
                line = self.line((kind, first, "url"))
                raise self.fail(f"{url} stands here twice, first in line {line}", (kind, number, "url"))

    def check_owners(self, owners: Sequence[Owner]) -> None:
        """Refuse a publisher that has two owners."""
        first: dict[str, str] = {}
        for owner in owners:
            for source in owner.sources:
                if first.setdefault(source, owner.name) != owner.name:
                    message = f"{source} belongs to [owners.{first[source]}] already"
                    raise self.fail(message, ("owners", owner.name, "sources"))

    def check_doors(self, feeds: Sequence[WatchedFeed], sitemaps: Sequence[WatchedFeed]) -> None:
        """Refuse an address that is said to be a feed and a sitemap."""
        named = {feed.feed_id: number for number, feed in enumerate(feeds)}
        for number, sitemap in enumerate(sitemaps):
            if sitemap.feed_id in named:
                line = self.line(("feeds", named[sitemap.feed_id], "url"))
                place: Place = ("sitemaps", number, "url")
                raise self.fail(f"{sitemap.url} stands among the feeds too, in line {line}", place)

    def fail(self, message: str, place: Place) -> WatchlistError:
        """Return the error that says *message* of *place*, with its line."""
        return WatchlistError(message, path=self.path, line=self.line(place), key=_key(place))

    def line(self, place: Place) -> int | None:
        """Return the line of *place*, else of the table around it, else None."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place) if place else None


def _key(place: Place) -> str:
    """Write *place* as the file does: ``topics.deepseek.query``, ``feeds.url``."""
    return ".".join(str(part) for part in place if not isinstance(part, int))


def _did_you_mean(word: str, known: tuple[str, ...] | list[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT: Final = re.compile(r"\s*([\w-]+|\"[^\"]*\"|'[^']*')\s*=\s*(.*)$")
_QUOTES: Final = ('"""', "'''")


def _lines(text: str) -> dict[Place, int]:
    """Return the line, from 1, of every table and key of *text* that is written in the plain way."""
    lines: dict[Place, int] = {}
    counts: dict[str, int] = {}
    table: Place = ()
    closing: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = None if closing in line else closing
            continue
        if header := _HEADER.match(line):
            table = _table(header, counts)
            lines.setdefault(table, number)
            lines.setdefault(table[:1], number)
        elif assignment := _ASSIGNMENT.match(line):
            lines.setdefault((*table, assignment[1].strip("\"'")), number)
            closing = next((mark for mark in _QUOTES if assignment[2].count(mark) == 1), None)
    return lines


def _table(header: re.Match[str], counts: dict[str, int]) -> Place:
    """Return the place that a table's header opens."""
    names = [part.strip().strip("\"'") for part in header[2].split(".", 1)]
    if header[1] == "[":
        return tuple(names)
    number = counts.get(names[0], 0)
    counts[names[0]] = number + 1
    return (names[0], number)
