-- One row per topic and story, newest first. A copy that comes later is no news; a text that holds the story and more is.
create or replace view new_coverage as
with covered as (
    select
        current_coverage.topic_id,
        articles.story_id,
        articles.article_id,
        articles.revision,
        articles.title,
        articles.url,
        articles.source,
        articles.published_at,
        articles.first_seen_at,
        articles.loaded_at,
        articles.load_seq,
        story_articles.relation = 'update' as is_update,
        current_coverage.relevance
    from current_coverage
    join articles using (article_id)
    join story_articles using (article_id)
), shown as (
    select
        topic_id,
        story_id,
        arg_max(article_id, (relevance, -load_seq)) as best_article_id,
        min(published_at) as published_at,
        min(first_seen_at) as first_seen_at,
        -- greatest passes over nulls.
        greatest(min(loaded_at), max(loaded_at) filter (where is_update)) as loaded_at,
        greatest(min(load_seq), max(load_seq) filter (where is_update)) as load_seq,
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
    shown.topic_id,
    shown.story_id,
    covered.title,
    covered.url,
    covered.source,
    shown.published_at,
    shown.first_seen_at,
    shown.loaded_at,
    stories.article_count,
    stories.source_count,
    shown.relevance,
    passages.passage,
    shown.load_seq
from shown
join stories using (story_id)
join covered
    on covered.topic_id = shown.topic_id
    and covered.article_id = shown.best_article_id
left join passages
    on passages.article_id = covered.article_id
    and passages.revision = covered.revision
    and passages.topic_id = covered.topic_id
order by shown.load_seq desc, shown.topic_id;

comment on view new_coverage is 'One row per topic and story, newest first: what the current queries found. A copy, an excerpt or a rewrite that comes later makes no story new again; an update does.';
comment on column new_coverage.topic_id is 'The topic; see topics.';
comment on column new_coverage.story_id is 'The story; see stories.';
comment on column new_coverage.title is 'Title of the article that covers the topic best; null: it has none.';
comment on column new_coverage.url is 'Address of that article.';
comment on column new_coverage.source is 'Publisher of that article.';
comment on column new_coverage.published_at is 'Earliest publisher''s claim among its articles that cover the topic; null: none.';
comment on column new_coverage.first_seen_at is 'When the first of these was first seen.';
comment on column new_coverage.loaded_at is 'When the first of these became part of the warehouse, or the last update.';
comment on column new_coverage.article_count is 'Articles of the story, also those that do not name the topic.';
comment on column new_coverage.source_count is 'Independent publishers of all articles of the story: those of one owner count once.';
comment on column new_coverage.relevance is '0 to 1; the highest of its articles that cover the topic.';
comment on column new_coverage.passage is 'The sentence of that article that matched best.';
comment on column new_coverage.load_seq is 'The load_seq of the first of these, or of the last update.';
