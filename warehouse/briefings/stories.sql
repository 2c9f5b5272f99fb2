-- The stories, those that began in the period first, the most carried first.
with best as (
    select
        story_id,
        arg_max(article_id, (relevance, -load_seq)) as article_id,
        count(*) as told_count,
        max(relevance) as relevance
    from period
    group by story_id
)
select
    best.story_id,
    best.article_id,
    period.title,
    period.url,
    period.source,
    best.told_count,
    best.relevance,
    stories.article_count,
    stories.source_count,
    stories.first_article_id,
    firsts.source as first_source,
    firsts.title as first_title,
    firsts.url as first_url,
    had_it_at(firsts.published_at, firsts.first_seen_at) as first_at,
    getvariable('since') is null or had_it_at(firsts.published_at, firsts.first_seen_at) >= getvariable('since') as is_new,
    passages.passage
from best
join period using (article_id)
join stories on stories.story_id = best.story_id
join articles as firsts on firsts.article_id = stories.first_article_id
left join passages using (article_id)
order by is_new desc, stories.source_count desc, first_at desc, best.story_id
limit 300
