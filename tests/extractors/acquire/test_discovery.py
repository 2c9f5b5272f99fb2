"""The feeds that a page speaks of."""

from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.discovery import feed_candidates

PAGE = b"""<html><head>
<link rel="alternate" type="application/rss+xml" title="Desk" href="/news/rss.xml">
<link rel="alternate" type="application/rss+xml" title="Comments on Desk" href="/comments/feed/">
<link rel="ALTERNATE stylesheet" type="application/atom+xml; charset=utf-8" href="//desk.example/atom">
<link rel="alternate" type="text/html" hreflang="de" href="/de/">
<link rel="feed" href="feed.json">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
</head><body>
<a href="/technology/feed">Technology</a> <a href="/feedback">Feedback</a> <a href="https://other.example/rss">Other</a>
<a href="https://desk.example/news/rss.xml?utm_source=page">RSS</a>
</body></html>"""


def test_declared_feeds_come_first_then_linked_ones_then_the_usual_places() -> None:
    found = feed_candidates(PAGE, url="https://www.desk.example/home/")

    assert found[:4] == (
        "https://www.desk.example/news/rss.xml",
        "https://desk.example/atom",
        "https://www.desk.example/home/feed.json",
        "https://www.desk.example/technology/feed",
    )
    assert "https://www.desk.example/feed/" in found
    assert not [url for url in found if "comments" in url or "feedback" in url or "other" in url or "script" in url]


def test_each_address_is_named_once_and_the_page_itself_never() -> None:
    found = feed_candidates(PAGE, url="https://desk.example/feed/")

    assert len(set(found)) == len(found)
    assert "https://desk.example/feed/" not in found


def test_a_base_address_moves_what_is_relative() -> None:
    body = b'<base href="https://cdn.example/x/"><link rel="feed" href="f.xml">'

    assert feed_candidates(body, url="https://desk.example/")[0] == "https://cdn.example/x/f.xml"


@given(st.binary(max_size=200))
def test_any_bytes_give_at_least_the_usual_places(body: bytes) -> None:
    assert "https://desk.example/rss.xml" in feed_candidates(body, url="https://desk.example/")
