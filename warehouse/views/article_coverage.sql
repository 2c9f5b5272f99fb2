-- One row per topic and article that covers it.
create or replace view article_coverage as
select
    current_coverage.topic_id,
    coalesce(articles.story_id, articles.article_id) as story_id,
    articles.article_id,
    articles.title,
    articles.url,
    articles.source,
    articles.published_at,
    articles.first_seen_at,
    articles.loaded_at,
    current_coverage.load_seq,
    current_coverage.relevance,
    current_coverage.mention_count,
    current_coverage.in_title
from current_coverage
join articles using (article_id);

comment on view article_coverage is 'One row per topic and article that covers it (see current_coverage), in no order: what coverage_after, coverage_since and `newsdesk new` choose from.';
comment on column article_coverage.topic_id is 'The topic; see topics.';
comment on column article_coverage.story_id is 'The story; an article without one stands for itself.';
comment on column article_coverage.article_id is 'The article; see articles.';
comment on column article_coverage.title is 'Title; null: it has none.';
comment on column article_coverage.url is 'Address of the article.';
comment on column article_coverage.source is 'Publisher.';
comment on column article_coverage.published_at is 'Publisher''s claim; null: none.';
comment on column article_coverage.first_seen_at is 'When newsdesk first saw the entry that led to the article.';
comment on column article_coverage.loaded_at is 'When the article became part of the warehouse.';
comment on column article_coverage.load_seq is 'Number of the coverage, as in coverage: grows with what is new, and with nothing else.';
comment on column article_coverage.relevance is '0 to 1; how much the article is about the topic.';
comment on column article_coverage.mention_count is 'Mentions in title and text.';
comment on column article_coverage.in_title is 'True where the title mentions the topic.';
