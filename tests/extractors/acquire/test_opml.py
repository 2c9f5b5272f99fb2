"""Lists of feeds, in and out."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.opml import ListedFeed, read_opml, write_opml
from extractors.errors import ParseError

LIST = b"""<?xml version="1.0"?>
<opml version="1.1"><head><title>x</title></head><body>
 <outline text="Technology"><outline text="Press">
  <outline type="rss" text="Desk" xmlUrl="http://desk.example/feed" htmlUrl="http://desk.example/"/>
  <outline TEXT="Loud" XMLURL=" http://loud.example/feed "/>
 </outline></outline>
 <outline text="Again" xmlUrl="http://desk.example/feed"/>
 <outline text="A link" url="http://link.example/"/>
 <outline text="Apple" xmlUrl="feed://apple.example/f"/><outline text="Both" xmlUrl="feed:https://both.example/f"/>
</body></opml>"""


def test_a_list_gives_each_feed_once_with_its_folders() -> None:
    assert read_opml(LIST, name="list") == (
        ListedFeed(url="http://desk.example/feed", title="Desk", folders=("Technology", "Press")),
        ListedFeed(url="http://loud.example/feed", title="Loud", folders=("Technology", "Press")),
        ListedFeed(url="http://apple.example/f", title="Apple"),
        ListedFeed(url="https://both.example/f", title="Both"),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"</opml>", b""), (b"<opml version", b"<OPML xmlns='http://opml.example' version"), (b"Desk", b"D & sk")],
)
def test_a_broken_list_is_read_as_far_as_it_goes(old: bytes, new: bytes) -> None:
    assert read_opml(LIST.replace(old, new), name="list")[0].url == "http://desk.example/feed"


@pytest.mark.parametrize("body", [b"", b"no xml", b"<rss/>", b"<html><body>opml</body></html>"])
def test_what_is_no_list_is_refused_by_name(body: bytes) -> None:
    with pytest.raises(ParseError, match=r"not an OPML list: mine\.opml"):
        read_opml(body, name="mine.opml")


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush")
    body = b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file://%s">]>' % str(secret).encode() + LIST.replace(
        b'<?xml version="1.0"?>', b""
    ).replace(b"<title>x<", b"<title>&x;<")

    assert "hush" not in str(read_opml(body, name="list"))


_words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="\ufffe\uffff"), min_size=1
)


@given(
    st.lists(
        st.builds('http://{}.example/f?a=1&b="<'.format, st.from_regex("[a-z]{1,9}", fullmatch=True)), unique=True
    ),
    _words,
)
def test_what_is_written_is_read_back(urls: list[str], title: str) -> None:
    feeds = tuple(ListedFeed(url=url, title=title) for url in urls)

    assert read_opml(write_opml(feeds, title=title), name="x") == feeds


@pytest.mark.shared
def test_a_large_public_list_is_read_whole(shared: Path) -> None:
    feeds = read_opml((shared / "corpora" / "public-feeds.opml").read_bytes(), name="public")

    assert len(feeds) > 750
    assert sum(feed.title is not None for feed in feeds) > 700
