"""Sitemaps, polled like feeds and consulted where a feed lost entries."""

import gzip
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from desk import newsdesk_command, rows, sample_environment
from small_site import SITE, Site, ago, news, rss, served_site

from flows.collecting import now, open_writer
from flows.polling import PollSummary, take_up
from flows.watched import read_watchlist
from warehouse.entries import pending_entries


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with served_site(tmp_path) as served:
        yield served


def test_a_sitemap_is_polled_like_a_feed(site: Site) -> None:
    site.watch(f'[[sitemaps]]\nurl = "{SITE}/news.xml.gz"\nsource = "paper.example"\n')
    site.put("news.xml.gz", gzip.compress(news(("a/1", 1), ("a/2", 30), ("a/3", 90)).encode()))

    first, second = site.poll(), site.poll()

    assert (first.new_entry_count, second.new_entry_count, second.unchanged_count) == (2, 0, 1)
    assert site.ask("select kind, source, status, entry_count from feeds") == [
        ("sitemap", "paper.example", "working", 2)
    ]
    assert [status for _, status in site.asked()] == [200, 304]
    with open_writer(site.settings) as con:
        waiting = pending_entries(con, now=now(), limit=9)
    assert [entry.title for entry in waiting] == ["a/2", "a/1"]
    assert site.poll(only_due=True).feed_count == 0
    assert site.faults() == []


def test_a_sitemap_with_one_new_page_after_a_quiet_time_is_no_overrun(site: Site) -> None:
    site.watch(f'[[sitemaps]]\nurl = "{SITE}/news.xml"\n')
    site.put("news.xml", news(("a/1", 40)))
    site.poll()
    site.put("news.xml", news(("a/2", 0)))

    site.poll()

    assert site.ask("select new_entry_count, is_window_overrun from polls order by polled_at") == [
        (1, False),
        (1, False),
    ]


def test_an_index_is_read_with_the_children_that_changed_and_not_again(site: Site) -> None:
    site.watch(f'[[sitemaps]]\nurl = "{SITE}/index.xml"\n')
    children = {"new.xml": 1.0, "old.xml": 500.0}
    blocks = "".join(
        f"<sitemap><loc>{SITE}/{name}</loc><lastmod>{ago(hours)}</lastmod></sitemap>"
        for name, hours in children.items()
    )
    site.put("index.xml", f"<sitemapindex>{blocks}</sitemapindex>")
    site.put("new.xml", news(("a/1", 1)))
    site.put("old.xml", news(("a/2", 1)))

    assert site.poll().new_entry_count == 1
    assert site.asked() == [("/index.xml", 200), ("/new.xml", 200)]
    assert site.poll().new_entry_count == 0
    assert site.asked() == [("/index.xml", 304)]

    site.put("old.xml", news(("a/2", 1), ("a/3", 1)))
    site.put(
        "index.xml",
        f"<sitemapindex><sitemap><loc>{SITE}/old.xml</loc><lastmod>{ago(0)}</lastmod></sitemap></sitemapindex>",
    )
    assert site.poll().new_entry_count == 2
    assert site.asked() == [("/index.xml", 200), ("/old.xml", 200)]
    assert site.faults() == []


def test_a_child_without_a_date_is_asked_with_its_validators(site: Site) -> None:
    site.watch(f'[[sitemaps]]\nurl = "{SITE}/index.xml"\n')
    site.put("index.xml", f"<sitemapindex><sitemap><loc>{SITE}/c.xml</loc></sitemap></sitemapindex>")
    site.put("c.xml", news(("a/1", 1)))
    site.poll()
    site.asked()

    site.poll()
    assert site.asked() == [("/index.xml", 304), ("/c.xml", 304)]

    site.put("c.xml", news(("a/1", 1), ("a/2", 0.5)))
    assert site.poll().new_entry_count == 1
    assert site.asked() == [("/index.xml", 304), ("/c.xml", 200)]


def overrun(site: Site) -> PollSummary:
    """Let the feed of the site lose a/2, a/3 and a/4 between two polls."""
    site.put("rss", rss(("tech/0", 9), ("tech/1", 8)))
    site.poll()
    with open_writer(site.settings) as con:
        con.execute(
            "update feeds set last_polled_at = now() - interval 7 hours, last_success_at = now() - interval 7 hours"
        )
    site.put("rss", rss(("tech/5", 1), ("tech/6", 0.5)))
    site.asked()
    return site.poll()


LOST = [("tech/1", 8.0), ("tech/2", 6.0), ("sport/3", 5.0), ("tech/4", 4.0), ("tech/5", 1.0)]


