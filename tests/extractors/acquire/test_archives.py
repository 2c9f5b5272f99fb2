"""What was received, kept and read back."""

import gzip
import os
import threading
import zlib
from datetime import UTC, date, datetime
from pathlib import Path

import brotli
import pytest
from desk import gzipped
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from extractors.acquire.archives import WarcWriter, document, read_record, read_warc
from extractors.errors import ArchiveError, WarehouseFullError
from extractors.model import Document, FetchOutcome

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)
PAGE = "<p>Zwölf Grüße, 中文</p>".encode() * 20


def outcome(number: int = 0, **changes: object) -> FetchOutcome:
    values: dict[str, object] = {
        "url": f"http://desk.example/{number}?q=ä b",
        "final_url": f"http://desk.example/{number}?q=ä b",
        "fetched_at": NOW,
        "duration_seconds": 0.1,
        "http_status": 200,
        "headers": (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Encoding", "gzip"),
            ("Content-Length", "7"),
            ("X-Place", "Köln 中"),
        ),
        "body": PAGE + str(number).encode(),
        "request_headers": (("User-Agent", "newsdesk"),),
    }
    return FetchOutcome(**(values | changes))  # type: ignore[arg-type]


def kept(folder: Path, outcomes: list[FetchOutcome], *, committed: int | None = None) -> tuple[Path, list[int], int]:
    with WarcWriter(folder, day=DAY, committed_bytes=committed) as writer:
        offsets = [writer.write(one)[1] for one in outcomes]
        return writer.path, offsets, writer.sync()


def documents(path: Path) -> tuple[list[Document], ArchiveError | None]:
    """Return what was read before the damage, and the damage."""
    found: list[Document] = []
    try:
        found.extend(read_warc(path))
    except ArchiveError as error:
        return found, error
    return found, None


def test_what_was_fetched_comes_back_as_it_was(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, day=DAY, committed_bytes=None) as writer:
        warc_file, offset = writer.write(outcome())

    assert warc_file == "2026-11-20/newsdesk-20261120.warc.gz"
    expected = document(outcome(), warc_offset=offset)
    assert read_record(tmp_path / warc_file, offset) == expected
    assert documents(tmp_path / warc_file) == ([expected], None)
    assert expected.body == PAGE + b"0"
    assert expected.content_type == "text/html; charset=utf-8"


def test_a_redirected_page_keeps_the_address_that_was_asked_for(tmp_path: Path) -> None:
    moved = outcome(final_url="https://other.example/page", hops=((301, "http://desk.example/0"),))
    path, offsets, _ = kept(tmp_path, [moved])

    found = read_record(path, offsets[0])

    assert (found.url, found.final_url) == ("http://desk.example/0?q=ä b", "https://other.example/page")


def test_other_tools_read_our_files_and_find_every_digest_right(tmp_path: Path) -> None:
    path, _, _ = kept(tmp_path, [outcome(number) for number in range(3)])

    with path.open("rb") as stream:
        records = [
            (
                record.rec_type,
                record.http_headers.get_header("X-Crawl-Content-Encoding") if record.http_headers else None,
            )
            for record in ArchiveIterator(stream, check_digests="raise")
            if record.content_stream().read() is not None
        ]

    assert records == [("warcinfo", None), *[("response", "gzip"), ("request", None)] * 3]


def test_an_address_cannot_add_headers_of_its_own(tmp_path: Path) -> None:
    wicked = "http://desk.example/a\r\nWARC-Type: resource\r\nX: y"
    path, offsets, _ = kept(tmp_path, [outcome(url=wicked, final_url=wicked)])

    assert read_record(path, offsets[0]).url == "http://desk.example/aWARC-Type: resourceX: y"


def test_secrets_in_an_address_are_not_kept(tmp_path: Path) -> None:
    address = "http://me:hush@desk.example/a?token=hush"
    path, _, _ = kept(tmp_path, [outcome(url=address, final_url=address)])

    assert b"hush" not in gzip.decompress(path.read_bytes())


