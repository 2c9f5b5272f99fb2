"""Lists of addresses as people write them."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.url_lists import entries_of_list, list_feed, read_url_list

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LIST = b"""\xef\xbb\xbf# my list

https://a.example/1   the one on prices
  http://b.example/2\r
a.example/3
https://a.example/1
ftp://a.example/4
https://me:hush@a.example/5
https://a.example/6?token=hush\xff
"""


def test_addresses_come_once_in_order_and_what_is_none_is_named_with_its_line() -> None:
    found = read_url_list(LIST, name="urls.txt")

    assert found.urls == ("https://a.example/1", "http://b.example/2", "https://a.example/6?token=hush\ufffd")
    assert [problem.split(":")[0] for problem in found.problems] == [f"urls.txt, line {n}" for n in (5, 7, 8)]
    assert "hush" not in str(found.problems)


def test_entries_belong_to_the_list_and_have_the_source_of_their_page() -> None:
    feed = list_feed("file:///urls.txt", source="local")
    entries = entries_of_list(feed, ("https://www.a.example/1", "http://b.example/2"), now=NOW)

    assert feed.kind == "list"
    assert [(one.source, one.url_key, one.feed_id) for one in entries] == [
        ("a.example", "https://a.example/1", feed.feed_id),
        ("b.example", "https://b.example/2", feed.feed_id),
    ]
    assert entries == entries_of_list(feed, ("https://www.a.example/1", "http://b.example/2"), now=NOW)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list(body: bytes) -> None:
    found = read_url_list(body, name="x")
    entries = entries_of_list(list_feed("file:///x", source="local"), found.urls, now=NOW)

    assert len({entry.entry_id for entry in entries}) == len(found.urls)
    assert all("\n" not in problem for problem in found.problems)
