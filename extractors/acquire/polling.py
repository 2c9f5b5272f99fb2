"""
Decide what a poll of a feed came to; pure.

The statuses of a feed, a closed list (the warehouse, which knows the habits of feeds, adds ``silent``):

- ``working``: it gave a feed, or said that nothing had changed
- ``empty``: a feed without entries, although it had some before
- ``waiting``: its server asked to be left alone for a while (429, 503 with Retry-After)
- ``troubled``: it gave nothing usable this time
- ``refused``: its server does not let us in (401, 402, 403, 407, 451)
- ``not_a_feed``: something else than a feed answered
- ``leaving``: 410, not yet often enough to believe it
- ``failing``: nothing usable for a weight of ``FAILING_WEIGHT`` in a row
- ``dead``: nothing usable for ``DEAD_AFTER``; asked once a month, for feeds do come back
- ``gone``: 410 for three polls, each a day apart; asked no more
"""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus

from extractors.acquire.feeds import parse_feed
from extractors.acquire.intervals import (
    FIRST_MINUTES,
    LONGEST_MINUTES,
    interval_after_change,
    interval_after_overrun,
    interval_after_silence,
    jittered,
    share,
)
from extractors.acquire.moves import address_of, in_words, named_feeds, other_address, with_move
from extractors.acquire.pacing import retry_after
from extractors.errors import FetchError, Hardness, HostOnHoldError, ParseError
from extractors.model import FeedState, FetchOutcome, FetchRequest, ParsedFeed, PolledFeed, PollResult

FEED_LIMIT_BYTES = 10_000_000
FEED_TIMEOUT_SECONDS = 30.0
FEED_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)

#: What one failure weighs. Media Cloud's ratio: it watches feeds for years and never gives one up.
WEIGHTS = {Hardness.HARD: 1.0, Hardness.SOFT: 0.5, Hardness.TEMPORARY: 0.25}
FAILING_WEIGHT = 5.0
GONE_WEIGHT = 3.0
#: After a week of failures a day between polls becomes three, after a month it becomes a month.
_SLOW_AFTER, _SLOW_MINUTES = timedelta(days=7), 72 * 60.0
DEAD_AFTER, _DEAD_MINUTES = timedelta(days=30), 30 * 24 * 60.0
_MOST_DOUBLINGS = 6.0
_GONE_HOLD = timedelta(days=1)
#: Spread of those who wait for the same Retry-After.
_HOLD_SPREAD = timedelta(minutes=10)
#: A feed silent for ten times its interval, a day at least, is asked without validators now and then: servers
#: repeat an ETag although the feed has changed.
_DISTRUST_AFTER, _DISTRUST_INTERVALS, _DISTRUST_SHARE = timedelta(days=1), 10, 0.125
_REFUSALS = (401, 402, 403, 407, 451)
_WAITS = (429, 503)
_SUCCESS = range(200, 300)


def poll_request(state: FeedState) -> FetchRequest:
    """
    Return what to ask the server of a feed for.

    Args:
        state: What the warehouse knows; its validators go out as they came in.
    """
    url = address_of(state)
    # Validators are of the address that sent them.
    is_trusted = not _is_distrusted(state) and url == (state.polled_url or state.url)
    return FetchRequest(
        url=url,
        etag=state.etag if is_trusted else None,
        last_modified=state.last_modified if is_trusted else None,
        accept=FEED_ACCEPT,
        limit_bytes=FEED_LIMIT_BYTES,
        timeout_seconds=FEED_TIMEOUT_SECONDS,
    )


def second_request(state: FeedState, poll: PolledFeed, outcome: FetchOutcome) -> FetchRequest | None:
    """
    Return what else to ask for in the same poll, None where the answer stands.

    Args:
        state: What was known before the poll.
        poll: ``decide(state, outcome)``.
        outcome: The answer to ``poll_request(state)``.
    """
    url = other_address(state, poll, outcome)
    return replace(poll_request(state), url=url, etag=None, last_modified=None) if url else None


def decide_again(state: FeedState, first: PolledFeed, outcome: FetchOutcome, *, now: datetime) -> PolledFeed:
    """Return what a poll came to of two requests: the answer *outcome* to the second one, where that is a feed."""
    second = decide(replace(state, etag=None, last_modified=None), outcome, now=now)
    return second if second.error is None else first


