"""Feeds as publishers write them, whole and broken."""

import gzip
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.acquire.feeds import MOST_ENTRIES, parse_feed, plain_text
from extractors.errors import ParseError
from extractors.model import ParsedEntry, ParsedFeed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def parse(body: bytes | str, *, content_type: str | None = None) -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, url="http://desk.example/dir/feed.xml", content_type=content_type, feed_id="f1", now=NOW)


def rss(*items: str, head: str = "", prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'{prolog}<rss version="2.0"><channel><title>Desk</title>{head}{inner}</channel></rss>'


def one(item: str) -> ParsedEntry:
    (entry,) = parse(rss(item)).entries
    return entry


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Atom desk</title>
<entry xml:base="http://desk.example/b/">
<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <em>b</em></div>
</title><id>urn:1</id><link href="y"/><updated>2026-11-20T10:00:00+01:00</updated>
<author><name>Jo</name></author><summary>Short</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://desk.example/"><title>RDF desk</title></channel>
<item rdf:about="http://desk.example/1"><title>One</title><link>http://desk.example/1</link>
<dc:date>2026-11-20T09:00:00Z</dc:date><dc:creator>Jo</dc:creator></item></rdf:RDF>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "JSON desk",
        "authors": [{"name": "Jo"}],
        "items": [
            {"id": 7, "url": "/1", "title": "One & <two>", "content_text": "Words", "date_published": "2026-11-20"},
            {"id": "8", "external_url": "http://desk.example/8", "content_html": "<p>Hi</p>", "author": {"name": "Al"}},
            "not an item",
            {"id": None, "url": 5, "title": ["x"]},
        ],
    }
)


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        (rss("<title>x</title>"), "rss", "Desk"),
        (ATOM, "atom", "Atom desk"),
        (RDF, "rdf", "RDF desk"),
        (JSON_FEED, "json", "JSON desk"),
        (ATOM.replace("2005/Atom", "2005/Atom").replace("<feed ", "<feed "), "atom", "Atom desk"),
    ],
)
def test_each_kind_of_feed_is_read(body: str, kind: str, title: str) -> None:
    feed = parse(body)

    assert (feed.kind, feed.title, feed.problem, feed.is_cut) == (kind, title, None, False)


def test_an_atom_entry_keeps_its_words_link_date_and_author() -> None:
    (entry,) = parse(ATOM).entries

    assert entry.title == "A b"
    assert entry.url == "http://desk.example/b/y"
    assert entry.guid == "urn:1"
    assert entry.published_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert entry.published_raw == "2026-11-20T10:00:00+01:00"
    assert (entry.summary, entry.authors) == ("Short", ("Jo",))


def test_a_json_feed_keeps_what_has_the_right_type() -> None:
    first, second, third = parse(JSON_FEED, content_type="application/feed+json").entries

    assert (first.guid, first.url, first.title, first.summary) == ("7", "http://desk.example/1", "One & <two>", "Words")
    assert first.authors == ("Jo",)
    assert (second.url, second.authors, second.title) == ("http://desk.example/8", ("Al",), None)
    assert (third.guid, third.url, third.title) == (None, "http://desk.example/dir/5", None)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "an empty answer"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "an HTML page"),
        (b'<?xml version="1.0"?><urlset xmlns="x"><url><loc>http://a.example/</loc></url></urlset>', "a sitemap"),
        (b"/etc/passwd", "not a feed"),
        (b"http://desk.example/feed.xml", "not a feed"),
        (b'{"items": "none"}', "JSON, but not a feed"),
        (b"[1, 2]", "not a feed"),
        (b"\x00\x01\x02\xff" * 50, "not a feed"),
    ],
)
def test_what_is_no_feed_is_said_to_be_what_it_is(body: bytes, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        parse(body)


def test_a_body_that_names_a_file_does_not_open_it(tmp_path: Path) -> None:
    trap = tmp_path / "feed.xml"
    trap.write_text(rss("<title>from the disk</title>"))

    with pytest.raises(ParseError):
        parse(str(trap).encode())


def test_external_entities_are_never_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush")
    prolog = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'

    for entry in parse(rss("<title>a&x;b</title>", prolog=prolog)).entries:
        assert "hush" not in (entry.title or "")


def test_entities_that_multiply_cost_nothing() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    started = time.monotonic()

    feed = parse(rss("<title>a&l9;b</title>", prolog=f'<!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>'))

    assert time.monotonic() - started < 2
    assert all(len(entry.title or "") < 2000 for entry in feed.entries)


def test_many_open_comments_cost_nothing() -> None:
    started = time.monotonic()
    parse(rss(f"<title>x</title><description><![CDATA[{'<!--' * 60_000}]]></description>"))

    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "body",
    [
        rss("<title>A\0 \x0bB</title>"),
        "\n\n  " + rss("<title>A B</title>"),
        "\ufeff" + rss("<title>A B</title>"),
        rss("<title>A B</title>") + "\n<!-- cached -->\nrubbish <b",
        rss("<title>A B</title><x:y>undeclared</x:y>"),
        rss("<title>A&nbsp;B</title>"),
        rss("<title>A B</title>").replace("<rss", "<rss:rss").replace("</rss", "</rss:rss"),
        rss("<title><![CDATA[A B]]></title>", prolog=""),
        rss("<title>A <b>B</b></title>"),
        rss("<title>A &lt;b&gt;B&lt;/b&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>"),
    ],
)
def test_broken_xml_keeps_its_entries(body: str) -> None:
    feed = parse(body)

    assert [entry.title for entry in feed.entries] == ["A B"]
    assert not feed.is_cut


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("AT&T buys R&D", "AT&T buys R&D"),
        ("AT&amp;T", "AT&T"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("a &lt; b", "a < b"),
        ("<![CDATA[1 < 2 & 3]]>", "1 < 2 & 3"),
        ("Caf&#233;  \n au lait", "Café au lait"),
    ],
)
def test_a_title_is_plain_text(title: str, expected: str) -> None:
    assert one(f"<title>{title}</title>").title == expected


