"""
Learn what repeats on a site, from the articles that are loaded.

Every number of ``site_blocks`` is a sum, a smallest or a largest over distinct articles, so what is learnt does not
depend on how articles were cut into batches, nor on their order.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from typing import Any

import duckdb
import pyarrow as pa

from extractors.model import Furniture, Sighting
from warehouse.staging import INSTANT, INTEGER, TEXT, TRUTH, staged
from warehouse.verdicts import Change, Verdict

#: Rows a source may have, and to how many it is cut then: at 12 sightings an article some 400 articles' worth, in
#: which furniture has long been seen four times. 5,000 rows are about 0.7 MB.
_MOST_BLOCKS = 5_000
_KEPT_BLOCKS = 4_000

_SIGHTING = {
    "source": TEXT, "article_id": TEXT, "first_seen_at": INSTANT, "block_key": pa.uint64(), "is_pattern": TRUTH,
    "text": TEXT, "word_count": INTEGER, "is_on_topic": TRUTH, "is_edge": TRUTH, "is_marked": TRUTH,
    "contexts": pa.list_(pa.uint64()),
}  # fmt: skip


def learn(con: duckdb.DuckDBPyConnection, verdicts: Sequence[Verdict]) -> None:
    """
    Count what may be furniture in the articles that *verdicts* bring, within the caller's transaction.

    An article counts once, with its first text: a later revision, a duplicate or the same batch again changes nothing.
    """
    rows = list(_sightings(verdicts))
    if rows:
        with staged(con, "sighted", schema=_SIGHTING, rows=rows):
            places = [{"place": row[0]} for row in con.execute(_LIKELY).fetchall()]
            with staged(con, "likely", schema={"place": INTEGER}, rows=places):
                con.execute(_SUM)
            con.execute(_REPLACE)
            con.execute(_FORGET, [_MOST_BLOCKS, _KEPT_BLOCKS])


def furniture_of(con: duckdb.DuckDBPyConnection, sources: Collection[str]) -> dict[str, Furniture]:
    """
    Return what is known to repeat on the sites of *sources*.

    Args:
        con: A reader's connection, or the writer's.
        sources: As in ``articles.source``.

    Returns:
        One for each source; empty where nothing was learnt.
    """
    if not sources:
        return {}
    found = _by_source(con.execute(_KNOWN_AMONG, [sorted(sources)]).fetchall())
    return {source: found.get(source, Furniture()) for source in sources}


def all_furniture(con: duckdb.DuckDBPyConnection) -> dict[str, Furniture]:
    """Return what is known to repeat on each site of which something is."""
    return _by_source(con.execute(_KNOWN).fetchall())


def _by_source(rows: Sequence[tuple[str, int, bool]]) -> dict[str, Furniture]:
    """Return the keys of *rows* (source, key, whether it is certain) by source."""
    known: dict[str, set[int]] = defaultdict(set)
    certain: dict[str, set[int]] = defaultdict(set)
    for source, key, is_certain in rows:
        known[source].add(key)
        if is_certain:
            certain[source].add(key)
    return {
        source: Furniture(known=frozenset(keys), certain=frozenset(certain[source])) for source, keys in known.items()
    }


def _sightings(verdicts: Sequence[Verdict]) -> Iterator[dict[str, Any]]:
    """Yield a row for each sighting in an article that the warehouse did not have."""
    for verdict in verdicts:
        if verdict.revision is None or verdict.change is not Change.FIRST:
            continue
        article = {
            "source": verdict.article.source,
            "article_id": verdict.article.article_id,
            "first_seen_at": verdict.item.entry.first_seen_at,
        }
        for sighting in verdict.reading.sightings:
            yield article | {field.name: getattr(sighting, field.name) for field in fields(Sighting)}


_KNOWN = "select source, block_key, is_certain from site_furniture"
_KNOWN_AMONG = "select source, block_key, is_certain from furniture_among(?::varchar[])"

# In two steps: one would read all that is known of every site.
_LIKELY = "select site_blocks.rowid from site_blocks semi join sighted using (block_key)"
_SUM = """
create or replace temp table site_blocks_seen as
with held as (
    select *, rowid as place from site_blocks where rowid in (select place from likely)
), came as (
    select
        source,
        block_key,
        bool_or(is_pattern) as is_pattern,
        min(article_id) as text_article_id,
        arg_min(text, article_id) as text,
        arg_min(word_count, article_id) as word_count,
        count(*) as article_count,
        count(*) filter (not is_on_topic) as off_topic_count,
        count(*) filter (is_edge) as edge_count,
        count(*) filter (is_marked) as marked_count,
        flatten(list(contexts)) as contexts,
        min(first_seen_at) as first_seen_at,
        max(first_seen_at) as last_seen_at
    from sighted
    group by source, block_key
)
select
    came.source,
    came.block_key,
    came.is_pattern,
    if(held.text_article_id < came.text_article_id, held.text, came.text) as text,
    least(held.text_article_id, came.text_article_id) as text_article_id,
    if(held.text_article_id < came.text_article_id, held.word_count, came.word_count) as word_count,
    came.article_count + coalesce(held.article_count, 0) as article_count,
    came.off_topic_count + coalesce(held.off_topic_count, 0) as off_topic_count,
    came.edge_count + coalesce(held.edge_count, 0) as edge_count,
    came.marked_count + coalesce(held.marked_count, 0) as marked_count,
    smallest_contexts(came.contexts || coalesce(held.contexts, [])) as contexts,
    least(held.first_seen_at, came.first_seen_at) as first_seen_at,
    greatest(held.last_seen_at, came.last_seen_at) as last_seen_at,
    held.place
from came
left join held using (source, block_key)
"""

# Deleted and written anew: an update of lists takes DuckDB three times as long.
_REPLACE = """
delete from site_blocks where rowid in (select place from site_blocks_seen);
insert into site_blocks by name
select * exclude (place), fewest_contexts(contexts) as context_count from site_blocks_seen order by source, block_key;
drop table site_blocks_seen;
"""

_FORGET = """
delete from site_blocks
using (
    select source, block_key
    from site_blocks
    where source in (
        select source
        from site_blocks
        where source in (select source from sighted)
        group by source
        having count(*) > ?
    )
    qualify row_number() over (
        partition by source
        order by least(article_count, 4) desc, last_seen_at desc, article_count desc, block_key
    ) > ?
) as seldom
where site_blocks.source = seldom.source and site_blocks.block_key = seldom.block_key
"""
