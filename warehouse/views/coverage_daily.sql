-- One row per topic and day (UTC) with coverage, newest first.
create or replace view coverage_daily as
select
    current_coverage.topic_id as topic,
    -- A claim of publication later than our first sight of the article is wrong.
    cast(
        least(coalesce(articles.published_at, articles.first_seen_at), articles.first_seen_at) at time zone 'UTC'
        as date
    ) as day,
    count(*) as articles,
    count(distinct articles.story_id) as stories,
    count(distinct coalesce(source_owners.owner, articles.source)) as sources
from current_coverage
join articles using (article_id)
left join source_owners on source_owners.source = articles.source
group by 1, 2
order by day desc, topic;

comment on view coverage_daily is 'One row per topic and day (UTC) with coverage, newest first.';
comment on column coverage_daily.topic is 'topic_id of the topic.';
comment on column coverage_daily.day is 'Day in UTC of publication as claimed; of our first sight where there is no claim, or a later one.';
comment on column coverage_daily.articles is 'Articles that cover the topic.';
comment on column coverage_daily.stories is 'Stories of these.';
comment on column coverage_daily.sources is 'Independent publishers of these: those of one owner count once.';
