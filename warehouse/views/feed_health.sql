-- One row per watched feed, the worst first.
create or replace view feed_health as
with last_polls as (
    select *
    from polls
    qualify row_number() over (partition by feed_id order by polled_at desc) = 1
), overruns as (
    select feed_id, count(*) filter (is_window_overrun) as overrun_count
    from polls
    group by feed_id
), judged as (
    select
        feeds.*,
        last_polls.http_status,
        last_polls.error,
        coalesce(overruns.overrun_count, 0) as overrun_count,
        case
            when last_polls.outcome is null then 'not polled'
            when last_polls.outcome = 'gone' or not feeds.is_active then 'gone'
            when last_polls.outcome = 'not_a_feed' then 'not a feed'
            when last_polls.http_status in (401, 402, 403, 407, 451) then 'blocked'
            when last_polls.http_status in (429, 503) then 'asked to wait'
            when last_polls.http_status in (404, 410) then 'not found'
            when last_polls.outcome in ('http_error', 'failed') then 'failing'
            when feeds.entry_count = 0 then 'empty'
            when feeds.last_polled_at - feeds.last_new_at > interval 14 days then 'quiet'
            when coalesce(overruns.overrun_count, 0) > 0 then 'losing entries'
            else 'well'
        end as health
    from feeds
    left join last_polls using (feed_id)
    left join overruns using (feed_id)
    where feeds.is_watched
)
select
    feed_id,
    source,
    url,
    title,
    status,
    health,
    case health
        when 'not polled' then 'It was not polled yet.'
        when 'gone' then 'Its publisher says that it is gone (410); it is polled no more.'
        when 'not a feed' then 'Its address gives something that is not a feed: ' || coalesce(error, 'no feed in the body')
        when 'blocked' then 'The server refuses us: HTTP ' || http_status
        when 'asked to wait' then 'The server asked to be left alone' || coalesce(strftime(hold_until, ' until %Y-%m-%d %H:%M UTC'), ' for a while')
        when 'not found' then 'Its address is not found: HTTP ' || http_status
        when 'failing' then coalesce(error, 'HTTP ' || http_status)
        when 'empty' then 'It is a feed, without one entry.'
        when 'quiet' then 'Nothing new since ' || strftime(last_new_at, '%Y-%m-%d')
        when 'losing entries' then overrun_count || ' polls came too late: entries were probably lost between them.'
    end as problem,
    case health
        when 'not polled' then 'Run `newsdesk run`.'
        when 'gone' then 'Take it from the watchlist, or find its new address.'
        when 'not a feed' then 'Open the address; look for the feed''s own and put that into the watchlist.'
        when 'blocked' then 'Ask the publisher for access, or find another feed of the same source.'
        when 'asked to wait' then 'Nothing; it is asked again then. If it happens daily, run less often.'
        when 'not found' then 'It is tried again, ever more slowly; look whether the publisher moved it.'
        when 'failing' then 'It is tried again, ever more slowly; if it lasts, open the address in a browser.'
        when 'empty' then 'Look whether the publisher gave it up.'
        when 'quiet' then 'Look whether the publisher gave it up.'
        when 'losing entries' then 'Run more often.'
    end as advice,
    last_polled_at,
    last_success_at,
    last_new_at,
    next_poll_at,
    poll_interval_minutes,
    failure_weight,
    entry_count,
    overrun_count
from judged
order by health = 'well', failure_weight desc, source, url;

comment on view feed_health is 'One row per watched feed, the worst first: what is wrong with it, what to do.';
comment on column feed_health.feed_id is 'The feed; see feeds.';
comment on column feed_health.source is 'Publisher.';
comment on column feed_health.url is 'Address polled.';
comment on column feed_health.title is 'The feed''s own title; null: never read.';
comment on column feed_health.status is 'Short word for its state, as in feeds.';
comment on column feed_health.health is 'well, losing entries, quiet, empty, failing, not found, asked to wait, blocked, not a feed, gone or not polled.';
comment on column feed_health.problem is 'What is wrong, in words; null where it is well.';
comment on column feed_health.advice is 'What to do; null where it is well.';
comment on column feed_health.last_polled_at is 'Last attempt; null: none yet.';
comment on column feed_health.last_success_at is 'Last attempt that succeeded; null: none yet.';
comment on column feed_health.last_new_at is 'Last poll that brought a new entry; null: none yet.';
comment on column feed_health.next_poll_at is 'Not due before; null: due at once.';
comment on column feed_health.poll_interval_minutes is 'Pace learned, in minutes; null: not polled yet.';
comment on column feed_health.failure_weight is 'Sum of weighted failures in a row.';
comment on column feed_health.entry_count is 'Entries in the last document read; null: none yet.';
comment on column feed_health.overrun_count is 'Polls so far that found not one known entry: entries were probably lost before them.';
