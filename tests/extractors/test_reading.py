"""The straight line from a document to a reading."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Document, Hints, Outcome, Reading, RemovalKind, TextFrom, WatchedTopic
from extractors.reading import read, trace

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
URL = "https://www.news.example/2025/02/27/markets"
TOPIC = WatchedTopic(topic_id="deepseek", title="DeepSeek", query="deepseek", query_version="0" * 12)
PARAGRAPHS = [
    (
        f"The {name} report on DeepSeek was published on Tuesday, and the ministry "
        f"said that the figures had been checked twice before they were released."
    )
    for name in ("first", "second", "third", "fourth", "fifth", "sixth")
]
BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
PAGE = (
    f"<html lang='en'><head><title>Markets fall</title></head><body><article><h1>Markets "
    f"fall</h1>{BODY}</article></body></html>"
)


def look(
    body: str | bytes,
    *,
    content_type: str | None = "text/html; charset=utf-8",
    url: str = URL,
    final_url: str | None = None,
    hints: Hints | None = None,
) -> Reading:
    raw = body.encode() if isinstance(body, str) else body
    document = Document(
        sha256=hashlib.sha256(raw).hexdigest(),
        url=url,
        final_url=final_url or url,
        fetched_at=NOW,
        http_status=200,
        content_type=content_type,
        body=raw,
    )
    return read(document, hints=hints or Hints(), topics=(TOPIC,), now=NOW)


def test_a_page_becomes_an_article_with_its_evidence() -> None:
    found = look(PAGE, hints=Hints(source="news.example"))

    assert found.outcome is Outcome.STORED
    assert found.article is not None
    assert found.article.text == "\n".join(PARAGRAPHS)
    assert (found.article.title, found.article.source, found.article.language) == ("Markets fall", "news.example", "en")
    assert found.article.text_from is TextFrom.PAGE
    assert found.article.extractor_version.endswith(
        "+" + __import__("importlib.metadata").metadata.version("trafilatura")
    )
    assert len(found.mentions) == 6
    assert found.coverage[0].topic_id == "deepseek"
    for mention in found.mentions:
        assert found.article.text[mention.char_start : mention.char_end] == mention.raw


def test_reading_twice_gives_the_same() -> None:
    assert look(PAGE) == look(PAGE)


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"%PDF-1.7 ...", "text/html", "a PDF"),
        (b"\x89PNG\r\n", None, "an image (PNG)"),
        (b"RIFF0000WEBPVP8 ", None, "an image (WebP)"),
        (b"{}", "application/json", "application/json"),
        (b"body {}", "text/css", "text/css"),
    ],
)
def test_what_is_no_text_is_unsupported(body: bytes, content_type: str | None, reason: str) -> None:
    found = look(body, content_type=content_type)

    assert found.outcome is Outcome.UNSUPPORTED
    assert reason in (found.reason or "")


@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0"?><rss version="2.0"><channel/></rss>',
        '<feed xmlns="http://www.w3.org/2005/Atom"/>',
        "<urlset></urlset>",
    ],
)
def test_a_feed_is_not_an_article(body: str) -> None:
    assert look(body, content_type="application/xml").outcome is Outcome.NOT_ARTICLE


def test_a_short_page_says_how_short_it_is() -> None:
    found = look("<html><body><p>Too little.</p></body></html>")

    assert found.outcome is Outcome.TOO_SHORT
    assert "11 characters" in (found.reason or "")
    assert "250" in (found.reason or "")


@pytest.mark.parametrize(
    ("markup", "outcome"),
    [
        ("<title>Just a moment...</title><body>Checking your browser</body>", Outcome.BLOCKED),
        ("<body><form><input type='password'></form>Log in</body>", Outcome.BLOCKED),
        ("<body><div id='onetrust'>We and our partners use cookies. Accept all</div></body>", Outcome.BLOCKED),
        ("<body><div id='root'></div><noscript>You need to enable JavaScript</noscript></body>", Outcome.NOT_ARTICLE),
        ("<body><video src='x.mp4'></video>Watch</body>", Outcome.NOT_ARTICLE),
        (
            (
                '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'
                "<p>Teaser.</p>"
            ),
            Outcome.PAYWALLED,
        ),
    ],
)
def test_walls_are_told_apart(markup: str, outcome: Outcome) -> None:
    assert look(f"<html>{markup}</html>").outcome is outcome


def test_a_full_article_with_a_login_form_is_stored() -> None:
    assert (
        look(
            PAGE.replace("<body>", "<body><form><input type='password'></form><div id='onetrust'>cookies</div>")
        ).outcome
        is Outcome.STORED
    )


def test_a_paywalled_article_with_its_text_is_stored_and_says_so() -> None:
    claim = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'

    found = look(PAGE.replace("</head>", claim + "</head>").replace(BODY, BODY + BODY.replace("report", "paper")))

    assert found.outcome is Outcome.STORED
    assert found.article is not None
    assert found.article.is_paywalled


def test_a_link_that_ends_at_the_home_page_is_not_an_article() -> None:
    assert look(PAGE, final_url="https://www.news.example/").outcome is Outcome.NOT_ARTICLE


def test_a_list_of_links_is_not_an_article() -> None:
    links = "".join(
        f"<li><a href='/{number}'>A headline of some words about number {number} and what it did</a></li>"
        for number in range(60)
    )

    found = look(
        f"<html><head><title>News</title></head><body><ul>{links}</ul></body></html>",
        url="https://www.news.example/politics",
    )

    assert found.outcome in {Outcome.NOT_ARTICLE, Outcome.TOO_SHORT}
    assert found.article is None


def test_the_feeds_own_content_stands_in_for_a_thin_page() -> None:
    found = look("<html><body><p>Loading.</p></body></html>", hints=Hints(content_html=BODY, title="Markets fall"))

    assert found.outcome is Outcome.STORED
    assert found.article is not None
    assert found.article.text_from is TextFrom.FEED
    assert found.article.text == "\n".join(PARAGRAPHS)


def test_the_body_in_json_ld_stands_in_for_a_thin_page() -> None:
    claim = json.dumps({"@type": "NewsArticle", "articleBody": "\n".join(PARAGRAPHS)})

    found = look(
        f"<html><head><script type='application/ld+json'>{claim}</script></head><body><p>Loading.</p></body></html>"
    )

    assert found.article is not None
    assert found.article.text_from is TextFrom.JSON_LD


def test_a_page_that_went_to_another_publisher_is_that_publishers() -> None:
    found = look(PAGE, final_url="https://www.other.example/markets", hints=Hints(source="news.example"))

    assert found.article is not None
    assert found.article.source == "other.example"


def test_a_local_text_file_is_local_and_from_a_file() -> None:
    found = look("\n\n".join(PARAGRAPHS), content_type="text/plain", url="file:///desk/a.txt")

    assert found.article is not None
    assert (found.article.source, found.article.text_from) == ("local", TextFrom.FILE)


def test_a_page_without_a_content_type_is_known_by_its_markup() -> None:
    assert look("<!doctype html>" + PAGE, content_type=None).article == look("<!doctype html>" + PAGE).article


def test_text_is_in_nfc() -> None:
    found = look(PAGE.replace("ministry", "ministe\u0300re"))

    assert found.article is not None
    assert "minist\u00e8re" in found.article.text


def test_a_short_chinese_article_is_long_enough() -> None:
    body = "深度求索发布了新的模型，市场随即下跌，投资者感到意外，分析师认为这一变化将持续。" * 4

    assert (
        look(f"<html><body><article><h1>市场</h1><p>{body}</p><p>{body[::-1]}</p></article></body></html>").outcome
        is Outcome.STORED
    )


def test_the_trace_shows_every_step() -> None:
    raw = PAGE.encode()
    document = Document(sha256="0" * 64, url=URL, final_url=URL, fetched_at=NOW, content_type="text/html", body=raw)

    seen = trace(document, hints=Hints(), topics=(TOPIC,), now=NOW)

    assert (seen.body_bytes, seen.form, seen.charset) == (len(raw), "html", "utf-8")
    assert [text for _kind, text in seen.blocks] == PARAGRAPHS
    assert ("title", "h1", "Markets fall") in seen.candidates
    assert seen.reading.outcome is Outcome.STORED


@settings(deadline=None, max_examples=60)
@given(
    st.binary(max_size=300),
    st.sampled_from([None, "text/html", "text/plain", "text/html; charset=utf-16", "image/png", "x"]),
)
def test_no_bytes_raise(body: bytes, content_type: str | None) -> None:
    assert look(body, content_type=content_type).outcome in set(Outcome)


@pytest.mark.parametrize("odd", ["\x01", "\x0b", "\x0c", "\uffff", "&#1;", "&#12;", "&#xfffe;"])
def test_a_character_that_no_tree_may_hold_costs_no_page(odd: str) -> None:
    # Text behind a script or a widget moves to its neighbour where that is cut out.
    moved = PAGE.replace("<p>", f"<p>{odd}<script>1</script>{odd} ").replace("</p>", f"{odd}</p>")

    found = look(moved.encode())

    assert found.outcome is Outcome.STORED
    assert found.article is not None
    assert found.article.text.split() == " ".join(PARAGRAPHS).split()


def test_a_headline_has_no_control_characters() -> None:
    claim = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Markets \\u0001fall\\ud800"}</script>'
    )

    article = look(PAGE.replace("Markets fall", "").replace("</head>", f"{claim}</head>")).article

    assert article is not None
    assert article.title == "Markets fall"


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_cut_of_a_page_raises(data: st.DataObject) -> None:
    raw = PAGE.encode()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))

    assert look(raw[:start] + raw[end:]).outcome in set(Outcome)


@pytest.mark.shared
def test_the_seeds_come_out_as_a_person_would_clean_them(shared: Path) -> None:
    for line in (shared / "seeds" / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        raw = (shared / "seeds" / record["plain"]).read_bytes()

        found = look(raw, content_type="text/plain", url=f"file:///seeds/{record['plain']}")

        assert found.article is not None
        assert found.article.text == "\n".join(part for part in record["text"].split("\n") if part)
        assert found.article.title == record["title"]
        assert [item.text for item in found.removals if item.kind is RemovalKind.COMMENT] or record["id"] != "002"
        assert found.coverage
