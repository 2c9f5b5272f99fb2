"""Bad input: each ends in one clear line or one recorded outcome, and nothing is lost."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from desk import ROOT, newsdesk_command, rows, unavailable, without_root_powers
from fault_server import Answer, FaultServer

Newsdesk = Callable[..., subprocess.CompletedProcess[str]]

GOOD_TOPIC = '[topics.deepseek]\ntitle = "DeepSeek"\nquery = "deepseek"\n'


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that stderr holds; more than one is a failure, a traceback above all."""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_missing_watchlist_is_said_with_the_mend(newsdesk: Newsdesk, tmp_path: Path) -> None:
    done = newsdesk("run", NEWSDESK_WATCHLIST=str(tmp_path / "none.toml"))

    assert done.returncode == 1
    assert re.search(r"none\.toml: no such file; `newsdesk init` writes one", said(done))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[topics.deepseek\n", r"line 1"),
        (GOOD_TOPIC + '\n[[feeds]]\nurll = "https://a.example/feed"\n', r"line 6.*urll"),
        ('[topics.deepseek]\ntitle = "D"\nquery = "(deepseek"\n', r"line 3"),
        (GOOD_TOPIC + '\n[[feeds]]\nurl = "ftp://a.example/feed"\n', r"line 6"),
    ],
    ids=["no-toml", "unknown-key", "query", "ftp"],
)
def test_a_broken_watchlist_names_its_line(newsdesk: Newsdesk, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "watchlist.toml").write_text(text)

    done = newsdesk("run", NEWSDESK_WATCHLIST=str(tmp_path / "watchlist.toml"))

    assert done.returncode == 1
    assert re.search(words, said(done))


def test_an_unknown_topic_names_those_there_are(newsdesk: Newsdesk) -> None:
    done = newsdesk("topics", "test", "some text", "--topic", "deepsea")

    assert done.returncode == 1
    assert re.search(r"deepsea: .*topics there: deepseek", said(done))


def test_a_question_before_anything_is_published_says_what_to_run(newsdesk: Newsdesk) -> None:
    done = newsdesk("sql", "from articles")

    assert done.returncode == 1
    assert "nothing published yet" in said(done)
    assert "newsdesk run" in said(done)


def test_wrong_usage_is_exit_code_2(newsdesk: Newsdesk) -> None:
    assert newsdesk("run", "--every", "soon").returncode == 2
    assert newsdesk("run", "--every", "1s").returncode == 2
    assert newsdesk("ingest").returncode == 2
    assert newsdesk("sql", "select 1", NEWSDESK_WORKERS="none").returncode == 2


def test_wrong_sql_is_one_line(newsdesk: Newsdesk, home: Path) -> None:
    (home / "a.txt").write_text("DeepSeek. " * 60)
    newsdesk("ingest", str(home / "a.txt"))

    done = newsdesk("sql", "select nothing from nowhere")

    assert done.returncode == 1
    assert "nowhere" in said(done)


