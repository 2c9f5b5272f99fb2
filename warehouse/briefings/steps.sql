-- Articles by step, newest first.
select
    starts_on,
    any_value(ends_on) as ends_on,
    any_value(step) as step,
    count(*) as article_count,
    count(*) filter (where story_articles.relation = 'first') as first_count,
    count(distinct period.story_id) as story_count,
    count(distinct source) as source_count
from period
left join story_articles using (article_id)
group by starts_on
order by starts_on desc
