"""Record what each poll of a feed came to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from extractors.identity import derived_id
from extractors.model import PolledFeed, PollResult
from warehouse.connection import transaction
from warehouse.recognition import LISTED, forget, listed_rows, recognise, recognise_nothing, remember
from warehouse.staging import INSTANT, INTEGER, REAL, TEXT, named_rows, staged

#: Share of the last document's entries from which a document without one known entry counts as an overrun; a shorter
#: one was more likely emptied or rebuilt. A design value, not measured.
_OVERRUN_SHARE = 0.8

_POLL = {
    "poll_id": TEXT, "feed_id": TEXT, "polled_at": INSTANT, "http_status": INTEGER, "outcome": TEXT,
    "entry_count": INTEGER, "body_bytes": INTEGER, "duration_seconds": REAL, "error": TEXT, "title": TEXT,
    "kind": TEXT, "etag": TEXT, "last_modified": TEXT, "body_sha256": TEXT, "failure_weight": REAL,
    "poll_interval_minutes": REAL, "next_poll_at": INSTANT, "hold_until": INSTANT, "status": TEXT,
    "read_count": INTEGER, "moved_to": TEXT, "moved_at": INSTANT, "moved_poll_count": INTEGER, "polled_url": TEXT,
    "overrun_interval_minutes": REAL, "overrun_poll_at": INSTANT,
}  # fmt: skip
_SUCCESSES = (PollResult.CHANGED, PollResult.UNCHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAlarm:
    """A feed that needs somebody's eye: it has just become so, and is not said again until it gave something."""

    feed_id: str
    url: str
    #: failing, dead, gone or silent.
    status: str
    #: Of its newest entry; None: none was ever seen.
    newest_entry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCounts:
    """What a batch of polls came to; polls loaded before count for nothing."""

    poll_count: int
    #: Polls that gave neither a feed nor "unchanged".
    failed_count: int
    entry_count: int
    new_entry_count: int
    overrun_count: int
    #: Feeds that brought entries not seen before, in order.
    feed_ids: tuple[str, ...]
    #: Feeds with a document of which not one entry was known, in order: entries were probably lost.
    overrun_feed_ids: tuple[str, ...] = ()
    #: Feeds that have just become failing, dead, gone or silent.
    alarms: tuple[FeedAlarm, ...] = ()

    def __add__(self, other: "PollCounts") -> "PollCounts":
        """Return the sum of two batches."""
        return PollCounts(
            **{name: getattr(self, name) + getattr(other, name) for name in PollCounts.__dataclass_fields__}
        )


def load_polls(con: duckdb.DuckDBPyConnection, polls: Sequence[PolledFeed], *, run_id: str) -> PollCounts:
    """
    Record *polls* with their new entries and the state of their feeds, in one transaction.

    An entry already in the ledger stays as it is. A poll loaded before changes nothing.

    Args:
        con: The writer's connection.
        polls: Of one feed the polls must be in the order they happened.
        run_id: The run that polled.

    Raises:
        duckdb.Error: Mapped by ``connection.writer``.
    """
    counts = PollCounts(poll_count=0, failed_count=0, entry_count=0, new_entry_count=0, overrun_count=0, feed_ids=())
    with transaction(con):
        for round_ in _rounds(polls):
            counts += _load_round(con, round_, run_id=run_id)
    return counts


def _rounds(polls: Sequence[PolledFeed]) -> list[list[PolledFeed]]:
    """Return *polls* in rounds of one poll a feed: what one brought must be known when the next is looked at."""
    rounds: list[list[PolledFeed]] = []
    seen: Counter[str] = Counter()
    for poll in polls:
        if seen[poll.feed_id] == len(rounds):
            rounds.append([])
        rounds[seen[poll.feed_id]].append(poll)
        seen[poll.feed_id] += 1
    return rounds


