"""
Have feeds pushed by their hubs: ask, renew, end, load what arrives.

A push is only a quicker poll: it goes through the same decision and the same loading. Feeds go on being polled, four
times as slowly, so that a hub that falls silent costs time but no entry.
"""

import logging
import threading
from dataclasses import replace
from datetime import timedelta
from queue import Empty, Full, Queue
from types import TracebackType
from typing import Self

from extractors.acquire.intervals import LONGEST_MINUTES
from extractors.acquire.polling import decide
from extractors.acquire.websub import HubLinks, hub_request, is_secret_safe, wanted_mode
from extractors.errors import NewsdeskError
from extractors.model import FeedState, FetchOutcome, FetchRequest, PolledFeed, PollResult, Subscription
from flows.collecting import now, open_fetcher, open_writer
from flows.recording import recorded
from flows.settings import Settings
from flows.websub_keys import Keys
from flows.websub_receiver import Arrival, Receiver
from warehouse.feeds import feeds_to_poll
from warehouse.hosts import save_hosts
from warehouse.polls import load_polls
from warehouse.subscriptions import keep_subscriptions, ring, subscriptions

log = logging.getLogger("newsdesk.websub")

#: How much more slowly a feed is polled after its hub has pushed it.
_SLOWER = 4
_MOST_WAITING = 100
_TAKEN = range(200, 300)


class Subscriber:
    """
    Waits for hubs while `newsdesk run --every` goes on; a context manager. Without a callback address it only waits.

    Args:
        settings: ``websub_callback_url`` switches it on.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_on = bool(settings.websub_callback_url)
        self._news = threading.Event()
        self._queue: Queue[Arrival | None] = Queue(_MOST_WAITING)
        self._worker = threading.Thread(target=self._work, name="newsdesk-pushes", daemon=True)
        if self._is_on:
            settings.home.mkdir(parents=True, exist_ok=True)
            self.keys = Keys(settings.home)
            self.receiver = Receiver(listen=settings.websub_listen, keys=self.keys, hand_on=self._hand_on)

    def __enter__(self) -> Self:
        """Open the port; NewsdeskError where it cannot be had."""
        if self._is_on:
            try:
                self.receiver.__enter__()
            except OSError as error:
                words = f"NEWSDESK_WEBSUB_LISTEN={self._settings.websub_listen} cannot be opened ({error.strerror})"
                raise NewsdeskError(words) from error
            self._worker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the port, then load what had arrived."""
        if self._is_on:
            self.receiver.__exit__(kind, error, trace)
            self._queue.put(None)
            self._worker.join()

    def renew(self) -> None:
        """Ask the hubs that have to be asked now; nothing where it is switched off."""
        if self._is_on:
            ask_hubs(self._settings, self.keys)

    def wait(self, seconds: float) -> bool:
        """Wait *seconds*, or until a push brought something new; say whether one did."""
        found = self._news.wait(seconds)
        self._news.clear()
        return found

    def _hand_on(self, arrival: Arrival) -> bool:
        try:
            self._queue.put_nowait(arrival)
        except Full:
            return False
        return True

    def _work(self) -> None:
        while (arrival := self._queue.get()) is not None:
            arrivals = [arrival]
            try:
                while (more := self._queue.get_nowait()) is not None:
                    arrivals.append(more)
                self._queue.put(None)
            except Empty:
                pass
            try:
                if take_in(self._settings, arrivals):
                    self._news.set()
            except NewsdeskError as error:
                # The next poll brings the same entries.
                log.warning("a push could not be loaded: %s", error)


def ask_hubs(settings: Settings, keys: Keys) -> None:
    """Ask the hubs of feeds that are to be subscribed to, renewed or given up, and record how they answered."""
    asked_at = now()
    with open_writer(settings) as con:
        wanted = [(one, mode) for one in subscriptions(con) if (mode := wanted_mode(one, now=asked_at))]
        # Before the request: a hub may come back while it is still under way.
        keep_subscriptions(con, [_asked(replace(one, asked_at=asked_at), mode) for one, mode in wanted])
    if not wanted:
        return
    requests = [_request(one, mode, settings=settings, keys=keys) for one, mode in wanted]
    with open_fetcher(settings) as fetcher:
        answers = dict(fetcher.fetch_all(requests))
        learned = fetcher.learned()
    problems = {wanted[index][0].feed_id: _problem(answer) for index, answer in answers.items()}
    with open_writer(settings) as con:
        save_hosts(con, learned)
        failed = [
            replace(one, state="failed" if one.state == "asked" else one.state, error=problem)
            for one in subscriptions(con)
            if (problem := problems.get(one.feed_id))
        ]
        keep_subscriptions(con, failed)


