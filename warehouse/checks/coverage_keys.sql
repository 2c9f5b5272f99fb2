-- An article covers a topic once for each version of its query, and both are held.
select article_id, topic_id, query_version, count(*) as row_count
from coverage
group by article_id, topic_id, query_version
having count(*) > 1
    or not exists (from articles where articles.article_id = coverage.article_id)
    or not exists (
        from topics
        where topics.topic_id = coverage.topic_id and topics.query_version = coverage.query_version
    )
