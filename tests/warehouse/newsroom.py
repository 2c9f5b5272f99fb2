"""A small newsroom of records: a feed, its entries, what came of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from duckdb import DuckDBPyConnection

from extractors.identity import article_id, entry_id, feed_id, sha256_hex
from extractors.model import (
    Article,
    CollectedEntry,
    Coverage,
    Document,
    Figure,
    Mention,
    Outcome,
    ParsedEntry,
    ParsedFeed,
    PendingEntry,
    PolledFeed,
    PollResult,
    Quote,
    Reading,
    Removal,
    RemovalKind,
    Sighting,
    TextFrom,
    WatchedFeed,
    WatchedTopic,
    Zone,
)
from flows.assigning import assign_stories, fingerprint_of
from warehouse.articles import LoadCounts, load_batch
from warehouse.entries import pending_entries
from warehouse.polls import PollCounts, load_polls

NOW = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
FEED_URL = "https://paper.example/rss"
WARC = "2026-01-05/newsdesk.warc.gz"
TEXT = "The lab 深度求索 spoke.\nDeepSeek cut its prices 🙂 and DeepSeek grew."
#: Two claims, a conversion and a quote; ``$`` and ``€`` before millions are figures here, curly marks are Ann Ash's.
CLAIMS = "The lab 深度求索 spoke 🙂.\nDeepSeek paid $5.6m (€5.4m) for R1, OpenAI $600m.\n“R1 was cheap,” said Ann Ash."
_MONEY = re.compile(r"(\()?([$€](\d+(?:\.\d+)?)m)")
_NAMES = re.compile(r"DeepSeek|R1|OpenAI")

_SEEN = Sighting(
    block_key=2**64 - 1, is_pattern=False, text="Read on.", word_count=2, is_on_topic=False, is_edge=True,
    is_marked=False, contexts=(4, 5, 6, 7),
)  # fmt: skip
FEED = WatchedFeed(feed_id=feed_id(FEED_URL), url=FEED_URL, source="paper.example", currency="USD")
TOPIC = WatchedTopic(topic_id="deepseek", title="DeepSeek", query="deepseek", query_version="v1")


@dataclass(frozen=True)
class Newsroom:
    """Builds records; every method is a function of its arguments."""

    now: datetime = NOW
    feed: WatchedFeed = FEED
    topic: WatchedTopic = TOPIC

    def later(self, hours: float = 1) -> datetime:
        return self.now + timedelta(hours=hours)

    def listed(self, number: int, **changes: object) -> ParsedEntry:
        url = f"https://paper.example/{number:05}"
        entry = ParsedEntry(
            entry_id=entry_id(self.feed.feed_id, url),
            url=url,
            url_key=f"paper.example/{number:05}",
            guid=f"guid-{number}",
            title=f"Article {number}",
            published_at=self.now + timedelta(minutes=number),
            authors=("Ann Ash", "Bo Birch"),
        )
        return replace(entry, **changes)  # type: ignore[arg-type]

    def poll(self, *entries: ParsedEntry, at: datetime | None = None, **changes: object) -> PolledFeed:
        polled_at = at or self.now
        poll = PolledFeed(
            feed_id=self.feed.feed_id,
            url=self.feed.url,
            polled_at=polled_at,
            duration_seconds=0.2,
            result=PollResult.CHANGED,
            http_status=200,
            body_bytes=100,
            parsed=ParsedFeed(kind="rss", title="The Paper", entries=entries),
            etag='"one"',
            body_sha256="aa",
            next_poll_at=polled_at + timedelta(hours=1),
        )
        return replace(poll, **changes)  # type: ignore[arg-type]

    def collected(self, entry: PendingEntry, *, text: str = TEXT, **changes: object) -> CollectedEntry:
        """Return *entry* stored with *text*; ``at``, ``title`` and ``canonical_url`` may be changed."""
        at = changes.pop("at", self.now)
        title = changes.pop("title", f"DeepSeek and {entry.title}")
        canonical_url = changes.pop("canonical_url", entry.url)
        assert isinstance(at, datetime)
        document = Document(
            sha256=sha256_hex(f"{entry.entry_id}{canonical_url}{title}{text}"),
            url=entry.url,
            final_url=entry.url,
            fetched_at=at,
            http_status=200,
            content_type="text/html",
            body=text.encode(),
            warc_file=WARC,
            warc_offset=entry.published_at.minute if entry.published_at else 0,
        )
        article = Article(
            article_id=article_id(str(canonical_url)),
            url=entry.url,
            canonical_url=str(canonical_url),
            source="paper.example",
            title=str(title),
            text=text,
            text_sha256=sha256_hex(text),
            word_count=len(text.split()),
            text_from=TextFrom.PAGE,
            authors=("Ann Ash",),
            published_at=entry.published_at,
            published_at_from="meta",
            language="en",
            language_score=0.9,
            repaired=("mojibake",),
            extractor="newsdesk",
            extractor_version="1",
        )
        item = CollectedEntry(
            entry=entry,
            outcome=Outcome.STORED,
            document=document,
            reading=self._reading(document, article),
            collected_at=at,
        )
        return replace(item, **changes)  # type: ignore[arg-type]

    def _reading(self, document: Document, article: Article) -> Reading:
        mentions = tuple(self._mentions(article))
        words_key, sketch = fingerprint_of(article.text)
        in_text = [mention.char_start for mention in mentions if mention.char_start is not None]
        coverage = Coverage(
            topic_id=self.topic.topic_id,
            query_version=self.topic.query_version,
            relevance=0.5,
            mention_count=len(mentions),
            in_title=any(mention.zone is Zone.TITLE for mention in mentions),
            in_lede=False,
            first_mention_at_char=min(in_text, default=None),
        )
        return Reading(
            document_sha256=document.sha256,
            outcome=Outcome.STORED,
            charset="utf-8",
            article=article,
            removals=(
                Removal(kind=RemovalKind.COMMENT, text="First!", rule="comments"),
                Removal(kind=RemovalKind.SHARE, text="Share", rule="share"),
            ),
            mentions=mentions,
            coverage=(coverage,) if mentions else (),
            figures=tuple(self._figures(article.text)),
            quotes=tuple(self._quotes(article.text)),
            sightings=(_SEEN,),
            words_key=words_key,
            sketch=sketch,
        )

    def _mentions(self, article: Article) -> Iterator[Mention]:
        term = "DeepSeek"
        if term in (article.title or ""):
            yield self._mention(term, Zone.TITLE, None, article.title or "")
        start = article.text.find(term)
        while start >= 0:
            sentence = next(line for line in article.text.splitlines() if term in line)
            yield self._mention(term, Zone.BODY, start, sentence)
            start = article.text.find(term, start + 1)

    def _mention(self, raw: str, zone: Zone, start: int | None, sentence: str) -> Mention:
        end = None if start is None else start + len(raw)
        return Mention(
            topic_id=self.topic.topic_id,
            term="deepseek",
            raw=raw,
            zone=zone,
            char_start=start,
            char_end=end,
            sentence=sentence,
        )

    def _figures(self, text: str) -> Iterator[Figure]:
        claim = None
        for found in _MONEY.finditer(text):
            names = tuple(_NAMES.findall(_line(text, found.start())))
            is_conversion = found[1] is not None
            claim = claim if is_conversion else found.start(2)
            yield Figure(
                char_start=found.start(2),
                char_end=found.end(2),
                raw=found[2],
                kind="money",
                value=float(found[3]) * 1e6,
                currency="USD" if found[2].startswith("$") else "EUR",
                converted_of=claim if is_conversion else None,
                subject=names[0] if names else None,
                subjects=names,
                sentence=_line(text, found.start()),
            )

    def _quotes(self, text: str) -> Iterator[Quote]:
        for found in re.finditer("“[^”]*”( said Ann Ash)?", text):
            words = found[0].removesuffix(found[1] or "")
            yield Quote(
                char_start=found.start(),
                char_end=found.start() + len(words),
                text=words,
                kind="direct",
                speaker="Ann Ash" if found[1] else None,
                speaker_raw="Ann Ash" if found[1] else None,
                cue="said" if found[1] else None,
                confidence=0.9 if found[1] else 0.3,
                sentence=_line(text, found.start()),
            )


def _line(text: str, place: int) -> str:
    """Return the line of *text* that holds the code point at *place*."""
    return text[text.rfind("\n", 0, place) + 1 :].split("\n", 1)[0]


@dataclass(frozen=True)
class Warehouse:
    """A warehouse open for writing that watches one feed and one topic, and the newsroom to fill it."""

    con: DuckDBPyConnection
    room: Newsroom

    def found(self, count: int, *, start: int = 0) -> list[PendingEntry]:
        """Load a poll with *count* entries; return those pending."""
        self.polled(self.room.poll(*(self.room.listed(number) for number in range(start, start + count))))
        return pending_entries(self.con, now=self.room.now, limit=10_000)

    def polled(self, *polls: PolledFeed) -> PollCounts:
        return load_polls(self.con, polls, run_id="run-1")

    def loaded(self, *items: CollectedEntry, now: datetime | None = None) -> LoadCounts:
        return load_batch(
            self.con,
            items,
            run_id="run-1",
            now=now or self.room.now,
            archives={WARC: 1_000},
            assign=assign_stories,
        )

    def rows(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        return self.con.execute(sql, list(parameters)).fetchall()

    def value(self, sql: str, *parameters: object) -> object:
        (row,) = self.rows(sql, *parameters)
        return row[0]