def take_in(settings: Settings, arrivals: list[Arrival]) -> bool:
    """Record what hubs said and load what they pushed; say whether there is anything to do for the next cycle."""
    with open_writer(settings) as con:
        held = {one.feed_id: one for one in subscriptions(con)}
        said = [one for one in arrivals if one.feed_id in held]
        for one in said:
            held[one.feed_id] = _after(held[one.feed_id], one)
        keep_subscriptions(con, [held[feed_id] for feed_id in dict.fromkeys(one.feed_id for one in said)])
        rings = [one for one in said if one.kind == "push" and one.body is None]
        for one in rings:
            ring(con, one.feed_id, now=one.at)
    pushes = [one for one in said if one.body is not None]
    return bool(rings) or (bool(pushes) and _load(settings, pushes))


def _load(settings: Settings, pushes: list[Arrival]) -> bool:
    """Load *pushes* one after the other, as polls of their feeds; say whether one brought a new entry."""
    new_entry_count = 0
    with recorded("push", settings) as run_id:
        for push in pushes:
            with open_writer(settings) as con:
                states = {state.feed_id: state for state in feeds_to_poll(con, now=push.at, only_due=False)}
                poll = _poll(states.get(push.feed_id), push)
                if poll is not None:
                    new_entry_count += load_polls(con, [poll], run_id=run_id).new_entry_count
    return bool(new_entry_count)


def _poll(state: FeedState | None, push: Arrival) -> PolledFeed | None:
    """Return the poll that *push* amounts to; None where it is no feed, known already, or its feed is not polled."""
    if state is None or push.body is None:
        return None
    headers = (("Content-Type", push.content_type),) if push.content_type else ()
    outcome = FetchOutcome(
        url=state.url, final_url=state.url, fetched_at=push.at, duration_seconds=0.0, http_status=200,
        headers=headers, body=push.body,
    )  # fmt: skip
    poll = decide(state, outcome, now=push.at)
    if poll.result is not PollResult.CHANGED:
        return None
    pause = timedelta(minutes=min(_SLOWER * poll.poll_interval_minutes, LONGEST_MINUTES))
    # The validators stay those of the feed's own server, which knows nothing of the push.
    return replace(
        poll, etag=state.etag, last_modified=state.last_modified, next_poll_at=max(poll.next_poll_at, push.at + pause)
    )


def _asked(one: Subscription, mode: str) -> Subscription:
    if mode == "unsubscribe":
        return replace(one, state="ended", lease_until=None, lease_seconds=None)
    return one if one.state == "active" else replace(one, state="asked", error=None)


def _request(one: Subscription, mode: str, *, settings: Settings, keys: Keys) -> FetchRequest:
    links = HubLinks(hub_url=one.hub_url, topic_url=one.topic_url)
    key = keys.ask(
        feed_id=one.feed_id,
        mode=mode,
        hub_url=one.hub_url,
        topic_url=one.topic_url,
        is_signed=is_secret_safe(links),
    )
    callback_url = f"{settings.websub_callback_url.rstrip('/')}/{key.token}"
    return hub_request(links, mode=mode, callback_url=callback_url, secret=key.secret)


def _problem(answer: FetchOutcome) -> str | None:
    if answer.error is not None:
        return f"the hub cannot be asked: {answer.error}"
    return None if answer.http_status in _TAKEN else f"the hub answers HTTP {answer.http_status}"


def _after(one: Subscription, arrival: Arrival) -> Subscription:
    """Return the subscription as it is after *arrival*."""
    if arrival.kind == "denied":
        return replace(one, state="denied", lease_until=None, lease_seconds=None, error=f"refused: {arrival.reason}")
    if arrival.kind == "push":
        return replace(one, pushed_at=arrival.at, push_count=one.push_count + 1)
    if arrival.lease_seconds is None:
        return replace(one, state="ended", lease_until=None, lease_seconds=None, error=None)
    lease_until = arrival.at + timedelta(seconds=arrival.lease_seconds)
    return replace(one, state="active", lease_until=lease_until, lease_seconds=arrival.lease_seconds, error=None)
