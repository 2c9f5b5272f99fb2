"""WebSub against a hub of its own on loopback, which does what the W3C specification says."""

import asyncio
import hashlib
import hmac
import json
import socket
import stat
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest
from aiohttp import web

from extractors.errors import NewsdeskError
from extractors.model import Subscription
from flows.collecting import now, open_fetcher, open_writer
from flows.polling import poll_batch, take_up
from flows.settings import Settings
from flows.watched import read_watchlist
from flows.websub import Subscriber
from warehouse.doctor import run_checks
from warehouse.snapshot import publish
from warehouse.subscriptions import keep_subscriptions, subscriptions

TOPIC = "http://desk.example/rss"


#: What a forger may try.
GUESS = "guess"


def rss(*numbers: int) -> bytes:
    items = "".join(f"<item><title>No. {n}</title><link>http://desk.example/{n}</link></item>" for n in numbers)
    links = f'<a:link rel="hub" href="/hub"/><a:link rel="self" href="{TOPIC}"/>'
    return f"<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom'><channel>{links}{items}</channel></rss>".encode()


class Hub:
    """A publisher with a hub, in a thread of its own."""

    def __init__(self) -> None:
        self.body = rss(1, 2)
        self.answer = 202
        self.lease_seconds = 3600
        self.asked: list[dict[str, str]] = []
        self.checks: list[tuple[int, str]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._jobs: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:  # noqa: D105
        self._thread.start()
        self.call(self._open())
        return self

    def __exit__(self, *_: object) -> None:  # noqa: D105
        self.call(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    @property
    def port(self) -> int:
        return int(self._runner.addresses[0][1])

    async def _open(self) -> None:
        app = web.Application()
        app.router.add_get("/rss", self._feed)
        app.router.add_post("/hub", self._subscribe)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()

    async def _feed(self, _: web.Request) -> web.Response:
        return web.Response(body=self.body, content_type="application/rss+xml")

    async def _subscribe(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.asked.append(form)
        if self.answer == 202:
            job = asyncio.ensure_future(self.verify(form["hub.callback"], form["hub.mode"], form["hub.topic"]))
            self._jobs.add(job)
            job.add_done_callback(self._jobs.discard)
        return web.Response(status=self.answer)

    async def verify(self, callback: str, mode: str, topic: str, **more: str) -> None:
        """Section 5.3: the hub asks whether the subscriber meant it."""
        query = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": "c-1234"} | more
        if mode == "subscribe":
            query["hub.lease_seconds"] = str(self.lease_seconds)
        async with aiohttp.ClientSession() as session, session.get(callback, params=query) as answer:
            self.checks.append((answer.status, await answer.text()))

    def push(
        self, body: bytes, *, method: str = "sha256", secret: str | None = None, callback: str | None = None
    ) -> int:
        """Section 7: the hub distributes content; return the subscriber's answer."""
        form = self.asked[-1]
        key = (secret if secret is not None else form.get("hub.secret", "")).encode()
        headers = {"Content-Type": "application/rss+xml", "Link": f'<{TOPIC}>; rel="self"'}
        if key:
            headers["X-Hub-Signature"] = f"{method}={hmac.new(key, body, getattr(hashlib, method)).hexdigest()}"
        request = urllib.request.Request(callback or form["hub.callback"], data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


class Desk:
    """A newsdesk that watches the hub's feed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def poll(self) -> None:
        feeds = take_up(read_watchlist(self.settings.watchlist), self.settings, only_due=False)
        with open_fetcher(self.settings) as fetcher:
            poll_batch(fetcher, feeds, settings=self.settings, run_id="r")

    def subscription(self) -> Subscription:
        with open_writer(self.settings) as con:
            return subscriptions(con)[0]

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with open_writer(self.settings) as con:
            return con.execute(query).fetchall()

    def faults(self) -> list[str]:
        """Return the invariants that do not hold; the poll of these tests has no run."""
        with open_writer(self.settings) as con:
            checks = run_checks(con)
        return [check.name for check in checks if check.failed_count and check.name != "runs_are_known"]

    def change(self, subscription: Subscription) -> None:
        with open_writer(self.settings) as con:
            keep_subscriptions(con, [subscription])


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not come about within 30 s"
        time.sleep(0.2)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        yield running


@pytest.fixture
def desk(hub: Hub, home: Path, tmp_path: Path) -> Desk:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    watchlist = tmp_path / "watchlist.toml"
    watchlist.write_text(f'[[feeds]]\nurl = "{TOPIC}"\n')
    return Desk(
        Settings(
            home=home,
            watchlist=watchlist,
            connect_to=f".example=127.0.0.1:{hub.port}",
            websub_callback_url=f"http://127.0.0.1:{port}/websub/",
            websub_listen=f"127.0.0.1:{port}",
        )
    )


def test_a_feed_is_subscribed_pushed_renewed_and_given_up(hub: Hub, desk: Desk) -> None:
    desk.poll()
    assert (desk.subscription().state, desk.subscription().hub_url) == ("found", "http://desk.example/hub")

    with Subscriber(desk.settings) as subscriber:
        subscriber.renew()
        until(lambda: desk.subscription().state == "active")
        assert hub.checks == [(200, "c-1234")]
        assert hub.asked[0]["hub.topic"] == TOPIC
        assert desk.subscription().lease_seconds == 3600

        assert hub.push(rss(3, 1, 2)) == 202
        assert subscriber.wait(30), "the push wakes the loop"
        assert desk.ask("select title from entries order by title") == [("No. 1",), ("No. 2",), ("No. 3",)]
        assert desk.ask("select flow, state from runs") == [("push", "completed")]
        assert desk.subscription().push_count == 1

        subscriber.renew()
        assert len(hub.asked) == 1, "nothing is asked for while the lease is young"
        late = desk.subscription()
        desk.change(
            Subscription(
                feed_id=late.feed_id, hub_url=late.hub_url, topic_url=late.topic_url, state="active",
                asked_at=now() - timedelta(hours=2), lease_until=now() + timedelta(seconds=600), lease_seconds=3600,
            )
        )  # fmt: skip
        subscriber.renew()
        assert hub.asked[1]["hub.callback"] == hub.asked[0]["hub.callback"]
        until(lambda: len(hub.checks) == 2)

        desk.settings.watchlist.write_text("")
        take_up(read_watchlist(desk.settings.watchlist), desk.settings, only_due=False)
        subscriber.renew()
        until(lambda: len(hub.checks) == 3)
        assert hub.asked[2]["hub.mode"] == "unsubscribe"
        assert hub.checks[2] == (200, "c-1234")
        until(lambda: desk.subscription().state == "ended")
        assert hub.push(rss(4)) == 410
    assert desk.faults() == []


def test_what_is_not_signed_by_the_hub_is_dropped_without_a_word(hub: Hub, desk: Desk) -> None:
    desk.poll()
    with Subscriber(desk.settings) as subscriber:
        subscriber.renew()
        until(lambda: desk.subscription().state == "active")
        callback = hub.asked[0]["hub.callback"]

        assert hub.push(rss(66), secret=GUESS) == 202
        assert hub.push(rss(66), secret="") == 202
        assert hub.push(rss(66), callback=callback[:-1] + "!") == 404
        assert hub.push(b"<html>signed nonsense</html>", method="sha1") == 202
        assert hub.push(rss(1, 2), method="sha384") == 202, "what was polled already"
        assert hub.push(rss(7, 1, 2), method="sha512") == 202
        assert subscriber.wait(30)

    assert desk.ask("select title from entries order by title") == [("No. 1",), ("No. 2",), ("No. 7",)]
    assert desk.ask("select count(*) from polls") == [(2,)], "neither nonsense nor a repetition is a poll"


def test_nobody_can_have_a_subscription_confirmed_that_was_not_asked_for(hub: Hub, desk: Desk) -> None:
    desk.poll()
    hub.answer = 500
    with Subscriber(desk.settings) as subscriber:
        subscriber.renew()
        callback = hub.asked[0]["hub.callback"]
        assert (desk.subscription().state, desk.subscription().error) == ("failed", "the hub answers HTTP 500")

        hub.call(hub.verify(callback, "subscribe", "http://desk.example/other"))
        hub.call(hub.verify(callback, "unsubscribe", TOPIC))
        hub.call(hub.verify(callback + "x", "subscribe", TOPIC))
        hub.call(hub.verify(callback, "subscribe", TOPIC, **{"hub.challenge": ""}))
        assert [status for status, _ in hub.checks] == [404, 404, 404, 404]

        hub.call(hub.verify(callback, "denied", TOPIC, **{"hub.reason": "not\nyou"}))
        until(lambda: desk.subscription().state == "denied")
        assert desk.subscription().error == "refused: not you"
        subscriber.renew()
        assert len(hub.asked) == 1, "a refusal is not argued with"


def test_secrets_are_in_one_private_file_and_nowhere_else(
    hub: Hub, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.poll()
    with caplog.at_level("DEBUG"), Subscriber(desk.settings) as subscriber:
        subscriber.renew()
        until(lambda: desk.subscription().state == "active")
        hub.push(rss(9), secret=GUESS)
        until(lambda: "dropped" in caplog.text)
    publish(desk.settings.home, now=now())

    file = desk.settings.home / "websub.json"
    key = json.loads(file.read_text())[0]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key["secret"] == hub.asked[0]["hub.secret"]
    assert len(key["secret"]) < 200
    for secret in (key["secret"], key["token"]):
        assert secret not in caplog.text
        for other in desk.settings.home.rglob("*"):
            assert other == file or not other.is_file() or secret.encode() not in other.read_bytes(), other


def test_an_https_feed_whose_hub_is_not_gets_no_secret_and_its_pushes_only_ring(hub: Hub, desk: Desk) -> None:
    hub.body = rss(1).replace(TOPIC.encode(), b"https://desk.example/rss")
    desk.poll()
    with Subscriber(desk.settings) as subscriber:
        subscriber.renew()
        until(lambda: desk.subscription().state == "active")
        assert "hub.secret" not in hub.asked[0]
        with open_writer(desk.settings) as con:
            con.execute(
                "update feeds set last_polled_at = now() - interval 1 hour, next_poll_at = now() + interval 9 hours"
            )

        hub.push(rss(1, 2))
        assert subscriber.wait(30)

    assert desk.ask("select count(*) from entries") == [(1,)], "what cannot be checked is not read"
    assert desk.ask("select next_poll_at <= now() from feeds") == [(True,)]


def test_without_a_callback_address_nothing_listens_and_no_hub_is_asked(hub: Hub, desk: Desk) -> None:
    off = desk.settings.model_copy(update={"websub_callback_url": ""})
    desk.poll()
    with Subscriber(off) as subscriber, socket.socket() as probe:
        subscriber.renew()
        assert probe.connect_ex(("127.0.0.1", int(off.websub_listen.rpartition(":")[2]))) != 0
        assert not subscriber.wait(0)
    assert hub.asked == []
    assert not (off.home / "websub.json").exists()


def test_a_port_that_is_taken_is_an_error_that_names_the_setting(desk: Desk) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int(desk.settings.websub_listen.rpartition(":")[2])))
        taken.listen()
        with pytest.raises(NewsdeskError, match="NEWSDESK_WEBSUB_LISTEN"), Subscriber(desk.settings):
            pass


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("websub_callback_url", "desk.example"),
        ("websub_callback_url", "https://d.example/?x=1"),
        ("websub_listen", "80"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        Settings.model_validate({name: value})
