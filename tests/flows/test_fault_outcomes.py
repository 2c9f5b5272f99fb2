"""Every fault of a page, and of a robots.txt, comes to an outcome of its entry; none is lost."""

import cycle
import pytest
from fault_server import FAULTS, Answer, FaultServer
from faults import ARTICLE

from flows.settings import Settings
from warehouse.connection import writer

#: By outcome and what its reason must name: the faults that end so. Feeds in place of pages are what they are.
EXPECTED: dict[tuple[str, str], str] = {
    ("stored", ""): """
        utf-16-without-bom windows-1251-said-utf-8 robots-allow robots-disallow-others robots-404 robots-401 robots-html
        robots-empty robots-redirect-loop robots-huge-and-late robots-crawl-delay robots-crawl-delay-words
        """,
    ("not_article", "feed or another XML"): """
        good gzip gzip-twice gzip-with-junk gzip-undeclared gzip-declared-plain deflate-wrapped deflate-raw brotli
        encoding-is-a-charset length-absent chunked http-1.0 header-60-kb header-300 header-not-ascii line-feeds-only
        early-hints redirect-301 redirect-302 redirect-303 redirect-307 redirect-308 redirect-scheme-relative hops
        cookie-wall conditional keep-alive-reset same-etag
        """,
    ("too_short", "characters of text"): """
        empty no-content header-latin-1 html-as-feed nul-bytes soft-404 endless-pages
        """,
    ("unsupported", "PDF"): "pdf",
    ("gone", "HTTP 410"): "gone",
    ("gone", "HTTP 404"): "missing redirect-not-ascii",
    ("paywalled", "HTTP 402"): "payment",
    ("blocked", "HTTP 401"): "unauthorised",
    ("blocked", "HTTP 403"): "challenge",
    ("blocked", "HTTP 451"): "teapot-legal",
    ("blocked", "HTTP 429"): "busy-seconds busy-date busy-zero busy-garbage",
    ("blocked", "bot wall"): "bot-wall",
    ("blocked", "consent wall"): "consent-wall",
    ("blocked", "disallows it for newsdesk (rules of User-agent: *)"): """
        robots-disallow robots-utf-8-bom robots-redirect robots-huge
        """,
    ("blocked", "disallows it for newsdesk (rules of User-agent: NewsDesk)"): "robots-disallow-us",
    ("pending", "wants 120 s between two requests"): "robots-crawl-delay-absurd",
    ("failed", "could not be had (HTTP 429), which means to keep away"): "robots-429",
    ("failed", "could not be had (HTTP 500), which means to keep away"): "robots-500",
    ("failed", "could not be had (timeout), which means to keep away"): "robots-timeout",
    ("failed", "could not be had (connect), which means to keep away"): "robots-reset",
    ("failed", "could not be had (truncated), which means to keep away"): "robots-gzip-cut",
    ("failed", "blocked_address"): """
        redirect-to-private redirect-to-metadata redirect-to-mapped robots-redirect-private
        """,
    ("failed", "bad_url"): "redirect-to-file redirect-to-data redirect-to-decimal redirect-unreadable",
    ("failed", "redirect_loop"): "redirect-loop redirect-loop-back",
    ("failed", "HTTP 302"): "redirect-without-location",
    ("failed", "HTTP 304"): "uninvited-304",
    ("failed", "HTTP 500"): "server-error",
    ("failed", "HTTP 503"): "down storm-503",
    ("failed", "timeout"): "slow-headers slow-body stall silence",
    ("failed", "connect"): "close-at-once",
    ("failed", "too_large"): "endless large large-undeclared",
    ("failed", "truncated"): "truncated-gzip length-too-long chunked-cut reset-in-body",
    ("failed", "protocol"): """
        encoding-unknown length-too-short length-bad length-twice chunk-size-bad http-0.9 status-garbage icy
        header-name-bad
        """,
}
#: Unpacking 300 MB takes longer than the time limit of this test; test_fetch holds its end.
ELSEWHERE = {"gzip-bomb"}

Row = tuple[str, str]


def page_url(name: str) -> str:
    return f"http://{name}.example/{'page' if name.startswith('robots-') else name}"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """Poll a feed that lists the page of every fault, collect once, give the ledger: fault -> (outcome, reason)."""
    folder = tmp_path_factory.mktemp("faults")
    names = sorted({name.strip("/") for name in FAULTS} - ELSEWHERE)
    items = "".join(f"<item><title>{name}</title><link>{page_url(name)}</link></item>" for name in names)
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Faults</title>{items}</channel></rss>'
    pages = {"/feed.xml": Answer(body=feed.encode()), "/page": Answer(body=ARTICLE.encode())}
    (folder / "watchlist.toml").write_text('[[feeds]]\nurl = "http://desk.example/feed.xml"\n')
    with FaultServer(pages) as server:
        settings = Settings(
            home=folder / "home",
            watchlist=folder / "watchlist.toml",
            connect_to=".example={}:{}".format(*server.address),
            page_timeout_seconds=2,
            host_wait_seconds=3,
            attempt_limit=1,
            workers=1,
        )
        cycle.poll(settings)
        cycle.collect(settings)
    with writer(settings.home) as con:
        rows = con.execute("select title, outcome, coalesce(outcome_reason, '') from entries").fetchall()
    return {title: (outcome, reason) for title, outcome, reason in rows}


def test_no_fault_is_without_an_expected_outcome_and_none_is_lost(ledger: dict[str, Row]) -> None:
    named = [name for names in EXPECTED.values() for name in names.split()]

    assert len(named) == len(set(named))
    assert set(named) | ELSEWHERE == {name.strip("/") for name in FAULTS}
    assert set(ledger) == set(named)


@pytest.mark.parametrize(("outcome", "reason"), EXPECTED, ids=lambda words: words.replace(" ", "-") or "no-reason")
def test_each_fault_comes_to_its_outcome(ledger: dict[str, Row], outcome: str, reason: str) -> None:
    for name in EXPECTED[outcome, reason].split():
        came_to, said = ledger[name]
        assert (name, came_to) == (name, outcome)
        assert reason in said
