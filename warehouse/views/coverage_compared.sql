-- One row per article that the topic's current query covers, or the version before it did.
create or replace macro coverage_compared(topic) as table
with versions as (
    select
        topic_id,
        query_version,
        valid_from,
        row_number() over (partition by topic_id order by valid_to is null desc, valid_from desc) as age
    from topics
    where lower(topic_id) = lower(topic)
), found as (
    select
        coverage.topic_id,
        coverage.article_id,
        max(coverage.relevance) filter (where versions.age = 2) as relevance_before,
        max(coverage.relevance) filter (where versions.age = 1) as relevance_now
    from coverage
    join versions using (topic_id, query_version)
    where versions.age <= 2
    group by coverage.topic_id, coverage.article_id
)
select
    case
        when relevance_before is null then 'gained'
        when relevance_now is null then 'lost'
        else 'kept'
    end as change,
    found.article_id,
    articles.title,
    articles.url,
    articles.source,
    articles.first_seen_at,
    relevance_before,
    relevance_now
from found
join articles using (article_id)
-- What was loaded since was asked by the current query alone.
where articles.loaded_at <= (select max(valid_from) from versions where age = 1)
order by change, coalesce(relevance_now, relevance_before) desc, articles.load_seq;

comment on macro table coverage_compared is 'One row per article that was loaded before the topic''s current query began and is covered by it (`newsdesk topics backfill` asks it of these), or was by the version before: kept, gained or lost, with both relevances.';
