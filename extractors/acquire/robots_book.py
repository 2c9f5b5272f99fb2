"""Remember the rules of hosts: those of earlier runs, those learned in this one."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from extractors.acquire.robots import RobotsRules, product_name, trouble
from extractors.acquire.urls import host, without_secrets
from extractors.errors import FetchError, RobotsDisallowedError, RobotsUnavailableError
from extractors.model import FetchOutcome, HostState

#: RFC 9309 section 2.4: rules are not kept for longer than a day.
FRESH_FOR = timedelta(hours=24)
#: A file that could not be had is asked for again before an entry is tried again (``NEWSDESK_RETRY_MINUTES``, 15).
UNAVAILABLE_FOR = timedelta(minutes=10)


class RobotsBook:
    """
    What is known of the rules of hosts, from earlier runs and from this one.

    Args:
        user_agent: Our User-Agent header.
        exempt: Hosts that are not asked; with a dot in front, all below a domain.
    """

    def __init__(self, *, user_agent: str, exempt: Collection[str] = ()) -> None:
        self._user_agent = user_agent
        self._exempt = tuple(exempt)
        self._states: dict[str, HostState] = {}

    def know(self, states: Iterable[HostState]) -> None:
        """Take over what earlier runs learned; what is known better stays."""
        for state in states:
            self._states.setdefault(state.host, state)

    def is_asked(self, url: str, *, now: datetime) -> bool:
        """Return whether the robots.txt that rules *url* must be asked for first, at *now* (aware UTC)."""
        name = host(url)
        state = self._states.get(name)
        if self.is_exempt(name):
            return False
        if state is None or state.robots_asked_at is None:
            return True
        return now - state.robots_asked_at >= (FRESH_FOR if state.robots_error is None else UNAVAILABLE_FOR)

    def is_exempt(self, name: str) -> bool:
        """Return whether host *name* is one that is not asked."""
        return any(name == item.removeprefix(".") or (item[0] == "." and name.endswith(item)) for item in self._exempt)

    def learn(self, url: str, outcome: FetchOutcome) -> HostState:
        """Remember the answer to the request for the robots.txt that rules *url*; return what it says."""
        name = host(url)
        known = self._states.get(name)
        rules = RobotsRules.of_answer(outcome, known=_rules(known) if known and known.robots_text is not None else None)
        state = HostState(
            host=name,
            robots_asked_at=outcome.fetched_at,
            robots_http_status=outcome.http_status,
            robots_text=rules.source,
            robots_error=trouble(outcome),
            crawl_delay_seconds=rules.crawl_delay(self._user_agent),
        )
        self._states[name] = state
        return state

    def refusal(self, url: str) -> FetchError | None:
        """Return why *url* must not be asked for; None where it may be."""
        name = host(url)
        state = self._states.get(name)
        if state is None or self.is_exempt(name):
            return None
        where, shown = f"robots.txt of {name}", without_secrets(url)
        if state.robots_text is None and state.robots_error is not None:
            said = f"{where} could not be had ({state.robots_error}), which means to keep away for now"
            return RobotsUnavailableError(said, url=shown)
        rules = _rules(state)
        if rules.allow(url, user_agent=self._user_agent):
            return None
        agent = rules.agent(self._user_agent)
        said = f"{where} disallows it for {product_name(self._user_agent)} (rules of User-agent: {agent})"
        return RobotsDisallowedError(said, url=shown)


def _rules(state: HostState) -> RobotsRules:
    return RobotsRules(None) if state.robots_text is None else _parsed(state.robots_text)


@lru_cache(maxsize=512)
def _parsed(text: str) -> RobotsRules:
    return RobotsRules.of_text(text)
