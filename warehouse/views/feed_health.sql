-- One row per watched feed, the worst first. Time is counted to its last poll, so a snapshot says the same for ever.
create or replace view feed_health as
with last_polls as (
    select *
    from polls
    qualify row_number() over (partition by feed_id order by polled_at desc) = 1
), overruns as (
    -- What was lost a month ago cannot be mended.
    select feed_id, count(*) as overrun_count
    from polls
    join feeds using (feed_id)
    where is_window_overrun and polls.polled_at > feeds.last_polled_at - interval 7 days
    group by feed_id
), judged as (
    select
        feeds.*,
        last_polls.http_status,
        -- The address stands in a column of its own.
        replace(replace(last_polls.error, ': ' || feeds.url, ''), feeds.url, 'it') as error,
        coalesce(overruns.overrun_count, 0) as overrun_count,
        datediff('day', feeds.newest_entry_at, feeds.last_polled_at) as silent_days,
        others.url as other_url,
        case
            when last_polls.outcome is null then 'not polled'
            when not feeds.is_active then 'gone'
            when feeds.status = 'dead' then 'dead'
            when last_polls.outcome = 'gone' then 'leaving'
            when last_polls.outcome = 'not_a_feed' then 'not a feed'
            when last_polls.http_status in (401, 402, 403, 407, 451) then 'blocked'
            when last_polls.http_status in (429, 503) then 'asked to wait'
            when last_polls.http_status = 404 then 'not found'
            when last_polls.outcome in ('http_error', 'failed') then 'failing'
            when feeds.status = 'silent' then 'silent'
            when feeds.entry_count = 0 and feeds.kind is distinct from 'sitemap' then 'empty'
            when feeds.silence_limit_hours is null and feeds.last_polled_at - feeds.last_new_at > interval 14 days then 'quiet'
            when coalesce(overruns.overrun_count, 0) > 0 then 'losing entries'
            when bare_address(feeds.moved_to_url) <> bare_address(feeds.url) then 'moved'
            else 'well'
        end as health
    from feeds
    left join last_polls using (feed_id)
    left join overruns using (feed_id)
    left join feeds as others
        on others.is_watched
        and others.feed_id <> feeds.feed_id
        and bare_address(others.url) = bare_address(feeds.moved_to_url)
    where feeds.is_watched
    qualify row_number() over (partition by feeds.feed_id order by others.url) = 1
)
select
    feed_id,
    source,
    url,
    title,
    status,
    health,
    case
        when last_success_at is null then 'It has given nothing yet'
        else case kind when 'atom' then 'Atom feed' when 'sitemap' then 'Sitemap' else upper(kind) || ' feed' end || ' with ' || entry_count
            || case when entry_count = 1 then ' entry' else ' entries' end
            || coalesce(', the newest of ' || strftime(newest_entry_at, '%Y-%m-%d %H:%M UTC'), '')
    end
        || case
            when last_success_at is null or poll_interval_minutes is null or not is_active then ''
            when poll_interval_minutes >= 90 then '; asked every ' || round(poll_interval_minutes / 60)::bigint || ' hours'
            else '; asked every ' || round(poll_interval_minutes)::bigint || ' minutes'
        end
        || '.' as about,
    case health
        when 'not polled' then 'It was not polled yet.'
        when 'gone' then 'Its publisher says that it is gone (410); it is asked no more.'
        when 'dead' then 'It has given nothing for a month: ' || coalesce(error, 'HTTP ' || http_status)
        when 'leaving' then 'Its publisher says that it is gone (410); it is believed when it has said so in three polls.'
        when 'not a feed' then 'Its address does not give a feed: ' || coalesce(error, 'no feed in the body')
        when 'blocked' then 'The server refuses us: HTTP ' || http_status
        when 'asked to wait' then 'The server asked to be left alone' || coalesce(strftime(hold_until, ' until %Y-%m-%d %H:%M UTC'), ' for a while')
        when 'not found' then 'Its address is not found: HTTP ' || http_status
        when 'failing' then 'It cannot be read: ' || coalesce(error, 'HTTP ' || http_status)
        when 'silent' then 'Nothing new for ' || silent_days || ' days, since ' || strftime(newest_entry_at, '%Y-%m-%d')
            || '; of this feed more than ' || ceil(silence_limit_hours / 24)::bigint || ' days is unusual'
        when 'empty' then 'It is a feed, without one entry.'
        when 'quiet' then 'Nothing new since ' || strftime(last_new_at, '%Y-%m-%d')
        when 'losing entries' then 'In the last seven days '
            || case when overrun_count = 1 then 'one poll' else overrun_count || ' polls' end
            || ' came too late: entries were probably lost.'
        when 'moved' then 'It has moved to ' || moved_to_url || case
            when other_url is not null then ', which is watched too'
            when polled_url is not null then ' and is polled there'
            else ', it says since ' || strftime(moved_at, '%Y-%m-%d') || ' (' || moved_poll_count || case when moved_poll_count = 1 then ' poll)' else ' polls)' end
        end
    end as problem,
    case health
        when 'not polled' then 'Run `newsdesk run`.'
        when 'gone' then 'Take it from the watchlist, or find its new address with `newsdesk feeds discover`.'
        when 'dead' then 'It is still asked once a month. Take it from the watchlist, or find its new address with `newsdesk feeds discover`.'
        when 'leaving' then 'Find its new address with `newsdesk feeds discover`.'
        when 'not a feed' then case
            when contains(error, 'the page names') then 'Put the one you want into the watchlist.'
            else 'Run `newsdesk feeds discover` on the site and put the feed''s own address into the watchlist.'
        end
        when 'blocked' then 'Ask the publisher for access, or find another feed of the same source.'
        when 'asked to wait' then 'Nothing; it is asked again then. If it happens daily, run less often.'
        when 'not found' then 'It is tried again, ever more slowly; look whether the publisher moved it.'
        when 'failing' then 'It is tried again, ever more slowly; if it lasts, open the address in a browser.'
        when 'silent' then 'Look on the site whether it still publishes; if it does, find its feed of today with `newsdesk feeds discover`.'
        when 'empty' then 'Look whether the publisher gave it up.'
        when 'quiet' then 'Look whether the publisher gave it up.'
        when 'losing entries' then 'Run more often; it is asked four times as often by itself.'
        when 'moved' then case
            when other_url is not null then 'Take this one from the watchlist.'
            else 'Put the new address into the watchlist.'
        end
    end as advice,
    last_polled_at,
    last_success_at,
    last_new_at,
    newest_entry_at,
    next_poll_at,
    poll_interval_minutes,
    silence_limit_hours,
    failure_weight,
    entry_count,
    overrun_count,
    moved_to_url
