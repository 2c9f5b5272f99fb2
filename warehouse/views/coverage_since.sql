-- One row per article of the topic (any case) first seen at or after the instant, newest first.
create or replace macro coverage_since(topic, since) as table
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
    and articles.first_seen_at >= since::timestamptz
order by articles.first_seen_at desc, coverage.load_seq desc;

comment on macro table coverage_since is 'One row per article of the topic (any case) first seen at or after the instant, newest first.';
