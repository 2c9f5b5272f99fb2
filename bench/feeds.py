"""
Measure the reading of feeds: ``python -m bench.feeds CORPUS [--json]``.

CORPUS is a folder with ``feeds.jsonl`` in the form of the contract, section 6. Every document is read as a poll reads
it, without a content type, and by feedparser alone in the same run: as it comes, and without what newsdesk switches
off. Times are CPU time of one document from its bytes, the tools taking turns.

An expected link that is relative is resolved against the same address as the tool's, and two addresses are equal where
RFC 3986 (6.2.2, 6.2.3) says so: in any case of scheme and host, with and without the slash of an empty path. Titles are
compared with white space as one space.
"""

import argparse
import gzip
import json
import statistics
import sys
import time
from calendar import timegm
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from extractors.acquire.feeds import parse_feed
from extractors.errors import ParseError

_FIELDS = ("title", "link", "published")
#: Where a document is said to come from whose record names no ``url``.
_ADDRESS = "http://corpus.example/feed"


class CorpusError(Exception):
    """The corpus cannot be read; the message is one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a tool made of one document."""

    #: (title, link, instant of publication), an entry each.
    entries: tuple[tuple[str | None, str | None, datetime | None], ...]
    #: Why it was read only in part, if so.
    problem: str | None = None


#: (bytes, address) to what was found.
Tool = Callable[[bytes, str], Found]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one tool came to on a corpus."""

    parsed: int = 0
    entries: int = 0
    raised: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    disagreements: list[dict[str, str | None]] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Return the figures, keys as in the contract; agreement from 0 to 1, null where nothing is expected."""
        named = (*_FIELDS, "entry_count")
        return {
            "n": len(self.milliseconds),
            "parsed": self.parsed,
            "entries": self.entries,
            "agreement": {name: _share(self.right[name], self.wanted[name]) for name in named},
            "expected": {name: self.wanted[name] for name in named},
            "failures": dict(self.failures),
            "read_in_part": dict(self.problems),
            "raised": self.raised.total(),
            "raised_by": dict(self.raised),
            "ms_per_feed": round(statistics.median(self.milliseconds), 3) if self.milliseconds else None,
            "ms_per_feed_mean": round(statistics.fmean(self.milliseconds), 3) if self.milliseconds else None,
            "disagreements": self.disagreements,
        }


def read_records(corpus: Path) -> list[dict[str, Any]]:
    """Return the lines of *corpus*/feeds.jsonl."""
    path = corpus / "feeds.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; CORPUS must be a folder that holds feeds.jsonl") from error
    try:
        return [json.loads(line) for line in lines if line.strip()]
    except ValueError as error:
        raise CorpusError(f"{path}: not JSON ({error})") from error


def load_body(record: dict[str, Any], *, corpus: Path) -> bytes:
    """Return the bytes of the document of *record*."""
    path = corpus / str(record.get("file"))
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (OSError, EOFError) as error:
        raise CorpusError(f"{path}: {error}") from error


def newsdesk(body: bytes, url: str) -> Found:
    """Read a document as a poll does."""
    feed = parse_feed(body, url=url, content_type=None, feed_id="corpus", now=datetime.now(UTC))
    entries = tuple((entry.title, entry.url, entry.published_at) for entry in feed.entries)
    return Found(entries=entries, problem=feed.problem)


def feedparser_alone(body: bytes, url: str, *, is_lean: bool = False) -> Found:
    """Read a document with feedparser alone; *is_lean*: without sanitizing and resolving inside texts."""
    headers = {"content-location": url}
    parsed = feedparser.parse(
        BytesIO(body), response_headers=headers, sanitize_html=not is_lean, resolve_relative_uris=not is_lean
    )
    if not parsed.get("version") and not parsed["entries"]:
        raise ParseError("not a feed", url=url)
    return Found(entries=tuple(_entry_of(entry) for entry in parsed["entries"]))


def _entry_of(entry: dict[str, Any]) -> tuple[str | None, str | None, datetime | None]:
    # dict.get: feedparser's own gives one field for another, with a warning.
    parts = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    published = datetime.fromtimestamp(timegm(parts), UTC) if parts else None
    return dict.get(entry, "title"), dict.get(entry, "link"), published


TOOLS: dict[str, Tool] = {
    "newsdesk": newsdesk,
    "feedparser": feedparser_alone,
    "feedparser lean": lambda body, url: feedparser_alone(body, url, is_lean=True),
}


