"""
Find what the rules of the watchlist want to be told: new stories, edits, spikes, failing feeds.

Each query reads the watches that ``alert_decisions`` has staged; nothing is written.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import duckdb

from extractors.model import AlertKind, Spike
from warehouse.staging import INTEGER, TEXT, named_rows, staged

#: Counts of days, newest first, and what they amount to.
SpikeOf = Callable[[Sequence[int]], Spike | None]
Row = dict[str, Any]

_CHOSEN = {"article_id": TEXT, "topic_id": TEXT}
_EDIT = {"article_id": TEXT, "revision": INTEGER}


def new_stories(con: duckdb.DuckDBPyConnection, *, now: datetime, asked_run_id: str | None) -> Iterator[Row]:
    """Give the stories that are new on a topic."""
    con.execute(_ARRIVED, [asked_run_id, now])
    stories = named_rows(con, _NEW_STORIES, [asked_run_id])
    con.execute("drop table arrived")
    passages = _passages(con, stories)
    for row in stories:
        since = ", of the three days before the rule began" if row["is_first_look"] else ""
        yield row | {
            "kind": AlertKind.NEW_STORY,
            "key": row["story_id"],
            "passage": passages.get((row["article_id"], row["topic_id"])),
            "reason": f"new story on topic {row['topic_id']}{since}",
        }


def edits(con: duckdb.DuckDBPyConnection, *, now: datetime) -> Iterator[Row]:
    """Give the edits of articles that cover a topic, or did before the edit."""
    edits = named_rows(con, _EDITED, [now])
    with staged(con, "chosen", schema=_EDIT, rows=[{name: row[name] for name in _EDIT} for row in edits]):
        # Asked for apart, and only where there is one: the view unpacks the texts of all that were ever edited.
        changes = {row[:2]: row[2] for row in con.execute(_CHANGES).fetchall()} if edits else {}
    for row in edits:
        yield row | {
            "kind": AlertKind.EDIT,
            "key": f"{row['article_id']} {row['revision']}",
            "passage": changes.get((row["article_id"], row["revision"])),
            "reason": f"edit of an article on topic {row['topic_id']}, revision {row['revision']}",
        }


def spikes(con: duckdb.DuckDBPyConnection, *, now: datetime, spike_of: SpikeOf) -> Iterator[Row]:
    """Give the topics that have unusually much coverage, with the story that most of it is about."""
    counts = con.execute(_DAYS, [now]).fetchall()
    found = {topic: spike for topic, days in counts if (spike := spike_of(days))}
    rows = named_rows(con, _LARGEST_STORIES, [now, list(found)]) if found else []
    passages = _passages(con, rows)
    for row in rows:
        spike = found[row["topic_id"]]
        yield row | {
            "kind": AlertKind.SPIKE,
            "key": now.date().isoformat(),
            "passage": passages.get((row["article_id"], row["topic_id"])),
            "reason": f"spike on topic {row['topic_id']}: {spike.count} articles in 24 hours; a day of the "
            f"{spike.day_count} before had {spike.mean:.1f}, and more than {spike.bar:.1f} is unusual",
        }


def failing_feeds(con: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    """Give the feeds that need somebody's eye, each once until it gives something again."""
    for row in named_rows(con, _FAILING):
        yield row | {"kind": AlertKind.FEED_FAILING, "key": f"{row['feed_id']} {row['alarm']} {row['since_at']}"}


