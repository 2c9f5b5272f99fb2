"""
Measure the warehouse at size: ``python -m bench.warehouse [--articles N] [--seconds S] [--json]``.

N generated articles (see ``bench.search``: 300 words each) stand in a warehouse with their entries, documents,
revisions, stories (three in ten are copies), and coverage, mentions, figures and quotes of one article in five. They
are indexed and published. Then, for S seconds and all at once: one process loads batches of a hundred articles that
were read before, this one publishes again and again, and another asks ten analysts' queries of the snapshot, opened
anew for each, as a client does.

- ``rows_per_second``: rows of all tables that loading wrote, over the time it spent in transactions.
- ``load_batch_ms``: a batch of a hundred; it waits for the publication that is under way.
- ``publish_seconds``: each publication meanwhile; ``first_publish_seconds``: the one before, which indexes all texts.
- ``views``: by query, median and 95th percentile in milliseconds while loading and publishing went on.
- ``reader_errors``: queries that failed; must be 0. ``snapshots_seen``: how many different ones the reader met.
"""

import argparse
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import duckdb

from bench import search
from extractors.identity import entry_id, feed_id, sha256_hex
from extractors.model import CollectedEntry, Document, Hints, PendingEntry, WatchedFeed, WatchedTopic
from extractors.reading import read
from flows.assigning import assign_stories
from warehouse.articles import load_batch
from warehouse.connection import Connection, writer
from warehouse.coverage import sync_topics
from warehouse.entries import add_entries
from warehouse.runs import start_run
from warehouse.snapshot import publish

_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_STEP, _BATCH, _PREPARED = 20_000, 100, 20
_TOPIC = WatchedTopic(topic_id="t", title="T", query="bench OR signal", query_version="v1")
_FEED = WatchedFeed(
    feed_id=feed_id("https://a.example/list"), url="https://a.example/list", source="a.example", kind="list"
)

QUERIES = {
    "new_coverage": "from new_coverage where topic_id = 't' order by load_seq desc limit 20",
    "coverage_after": "from coverage_after('t', (select last_load_seq - 1000 from load_sequence))",
    "coverage_since": "from coverage_since('t', (select max(first_seen_at) from articles) - interval 10 minutes)",
    "coverage_daily": "from coverage_daily limit 30",
    "story_spread": "from story_spread where story_id = (select story_id from stories where article_count > 3 limit 1)",
    "figures_compared": "from figures_compared('t') limit 100",
    "quotes_by_speaker": "from quotes_by_speaker limit 100",
    "missing": "select outcome, count(*) from missing group by outcome",
    "by_source": "select source, count(*), median(word_count) from articles group by source order by 2 desc limit 20",
    "search": "from search((select title from articles limit 1)) limit 20",
}


def fill(con: Connection, count: int) -> None:
    """Write *count* articles with all that belongs to them."""
    sync_topics(con, [_TOPIC], now=datetime(2025, 1, 1, tzinfo=UTC))
    start_run(con, run_id="r", flow="bench", now=_NOW, newsdesk_version="0", extractor_version="1")
    add_entries(con, _FEED, [])
    con.execute(search._WORDS)  # noqa: SLF001 - one generator of words for both
    for start in range(0, count, _STEP):
        search.add(con, first=start + 1, count=min(_STEP, count - start))
    con.execute("update load_sequence set last_load_seq = ?", [count])
    for sql in _BELONGINGS:
        con.execute(sql)
    con.execute("checkpoint")


