"""What a URL names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.urls import (
    clean_url,
    distinct_keys,
    host,
    is_http_url,
    registrable_domain,
    url_key,
    without_secrets,
)

_words = st.text(st.sampled_from("abAB0~%/.;=&?+#: é中\t"), max_size=12)
_hosts = st.sampled_from(["www.desk.example", "desk.example", "M.desk.example:80", "[::1]", "127.0.0.1", "m.co.uk"])
_urls = st.one_of(
    st.builds("{}://{}/{}?{}#{}".format, st.sampled_from(["http", "https", "HTTP"]), _hosts, _words, _words, _words),
    st.text(max_size=30),
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://desk.example/a", True),
        (" HTTPS://desk.example ", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("//desk.example/a", False),
        ("http://", False),
        ("http://desk.example:99999/", False),
        ("http://[::1/", False),
        ("http://two words/", False),
        ("urn:uuid:1", False),
        ("", False),
    ],
)
def test_only_absolute_http_addresses_with_a_host_are_http_urls(url: str, expected: bool) -> None:  # noqa: FBT001
    assert is_http_url(url) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("https://desk.github.io/feed.xml", "desk.github.io"),
        ("http://news.courier.example/feed.xml", "courier.example"),
        ("http://127.0.0.1:8080/", "127.0.0.1"),
        ("http://[::1]/", "::1"),
        ("http://localhost:8080/", "localhost"),
        ("http://WWW.BÜCHER.de./", "xn--bcher-kva.de"),
        ("file:///somewhere/page.html", "local"),
        ("page.html", "local"),
        ("https://co.uk/", "co.uk"),
    ],
)
def test_the_registrable_domain_names_the_publisher(url: str, expected: str) -> None:
    assert registrable_domain(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x?utm_source=rss&b=2&a=1#top", "https://a.example/x?b=2&a=1#top"),
        ("https://a.example/x?at_medium=RSS&at_campaign=rss", "https://a.example/x"),
        ("https://a.example/x#xtor=RSS-1", "https://a.example/x"),
        ("https://a.example/x#:~:text=some%20words", "https://a.example/x"),
        ("https://a.example/x;jsessionid=A1?id=7", "https://a.example/x?id=7"),
        ("https://a.example/x?source=rss----3f2a", "https://a.example/x"),
        ("https://a.example/x?source=reuters", "https://a.example/x?source=reuters"),
        ("https://a.example/x?sid=555", "https://a.example/x?sid=555"),
        ("https://a.example/x?sid=0f9a8b7c6d5e4f3a2b1c", "https://a.example/x"),
        ("https://a.example/article.php?eid=555&cid=3", "https://a.example/article.php?eid=555&cid=3"),
        ("https://a.example/?feed=rss2", "https://a.example/?feed=rss2"),
        ("https://a.example/watch?v=abc&&x=%7e", "https://a.example/watch?v=abc&&x=%7e"),
        ("file:///a?utm_source=x", "file:///a?utm_source=x"),
    ],
)
def test_cleaning_removes_what_only_tracks_and_leaves_every_other_character(url: str, expected: str) -> None:
    assert clean_url(url) == expected


@pytest.mark.parametrize(
    "spelling",
    [
        "http://www.desk.example/a/b?x=1&y=%C3%A4",
        "https://m.desk.example:443/a/b/?y=%c3%a4&x=1",
        "http://desk.example:80/%61/b?x=1&y=ä#part",
        "https://amp.desk.example/a/b?utm_campaign=z&x=1&y=%C3%A4&fbclid=1",
        "HTTPS://user:secret@DESK.example./a/b?x=1&&y=%C3%A4",
    ],
)
def test_all_spellings_of_one_address_have_one_key(spelling: str) -> None:
    assert url_key(spelling) == "https://desk.example/a/b?x=1&y=%C3%A4"


@pytest.mark.parametrize("url", ["file:///a/b.html", "urn:uuid:1", "abc-123", "http://desk.example:99999/", ""])
def test_what_is_no_http_address_is_its_own_key(url: str) -> None:
    assert url_key(url) == url


def test_a_host_is_never_shortened_below_its_registrable_domain() -> None:
    assert url_key("https://m.co.uk/") == "https://m.co.uk"
    assert url_key("https://www.example/") == "https://www.example"


@given(_urls)
def test_the_key_of_a_key_is_itself(url: str) -> None:
    assert url_key(url_key(url)) == url_key(url)


@given(_urls)
def test_cleaning_twice_changes_nothing_and_keeps_the_key(url: str) -> None:
    assert clean_url(clean_url(url)) == clean_url(url)
    assert url_key(clean_url(url)) == url_key(url)


@given(_urls)
def test_nothing_that_looks_like_a_link_breaks_the_readers_of_urls(url: str) -> None:
    assert isinstance(is_http_url(url), bool)
    assert registrable_domain(url)
    assert host(url) == host(url).lower()


@given(st.lists(_urls, max_size=8))
def test_two_links_of_one_document_never_share_a_key(urls: list[str]) -> None:
    keys = distinct_keys(urls)
    assert len(keys) == len(urls)
    assert len(set(keys)) == len(set(urls))


def test_links_that_differ_only_by_fragment_or_tracking_stay_apart_in_one_document() -> None:
    urls = [
        "https://a.example/live#1",
        "https://a.example/live#2",
        "https://a.example/p?ref=rss1",
        "https://a.example/p?ref=rss2",
        "http://a.example/q",
        "https://a.example/q",
        "https://a.example/r?utm_source=x",
    ]
    assert distinct_keys(urls) == [
        "https://a.example/live#1",
        "https://a.example/live#2",
        "https://a.example/p?ref=rss1",
        "https://a.example/p?ref=rss2",
        "http://a.example/q",
        "https://a.example/q",
        "https://a.example/r",
    ]


def test_secrets_never_reach_a_log() -> None:
    assert (
        without_secrets("https://me:pw@a.example/f?x=1&token=abc&Key=z") == "https://a.example/f?x=1&token=***&Key=***"
    )
    assert without_secrets("https://a.example/f?monkey=z") == "https://a.example/f?monkey=z"
