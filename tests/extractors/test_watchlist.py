"""The watchlist: what it says, and how it complains."""

from pathlib import Path

import pytest

from extractors.errors import WatchlistError
from extractors.identity import feed_id, sha256_hex
from extractors.model import AlertRule, Owner, Watchlist
from extractors.watchlist import currency_of, parse_watchlist

ROOT = Path(__file__).resolve().parents[2]

WHOLE = """
[topics.deepseek]
title   = "DeepSeek"
query   = \'\'\'deepseek OR "深度求索" OR "liang wenfeng" OR (R1 AND (china OR openai OR nvidia)) NOT "deep sea"\'\'\'
alert   = ["desk-slack"]

[topics.chips]
query   = "nvidia"

[[feeds]]
url     = "https://www.example.org/technology/rss"
source  = "example.org"
currency = "CHF"

[[feeds]]
url     = "https://feeds.example.co.nz/business"

[[sitemaps]]
url     = "https://www.example.org/news-sitemap.xml"

[alerts.desk-slack]
url     = "env:NEWSDESK_SLACK_URL"
when    = "new story"

[alerts.morning]
url     = "env:NEWSDESK_MAIL_URL"
when    = "digest 08:00 Europe/London"
"""


def parsed(text: str) -> Watchlist:
    return parse_watchlist(text, path="watchlist.toml")


def complaint(text: str) -> WatchlistError:
    with pytest.raises(WatchlistError) as caught:
        parsed(text)
    return caught.value


def test_the_watchlist_of_the_contract_is_read_whole() -> None:
    watchlist = parsed(WHOLE)
    assert [topic.topic_id for topic in watchlist.topics] == ["deepseek", "chips"]
    assert [topic.title for topic in watchlist.topics] == ["DeepSeek", "chips"]
    assert watchlist.topics[0].alerts == ("desk-slack",)
    assert watchlist.topics[0].query_version == sha256_hex(watchlist.topics[0].query)[:12]
    assert [(feed.source, feed.currency) for feed in watchlist.feeds] == [
        ("example.org", "CHF"),
        ("example.co.nz", "NZD"),
    ]
    assert watchlist.feeds[1].feed_id == feed_id("https://feeds.example.co.nz/business")
    assert [one.url for one in watchlist.sitemaps] == ["https://www.example.org/news-sitemap.xml"]
    assert [one.kind for one in watchlist.sitemaps] == ["sitemap"]
    assert watchlist.alerts[0] == AlertRule(name="desk-slack", url="env:NEWSDESK_SLACK_URL", when="new story")
    assert watchlist.sha256 == sha256_hex(WHOLE)


def test_an_empty_watchlist_watches_nothing() -> None:
    assert parsed("# nothing yet\n") == Watchlist(sha256=sha256_hex("# nothing yet\n"))


def test_a_changed_query_is_another_version() -> None:
    versions = {
        parsed(f'[topics.a]\nquery = "{query}"\n').topics[0].query_version for query in ("deepseek", "deepseek*")
    }
    assert len(versions) == 2


