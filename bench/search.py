"""
Measure ``search()``: ``python -m bench.search [--articles N] [--json]``.

N generated articles of 300 words, drawn from 400,000 by Zipf's law (every tenth article is of 600 Chinese signs, drawn
from 6,000), stand in a warehouse in a temporary folder. They are indexed as a publication does it, then 100 more; then
a copy is published and asked.

- ``ms_per_article``: CPU milliseconds to index, joining of segments included.
- ``bytes_per_article``: growth of the file by the index.
- ``more_ms``: CPU milliseconds to index 100 more; ``nothing_ms``: where nothing is new; ``publish_seconds``: wall time
  of a publication with 100 more.
- ``queries``: by kind, ten queries each, the best 20 rows with their passages: ``p50_ms`` and ``p95_ms`` of wall time,
  ``cpu_ms`` and the articles found by median; ``scan``: an ``ilike`` over title and text for two of the words.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.connection import Connection, opened, reader
from warehouse.search import catch_up
from warehouse.snapshot import publish

_NOW = datetime(2026, 1, 5, 6, tzinfo=UTC)
_STEP, _MORE, _SCANS = 20_000, 100, 2
#: Ranks of words by frequency, from which the queries of a kind are made.
_KINDS: dict[str, Sequence[int]] = {
    "rare word": range(100_000, 101_000, 100),
    "word": range(2_000, 2_100, 10),
    "frequent word": range(20, 30),
    "two words": range(500, 510),
    "a frequent and a rare word": range(2, 12),
    "phrase": range(60, 70),
    "prefix": range(3_000, 3_010),
    "Chinese": range(10, 20),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measured(Path(folder), articles=options.articles)
    print(json.dumps(result) if options.json else _table(result))


def measured(home: Path, *, articles: int) -> dict[str, Any]:
    """Return what *articles* generated articles cost in *home*."""
    with opened(home) as con:
        con.execute(_WORDS)
        for start in range(0, articles, _STEP):
            add(con, first=start + 1, count=min(_STEP, articles - start))
        result = {"articles": articles} | _indexed(con, articles=articles)
        result |= _followed(con, articles=articles)
        add(con, first=articles + _MORE + 1, count=_MORE)
    start_time = time.perf_counter()
    publish(home, now=_NOW)
    result["publish_seconds"] = round(time.perf_counter() - start_time, 2)
    with reader(home) as con:
        result["queries"] = {kind: _asked(con, _queries(con, kind)) for kind in _KINDS}
        result["scan"] = _scanned(con, _queries(con, "word"))
    return result


def add(con: Connection, *, first: int, count: int) -> None:
    """Generate articles *first* to *first* + *count* - 1."""
    con.execute(_ADD, [first, first + count])


def _indexed(con: Connection, *, articles: int) -> dict[str, float]:
    """Index all; return what that costs an article."""
    before = _used_bytes(con)
    start = time.process_time()
    catch_up(con)
    con.execute("checkpoint")
    spent = time.process_time() - start
    return {
        "ms_per_article": round(spent / articles * 1_000, 3),
        "bytes_per_article": round((_used_bytes(con) - before) / articles),
    }


def _followed(con: Connection, *, articles: int) -> dict[str, float]:
    """Index a few more, then nothing; return what each costs, in CPU milliseconds."""
    add(con, first=articles + 1, count=_MORE)
    times = []
    for _ in range(2):
        start = time.process_time()
        catch_up(con)
        times.append(round((time.process_time() - start) * 1_000, 1))
    return {"more_ms": times[0], "nothing_ms": times[1]}


def _used_bytes(con: Connection) -> int:
    con.execute("checkpoint")
    row = con.execute("select used_blocks * block_size from pragma_database_size() where database_name = 'warehouse'")
    return int((row.fetchone() or (0,))[0])


def _queries(con: Connection, kind: str) -> list[str]:
    """Return the queries of *kind*."""
    ranks = list(_KINDS[kind])
    words = _words(con, ranks)
    match kind:
        case "two words":
            return [" ".join(pair) for pair in zip(words, _words(con, [rank * 5 for rank in ranks]), strict=True)]
        case "a frequent and a rare word":
            return [" ".join(pair) for pair in zip(words, _words(con, [rank * 9_000 for rank in ranks]), strict=True)]
        case "phrase":
            return [f'"{word} {other}"' for word, other in zip(words, reversed(words), strict=True)]
        case "prefix":
            return [f"{word[:4]}*" for word in words]
        case "Chinese":
            return [f"{chr(19968 + rank)}{chr(19970 + 2 * rank)}" for rank in ranks]
    return words


def _words(con: Connection, ranks: Sequence[int]) -> list[str]:
    """Return the generated words of *ranks*."""
    return [str(row[0]) for row in con.execute("select bench_word(unnest($1))", [ranks]).fetchall()]


def _asked(con: Connection, queries: Sequence[str]) -> dict[str, float]:
    """Return how long *queries* take for their best 20 rows, and how many they find."""
    times = [_timed(con, "from search($1) limit 20", query) for query in queries]
    counts = [len(con.execute("select load_seq from search_scores($1)", [query]).fetchall()) for query in queries]
    return _spread(times) | {"articles": statistics.median(counts)}


def _scanned(con: Connection, words: Sequence[str]) -> dict[str, float]:
    """Return how long it takes to look for *words* in all titles and texts."""
    return _spread([_timed(con, _SCAN, f"%{word}%") for word in words[:_SCANS]])


def _timed(con: Connection, sql: str, value: str) -> tuple[float, float]:
    """Return the wall and the CPU milliseconds that *sql* takes with *value*."""
    wall, cpu = time.perf_counter(), time.process_time()
    con.execute(sql, [value]).fetchall()
    return (time.perf_counter() - wall) * 1_000, (time.process_time() - cpu) * 1_000


def _spread(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    walls = sorted(wall for wall, _ in times)
    return {
        "p50_ms": round(statistics.median(walls), 1),
        "p95_ms": round(walls[int(len(walls) * 0.95)], 1),
        "cpu_ms": round(statistics.median(cpu for _, cpu in times), 1),
    }


def _table(result: dict[str, Any]) -> str:
    """Return *result* in lines."""
    lines = [f"{name:28} {value}" for name, value in result.items() if not isinstance(value, dict)]
    lines += [f"\n{'query':28} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'articles':>9}"]
    asked = result["queries"] | {"ilike, one word": result["scan"]}
    lines += [
        f"{kind:28} {row['p50_ms']:8} {row['p95_ms']:8} {row['cpu_ms']:8} {row.get('articles', ''):>9}"
        for kind, row in asked.items()
    ]
    return "\n".join(lines)


# Of rank r: letters that no other rank gives, short for frequent words as in a language.
_WORDS = """
create macro bench_word(rank) as translate(to_base(rank * 7 + 3, 24), '0123456789', 'qrstuvwxyz');
create macro bench_rank(article, place, most) as
    exp(hash(article * 4096 + place) / 18446744073709551615.0 * ln(most))::bigint;
