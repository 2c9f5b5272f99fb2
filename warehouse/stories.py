"""Give every new article its story, within the transaction that loads it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import duckdb

from extractors.model import Assignment, NewText, StoryMerge, StoryPlace
from warehouse.connection import transaction
from warehouse.held_stories import LINK, SKETCH, HeldStories
from warehouse.postings import Postings
from warehouse.postings_current import catch_up, rebuilt_postings
from warehouse.staging import INSTANT, INTEGER, REAL, TEXT, named_rows, staged
from warehouse.verdicts import Change, Verdict

#: Places new articles among what is held; reads, writes nothing.
Assign = Callable[[Sequence[NewText], HeldStories], Assignment]
#: Gives the key of a text's words and its sketch.
Fingerprint = Callable[[str], tuple[str, tuple[int, ...]]]

_PLACE = {
    "story_id": TEXT, "article_id": TEXT, "text_no": INTEGER, "relation": TEXT, "similarity": REAL,
    "containment": REAL, "novelty": REAL, "evidence": TEXT,
}  # fmt: skip
_PLACED = _PLACE | {"article_load_seq": INTEGER}
_MERGE = {"story_id": TEXT, "now_story_id": TEXT, "article_id": TEXT}
_TEXT = {
    "text_no": INTEGER, "words_key": TEXT, "article_id": TEXT, "text_sha256": TEXT, "sketch": SKETCH,
    "core_no": INTEGER, "number_count": INTEGER,
}  # fmt: skip
_MEMBER = {"story_id": TEXT, "load_seq": INTEGER}
_CLAIM = {"article_id": TEXT, "published_at": INSTANT, "first_seen_at": INSTANT}


@dataclass(frozen=True, slots=True)
class _HeldPlace:
    """Where an article stood before."""

    load_seq: int
    story_id: str
    is_changed: bool


def place_articles(
    con: duckdb.DuckDBPyConnection, verdicts: Sequence[Verdict], *, assign: Assign, postings: Postings
) -> Assignment:
    """
    Return where the new articles among *verdicts* belong; nothing is written.

    Args:
        con: The writer's connection.
        verdicts: What is to be loaded.
        assign: Compares the texts.
        postings: The index of the texts that are held.
    """
    first = [verdict for verdict in verdicts if verdict.revision is not None and verdict.change is Change.FIRST]
    claims = [
        {
            "article_id": verdict.article.article_id,
            "published_at": verdict.article.published_at,
            "first_seen_at": verdict.item.entry.first_seen_at,
        }
        for verdict in first
    ]
    if not first:
        return Assignment()
    with staged(con, "asked", schema=_CLAIM, rows=claims):
        had_it_at = dict(con.execute(_HAD_IT_AT).fetchall())
    new = [
        NewText(
            article_id=verdict.article.article_id,
            text=verdict.article.text,
            text_sha256=verdict.article.text_sha256,
            first_seen_at=verdict.item.entry.first_seen_at,
            had_it_at=had_it_at[verdict.article.article_id],
            words_key=verdict.reading.words_key or verdict.article.text_sha256,
            sketch=verdict.reading.sketch,
        )
        for verdict in first
    ]
    return assign(new, HeldStories(con, postings))


def write_stories(
    con: duckdb.DuckDBPyConnection, assignment: Assignment, *, load_seqs: Mapping[str, int], now: datetime
) -> None:
    """
    Write *assignment*, whose articles are written already, within the caller's transaction.

    Args:
        con: The writer's connection.
        assignment: What ``place_articles`` returned: all articles of the stories that it touches are in it.
        load_seqs: By article, of those that had no place yet.
        now: Aware UTC; becomes ``merged_at``.
    """
    if not assignment.places:
        return
    with staged(con, "batch", schema=_PLACE, rows=[_fields(place, _PLACE) for place in assignment.places]):
        held = {row[0]: _HeldPlace(*row[1:]) for row in con.execute(_HELD_PLACES).fetchall()}
    load_seqs = {**load_seqs, **{article: place.load_seq for article, place in held.items()}}
    touched = _write_places(con, assignment.places, held=held, load_seqs=load_seqs)
    _write_texts(con, assignment)
    members = [
        {"story_id": place.story_id, "load_seq": load_seqs[place.article_id]}
        for place in assignment.places
        if place.story_id in touched
    ]
    with (
        staged(con, "touched", schema={"story_id": TEXT}, rows=[{"story_id": story} for story in sorted(touched)]),
        staged(con, "member", schema=_MEMBER, rows=members),
    ):
        if any(place.story_id in touched for place in held.values()):
            con.execute("delete from stories where story_id in (select story_id from touched)")
        con.execute(_SUM_UP)
        con.execute("delete from story_aliases where story_id in (select story_id from touched)")
    if assignment.merges:
        _write_merges(con, assignment.merges, now=now)


def _write_places(
    con: duckdb.DuckDBPyConnection,
    places: Sequence[StoryPlace],
    *,
    held: Mapping[str, _HeldPlace],
    load_seqs: Mapping[str, int],
) -> set[str]:
    """Write those of *places* that are new or not as they were; return the stories that they are and were in."""
    changed = [place for place in places if place.article_id not in held or held[place.article_id].is_changed]
    moved = [held[place.article_id].story_id for place in changed if place.article_id in held]
    with staged(con, "batch", schema=_PLACED, rows=_placed(changed, load_seqs)):
        if moved:
            for sql in _MOVE:
                con.execute(sql)
        con.execute("insert into story_articles by name from batch")
    return {place.story_id for place in changed} | set(moved)


def _placed(places: Iterable[StoryPlace], load_seqs: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return a row for each of *places*."""
    return [_fields(place, _PLACE) | {"article_load_seq": load_seqs[place.article_id]} for place in places]


