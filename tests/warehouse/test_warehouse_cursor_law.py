"""The law of cursors: each new coverage is read once by each reader, none is missed, nothing else is new."""

import io
import json
import shutil
from collections.abc import Collection
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from extractors.identity import article_id, sha256_hex
from extractors.model import CollectedEntry, Coverage, Mention, PendingEntry, WatchedTopic, Zone
from flows.commands.new import new
from flows.cursors import read_cursor
from flows.settings import Settings
from tests.warehouse.newsroom import NOW, TOPIC, Newsroom, Warehouse
from warehouse.asked_again import Answer, finish, load_answers
from warehouse.connection import SNAPSHOT_NAME, writer
from warehouse.coverage import sync_topics
from warehouse.entries import pending_entries
from warehouse.reextraction import Rereading, load_rereadings
from warehouse.snapshot import publish
from warehouse.verdicts import Change

TOPICS = (TOPIC, WatchedTopic(topic_id="prices", title="Prices", query="prices", query_version="p1"))
NAMES = st.sets(st.sampled_from([topic.topic_id for topic in TOPICS]))
_AFTER = "select article_id from coverage_after(?, ?)"
#: By an article's number, what it covers from now on.
CHANGES = st.dictionaries(st.integers(0, 9), NAMES, min_size=1, max_size=3)
#: An article and a topic that it covers.
Key = tuple[str, str]


@dataclass
class Held:
    """An article that was loaded, as the model knows it."""

    entry: PendingEntry
    text: str
    revision: int = 1


@dataclass
class Reader:
    """A cursor, and what it has read."""

    name: str
    topic: str | None = None
    limit: int | None = None
    #: News that was shown, by the number that the model gave it.
    seen: set[int] = field(default_factory=set)
    shown: set[Key] = field(default_factory=set)
    #: Articles that were published when the reader had last read everything.
    passed: frozenset[str] = frozenset()