def decide(state: FeedState, outcome: FetchOutcome, *, now: datetime) -> PolledFeed:
    """
    Return what a poll came to and when to come again.

    Args:
        state: What the warehouse knew before the poll.
        outcome: The answer to ``poll_request(state)``.
        now: Aware UTC, the instant of the poll.

    Returns:
        ``status`` is one of the words in this module's docstring. Validators are set only from a whole
        document that is a feed, or from the 304 that confirms one, so that a 304 never hides a recovery.

    Source:
        RFC 9110 sections 8.8, 10.2.3, 13.1 and 15.
    """
    poll = PolledFeed(
        feed_id=state.feed_id,
        url=state.url,
        polled_at=now,
        duration_seconds=outcome.duration_seconds,
        result=PollResult.FAILED,
        http_status=outcome.http_status,
        body_bytes=len(outcome.body),
        next_poll_at=now,
    )
    return with_move(_decided(poll, state, outcome), state, outcome)


def _decided(poll: PolledFeed, state: FeedState, outcome: FetchOutcome) -> PolledFeed:
    """Return *poll* by the kind of its answer."""
    if isinstance(outcome.error, HostOnHoldError):
        return _held(poll, state, outcome.error)
    if outcome.error is not None:
        return _failed(poll, state, hardness=outcome.error.hardness, error=_words(outcome.error))
    if outcome.http_status == HTTPStatus.NOT_MODIFIED:
        return _not_modified(poll, state, outcome)
    if outcome.http_status in _SUCCESS:
        return _answered(poll, state, outcome)
    return _refused(poll, state, outcome)


def is_to_be_read(state: FeedState, outcome: FetchOutcome) -> bool:
    """Return whether ``decide`` reads a document: a new one, which costs a hundred times what any other answer does."""
    is_document = outcome.error is None and outcome.http_status in _SUCCESS
    return is_document and sha256(outcome.body).hexdigest() != state.body_sha256


def _is_distrusted(state: FeedState) -> bool:
    if state.last_polled_at is None or state.last_new_at is None:
        return False
    patience = max(_DISTRUST_AFTER, timedelta(minutes=_DISTRUST_INTERVALS * (state.poll_interval_minutes or 0)))
    is_silent = state.last_polled_at - state.last_new_at > patience
    return is_silent and share(state.feed_id, state.last_polled_at) < _DISTRUST_SHARE


def _words(error: FetchError) -> str:
    return f"{error.slug}: {error}"


def _answered(poll: PolledFeed, state: FeedState, outcome: FetchOutcome) -> PolledFeed:
    """Return *poll* after an answer that should be a feed."""
    body_sha256 = sha256(outcome.body).hexdigest()
    if body_sha256 == state.body_sha256:
        return _unchanged(poll, state, outcome)
    try:
        parsed = parse_feed(
            outcome.body,
            url=outcome.final_url or state.url,
            content_type=outcome.header("Content-Type"),
            feed_id=state.feed_id,
            now=poll.polled_at,
        )
    except ParseError as error:
        failed = _failed(poll, state, hardness=Hardness.HARD, error=f"{error}{in_words(named_feeds(outcome))}")
        status = "not_a_feed" if failed.status == "troubled" else failed.status
        return replace(failed, result=PollResult.NOT_A_FEED, status=status)
    poll = replace(poll, result=PollResult.CHANGED, parsed=parsed, status=_status_of(parsed, state))
    if poll.status == "working" and not parsed.is_cut:
        poll = _with_validators(replace(poll, body_sha256=body_sha256), outcome)
    poll = _next(poll, interval_after_change(state, parsed, outcome, now=poll.polled_at))
    return _in_a_hurry(poll, interval_after_overrun(state, poll.poll_interval_minutes))


def _in_a_hurry(poll: PolledFeed, interval_minutes: float) -> PolledFeed:
    """Return *poll* with when to come again should the warehouse know not one of its entries."""
    wait = jittered(interval_minutes, feed_id=poll.feed_id, now=poll.polled_at)
    return replace(poll, overrun_interval_minutes=interval_minutes, overrun_poll_at=poll.polled_at + wait)


def _status_of(parsed: ParsedFeed, state: FeedState) -> str:
    return "empty" if not parsed.entries and state.entry_count else "working"


def _not_modified(poll: PolledFeed, state: FeedState, outcome: FetchOutcome) -> PolledFeed:
    if state.etag is None and state.last_modified is None:
        said = "HTTP 304 without having been asked whether it changed"
        return replace(_failed(poll, state, hardness=Hardness.SOFT, error=said), result=PollResult.HTTP_ERROR)
    return _unchanged(poll, state, outcome)


