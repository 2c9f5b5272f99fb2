"""
Measure the whole load of a batch as the warehouse grows: ``python -m bench.loads [--most N] [--batches N] [--json]``.

At 10^4, 10^5 … N made articles: with entry, document, revision, story, text of a sketch of 27 numbers, three in ten of
them copies with their links, coverage of one in five, and up to 4,000 blocks of each of 300 sources. Batches of 500
articles that were read before are added to the ledger and loaded, each as ``collect`` does it: the warehouse opened,
the load, closed. Of 500, 75 have the very words of a held article, 75 a sentence more. Originals lie all over the
years; half of them were copied by the batch before, too.

The first batch is left out of the figures: it makes the index of texts. Where a batch ends with a checkpoint it is in
its time; the median tells of those without, the longest of those with one.

- ``load_ms``: ``load_batch`` by the clock; median and longest. ``load_cpu_ms``: CPU of all threads, mean.
- ``open_ms``, ``close_ms``: the warehouse opened and closed, around it.
- ``add_ms``: the 500 entries added to the ledger, beforehand.
- ``peak_mb``: most memory of the process's own in the load, the index's mapped pages left out.
- ``file_mb``: the warehouse; texts are shorter than real ones. 10^7 articles want 25 GB, and half an hour to be made.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench.growth import Clock, alone, watched
from extractors.identity import entry_id, feed_id, sha256_hex
from extractors.model import CollectedEntry, Document, Hints, PendingEntry, WatchedFeed, WatchedTopic
from extractors.reading import read
from flows.assigning import assign_stories, fingerprint_of
from warehouse.articles import load_batch
from warehouse.connection import WAREHOUSE_NAME, Connection, writer
from warehouse.coverage import sync_topics
from warehouse.entries import add_entries
from warehouse.runs import start_run
from warehouse.staging import INTEGER, TEXT, staged
from warehouse.stories import SKETCH

BATCH, SAME_WORDS, LONGER = 500, 75, 75
_COPIES = SAME_WORDS + LONGER
_SMALLEST, _STEP = 10_000, 200_000
_WORDS = 300
_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_TOPIC = WatchedTopic(topic_id="t", title="T", query="bench", query_version="v1")
_FEED = WatchedFeed(
    feed_id=feed_id("https://a.example/list"), url="https://a.example/list", source="a.example", kind="list"
)


def original(place: int, *, articles: int, batches: int) -> int:
    """Return the number of the *place*-th article that batches copy: they lie evenly, and nothing else copies them."""
    count = (batches + 1) * _COPIES
    # In an order that leaves none out: 7,919 is prime.
    return 20 * ((place * 7919 % count) * (articles // 20) // count) + 10


def said(number: int) -> str:
    """Return the words of article *number*: those of a batch, and of what they copy."""
    draw = random.Random(number)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(_WORDS)]
    words[::20] = ["bench"] * len(words[::20]) if number % 5 == 0 else words[::20]
    return "\n\n".join(" ".join(words[start : start + 60]).capitalize() + "." for start in range(0, _WORDS, 60))


def fill(con: Connection, *, articles: int, batches: int) -> None:
    """Write *articles* made articles with all that belongs to them."""
    sync_topics(con, [_TOPIC], now=datetime(2015, 1, 1, tzinfo=UTC))
    start_run(con, run_id="r", flow="bench", now=_NOW, newsdesk_version="0", extractor_version="1")
    add_entries(con, _FEED, [])
    con.execute(_MACROS)
    numbers = {original(place, articles=articles, batches=batches) for place in range((batches + 1) * _COPIES)}
    rows = []
    for number in sorted(numbers):
        key, sketch = fingerprint_of(said(number))
        rows.append({"number": number, "text": said(number), "words_key": key, "sketch": sketch})
    schema = {"number": INTEGER, "text": TEXT, "words_key": TEXT, "sketch": SKETCH}
    with staged(con, "copied", schema=schema, rows=rows):
        for first in range(1, articles + 1, _STEP):
            for sql in _MADE:
                con.execute(sql, [first, min(first + _STEP, articles + 1)])
    con.execute(_BLOCKS, [min(4_000, articles // 75)])
    con.execute("update load_sequence set last_load_seq = ?", [articles])
    con.execute("checkpoint")


def batch_of(place: int, *, articles: int, batches: int) -> list[CollectedEntry]:
    """Return the items of batch *place*, read."""
    start = place * _COPIES // 2
    copied = [original(each, articles=articles, batches=batches) for each in range(start, start + _COPIES)]
    texts = [said(number) for number in copied[::2]]
    texts += [f"{said(number)}\n\n{said(-number - place)[:80]}." for number in copied[1::2]]
    first = articles + place * BATCH
    texts += [said(first + each) for each in range(BATCH - len(texts))]
    random.Random(place).shuffle(texts)
    return [_collected(f"https://a{each % 300}.example/{first + each}", text) for each, text in enumerate(texts)]


def _collected(url: str, text: str) -> CollectedEntry:
    body = text.encode()
    document = Document(
        sha256=sha256_hex(body + url.encode()), url=url, final_url=url, fetched_at=_NOW, content_type="text/plain",
        body=body,
    )  # fmt: skip
    source = url.split("/")[2]
    reading = read(document, hints=Hints(source=source, title=text[:50]), topics=(_TOPIC,), now=_NOW)
    entry = PendingEntry(
        entry_id=entry_id(_FEED.feed_id, url), feed_id=_FEED.feed_id, url=url, url_key=url, source=source,
        first_seen_at=_NOW,
    )  # fmt: skip
    return CollectedEntry(
        entry=entry, outcome=reading.outcome, reason=reading.reason, document=document, reading=reading,
        collected_at=_NOW,
    )  # fmt: skip


def measure_loads(home: Path, *, articles: int, batches: int) -> dict[str, float]:
    """Load *batches* batches after a first one; return what one costs."""
    parts: dict[str, list[tuple[float, float]]] = {"open": [], "add": [], "load": [], "close": []}
    peak = 0.0
    for place in range(batches + 1):
        items = batch_of(place, articles=articles, batches=batches)
        with writer(home) as con:
            clock = Clock()
            add_entries(con, _FEED, [item.entry for item in items])
            parts["add"].append(clock.read())
        clock = Clock()
        with writer(home) as con:
            parts["open"].append(clock.read())
            with watched() as memory:
                clock = Clock()
                counts = load_batch(con, items, run_id="r", now=_NOW, archives={}, assign=assign_stories)
                parts["load"].append(clock.read())
            clock = Clock()
        parts["close"].append(clock.read())
        peak = max(peak, memory.peak_mb if place else 0.0)
        if counts.stored_count != BATCH:
            raise AssertionError(counts)
    found = {}
    for name, times in parts.items():
        found[f"{name}_ms"] = 1000 * statistics.median(wall for wall, _ in times[1:])
        found[f"{name}_longest_ms"] = 1000 * max(wall for wall, _ in times[1:])
        found[f"{name}_cpu_ms"] = 1000 * statistics.mean(cpu for _, cpu in times[1:])
    return found | {"peak_mb": peak, "file_mb": (home / WAREHOUSE_NAME).stat().st_size / 1e6}


def make(home: Path, *, articles: int, batches: int) -> dict[str, float]:
    """Make the warehouse of *home*."""
    clock = Clock()
    with writer(home) as con:
        fill(con, articles=articles, batches=batches)
    return {"make_seconds": clock.read()[0]}


def measure(articles: int, *, batches: int) -> dict[str, float]:
    """Measure at *articles* articles."""
    with tempfile.TemporaryDirectory() as folder:
        size = {"articles": articles, "batches": batches}
        found: dict[str, Any] = {"articles": articles}
        for work in (make, measure_loads):
            found |= alone(partial(work, **size), Path(folder))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=1_000_000, help="articles held, at most (1000000)")
    parser.add_argument("--batches", type=int, default=8, help="batches loaded at each size (8)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    sizes = [_SMALLEST]
    while sizes[-1] * 10 <= options.most:
        sizes.append(sizes[-1] * 10)
    costs = [measure(articles, batches=options.batches) for articles in sizes]
    if options.json:
        json.dump({"batch": BATCH, "sizes": costs}, sys.stdout, indent=1)
        return
    for name in costs[0]:
        print(f"{name:>20}", *(f"{cost[name]:>14,.1f}" for cost in costs))


# Copies copy what came up to 20,000 articles before them; of three, one has the very words.
_MACROS = """
create or replace temp macro made_id(kind, number) as md5(kind || number)[1:16];
create or replace temp macro made_sha(kind, number) as md5(kind || number) || md5(number || kind);
create or replace temp macro begun(number) as if(
    number % 10 in (1, 2, 3) and number > 20,
    greatest(20, (number // 20 - (hash(number) % 1000)::bigint) * 20),
    number
);
create or replace temp macro made_at(number) as
    timestamptz '2016-01-01' + to_seconds(number * (315000000.0 / 10000000));
create or replace temp macro made_text(number) as repeat(
    md5(number::varchar) || ' ' || md5((-number)::varchar) || ' ', 6
);
"""

_MADE = (
    """
    insert into entries by name
    select
        made_id('entry', number) as entry_id, made_id('feed', number % 300) as feed_id,
        'https://a' || number % 300 || '.example/news/' || number as url, url as url_key, 'Title ' || number as title,
        made_at(number) as first_seen_at, made_at(number) as published_at, 'stored' as outcome,
        made_at(number) as outcome_at, 1 as attempt_count, made_id('article', number) as article_id,
        made_sha('document', number) as document_sha256, 'r' as run_id, [] as authors
    from range(?, ?) as made (number)
    """,
    """
    insert into documents by name
    select
        made_sha('document', number) as document_sha256,
        ('0x' || document_sha256[1:16])::ubigint as document_key,
        'https://a' || number % 300 || '.example/news/' || number as url, url as final_url,
        made_at(number) as fetched_at, 200 as http_status, 'text/html' as content_type,
        9000 as body_bytes, '2026-01-01/newsdesk-20260101.warc.gz' as warc_file, number * 9000 as warc_offset,
        'r' as run_id
    from range(?, ?) as made (number)
    """,
    """
    insert into articles by name
    select
        made_id('article', number) as article_id, 'https://a' || number % 300 || '.example/news/' || number as url,
        url as canonical_url, 'a' || number % 300 || '.example' as source, 'Title ' || number as title,
        [] as authors, made_at(number) as published_at, made_at(number) as first_seen_at,
        made_at(number) as loaded_at, number as load_seq, 'en' as language, coalesce(text, made_text(number)) as text,
        'page' as text_from, if(text is null, made_sha('text', number), sha256(text)) as text_sha256,
        300 as word_count, false as is_truncated, false as is_paywalled, [] as repaired, 1 as revision,
        made_id('article', begun(number)) as story_id, made_sha('document', number) as document_sha256,
        'newsdesk' as extractor, '1' as extractor_version, 'r' as run_id, made_id('entry', number) as entry_id
    from range(?, ?) as made (number) left join copied using (number) order by number
    """,
    """
    insert into revisions by name
    select
        made_id('article', number) as article_id, 1 as revision, made_at(number) as seen_at, 'first' as change,
        'Title ' || number as title, coalesce(text, made_text(number)) as text,
        if(text is null, made_sha('text', number), sha256(text)) as text_sha256, 0 as added_chars,
        0 as removed_chars, '1' as extractor_version, made_sha('document', number) as document_sha256
    from range(?, ?) as made (number) left join copied using (number) order by number
    """,
    """
    insert into stories by name
    select
        made_id('article', number) as story_id, 'Title ' || number as title, story_id as first_article_id,
        made_at(number) as first_seen_at, made_at(number + 7) as last_seen_at, 1 as article_count, 1 as source_count
    from range(?, ?) as made (number) where begun(number) = number
    """,
    """
    insert into story_articles by name
    select
        made_id('article', begun(number)) as story_id, made_id('article', number) as article_id,
        if(begun(number) = number, 'first', 'copy') as relation, if(begun(number) = number, null, 1) as similarity,
        if(begun(number) = number, null, 1) as containment, if(begun(number) = number, 1, 0) as novelty,
        if(begun(number) = number, null, 'the same words as ' || story_id) as evidence,
        if(number % 10 = 1, begun(number), number) as text_no, number as article_load_seq
    from range(?, ?) as made (number)
    """,
    """
    insert into story_texts by name
    select
        number as text_no, coalesce(words_key, md5('words' || number)) as words_key,
        made_id('article', number) as article_id,
        if(text is null, made_sha('text', number), sha256(text)) as text_sha256,
        coalesce(sketch, [hash(number * 32 + place) >> 4 for place in range(27)]) as sketch, begun(number) as core_no,
        27 as number_count
    from range(?, ?) as made (number) left join copied using (number)
    where number % 10 <> 1 order by number
    """,
    """
    insert into story_links by name
    select
        unnest([number, begun(number)]) as text_no, unnest([begun(number), number]) as other_no, true as is_same,
        false as is_quote, 300 as word_count, 0.99 as covered, 0.98 as likeness, 3 as number_count,
        3 as number_hits, [0, 300, 0, 300] as regions
    from range(?, ?) as made (number) where number % 10 in (2, 3) and number > 20
    """,
    """
    insert into coverage by name
    select
        made_id('article', number) as article_id, 't' as topic_id, 'v1' as query_version, 0.5 as relevance,
        2 as mention_count, false as in_title, true as in_lede, 0 as first_mention_at_char,
        made_at(number) as matched_at, number as load_seq
    from range(?, ?) as made (number) where number % 5 = 0
    """,
)

_BLOCKS = """
insert into site_blocks by name
select
    'a' || source || '.example' as source, hash(source * 100000 + block) as block_key, false as is_pattern,
    'Read more about ' || md5(block::varchar) as text, made_id('article', block) as text_article_id, 5 as word_count,
    1 as article_count, 1 as off_topic_count, 1 as edge_count, 0 as marked_count,
    [hash(block * 4 + place) for place in range(4)] as contexts, 1 as context_count,
    made_at(block) as first_seen_at, made_at(block) as last_seen_at
from range(?) as blocks (block) cross join range(300) as sources (source)
order by block, source
"""

if __name__ == "__main__":
    main()
