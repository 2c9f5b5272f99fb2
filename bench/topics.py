"""
Measure topics: ``python -m bench.topics [--articles N] [--terms N] [--json]``.

Texts of 5 kB are drawn from a vocabulary of 50,000 made words whose frequency falls with their rank (Zipf).

- ``terms``: articles matched a second by one core, with 100 terms and with ``--terms`` of them: phrases of two words,
  names that stand nowhere, and in one of ten cases a rare word of the vocabulary; ``found`` is how many of the topics
  an article covers. ``cost_ratio`` is the time of the many over that of the few, both taken in turns. ``dense_`` is
  the same where every second term is such a word.
- ``backfill``: a new topic asked of ``--articles`` held articles, as ``newsdesk topics backfill`` does it, from a home
  that is made first; ``articles_per_second`` is wall time with as many processes as there are cores.
"""

import argparse
import itertools
import json
import os
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from extractors.facts.topics import CompiledTopics, compile_topics, match
from extractors.identity import sha256_hex
from extractors.model import WatchedTopic
from flows.asking_again import ask_again
from flows.settings import Settings
from flows.watched import read_watchlist
from warehouse.connection import Connection, writer
from warehouse.coverage import sync_topics
from warehouse.feeds import sync_feeds

_VOCABULARY_SIZE, _TEXT_CHARS, _TERMS_OF_A_TOPIC, _FEW = 50_000, 5_000, 100, 100
_CONSONANTS, _VOWELS = "bcdfghjklmnprstvwz", "aeiou"
_START = datetime(2026, 1, 1, tzinfo=UTC)
_ROUNDS = 5
#: Texts that are made; a home of more articles repeats them with a number in front.
_DISTINCT = 500


def vocabulary() -> list[str]:
    """Return made words, the same ones every time."""
    syllables = ["".join(pair) for pair in itertools.product(_CONSONANTS, _VOWELS)]
    words = ["".join(parts) for parts in itertools.product(syllables, repeat=3)]
    random.Random(1).shuffle(words)
    return words[:_VOCABULARY_SIZE]


def texts(count: int, words: list[str]) -> list[str]:
    """Return *count* texts of about 5 kB in paragraphs of 60 words."""
    chance = random.Random(2)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))
    found = []
    for _ in range(count):
        drawn = chance.choices(words, cum_weights=weights, k=_TEXT_CHARS // 7)
        lines = [" ".join(drawn[start : start + 60]).capitalize() + "." for start in range(0, len(drawn), 60)]
        found.append("\n".join(lines))
    return found


def topics(term_count: int, words: list[str], *, common_share: float) -> tuple[WatchedTopic, ...]:
    """Return topics with *term_count* terms in all, a hundred each; that share of them are rare words of *words*."""
    chance = random.Random(3)
    terms = [_term(chance, words, is_common=chance.random() < common_share) for _ in range(term_count)]
    found = []
    for start in range(0, term_count, _TERMS_OF_A_TOPIC):
        query = " OR ".join(terms[start : start + _TERMS_OF_A_TOPIC])
        found.append(WatchedTopic(topic_id=f"t{start}", title="", query=query, query_version=sha256_hex(query)[:12]))
    return tuple(found)


def _term(chance: random.Random, words: list[str], *, is_common: bool) -> str:
    one, other = chance.choice(words[len(words) // 10 :]), chance.choice(words)
    return one if is_common else chance.choice((f'"{one} {other}"', f"{one}{other}"))


def _seconds(compiled: CompiledTopics, bodies: list[str]) -> float:
    started = time.process_time()
    for body in bodies:
        match(compiled, title="A headline", text=body, source="a.example", language="en")
    return time.process_time() - started


def measure_terms(term_count: int, *, common_share: float) -> dict[str, float]:
    """Return how fast one core matches few terms and many."""
    words = vocabulary()
    bodies = texts(200, words)
    few, many = (compile_topics(topics(count, words, common_share=common_share)) for count in (_FEW, term_count))
    covered = sum(len(match(many, title=None, text=body, source="a.example", language="en")[1]) for body in bodies)
    pairs = [(_seconds(few, bodies), _seconds(many, bodies)) for _ in range(_ROUNDS)]
    return {
        "few_articles_per_second": len(bodies) / min(first for first, _ in pairs),
        "many_articles_per_second": len(bodies) / min(second for _, second in pairs),
        "cost_ratio": statistics.median(second / first for first, second in pairs),
        "found": covered / len(bodies),
    }


def fill(con: Connection, count: int) -> None:
    """Write *count* articles as loading would, without what is not asked: documents, revisions, stories."""
    bodies = texts(_DISTINCT, vocabulary())
    columns = {
        "body": pa.array(bodies),
        "place": pa.array(range(len(bodies)), type=pa.int64()),
    }
    con.register("bodies", pa.table(columns))
    con.execute(_FILL, {"count": count, "distinct": len(bodies), "start": _START})
    con.execute("update load_sequence set last_load_seq = ?", [count])
    con.unregister("bodies")
    con.execute("checkpoint")


_FILL = """
insert into articles by name
select
    lpad(number::varchar, 16, '0') as article_id,
    'https://a.example/' || number as url,
    'https://a.example/' || number as canonical_url,
    'a.example' as source,
    'Article ' || number as title,
    []::varchar[] as authors,
    $start::timestamptz as first_seen_at,
    $start::timestamptz as loaded_at,
    number as load_seq,
    'en' as language,
    'Number ' || number || '. ' || bodies.body as text,
    'file' as text_from,
    lpad(number::varchar, 64, '0') as text_sha256,
    700 as word_count,
    false as is_truncated,
    false as is_paywalled,
    []::varchar[] as repaired,
    1 as revision,
    'none' as document_sha256,
    'bench' as extractor,
    '1' as extractor_version,
    'bench' as run_id,
    'none' as entry_id
from range(1, $count + 1) as numbers(number)
join bodies on bodies.place = number % $distinct
order by number
"""


def measure_backfill(count: int) -> dict[str, Any]:
    """Return what asking one new topic of *count* held articles takes."""
    word = vocabulary()[300]
    with tempfile.TemporaryDirectory() as folder:
        watchlist = Path(folder) / "watchlist.toml"
        watchlist.write_text(f'[topics.t]\nquery = "{word} OR {vocabulary()[400]}"\n', "utf-8")
        settings = Settings(home=Path(folder) / "home", watchlist=watchlist)
        with writer(settings.home) as con:
            sync_feeds(con, [], now=_START)
            sync_topics(con, [], now=_START)
            fill(con, count)
        started = time.perf_counter()
        (change,) = ask_again(settings, read_watchlist(watchlist).topics).values()
        seconds = time.perf_counter() - started
    return {
        "articles": count,
        "covered": change.covered_count,
        "seconds": seconds,
        "articles_per_second": count / seconds,
        "processes": settings.workers,
        "cores": os.cpu_count(),
    }


def main() -> None:
    """Measure on the command line."""
    parser = argparse.ArgumentParser(description="Measure the matching of topics and their backfill.")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--terms", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = {
        "terms": measure_terms(options.terms, common_share=0.1),
        "dense_terms": measure_terms(options.terms, common_share=0.5),
        "backfill": measure_backfill(options.articles),
    }
    if options.json:
        print(json.dumps(figures))
        return
    for name, found in figures.items():
        print(name, *(f"{key} {value:,.2f}" for key, value in found.items()), sep="  ")


if __name__ == "__main__":
    main()
