-- Every article of the topic.
create temp table told as
select
    article_coverage.*,
    articles.revision,
    articles.language,
    articles.word_count,
    articles.is_paywalled,
    articles.is_truncated,
    least(coalesce(articles.published_at, articles.first_seen_at), articles.first_seen_at) as known_at
from article_coverage
join articles using (article_id)
where topic_id = getvariable('topic')
