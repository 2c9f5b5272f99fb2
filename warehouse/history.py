"""Find the texts that an article has had."""

from dataclasses import dataclass
from datetime import datetime

import duckdb


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One text of an article; made by ``revisions_of``, compared by ``flows.commands.edits``."""

    article_id: str
    url: str
    source: str
    revision: int
    seen_at: datetime
    change: str
    title: str | None
    text: str
    added_chars: int
    removed_chars: int
    extractor_version: str


def revisions_of(con: duckdb.DuckDBPyConnection, name: str, *, url_key: str | None = None) -> list[Revision]:
    """
    Return the revisions of one article, from the first; empty where it is not held.

    Args:
        con: A reader's connection.
        name: Its article_id, or its address as any entry or the publisher writes it.
        url_key: The key of that address, under which its other spellings are found too.
    """
    rows = con.execute(_REVISIONS, {"name": name, "url_key": url_key}).fetchall()
    return [Revision(**dict(zip(Revision.__dataclass_fields__, row, strict=True))) for row in rows]


_REVISIONS = """
with named as (
    select article_id, 1 as rank from articles where article_id = $name or canonical_url = $name
    union all
    select article_id, 2 from articles where url = $name
    union all
    select article_id, 3 from entries where article_id is not null and (url = $name or url_key = nullif($url_key, ''))
)
select
    article_id, url, source, revisions.revision, seen_at, change, revisions.title, revisions.text,
    added_chars, removed_chars, revisions.extractor_version
from revisions
join articles using (article_id)
where article_id = (select article_id from named order by rank, article_id limit 1)
order by revisions.revision
"""