from judged
order by health = 'well', health in ('moved', 'asked to wait', 'not polled'), failure_weight desc, source, url;

comment on view feed_health is 'One row per watched feed, the worst first: what it is, what is wrong with it, what to do.';
comment on column feed_health.feed_id is 'The feed; see feeds.';
comment on column feed_health.source is 'Publisher.';
comment on column feed_health.url is 'Address in the watchlist.';
comment on column feed_health.title is 'The feed''s own title; null: never read.';
comment on column feed_health.status is 'Short word for its state, as in feeds.';
comment on column feed_health.health is 'well, moved, losing entries, quiet, silent, empty, failing, not found, asked to wait, blocked, not a feed, leaving, dead, gone or not polled.';
comment on column feed_health.about is 'What it is, when it last gave something and how often it is asked, in words.';
comment on column feed_health.problem is 'What is wrong, in words; null where it is well.';
comment on column feed_health.advice is 'What to do; null where it is well.';
comment on column feed_health.last_polled_at is 'Last attempt; null: none yet.';
comment on column feed_health.last_success_at is 'Last attempt that succeeded; null: none yet.';
comment on column feed_health.last_new_at is 'Last poll that brought a new entry; null: none yet.';
comment on column feed_health.newest_entry_at is 'Date of its newest entry; null: none yet.';
comment on column feed_health.next_poll_at is 'Not due before; null: due at once.';
comment on column feed_health.poll_interval_minutes is 'Pace learned, in minutes; null: not polled yet.';
comment on column feed_health.silence_limit_hours is 'Silence beyond which it is silent, by its habit; null: too few entries to know.';
comment on column feed_health.failure_weight is 'Sum of weighted failures in a row.';
comment on column feed_health.entry_count is 'Entries in the last document read; null: none yet.';
comment on column feed_health.overrun_count is 'Polls of the last seven days that found not one known entry: entries were probably lost before them.';
comment on column feed_health.moved_to_url is 'Where it says that it has moved for good; null: nowhere.';
