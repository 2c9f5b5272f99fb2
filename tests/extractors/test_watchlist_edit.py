"""Feeds added to a file that belongs to a person."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.opml import ListedFeed, read_opml, write_opml
from extractors.errors import WatchlistError
from extractors.watchlist import parse_watchlist, url_problem
from extractors.watchlist_edit import feed_lines, with_feeds

HELD = """# Mine.
[topics.one]
query = "one"   # the first

# --- papers
[[feeds]]
url = "https://a.example/rss"   # daily
currency = "CHF"
# the end of the papers

[alerts.desk]
url = "env:DESK"
when = "new story"
# last words"""


def test_feeds_stand_after_the_last_one_and_nothing_else_moves() -> None:
    fresh = [
        ListedFeed(url="https://b.example/rss", title="B & Co", folders=("Press", "Daily")),
        ListedFeed(url="https://c.example/rss", source="other.example", currency="EUR"),
    ]

    edited = with_feeds(HELD, fresh, path="w.toml")

    assert edited == HELD.replace(
        'currency = "CHF"\n',
        'currency = "CHF"\n\n# --- Press / Daily\n\n[[feeds]]\nurl = "https://b.example/rss"  # B & Co\n\n[[feeds]]\n'
        'url = "https://c.example/rss"\nsource = "other.example"\ncurrency = "EUR"\n',
    )


@pytest.mark.parametrize(
    "held", ["", "# nothing yet", '[topics.x]\nquery = "x"', HELD, HELD.replace("\n", "\r\n"), "\n"]
)
def test_whatever_the_file_holds_the_new_feeds_are_in_it(held: str) -> None:
    edited = with_feeds(held, [ListedFeed(url="https://b.example/rss")], path="w.toml")
    feeds = parse_watchlist(edited, path="w.toml").feeds

    assert feeds[-1].url == "https://b.example/rss"
    assert len(feeds) == HELD.count("[[feeds]]") * (len(held) > 100) + 1
    assert set(held.splitlines(keepends=True)[:-1]) <= set(edited.splitlines(keepends=True))


@pytest.mark.parametrize("held", ['feeds = [{url = "https://a.example/rss"}]', '[[feeds]]\nurls = "x"', "[[feeds]"])
def test_a_file_that_cannot_be_added_to_is_an_error_that_names_it(held: str) -> None:
    with pytest.raises(WatchlistError, match=r"w\.toml"):
        with_feeds(held, [ListedFeed(url="https://b.example/rss")], path="w.toml")


@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=2))
def test_no_title_and_no_folder_can_break_the_file(title: str, folders: list[str]) -> None:
    feed = ListedFeed(url='https://b.example/?q="\\', title=title, folders=tuple(folders))

    assert tomllib.loads(feed_lines([feed])) == {"feeds": [{"url": feed.url}]}


_hosts = st.from_regex(r"[a-z]{1,8}\.(example|co\.nz|ca)", fullmatch=True)


@given(
    st.lists(
        st.tuples(_hosts, st.sampled_from(["", "USD", "CHF"]), st.sampled_from(["", "x.example"])),
        unique_by=lambda one: one[0],
    )
)
def test_what_is_exported_is_imported_as_the_same_feeds(rows: list[tuple[str, str, str]]) -> None:
    tables = [
        f'[[feeds]]\nurl = "https://{host}/rss"\n' + f'currency = "{currency}"\n' * bool(currency)
        + f'source = "{source}"\n' * bool(source)
        for host, currency, source in rows
    ]  # fmt: skip
    feeds = parse_watchlist("".join(tables), path="w.toml").feeds
    listed = [ListedFeed(url=feed.url, source=feed.source, currency=feed.currency) for feed in feeds]

    back = with_feeds("", read_opml(write_opml(listed, title="x"), name="x"), path="w.toml")

    assert parse_watchlist(back, path="w.toml").feeds == feeds


@pytest.mark.shared
def test_a_large_public_list_becomes_a_watchlist(shared: Path) -> None:
    listed = read_opml((shared / "corpora" / "public-feeds.opml").read_bytes(), name="public")
    fine = [feed for feed in listed if url_problem(feed.url) is None]

    assert len(fine) > 750
    for feed in fine:
        assert parse_watchlist(feed_lines([feed]), path="w.toml").feeds[0].url == feed.url
