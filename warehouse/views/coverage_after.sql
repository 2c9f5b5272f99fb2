-- One row per article of the topic (any case) with a load_seq above the one given, in that order.
create or replace macro coverage_after(topic, seq) as table
select
    coverage.topic_id,
    coalesce(articles.story_id, articles.article_id) as story_id,
    articles.article_id,
    articles.title,
    articles.url,
    articles.source,
    articles.published_at,
    articles.first_seen_at,
    articles.loaded_at,
    coverage.load_seq,
    coverage.relevance,
    coverage.mention_count,
    coverage.in_title
from coverage
join topics using (topic_id, query_version)
join articles using (article_id)
where topics.valid_to is null
    and lower(coverage.topic_id) = lower(topic)
    and coverage.load_seq > seq::bigint
order by coverage.load_seq;

comment on macro table coverage_after is 'One row per article of the topic (any case) with a load_seq above the one given, in that order: a reader that keeps the highest one it saw never misses and never repeats a row.';
