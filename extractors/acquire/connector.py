"""
Open connections: to public addresses only.

The check stands where the socket is made, behind the name server: every redirect hop and every address of a
name passes it, and a name that answers otherwise the second time gains nothing (DNS rebinding).
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import aiohttp
import certifi
from aiohttp.abc import AbstractResolver, ResolveResult

from extractors.acquire.addresses import is_public

#: The addresses refused while the current task connected; whoever connects sets an empty list first.
REFUSED: ContextVar[list[str]] = ContextVar("refused")

_DNS_CACHE_SECONDS = 60
_KEEP_ALIVE_SECONDS = 15.0


def guarded_connector(connect_to: Mapping[str, tuple[str, int]]) -> aiohttp.TCPConnector:
    """
    Return a connector that reaches public addresses, and those that *connect_to* names; call it in the loop.

    It counts no connections: whoever fetches takes turns before asking, so that waiting costs nothing of a
    request's time.

    Args:
        connect_to: Host suffix (``.example``) or host to (address, port); see ``fetch.Fetcher``.
    """
    allowed = set(connect_to.values())

    def opened(info: tuple[Any, ...]) -> socket.socket:
        """Open the socket for one address, or refuse."""
        family, kind, protocol, _, address = info
        if not is_public(address[0]) and (address[0], address[1]) not in allowed:
            REFUSED.get().append(address[0])
            raise PermissionError(f"{address[0]} is not a public address")
        return socket.socket(family, kind, protocol)

    return aiohttp.TCPConnector(
        limit=0,
        ssl=_tls_context(),
        resolver=_Resolver(connect_to),
        socket_factory=opened,
        ttl_dns_cache=_DNS_CACHE_SECONDS,
        keepalive_timeout=_KEEP_ALIVE_SECONDS,
    )


class _Resolver(AbstractResolver):
    """The system's names, except where ``connect_to`` says where a host is."""

    def __init__(self, connect_to: Mapping[str, tuple[str, int]]) -> None:
        self._connect_to = connect_to
        self._system = aiohttp.ThreadedResolver(asyncio.get_running_loop())

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of *host*."""
        for suffix, (address, at_port) in self._connect_to.items():
            if host == suffix.removeprefix(".") or (suffix.startswith(".") and host.endswith(suffix)):
                return [ResolveResult(hostname=host, host=address, port=at_port, family=family, proto=0, flags=0)]
        return await self._system.resolve(host, port, family)

    async def close(self) -> None:
        """End the system's resolver."""
        await self._system.close()


def _tls_context() -> ssl.SSLContext:
    """Return what verifies certificates: the system's authorities, certifi's where the system has none."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(certifi.where())
    return context