class Newsdesk(RuleBasedStateMachine):
    """A warehouse, its snapshots and three readers, beside a model of what is news."""

    def __init__(self, watched: Path) -> None:
        super().__init__()
        self.room = Newsroom()
        self.stack = ExitStack()
        self.home = Path(self.stack.enter_context(TemporaryDirectory())) / "data"
        shutil.copytree(watched, self.home)
        self.writing = ExitStack()
        self._open: Warehouse | None = None
        self.clock = NOW
        self.held: dict[str, Held] = {}
        self.news_count = 0
        #: What is covered, with the number of its news; None: only another extractor found it.
        self.covered: dict[Key, int | None] = {}
        self.published: dict[Key, int | None] = {}
        self.published_articles: frozenset[str] = frozenset()
        #: By topic, the version of its query; and what its query of now was not asked of yet.
        self.versions = [0, 0]
        self.unasked: set[Key] = set()
        self.readers = [Reader("all"), Reader("deepseek", topic="DeepSeek"), Reader("slow", limit=2)]
        self.publish()

    @property
    def topics(self) -> list[WatchedTopic]:
        """Return the topics with their queries of now."""
        numbered = zip(TOPICS, self.versions, strict=True)
        return [replace(topic, query_version=f"{topic.query_version}.{number}") for topic, number in numbered]

    @property
    def warehouse(self) -> Warehouse:
        if self._open is None:
            self._open = Warehouse(con=self.writing.enter_context(writer(self.home)), room=self.room)
        return self._open

    def tick(self) -> datetime:
        self.clock += timedelta(minutes=1)
        return self.clock

    @initialize(topics=st.lists(NAMES, min_size=2, max_size=4))
    def begin(self, topics: list[set[str]]) -> None:
        self.load(topics, late_hours=0)

    @rule(topics=st.lists(NAMES, min_size=1, max_size=4), late_hours=st.integers(0, 1000))
    def load_new(self, topics: list[set[str]], late_hours: int) -> None:
        self.load(topics, late_hours=late_hours)

    def load(self, topics: list[set[str]], *, late_hours: int, text: str | None = None) -> None:
        now, start = self.tick(), len(self.held)
        published_at = now - timedelta(hours=late_hours)
        listed = [self.room.listed(start + number, published_at=published_at) for number in range(len(topics))]
        self.warehouse.polled(self.room.poll(*listed, at=now))
        ids = {entry.entry_id for entry in listed}
        entries = [e for e in pending_entries(self.warehouse.con, now=now, limit=99) if e.entry_id in ids]
        items = [self.item(entry, found, text=text) for entry, found in zip(entries, topics, strict=True)]
        self.warehouse.loaded(*items, now=now)
        for item, found in zip(items, topics, strict=True):
            self.held[article_id(item.entry.url)] = Held(entry=item.entry, text=item.reading.article.text)
            self.cover(article_id(item.entry.url), found, is_news=True)

    @rule(changes=CHANGES)
    def edit(self, changes: dict[int, set[str]]) -> None:
        chosen = self.chosen(changes)
        items = [self.item(self.held[key].entry, topics) for key, topics in chosen.items()]
        self.warehouse.loaded(*items, now=self.clock)
        for item, (key, topics) in zip(items, chosen.items(), strict=True):
            self.unasked = {unasked for unasked in self.unasked if unasked[0] != key}
            self.revised(key, item, topics, is_news=True)

    @rule(changes=CHANGES, is_other_text=st.booleans())
    def read_anew(self, changes: dict[int, set[str]], *, is_other_text: bool) -> None:
        rereadings = []
        for key, topics in self.chosen(changes).items():
            if any((key, topic.topic_id) in self.unasked for topic in TOPICS):
                # What another extractor does about queries not asked yet: test_warehouse_reprocess.
                continue
            held = self.held[key]
            item = self.item(held.entry, topics, text=None if is_other_text else held.text)
            rereadings.append(
                Rereading(
                    entry=held.entry,
                    reading=item.reading,
                    revision=held.revision,
                    text_sha256=sha256_hex(held.text),
                    change=Change.REEXTRACTED if is_other_text else Change.REFRESHED,
                )
            )
            self.revised(key, item, topics, is_news=False)
        done = load_rereadings(self.warehouse.con, rereadings, extractor_version="2", run_id="run-1", now=self.clock)
        assert done == len(rereadings)

    @rule(topic=st.integers(0, 1), version=st.integers(0, 2))
    def change_the_query(self, topic: int, version: int) -> None:
        """Another version of the query, or an earlier one: what is held stays covered as it was, until it is asked."""
        if version == self.versions[topic]:
            return
        self.versions[topic] = version
        sync_topics(self.warehouse.con, self.topics, now=self.tick())
        self.unasked |= {(article, TOPICS[topic].topic_id) for article in self.held}

    @rule(topic=st.integers(0, 1), found=st.sets(st.integers(0, 9)))
    def ask_again(self, topic: int, found: set[int]) -> None:
        """The query of one topic is asked of everything held, and finds *found*."""
        asked, names, now = self.topics[topic], sorted(self.held), self.tick()
        covered = {names[number % len(names)] for number in found}
        answers = []
        for key in names:
            held = self.held[key]
            reading = self.item(held.entry, [asked.topic_id] if key in covered else [], text=held.text).reading
            answers.append(
                Answer(
                    article_id=key,
                    revision=held.revision,
                    text_sha256=sha256_hex(held.text),
                    title="A title",
                    mentions=reading.mentions,
                    coverage=reading.coverage,
                )
            )
            self.cover(key, covered & {key} and [asked.topic_id], is_news=True, topics=[asked])
        load_answers(self.warehouse.con, [asked], answers, now=now)
        finish(self.warehouse.con, [asked], now=now)
        self.unasked = {key for key in self.unasked if key[1] != asked.topic_id}

    @rule(topics=st.lists(NAMES, min_size=3, max_size=3))
    def merge_stories(self, topics: list[set[str]]) -> None:
        """Two texts that have little in common, then one that holds both: what were two stories is one."""
        words = [f"word{len(self.held)}x{number}" for number in range(120)]
        merged = "select count(*) from story_aliases"
        before = int(str(self.warehouse.value(merged)))
        for found, (start, end) in zip(topics, ((0, 60), (50, 120), (0, 120)), strict=True):
            self.load([found], late_hours=0, text=f"Text {' '.join(words[start:end])}.")
        assert self.warehouse.value(merged) == before + 1

    @rule(are_reading=st.sets(st.integers(0, 2)), is_published=st.booleans())
    def read(self, are_reading: set[int], *, is_published: bool) -> None:
        if is_published:
            self.publish()
        for number in are_reading:
            self.follow(self.readers[number])

    def publish(self) -> None:
        self._open = None
        self.writing.close()
        publish(self.home, now=self.clock)
        self.published = dict(self.covered)
        self.published_articles = frozenset(self.held)

    def follow(self, reader: Reader) -> dict:
        """Read on as *reader* does, and hold what it is told against the model."""
        after = self.coverage_after(reader)
        told = self.told(reader)
        rows = [(row["article_id"], row["topic_id"]) for row in told["coverage"]]
        topics = {topic.topic_id for topic in TOPICS if reader.topic in (None, topic.title)}
        published = {key: news for key, news in self.published.items() if key[1] in topics}
        news = {key for key, number in published.items() if number is not None and number not in reader.seen}
        found_late = {key for key, number in published.items() if number is None and key[0] not in reader.passed}
        assert len(rows) == len(set(rows))
        if after is not None:
            assert [key[0] for key in rows] == after, "the rows of coverage_after, in its order"
        if reader.limit is None:
            assert set(rows) == news | found_late
        else:
            assert set(rows) <= news | (found_late - reader.shown)
            assert len({row["load_seq"] for row in told["coverage"]}) <= reader.limit
            assert told["left_count"] or news <= set(rows)
            assert rows or not told["left_count"]
        reader.shown.update(rows)
        reader.seen.update(published[key] for key in rows if published[key] is not None)
        if not told["left_count"]:
            reader.passed = self.published_articles
        return told

    def teardown(self) -> None:
        try:
            self.publish()
            for reader in self.readers:
                while self.follow(reader)["left_count"]:
                    pass
                assert not self.follow(reader)["coverage"]
        finally:
            self.writing.close()
            self.stack.close()

    def chosen(self, changes: dict[int, set[str]]) -> dict[str, set[str]]:
        """Return the articles that *changes* means, with what they come to cover; time has passed."""
        self.tick()
        names = sorted(self.held)
        return {names[number % len(names)]: topics for number, topics in changes.items()}

    def revised(self, key: str, item: CollectedEntry, found: Collection[str], *, is_news: bool) -> None:
        """Say that the article *key* is what *item* says now, which covers exactly *found*."""
        held, text = self.held[key], item.reading.article.text
        self.held[key] = Held(entry=held.entry, text=text, revision=held.revision + (text != held.text))
        self.cover(key, found, is_news=is_news)

    def cover(
        self, article: str, found: Collection[str], *, is_news: bool, topics: Collection[WatchedTopic] = TOPICS
    ) -> None:
        """Say that of *topics* the *article* covers exactly those *found* now."""
        for topic in (topic.topic_id for topic in topics):
            if topic not in found:
                self.covered.pop((article, topic), None)
            elif (article, topic) not in self.covered:
                self.news_count += 1
                self.covered[article, topic] = self.news_count if is_news else None

    def item(self, entry: PendingEntry, topics: Collection[str], text: str | None = None) -> CollectedEntry:
        text = text or f"Text {self.clock} of {entry.title}."
        item = self.room.collected(entry, text=text, title="A title", at=self.clock)
        found = [topic for topic in self.topics if topic.topic_id in topics]
        mentions = tuple(
            Mention(
                topic_id=topic.topic_id,
                term="Text",
                raw="Text",
                zone=Zone.BODY,
                char_start=0,
                char_end=4,
                sentence=text,
            )
            for topic in found
        )
        coverage = tuple(
            Coverage(
                topic_id=topic.topic_id, query_version=topic.query_version, relevance=0.5, mention_count=1,
                in_title=False, in_lede=True, first_mention_at_char=0,
            )
            for topic in found
        )  # fmt: skip
        return replace(item, reading=replace(item.reading, mentions=mentions, coverage=coverage))

    def told(self, reader: Reader) -> dict:
        """Run the command as this reader; return what it printed."""
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(io.StringIO()):
            new(
                Settings(home=self.home), reader.topic, cursor=reader.name, limit=reader.limit, is_peek=False,
                skips=False, format_="json",
            )  # fmt: skip
        return json.loads(out.getvalue())

    def coverage_after(self, reader: Reader) -> list[str] | None:
        """Return the articles that the macro gives a reader of one topic, in order."""
        if reader.topic is None:
            return None
        place = read_cursor(self.home, reader.name).mark(reader.topic.lower()).load_seq
        with duckdb.connect(str(self.home / SNAPSHOT_NAME), read_only=True) as con:
            return [row[0] for row in con.execute(_AFTER, [reader.topic, place]).fetchall()]


@pytest.fixture
def watched(prepared: Path, tmp_path: Path) -> Path:
    """Return the home of a warehouse that watches two topics; only to be copied."""
    home = tmp_path / "watched"
    shutil.copytree(prepared, home)
    with writer(home) as con:
        sync_topics(con, [replace(topic, query_version=f"{topic.query_version}.0") for topic in TOPICS], now=NOW)
        con.execute("checkpoint")
    return home


@pytest.mark.slow
def test_each_new_coverage_is_read_once_by_each_cursor_and_none_is_missed(watched: Path) -> None:
    run_state_machine_as_test(
        lambda: Newsdesk(watched),
        settings=settings(
            max_examples=10,
            stateful_step_count=10,
            # Shrinking a failure takes minutes of loading; to do it, add Phase.shrink.
            phases=[Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
