"""Discovery, lists of feeds in and out, on a small site of their own."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from small_site import SITE, Site, news, rss, served_site

from extractors.acquire.opml import read_opml
from extractors.acquire.url_lists import entries_of_list, list_feed, read_url_list
from extractors.errors import NewsdeskError, ParseError, WatchlistError
from extractors.watchlist import parse_watchlist
from flows.collecting import now, open_writer
from flows.commands.doors import discover_feeds, export_feeds, import_feeds
from flows.commands.feeds import check_feeds
from flows.watched import read_watchlist
from warehouse.entries import add_entries, pending_entries
from warehouse.snapshot import publish


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with served_site(tmp_path) as served:
        yield served


HOME = (
    '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><a href="/rss/sport">s</a></html>'
)


def test_discovery_tries_what_a_page_names_and_gives_the_lines_to_paste(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.put("index.html", HOME)
    site.put("rss", rss(("a/1", 1), title="The Desk"))
    site.put("robots.txt", f"Sitemap: {SITE}/pages.xml\nSitemap: {SITE}/news.xml\nSitemap: {SITE}/gone.xml\n")
    site.put("news.xml", news(("a/1", 1), ("a/2", 2)))
    site.put("pages.xml", f"<urlset><url><loc>{SITE}/x</loc></url></urlset>")

    discover_feeds(site.settings, f"{SITE}/", as_json=False)

    told = capsys.readouterr().out
    assert 'rss  http://desk.example/rss "The Desk": 1 entry, newest ' in told
    assert "sitemap  http://desk.example/news.xml: 2 pages of the last two days, newest" in told
    assert "none of its pages has a date" in told
    pasted = parse_watchlist(told[told.index("[[") :], path="pasted")
    assert [feed.url for feed in (*pasted.feeds, *pasted.sitemaps)] == [f"{SITE}/rss", f"{SITE}/news.xml"]
    assert not [path for path, _ in site.asked() if path == "/feed/"], "no guessing where the page says it"


def test_discovery_guesses_where_a_page_names_nothing_and_shows_one_document_once(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.put("index.html", "<html>hello</html>")
    for name in ("rss.xml", "feed.xml"):
        site.put(name, "<rss version='2.0'><channel><item><title>x</title></item></channel></rss>")

    discover_feeds(site.settings, f"{SITE}/", as_json=True)

    told = json.loads(capsys.readouterr().out)
    assert [(feed["url"], feed["entry_count"]) for feed in told["feeds"]] == [(f"{SITE}/rss.xml", 1)]
    assert tuple(told) == ("url", "feeds", "sitemaps", "untried_sitemap_count", "watchlist")


def test_discovery_of_a_feed_gives_that_feed(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.put("rss", rss(("a/1", 1)))

    discover_feeds(site.settings, f"{SITE}/rss", as_json=True)

    assert json.loads(capsys.readouterr().out)["feeds"][0]["kind"] == "rss"
    assert [path for path, _ in site.asked()] == ["/rss"]


@pytest.mark.parametrize(("path", "said"), [("", "no feed and no sitemap found"), ("absent", "HTTP 404")])
def test_discovery_of_nothing_is_an_error_in_one_line(site: Site, path: str, said: str) -> None:
    site.put("index.html", "<html>hello</html>")

    with pytest.raises(ParseError, match=f"{said}.*{SITE}/{path}"):
        discover_feeds(site.settings, f"{SITE}/{path}", as_json=False)


def test_sitemaps_are_checked_with_the_feeds(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.watch(f'[[feeds]]\nurl = "{SITE}/rss"\n[[sitemaps]]\nurl = "{SITE}/news.xml"\n')
    site.put("rss", rss(("a/1", 1)))
    site.put("news.xml", news(("a/1", 1), ("a/2", 2)))

    check_feeds(site.settings, as_json=False)

    told = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in told if line.startswith("ok")] == [
        ["ok", f"{SITE}/rss"],
        ["ok", f"{SITE}/news.xml"],
    ]
    assert any(line.strip().startswith("Sitemap with 2 entries") for line in told)


OPML = b"""<opml version="2.0"><body><outline text="Press">
<outline text="A" xmlUrl="https://a.example/rss"/><outline text="A again" xmlUrl="http://www.a.example/rss/"/>
<outline text="B" xmlUrl="https://b.example/rss"/><outline text="C" xmlUrl="ftp://c.example/rss"/>
<outline text="D" xmlUrl="https://me:hush@d.example/rss"/></outline></body></opml>"""


def test_import_adds_what_is_new_and_says_what_it_refused(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.watch('# mine\n[[feeds]]\nurl = "https://b.example/rss"\n')
    file = tmp_path / "list.opml"
    file.write_bytes(OPML)

    with pytest.raises(SystemExit) as ended:
        import_feeds(site.settings, file, as_json=False)

    assert ended.value.code == 1
    told = capsys.readouterr()
    assert "1 feed added, 2 known already, 2 refused" in told.out
    assert [line.split(":")[0] for line in told.err.splitlines()] == ["refused", "refused"]
    assert "hush" not in told.err + told.out
    assert [feed.url for feed in read_watchlist(site.settings.watchlist).feeds] == [
        "https://b.example/rss",
        "https://a.example/rss",
    ]
    assert site.settings.watchlist.read_text().startswith("# mine\n")


def test_a_second_import_changes_nothing(site: Site, tmp_path: Path) -> None:
    site.watch("# mine")
    file = tmp_path / "list.opml"
    file.write_bytes(OPML.replace(b"ftp:", b"http:").replace(b"me:hush@", b""))
    import_feeds(site.settings, file, as_json=True)
    held = site.settings.watchlist.read_bytes()

    import_feeds(site.settings, file, as_json=True)

    assert site.settings.watchlist.read_bytes() == held


@pytest.mark.parametrize("body", [b"<html></html>", b"<opml><body/></opml>"])
def test_what_is_no_list_is_an_error_and_the_watchlist_stays(site: Site, tmp_path: Path, body: bytes) -> None:
    site.watch("# mine")
    file = tmp_path / "list.opml"
    file.write_bytes(body)

    with pytest.raises(NewsdeskError, match=r"list\.opml"):
        import_feeds(site.settings, file, as_json=False)
    assert site.settings.watchlist.read_text() == "# mine"


def test_without_a_watchlist_an_import_says_how_to_get_one(site: Site, tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_bytes(OPML)

    with pytest.raises(WatchlistError, match="newsdesk init"):
        import_feeds(site.settings, tmp_path / "list.opml", as_json=False)


def test_what_was_exported_has_titles_and_is_known_when_imported(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.watch(f'[[feeds]]\nurl = "{SITE}/rss"\nsource = "paper.example"\n')
    site.put("rss", rss(("a/1", 1), title="The Desk"))
    site.poll()
    publish(site.settings.home, now=now())

    export_feeds(site.settings, tmp_path / "out.opml")
    export_feeds(site.settings, None)

    listed = read_opml((tmp_path / "out.opml").read_bytes(), name="out")
    assert [(one.url, one.title, one.source, one.currency) for one in listed] == [
        (f"{SITE}/rss", "The Desk", "paper.example", None)
    ]
    assert read_opml(capsys.readouterr().out.encode(), name="stdout") == listed
    import_feeds(site.settings, tmp_path / "out.opml", as_json=True)
    assert json.loads(capsys.readouterr().out) == {"added": [], "known_count": 1, "refused": []}


@pytest.mark.shared
def test_a_large_public_list_is_imported_whole(
    site: Site, shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.watch("# mine\n")
    with suppress(SystemExit):
        import_feeds(site.settings, shared / "corpora" / "public-feeds.opml", as_json=True)
    told = json.loads(capsys.readouterr().out)
    feeds = read_watchlist(site.settings.watchlist).feeds

    assert len(feeds) == len(told["added"]) > 740
    export_feeds(site.settings, tmp_path / "out.opml")
    assert [one.url for one in read_opml((tmp_path / "out.opml").read_bytes(), name="o")] == [
        feed.url for feed in feeds
    ]


def test_the_addresses_of_a_list_wait_in_the_ledger_like_any_entry(site: Site) -> None:
    feed = list_feed("file:///urls.txt", source="local")
    urls = read_url_list(f"{SITE}/a/1\n{SITE}/a/2\n".encode(), name="urls.txt").urls
    with open_writer(site.settings) as con:
        added = [add_entries(con, feed, entries_of_list(feed, urls, now=now()), run_id="r") for _ in range(2)]
        waiting = pending_entries(con, now=now(), limit=9)

    assert added == [2, 0]
    assert sorted(entry.url for entry in waiting) == list(urls)
    assert site.ask("select kind, is_active, status from feeds") == [("list", False, "list")]
    assert site.faults() == []