def test_a_folder_without_permission_is_one_line(home: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)
    try:
        done = subprocess.run(
            [*without_root_powers(), *newsdesk_command("ingest", str(closed))],
            env=os.environ | {"NEWSDESK_HOME": str(home), "NEWSDESK_WATCHLIST": str(ROOT / "sample/watchlist.toml")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert re.search(r"closed: cannot be opened \(Permission denied\)", said(done))

        done = subprocess.run(
            [*without_root_powers(), *newsdesk_command("ingest", str(ROOT / "sample/site"))],
            env=os.environ
            | {"NEWSDESK_HOME": str(closed / "home"), "NEWSDESK_WATCHLIST": str(ROOT / "sample/watchlist.toml")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "closed" in said(done)
    finally:
        closed.chmod(0o700)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of 16 MB: an empty warehouse and its snapshot take two thirds of it."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        unavailable("a small tmpfs cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_one_line_and_the_published_snapshot_stays(
    newsdesk: Newsdesk, small_disk: Path, tmp_path: Path
) -> None:
    home = small_disk / "home"
    text = tmp_path / "first.txt"
    text.write_text("DeepSeek has an office. " * 40)
    assert newsdesk("ingest", str(text), NEWSDESK_HOME=str(home)).returncode == 0
    before = rows(home, "select article_id, text_sha256 from articles")
    many = tmp_path / "many"
    many.mkdir()
    for number in range(400):
        (many / f"{number}.txt").write_bytes(os.urandom(6000).hex().encode() + f" DeepSeek {number}. ".encode() * 400)

    done = newsdesk("ingest", str(many), NEWSDESK_HOME=str(home))

    assert done.returncode == 1
    assert "no room" in said(done)
    assert rows(home, "select article_id, text_sha256 from articles") == before


def test_a_warehouse_of_a_newer_version_is_refused_untouched(newsdesk: Newsdesk, home: Path, tmp_path: Path) -> None:
    text = tmp_path / "first.txt"
    text.write_text("DeepSeek has an office. " * 40)
    newsdesk("ingest", str(text))
    warehouse = home / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        con.execute("insert into schema_migrations values (9999, 'of_tomorrow', '', now())")
    before = warehouse.read_bytes()

    done = newsdesk("ingest", str(text))

    assert done.returncode == 1
    assert "9999" in said(done)
    assert warehouse.read_bytes() == before


#: What a page does to us, and what its entry must come to.
PAGES = {
    "silence": ("failed", "timeout"),
    "stall": ("failed", "timeout"),
    "large": ("failed", "too_large"),
    "gzip-bomb": ("failed", "too_large"),
    "endless": ("failed", "too_large"),
    "redirect-loop": ("failed", "redirect_loop"),
    "hops?n=15": ("failed", "redirect_loop"),
    "redirect-to-private": ("failed", "blocked_address"),
    "redirect-to-file": ("failed", "bad_url"),
    "truncated-gzip": ("failed", "truncated"),
    "close-at-once": ("failed", ""),
    "down": ("failed", "HTTP 503"),
    "gone": ("gone", "HTTP 410"),
    "missing": ("gone", "HTTP 404"),
    "teapot-legal": ("blocked", "HTTP 451"),
    "challenge": ("blocked", "HTTP 403"),
    "empty": ("too_short", "0 characters"),
}
#: What a feed does to us, and what its poll must say.
FEEDS = {
    "html-as-feed": "not_a_feed",
    "missing": "http_error",
    "gone": "gone",
    "redirect-loop": "failed",
    "truncated-gzip": "failed",
    "good": "changed",
}


@pytest.mark.slow
def test_what_publishers_do_wrong_is_recorded_and_the_run_ends_well(
    newsdesk: Newsdesk, home: Path, tmp_path: Path, prefect_server: str
) -> None:
    items = "".join(f"<item><title>{name}</title><link>http://desk.example/{name}</link></item>" for name in PAGES)
    feed = f'<rss version="2.0"><channel><title>Faults</title>{items}</channel></rss>'.encode()
    urls = ["http://desk.example/feed.xml", *(f"http://{name}.example/{name}" for name in FEEDS)]
    watchlist = tmp_path / "watchlist.toml"
    watchlist.write_text(GOOD_TOPIC + "".join(f'\n[[feeds]]\nurl = "{url}"\n' for url in urls))
    answer = Answer(body=feed, content_type="application/rss+xml")

    with FaultServer({"/feed.xml": answer}) as faults:
        done = newsdesk(
            "run",
            PREFECT_API_URL=prefect_server,
            NEWSDESK_WATCHLIST=str(watchlist),
            NEWSDESK_CONNECT_TO=f".example=127.0.0.1:{faults.address[1]}",
            NEWSDESK_PAGE_TIMEOUT_SECONDS="2",
            NEWSDESK_PAGE_LIMIT_BYTES="200000",
            NEWSDESK_ATTEMPT_LIMIT="1",
        )

    assert done.returncode == 0, done.stderr
    polls = dict(rows(home, "select split_part(url, '/', 4), outcome from polls join feeds using (feed_id)"))
    assert polls == FEEDS | {"feed.xml": "changed"}
    for name in set(FEEDS) - {"good"}:
        assert name in done.stderr
    found = {
        str(name): (outcome, reason)
        for name, outcome, reason in rows(
            home, "select title, outcome, outcome_reason from entries where url like 'http://desk.example/%'"
        )
    }
    for name, (outcome, words) in PAGES.items():
        assert found[name][0] == outcome, (name, found[name])
        assert words in str(found[name][1]), (name, found[name])


@pytest.mark.slow
def test_a_failure_that_may_heal_waits_for_another_try(
    newsdesk: Newsdesk, home: Path, tmp_path: Path, prefect_server: str
) -> None:
    feed = b'<rss version="2.0"><channel><item><link>http://desk.example/page</link></item></channel></rss>'
    watchlist = tmp_path / "watchlist.toml"
    watchlist.write_text(GOOD_TOPIC + '\n[[feeds]]\nurl = "http://desk.example/feed.xml"\n')
    page = f"<html><body><article><h1>Back again</h1><p>{'DeepSeek has opened an office in the harbour. ' * 12}</p>"
    pages = {"/feed.xml": Answer(body=feed, content_type="application/rss+xml"), "/page": Answer(status=503)}

    with FaultServer(pages) as faults:
        env = {
            "PREFECT_API_URL": prefect_server,
            "NEWSDESK_WATCHLIST": str(watchlist),
            "NEWSDESK_CONNECT_TO": f".example=127.0.0.1:{faults.address[1]}",
            "NEWSDESK_RETRY_MINUTES": "0.01",
        }
        newsdesk("run", **env)
        first = rows(home, "select outcome, attempt_count, next_attempt_at is not null from entries")
        faults.pages["/page"] = Answer(body=page.encode())
        newsdesk("run", **env)

    assert first == [("pending", 1, True)]
    assert rows(home, "select outcome, attempt_count from entries") == [("stored", 2)]