def _write_texts(con: duckdb.DuckDBPyConnection, assignment: Assignment) -> None:
    """Write new texts, new links, and the cores of texts that are held."""
    cores = dict(assignment.cores)
    new = {text.text_no: replace(text, core_no=cores[text.text_no]) for text in assignment.texts}
    held = [{"text_no": text, "core_no": core} for text, core in assignment.cores if text not in new]
    if held:
        with staged(con, "batch", schema={"text_no": INTEGER, "core_no": INTEGER}, rows=held):
            con.execute(_SET_CORES)
    with staged(con, "batch", schema=_TEXT, rows=[_fields(text, _TEXT) for text in new.values()]):
        con.execute("insert into story_texts by name from batch")
    if assignment.links:
        with staged(con, "batch", schema=LINK, rows=[_fields(link, LINK) for link in assignment.links]):
            con.execute("insert into story_links by name from batch")


def _write_merges(con: duckdb.DuckDBPyConnection, merges: Sequence[StoryMerge], *, now: datetime) -> None:
    """Leave a trace of stories that are none any more."""
    with staged(con, "merged", schema=_MERGE, rows=[_fields(merge, _MERGE) for merge in merges]):
        con.execute("delete from story_aliases where story_id in (select story_id from merged)")
        con.execute("insert into story_aliases select story_id, now_story_id, ?, article_id from merged", [now])


