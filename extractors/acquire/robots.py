"""Read what a site's robots.txt asks of us."""

import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urljoin

from protego import Protego

from extractors.acquire.urls import is_http_url
from extractors.errors import RedirectLoopError
from extractors.model import FetchOutcome, FetchRequest

#: RFC 9309 section 2.5 asks for at least 500 KiB; longer files are cut, not refused.
ROBOTS_BYTES = 512_000
#: RFC 9309 section 2.3.1.2: at least five redirects are followed; after more the file counts as absent.
ROBOTS_HOPS = 5
ROBOTS_SECONDS = 15.0
#: Longer wishes are typing errors or mean "stay away", for which there is Disallow.
MOST_DELAY_SECONDS = 120.0
_SUCCESS = range(200, 300)
#: No file: 4xx, and a redirect that leads nowhere. 429 is not among them (as with Google): it means "not now".
_ABSENT = range(300, 500)
_TOO_MANY_REQUESTS = 429
_AGENT_LINE = re.compile(r"(?im)^[ \t]*user-?agent[ \t]*:[ \t]*([^#\r\n]*)")


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """
    The rules of one host.

    Args:
        source: Text of robots.txt; None where none could be had.
        is_open: What holds where there is no text.
    """

    source: str | None
    is_open: bool = True
    _rules: Protego | None = field(default=None, repr=False, compare=False)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """
        Return the rules that *body* states.

        Args:
            body: robots.txt as received; what is not UTF-8 is replaced, what is no rule is passed over.
        """
        return cls.of_text(body[:ROBOTS_BYTES].decode("utf-8-sig", "replace"))

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Return the rules that *text* states."""
        return cls(text, _rules=Protego.parse(text))

    @classmethod
    def of_answer(cls, outcome: FetchOutcome, *, known: Self | None = None) -> Self:
        """
        Return the rules that the answer to ``robots_request`` means.

        Args:
            outcome: The answer.
            known: The rules held before; they stay where the server fails for the moment.

        Returns:
            A file states its rules; 4xx and more than five redirects mean that there are none; 429, 5xx and no
            answer mean: keep away for now.

        Source:
            RFC 9309 section 2.3.1.
        """
        if outcome.error is None and outcome.http_status in _SUCCESS:
            return cls.parse(outcome.body)
        if _is_absent(outcome):
            return cls(None)
        return known or cls(None, is_open=False)

    def allow(self, url: str, *, user_agent: str) -> bool:
        """
        Return whether *url* may be fetched.

        Args:
            url: A page of the host.
            user_agent: Our name, or the whole User-Agent header; the name before the first slash counts.
        """
        return bool(self._rules.can_fetch(url, product_name(user_agent))) if self._rules else self.is_open

    def crawl_delay(self, user_agent: str) -> float:
        """
        Return the seconds between two requests that the host asks for: 0 to ``MOST_DELAY_SECONDS``.

        Args:
            user_agent: As in ``allow``.
        """
        said = self._rules.crawl_delay(product_name(user_agent)) if self._rules else None
        return min(max(float(said), 0.0), MOST_DELAY_SECONDS) if said else 0.0

    def agent(self, user_agent: str) -> str:
        """Return for whom the rules were written that hold for us: our name, as the file spells it, or ``*``."""
        ours = product_name(user_agent).lower()
        named = (match[1].strip() for match in _AGENT_LINE.finditer(self.source or ""))
        return next((name for name in named if name.strip("*").lower() == ours), "*")

    def sitemaps(self) -> tuple[str, ...]:
        """Return the addresses of the sitemaps that the file names."""
        return tuple(url for url in self._rules.sitemaps if is_http_url(url)) if self._rules else ()


def robots_request(url: str, *, timeout_seconds: float = ROBOTS_SECONDS) -> FetchRequest:
    """
    Return the request for the robots.txt that rules *url*.

    Args:
        url: Any page of the host.
        timeout_seconds: Limit of the exchange; never more than ``ROBOTS_SECONDS``.
    """
    return FetchRequest(
        url=urljoin(url, "/robots.txt"),
        accept="text/plain, */*;q=0.5",
        # The piece that goes beyond the limit is dropped, so the limit leaves room for one.
        limit_bytes=2 * ROBOTS_BYTES,
        is_cut_at_limit=True,
        hop_limit=ROBOTS_HOPS,
        timeout_seconds=min(timeout_seconds, ROBOTS_SECONDS),
    )


def _is_absent(outcome: FetchOutcome) -> bool:
    if outcome.error is not None:
        return isinstance(outcome.error, RedirectLoopError)
    return outcome.http_status in _ABSENT and outcome.http_status != _TOO_MANY_REQUESTS


def trouble(outcome: FetchOutcome) -> str | None:
    """Return in words why the file could not be had; None where the answer settles the matter."""
    if _is_absent(outcome) or (outcome.error is None and outcome.http_status in _SUCCESS):
        return None
    return outcome.error.slug if outcome.error else f"HTTP {outcome.http_status}"


def product_name(user_agent: str) -> str:
    """Return the name by which rules call us: what stands before the first slash of the User-Agent header."""
    return user_agent.partition("/")[0].strip()
