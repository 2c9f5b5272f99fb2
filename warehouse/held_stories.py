"""Ask the warehouse what the stories of new texts depend on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from extractors.model import NewText, StoryLink, StoryMember, StoryText
from warehouse.postings import Postings
from warehouse.postings_current import nearest
from warehouse.staging import INTEGER, REAL, TEXT, TRUTH, named_rows, staged

SKETCH = pa.list_(pa.uint64())
LINK = {
    "text_no": INTEGER, "other_no": INTEGER, "is_same": TRUTH, "is_quote": TRUTH, "word_count": INTEGER,
    "covered": REAL, "likeness": REAL, "number_count": INTEGER, "number_hits": INTEGER,
    "regions": pa.list_(pa.int64()),
}  # fmt: skip
_NUMBER = {"text_no": INTEGER}


@dataclass(frozen=True, slots=True)
class HeldStories:
    """The stories of a warehouse, as far as new texts ask for them."""

    con: duckdb.DuckDBPyConnection
    #: Finds the texts that share numbers; see ``postings_current``.
    postings: Postings

    def last_no(self) -> int:
        """Return the highest number of a text; 0 where there is none."""
        found = self.con.execute("select coalesce(max(text_no), 0) from story_texts").fetchone()
        return int(found[0]) if found else 0

    def near(self, new: Sequence[NewText]) -> dict[str, dict[int, int]]:
        """Return by new article the texts that share two numbers with it or more, with how many; the nearest 64."""
        found = nearest(self.con, self.postings, [text.sketch for text in new])
        return {text.article_id: dict(near) for text, near in zip(new, found, strict=True)}

    def texts(self, numbers: Collection[int]) -> list[StoryText]:
        """Return the texts of *numbers* with the cores of their stories."""
        with staged(self.con, "asked", schema=_NUMBER, rows=_numbered(numbers)):
            return [StoryText(**row) for row in named_rows(self.con, _TEXTS)]

    def words(self, wanted: Collection[StoryText]) -> dict[int, str]:
        """Return what *wanted* say, by number."""
        schema = {"text_no": INTEGER, "article_id": TEXT, "text_sha256": TEXT}
        rows = [{name: getattr(text, name) for name in schema} for text in wanted]
        with staged(self.con, "asked", schema=schema, rows=rows):
            places = named_rows(self.con, _ARTICLE_PLACES)
        with staged(self.con, "asked", schema=schema | {"place": INTEGER}, rows=places):
            said = dict(self.con.execute(_CURRENT_WORDS).fetchall())
        edited = [row for row in rows if row["text_no"] not in said]
        return said | self._former_words(edited, schema) if edited else said

    def _former_words(self, rows: list[dict[str, Any]], schema: Mapping[str, pa.DataType]) -> dict[int, str]:
        """Return what texts say that their articles had before an edit, by number."""
        with staged(self.con, "asked", schema=schema, rows=rows):
            places = named_rows(self.con, _REVISION_PLACES)
        with staged(self.con, "asked", schema={"text_no": INTEGER, "place": INTEGER}, rows=places):
            return dict(self.con.execute(_FORMER_WORDS).fetchall())

    def family(self, numbers: Collection[int]) -> tuple[list[StoryMember], list[StoryLink]]:
        """Return the articles of the texts that are linked to *numbers*, directly or through others, and all links."""
        with staged(self.con, "asked", schema=_NUMBER, rows=_numbered(numbers)):
            family = _numbered([row[0] for row in self.con.execute(_FAMILY).fetchall()])
        with staged(self.con, "asked", schema=_NUMBER, rows=family):
            members = named_rows(self.con, _MEMBERS)
            links = named_rows(self.con, _LINKS)
        return (
            [StoryMember(**row) for row in members],
            [StoryLink(**row | {"regions": tuple(row["regions"])}) for row in links],
        )


def _numbered(numbers: Collection[int]) -> list[dict[str, int]]:
    return [{"text_no": number} for number in sorted(numbers)]


_TEXTS = """
with near as (
    select core_no from story_texts where text_no in (select text_no from asked)
)
select text_no, words_key, article_id, text_sha256, core_no, number_count
from story_texts
where text_no in (select text_no from asked union select core_no from near)
"""

_ARTICLE_PLACES = """
select asked.*, held.article_load_seq as place
from asked
join (
    select text_no, article_id, article_load_seq from story_articles where text_no in (select text_no from asked)
) as held using (text_no, article_id)
"""
_CURRENT_WORDS = """
select asked.text_no, articles.text
from articles
join asked on articles.load_seq = asked.place
where articles.text_sha256 = asked.text_sha256
"""

# In two steps: one would unpack every text that was ever loaded.
_REVISION_PLACES = """
select asked.text_no, min(revisions.rowid) as place
from revisions
join asked using (article_id, text_sha256)
group by asked.text_no
"""
_FORMER_WORDS = """
select asked.text_no, revisions.text
from revisions
join asked on revisions.rowid = asked.place
"""

_FAMILY = """
with recursive family as (
    select text_no from asked
    union
    select story_links.other_no
    from story_links
    join family using (text_no)
    where story_links.is_same
)
select text_no from family
"""

_MEMBERS = """
select
    story_articles.article_id,
    story_articles.text_no,
    articles.first_seen_at,
    had_it_at(articles.published_at, articles.first_seen_at) as had_it_at,
    story_articles.story_id
from story_articles
join articles on articles.load_seq = story_articles.article_load_seq
where story_articles.text_no in (select text_no from asked)
"""

_LINKS = """
select
    text_no, other_no, is_same, is_quote, word_count, covered, likeness, number_count, number_hits, regions
from story_links
where text_no in (select text_no from asked)
"""