def test_a_day_is_continued_where_it_was_committed(tmp_path: Path) -> None:
    _, first, committed = kept(tmp_path, [outcome(1)])
    path, second, _ = kept(tmp_path, [outcome(2)], committed=committed)

    assert second[0] == committed > first[0]
    assert [found.body[-1:] for found in documents(path)[0]] == [b"1", b"2"]


@pytest.mark.parametrize("committed", [None, 0])
def test_what_was_never_committed_is_cut_off(tmp_path: Path, committed: int | None) -> None:
    kept(tmp_path, [outcome(1), outcome(2)])
    path, _, _ = kept(tmp_path, [outcome(3)], committed=committed)

    assert [found.body[-1:] for found in documents(path)[0]] == [b"3"]


def test_a_half_written_record_of_a_killed_process_spoils_nothing(tmp_path: Path) -> None:
    path, _, committed = kept(tmp_path, [outcome(1)])
    with path.open("ab") as stream:
        stream.write(os.urandom(500))

    kept(tmp_path, [outcome(2)], committed=committed)

    assert [found.body[-1:] for found in documents(path)[0]] == [b"1", b"2"]
    assert documents(path)[1] is None


def test_after_the_disk_lost_data_no_offset_is_given_out_twice(tmp_path: Path) -> None:
    path, offsets, committed = kept(tmp_path, [outcome(1), outcome(2)])
    os.truncate(path, offsets[1] + 50)

    _, later, _ = kept(tmp_path, [outcome(3)], committed=committed)

    assert later[0] == committed
    assert read_record(path, offsets[0]).body[-1:] == b"1"
    with pytest.raises(ArchiveError, match=f"byte {offsets[1]}"):
        read_record(path, offsets[1])
    assert read_record(path, later[0]).body[-1:] == b"3"


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, day=DAY, committed_bytes=None) as writer:
        writer.write(outcome(1))
        length = writer.sync()
        resource = pytest.importorskip("resource")
        signal = pytest.importorskip("signal")
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (length + 100, limits[1]))
        try:
            with pytest.raises((ArchiveError, WarehouseFullError)):
                writer.write(outcome(2, body=os.urandom(5000)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, before)
        assert writer.path.stat().st_size == length
        writer.write(outcome(3))
        writer.sync()
        assert [found.body[-1:] for found in documents(writer.path)[0]] == [b"1", b"3"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "2026-11-20").write_text("a file where the folder should be")

    with pytest.raises(ArchiveError, match="newsdesk-20261120"), WarcWriter(tmp_path, day=DAY, committed_bytes=None):
        pass


def test_many_threads_write_one_whole_file(tmp_path: Path) -> None:
    offsets: dict[int, int] = {}
    with WarcWriter(tmp_path, day=DAY, committed_bytes=None) as writer:

        def write(start: int) -> None:
            for number in range(start, start + 25):
                offsets[number] = writer.write(outcome(number))[1]

        threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 100, 25)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    found, damage = documents(writer.path)
    assert damage is None
    assert len(found) == 100
    for number, offset in offsets.items():
        assert read_record(writer.path, offset).url == outcome(number).url


def test_an_outcome_without_an_answer_cannot_be_kept(tmp_path: Path) -> None:
    with (
        WarcWriter(tmp_path, day=DAY, committed_bytes=None) as writer,
        pytest.raises(ValueError, match="gave no answer"),
    ):
        writer.write(outcome(http_status=None))


# -- reading anybody's archives ---------------------------------------------------------------------------


