"""
Receive what hubs say: the check of an intent, a refusal, a push.

A small HTTP server in a thread of its own. It knows no database: what is genuine is handed on, everything else gets an
answer that tells nothing. It writes no access log, since the callback addresses in it are secrets.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from extractors.acquire.polling import FEED_LIMIT_BYTES
from extractors.acquire.websub import LEASE_SECONDS, is_genuine
from flows.collecting import now
from flows.websub_keys import Key, Keys

log = logging.getLogger("newsdesk.websub")

_LONGEST_LEASE_SECONDS = 365 * 86_400
_CHALLENGE_CHARS = 2_000
_REASON_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Something that a hub said; made by the receiver, taken by ``websub``."""

    #: ``verified``, ``denied`` or ``push``.
    kind: str
    feed_id: str
    at: datetime
    #: Of a verified subscription; None: it was the end of one.
    lease_seconds: int | None = None
    #: Of a refusal, in the hub's words.
    reason: str | None = None
    #: Of a push whose signature is right; None: it cannot be checked, so it only says that there is news.
    body: bytes | None = None
    content_type: str | None = None


class Receiver:
    """
    The server; a context manager.

    Args:
        listen: ``ADDRESS:PORT``; port 0 takes a free one.
        keys: What tells a hub from anybody else.
        hand_on: Called in the server's thread with what is genuine; returns False where there is no room for it now.
    """

    def __init__(self, *, listen: str, keys: Keys, hand_on: Callable[[Arrival], bool]) -> None:
        self._address, _, port = listen.rpartition(":")
        self._port = int(port)
        self._keys = keys
        self._hand_on = hand_on
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="newsdesk-websub", daemon=True)
        self._runner: web.AppRunner

    def __enter__(self) -> Self:
        """Open the port; OSError where it is taken."""
        self._thread.start()
        try:
            self._call(self._open())
        except OSError:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the port and every connection."""
        self._call(self._runner.cleanup())
        self._end()

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self._runner.addresses[0][1])

    def _call(self, work: Coroutine[object, object, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        app = web.Application(client_max_size=FEED_LIMIT_BYTES)
        # A proxy may keep the path of the callback address or cut it: the last part alone counts.
        app.router.add_get("/{path:.*}", self._check)
        app.router.add_post("/{path:.*}", self._push)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._address or None, self._port).start()

    def _key(self, request: web.Request) -> Key | None:
        return self._keys.of_token(request.path.rpartition("/")[2])

    async def _check(self, request: web.Request) -> web.Response:
        """Answer a hub that asks whether a request was ours, or says that it refuses it."""
        key, asked = self._key(request), request.query
        if key is None or asked.get("hub.topic") != key.topic_url:
            return web.Response(status=404)
        mode, challenge = asked.get("hub.mode"), asked.get("hub.challenge", "")
        if mode == "denied":
            reason = " ".join(asked.get("hub.reason", "no reason given").split())[:_REASON_CHARS]
            self._hand_on(Arrival(kind="denied", feed_id=key.feed_id, at=now(), reason=reason))
            return web.Response()
        if mode != key.mode or not 0 < len(challenge) <= _CHALLENGE_CHARS:
            return web.Response(status=404)
        lease = _lease(asked.get("hub.lease_seconds")) if mode == "subscribe" else None
        if not self._hand_on(Arrival(kind="verified", feed_id=key.feed_id, at=now(), lease_seconds=lease)):
            return web.Response(status=503)
        return web.Response(text=challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def _push(self, request: web.Request) -> web.Response:
        """Take a push, or drop it silently where its signature is wrong: a forger learns nothing."""
        key = self._key(request)
        if key is None:
            return web.Response(status=404)
        if key.mode != "subscribe":
            return web.Response(status=410)
        body = await request.read()
        if key.is_signed and not is_genuine(body, signature=request.headers.get("X-Hub-Signature"), secret=key.secret):
            log.warning("a push for feed %s was not signed by its hub; it was dropped", key.feed_id)
            return web.Response(status=202)
        arrival = Arrival(
            kind="push",
            feed_id=key.feed_id,
            at=now(),
            body=body if key.is_signed else None,
            content_type=request.headers.get("Content-Type"),
        )
        return web.Response(status=202 if self._hand_on(arrival) else 503)


def _lease(said: str | None) -> int:
    """Return the seconds of a lease; what a hub does not say clearly is what was asked for."""
    is_number = said is not None and said.isascii() and said.isdigit() and int(said[:12]) > 0
    return min(int((said or "")[:12]), _LONGEST_LEASE_SECONDS) if is_number else LEASE_SECONDS
