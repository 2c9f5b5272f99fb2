"""Pages are looked at again: an edit is a revision, furniture is none, and nothing is asked too often."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import cycle
import pytest
from small_site import Site, ago, served_site

from extractors.watchlist import parse_watchlist
from flows.collecting import Workshop, alone, open_writer
from flows.commands.work import look_line
from flows.ingest import ingest_paths
from flows.looking import look_again
from flows.readers import Readers, kept_open
from flows.reprocessing import with_bytes
from flows.settings import Settings
from warehouse.documents import kept_articles

WORDS = (
    "The council of Port Ellery has bought a small model and runs it in the harbour office, for $5.6m.",
    "Nobody there had expected it to answer letters about mooring fees, but it does, in three languages.",
    "“It has saved me two days a week,” said Ann Ash, the harbour master, who still reads every letter.",
    "A second machine is planned for the spring, if the budget for dredging allows it this time.",
)
LATER = "A second machine will not be bought, the council said on Friday; DeepSeek offered it for nothing."
WATCH = """
[topics.deepseek]
query = "deepseek"
[topics.harbour]
query = "harbour"
[[feeds]]
url = "http://desk.example/rss.xml"
"""
#: Each page has a site of its own: what repeats on a site is another matter.
PAGES = ("same", "bytes", "edited", "retitled", "furniture", "gone", "moved", "old", "ours")


def page(*words: str, title: str = "The harbour office", related: str = "Ten years of the lighthouse") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in words)
    return (
        f"<html><head><title>{title}</title></head><body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>"
        f"{body}</article><aside class='related'><h3>Read also</h3><a href='/x'>{related}</a></aside></body></html>"
    )


STRANGE = page(*(f"Number {n} of which nothing was ever said, " + "or so it was told. " * 9 for n in range(5)))


@pytest.fixture(scope="module", autouse=True)
def _readers() -> Iterator[None]:
    """Start the reading process once."""
    topics = parse_watchlist(WATCH, path="").topics
    with kept_open(Readers(workers=1, topics=topics, timeout_seconds=60)):
        yield


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the data of a newsdesk that holds three pages; only to be copied."""
    folder = tmp_path_factory.mktemp("collected")
    with served_site(folder) as served:
        list_pages(served, "a", "b", "c")
        cycle.poll(served.settings)
        cycle.collect(served.settings)
    return folder / "data"


@pytest.fixture
def site(tmp_path: Path, collected: Path) -> Iterator[Site]:
    """Serve three pages that are held already."""
    shutil.copytree(collected, tmp_path / "data")
    with served_site(tmp_path) as served:
        list_pages(served, "a", "b", "c")
        yield served


def list_pages(site: Site, *names: str) -> None:
    """Let the feed list a page of each site."""
    site.watch(WATCH)
    items = (
        f"<item><title>{name}</title><link>http://{name}.example/page.html</link><pubDate>{ago(0.1)}</pubDate></item>"
        for name in names
    )
    site.put("rss.xml", f"<rss version='2.0'><channel><title>Desk</title>{''.join(items)}</channel></rss>")
    for name in names:
        put(site, name, page(*WORDS))


def put(site: Site, name: str, body: str) -> None:
    folder = site.folder.parent / f"{name}.example"
    folder.mkdir(exist_ok=True)
    (folder / "page.html").write_text(body)


def pass_time(site: Site, hours: float) -> None:
    """Let *hours* go by: everything is so much older."""
    with open_writer(site.settings) as con:
        for table, column in (
            ("articles", "first_seen_at"), ("articles", "published_at"), ("entries", "first_seen_at"),
            ("documents", "fetched_at"), ("revisions", "seen_at"), ("looks", "next_look_at"),
            ("looks", "last_looked_at"), ("stories", "first_seen_at"), ("stories", "last_seen_at"),
        ):  # fmt: skip
            con.execute(f"update {table} set {column} = {column} - to_seconds(? * 3600)", [hours])


