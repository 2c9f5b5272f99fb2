"""Ask the warehouse what the verdicts on collected items depend on."""

from collections.abc import Sequence

import duckdb

from extractors.model import CollectedEntry
from warehouse.staging import INSTANT, INTEGER, TEXT, named_rows, staged
from warehouse.verdicts import HeldArticle, HeldEntry

_PLACE = {"article_id": TEXT, "load_seq": INTEGER}


def held_entries(con: duckdb.DuckDBPyConnection, items: Sequence[CollectedEntry]) -> dict[str, HeldEntry]:
    """Return what the ledger says of the entries of *items*."""
    asked = [{"entry_id": item.entry.entry_id, "first_seen_at": item.entry.first_seen_at} for item in items]
    found: dict[str, HeldEntry] = {}
    # First where the items say that they stand, which is right but for those that were listed again; then everywhere.
    for sql in (_ENTRIES_SEEN_THEN, _ENTRIES):
        missing = [row for row in asked if row["entry_id"] not in found]
        if missing:
            with staged(con, "asked", schema={"entry_id": TEXT, "first_seen_at": INSTANT}, rows=missing):
                found |= {row.pop("entry_id"): HeldEntry(**row) for row in named_rows(con, sql)}
    return found


def held_articles(con: duckdb.DuckDBPyConnection, items: Sequence[CollectedEntry]) -> dict[str, HeldArticle]:
    """Return what the warehouse holds of the articles of *items*; what only an edit asks for where one differs."""
    brought = [item.reading.article for item in items if item.reading and item.reading.article]
    with staged(con, "asked", schema={"article_id": TEXT}, rows=[{"article_id": each.article_id} for each in brought]):
        places = named_rows(con, _ARTICLE_PLACES)
    if not places:
        return {}
    with staged(con, "asked", schema=_PLACE, rows=places):
        held = {row["article_id"]: row for row in named_rows(con, _HELD_ARTICLES)}
    differing = {
        each.article_id
        for each in brought
        if (row := held.get(each.article_id)) and (each.text_sha256, each.title) != (row["text_sha256"], row["title"])
    }
    if differing:
        with staged(con, "asked", schema=_PLACE, rows=[row for row in places if row["article_id"] in differing]):
            for row in named_rows(con, _HELD_TEXTS):
                held[row["article_id"]] |= row
    return {row.pop("article_id"): HeldArticle(**row) for row in held.values()}


_ENTRIES = """
select entry_id, outcome, article_id, outcome_at, document_sha256, first_seen_at
from entries semi join asked using (entry_id)
"""
# Entries stand in the order in which they were seen, so this passes over all but a few.
_ENTRIES_SEEN_THEN = """
select entry_id, outcome, article_id, outcome_at, document_sha256, first_seen_at
from entries semi join asked using (entry_id)
where first_seen_at in (select first_seen_at from asked)
"""

# The one statement that reads the ids of all articles; the others find what is held by its number.
_ARTICLE_PLACES = "select article_id, load_seq from articles semi join asked using (article_id)"

_HELD_ARTICLES = """
select article_id, entry_id, title, text_sha256, revision, document_sha256
from articles
where load_seq in (select load_seq from asked)
"""

_HELD_TEXTS = """
select articles.article_id, articles.text, entries.url_key, received.seen_at
from (from articles where load_seq in (select load_seq from asked)) as articles
join (
    -- A text read anew is of the day it was read; its document is that of the revision before.
    select article_id, max(seen_at) as seen_at
    from revisions
    where change <> 're-extracted' and article_id in (select article_id from asked)
    group by article_id
) as received using (article_id)
join entries using (entry_id)
"""
