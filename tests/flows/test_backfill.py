"""Archives that somebody else collected: what is taken in, what is only counted, what a killed run leaves."""

import gzip
import os
import random
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from desk import newsdesk_command, rows

from extractors.model import WatchedTopic
from flows import ingest as ingesting
from flows.backfilling import Question
from flows.ingest import IngestSummary, take_in
from flows.readers import Readers, kept_open
from flows.settings import Settings
from warehouse.doctor import run_checks
from warehouse.snapshot import publish

TOPICS = (WatchedTopic(topic_id="port", title="Port", query="dredging", query_version="1"),)
TEXT = (
    "The council met on day {number} to look at the harbour, which has been silting up for {number} years by now. "
    "Its members agreed that the report should be read out in the spring and that {subject} must wait until then. "
    "The harbour master was not there, but sent a letter of {number} pages, which was read by the clerk in full."
)

TakeIn = Callable[..., IngestSummary]


def page(number: int, subject: str) -> bytes:
    paragraphs = "".join(f"<p>{TEXT.format(number=number + part, subject=subject)}</p>" for part in range(2))
    return (
        f"<html><head><title>Report {number}</title></head><body><article>{paragraphs}</article></body></html>".encode()
    )


def record(kind: str, url: str, block: bytes, *, day: int = 10, content_type: str = "application/http") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}-{url}>\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2025-03-{day:02}T10:00:00Z\r\nContent-Type: {content_type}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


