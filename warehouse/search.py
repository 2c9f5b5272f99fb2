"""
Keep the index behind ``search()`` complete: a segment for what is new, segments of one size joined.

An index in DuckDB's own tables, so that every client can search without an extension. What is missing is found by
comparison with ``articles``, never remembered: an old home, a killed publish, edits and deletions need nothing else.
"""

from collections.abc import Sequence

import duckdb

from warehouse.connection import transaction

#: Articles indexed in one transaction: some 600,000 words, 0.1 GB of memory.
_SLICE = 2_000


def catch_up(con: duckdb.DuckDBPyConnection) -> int:
    """
    Index the texts that are current and not yet indexed, and drop those that are no longer current.

    Each slice is a transaction of its own; killed in between, the next call goes on. The cost is that of the new
    texts, 0.4 ms each, and of joining segments (docs/explanation/search.md).

    Args:
        con: The writer's connection, outside a transaction.

    Returns:
        How many texts were indexed.
    """
    with transaction(con):
        con.execute(_DROP_OUTDATED)
        con.execute(_DROP_HOLLOW)
    added = 0
    while count := _add_slice(con):
        added += count
    with transaction(con):
        con.execute(_COMPLETE)
    return added


def _add_slice(con: duckdb.DuckDBPyConnection) -> int:
    """Index up to a slice of what is missing as a new segment; return how many texts that were."""
    with transaction(con):
        con.execute(_MISSING, [_SLICE])
        (count,) = con.execute(_CUT).fetchone() or (0,)
        if count:
            con.execute(_ADD_TERMS)
            con.execute(_ADD_TEXTS)
            con.execute(_ADD_SEGMENT)
            con.execute(_COUNT_UP)
        con.execute("drop table search_cut")
        con.execute("drop table search_missing")
    while joined := con.execute(_OF_ONE_SIZE).fetchone():
        _join(con, joined[0])
    return int(count)


def _join(con: duckdb.DuckDBPyConnection, segments: Sequence[int]) -> None:
    """Make one segment of *segments*."""
    with transaction(con):
        con.execute(_JOIN_TERMS, [segments])
        con.execute("delete from search_terms where segment in (select unnest(?::integer[]))", [segments])
        con.execute(_JOIN_TEXTS, [segments])
        con.execute(_JOIN_SEGMENTS, [segments])
        con.execute("delete from search_segments where segment in (select unnest(?::integer[]))", [segments])
        con.execute("update search_state set last_segment = last_segment + 1")


_DROP_OUTDATED = """
delete from search_texts
where rowid in (select search_texts.rowid from search_texts anti join articles using (load_seq, revision))
"""

# Half of a segment are places of texts that are gone: it is dropped, and what is still current in it indexed anew.
_DROP_HOLLOW = """
create temp table search_hollow as
select segment
from search_segments
left join (select segment, count(*) as held_count from search_texts group by segment) using (segment)
where coalesce(held_count, 0) * 2 <= text_count;
delete from search_terms where segment in (from search_hollow);
delete from search_texts where segment in (from search_hollow);
delete from search_segments where segment in (from search_hollow);
drop table search_hollow
"""

# Found without their texts; the texts are then read from the end of the table, where new and edited rows are.
_MISSING = """
create or replace temp table search_missing as
select load_seq, articles.rowid as row_id
from articles
anti join search_texts using (load_seq, revision)
order by load_seq
limit ?
"""

_CUT = """
create or replace temp table search_cut as
select
    ((select last_number from search_state) + row_number() over (order by articles.load_seq))::integer as number,
    articles.load_seq,
    revision,
    coalesce(search_words(title), []) as title,
    search_words(text) as text
from articles
join search_missing on search_missing.row_id = articles.rowid
"""

# A place is one number while lists are sorted: the text's above the 24 bits of the word's.
_ADD_TERMS = """
insert into search_terms
with words as (
    select
        number,
        is_title,
        unnest(words) as word,
        unnest(words[2:]) as next_word,
        generate_subscripts(words, 1) as position
    from (
        select number, true as is_title, title as words from search_cut
        union all
        select number, false, text from search_cut
    )
),
terms as (
    select
        search_term(word, next_word) as term,
        is_title,
        count(distinct number) as article_count,
        list_sort(list(number::bigint << 24 | position)) as places
    from words
    group by all
)
select
    (select last_segment + 1 from search_state),
    search_head(term) as head,
    term,
    is_title,
    article_count,
    [place >> 24 for place in places],
    [place & 16777215 for place in places]
from terms
order by head, term, is_title
"""

_ADD_TEXTS = """
insert into search_texts
select number, load_seq, revision, (select last_segment + 1 from search_state), len(title), len(text)
from search_cut
order by number
"""

_ADD_SEGMENT = """
insert into search_segments
select (select last_segment + 1 from search_state), count(*), sum(len(title) + len(text))
from search_cut
"""

_COUNT_UP = """
update search_state set last_segment = last_segment + 1, last_number = (select max(number) from search_cut)
"""

# Sizes go by powers of four: a text is rewritten once for each, and a search asks at most three segments of each. Above
# 4 million words segments stay as they are, so that no publication ever has to rewrite more than 16 million.
_OF_ONE_SIZE = """
select list(segment order by segment)[:4]
from search_segments
where word_count < 4194304
group by floor(log2(greatest(word_count, 4096)) / 2)
having count(*) >= 4
order by min(word_count)
limit 1
"""

_JOIN_TERMS = """
insert into search_terms
with terms as (
    select
        head,
        term,
        is_title,
        sum(article_count) as article_count,
        list_sort(flatten(list([
            place[1]::bigint << 24 | place[2] for place in list_zip(numbers, positions)
        ]))) as places
    from search_terms
    where segment in (select unnest(?::integer[]))
    group by head, term, is_title
)
select
    (select last_segment + 1 from search_state),
    head,
    term,
    is_title,
    article_count,
    [place >> 24 for place in places],
    [place & 16777215 for place in places]
from terms
order by head, term, is_title
"""

_JOIN_TEXTS = """
update search_texts set segment = (select last_segment + 1 from search_state)
where segment in (select unnest(?::integer[]))
"""

_JOIN_SEGMENTS = """
insert into search_segments
select (select last_segment + 1 from search_state), sum(text_count), sum(word_count)
from search_segments
where segment in (select unnest(?::integer[]))
"""

_COMPLETE = """
update search_state set
    load_seq = (select last_load_seq from load_sequence),
    revision_count = (select count(*) from revisions)
"""
