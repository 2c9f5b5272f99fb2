"""From feeds to articles, no scheduler: pages that cannot be had, aggregators, moved feeds, five feeds of one page."""

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb
import pytest

from flows.collecting import Workshop, collect_batch, pick_up
from flows.newsroom import Newsroom
from flows.polling import PollSummary, poll_batch, take_up
from flows.recording import recorded
from flows.settings import Settings
from flows.watched import read_watchlist
from warehouse.connection import WAREHOUSE_NAME, writer
from warehouse.doctor import run_checks

STORY = "http://paper.example/news/harbour"
#: One article as five feeds link to it.
LINKS = (
    STORY,
    f"{STORY}/?utm_source=rss&amp;utm_medium=feed",
    "http://www.paper.example/news/harbour#xtor=RSS-1",
    "http://www.google.com/url?rct=j&amp;sa=t&amp;url=http%3A%2F%2Fpaper.example%2Fnews%2Fharbour&amp;ct=ga",
    "http://news.google.com/rss/articles/opaque1",
)
PROSE = " ".join(
    f"Sentence number {n} of the article tells what the harbour board decided in its meeting." for n in range(40)
)
OTHER = PROSE.replace("harbour board", "city council")
PAGE = "<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1><p>{text}</p></body></html>"
NAMES_A_FEED = '<html><head><link rel="alternate" type="application/rss+xml" href="/real.rss"></head></html>'
ROUTES = """
[[routes]]
url = "http://walled.example/refused"
status = 403
[[routes]]
url = "http://walled.example/broken"
status = 500
[[routes]]
url = "http://moved.example/old.rss"
status = 301
location = "http://moved.example/new.rss"
"""


def item(link: str, *, title: str = "The harbour decision", content: str = "") -> str:
    full = f"<content:encoded>{escape(f'<p>{content}</p>')}</content:encoded>" if content else ""
    return f"<item><guid isPermaLink='false'>{link}{title}</guid><title>{title}</title><link>{link}</link>{full}</item>"


def rss(*items: str) -> str:
    head = "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Feed</title>"
    return head + "".join(items) + "</channel></rss>"


def google_page(canonical: str = "") -> str:
    head = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    return PAGE.format(title="Google News", head=head, text="Opening the story.")


def site() -> dict[str, str]:
    feeds = {f"feed{n}.example/rss.rss": rss(item(link)) for n, link in enumerate(LINKS)}
    walled = [
        item(f"http://walled.example/{name}", title=name, content=f"{name}: {OTHER}")
        for name in ("refused", "missing", "broken", "teaser")
    ]
    teaser = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'
    return feeds | {
        "paper.example/news/harbour.html": PAGE.format(title="The harbour decision", head="", text=PROSE),
        "news.google.com/rss/articles/opaque1.html": google_page(STORY),
        "news.google.com/rss/articles/opaque2.html": google_page(),
        "alert.example/rss.rss": rss(item("http://news.google.com/rss/articles/opaque2")),
        "walled.example/rss.rss": rss(*walled, item("http://walled.example/short", title="short")),
        "walled.example/teaser.html": PAGE.format(title="teaser", head=teaser, text=OTHER[:300]),
        "moved.example/new.rss": rss(item("http://moved.example/gone-too")),
        "lost.example/rss.html": NAMES_A_FEED,
        "lost.example/real.rss": rss(item("http://lost.example/one")),
    }


FEEDS = (
    *(f"http://feed{n}.example/rss.rss" for n in range(len(LINKS))),
    "http://alert.example/rss.rss",
    "http://walled.example/rss.rss",
    "http://moved.example/old.rss",
    "http://lost.example/rss",
)


