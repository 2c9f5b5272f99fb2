-- The publishers, those with most articles first.
with spread as (
    select
        source,
        count(*) filter (where is_first) as led_count,
        count(*) filter (where not is_first) as followed_count,
        median(lag_hours) filter (where not is_first) as median_lag_hours
    from shared
    group by source
), lost as (
    select source, count(*) as missing_count
    from missing
    where outcome not in ('duplicate', 'unchanged')
        and (getvariable('since') is null or least(coalesce(published_at, first_seen_at), first_seen_at) >= getvariable('since'))
        and first_seen_at < getvariable('until')
    group by source
)
select
    period.source,
    count(*) as article_count,
    count(distinct story_id) as story_count,
    coalesce(any_value(spread.led_count), 0) as led_count,
    coalesce(any_value(spread.followed_count), 0) as followed_count,
    any_value(spread.median_lag_hours) as median_lag_hours,
    sum(mention_count)::bigint as mention_count,
    max(known_at) as last_at,
    coalesce(any_value(lost.missing_count), 0) as missing_count
from period
left join spread using (source)
left join lost using (source)
group by period.source
order by article_count desc, period.source