def rebuild_stories(
    con: duckdb.DuckDBPyConnection,
    *,
    fingerprint: Fingerprint,
    assign: Assign,
    now: datetime,
    batch_count: int,
    advance: Callable[[int], None] = lambda _: None,
) -> int:
    """
    Compare all articles anew, in the order in which they were loaded; return how many stories there are then.

    One transaction: readers and a run that is killed see all of it or nothing. A story keeps its id where the article
    that began it still does; the id of one that is no story any more leads to the story that has its article now.

    Args:
        con: The writer's connection.
        fingerprint: Of a text.
        assign: Compares the texts.
        now: Aware UTC; becomes ``merged_at``.
        batch_count: Articles compared at once, and held in memory.
        advance: Told how many were placed.
    """
    with rebuilt_postings(con) as postings, transaction(con):
        for sql in _FORGET:
            con.execute(sql)
        places = [{"place": row[0]} for row in con.execute(_ORDER).fetchall()]
        for start in range(0, len(places), batch_count):
            with staged(con, "asked", schema={"place": INTEGER}, rows=places[start : start + batch_count]):
                rows = named_rows(con, _IN_ORDER)
            load_seqs = {row["article_id"]: row.pop("load_seq") for row in rows}
            catch_up(con, postings)
            assignment = assign([_read(row, fingerprint) for row in rows], HeldStories(con, postings))
            new = [place for place in assignment.places if place.article_id in load_seqs]
            with staged(con, "batch", schema=_PLACED, rows=_placed(new, load_seqs)):
                con.execute(_SET_STORIES)
            write_stories(con, assignment, load_seqs=load_seqs, now=now)
            advance(len(rows))
        con.execute(_TRACE_FORMER, [now])
        con.execute("drop table former_stories")
        counted = con.execute("select count(*) from stories").fetchone()
    return int(counted[0]) if counted else 0


def _read(row: Mapping[str, Any], fingerprint: Fingerprint) -> NewText:
    words_key, sketch = fingerprint(row["text"])
    return NewText(**row, words_key=words_key, sketch=sketch)


def _fields(record: object, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return those fields of *record* that *schema* names."""
    return {name: getattr(record, name) for name in schema}


_HAD_IT_AT = "select article_id, had_it_at(published_at, first_seen_at) from asked"

# By their texts, which are numbers, and not by their ids: an article keeps its text as long as it has a place.
_HELD_PLACES = """
select
    batch.article_id,
    held.article_load_seq,
    held.story_id,
    (held.story_id, held.relation, held.similarity, held.containment, held.novelty, held.evidence)
        is distinct from
        (batch.story_id, batch.relation, batch.similarity, batch.containment, batch.novelty, batch.evidence)
from (from story_articles where text_no in (select text_no from batch)) as held
join batch using (article_id)
"""

# An id of a story is the id of the article that began it: where that goes, what it leads to goes.
_SET_STORIES = """
update articles set story_id = batch.story_id
from batch
where articles.load_seq = batch.article_load_seq and articles.story_id is distinct from batch.story_id
"""

_MOVE = (
    """
    delete from story_articles
    where text_no in (select text_no from batch) and article_id in (select article_id from batch)
    """,
    _SET_STORIES,
    """
    update story_aliases set now_story_id = batch.story_id
    from batch
    where story_aliases.story_id = batch.article_id and story_aliases.now_story_id <> batch.story_id
    """,
)

_SET_CORES = """
update story_texts set core_no = batch.core_no
from batch
where story_texts.text_no = batch.text_no and story_texts.core_no <> batch.core_no
"""

_SUM_UP = """
insert into stories
select
    member.story_id,
    arg_min(
        {'title': articles.title},
        (had_it_at(articles.published_at, articles.first_seen_at), articles.article_id)
    ).title,
    arg_min(articles.article_id, (had_it_at(articles.published_at, articles.first_seen_at), articles.article_id)),
    min(articles.first_seen_at),
    max(articles.first_seen_at),
    count(*),
    count(distinct owner_of(articles.source))
from articles
join member using (load_seq)
group by member.story_id
order by min(articles.load_seq)
"""

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
    "delete from story_links",
    "delete from story_aliases",
    "update articles set story_id = null",
)

_ORDER = "select rowid from articles order by load_seq"

_IN_ORDER = """
select
    article_id,
    load_seq,
    text,
    text_sha256,
    first_seen_at,
    had_it_at(published_at, first_seen_at) as had_it_at
from articles
where rowid in (select place from asked)
order by load_seq
"""

# The article that began a story says where the story went.
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