def record(block: bytes, *, kind: str = "response", content_type: str = "application/http; msgtype=response") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Target-URI: http://a.example/x\r\n"
        f"WARC-Date: 2026-11-20T10:00:00Z\r\nContent-Type: {content_type}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def http(body: bytes, *headers: str, content_type: str = "text/html") -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {content_type}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunks(body: bytes) -> bytes:
    parts = [body[start : start + 50] for start in range(0, len(body), 50)]
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    "block",
    [
        http(PAGE),
        http(gzipped(PAGE), "Content-Encoding: gzip"),
        http(brotli.compress(PAGE), "Content-Encoding: br"),
        http(zlib.compress(PAGE), "Content-Encoding: deflate"),
        http(chunks(PAGE), "Transfer-Encoding: chunked"),
        http(chunks(gzipped(PAGE)), "Transfer-Encoding: chunked", "Content-Encoding: gzip"),
        http(PAGE, "Content-Encoding: gzip"),
        http(PAGE, "Content-Encoding: br"),
        http(PAGE, "Transfer-Encoding: chunked"),
        http(PAGE, "X-Crawl-Content-Encoding: gzip", "Content-Encoding: x-unknown"),
        http(PAGE, content_type=""),
    ],
    ids=[
        "plain",
        "gzip",
        "br",
        "deflate",
        "chunked",
        "chunked gzip",
        "unpacked gzip",
        "unpacked br",
        "unchunked",
        "unknown coding",
        "no type",
    ],
)
def test_a_body_is_read_whatever_the_crawler_did_to_it(tmp_path: Path, block: bytes) -> None:
    path = tmp_path / "crawl.warc"
    path.write_bytes(record(block))

    found, damage = documents(path)

    assert damage is None
    assert [one.body for one in found] == [PAGE]
    assert found[0].http_status == 200
    assert found[0].fetched_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_what_is_no_page_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(
        b"".join(
            gzipped(one)
            for one in (
                record(b"software: x\r\n", kind="warcinfo", content_type="application/warc-fields"),
                record(
                    b"GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n",
                    kind="request",
                    content_type="application/http; msgtype=request",
                ),
                record(http(b"\x89PNG", content_type="image/png")),
                record(http(b"%PDF", content_type="application/pdf")),
                record(PAGE, kind="resource", content_type="text/html"),
                record(b"dns", kind="metadata", content_type="text/dns"),
            )
        )
    )

    found, damage = documents(path)

    assert damage is None
    assert [(one.body, one.http_status, one.content_type) for one in found] == [(PAGE, None, "text/html")]


@pytest.mark.parametrize("is_packed", [True, False])
def test_a_cut_archive_gives_what_stands_before_the_cut(tmp_path: Path, is_packed: bool) -> None:  # noqa: FBT001
    records = [record(http(PAGE + str(number).encode())) for number in range(4)]
    members = [gzipped(one) for one in records] if is_packed else records
    whole = b"".join(members)
    start = len(whole) - len(members[3])
    path = tmp_path / "crawl.warc"
    for length in (len(whole) - 40, start + len(members[3]) // 2, start + 30):
        path.write_bytes(whole[:length])
        found, damage = documents(path)
        assert [one.body[-1:] for one in found] == [b"0", b"1", b"2"]
        assert damage is not None
        assert f"at or after byte {start}:" in str(damage)


def test_broken_bytes_inside_an_archive_are_named(tmp_path: Path) -> None:
    members = [gzipped(record(http(PAGE + str(number).encode()))) for number in range(4)]
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(members[0] + members[1][:40] + bytes(60) + members[1][100:] + members[2] + members[3])

    found, damage = documents(path)

    assert [one.body[-1:] for one in found] == [b"0"]
    assert damage is not None
    assert "crawl.warc.gz: damaged at or after byte" in str(damage)


@pytest.mark.parametrize("data", [b"<html>no archive</html>", gzipped(b"<html></html>"), b"WARC/1.0\r\n"])
def test_what_is_no_archive_is_an_archive_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "page.warc"
    path.write_bytes(data)

    found, damage = documents(path)

    assert found == []
    assert damage is not None


def test_an_archive_that_is_not_there_is_an_archive_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="absent"):
        list(read_warc(tmp_path / "absent.warc"))
    with pytest.raises(ArchiveError, match="absent"):
        read_record(tmp_path / "absent.warc", 0)


def test_an_offset_without_a_page_is_an_archive_error(tmp_path: Path) -> None:
    path, offsets, length = kept(tmp_path, [outcome(1)])

    for wrong in (0, offsets[0] + 1, length, length + 1000):
        with pytest.raises(ArchiveError):
            read_record(path, wrong)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.warc"
    path.write_bytes(data)

    found, damage = documents(path)

    assert found == []
    assert damage is not None or not data.strip()