def _load_round(con: duckdb.DuckDBPyConnection, polls: Sequence[PolledFeed], *, run_id: str) -> PollCounts:
    """Record *polls*, at most one a feed, within the caller's transaction."""
    with staged(con, "polled", schema=_POLL, rows=[_poll_row(poll) for poll in polls]):
        fresh = {row[0] for row in con.execute(_FRESH_POLLS).fetchall()}
        listed = [row for poll in polls if _poll_id(poll) in fresh for row in listed_rows(poll, poll_id=_poll_id(poll))]
        with staged(con, "listed", schema=LISTED, rows=listed):
            recognise(con) if listed else recognise_nothing(con)
            con.execute(_TALLY, [_OVERRUN_SHARE])
            if listed:
                remember(con, run_id=run_id)
                con.execute(_LEARN_HABITS)
            con.execute(_ADD_POLLS, [run_id])
            con.execute(_UPDATE_FEEDS, [list(map(str, _SUCCESSES))])
            counts = con.execute(_COUNTS, [list(map(str, _SUCCESSES))]).fetchone() or (0, 0, 0, 0, 0, [], [])
            alarms = [FeedAlarm(**row) for row in named_rows(con, _ALARMS)]
        forget(con)
        con.execute("drop table tally")
    return PollCounts(
        poll_count=counts[0],
        failed_count=counts[1],
        entry_count=counts[2],
        new_entry_count=counts[3],
        overrun_count=counts[4],
        feed_ids=tuple(counts[5] or ()),
        overrun_feed_ids=tuple(counts[6] or ()),
        alarms=tuple(alarms),
    )


def _poll_id(poll: PolledFeed) -> str:
    """Return the id of *poll*: the same poll loaded twice has one id."""
    return derived_id("poll", poll.feed_id, poll.polled_at.isoformat())


def _poll_row(poll: PolledFeed) -> dict[str, Any]:
    """Return the row of *poll* for staging."""
    row: dict[str, Any] = {name: getattr(poll, name) for name in _POLL if name in PolledFeed.__dataclass_fields__}
    parsed = poll.parsed
    return row | {
        "poll_id": _poll_id(poll),
        "outcome": str(poll.result),
        "entry_count": len(parsed.entries) if parsed else 0,
        "read_count": len(parsed.entries) if parsed else None,
        "title": parsed.title if parsed else None,
        "kind": parsed.kind if parsed else None,
        "hold_until": poll.hold_until,
    }


_FRESH_POLLS = "select poll_id from polled anti join polls using (poll_id)"

# What each poll brings, counted before anything is written: afterwards every entry is known.
_TALLY = """
create temp table tally as
with news as (
    select poll_id, count(*) as new_entry_count from fresh_entries group by poll_id
), fresh as (
    select polled.*, coalesce(new_entry_count, 0) as new_entry_count
    from polled
    anti join polls using (poll_id)
    left join news using (poll_id)
), watched_addresses as (
    select feed_id, unnest([bare_address(url), bare_address(polled_url)]) as address from feeds where is_watched
), doubled as (
    select fresh.poll_id
    from fresh
    join watched_addresses on address = bare_address(fresh.polled_url)
    where watched_addresses.feed_id <> fresh.feed_id
)
select
    fresh.*,
    feeds.alarm as alarm_before,
    coalesce(
        fresh.entry_count > 0 and fresh.new_entry_count = fresh.entry_count
            and fresh.entry_count >= feeds.entry_count * ?::double
            -- A sitemap lists days, not so many entries.
            and feeds.kind is distinct from 'sitemap',
        false
    ) as is_window_overrun,
    -- Two feeds polled at one address would be one feed twice.
    fresh.poll_id in (from doubled) as is_address_taken
from fresh
join feeds using (feed_id)
"""

_ADD_POLLS = """
insert into polls
select
    poll_id, feed_id, ?, polled_at, http_status, outcome, entry_count, new_entry_count, is_window_overrun,
    body_bytes, duration_seconds, error
from tally
order by polled_at, feed_id
"""

