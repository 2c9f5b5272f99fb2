-- Every coverage by a current query has mentions in the current revision, as many as it says.
with counted as (
    select mentions.article_id, topic_id, count(*) as mention_count, bool_or(zone = 'title') as in_title
    from mentions
    join articles using (article_id, revision)
    group by all
)
select coverage.article_id, coverage.topic_id, coverage.mention_count, counted.mention_count as held_count
from coverage
join topics using (topic_id, query_version)
left join counted using (article_id, topic_id)
where topics.valid_to is null
    and (
        coverage.mention_count is distinct from counted.mention_count
        or coverage.in_title is distinct from counted.in_title
    )
