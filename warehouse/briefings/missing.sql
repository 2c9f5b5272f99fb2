-- The entries of the period that gave no article, from the publishers of the period. Where the article is held nothing is missing.
select *
from missing
where source in (select source from period)
    and outcome not in ('duplicate', 'unchanged')
    and (getvariable('since') is null or least(coalesce(published_at, first_seen_at), first_seen_at) >= getvariable('since'))
    and first_seen_at < getvariable('until')
order by coalesce(published_at, first_seen_at) desc, entry_id
limit 300
