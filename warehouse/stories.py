"""Give every new article its story, within the transaction that loads it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from extractors.model import Assignment, HeldText, NewText
from warehouse.connection import transaction
from warehouse.staging import INTEGER, REAL, TEXT, named_rows, staged
from warehouse.verdicts import Change, Verdict

#: Gives the texts of held ones, by sha256.
TextsOf = Callable[[Collection[HeldText]], Mapping[str, str]]
#: Places texts, one after the other: (texts in their order, texts of the stories they may belong to, their words).
Assign = Callable[[Sequence[NewText], Sequence[HeldText], TextsOf], Assignment]

_SKETCH = pa.list_(pa.uint64())
_PLACE = {
    "story_id": TEXT, "article_id": TEXT, "relation": TEXT, "similarity": REAL, "containment": REAL, "novelty": REAL,
    "evidence": TEXT,
}  # fmt: skip
_MERGE = {"story_id": TEXT, "now_story_id": TEXT, "article_id": TEXT}
_HELD = {"article_id": TEXT, "story_id": TEXT, "text_sha256": TEXT, "sketch": _SKETCH}
_NEW = {"article_id": TEXT, "sketch": _SKETCH}


def place_articles(con: duckdb.DuckDBPyConnection, verdicts: Sequence[Verdict], *, assign: Assign) -> Assignment:
    """
    Return where the new articles among *verdicts* belong; nothing is written.

    Args:
        con: The writer's connection.
        verdicts: In the order in which they are loaded.
        assign: Compares the texts.
    """
    new = [
        NewText(
            article_id=verdict.article.article_id,
            text=verdict.article.text,
            text_sha256=verdict.article.text_sha256,
            first_seen_at=verdict.item.entry.first_seen_at,
            sketch=verdict.reading.sketch,
        )
        for verdict in verdicts
        if verdict.revision is not None and verdict.change is Change.FIRST
    ]
    return _placed(con, new, assign=assign)


def write_stories(con: duckdb.DuckDBPyConnection, assignment: Assignment, *, now: datetime) -> None:
    """
    Write *assignment*, whose articles are written already, within the caller's transaction.

    Args:
        con: The writer's connection.
        assignment: What ``place_articles`` returned.
        now: Aware UTC; becomes ``merged_at``.
    """
    if not assignment.places:
        return
    if assignment.merges:
        _write_merges(con, assignment, now=now)
    places = [_fields(place, _PLACE) for place in assignment.places]
    with staged(con, "batch", schema=_PLACE, rows=places):
        con.execute("insert into story_articles by name from batch")
    with staged(con, "batch", schema=_HELD, rows=[_fields(text, _HELD) for text in assignment.texts]):
        con.execute("insert into story_texts by name from batch")
    touched = [{"story_id": story} for story in sorted({place.story_id for place in assignment.places})]
    with staged(con, "touched", schema={"story_id": TEXT}, rows=touched):
        con.execute("delete from stories where story_id in (select story_id from touched)")
        con.execute(_SUM_UP)


def rebuild_stories(
    con: duckdb.DuckDBPyConnection,
    *,
    sketch: Callable[[str], tuple[int, ...]],
    assign: Assign,
    now: datetime,
    batch_count: int,
    advance: Callable[[int], None] = lambda _: None,
) -> int:
    """
    Compare all articles anew, in the order in which they were loaded; return how many stories there are then.

    One transaction: readers and a run that is killed see all of it or nothing. A story keeps its id where the same
    article is its first; the id of one that is no story any more leads to the story that has its article now.

    Args:
        con: The writer's connection.
        sketch: Gives the sketch of a text.
        assign: Compares the texts.
        now: Aware UTC; becomes ``merged_at``.
        batch_count: Articles compared at once, and held in memory.
        advance: Told how many were placed.
    """
    with transaction(con):
        for sql in _FORGET:
            con.execute(sql)
        places = [{"place": row[0]} for row in con.execute(_ORDER).fetchall()]
        for start in range(0, len(places), batch_count):
            with staged(con, "asked", schema={"place": INTEGER}, rows=places[start : start + batch_count]):
                rows = named_rows(con, _IN_ORDER)
            new = [NewText(**row, sketch=sketch(row["text"])) for row in rows]
            assignment = _placed(con, new, assign=assign)
            with staged(con, "batch", schema=_PLACE, rows=[_fields(place, _PLACE) for place in assignment.places]):
                con.execute(_SET_STORY)
            write_stories(con, assignment, now=now)
            advance(len(rows))
        con.execute(_TRACE_FORMER, [now])
        con.execute("drop table former_stories")
        counted = con.execute("select count(*) from stories").fetchone()
    return int(counted[0]) if counted else 0


def _placed(con: duckdb.DuckDBPyConnection, new: Sequence[NewText], *, assign: Assign) -> Assignment:
    """Compare *new* with the texts that share numbers with them."""
    if not new:
        return Assignment()
    with staged(con, "asked", schema=_NEW, rows=[_fields(text, _NEW) for text in new]):
        held = [HeldText(**row | {"sketch": tuple(row["sketch"])}) for row in named_rows(con, _CANDIDATES)]
    return assign(new, held, lambda wanted: _texts(con, wanted))


def _texts(con: duckdb.DuckDBPyConnection, wanted: Collection[HeldText]) -> dict[str, str]:
    """Return the texts of *wanted*, by sha256."""
    schema = {"article_id": TEXT, "text_sha256": TEXT}
    with staged(con, "asked", schema=schema, rows=[_fields(text, schema) for text in wanted]):
        places = [{"place": row[0]} for row in con.execute(_TEXT_PLACES).fetchall()]
    with staged(con, "asked", schema={"place": INTEGER}, rows=places):
        return dict(con.execute(_TEXTS).fetchall())


def _write_merges(con: duckdb.DuckDBPyConnection, assignment: Assignment, *, now: datetime) -> None:
    """Move the articles of stories that are none any more; those placed anew are written by the caller."""
    with staged(con, "merged", schema=_MERGE, rows=[_fields(merge, _MERGE) for merge in assignment.merges]):
        for sql in _MOVE:
            con.execute(sql)
        con.execute(_TRACE, [now])
    gone = {"article_id": TEXT}
    with staged(con, "placed", schema=gone, rows=[{"article_id": place.article_id} for place in assignment.places]):
        con.execute("delete from story_articles where article_id in (select article_id from placed)")
    with staged(con, "dropped", schema=gone, rows=[{"article_id": article} for article in assignment.dropped]):
        con.execute("delete from story_texts where article_id in (select article_id from dropped)")


def _fields(record: object, schema: Mapping[str, pa.DataType]) -> dict[str, Any]:
    """Return those fields of *record* that *schema* names."""
    return {name: getattr(record, name) for name in schema}


# Texts that share two numbers with a new one, with all that stand for the same stories. A story has at most six, so the
# eight likeliest of a new text are among its 64 likeliest texts.
_CANDIDATES = """
with asked_numbers as (
    select article_id, len(sketch) as size, unnest(sketch) as number from asked
), held_numbers as (
    select rowid as place, len(sketch) as size, unnest(sketch) as number from story_texts
), shared as (
    select
        asked_numbers.article_id,
        held_numbers.place,
        count(*) / least(any_value(asked_numbers.size), any_value(held_numbers.size)) as share
    from held_numbers
    join asked_numbers using (number)
    group by asked_numbers.article_id, held_numbers.place
    having count(*) >= 2
), nearest as (
    select place
    from shared
    qualify row_number() over (partition by article_id order by share desc, place) <= 64
), near_stories as (
    select distinct story_id from story_texts where rowid in (select place from nearest)
)
select
    story_texts.article_id,
    story_texts.story_id,
    stories.first_seen_at as story_since,
    story_texts.text_sha256,
    story_texts.sketch