def look(site: Site, *, after: float = 1.3) -> list[tuple[str, int]]:
    """Let hours go by, make a run, return which sites were asked for their pages, with the status."""
    pass_time(site, after)
    site.newsroom.requests.clear()
    cycle.collect(site.settings)
    asked = [one for one in site.newsroom.requests if one.path == "/page.html"]
    return sorted((one.host.removesuffix(".example"), one.status) for one in asked)


# --- what one look comes to ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """A run that looked at every page of ``PAGES``."""

    site: Site
    asked: dict[str, int]
    entries: list[tuple[object, ...]]

    def ask(self, query: str, name: str) -> list[tuple[object, ...]]:
        """Return the rows of *query* that are of the article of *name*."""
        return self.site.ask(
            f"{query} where article_id = (select article_id from articles where source = '{name}.example')"
        )

    def looked(self, name: str) -> tuple[object, ...]:
        (row,) = self.ask("select look_count, last_outcome, next_look_at is null from looks", name)
        return row

    def changes(self, name: str) -> list[object]:
        return [row[0] for row in self.ask("select change from (from revisions order by revision)", name)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with served_site(tmp_path_factory.mktemp("run")) as site:
        list_pages(site, *PAGES)
        cycle.poll(site.settings)
        cycle.collect(site.settings)
        entries = site.ask("select * exclude (first_seen_at) from entries order by entry_id")
        as_an_older_extractor_would(site, "old", "ours")
        bare = "article_id = (select article_id from articles where source = 'bytes.example')"
        site.ask(f"update looks set etag = null, last_modified = null where {bare}")
        put(site, "edited", page(*WORDS[:3], LATER, title="Harbour office stays as it is"))
        put(site, "retitled", page(*WORDS, title="Machine answers letters"))
        put(site, "furniture", page(*WORDS, related="The regatta in pictures"))
        put(site, "ours", page(*WORDS, related="The regatta in pictures"))
        put(site, "old", page(*WORDS[:3], LATER))
        put(site, "moved", STRANGE.replace("<head>", "<head><link rel='canonical' href='http://moved.example/front'>"))
        (site.folder.parent / "gone.example" / "page.html").unlink()
        yield Run(site, dict(look(site)), entries)


def as_an_older_extractor_would(site: Site, *names: str) -> None:
    """Let the texts of *names* have a line that today's extractor leaves out."""
    held = "article_id in (select article_id from articles where list_contains(?, source))"
    sources = [f"{name}.example" for name in names]
    with open_writer(site.settings) as con:
        for table in ("revisions", "articles"):
            longer = "text = text || chr(10) || 'X', extractor_version = '0'"
            con.execute(f"update {table} set {longer} where {held}", [sources])
            con.execute(f"update {table} set text_sha256 = sha256(text) where {held}", [sources])


def test_an_unchanged_page_costs_a_304_and_a_row(run: Run) -> None:
    assert run.asked["same"] == 304
    assert run.looked("same") == (1, "not_modified", False)
    assert run.changes("same") == ["first"]


def test_the_same_bytes_without_a_validator_are_known_again(run: Run) -> None:
    assert run.asked["bytes"] == 200
    assert run.looked("bytes") == (1, "same_bytes", False)
    assert run.changes("bytes") == ["first"]


def test_furniture_that_changed_leaves_nothing_but_the_record_of_the_look(run: Run) -> None:
    assert run.asked["furniture"] == 200
    assert run.looked("furniture") == (1, "same_text", False)
    assert run.changes("furniture") == ["first"]
    assert run.site.ask("select count(*) from documents where url like '%furniture%'") == [(1,)]


def test_an_edit_is_a_revision_with_what_was_added_and_removed(run: Run) -> None:
    assert run.looked("edited") == (1, "edited", False)
    assert run.ask("select revision, title_after, added, removed from edits", "edited") == [
        (2, "Harbour office stays as it is", [LATER], [WORDS[3]])
    ]
    assert run.ask("select revision, text like '%DeepSeek%' from articles", "edited") == [(2, True)]


def test_an_edit_that_first_names_a_topic_is_new_coverage_and_no_other_is(run: Run) -> None:
    numbers = dict(run.ask("select topic_id, load_seq from coverage", "edited"))  # type: ignore[arg-type]
    (own,) = run.ask("select load_seq from articles", "edited")

    assert numbers["harbour"] == own[0]
    assert numbers["deepseek"] > len(PAGES)
    assert run.site.ask("select count(*) from coverage where load_seq > (select max(load_seq) from articles)") == [(2,)]


def test_another_headline_alone_is_an_edit(run: Run) -> None:
    assert run.ask("select is_retitled, added_chars, removed_chars from edits", "retitled") == [(True, 0, 0)]


def test_a_page_that_is_gone_is_not_looked_at_any_more_and_the_article_stays(run: Run) -> None:
    assert run.asked["gone"] == 404
    assert run.looked("gone") == (1, "gone", True)
    assert run.changes("gone") == ["first"]


def test_a_page_that_leads_to_another_article_is_no_edit(run: Run) -> None:
    assert run.looked("moved") == (1, "moved", True)
    assert run.changes("moved") == ["first"]
    assert run.site.ask("select count(*) from articles") == [(len(PAGES),)]


def test_an_older_extractor_is_told_apart_from_the_publisher(run: Run) -> None:
    assert run.looked("old") == (1, "edited", False)
    assert run.changes("old") == ["first", "re-extracted", "edited by publisher"]
    assert run.ask("select added, removed, is_other_extractor from edits", "old") == [([LATER], [WORDS[3]], False)]


def test_what_only_the_extractor_sees_otherwise_is_no_edit(run: Run) -> None:
    assert run.looked("ours") == (1, "same_text", False)
    assert run.changes("ours") == ["first", "re-extracted"]
    assert run.ask("from edits", "ours") == []


def test_the_ledger_says_what_it_said(run: Run) -> None:
    assert run.site.ask("select * exclude (first_seen_at) from entries order by entry_id") == run.entries
    assert run.site.faults() == []


# --- when, how often, what if --------------------------------------------------------------------------------------


def test_a_page_is_not_looked_at_before_its_time_nor_twice(site: Site) -> None:
    assert look(site, after=0.9) == []
    assert len(look(site, after=0.4)) == 3
    assert look(site, after=0.5) == []


def test_a_wall_is_no_edit_and_is_given_up_after_three_looks(site: Site) -> None:
    put(site, "a", "<html><title>Wait</title><body><p>Checking your browser.</p></body></html>")

    asked = [("a", 200) in look(site, after=hours) for hours in (1.3, 3, 8)]

    assert asked == [True, True, True]
    assert site.ask("select look_count, next_look_at is null from looks where last_outcome = 'no_article'") == [
        (3, True)
    ]
    assert site.ask("select count(*) from revisions") == [(3,)]


def test_a_run_asks_for_so_many_pages_and_leaves_the_rest_to_the_next(site: Site) -> None:
    few = replace(site, settings=site.settings.model_copy(update={"relook_run_limit": 2}))

    assert [len(look(few, after=hours)) for hours in (1.3, 0)] == [2, 1]
    assert site.ask("select distinct look_count, last_outcome from looks") == [(1, "not_modified")]


def test_a_host_that_wants_a_pause_gets_it_and_no_look_is_lost(site: Site) -> None:
    (site.folder.parent / "a.example" / "robots.txt").write_text("User-agent: *\nCrawl-delay: 100")
    site.ask("delete from hosts")
    hasty = replace(site, settings=site.settings.model_copy(update={"host_wait_seconds": 0}))

    assert look(hasty) == [("b", 304), ("c", 304)]
    assert site.ask("select look_count from looks where next_look_at < now() + interval 110 seconds") == [(0,)]


def test_a_setting_says_whose_pages_are_looked_at(site: Site) -> None:
    # Once it is polled, no topic covers them any more.
    site.watch(WATCH.replace('[topics.harbour]\nquery = "harbour"\n', ""))
    cycle.poll(site.settings)
    nobody, every = (
        replace(site, settings=site.settings.model_copy(update={"relook": relook})) for relook in ("none", "all")
    )

    assert [len(look(one, after=hours)) for one, hours in ((nobody, 4), (site, 0), (every, 0))] == [0, 0, 3]


def test_a_run_that_dies_before_it_loads_loses_nothing_and_doubles_nothing(site: Site) -> None:
    for name in "ab":
        put(site, name, page(*WORDS[:3], LATER, title=name))
    pass_time(site, 1.3)
    die_before_loading(site)
    assert site.ask("select max(look_count), (select count(*) from revisions) from looks") == [(0, 3)]

    cycle.collect(site.settings)

    outcomes = site.ask("select last_outcome, count(*) from looks group by all order by all")
    assert outcomes == [("edited", 2), ("not_modified", 1)]
    assert site.ask("select count(*), count(distinct article_id) from edits") == [(2, 2)]
    with open_writer(site.settings) as con:
        held = kept_articles(con, since=None, limit=9)
    # What the dead run wrote behind the committed end of the WARC is cut, and the places are right.
    assert len([with_bytes(one.document, raw=site.settings.home / "raw") for one in held]) == 3
    assert site.faults() == []


def die_before_loading(site: Site) -> None:
    """Look at what is due, and die when the answers are in the archive."""
    topics = parse_watchlist(WATCH, path="").topics

    def die() -> int:
        raise KeyboardInterrupt

    workshop = Workshop(site.settings, run_id="dead", topics=topics)
    with alone(site.settings), suppress(KeyboardInterrupt), workshop as shop:
        shop.archive.sync = die  # type: ignore[method-assign]
        look_again(shop)


def test_a_file_that_is_ingested_again_is_compared_as_a_page_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "data", workers=1)
    topics = parse_watchlist(WATCH, path="").topics
    letters = tmp_path / "old.example.html"
    letters.write_text(page(*WORDS))
    ingest_paths([letters], settings=settings, topics=topics)
    with open_writer(settings) as con:
        for table in ("revisions", "articles"):
            con.execute(f"update {table} set text = text || chr(10) || 'X', extractor_version = '0'")
            con.execute(f"update {table} set text_sha256 = sha256(text)")
    letters.write_text(page(*WORDS[:3], LATER))

    ingest_paths([letters], settings=settings, topics=topics)

    with open_writer(settings) as con:
        changes = con.execute("select change from revisions order by revision").fetchall()
        edits = con.execute("select added, removed, is_other_extractor from edits").fetchall()
    assert [row[0] for row in changes] == ["first", "re-extracted", "edited by publisher"]
    assert edits == [([LATER], [WORDS[3]], False)]


def test_the_owners_of_the_watchlist_are_known_when_its_feeds_were_polled(site: Site) -> None:
    site.watch(f'{WATCH}[owners.harbour]\nsources = ["a.example", "c.example"]\n')
    cycle.poll(site.settings)

    assert site.ask("from source_owners order by source") == [("a.example", "harbour"), ("c.example", "harbour")]
    assert site.ask("select article_count, source_count from stories") == [(3, 2)]


def test_a_run_says_what_its_looks_came_to_with_what_changed_first() -> None:
    looks = {"not_modified": 8, "same_text": 2, "edited": 2, "gone": 1, "no_article": 1}

    assert look_line(looks) == "14 pages looked at again: 2 edited, 1 gone, 1 no article, 10 unchanged"
    assert look_line({"same_bytes": 1}) == "1 page looked at again: 1 unchanged"