def http(body: bytes, *headers: str, status: str = "200 OK", content_type: str = "text/html; charset=utf-8") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def crawl() -> bytes:
    """Return an archive as CC-NEWS publishes them: every third page is about the topic."""
    records = [record("warcinfo", "", b"software: crawler\r\n", content_type="application/warc-fields")]
    for number in range(12):
        url = f"https://desk{number % 2}.example/{number}"
        body = page(number, "dredging" if number % 3 == 0 else "painting")
        records.append(record("request", url, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", day=10 + number))
        records.append(record("response", url, http(body), day=10 + number))
    gone = http(b"<p>No dredging here</p>", status="404 Not Found")
    records += [
        record("response", "https://desk0.example/gone", gone, day=22),
        record("response", "https://desk0.example/picture", http(b"\x89PNG", content_type="image/png"), day=22),
        record("revisit", "https://desk0.example/0", http(b""), day=22),
        # The crawler stopped in the middle of a packed body.
        record(
            "response",
            "https://desk1.example/cut",
            http(gzip.compress(page(40, "dredging") + os.urandom(20_000))[:-10_000], "Content-Encoding: gzip"),
            day=23,
        ),
    ]
    return b"".join(records)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crawl") / "CC-NEWS-20250310.warc.gz"
    path.write_bytes(crawl())
    return path


@pytest.fixture(scope="module", autouse=True)
def readers() -> Iterator[None]:
    """Start the reading process once: that takes longer than all the rest."""
    with kept_open(Readers(workers=1, topics=TOPICS, timeout_seconds=60)):
        yield


@pytest.fixture
def take(home: Path) -> TakeIn:
    def run(path: Path, **question: object) -> IngestSummary:
        settings = Settings(home=home, workers=1, batch_entry_count=3)
        asked = Question(**question)  # type: ignore[arg-type]
        summary = take_in([path], settings=settings, topics=TOPICS, question=asked, flow="backfill")
        publish(home, now=datetime(2026, 11, 20, tzinfo=UTC))
        return summary

    return run


STATE = {
    "entries": "select entry_id, url, outcome, outcome_reason, document_sha256 from entries",
    "articles": "select article_id, title, text, load_seq from articles",
    "coverage": "select article_id, topic_id, mention_count from coverage",
    "backfills": "select backfill_id, next_offset, page_count, unmatched_count, uncovered_count, entry_count, "
    "outside_count, revisit_count, ended_at is not null from backfills",
}


def state(home: Path) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(rows(home, query), key=repr) for table, query in STATE.items()}


def broken_rules(home: Path) -> list[str]:
    import duckdb

    with duckdb.connect(str(home / "newsdesk.duckdb"), read_only=True) as con:
        return [f"{found.name}: {found.example}" for found in run_checks(con) if found.failed_count]


def test_with_the_prefilter_only_what_is_about_a_topic_is_loaded_and_kept(
    take: TakeIn, home: Path, archive: Path
) -> None:
    summary = take(archive, has_prefilter=True)

    urls = [f"https://desk{number % 2}.example/{number}" for number in (0, 3, 6, 9)]
    assert rows(home, "select url from articles order by load_seq") == [
        (url,) for url in (*urls, "https://desk1.example/cut")
    ]
    assert rows(home, "select count(distinct article_id) from coverage") == [(5,)]
    # The page that is gone names the topic, and is no article of it: read by nobody, loaded by nobody.
    assert rows(
        home,
        "select page_count, unmatched_count, uncovered_count, entry_count, revisit_count, next_offset = total_bytes "
        "from backfills",
    ) == [(14, 8, 1, 5, 1, True)]
    assert rows(home, "select count(*) from documents where warc_file is not null") == [(5,)]
    assert summary.unmatched_count == 8
    assert broken_rules(home) == []


def test_without_it_every_page_has_its_outcome(take: TakeIn, home: Path, archive: Path) -> None:
    take(archive)

    outcomes = rows(home, "select outcome, outcome_reason, count(*) from entries group by all order by all")
    assert outcomes == [("gone", "HTTP 404 Not Found", 1), ("stored", None, 13)]
    assert rows(home, "select count(distinct article_id) from coverage") == [(5,)]
    assert broken_rules(home) == []


def test_a_time_is_two_days_with_both_of_them(take: TakeIn, home: Path, archive: Path) -> None:
    summary = take(archive, since=date(2025, 3, 12), until=date(2025, 3, 15))

    assert rows(home, "select min(fetched_at::date), max(fetched_at::date), count(*) from documents") == [
        (date(2025, 3, 12), date(2025, 3, 15), 4)
    ]
    assert summary.outside_count == 10


def test_an_archive_that_was_taken_in_is_not_looked_at_again_but_for_another_question(
    take: TakeIn, home: Path, archive: Path
) -> None:
    take(archive, has_prefilter=True)
    before = state(home)

    again = take(archive, has_prefilter=True)

    assert again.finished == [archive.as_uri()]
    assert again.document_count == 0
    assert state(home) == before
    other = take(archive)
    assert (other.document_count, other.known_count) == (14, 5)
    assert rows(home, "select count(*) from articles") == [(13,)]


@pytest.mark.parametrize(("step", "at"), [("load_batch", 2), ("save_backfill", 1)])
def test_a_run_that_died_at_a_batch_goes_on_there(
    take: TakeIn,
    home: Path,
    archive: Path,
    undisturbed: dict[str, list[tuple[object, ...]]],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    at: int,
) -> None:
    died = getattr(ingesting, step)
    calls: list[int] = []

    def die(*arguments: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == at:
            raise KeyboardInterrupt
        return died(*arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(ingesting, step, die)
        with pytest.raises(KeyboardInterrupt):
            take(archive, has_prefilter=True)

    take(archive, has_prefilter=True)

    assert state(home) == undisturbed
    assert broken_rules(home) == []


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, archive: Path) -> dict[str, list[tuple[object, ...]]]:
    home = tmp_path_factory.mktemp("undisturbed")
    settings = Settings(home=home, workers=1, batch_entry_count=3)
    take_in([archive], settings=settings, topics=TOPICS, question=Question(has_prefilter=True), flow="backfill")
    publish(home, now=datetime(2026, 11, 20, tzinfo=UTC))
    return state(home)


def test_a_wacz_is_read_in_place_and_goes_by_its_members(take: TakeIn, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "collection.wacz"
    with zipfile.ZipFile(path, "w") as wacz:
        wacz.writestr("archive/data.warc.gz", crawl())
        wacz.writestr("archive/empty.warc.gz", record("warcinfo", "", b"", content_type="application/warc-fields"))
        wacz.writestr("datapackage.json", "{}")
        wacz.writestr("indexes/index.cdx.gz", b"")

    take(path, has_prefilter=True)

    assert rows(home, "select count(*) from articles") == [(5,)]
    assert rows(home, "select url[-20:] from backfills order by url") == [
        ("archive/data.warc.gz",),
        ("rchive/empty.warc.gz",),
    ]
    assert take(path, has_prefilter=True).document_count == 0


def test_a_wacz_that_is_none_is_a_row_of_the_ledger(take: TakeIn, home: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.wacz").write_bytes(b"no archive")

    summary = take(tmp_path / "broken.wacz")

    assert len(summary.problems) == 1
    assert rows(home, "select outcome, outcome_reason like '%no WACZ%' from entries") == [("failed", True)]


def test_the_addresses_of_a_list_wait_for_the_next_run(take: TakeIn, home: Path, tmp_path: Path) -> None:
    (tmp_path / "old.urls").write_text("# to be had\nhttps://desk.example/1\nftp://desk.example/2\n")

    summary = take(tmp_path / "old.urls")

    assert rows(home, "select entries.url, outcome, kind from entries join feeds using (feed_id)") == [
        ("https://desk.example/1", "pending", "list")
    ]
    assert summary.listed_count == 1
    assert "old.urls, line 3" in summary.problems[0]
    assert take(tmp_path / "old.urls").listed_count == 0


def test_loose_pages_are_asked_the_same_question(take: TakeIn, home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page(1, "dredging"))
    (tmp_path / "b.html").write_bytes(page(2, "painting"))
    os.utime(tmp_path / "b.html", (0, 0))
    (tmp_path / "c.html").write_bytes(page(3, "dredging"))
    os.utime(tmp_path / "c.html", (0, 0))

    summary = take(tmp_path, has_prefilter=True, since=date(2000, 1, 1))

    assert rows(home, "select count(*) from entries") == [(1,)]
    assert (summary.document_count, summary.outside_count) == (1, 2)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_and_started_again_nothing_is_missing_and_nothing_there_twice(
    home: Path, archive: Path, tmp_path: Path
) -> None:
    watchlist = tmp_path / "watchlist.toml"
    watchlist.write_text('[topics.port]\ntitle = "Port"\nquery = "dredging"\n')
    env = os.environ | {
        "NEWSDESK_WATCHLIST": str(watchlist),
        "NEWSDESK_BATCH_ENTRY_COUNT": "1",
        "NEWSDESK_WORKERS": "1",
    }
    command = newsdesk_command("ingest", "--prefilter", str(archive))
    other = env | {"NEWSDESK_HOME": str(tmp_path / "other")}
    began = time.monotonic()
    subprocess.run(command, env=other, check=True, capture_output=True, timeout=120)
    seconds = time.monotonic() - began

    for _ in range(3):
        process = subprocess.Popen(
            command,
            env=env | {"NEWSDESK_HOME": str(home)},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(random.uniform(seconds / 3, seconds))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    subprocess.run(command, env=env | {"NEWSDESK_HOME": str(home)}, check=True, capture_output=True, timeout=120)

    assert state(home) == state(tmp_path / "other")
    assert broken_rules(home) == []
