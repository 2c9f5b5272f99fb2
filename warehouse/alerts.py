"""
The outbox of alerts: which are due, what came of sending them.

An alert is sent first and recorded after, so when a process dies in between it is sent once more: at least once, under
the same message_id, never not at all. The caller holds the gate ``alerts``, so that no two send at the same time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb

from extractors.model import AlertItem, AlertKind, DueMessage
from warehouse.connection import transaction
from warehouse.staging import named_rows

#: How long a message that was taken up is left alone: a process that died while it sent is followed by the next run.
_LEASE = timedelta(minutes=1)
_ITEM = tuple(AlertItem.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Alerts of a rule that are still to be sent."""

    rule: str
    alert_count: int
    #: When the first of them may be sent, or is tried again.
    next_at: datetime
    #: What the channel said last; None: it was not tried.
    error: str | None = None


def due_rules(con: duckdb.DuckDBPyConnection, *, now: datetime) -> set[str]:
    """Return the rules of which an alert is due at *now* (aware UTC)."""
    return {row[0] for row in con.execute(_DUE_RULES, [now]).fetchall()}


def take_up_message(con: duckdb.DuckDBPyConnection, rules: Collection[str], *, now: datetime) -> DueMessage | None:
    """
    Return the message of *rules* that is due longest, and count the attempt that is about to be made.

    A story that turned out to be part of one that was told, or is about to be, is skipped.

    Args:
        con: The writer's connection.
        rules: Those whose channel can be had, and that may speak now.
        now: Aware UTC.
    """
    with transaction(con):
        con.execute(_SKIP_MERGED, [list(rules), now])
        due = con.execute(_DUE, [list(rules), now]).fetchone()
        if due is None:
            return None
        con.execute(_LEASE_OUT, [due[0], now + _LEASE])
        rows = named_rows(con, _ITEMS, [due[0]])
    items = (AlertItem(**{name: row[name] for name in _ITEM} | {"kind": AlertKind(row["kind"])}) for row in rows)
    return DueMessage(
        message_id=due[0], rule=rows[0]["rule"], attempt_count=rows[0]["attempt_count"], items=tuple(items)
    )


def record_sent(con: duckdb.DuckDBPyConnection, message: DueMessage, *, channel: str, now: datetime) -> None:
    """Record that the channel took *message* at *now*."""
    con.execute(_SENT, [now, channel, message.message_id])


def record_failure(
    con: duckdb.DuckDBPyConnection,
    message: DueMessage,
    *,
    channel: str | None,
    error: str,
    next_attempt_at: datetime | None,
) -> None:
    """
    Record that *message* was not taken.

    Args:
        con: The writer's connection.
        message: As it was taken up.
        channel: The service.
        error: In one line, without secrets.
        next_attempt_at: Aware UTC; None: it is given up.
    """
    con.execute(_FAILURE, [next_attempt_at, channel, error, message.message_id])


def record_unreachable(con: duckdb.DuckDBPyConnection, rule: str, *, error: str, now: datetime) -> int:
    """
    Record that the channel of *rule* cannot be had; return how many alerts wait for it.

    That is no attempt: whoever set up the service's environment is perhaps not who runs this process. After three days
    nobody needs them any more, and they are given up.
    """
    con.execute(_GIVE_UP, [rule, error, now])
    counted = con.execute(_UNREACHABLE, [rule, error, now]).fetchall()
    return len(counted)


def waiting(con: duckdb.DuckDBPyConnection) -> list[Waiting]:
    """Return what is still to be sent, a row for each rule and instant, the soonest first."""
    return [Waiting(**row) for row in named_rows(con, _WAITING)]


def recent_alerts(con: duckdb.DuckDBPyConnection, *, limit: int) -> list[dict[str, Any]]:
    """Return the *limit* newest alerts, those that wait first."""
    return named_rows(con, _RECENT, [limit])


_DUE_RULES = "select distinct rule from alerts where outcome = 'pending' and greatest(due_at, next_attempt_at) <= ?"

_DUE = """
select message_id
from alerts
where outcome = 'pending'
    and rule in (select unnest($1::varchar[]))
    and greatest(due_at, next_attempt_at) <= $2
order by due_at, created_at, message_id
limit 1
"""

# An article says which story it belongs to now; the older decision of two that became one story stands.
_SKIP_MERGED = """
update alerts set
    outcome = 'skipped',
    error = 'its story turned out to be part of one that is told already',
    next_attempt_at = null
where outcome = 'pending'
    and alert_id in (
        select alert_id
        from (
            select alerts.*, articles.story_id as story_now
            from alerts
            join articles using (article_id)
            where kind = 'new story' and outcome in ('pending', 'sent')
        )
        qualify row_number() over (
            partition by rule, topic_id, story_now
            order by outcome = 'pending', created_at, story_id <> story_now, alert_id
        ) > 1
    )
    and rule in (select unnest($1::varchar[]))
    and greatest(due_at, next_attempt_at) <= $2
"""

_LEASE_OUT = """
update alerts set attempt_count = attempt_count + 1, next_attempt_at = $2
where outcome = 'pending' and message_id = $1
"""

_ITEMS = """
select
    alerts.rule,
    alerts.attempt_count,
    alerts.alert_id,
    alerts.kind,
    alerts.topic_id,
    topics.title as topic_title,
    alerts.headline,
    alerts.passage,
    alerts.reason,
    coalesce(articles.url, feeds.url) as url,
    coalesce(articles.source, feeds.source) as source,
    coalesce(least(articles.published_at, articles.first_seen_at), alerts.created_at) as seen_at,
    coalesce(stories.article_count, 0) as article_count,
    coalesce(stories.source_count, 0) as source_count
from alerts
left join topics on topics.topic_id = alerts.topic_id and topics.valid_to is null
left join articles on articles.article_id = alerts.article_id
left join stories on stories.story_id = articles.story_id
left join feeds on feeds.feed_id = alerts.feed_id
where alerts.outcome = 'pending' and alerts.message_id = $1
order by
    alerts.topic_id,
    source_count desc,
    seen_at desc,
    articles.load_seq desc,
    alerts.alert_id
"""

_SENT = """
update alerts set outcome = 'sent', sent_at = $1, channel = $2, error = null, next_attempt_at = null
where outcome = 'pending' and message_id = $3
"""

_FAILURE = """
update alerts set
    outcome = if($1::timestamptz is null, 'failed', 'pending'),
    next_attempt_at = $1,
    channel = $2,
    error = $3
where outcome = 'pending' and message_id = $4
"""

_GIVE_UP = """
update alerts set outcome = 'failed', error = $2, next_attempt_at = null
where outcome = 'pending' and rule = $1 and due_at < $3::timestamptz - interval 3 days
"""

_UNREACHABLE = """
update alerts set error = $2
where outcome = 'pending' and rule = $1 and due_at <= $3
returning alert_id
"""

_WAITING = """
select rule, greatest(due_at, next_attempt_at) as next_at, count(*) as alert_count, any_value(error) as error
from alerts
where outcome = 'pending'
group by rule, next_at
order by next_at, rule
"""

_RECENT = """
select
    alert_id,
    created_at,
    rule,
    kind,
    topic_id,
    headline,
    reason,
    outcome,
    greatest(due_at, next_attempt_at) as next_at,
    sent_at,
    channel,
    attempt_count,
    error
from alerts
order by outcome = 'pending' desc, created_at desc, alert_id
limit ?
"""