# The habit of a feed: the gaps between its last hundred entries, each as old as its date says, never younger than when
# it was first seen. Holidays of newspapers last up to three days; a feed that was silent for longer before may be so
# again; five median gaps are passed by chance by one entry in thirty (arrivals at random). Design values.
_LEARN_HABITS = """
update feeds set
    newest_entry_at = habits.newest_entry_at,
    silence_limit_hours = coalesce(habits.silence_limit_hours, feeds.silence_limit_hours)
from (
    with latest as (
        select
            feed_id,
            unnest(list_distinct(max(least(coalesce(published_at, first_seen_at), first_seen_at), 100))) as dated_at
        from entries semi join (select feed_id from tally where new_entry_count > 0) using (feed_id)
        group by feed_id
    ), gaps as (
        select *, epoch(dated_at - lag(dated_at) over (partition by feed_id order by dated_at)) / 3600 as gap_hours
        from latest
    )
    select
        feed_id,
        max(dated_at) as newest_entry_at,
        case when count(gap_hours) >= 5 then greatest(72, 5 * median(gap_hours), max(gap_hours)) end
            as silence_limit_hours
    from gaps
    group by feed_id
) as habits
where feeds.feed_id = habits.feed_id
"""

# Where nothing was read anew (304, a failure) the poll brings no title, kind, hash or count: the old ones stay.
_UPDATE_FEEDS = """
update feeds set
    title = coalesce(judged.title, feeds.title),
    kind = coalesce(judged.kind, feeds.kind),
    is_active = feeds.is_active and judged.status <> 'gone',
    last_polled_at = judged.polled_at,
    last_success_at = case when is_success then judged.polled_at else feeds.last_success_at end,
    last_new_at = case when judged.new_entry_count > 0 then judged.polled_at else feeds.last_new_at end,
    next_poll_at = case
        when is_window_overrun then coalesce(overrun_poll_at, judged.next_poll_at)
        else judged.next_poll_at
    end,
    hold_until = judged.hold_until,
    poll_interval_minutes = case
        when is_window_overrun then coalesce(overrun_interval_minutes, judged.poll_interval_minutes)
        else judged.poll_interval_minutes
    end,
    failure_weight = judged.failure_weight,
    status = judged.state,
    alarm = case
        -- What was silent before it was watched did not fall silent; somebody reads the report on a feed just added.
        when judged.state = 'silent' and judged.polled_at - feeds.added_at < interval 1 day then feeds.alarm
        when judged.state in ('failing', 'dead', 'gone', 'silent') then judged.state
        when not is_success then feeds.alarm
    end,
    etag = case when judged.outcome = 'changed' then judged.etag else coalesce(judged.etag, feeds.etag) end,
    last_modified = case
        when judged.outcome = 'changed' then judged.last_modified
        else coalesce(judged.last_modified, feeds.last_modified)
    end,
    body_sha256 = coalesce(judged.body_sha256, feeds.body_sha256),
    entry_count = coalesce(judged.read_count, feeds.entry_count),
    polled_url = case when not is_address_taken then judged.polled_url end,
    moved_to_url = judged.moved_to,
    moved_at = judged.moved_at,
    moved_poll_count = judged.moved_poll_count
from (
    select
        tally.*,
        list_contains(?, outcome) as is_success,
        case
            when tally.status = 'working'
                and epoch(tally.polled_at - newest_entry_at) / 3600 > silence_limit_hours then 'silent'
            else tally.status
        end as state
    from tally
    join feeds using (feed_id)
) as judged
where feeds.feed_id = judged.feed_id
    and (feeds.last_polled_at is null or feeds.last_polled_at < judged.polled_at)
"""

_COUNTS = """
select
    count(*), count(*) filter (not list_contains(?, outcome)), coalesce(sum(entry_count), 0)::bigint,
    coalesce(sum(new_entry_count), 0)::bigint, count(*) filter (is_window_overrun),
    list(distinct feed_id order by feed_id) filter (new_entry_count > 0),
    list(distinct feed_id order by feed_id) filter (is_window_overrun)
from tally
"""

_ALARMS = """
select feed_id, feeds.url, feeds.alarm as status, feeds.newest_entry_at
from feeds
join tally using (feed_id)
where feeds.alarm is not null and feeds.alarm is distinct from tally.alarm_before
order by feeds.url
"""