def test_what_an_overrun_feed_lost_comes_from_the_sitemap_that_robots_txt_names(site: Site) -> None:
    site.watch(f'[[feeds]]\nurl = "{SITE}/rss"\nsource = "paper.example"\ncurrency = "CHF"\n')
    site.put("robots.txt", f"User-agent: *\nSitemap: {SITE}/all.xml\nSitemap: {SITE}/news.xml\n")
    site.put("news.xml", news(*LOST))

    summary = overrun(site)

    assert len(summary.overruns) == 1
    assert summary.new_entry_count == 4, "two of the feed, two from the sitemap"
    found = (
        "select title, source, currency, kind, is_active from entries join feeds using (feed_id) where kind = 'sitemap'"
    )
    assert sorted(site.ask(found.replace("title", "entries.title", 1))) == [
        ("tech/2", "paper.example", "CHF", "sitemap", False),
        ("tech/4", "paper.example", "CHF", "sitemap", False),
    ]
    assert [path for path, _ in site.asked()] == ["/rss", "/robots.txt", "/news.xml"]
    assert site.faults() == []


def test_the_watchlists_own_sitemap_is_read_once_and_robots_txt_left_alone(site: Site) -> None:
    site.watch(f'[[feeds]]\nurl = "{SITE}/rss"\n[[sitemaps]]\nurl = "{SITE}/news.xml"\n')
    site.put("robots.txt", f"Sitemap: {SITE}/news.xml\n")
    site.put("news.xml", news(("tech/1", 8)))

    summary = overrun(site)

    assert len(summary.overruns) == 1
    assert sorted(path for path, _ in site.asked()) == ["/news.xml", "/rss"]


def test_a_sitemap_of_the_watchlist_that_is_not_due_is_read_for_an_overrun(site: Site) -> None:
    site.watch(f'[[feeds]]\nurl = "{SITE}/rss"\n[[sitemaps]]\nurl = "{SITE}/news.xml"\n')
    site.put("news.xml", news(("tech/1", 8)))
    overrun(site)
    site.put("news.xml", news(*LOST))
    with open_writer(site.settings) as con:
        con.execute("update feeds set last_success_at = now() - interval 1 hour, last_polled_at = last_success_at")
        con.execute("update feeds set next_poll_at = now() - interval 1 hour where kind = 'rss'")
    site.put("rss", rss(("tech/7", 0.2), ("tech/8", 0.1)))

    summary = site.poll(only_due=True)

    assert len(summary.overruns) == 1
    assert site.ask("select count(*) from entries join feeds using (feed_id) where kind = 'sitemap'") == [(5,)]


def test_without_a_sitemap_an_overrun_is_only_recorded(site: Site) -> None:
    site.watch(f'[[feeds]]\nurl = "{SITE}/rss"\n')

    assert overrun(site).new_entry_count == 2
    assert site.ask("select count(*) from polls where is_window_overrun") == [(1,)]


def test_the_states_of_sitemaps_and_feeds_change_when_the_watchlist_does(site: Site) -> None:
    site.put("rss", rss(("a/1", 1)))
    for table, kind in (("feeds", "rss"), ("sitemaps", "sitemap"), ("feeds", "rss")):
        site.watch(f'[[{table}]]\nurl = "{SITE}/rss"\n')
        due = take_up(read_watchlist(site.settings.watchlist), site.settings, only_due=False)
        assert (due[0].kind == "sitemap") == (kind == "sitemap")


ARTICLE = "".join(
    f"<p>{'The mill by the river grinds again, and the town council paid for the wheel. ' * 4}</p>" for _ in range(4)
)


@pytest.mark.slow
def test_newsdesk_run_stores_what_only_a_sitemap_lists(site: Site, prefect_server: str) -> None:
    site.watch(f'[[sitemaps]]\nurl = "{SITE}/news.xml"\n')
    site.put("news.xml", news(("mill.html", 1)))
    site.put("mill.html", f"<html><head><title>The mill</title></head><body><article>{ARTICLE}</article></body></html>")
    env = sample_environment(site.settings.home, site.newsroom) | {
        "NEWSDESK_WATCHLIST": str(site.settings.watchlist),
        "PREFECT_API_URL": prefect_server,
    }

    done = subprocess.run(newsdesk_command("run"), env=env, capture_output=True, text=True, check=False, timeout=240)

    assert done.returncode == 0, done.stderr
    assert "1 feeds polled; 1 entries found" in done.stdout
    assert rows(site.settings.home, "select title, outcome from entries") == [("mill.html", "stored")]


def test_duckdb_still_alters_a_column_by_another() -> None:
    """The migration that widens feeds.kind rests on it."""
    with duckdb.connect() as con:
        con.execute("create table t (id varchar primary key, kind varchar check (kind in ('a')))")
        con.execute("insert into t values ('x', 'a')")
        con.begin()
        con.execute("alter table t add column door varchar")
        con.execute("alter table t alter column door set data type varchar using (kind)")
        con.execute("alter table t drop column kind")
        con.commit()
        assert con.execute("select door from t").fetchall() == [("a",)]