def _unchanged(poll: PolledFeed, state: FeedState, outcome: FetchOutcome) -> PolledFeed:
    poll = _with_validators(replace(poll, result=PollResult.UNCHANGED), outcome)
    poll = replace(poll, body_sha256=state.body_sha256)
    return _next(poll, interval_after_silence(state, outcome, now=poll.polled_at))


def _with_validators(poll: PolledFeed, outcome: FetchOutcome) -> PolledFeed:
    return replace(poll, etag=outcome.header("ETag"), last_modified=outcome.header("Last-Modified"))


def _refused(poll: PolledFeed, state: FeedState, outcome: FetchOutcome) -> PolledFeed:
    """Return *poll* after an error status."""
    status = outcome.http_status or 0
    hardness = Hardness.HARD if status in _REFUSALS or status == HTTPStatus.GONE else Hardness.SOFT
    failed = _failed(poll, state, hardness=hardness, error=f"HTTP {status} {_phrase(status)}".strip())
    if status == HTTPStatus.GONE:
        return _leaving(failed, state)
    failed = replace(failed, result=PollResult.HTTP_ERROR)
    if status in _WAITS:
        return _waiting(failed, state, retry_after(outcome.header("Retry-After"), now=poll.polled_at))
    if status in _REFUSALS and failed.status == "troubled":
        return replace(failed, status="refused")
    return failed


def _leaving(poll: PolledFeed, state: FeedState) -> PolledFeed:
    """Return *poll* after a 410: believed when it was said often enough, a day between."""
    # Failures of another kind say nothing about a publisher's farewell; the count begins with the first 410.
    weight = poll.failure_weight if state.status in (None, "leaving") else WEIGHTS[Hardness.HARD]
    hold_until = poll.polled_at + _GONE_HOLD
    return replace(
        poll,
        result=PollResult.GONE,
        status="gone" if weight >= GONE_WEIGHT else "leaving",
        failure_weight=weight,
        hold_until=hold_until,
        next_poll_at=max(poll.next_poll_at, hold_until),
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _held(poll: PolledFeed, state: FeedState, error: HostOnHoldError) -> PolledFeed:
    """Return *poll* where the server was not even asked; that is no failure of the feed."""
    interval = state.poll_interval_minutes or FIRST_MINUTES
    poll = replace(poll, error=_words(error), failure_weight=state.failure_weight, poll_interval_minutes=interval)
    return _waiting(replace(poll, next_poll_at=poll.polled_at), state, error.until)


def _waiting(poll: PolledFeed, state: FeedState, until: datetime | None) -> PolledFeed:
    """Return *poll* with the server's wish to be left alone until *until*."""
    if until is None:
        return poll
    spread = _HOLD_SPREAD * share(state.feed_id, poll.polled_at)
    return replace(poll, hold_until=until, next_poll_at=max(poll.next_poll_at, until + spread), status="waiting")


def _failed(poll: PolledFeed, state: FeedState, *, hardness: Hardness, error: str) -> PolledFeed:
    """Return *poll* with one more failure: a longer pause, never an end."""
    weight = state.failure_weight + WEIGHTS[hardness]
    interval = state.poll_interval_minutes or FIRST_MINUTES
    failing_for = poll.polled_at - state.last_success_at if state.last_success_at else timedelta(0)
    pause = min(interval * 2 ** min(weight, _MOST_DOUBLINGS), LONGEST_MINUTES)
    status = "failing" if weight >= FAILING_WEIGHT else "troubled"
    if failing_for > DEAD_AFTER:
        pause, status = _DEAD_MINUTES, "dead"
    elif failing_for > _SLOW_AFTER:
        pause = _SLOW_MINUTES
    return replace(
        poll,
        error=error,
        failure_weight=weight,
        # The pace learned from the feed's own entries waits for its return.
        poll_interval_minutes=interval,
        next_poll_at=poll.polled_at + jittered(pause, feed_id=state.feed_id, now=poll.polled_at),
        status=status,
    )


def _next(poll: PolledFeed, interval_minutes: float) -> PolledFeed:
    next_poll_at = poll.polled_at + jittered(interval_minutes, feed_id=poll.feed_id, now=poll.polled_at)
    return replace(poll, poll_interval_minutes=interval_minutes, next_poll_at=next_poll_at)
