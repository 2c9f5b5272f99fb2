"""Remember the children of sitemap indexes; make the feeds that stand for sitemaps read for another feed's sake."""

from collections.abc import Collection, Sequence
from datetime import datetime

import duckdb

from extractors.model import SitemapChild, WatchedFeed
from warehouse.connection import transaction
from warehouse.staging import INSTANT, TEXT, named_rows, staged

_CHILD = {
    "url": TEXT, "modified_at": INSTANT, "etag": TEXT, "last_modified": TEXT, "body_sha256": TEXT, "read_at": INSTANT,
}  # fmt: skip


def sitemap_children(con: duckdb.DuckDBPyConnection, feed_id: str) -> list[SitemapChild]:
    """Return the children of the index *feed_id* as last kept, by URL; none for a sitemap that is no index."""
    return [SitemapChild(**row) for row in named_rows(con, _CHILDREN, [feed_id])]


def keep_children(con: duckdb.DuckDBPyConnection, feed_id: str, children: Sequence[SitemapChild]) -> None:
    """
    Keep *children* as all that is known of the index *feed_id*, in one transaction.

    Call it after the poll they were read in is loaded: killed between the two, the next poll reads them again.

    Args:
        con: The writer's connection.
        feed_id: The index.
        children: Each URL once.
    """
    rows = [{name: getattr(child, name) for name in _CHILD} for child in children]
    with transaction(con), staged(con, "named", schema=_CHILD, rows=rows):
        con.execute("delete from sitemap_children where feed_id = ?", [feed_id])
        con.execute(_KEEP, [feed_id])


def add_consulted(con: duckdb.DuckDBPyConnection, sitemap: WatchedFeed, *, now: datetime) -> None:
    """
    Make a feed of kind ``sitemap`` that is not watched, for entries found there; one that is there stays as it is.

    Args:
        con: The writer's connection.
        sitemap: Its source and currency are those of the feed that lost entries.
        now: Aware UTC.
    """
    con.execute(_ADD_CONSULTED, [sitemap.feed_id, sitemap.url, sitemap.source, sitemap.currency, now])


def unknown_keys(con: duckdb.DuckDBPyConnection, url_keys: Collection[str]) -> set[str]:
    """Return those of *url_keys* that no entry of the ledger has."""
    rows = [{"url_key": key} for key in set(url_keys)]
    with staged(con, "asked", schema={"url_key": TEXT}, rows=rows):
        return {key for (key,) in con.execute("select url_key from asked anti join entries using (url_key)").fetchall()}


_CHILDREN = """
select url, modified_at, etag, last_modified, body_sha256, read_at
from sitemap_children
where feed_id = ?
order by url
"""

_KEEP = """
insert into sitemap_children (feed_id, url, modified_at, etag, last_modified, body_sha256, read_at)
select ?, url, modified_at, etag, last_modified, body_sha256, read_at
from named
"""

_ADD_CONSULTED = """
insert into feeds (feed_id, url, source, currency, kind, is_watched, is_active, added_at, failure_weight, status)
values (?, ?, ?, ?, 'sitemap', false, false, ?, 0, 'new')
on conflict do nothing
"""