TOPIC = '[topics.deepseek]\nquery = "deepseek"\n'
FEED = '[[feeds]]\nurl = "https://example.org/rss"\n'


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        (TOPIC + "[[feeds]\n", 3, None, "not valid TOML"),
        ("feeds = [", 1, None, "not valid TOML"),
        (TOPIC + FEED + '[[feed]]\nurl = "https://a.example/rss"\n', 5, "feed", "did you mean feeds?"),
        ("[topics.a]\nquerry = 'x'\n", 2, "topics.a.querry", "did you mean query?"),
        ("[topics.a]\n\n# later\ntitle = 'A'\n", 1, "topics.a.query", "is missing"),
        ("[topics.a]\nquery = ' '\n", 2, "topics.a.query", "is empty"),
        ("[topics.a]\nquery = 3\n", 2, "topics.a.query", "must be text"),
        ("[topics.A]\nquery = 'x'\n", 1, "topics.A", "small letters"),
        ("[topics]\nquery = 'x'\n", 2, "topics.query", "[topics.NAME]"),
        ("[[topics]]\nquery = 'x'\n", 1, "topics", "[topics.NAME]"),
        (
            TOPIC + "[topics.b]\ntitle = 'B'\nquery = '''\nr1 or v3\n'''\n",
            5,
            "topics.b.query",
            "operators stand in capitals",
        ),
        ("[topics.a]\nquery = 'x'\nalert = 'desk'\n", 3, "topics.a.alert", "list of names"),
        (
            "[topics.a]\nquery = 'x'\nalert = ['dsk']\n[alerts.desk]\nurl = 'env:U'\nwhen = 'spike'\n",
            3,
            "topics.a.alert",
            "did you mean desk?",
        ),
        ("[[feeds]]\nsource = 'example.org'\n", 1, "feeds.url", "is missing"),
        (FEED + "[[feeds]]\nurl = 'ftp://example.org/rss'\n", 4, "feeds.url", "begins with https://"),
        ("[[feeds]]\nurl = 'example.org/rss'\n", 2, "feeds.url", "begins with https://"),
        ("[[feeds]]\nurl = 'https://[example/rss'\n", 2, "feeds.url", "begins with https://"),
        ("[[feeds]]\nurl = 'https://me:secret@example.org/rss'\n", 2, "feeds.url", "password"),
        (FEED + "\n" + FEED, 5, "feeds.url", "twice, first in line 2"),
        (FEED + "[[feeds]]\nurl = 'http://www.example.org/rss/'\n", 4, "feeds.url", "twice"),
        (FEED + "source = 'https://example.org'\n", 3, "feeds.source", "must be a domain"),
        (FEED + "currency = 'dollar'\n", 3, "feeds.currency", "such as USD"),
        (FEED + "sorce = 'example.org'\n", 3, "feeds.sorce", "did you mean source?"),
        ("[feeds]\nurl = 'https://example.org/rss'\n", 1, "feeds", "[[feeds]]"),
        ("[[sitemaps]]\nurl = 'news.xml'\n", 2, "sitemaps.url", "begins with https://"),
        ("[alerts.desk]\nurl = 'slack://a/b/c'\nwhen = 'spike'\n", 2, "alerts.desk.url", "env:NEWSDESK_DESK_URL"),
        ("[alerts.desk]\nurl = 'env:U'\nwhen = 'hourly'\n", 3, "alerts.desk.when", '"new story", "spike" or "digest'),
        ("[alerts.desk]\nurl = 'env:U'\nwhen = 'digest 25:00 Europe/London'\n", 3, "alerts.desk.when", "digest 08:00"),
        ("[alerts.desk]\nurl = 'env:U'\nwhen = 'digest 08:00 Europe/Londn'\n", 3, "alerts.desk.when", "no time zone"),
    ],
)
def test_a_mistake_names_file_line_key_and_mend(text: str, line: int, key: str | None, says: str) -> None:
    error = complaint(text)
    assert says in str(error)
    assert (error.path, error.line, error.key) == ("watchlist.toml", line, key)
    assert str(error).startswith(f"watchlist.toml, line {line}: ")
    assert "\n" not in str(error)


def test_a_secret_never_stands_in_the_complaint() -> None:
    assert "T0KEN" not in str(complaint("[alerts.desk]\nurl = 'slack://T0KEN/b/c'\nwhen = 'spike'\n"))
    assert "secret" not in str(complaint("[[feeds]]\nurl = 'https://me:secret@example.org/rss'\n"))


def test_a_rule_may_have_quiet_hours() -> None:
    watchlist = parsed("[alerts.desk]\nurl = 'env:U'\nwhen = 'edit'\nquiet = '22:00-07:00 Europe/London'\n")

    assert watchlist.alerts[0].quiet == "22:00-07:00 Europe/London"


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ("when = 'edit'\nquiet = '22-07'", 4, "quiet", "two times and a time zone"),
        ("when = 'edit'\nquiet = '22:00-07:00 Europe/Londn'", 4, "quiet", "no time zone"),
        ("quiet = '22:00-07:00 UTC'\nwhen = 'digest 08:00 UTC'", 3, "quiet", "at its own time"),
    ],
)
def test_quiet_hours_that_cannot_be_are_refused(text: str, line: int, key: str, words: str) -> None:
    error = complaint(f"[alerts.desk]\nurl = 'env:U'\n{text}\n")

    assert (error.line, error.key) == (line, f"alerts.desk.{key}")
    assert words in str(error)


def test_a_rule_about_feeds_is_no_topics() -> None:
    rule = "[alerts.care]\nurl = 'env:U'\nwhen = 'feed failing'\n"

    assert parsed(rule).alerts[0].when == "feed failing"
    assert "about all feeds" in str(complaint(f"[topics.a]\nquery = 'x'\nalert = ['care']\n{rule}"))


