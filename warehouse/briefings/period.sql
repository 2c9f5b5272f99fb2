-- Those of the period, each with the step (day, week, month) that it falls into.
-- Three months are told by day, two years by week: some hundred bars fit on a page.
create temp table period as
with chosen as (
    select *
    from told
    where (getvariable('since') is null or known_at >= getvariable('since')) and known_at < getvariable('until')
), stepped as (
    select
        *,
        case
            when max(known_at) over () - min(known_at) over () <= interval 92 days then 'day'
            when max(known_at) over () - min(known_at) over () <= interval 731 days then 'week'
            else 'month'
        end as step
    from chosen
)
select
    *,
    date_trunc(step, known_at at time zone 'UTC')::date as starts_on,
    (
        date_trunc(step, known_at at time zone 'UTC')
        + case step when 'day' then interval 1 day when 'week' then interval 7 days else interval 1 month end
    )::date as ends_on
from stepped
