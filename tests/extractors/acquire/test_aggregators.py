"""An aggregator's link is seen through where it or its page names the article."""

import base64

import pytest

from extractors.acquire.aggregators import aggregator_of, named_target, shown_target
from extractors.acquire.feeds import parse_feed
from tests.warehouse.newsroom import NOW

TARGET = "https://paper.example/news/1?id=7"
QUOTED = "https%3A%2F%2Fpaper.example%2Fnews%2F1%3Fid%3D7"
GOOGLE = "https://news.google.com/rss/articles/opaque?oc=5"


def google_token(address: str) -> str:
    raw = b'\x08\x13"' + bytes([len(address)]) + address.encode() + b"\xd2\x01\x00"
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    "link",
    [
        f"https://www.google.com/url?rct=j&sa=t&url={QUOTED}&ct=ga&cd=x",
        f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=1&url={QUOTED}&c=9",
        f"https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU={QUOTED}/RK=2/RS=x-",
        f"https://l.facebook.com/l.php?u={QUOTED}&h=AT1",
        f"https://flipboard.com/redirect?url={QUOTED}",
        f"https://news.google.com/rss/articles/{google_token(TARGET)}?oc=5",
    ],
)
def test_a_link_that_names_its_page_is_that_page(link: str) -> None:
    assert named_target(link) == TARGET


@pytest.mark.parametrize(
    "link",
    [
        GOOGLE,
        "https://flipboard.com/article/a-story/abc",
        "https://www.google.com/url?url=https%3A%2F%2Fwww.google.com%2Fnews",
        "https://www.google.com/url?url=javascript%3Aalert(1)",
        "https://www.google.com/url?url=https%3A%2F%2Fpaper.example%2F",
        "https://news.google.com/rss/articles/CBM!!!",
    ],
)
def test_a_link_that_names_no_page_is_an_aggregators_all_the_same(link: str) -> None:
    assert aggregator_of(link) is not None
    assert named_target(link) is None


@pytest.mark.parametrize(
    "link",
    [
        f"https://paper.example/login?url={QUOTED}",
        "https://www.google.com/search?q=news",
        f"https://notgoogle.com/url?url={QUOTED}",
        "https://blog.google/url?url=x",
    ],
)
def test_other_links_are_left_alone(link: str) -> None:
    assert aggregator_of(link) is None
    assert named_target(link) is None


@pytest.mark.parametrize(
    ("head", "target"),
    [
        (f'<link rel="canonical" href="{TARGET}">', TARGET),
        (f"<meta http-equiv='refresh' content=\"0; url='{TARGET}'\">", TARGET),
        (f'<meta http-equiv="Refresh" content="3;URL={TARGET}">', TARGET),
        ('<link rel="canonical" href="https://news.google.com/read/x">', None),
        ('<link rel="canonical" href="https://paper.example/">', None),
        ("", None),
    ],
)
def test_a_page_says_by_its_canonical_address_or_its_refresh_what_it_stands_for(head: str, target: str | None) -> None:
    assert shown_target(f"<html><head>{head}</head><body>x</body></html>".encode(), url=GOOGLE) == target


def test_no_page_names_nothing() -> None:
    assert shown_target(b"", url=GOOGLE) is None


def test_an_entry_has_the_address_that_its_link_names() -> None:
    link = f"https://www.google.com/url?url={QUOTED}".replace("&", "&amp;")
    body = f"<rss version='2.0'><channel><item><title>x</title><link>{link}</link></item></channel></rss>"
    (entry,) = parse_feed(
        body.encode(), url="https://www.google.com/alerts/feeds/1", content_type=None, feed_id="f", now=NOW
    ).entries

    assert (entry.url, entry.url_key) == (TARGET, TARGET)