def test_a_feed_that_was_cut_off_keeps_its_whole_entries_and_says_so() -> None:
    body = rss(*(f"<title>Entry {number}</title><description>words words</description>" for number in range(5)))

    feed = parse(body[: body.index("Entry 4") + 3])

    assert [entry.title for entry in feed.entries] == [f"Entry {number}" for number in range(4)]
    assert (feed.is_cut, feed.problem) == (True, "cut off before its end")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("http://desk.example/1", "http://desk.example/1"),
        ("/1", "http://desk.example/1"),
        ("2", "http://desk.example/dir/2"),
        ("//cdn.example/3", "http://cdn.example/3"),
        (" http://desk.example/4?a=1&amp;b=2 ", "http://desk.example/4?a=1&b=2"),
        ("<![CDATA[http://desk.example/5?a=1&b=2]]>", "http://desk.example/5?a=1&b=2"),
        ("javascript:alert(1)", ""),
        ("mailto:a@b.example", ""),
        ("", ""),
    ],
)
def test_only_http_links_are_links(link: str, url: str) -> None:
    assert one(f"<title>x</title><link>{link}</link>").url == url


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("<guid>http://desk.example/1</guid>", "http://desk.example/1"),
        ("<guid>abc-123</guid>", ""),
        ("<guid>urn:uuid:1</guid>", ""),
        ('<guid isPermaLink="false">tag:desk.example,2026:1</guid>', ""),
    ],
)
def test_a_guid_is_a_link_only_where_it_is_an_address(guid: str, url: str) -> None:
    assert one(f"<title>x</title>{guid}").url in (url, "http://desk.example/dir/abc-123" if "abc" in guid else url)


def ids(*items: str) -> list[str]:
    return [entry.entry_id for entry in parse(rss(*items)).entries]


def test_an_entry_keeps_its_id_when_only_its_spelling_changes() -> None:
    assert ids("<guid>http://www.desk.example/1/</guid>") == ids("<guid>https://desk.example/1?utm_source=x</guid>")
    assert ids("<link>http://desk.example/1</link>") == ids("<link>https://desk.example/1?utm_source=rss</link>")
    assert ids("<guid>a</guid><title>Old</title>") == ids("<guid>a</guid><title>New</title>")
    assert ids("<title>Only  a title</title>") == ids("<title>Only a title</title>")


def test_entries_never_share_an_id() -> None:
    same_guid = [f"<guid>same</guid><link>http://desk.example/{number}</link>" for number in range(3)]
    same_link = [f"<guid>g{number}</guid><link>http://desk.example/live</link>" for number in range(3)]
    fragments = [f"<link>http://desk.example/live#{number}</link>" for number in range(3)]
    empty_guid = [f"<guid></guid><title>Title {number}</title>" for number in range(3)]
    nameless = ["<description>one</description>", "<description>two</description>", "<category>three</category>"]

    for items in (same_guid, same_link, fragments, empty_guid, nameless):
        assert len(set(ids(*items))) == 3


def test_an_entry_that_stands_twice_is_one_entry() -> None:
    assert len(ids(*["<guid>a</guid><link>http://desk.example/1</link>"] * 2)) == 1