from story_texts
join near_stories using (story_id)
join stories using (story_id)
"""

# In two steps: one would unpack every text that was ever loaded.
_TEXT_PLACES = """
select min(revisions.rowid)
from revisions
join asked using (article_id, text_sha256)
group by text_sha256
"""
_TEXTS = "select text_sha256, text from revisions where rowid in (select place from asked)"

_SUM_UP = """
insert into stories
select
    articles.story_id,
    arg_min(
        {'title': articles.title},
        (had_it_at(articles.published_at, articles.first_seen_at), articles.article_id)
    ).title,
    arg_min(articles.article_id, (had_it_at(articles.published_at, articles.first_seen_at), articles.article_id)),
    min(articles.first_seen_at),
    max(articles.first_seen_at),
    count(*),
    count(distinct articles.source)
from articles
where articles.story_id in (select story_id from touched)
group by articles.story_id
order by min(articles.load_seq)
"""

_MOVE = (
    """
    update story_articles set story_id = merged.now_story_id
    from merged where story_articles.story_id = merged.story_id
    """,
    """
    update articles set story_id = merged.now_story_id
    from merged where articles.story_id = merged.story_id
    """,
    """
    update story_texts set story_id = merged.now_story_id
    from merged where story_texts.story_id = merged.story_id
    """,
    """
    update story_aliases set now_story_id = merged.now_story_id
    from merged where story_aliases.now_story_id = merged.story_id
    """,
    "delete from stories where story_id in (select story_id from merged)",
)

_TRACE = "insert into story_aliases select story_id, now_story_id, ?, article_id from merged"

_FORGET = (
    """
    create temp table former_stories as
    select story_id, null::timestamptz as merged_at, null::varchar as article_id from stories
    union all
    select story_id, merged_at, article_id from story_aliases
    """,
    "delete from stories",
    "delete from story_articles",
    "delete from story_texts",
    "delete from story_aliases",
    "update articles set story_id = null",
)

_ORDER = "select rowid from articles order by load_seq"

_IN_ORDER = """
select article_id, text, text_sha256, first_seen_at
from articles
where rowid in (select place from asked)
order by load_seq
"""

_SET_STORY = """
update articles set story_id = batch.story_id from batch where articles.article_id = batch.article_id
"""

# An id of a story is the id of the article that began it, so that article says where the story went.
_TRACE_FORMER = """
insert into story_aliases
select
    former.story_id,
    articles.story_id,
    coalesce(former.merged_at, ?),
    coalesce(former.article_id, former.story_id)
from former_stories as former
join articles on articles.article_id = former.story_id
where former.story_id <> articles.story_id
    and former.story_id not in (select story_id from stories)
    and former.story_id not in (select story_id from story_aliases)
"""
