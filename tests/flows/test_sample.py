"""The sample newsroom: its files say what ``expected.json`` and its README promise."""

import http.client
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
import ftfy
import lxml.html
import pytest
import trafilatura

from extractors.model import Outcome
from flows.newsroom import SAMPLE, Newsroom

EXPECTED: list[dict[str, Any]] = json.loads((SAMPLE / "expected.json").read_text(encoding="utf-8"))
WATCHLIST = tomllib.loads((SAMPLE / "watchlist.toml").read_text(encoding="utf-8"))
FEEDS = [feed["url"] for feed in WATCHLIST["feeds"]]
PAGES = sorted((SAMPLE / "site").rglob("*.html"))
#: Pages whose bytes are not UTF-8, with what they are.
ODD_BYTES = {
    "datenschuetzerin-schreibt-an-deepseek-4413055.html": "windows-1252",
    "c1077.html": "gb18030",
}


@pytest.fixture(scope="module")
def sample() -> Iterator[Newsroom]:
    with Newsroom() as running:
        yield running


def get(newsroom: Newsroom, url: str) -> tuple[http.client.HTTPResponse, bytes]:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection("127.0.0.1", newsroom.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": parts.netloc})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def page_text(path: Path) -> str:
    return path.read_bytes().decode(ODD_BYTES.get(path.name, "utf-8"))


def entries_of(newsroom: Newsroom, url: str) -> list[dict[str, Any]]:
    response, body = get(newsroom, url)
    assert response.status == 200
    if url.endswith(".json"):
        items = json.loads(body)["items"]
        return [{"link": item["url"], "title": item["title"], "date": item["date_published"]} for item in items]
    parsed = feedparser.parse(body, response_headers={"content-type": response.headers["Content-Type"]})
    assert not parsed.bozo
    return [
        {
            "link": urljoin(url, entry.link),
            "title": entry.title,
            "date": entry.get("published") or entry.get("updated"),
        }
        for entry in parsed.entries
    ]


def extracted(name: str) -> str:
    """Return what trafilatura alone takes from the page *name*."""
    path = next(page for page in PAGES if page.name == name)
    return trafilatura.extract(page_text(path), include_comments=False) or ""


def test_the_sample_has_seven_feeds_of_every_kind_and_pages_in_four_languages(sample: Newsroom) -> None:
    kinds = Counter()
    for url in FEEDS:
        body = get(sample, url)[1]
        kinds[feedparser.parse(body).version if not url.endswith(".json") else "json"] += 1
    assert kinds == {"rss20": 3, "atom10": 2, "rss10": 1, "json": 1}
    assert len(PAGES) >= 25
    assert {entry["language"] for entry in EXPECTED if entry["outcome"] == "stored"} == {
        "en",
        "de",
        "zh",
        "fr",
    }


def test_every_entry_of_the_feeds_has_its_expected_outcome_and_the_other_way_round(sample: Newsroom) -> None:
    listed = Counter((url, entry["link"]) for url in FEEDS for entry in entries_of(sample, url))
    assert listed == Counter((entry["feed"], entry["url"]) for entry in EXPECTED)
    assert set(listed.values()) == {1}


def test_the_expected_outcomes_are_outcomes_and_the_topics_are_watched() -> None:
    for entry in EXPECTED:
        assert Outcome(entry["outcome"]) not in {Outcome.PENDING, Outcome.UNCHANGED}
        assert set(entry["topics"]) <= set(WATCHLIST["topics"])
        assert not entry["topics"] or entry["outcome"] == "stored"
        assert entry["why"]


@pytest.mark.parametrize("entry", EXPECTED, ids=lambda entry: entry["url"].removeprefix("http://"))
def test_an_entry_leads_where_its_outcome_says(sample: Newsroom, entry: dict[str, Any]) -> None:
    response, body = get(sample, entry["url"])
    allowed = {
        "gone": {404, 410},
        "failed": {302},
        "blocked": {200, 403},
        "stored": {200, 301},
    }
    assert response.status in allowed.get(entry["outcome"], {200})
    if response.status == 301:
        assert response.headers["Location"] == entry["page"]
        response, body = get(sample, entry["page"])
    if "page" in entry:
        assert response.status == 200
        assert f'href="{entry["page"]}"'.encode() in body, "the canonical link names the page"
    assert (response.headers["Content-Type"] == "application/pdf") == (entry["outcome"] == "unsupported")


def test_every_page_is_listed_by_a_feed() -> None:
    listed = {urlsplit(entry.get("page", entry["url"])) for entry in EXPECTED}
    wanted = {f"{parts.netloc}{parts.path}".rstrip("/") for parts in listed}
    for page in PAGES:
        address = str(page.relative_to(SAMPLE / "site")).removesuffix("index.html").rstrip("/")
        assert {address, address.removesuffix(".html")} & wanted, page


def test_the_readme_tells_the_outcome_of_every_entry() -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    for entry in EXPECTED:
        address = re.sub(r"\?utm_.*", "?utm_…", entry["url"].removeprefix("http://"))
        topics = ", ".join(entry["topics"]) or "–"
        assert f"| {address} | {entry['outcome']} | {topics} |" in readme


def test_no_page_links_to_a_real_host() -> None:
    for page in [*PAGES, *(SAMPLE / "site").glob("*/feed.*")]:
        hosts = set(re.findall(r"https?://([^/\"'<\s:]+)", page_text(page)))
        formats = {"www.w3.org", "purl.org", "schema.org", "jsonfeed.org"}
        assert {host for host in hosts if not host.endswith(".example")} <= formats, page


def test_every_date_lies_between_20_january_and_5_february_2025(sample: Newsroom) -> None:
    undated = []
    for url in FEEDS:
        for entry in entries_of(sample, url):
            if entry["date"] is None:
                undated.append(entry["link"])
                continue
            stamp = feedparser.datetimes._parse_date(entry["date"])  # noqa: SLF001 - every date format in one call
            assert (
                datetime(2025, 1, 20, tzinfo=UTC)
                <= datetime(*stamp[:6], tzinfo=UTC)
                <= datetime(2025, 2, 6, tzinfo=UTC)
            )
    assert [link.rpartition("/")[2] for link in undated] == ["obstbaumschnitt-im-februar.html"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_of_json_ld_is_json(page: Path) -> None:
    tree = lxml.html.fromstring(page_text(page).encode("utf-8"), parser=lxml.html.HTMLParser(encoding="utf-8"))
    for block in tree.xpath("//script[@type='application/ld+json']/text()"):
        assert "@context" in json.loads(block)


@pytest.mark.parametrize(("name", "charset"), ODD_BYTES.items())
def test_a_page_with_odd_bytes_is_not_utf8(sample: Newsroom, name: str, charset: str) -> None:
    url = next(entry["url"] for entry in EXPECTED if entry["url"].endswith(name))
    response, body = get(sample, url)
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    header = {"windows-1252": "text/html; charset=utf-8", "gb18030": "text/html"}
    assert response.headers["Content-Type"] == header[charset]
    assert {"windows-1252": "Dörte Großkreutz", "gb18030": "云泽港数据中心"}[charset] in body.decode(charset)


def test_every_other_page_is_utf8_without_replacement_characters() -> None:
    for page in PAGES:
        if page.name not in ODD_BYTES:
            assert "\ufffd" not in page.read_text(encoding="utf-8")


def test_the_double_encoded_page_is_whole_again_when_it_is_mended_before_it_is_extracted() -> None:
    page = page_text(next(page for page in PAGES if page.name == "fire-rules-battery-rows.html"))
    damaged = trafilatura.extract(page) or ""
    assert "â€œIt was not a grid battery" in damaged
    assert "Björn Åkesson" not in damaged
    mended = trafilatura.extract("\n".join(ftfy.fix_encoding(line) for line in page.split("\n"))) or ""
    assert "“It was not a grid battery, it wasn’t connected to anything" in mended
    assert "Björn Åkesson" in mended
    assert mended.count("“") == mended.count("”") == 5
    assert "â" not in mended


def test_reader_comments_stand_inside_the_article_element() -> None:
    page = next(page for page in PAGES if page.name == "what-the-quiet-lab-proved.html")
    comments = lxml.html.fromstring(page_text(page)).xpath("//article//*[@data-widget]//p")
    assert len(comments) == 7
    assert "quay_wall_kev" in extracted(page.name), (
        "the widget's name must be one that the extractor alone does not know"
    )


def test_the_copies_carry_the_text_of_the_wire_and_the_excerpt_its_middle() -> None:
    wire = extracted("deepseek-cost-claim.html").split("\n")
    body = [line for line in wire if len(line) > 120][1:]
    for name in ("the-figure-that-upset-an-industry.html", "cheap-ai-big-questions.html"):
        assert set(body) <= set(extracted(name).split("\n"))
    excerpt = set(extracted("kestle-bay-draws-a-second-forecast.html").split("\n"))
    assert [line in excerpt for line in body] == [False] * 2 + [True] * 4 + [False]


def test_the_edited_copy_shares_most_of_its_text_and_no_headline() -> None:
    def shingles(name: str) -> set[tuple[str, ...]]:
        words = extracted(name).split()
        return set(zip(*(words[start:] for start in range(4)), strict=False))

    first, second = (
        shingles("chip-export-rules-after-deepseek.html"),
        shingles("a-fence-somebody-jumped.html"),
    )
    assert 0.6 < len(first & second) / len(second) < 0.95


@pytest.mark.parametrize(
    "entry",
    [entry for entry in EXPECTED if entry["outcome"] == "stored"],
    ids=lambda entry: entry["url"].removeprefix("http://"),
)
def test_a_stored_page_has_an_article_of_some_length(sample: Newsroom, entry: dict[str, Any]) -> None:
    body = get(sample, entry["page"])[1]
    text = trafilatura.extract(
        body.decode(next((odd for name, odd in ODD_BYTES.items() if name in entry["page"]), "utf-8")),
        include_comments=False,
    )
    assert text is not None
    assert len(text) > (500 if entry["language"] == "zh" else 1600)


def test_the_hostile_title_is_text_in_feed_and_page(sample: Newsroom) -> None:
    name = "script-tag-in-the-parish-newsletter"
    title = next(entry["title"] for entry in entries_of(sample, FEEDS[0]) if name in entry["link"])
    page = lxml.html.fromstring(page_text(next(page for page in PAGES if page.stem == name)))
    assert page.findtext(".//h1") == "How one stray <script> tag took down \u200fa parish newsletter & 40 more"
    assert "&lt;script&gt;" in title
    assert "\u200f" in title


def test_the_redirect_loop_never_ends(sample: Newsroom) -> None:
    url = next(entry["url"] for entry in EXPECTED if entry["outcome"] == "failed")
    seen = []
    for _ in range(6):
        seen.append(url)
        url = get(sample, url)[0].headers["Location"]
    assert len(set(seen)) == 2
