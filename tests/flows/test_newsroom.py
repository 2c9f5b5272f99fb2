"""The newsroom server."""

import http.client
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.errors import InputError
from flows.newsroom import Newsroom, Served

PAGE = "<html><body><p>Quay walls</p></body></html>"
SITE_TOML = """
[[routes]]
url = "http://courier.example/old"
status = 301
location = "http://courier.example/quay"

[[routes]]
url = "http://courier.example/quay?print=1"
status = 410

[[routes]]
url = "http://courier.example/latin"
file = "courier.example/quay.html"
headers = { Content-Type = "text/html; charset=iso-8859-1" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    site = tmp_path / "site" / "courier.example"
    site.mkdir(parents=True)
    (site / "quay.html").write_text(PAGE, encoding="utf-8")
    (site / "feed.rss").write_text("<rss/>", encoding="utf-8")
    (site / "sport").mkdir()
    (site / "sport" / "index.html").write_text("sport", encoding="utf-8")
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    (tmp_path / "site.toml").write_text(SITE_TOML, encoding="utf-8")
    return tmp_path


@pytest.fixture
def newsroom(folder: Path) -> Iterator[Newsroom]:
    with Newsroom(folder) as running:
        yield running


def ask(
    newsroom: Newsroom,
    path: str,
    *,
    host: str = "courier.example",
    method: str = "GET",
    headers: dict[str, str] | None = None,
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", newsroom.port, timeout=5)
    try:
        connection.request(method, path, headers={"Host": host, **(headers or {})})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def ask_again(connection: http.client.HTTPConnection) -> bytes:
    connection.request("GET", "/quay", headers={"Host": "courier.example"})
    return connection.getresponse().read()


def test_a_page_is_chosen_by_the_host_header_whatever_its_port(newsroom: Newsroom) -> None:
    for host in ("courier.example", "courier.example:80", "Courier.Example:8080"):
        response, body = ask(newsroom, "/quay.html", host=host)
        assert (response.status, body.decode()) == (200, PAGE)
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/quay", "/quay/", "/quay.html", "/quay?utm_source=feed"])
def test_a_page_answers_under_its_usual_spellings(newsroom: Newsroom, path: str) -> None:
    assert ask(newsroom, path)[1].decode() == PAGE


def test_a_folder_answers_with_its_index(newsroom: Newsroom) -> None:
    assert ask(newsroom, "/sport/")[1] == b"sport"


def test_an_unknown_host_is_a_404_of_one_line(newsroom: Newsroom) -> None:
    response, body = ask(newsroom, "/quay.html", host="elsewhere.example")
    assert response.status == 404
    assert body == b"no such host in this newsroom: elsewhere.example\n"


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/../../secret.html", "courier.example"),
        ("/%2e%2e/%2e%2e/secret.html", "courier.example"),
        ("/secret.html", ".."),
        ("/site.toml", ".."),
        ("/nothing", "courier.example"),
    ],
)
def test_what_is_not_below_the_site_is_a_404(newsroom: Newsroom, path: str, host: str) -> None:
    response, body = ask(newsroom, path, host=host)
    assert response.status == 404
    assert b"secret\n" not in body
    assert body.count(b"\n") == 1


def test_a_route_redirects(newsroom: Newsroom) -> None:
    response, body = ask(newsroom, "/old")
    assert (response.status, response.headers["Location"]) == (301, "http://courier.example/quay")
    assert body == b""


def test_a_route_with_a_query_string_is_only_that_address(newsroom: Newsroom) -> None:
    assert ask(newsroom, "/quay?print=1")[0].status == 410
    assert ask(newsroom, "/quay?print=2")[0].status == 200


def test_a_route_may_serve_another_file_under_another_header(newsroom: Newsroom) -> None:
    response, body = ask(newsroom, "/latin")
    assert response.headers["Content-Type"] == "text/html; charset=iso-8859-1"
    assert body.decode() == PAGE


def test_a_feed_that_did_not_change_is_a_304_by_either_validator(newsroom: Newsroom) -> None:
    first, _ = ask(newsroom, "/feed.rss")
    assert first.headers["Content-Type"].startswith("application/rss+xml")
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": f'"old", W/{first.headers["ETag"]}'},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again, body = ask(newsroom, "/feed.rss", headers=headers)
        assert (again.status, body) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]


def test_a_feed_that_changed_is_sent_again(newsroom: Newsroom) -> None:
    first, _ = ask(newsroom, "/feed.rss")
    (newsroom.folder / "site" / "courier.example" / "feed.rss").write_text("<rss>2</rss>", encoding="utf-8")
    headers = {"If-None-Match": first.headers["ETag"], "If-Modified-Since": first.headers["Last-Modified"]}
    again, body = ask(newsroom, "/feed.rss", headers=headers)
    assert (again.status, body) == (200, b"<rss>2</rss>")


@pytest.mark.parametrize("since", ["yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", ""])
def test_an_older_or_unreadable_date_brings_the_page(newsroom: Newsroom, since: str) -> None:
    assert ask(newsroom, "/quay", headers={"If-Modified-Since": since})[0].status == 200


def test_head_has_the_headers_of_get_without_the_body(newsroom: Newsroom) -> None:
    full, _ = ask(newsroom, "/quay")
    head, body = ask(newsroom, "/quay", method="HEAD")
    assert (head.status, body) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag"):
        assert head.headers[name] == full.headers[name]


def test_every_request_is_remembered_with_its_status(newsroom: Newsroom) -> None:
    ask(newsroom, "/quay")
    ask(newsroom, "/old", method="HEAD")
    ask(newsroom, "/x?y=1", host="elsewhere.example:80")
    assert newsroom.requests == [
        Served(host="courier.example", path="/quay", status=200),
        Served(host="courier.example", path="/old", status=301, method="HEAD"),
        Served(host="elsewhere.example", path="/x?y=1", status=404),
    ]


def test_one_connection_serves_many_requests(newsroom: Newsroom) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", newsroom.port, timeout=5)
    for path, status in (("/quay", 200), ("/old", 301), ("/nothing", 404), ("/quay", 200)):
        connection.request("GET", path, headers={"Host": "courier.example"})
        response = connection.getresponse()
        response.read()
        assert (response.status, response.will_close) == (status, False)
    connection.close()


def test_requests_are_answered_side_by_side(folder: Path) -> None:
    with Newsroom(folder, delay_seconds=0.2) as slow:
        started = time.perf_counter()
        threads = [threading.Thread(target=ask, args=(slow, "/quay")) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - started
    assert len(slow.requests) == 8
    assert 0.2 <= took < 1.2, "eight answers one after the other would take 1.6 s"


def test_a_closed_newsroom_answers_nobody_and_has_no_port(folder: Path) -> None:
    with Newsroom(folder) as running:
        host, port = running.connect_to[".example"]
        left_open = http.client.HTTPConnection(host, port, timeout=5)
        left_open.request("GET", "/quay", headers={"Host": "courier.example"})
        left_open.getresponse().read()
    with pytest.raises(ConnectionError):
        http.client.HTTPConnection(host, port, timeout=5).connect()
    left_open.auto_open = 0
    with pytest.raises((ConnectionError, http.client.NotConnected)):
        ask_again(left_open)
    left_open.close()
    with pytest.raises(RuntimeError, match="with block"):
        _ = running.port


def test_a_folder_without_a_site_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="site"):
        Newsroom(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["[[routes]]\nstatus = 410\n", '[[routes]]\nurl = "http://a.example/"\nstauts = 410\n', "[[routes"],
)
def test_a_broken_route_file_is_an_input_error_that_names_it(folder: Path, text: str) -> None:
    (folder / "site.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"site\.toml"):
        Newsroom(folder)


def test_a_site_needs_no_route_file(folder: Path) -> None:
    (folder / "site.toml").unlink()
    with Newsroom(folder) as running:
        assert ask(running, "/quay")[0].status == 200
