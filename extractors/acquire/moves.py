"""
Follow a feed to where it is now.

A feed has moved where every redirect on the way says so (301, 308), or where its address answers with a page that names
exactly one feed of the same publisher. What it gives there is taken up at once. The new address is polled in place of
the old one only after ``MOVE_POLLS`` polls in ``MOVE_AFTER``: servers redirect for good by mistake, and take it back.
The watchlist's address is asked again now and then, and whenever the new one gives nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from extractors.acquire.discovery import feed_candidates
from extractors.acquire.intervals import share
from extractors.acquire.urls import registrable_domain, without_secrets
from extractors.model import FeedState, FetchOutcome, PolledFeed, PollResult

#: Feedbin, which has followed moved feeds for years, waits for several polls over days; the numbers are of this design.
MOVE_POLLS = 3
MOVE_AFTER = timedelta(days=1)
#: Of the polls of a moved feed so many ask the watchlist's address.
_RETURN_SHARE = 1 / 16
_PERMANENT_REDIRECTS = (301, 308)
_SUCCESSES = (PollResult.CHANGED, PollResult.UNCHANGED)
_MOST_NAMED = 5


def address_of(state: FeedState) -> str:
    """Return the address to poll: where the feed has moved to, now and then where the watchlist has it."""
    if state.polled_url is None:
        return state.url
    if state.last_polled_at and share(f"{state.feed_id} home", state.last_polled_at) < _RETURN_SHARE:
        return state.url
    return state.polled_url


def other_address(state: FeedState, poll: PolledFeed, outcome: FetchOutcome) -> str | None:
    """
    Return where else to look for a feed that gave nothing at the address asked, None where that is all.

    Args:
        state: What was known before the poll.
        poll: What its answer came to.
        outcome: That answer.
    """
    if poll.result in _SUCCESSES or poll.status == "waiting":
        return None
    if state.polled_url is not None:
        return state.url if outcome.url == state.polled_url else state.polled_url
    if poll.result is not PollResult.NOT_A_FEED:
        return None
    domain = registrable_domain(state.url)
    near = [url for url in named_feeds(outcome) if registrable_domain(url) == domain]
    return near[0] if len(near) == 1 else None


def named_feeds(outcome: FetchOutcome) -> tuple[str, ...]:
    """Return the feeds that the page names which answered in place of one; none where it is no page."""
    if b"<" not in outcome.body[:1_000]:
        return ()
    return feed_candidates(outcome.body, url=outcome.final_url or outcome.url, with_usual_places=False)


def in_words(named: Sequence[str]) -> str:
    """Say which feeds a page names; empty where it names none."""
    if not named:
        return ""
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    what = "this feed" if len(named) == 1 else "these feeds"
    return f"; the page names {what}: {', '.join(map(without_secrets, named[:_MOST_NAMED]))}{more}"


def with_move(poll: PolledFeed, state: FeedState, outcome: FetchOutcome) -> PolledFeed:
    """
    Return *poll* with what it says about the address of its feed.

    Args:
        poll: What the answer came to; one without a feed says nothing about the address.
        state: What was known before.
        outcome: The answer; its ``url`` is the address asked.
    """
    target = _target(state, outcome) if poll.result in _SUCCESSES else None
    if target is None and (poll.result not in _SUCCESSES or outcome.url == state.polled_url):
        return replace(
            poll,
            moved_to=state.moved_to,
            moved_at=state.moved_at,
            moved_poll_count=state.moved_poll_count,
            polled_url=state.polled_url,
        )
    if target is None or target == state.url:
        # It answers where the watchlist has it: it never moved, or came back.
        return poll
    is_same = target == state.moved_to
    count = state.moved_poll_count + 1 if is_same else 1
    since = state.moved_at if is_same and state.moved_at else poll.polled_at
    is_settled = count >= MOVE_POLLS and poll.polled_at - since >= MOVE_AFTER
    return replace(
        poll,
        moved_to=target,
        moved_at=since,
        moved_poll_count=count,
        polled_url=target if is_settled else state.polled_url,
    )


def _target(state: FeedState, outcome: FetchOutcome) -> str | None:
    """Return where the answer says that the feed is from now on, None where it says nothing."""
    is_for_good = outcome.hops and all(status in _PERMANENT_REDIRECTS for status, _ in outcome.hops)
    target = outcome.final_url if is_for_good else outcome.url
    is_news = target not in (state.url, state.polled_url) or is_for_good
    # An address that carries a key is nobody's for good, and must not be written down.
    return target if is_news and without_secrets(target) == target else None