def test_full_content_is_kept_and_a_teaser_is_not() -> None:
    paragraph = "<p>" + "Words of an article. " * 30 + "</p>"
    encoded = (
        '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[{}]]></content:encoded>'
    )

    full = one("<title>x</title><description>Short</description>" + encoded.format(paragraph * 3))
    teaser = one("<title>x</title>" + encoded.format(paragraph))

    assert full.content_html == paragraph * 3
    assert full.summary == "Short"
    assert teaser.content_html is None


def test_a_summary_is_plain_text_of_bounded_length() -> None:
    entry = one(
        "<title>x</title><description>&lt;p&gt;One&lt;/p&gt;&lt;p&gt;t&lt;b&gt;w&lt;/b&gt;o &amp;amp; "
        "&lt;script&gt;alert(1)&lt;/script&gt;three&lt;/p&gt;" + "word " * 10_000 + "</description>"
    )

    assert entry.summary is not None
    assert entry.summary.startswith("One two & three word")
    assert len(entry.summary) <= 2000


def test_authors_are_names() -> None:
    dc = '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">{}</dc:creator>'
    assert one("<title>x</title><author>jo@desk.org (Jo Doe)</author>" + dc.format("Jo Doe")).authors == ("Jo Doe",)
    assert one("<title>x</title>" + dc.format("Al &lt;al@desk.example&gt;")).authors == ("Al",)


@pytest.mark.parametrize(
    ("said", "minutes"), [("60", 60), ("0", None), ("-5", None), ("soon", None), ("99999999", None)]
)
def test_a_ttl_is_believed_only_where_it_can_be(said: str, minutes: int | None) -> None:
    assert parse(rss("<title>x</title>", head=f"<ttl>{said}</ttl>")).ttl_minutes == minutes


def test_of_an_archive_the_newest_entries_are_read() -> None:
    dates = [datetime.fromtimestamp(1_600_000_000 + number * 60, UTC) for number in range(MOST_ENTRIES + 500)]
    items = (f"<guid>{n}</guid><title>{n}</title><pubDate>{date.isoformat()}</pubDate>" for n, date in enumerate(dates))

    feed = parse(rss(*items))

    assert [entry.title for entry in feed.entries] == [str(number) for number in range(500, MOST_ENTRIES + 500)]
    assert feed.problem == "only the newest 2,000 of 2,500 entries were read"


def test_plain_text_does_not_take_a_comparison_for_a_tag() -> None:
    assert plain_text("if a < b and c > d") == "if a < b and c > d"
    assert plain_text("<p>a</p><p>b</p> wo<b>r</b>d <!-- hidden -->") == "a b word"


_pieces = st.sampled_from(
    [
        "<rss>",
        "<channel>",
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<link>",
        "http://a.example/",
        "<guid>",
        "&amp;",
        "&",
        "<![CDATA[",
        "]]>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<entry>",
        "<id>",
        "<pubDate>",
        "2026-11-20",
        "</rss>",
        "\0",
        "é",
        "<!--",
        "-->",
        '{"items": [',
        "{}",
        "]}",
        "<?xml version='1.0' encoding='utf-16'?>",
        "x" * 50,
    ]
)


@settings(max_examples=150)
@given(st.lists(_pieces, max_size=20), st.binary(max_size=20))
def test_anything_is_a_feed_or_a_parse_error(pieces: list[str], tail: bytes) -> None:
    try:
        feed = parse("".join(pieces).encode() + tail)
    except ParseError:
        return
    assert len({entry.entry_id for entry in feed.entries}) == len(feed.entries)


@pytest.mark.shared
def test_real_and_specified_feeds_are_read_as_expected(shared: Path) -> None:
    folder = shared / "corpora" / "feeds"
    rows = [json.loads(line) for line in (folder / "feeds.jsonl").read_text("utf-8").splitlines()]
    wrong: list[str] = []
    for row in rows:
        feed = parse(gzip.decompress((folder / row["file"]).read_bytes()))
        expected = row.get("expect", {})
        if len(feed.entries) != expected.get("entry_count", len(feed.entries)):
            wrong.append(f"{row['origin']}: entries")
        for gold, entry in zip(expected.get("entries", []), feed.entries, strict=False):
            if "title" in gold and " ".join(gold["title"].split()) != entry.title:
                wrong.append(f"{row['origin']}: title")
            if "published" in gold and datetime.fromisoformat(gold["published"]) != entry.published_at:
                wrong.append(f"{row['origin']}: published")

    assert wrong == []