create macro bench_text(article, start, size) as if(
    article % 10 = 0,
    array_to_string(
        [chr((19967 + bench_rank(article, place, 6000))::integer) for place in range(start, start + 2 * size)], ''
    ),
    array_to_string([bench_word(bench_rank(article, place, 400000)) for place in range(start, start + size)], ' ')
);
"""

_ADD = """
insert into articles by name
select
    md5(article::varchar) as article_id,
    'https://paper' || article % 300 || '.example/news/2026/' || article as url,
    url as canonical_url,
    'paper' || article % 300 || '.example' as source,
    bench_text(article, 0, 8) as title,
    [] as authors,
    timestamptz '2026-01-01' + interval (article) second as published_at,
    published_at as first_seen_at,
    published_at as loaded_at,
    article as load_seq,
    'en' as language,
    bench_text(article, 100, 300) as text,
    'page' as text_from,
    md5(article_id) as text_sha256,
    300 as word_count,
    false as is_truncated,
    false as is_paywalled,
    [] as repaired,
    1 as revision,
    article_id as story_id,
    article_id as document_sha256,
    'newsdesk' as extractor,
    '1' as extractor_version,
    'r' as run_id,
    article_id as entry_id
from range($1, $2) as numbers(article)
"""

_SCAN = "select article_id, title, url from articles where title ilike $1 or text ilike $1"

if __name__ == "__main__":
    main()