def compare(tally: Tally, found: Found, record: dict[str, Any]) -> None:
    """Count in *tally* where *found* agrees with the expectation of *record*, by position."""
    expect, url = record.get("expect") or {}, record.get("url", _ADDRESS)
    gold = [entry if isinstance(entry, dict) else {} for entry in expect.get("entries") or ()]
    pairs: list[tuple[str, str, str | None, bool]] = []
    if "entry_count" in expect:
        count = len(found.entries)
        pairs.append(("entry_count", str(expect["entry_count"]), str(count), count == expect["entry_count"]))
    for place, wanted in enumerate(gold):
        title, link, published = found.entries[place] if place < len(found.entries) else (None, None, None)
        if wanted.get("title") is not None:
            pairs.append(("title", wanted["title"], title, _words(wanted["title"]) == _words(title)))
        if wanted.get("link") is not None:
            pairs.append(("link", wanted["link"], link, _address(wanted["link"], url) == _address(link, url)))
        if wanted.get("published") is not None:
            is_right = datetime.fromisoformat(wanted["published"]) == published
            pairs.append(("published", wanted["published"], published.isoformat() if published else None, is_right))
    for name, said, got, is_right in pairs:
        tally.wanted[name] += 1
        tally.right[name] += is_right
        if not is_right:
            origin = record.get("origin", record.get("id"))
            tally.disagreements.append({"origin": origin, "field": name, "expected": said, "found": got})


def _words(text: str | None) -> str:
    return " ".join((text or "").split())


def _address(link: str | None, base: str) -> str:
    """Return *link* in the form in which equal addresses are equal; "" where there is none."""
    if not link:
        return ""
    try:
        parts = urlsplit(urljoin(base, link.strip()))
    except ValueError:
        return link
    return parts._replace(netloc=parts.netloc.lower(), path=parts.path or "/").geturl()


def measure_one(tally: Tally, tool: Tool, body: bytes, record: dict[str, Any]) -> None:
    """Let *tool* read one document; count what came of it in *tally*."""
    start = time.process_time()
    try:
        found, reason = tool(body, record.get("url", _ADDRESS)), None
    except ParseError as error:
        found, reason = Found(entries=()), str(error).removesuffix(f": {error.url}")
    except Exception as error:  # noqa: BLE001 - an exception of a tool under test is a result
        found, reason = Found(entries=()), None
        tally.raised[type(error).__name__] += 1
    else:
        tally.parsed += 1
    tally.milliseconds.append(1000 * (time.process_time() - start))
    if reason is not None:
        tally.failures[reason] += 1
    if found.problem is not None:
        tally.problems[found.problem.partition(":")[0]] += 1
    tally.entries += len(found.entries)
    compare(tally, found, record)


def measure(corpus: Path) -> dict[str, Any]:
    """Return the figures of newsdesk on *corpus*, with those of feedparser alone under ``beside``."""
    records = read_records(corpus)
    tallies = {name: Tally() for name in TOOLS}
    names = list(TOOLS)
    for number, record in enumerate(records):
        body = load_body(record, corpus=corpus)
        if number == 0:
            for tool in TOOLS.values():
                # Imports and tables that the first call makes are no part of a document's time.
                measure_one(Tally(), tool, body, record)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            measure_one(tallies[name], TOOLS[name], body, record)
    ours, *others = (tallies[name].summary() for name in names)
    return ours | {"beside": dict(zip(names[1:], others, strict=True))}


def _share(right: int, wanted: int) -> float | None:
    return round(right / wanted, 4) if wanted else None


def table(result: dict[str, Any]) -> str:
    """Return *result* as lines of text: a measure a line, then our failures and disagreements."""
    columns = {"newsdesk": result} | result["beside"]
    lines = [" ".join([f"{'':18}", *(f"{name:>16}" for name in columns)])]
    lines += [
        " ".join([f"{name:18}", *(f"{column[name]!s:>16}" for column in columns.values())])
        for name in ("n", "parsed", "entries", "raised", "ms_per_feed", "ms_per_feed_mean")
    ]
    for name, wanted in result["expected"].items():
        cells = (f"{round((column['agreement'][name] or 0) * wanted)}/{wanted}" for column in columns.values())
        lines.append(" ".join([f"{name + ' agrees':18}", *(f"{cell:>16}" for cell in cells)]))
    lines += [f"no feed: {reason} ({count})" for reason, count in result["failures"].items()]
    lines += [f"read in part: {reason} ({count})" for reason, count in result["read_in_part"].items()]
    lines += [
        f"{one['origin']}: {one['field']} {one['expected']!r} expected, {one['found']!r} found"
        for one in result["disagreements"]
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 1 where newsdesk raised anything but a reason."""
    parser = argparse.ArgumentParser(prog="python -m bench.feeds", description="Measure the reading of feeds.")
    parser.add_argument("corpus", type=Path, help="folder that holds feeds.jsonl")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        result = measure(options.corpus)
    except CorpusError as error:
        print(f"bench.feeds: {error}", file=sys.stderr)
        return 2
    print(json.dumps(result, ensure_ascii=False) if options.json else table(result))
    return 1 if result["raised"] else 0


if __name__ == "__main__":
    sys.exit(main())