def cycle(settings: Settings) -> PollSummary:
    """Poll and collect once, as the flows do."""
    watchlist = read_watchlist(settings.watchlist)
    feeds = take_up(watchlist, settings, only_due=False)
    with recorded("collect", settings, watchlist) as run_id, Workshop(settings, run_id=run_id, topics=()) as shop:
        polled = poll_batch(shop.fetcher, feeds, settings=settings, run_id=run_id)
        while numbers := shop.take_up(pick_up(settings)):
            for number in numbers:
                collect_batch(shop, number=number)
    return polled


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, PollSummary]]:
    """Give the home and the polls of one cycle over the site."""
    folder = tmp_path_factory.mktemp("witnesses")
    for name, text in site().items():
        file = folder / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "site.toml").write_text(ROUTES, encoding="utf-8")
    watchlist = folder / "watchlist.toml"
    watchlist.write_text("".join(f'[[feeds]]\nurl = "{url}"\n' for url in FEEDS), encoding="utf-8")
    with Newsroom(folder) as newsroom:
        settings = Settings(
            home=folder / "home",
            watchlist=watchlist,
            workers=1,
            attempt_limit=2,
            retry_minutes=0,
            connect_to=f".example=127.0.0.1:{newsroom.port},news.google.com=127.0.0.1:{newsroom.port}",
        )
        yield settings.home, cycle(settings)


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / WAREHOUSE_NAME), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_one_article_from_five_feeds_is_one_article_with_five_entries(desk: tuple[Path, PollSummary]) -> None:
    home, _ = desk
    found = rows(
        home,
        "select articles.title, outcome, count(*) from entries join articles using (article_id)"
        " where articles.url like '%/news/harbour%' group by all order by all",
    )

    assert found == [("The harbour decision", "duplicate", 4), ("The harbour decision", "stored", 1)]
    assert rows(home, "select count(*) from articles where title = 'The harbour decision'") == [(1,)]


def test_where_a_page_cannot_be_had_the_article_is_the_feeds_own_text(desk: tuple[Path, PollSummary]) -> None:
    home, _ = desk
    found = rows(
        home,
        "select entries.title, outcome, outcome_reason, text_from, articles.title, word_count > 400"
        " from entries join articles using (article_id) where entries.url like '%walled%' order by 1",
    )

    said = "the text is the feed's own; the page is "
    assert found == [
        ("broken", "stored", f"{said}failed: HTTP 500 Internal Server Error (tried 2 times)", "feed", "broken", True),
        ("missing", "stored", f"{said}gone: HTTP 404 Not Found", "feed", "missing", True),
        ("refused", "stored", f"{said}blocked: HTTP 403 Forbidden", "feed", "refused", True),
        ("teaser", "stored", None, "feed", "teaser", True),
    ]


def test_a_page_that_cannot_be_had_and_no_text_in_the_feed_is_a_miss(desk: tuple[Path, PollSummary]) -> None:
    assert rows(desk[0], "select outcome, outcome_reason from entries where title = 'short'") == [
        ("gone", "HTTP 404 Not Found")
    ]


def test_an_aggregators_link_that_names_no_page_is_said_to_be_one(desk: tuple[Path, PollSummary]) -> None:
    assert rows(desk[0], "select outcome, outcome_reason from entries where url like '%opaque2'") == [
        ("unsupported", "an aggregator's link that names no page")
    ]


def test_a_feed_that_moved_and_one_that_its_page_names_are_read_where_they_are(desk: tuple[Path, PollSummary]) -> None:
    home, polled = desk

    assert polled.problems == ()
    assert rows(
        home, "select url, health, moved_to_url from feed_health where moved_to_url is not null order by url"
    ) == [
        ("http://lost.example/rss", "moved", "http://lost.example/real.rss"),
        ("http://moved.example/old.rss", "moved", "http://moved.example/new.rss"),
    ]


def test_a_feeds_own_text_is_kept_and_reads_the_same_again(desk: tuple[Path, PollSummary]) -> None:
    from extractors.acquire.archives import read_record
    from extractors.model import Hints
    from extractors.reading import read

    home, _ = desk
    ((warc_file, offset, sha256, text, fetched_at),) = rows(
        home,
        "select warc_file, warc_offset, document_sha256, text, fetched_at"
        " from documents join articles using (document_sha256) where articles.title = 'refused'",
    )
    document = read_record(home / "raw" / str(warc_file), int(str(offset)))

    again = read(document, hints=Hints(title="refused"), topics=(), now=document.fetched_at)
    assert (document.sha256, again.article and again.article.text, document.fetched_at) == (sha256, text, fetched_at)
    assert again.article is not None
    assert again.article.text_from == "feed"


def test_the_ledger_is_in_order_afterwards(desk: tuple[Path, PollSummary]) -> None:
    with writer(desk[0]) as con:
        assert [check for check in run_checks(con) if check.failed_count] == []