def _passages(con: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> dict[tuple[str, str], str]:
    """Return the sentence that matched best, by article and topic."""
    if not rows:
        return {}
    with staged(con, "chosen", schema=_CHOSEN, rows=[{name: row[name] for name in _CHOSEN} for row in rows]):
        return {row[:2]: row[2] for row in con.execute(_PASSAGES).fetchall()}


# Three days: a feed that was just added lists what is weeks old, a machine may stand still over a weekend. Dates that
# were guessed from the address or the text are not believed, since a wrong one would hide a story.
_ARRIVED = """
create temp table arrived as
with looked as (
    select
        watches.rule,
        topics.topic_id,
        topics.query_version,
        topics.valid_from,
        coalesce(alert_watches.load_seq, 0) as load_seq,
        alert_watches.rule is null as is_first_look
    from watches
    join topics on topics.topic_id = watches.topic_id and topics.valid_to is null
    left join alert_watches
        on alert_watches.rule = watches.rule
        and alert_watches.kind = watches.kind
        and alert_watches.topic_id = watches.topic_id
    where watches.kind = 'new story'
), covering as (
    select looked.*, articles.*
    from looked
    join coverage
        on coverage.topic_id = looked.topic_id
        and coverage.query_version = looked.query_version
    join (
        select
            article_id, story_id, loaded_at, run_id, entry_id,
            had_it_at(
                case when published_at_from not in ('url', 'text', 'htmldate') then published_at end, first_seen_at
            ) as had_it_at
        from articles
    ) as articles on articles.article_id = coverage.article_id
    where articles.run_id = $1 or coverage.load_seq > looked.load_seq
), edited as (
    select article_id, max(seen_at) as edited_at
    from revisions
    where change = 'edited by publisher' and article_id in (select article_id from covering)
    group by article_id
)
select covering.rule, covering.topic_id, covering.story_id, covering.article_id, load_seq, is_first_look
from covering
join entries using (entry_id)
join feeds using (feed_id)
left join edited on edited.article_id = covering.article_id
where covering.run_id = $1
    or (
        coalesce(feeds.kind, '') not in ('files', 'list')
        and covering.had_it_at > covering.loaded_at - interval 3 days
        and (not is_first_look or covering.loaded_at > $2::timestamptz - interval 3 days)
        -- Else the text was there before the query was: somebody asks a changed query of what is held.
        and greatest(covering.loaded_at, edited_at) >= covering.valid_from
    )
"""

_NEW_STORIES = """
with told as (
    select rule, topic_id, coalesce(now_story_id, story_id) as story_id
    from alerts
    left join story_aliases using (story_id)
    where kind = 'new story'
), covering as (
    select
        candidates.*,
        articles.article_id,
        articles.title,
        coverage.load_seq as covered_seq,
        had_it_at(articles.published_at, articles.first_seen_at) as had_it_at
    from (select distinct rule, topic_id, story_id, load_seq, is_first_look from arrived) as candidates
    join articles using (story_id)
    join coverage on coverage.article_id = articles.article_id and coverage.topic_id = candidates.topic_id
)
select
    rule,
    topic_id,
    story_id,
    is_first_look,
    arg_min(article_id, (had_it_at, article_id)) as article_id,
    arg_min({'title': title}, (had_it_at, article_id)).title as headline
from covering
anti join told using (rule, topic_id, story_id)
group by rule, topic_id, story_id, is_first_look, load_seq
having (min(covered_seq) > load_seq or $1::varchar is not null)
    and (rule, topic_id, arg_min(article_id, covered_seq)) in (select (rule, topic_id, article_id) from arrived)
order by min(covered_seq), rule, topic_id
"""

_EDITED = """
with edited as (
    select article_id, revision, title, seen_at
    from revisions
    where change = 'edited by publisher' and seen_at > $1::timestamptz - interval 3 days
), covered as (
    select distinct edited.article_id, edited.revision, mentions.topic_id
    from edited
    join mentions
        on mentions.article_id = edited.article_id
        and mentions.revision in (edited.revision, edited.revision - 1)
)
select
    watches.rule,
    watches.topic_id,
    articles.story_id,
    edited.article_id,
    edited.revision,
    edited.title as headline
from watches
join alert_watches using (rule, kind, topic_id)
join covered using (topic_id)
join edited using (article_id, revision)
join articles using (article_id)
join entries using (entry_id)
join feeds using (feed_id)
where watches.kind = 'edit'
    and edited.seen_at > alert_watches.since_at
    -- A file that was changed is no publisher's edit.
    and feeds.kind is distinct from 'files'
    and not exists (
        from alerts
        where alerts.rule = watches.rule
            and alerts.kind = 'edit'
            and alerts.topic_id = watches.topic_id
            and alerts.article_id = edited.article_id
            and alerts.revision = edited.revision
    )
order by edited.seen_at, edited.article_id, edited.revision
"""

_CHANGES = """
select
    article_id,
    revision,
    concat_ws(
        chr(10),
        case when is_retitled then 'Headline before: ' || title_before end,
        'Before: ' || removed[1],
        'Now: ' || added[1]
    )
from edits
where (article_id, revision) in (select (article_id, revision) from chosen)
"""

# Days are the 24 hours up to now, and the fourteen times 24 hours before; those before the query was asked are unknown.
_DAYS = """
with watched as (
    select distinct topics.topic_id, topics.query_version, topics.valid_from
    from watches
    join topics on topics.topic_id = watches.topic_id and topics.valid_to is null
    where watches.kind = 'spike'
), days as (
    select *, unnest(range(least(15, (epoch($1::timestamptz - valid_from) // 86400)::bigint))) as day
    from watched
), counted as (
    select
        coverage.topic_id,
        (epoch($1::timestamptz - had_it_at(articles.published_at, articles.first_seen_at)) // 86400)::bigint as day,
        count(*) as article_count
    from coverage
    join watched using (topic_id, query_version)
    join articles using (article_id)
    join entries using (entry_id)
    join feeds using (feed_id)
    where coalesce(feeds.kind, '') not in ('files', 'list')
        and articles.first_seen_at > $1::timestamptz - interval 15 days
    group by all
)
select topic_id, list(coalesce(article_count, 0) order by day)
from days
left join counted using (topic_id, day)
group by topic_id
"""

# Not again within two days, as Huginn's PeakDetectorAgent: one spike is one alert, however long it lasts.
_LARGEST_STORIES = """
with of_today as (
    select coverage.topic_id, articles.*
    from coverage
    join topics using (topic_id, query_version)
    join articles using (article_id)
    where topics.valid_to is null
        and list_contains($2::varchar[], topic_id)
        and had_it_at(articles.published_at, articles.first_seen_at) > $1::timestamptz - interval 24 hours
), largest as (
    select
        topic_id,
        story_id,
        arg_min(article_id, (first_seen_at, article_id)) as article_id,
        arg_min({'title': title}, (first_seen_at, article_id)).title as headline
    from of_today
    group by topic_id, story_id
    qualify row_number() over (partition by topic_id order by count(*) desc, story_id) = 1
)
select watches.rule, largest.*
from watches
join largest using (topic_id)
where watches.kind = 'spike'
    and not exists (
        from alerts
        where alerts.rule = watches.rule
            and alerts.topic_id = watches.topic_id
            and alerts.kind = 'spike'
            and alerts.created_at > $1::timestamptz - interval 48 hours
    )
order by watches.rule, topic_id
"""

_FAILING = """
select
    watches.rule,
    null as topic_id,
    feeds.feed_id,
    feeds.alarm,
    (case feeds.alarm when 'silent' then feeds.newest_entry_at else feeds.last_success_at end)::varchar as since_at,
    feeds.url as headline,
    concat_ws(chr(10), feed_health.problem, feed_health.advice) as passage,
    'feed ' || feeds.alarm as reason
from watches
cross join feeds
join feed_health using (feed_id)
where watches.kind = 'feed failing' and feeds.is_watched and feeds.alarm is not null
order by feeds.url, watches.rule
"""

_PASSAGES = """
select
    article_id,
    topic_id,
    arg_max(sentence, (zone <> 'title', mention_count, -coalesce(char_start, 0)))
from (
    select article_id, topic_id, zone, sentence, min(char_start) as char_start, count(*) as mention_count
    from mentions
    join articles using (article_id, revision)
    where (article_id, topic_id) in (select (article_id, topic_id) from chosen)
    group by article_id, topic_id, zone, sentence
)
group by article_id, topic_id
"""
