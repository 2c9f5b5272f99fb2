-- One row per topic and story, newest first.
create or replace view new_coverage as
with covered as (
    select
        coverage.topic_id,
        coalesce(articles.story_id, articles.article_id) as story_id,
        articles.article_id,
        articles.revision,
        articles.title,
        articles.url,
        articles.source,
        articles.published_at,
        articles.first_seen_at,
        articles.loaded_at,
        articles.load_seq,
        coverage.relevance
    from coverage
    join topics using (topic_id, query_version)
    join articles using (article_id)
    where topics.valid_to is null
), stories as (
    select
        topic_id,
        story_id,
        arg_max(article_id, (relevance, -load_seq)) as best_article_id,
        min(published_at) as published_at,
        min(first_seen_at) as first_seen_at,
        max(loaded_at) as loaded_at,
        max(load_seq) as load_seq,
        count(*) as article_count,
        count(distinct source) as source_count,
        max(relevance) as relevance
    from covered
    group by topic_id, story_id
), passages as (
    select
        article_id,
        revision,
        topic_id,
        -- The sentence with the most mentions, the earliest of these; a sentence of the text rather than the title.
        arg_max(sentence, (zone <> 'title', mention_count, -coalesce(char_start, 0))) as passage
    from (
        select
            article_id,
            revision,
            topic_id,
            zone,
            sentence,
            min(char_start) as char_start,
            count(*) as mention_count
        from mentions
        group by article_id, revision, topic_id, zone, sentence
    )
    group by article_id, revision, topic_id
)
select
    stories.topic_id,
    stories.story_id,
    covered.title,
    covered.url,
    covered.source,
    stories.published_at,
    stories.first_seen_at,
    stories.loaded_at,
    stories.article_count,
    stories.source_count,
    stories.relevance,
    passages.passage,
    stories.load_seq
from stories
join covered
    on covered.topic_id = stories.topic_id
    and covered.article_id = stories.best_article_id
left join passages
    on passages.article_id = covered.article_id
    and passages.revision = covered.revision
    and passages.topic_id = covered.topic_id
order by stories.load_seq desc, stories.topic_id;

comment on view new_coverage is 'One row per topic and story, newest first: what the current queries found.';
comment on column new_coverage.topic_id is 'The topic; see topics.';
comment on column new_coverage.story_id is 'The story; an article without one stands for itself.';
comment on column new_coverage.title is 'Title of the article that covers the topic best; null: it has none.';
comment on column new_coverage.url is 'Address of that article.';
comment on column new_coverage.source is 'Publisher of that article.';
comment on column new_coverage.published_at is 'Earliest publisher''s claim in the story; null: none.';
comment on column new_coverage.first_seen_at is 'When the story was first seen.';
comment on column new_coverage.loaded_at is 'When its newest article became part of the warehouse.';
comment on column new_coverage.article_count is 'Articles of the story that cover the topic.';
comment on column new_coverage.source_count is 'Publishers of these.';
comment on column new_coverage.relevance is '0 to 1; the highest of these.';
comment on column new_coverage.passage is 'The sentence of that article that matched best.';
comment on column new_coverage.load_seq is 'The highest load_seq of these articles.';