_BELONGINGS = (
    """
    update articles set story_id = md5((load_seq - load_seq % 10)::varchar)
    where load_seq % 10 in (1, 2, 3) and load_seq > 9
    """,
    """
    insert into entries by name
    select
        entry_id, 'f' as feed_id, url, url as url_key, title, published_at, first_seen_at, 'stored' as outcome,
        first_seen_at as outcome_at, 1 as attempt_count, article_id, document_sha256,
        run_id, [] as authors
    from articles order by load_seq
    """,
    """
    insert into documents by name
    select
        document_sha256, url, url as final_url, first_seen_at as fetched_at, 200 as http_status,
        'text/html' as content_type, 9000 as body_bytes, run_id
    from articles order by load_seq
    """,
    """
    insert into revisions by name
    select
        article_id, revision, first_seen_at as seen_at, 'first' as change, title, text, text_sha256,
        0 as added_chars, 0 as removed_chars, extractor_version, document_sha256
    from articles order by load_seq
    """,
    """
    insert into stories by name
    select
        story_id, any_value(title) as title, story_id as first_article_id, min(first_seen_at) as first_seen_at,
        max(first_seen_at) as last_seen_at, count(*) as article_count, count(distinct source) as source_count
    from articles group by story_id order by min(load_seq)
    """,
    """
    insert into story_articles by name
    select
        story_id, article_id, if(story_id = article_id, 'first', 'copy') as relation,
        if(story_id = article_id, null, 1.0) as similarity, if(story_id = article_id, 1.0, 0.0) as novelty,
        load_seq as text_no
    from articles order by load_seq
    """,
    """
    insert into story_texts by name
    select
        load_seq as text_no, text_sha256 as words_key, article_id, text_sha256,
        [hash(load_seq * 64 + place) for place in range(27)] as sketch, load_seq as core_no
    from articles where story_id = article_id order by load_seq
    """,
    """
    insert into coverage by name
    select
        article_id, 't' as topic_id, 'v1' as query_version, (load_seq % 97) / 97 as relevance, 2 as mention_count,
        false as in_title, true as in_lede, 0 as first_mention_at_char, loaded_at as matched_at, load_seq
    from articles where load_seq % 5 = 0 order by load_seq
    """,
    """
    insert into mentions by name
    select
        article_id, 1 as revision, 't' as topic_id, 'bench' as term, substr(text, start + 1, 5) as raw,
        'body' as zone, start as char_start, start + 5 as char_end, substr(text, 1, 120) as sentence
    from articles cross join (values (0), (20)) as places(start) where load_seq % 5 = 0 order by load_seq
    """,
    """
    insert into figures by name
    select
        article_id, 1 as revision, 30 as char_start, 35 as char_end, substr(text, 31, 5) as raw, 'money' as kind,
        (load_seq % 89) * 1e5 as value, 'USD' as currency, false as is_currency_implied, '=' as comparison,
        false as is_approximate, 'R' || load_seq % 50 as subject, ['R' || load_seq % 50] as subjects,
        substr(text, 1, 120) as sentence, false as is_damaged
    from articles where load_seq % 5 = 0 order by load_seq
    """,
    """
    insert into quotes by name
    select
        article_id, 1 as revision, 40 as char_start, 60 as char_end, substr(text, 41, 20) as text, 'direct' as kind,
        'Speaker ' || load_seq % 500 as speaker, 'Speaker ' || load_seq % 500 as speaker_raw, 'said' as cue,
        0.9 as confidence, substr(text, 1, 120) as sentence
    from articles where load_seq % 5 = 0 order by load_seq
    """,
)


def prepared_batches(con: Connection, *, first: int) -> Iterator[list[CollectedEntry]]:
    """Yield batches of articles that were read, each of a text that no other has."""
    size = _BATCH * _PREPARED
    sql = (
        "select article, bench_text(article, 0, 8), bench_text(article, 100, 300) from range(?, ?) as numbers(article)"
    )
    rows = con.execute(sql, [first, first + size]).fetchall()
    for start in range(0, size, _BATCH):
        yield [_collected(number, title, text) for number, title, text in rows[start : start + _BATCH]]


def _collected(number: int, title: str, text: str) -> CollectedEntry:
    url = f"https://a.example/{number}"
    body = f"{title}\n\n{text}. The bench paid $5.6m.".encode()
    document = Document(
        sha256=sha256_hex(body), url=url, final_url=url, fetched_at=_NOW, content_type="text/plain", body=body
    )
    reading = read(document, hints=Hints(source="a.example", title=title), topics=(_TOPIC,), now=_NOW)
    entry = PendingEntry(
        entry_id=entry_id(_FEED.feed_id, url), feed_id=_FEED.feed_id, url=url, url_key=url, source="a.example",
        first_seen_at=_NOW,
    )  # fmt: skip
    return CollectedEntry(
        entry=entry,
        outcome=reading.outcome,
        reason=reading.reason,
        document=document,
        reading=reading,
        collected_at=_NOW,
    )