def test_an_alert_to_this_machine_needs_no_secret() -> None:
    assert parsed("[alerts.log]\nurl = 'syslog://'\nwhen = 'spike'\n").alerts[0].url == "syslog://"


def test_the_line_is_found_below_a_query_of_several_lines() -> None:
    text = "[topics.a]\nquery = '''\n[[feeds]]\nurl = x\nnot toml OR deepseek\n'''\n[[feeds]]\nurl = 'nowhere'\n"
    assert complaint(text.replace("url = x\nnot toml OR", "OR")).line == 2
    assert complaint(text.replace("[[feeds]]\nurl = x\nnot toml OR ", "")).line == 6


@pytest.mark.parametrize(
    ("source", "currency"),
    [
        ("nzherald.co.nz", "NZD"),
        ("smh.com.au", "AUD"),
        ("theglobeandmail.ca", "CAD"),
        ("theguardian.com", "USD"),
        ("telegraph.co.uk", "USD"),
        ("heise.de", "USD"),
        ("chinadaily.com.cn", "USD"),
    ],
)
def test_a_bare_dollar_is_the_dollar_of_the_country_that_has_one(source: str, currency: str) -> None:
    assert currency_of(source) == currency


def test_the_starter_watchlist_is_sound_and_wide() -> None:
    watchlist = parsed((ROOT / "watchlist.toml").read_text(encoding="utf-8"))
    assert [topic.topic_id for topic in watchlist.topics] == ["deepseek"]
    assert len(watchlist.feeds) >= 25
    assert {"theguardian.com", "unherd.com", "nzherald.co.nz", "telegraph.co.uk", "ft.com"} <= {
        feed.source for feed in watchlist.feeds
    }
    assert all(feed.url.startswith("https://") for feed in watchlist.feeds)
    assert {"NZD", "AUD", "CAD", "SGD", "USD"} == {feed.currency for feed in watchlist.feeds}


def test_the_samples_that_are_commented_out_are_sound_once_they_are_not() -> None:
    text = (ROOT / "watchlist.toml").read_text(encoding="utf-8")
    samples = [
        line.removeprefix("# ")
        for line in text.splitlines()
        if line.startswith(("# [", "# url = ", "# when = ", "# sources = "))
    ]
    watchlist = parsed("\n".join(samples))
    assert [alert.name for alert in watchlist.alerts] == ["desk-slack"]
    assert len(watchlist.sitemaps) == 1
    assert [owner.name for owner in watchlist.owners] == ["guardian"]


@pytest.mark.parametrize("page", ["reference/watchlist.md", "how-to/add-a-topic.md", "how-to/add-a-feed.md"])
def test_every_toml_sample_of_the_docs_is_sound(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    samples = [part.split("```")[0] for part in text.split("```toml\n")[1:]]
    assert samples
    for sample in samples:
        watchlist = parsed(sample)
        assert watchlist.topics or watchlist.feeds


OWNED = """
[[feeds]]
url = "https://blog.harbour.example/rss"
source = "blog.harbour.example"

[owners.harbour]
sources = ["harbour.example", " Harbour.test", "blog.harbour.example", "harbour.example"]
"""


def test_an_owner_names_its_publishers_each_once() -> None:
    sources = ("harbour.example", "harbour.test", "blog.harbour.example")
    assert parsed(OWNED).owners == (Owner(name="harbour", sources=sources),)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[owners.a]\nsources = 'a.example'", 2, "must be a list of two domains or more"),
        ("[owners.a]\nsources = ['a.example']", 2, "must be a list of two domains or more"),
        ("[owners.a]\n", 1, "must be a list of two domains or more"),
        ("[owners.a]\nsources = ['a.example', 'b']", 2, "'b' must be a domain such as example.org"),
        ("[owners.a]\nsources = ['a.example', 'www.b.example']", 2, "is no publisher of its own; write b.example"),
        ("[owners.a]\nsource = ['a.example', 'b.example']", 2, "is not known; did you mean sources?"),
        (
            "[owners.a]\nsources = ['a.example', 'b.example']\n[owners.c]\nsources = ['d.example', 'b.example']",
            4,
            "b.example belongs to [owners.a] already",
        ),
    ],
)
def test_what_is_wrong_with_an_owner_is_said_with_its_line(text: str, line: int, words: str) -> None:
    error = complaint(text)

    assert error.line == line
    assert words in str(error)
