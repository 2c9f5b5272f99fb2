-- All of these, by outcome.
select
    outcome,
    count(*) as entry_count,
    count(distinct source) as source_count,
    split_part(any_value(reason), ':', 1) as meaning
from missing
where source in (select source from period)
    and outcome not in ('duplicate', 'unchanged')
    and (getvariable('since') is null or least(coalesce(published_at, first_seen_at), first_seen_at) >= getvariable('since'))
    and first_seen_at < getvariable('until')
group by outcome
order by entry_count desc, outcome