def load(home: Path, batches: list[list[CollectedEntry]], stop: Event, answers: "multiprocessing.Queue[Any]") -> None:
    """Load *batches*, one transaction each, until *stop*; answer with the seconds of each and the rows written."""
    seconds: list[float] = []
    rows = 0
    for batch in batches:
        if stop.is_set():
            break
        started = time.perf_counter()
        with writer(home, wait_seconds=600) as con:
            add_entries(con, _FEED, [item.entry for item in batch])
            load_batch(con, batch, run_id="r", now=_NOW, archives={}, assign=assign_stories)
        seconds.append(time.perf_counter() - started)
        rows += sum(_row_count(item) for item in batch)
    answers.put({"seconds": seconds, "rows": rows})


def _row_count(item: CollectedEntry) -> int:
    """Return the rows that loading *item* writes: entry, document, article, revision, story, and its evidence."""
    read_ = item.reading
    found = (read_.mentions, read_.coverage, read_.figures, read_.quotes, read_.removals) if read_ else ()
    return 7 + sum(len(rows) for rows in found)


def ask(home: Path, stop: Event, answers: "multiprocessing.Queue[Any]") -> None:
    """Ask each query in turn of the snapshot as it is then, until *stop*; answer with times and errors."""
    times: dict[str, list[float]] = {name: [] for name in QUERIES}
    errors: list[str] = []
    seen: set[int] = set()
    while not stop.is_set():
        for name, sql in QUERIES.items():
            started = time.perf_counter()
            try:
                with duckdb.connect(str(home / "newsdesk.duckdb"), read_only=True) as con:
                    con.execute("set enable_progress_bar = false")
                    con.execute(sql).fetchall()
                    seen.update(row[0] for row in con.execute("select last_load_seq from load_sequence").fetchall())
            except duckdb.Error as error:
                errors.append(f"{name}: {error}")
            times[name].append((time.perf_counter() - started) * 1_000)
    answers.put({"times": times, "errors": errors, "snapshots": len(seen)})


def measure(home: Path, *, articles: int, seconds: float) -> dict[str, Any]:
    """Return what a warehouse of *articles* in *home* costs to load, to publish and to ask."""
    with writer(home) as con:
        fill(con, articles)
        batches = list(prepared_batches(con, first=articles + 1))
    started = time.perf_counter()
    first = publish(home, now=_NOW)
    first_publish = time.perf_counter() - started
    context = multiprocessing.get_context("spawn")
    stop, answers = context.Event(), context.Queue()
    workers = [
        context.Process(target=load, args=(home, batches, stop, answers)),
        context.Process(target=ask, args=(home, stop, answers)),
    ]
    for worker in workers:
        worker.start()
    published = list(_publications(home, until=time.perf_counter() + seconds))
    stop.set()
    told = [answers.get(timeout=900) for _ in workers]
    for worker in workers:
        worker.join()
    loaded, asked = sorted(told, key=lambda answer: "times" in answer)
    return {
        "articles": articles,
        "snapshot_bytes_per_article": round(first.byte_count / articles),
        "first_publish_seconds": round(first_publish, 1),
        "publish_seconds": [round(each, 2) for each in published],
        "rows_per_second": round(loaded["rows"] / sum(loaded["seconds"])) if loaded["seconds"] else None,
        "load_batch_ms": _summary([1_000 * each for each in loaded["seconds"]]),
        "views": {name: _summary(times) for name, times in asked["times"].items()},
        "reader_errors": len(asked["errors"]),
        "first_error": asked["errors"][0] if asked["errors"] else None,
        "snapshots_seen": asked["snapshots"],
    }


def _publications(home: Path, *, until: float) -> Iterator[float]:
    """Publish until that instant of the clock; yield the seconds of each."""
    while time.perf_counter() < until:
        started = time.perf_counter()
        publish(home, now=_NOW + timedelta(seconds=started), wait_seconds=600)
        yield time.perf_counter() - started


def _summary(values: list[float]) -> dict[str, float] | None:
    """Return the median and the 95th percentile of *values*; None where there is none."""
    if not values:
        return None
    ordered = sorted(values)
    return {
        "n": len(ordered),
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder) / "home", articles=options.articles, seconds=options.seconds)
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        if name != "views":
            print(f"{name:28} {value}")
    for name, row in result["views"].items():
        print(f"  {name:26} {row}")


if __name__ == "__main__":
    main()
