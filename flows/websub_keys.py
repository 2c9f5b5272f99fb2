"""
Keep the secrets of WebSub subscriptions: in a file of their own, readable by its owner alone.

They are no rows of the warehouse, because analysts get a copy of that.
"""

import json
import os
import secrets
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path

from extractors.errors import WarehouseError

_NAME = "websub.json"
_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What proves that a request comes from the hub that was asked."""

    feed_id: str
    #: The last part of the callback address.
    token: str = field(repr=False)
    secret: str = field(repr=False)
    #: What the hub was last asked for: ``subscribe`` or ``unsubscribe``.
    mode: str
    hub_url: str
    topic_url: str
    #: Whether the hub knows the secret, so that its pushes must be signed.
    is_signed: bool


class Keys:
    """
    The keys of a home, safe to share between threads.

    Args:
        home: The folder of newsdesk's data.

    Raises:
        WarehouseError: The file is there and cannot be read.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / _NAME
        self._lock = threading.Lock()
        try:
            held = json.loads(self._path.read_bytes()) if self._path.exists() else []
            self._keys = {key.feed_id: key for key in (Key(**row) for row in held)}
        except (OSError, ValueError, TypeError) as error:
            words = "cannot be read; delete it, then every hub is asked anew"
            raise WarehouseError(f"{self._path}: {words}") from error

    def of_token(self, token: str) -> Key | None:
        """Return the key whose callback address ends in *token*; comparing takes the same time for every token."""
        with self._lock:
            found = [key for key in self._keys.values() if secrets.compare_digest(key.token.encode(), token.encode())]
        return found[0] if found else None

    def ask(self, *, feed_id: str, mode: str, hub_url: str, topic_url: str, is_signed: bool) -> Key:
        """Return the key for a request, the one held where hub and topic are the same, and keep it on disk."""
        with self._lock:
            held = self._keys.get(feed_id)
            is_same = held is not None and (held.hub_url, held.topic_url) == (hub_url, topic_url)
            token, secret = (held.token, held.secret) if held and is_same else (_random(), _random())
            key = Key(
                feed_id=feed_id, token=token, secret=secret, mode=mode, hub_url=hub_url, topic_url=topic_url,
                is_signed=is_signed,
            )  # fmt: skip
            self._keys[feed_id] = key
            self._save()
        return key

    def _save(self) -> None:
        temporary = self._path.with_name(f".{_NAME}.{os.getpid()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump([asdict(key) for key in self._keys.values()], file, indent=1)
        temporary.replace(self._path)


def _random() -> str:
    return secrets.token_urlsafe(_BYTES)
