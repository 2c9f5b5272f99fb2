"""Raw documents of days long past go; what was read from them, and what is still waited for, stays."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from extractors.acquire.archives import WarcWriter
from extractors.identity import entry_id, feed_id, sha256_hex
from extractors.model import CollectedEntry, Document, Outcome, PendingEntry, WatchedFeed
from flows.assigning import assign_stories
from flows.collecting import alone
from flows.retention import forget_raw
from flows.settings import Settings
from warehouse.articles import load_batch
from warehouse.connection import writer
from warehouse.doctor import run_checks
from warehouse.entries import add_entries
from warehouse.runs import start_run

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEED = WatchedFeed(feed_id=feed_id("file:///a"), url="file:///a", source="local", kind="files")


def keep(home: Path, day: date, *, outcome: Outcome) -> Path:
    """Keep one page that was received on *day* and came to *outcome*."""
    body = f"<p>{day} {outcome}</p>".encode()
    url = f"https://desk.example/{day}"
    at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    received = Document(sha256=sha256_hex(body), url=url, final_url=url, fetched_at=at, body=body)
    entry = PendingEntry(
        entry_id=entry_id(FEED.feed_id, url),
        feed_id=FEED.feed_id,
        guid=url,
        url=url,
        url_key=url,
        source="desk.example",
        first_seen_at=at,
    )
    with WarcWriter(home / "raw", day=day, committed_bytes=None) as archive, writer(home) as con:
        start_run(
            con,
            run_id=str(day),
            flow="ingest",
            now=at,
            newsdesk_version="1",
            extractor_version="1",
            watchlist_sha256=None,
        )
        warc_file, warc_offset = archive.write_document(received)
        placed = Document(**{**fields_of(received), "warc_file": warc_file, "warc_offset": warc_offset})
        add_entries(con, FEED, [entry], run_id=str(day))
        item = CollectedEntry(
            entry=entry,
            outcome=outcome,
            reason="no text" if outcome is Outcome.TOO_SHORT else "HTTP 503",
            document=placed,
            collected_at=at,
        )
        sizes = {archive.warc_file: archive.sync()}
        load_batch(con, [item], run_id=str(day), now=at, archives=sizes, assign=assign_stories)
        return archive.path


def fields_of(document: Document) -> dict[str, object]:
    return {name: getattr(document, name) for name in document.__dataclass_fields__}


def documents(home: Path) -> list[tuple[object, ...]]:
    with writer(home) as con:
        broken = [found for found in run_checks(con) if found.failed_count and found.name != "runs_are_known"]
        assert broken == []
        return con.execute("select url[-10:], warc_file is not null from documents order by url").fetchall()


def test_whole_days_go_and_their_documents_stay_as_rows(home: Path) -> None:
    old = keep(home, date(2026, 11, 9), outcome=Outcome.TOO_SHORT)
    last = keep(home, date(2026, 11, 10), outcome=Outcome.TOO_SHORT)

    removed = forget_raw(Settings(home=home, raw_retention_days=10), NOW)

    assert removed == 1
    assert not old.exists()
    assert not old.parent.exists()
    assert last.exists()
    assert documents(home) == [("2026-11-09", False), ("2026-11-10", True)]
    assert forget_raw(Settings(home=home, raw_retention_days=10), NOW) == 0


def test_a_day_that_an_open_entry_needs_stays(home: Path) -> None:
    waited_for = keep(home, date(2026, 10, 1), outcome=Outcome.PENDING)

    assert forget_raw(Settings(home=home, raw_retention_days=10), NOW) == 0
    assert waited_for.exists()


def test_without_a_setting_everything_is_kept_for_ever(home: Path) -> None:
    old = keep(home, date(2020, 1, 1), outcome=Outcome.TOO_SHORT)

    assert forget_raw(Settings(home=home), NOW) == 0
    assert old.exists()


def test_a_file_whose_rows_let_go_before_a_kill_is_removed_by_the_next(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = keep(home, date(2026, 10, 1), outcome=Outcome.TOO_SHORT)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", die)
        with pytest.raises(KeyboardInterrupt):
            forget_raw(Settings(home=home, raw_retention_days=10), NOW)
    assert old.exists()
    assert documents(home) == [("2026-10-01", False)]

    assert forget_raw(Settings(home=home, raw_retention_days=10), NOW) == 1
    assert not old.exists()


def test_while_another_process_collects_nothing_is_removed(home: Path) -> None:
    old = keep(home, date(2026, 10, 1), outcome=Outcome.TOO_SHORT)
    settings = Settings(home=home, raw_retention_days=10)

    with alone(settings):
        assert forget_raw(settings, NOW) == 0

    assert old.exists()
