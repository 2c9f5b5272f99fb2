"""A body that the day's file holds already is kept as a revisit, in a form that other tools read."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from extractors.acquire.archives import WarcWriter, read_record, read_warc
from extractors.identity import sha256_hex
from extractors.model import Document, FetchOutcome, KeptRecord

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
WALL = b"<html><p>Please wait while we look at your browser</p></html>" * 10


def fetched(number: int, body: bytes = WALL) -> FetchOutcome:
    return FetchOutcome(
        url=f"https://desk.example/{number}",
        final_url=f"https://desk.example/{number}",
        fetched_at=NOW,
        duration_seconds=0.1,
        http_status=200,
        headers=(("Content-Type", "text/html"), ("X-Number", str(number))),
        body=body,
        request_headers=(("User-Agent", "newsdesk"),),
    )


def given(number: int) -> Document:
    url = f"file:///a/{number}.html"
    return Document(
        sha256=sha256_hex(WALL), url=url, final_url=url, fetched_at=NOW, content_type="text/html", body=WALL
    )


def kinds(path: Path) -> list[str]:
    with path.open("rb") as stream:
        return [record.rec_type for record in ArchiveIterator(stream)]


def test_the_second_time_the_body_is_not_written(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, day=DAY, committed_bytes=None) as writer:
        places = [writer.write(fetched(1)), writer.write(fetched(2)), writer.write(fetched(3, b"<p>another</p>"))]

    assert kinds(writer.path) == ["warcinfo", "response", "request", "revisit", "request", "response", "request"]
    assert places[1] == places[0] != places[2]
    assert read_record(writer.path, places[1][1]).body == WALL
    assert [page.url for page in read_warc(writer.path)] == ["https://desk.example/1", "https://desk.example/3"]


def test_a_revisit_says_what_it_refers_to_and_keeps_its_own_headers(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, day=DAY, committed_bytes=None) as writer:
        writer.write(fetched(1))
        writer.write(fetched(2))

    with writer.path.open("rb") as stream:
        records = [(record.rec_headers, record.http_headers) for record in ArchiveIterator(stream)]
    response, revisit = records[1], records[3]

    said = revisit[0].get_header
    assert said("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert said("WARC-Target-URI") == "https://desk.example/2"
    assert said("WARC-Refers-To-Target-URI") == "https://desk.example/1"
    assert said("WARC-Refers-To-Date") == response[0].get_header("WARC-Date")
    assert said("WARC-Payload-Digest") == response[0].get_header("WARC-Payload-Digest")
    assert revisit[1].get_header("X-Number") == "2"


def test_warcio_check_finds_nothing_wrong(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, day=DAY, committed_bytes=None) as writer:
        for number in range(3):
            writer.write(fetched(number))
        writer.write_document(given(1))

    done = subprocess.run(
        [Path(sys.executable).with_name("warcio"), "check", "-v", writer.path],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "digest pass" in done.stdout
    assert "digest failed" not in done.stdout


def test_what_an_earlier_run_of_the_day_kept_is_known(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, day=DAY, committed_bytes=None) as writer:
        _, offset = writer.write(fetched(1))
        length = writer.sync()
    kept = {sha256_hex(WALL): KeptRecord(warc_offset=offset, url="https://desk.example/1", fetched_at=NOW)}

    with WarcWriter(tmp_path, day=DAY, committed_bytes=length, kept=kept) as writer:
        assert writer.write(fetched(2))[1] == offset
        assert writer.write_document(given(3))[1] == offset

    assert kinds(writer.path) == ["warcinfo", "response", "request", "revisit", "request", "revisit"]
