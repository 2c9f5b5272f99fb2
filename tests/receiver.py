"""A webhook receiver on loopback, with failure modes; what it was sent can be looked at."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Takes what is posted as JSON; ``failures`` of the next posts are refused, each takes ``seconds``."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.arrived_at: list[float] = []
        self.failures = 0
        self.seconds = 0.0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server.server_address[1]}/hook-s3cret"

    @property
    def titles(self) -> list[str]:
        return [post["title"] for post in self.posts]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(receiver.seconds)
                if receiver.failures:
                    receiver.failures -= 1
                    self.send_error(503)
                    return
                receiver.posts.append(json.loads(body))
                receiver.keys.append(self.headers["Idempotency-Key"])
                receiver.arrived_at.append(time.time())
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        thread.join()
        receiver.server.server_close()
