"""Read what a site's robots.txt asks of us."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urljoin

from protego import Protego

from extractors.acquire.urls import is_http_url
from extractors.model import FetchOutcome, FetchRequest

#: RFC 9309 section 2.5 asks for at least 500 KiB; longer files are cut, not refused.
ROBOTS_BYTES = 512_000
#: Longer wishes are typing errors or mean "stay away", for which there is Disallow.
MOST_DELAY_SECONDS = 120.0
_SUCCESS = range(200, 300)
_ABSENT = range(400, 500)


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
        text = body[:ROBOTS_BYTES].decode("utf-8-sig", "replace")
        return cls(text, _rules=Protego.parse(text))

    @classmethod
    def of_answer(cls, outcome: FetchOutcome, *, known: Self | None = None) -> Self:
        """
        Return the rules that the answer to ``robots_request`` means.

        Args:
            outcome: The answer.
            known: The rules held before; they stay where the server fails for the moment.

        Returns:
            A file states its rules; 4xx means that there are none; 5xx and no answer mean: keep away for now.

        Source:
            RFC 9309 section 2.3.1.
        """
        if outcome.error is None and outcome.http_status in _SUCCESS:
            return cls.parse(outcome.body)
        if outcome.error is None and outcome.http_status in _ABSENT:
            return cls(None)
        return known or cls(None, is_open=False)

    def allow(self, url: str, *, user_agent: str) -> bool:
        """
        Return whether *url* may be fetched.

        Args:
            url: A page of the host.
            user_agent: Our name, or the whole User-Agent header; the name before the first slash counts.
        """
        return bool(self._rules.can_fetch(url, _name(user_agent))) if self._rules else self.is_open

    def crawl_delay(self, user_agent: str) -> float:
        """
        Return the seconds between two requests that the host asks for: 0 to ``MOST_DELAY_SECONDS``.

        Args:
            user_agent: As in ``allow``.
        """
        said = self._rules.crawl_delay(_name(user_agent)) if self._rules else None
        return min(max(float(said), 0.0), MOST_DELAY_SECONDS) if said else 0.0

    def sitemaps(self) -> tuple[str, ...]:
        """Return the addresses of the sitemaps that the file names."""
        return tuple(url for url in self._rules.sitemaps if is_http_url(url)) if self._rules else ()


def robots_request(url: str) -> FetchRequest:
    """
    Return the request for the robots.txt that rules *url*.

    Args:
        url: Any page of the host.
    """
    return FetchRequest(url=urljoin(url, "/robots.txt"), accept="text/plain, */*;q=0.5", limit_bytes=2 * ROBOTS_BYTES)


def _name(user_agent: str) -> str:
    return user_agent.partition("/")[0].strip()
