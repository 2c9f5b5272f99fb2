-- One row per story of several independent publishers and publisher: how long after the first it had the text.
create or replace view story_spread as
with told as (
    select
        story_id,
        source,
        article_id,
        title,
        url,
        load_seq,
        had_it_at(published_at, first_seen_at) as had_it_at
    from articles
    where story_id in (select story_id from stories where source_count > 1)
    qualify row_number() over (
        partition by story_id, owner_of(source) order by had_it_at(published_at, first_seen_at), article_id
    ) = 1
)
select
    told.story_id,
    stories.title as story,
    told.source,
    told.had_it_at,
    told.had_it_at - min(told.had_it_at) over (partition by told.story_id) as lag,
    told.article_id = stories.first_article_id as is_first,
    story_articles.relation,
    told.title,
    told.url,
    told.article_id,
    stories.source_count
from told
join stories using (story_id)
join story_articles on story_articles.article_id = told.article_id
order by stories.last_seen_at desc, told.story_id, told.had_it_at, told.article_id;

comment on view story_spread is 'One row per story and independent publisher (those of one owner count once), for stories of more than one: its earliest article with the text, and how long after the first of all it had it. Stories last seen first, then by time.';
comment on column story_spread.story_id is 'The story; see stories.';
comment on column story_spread.story is 'Title of the article that had it first; null: it has none.';
comment on column story_spread.source is 'Publisher.';
comment on column story_spread.had_it_at is 'When its earliest article had the text: by its claim where that is no later than our first sight, else by our first sight; midnight sharp is a day, and counts from its end.';
comment on column story_spread.lag is 'Time since the first publisher had it; 0 for that one.';
comment on column story_spread.is_first is 'True for the article that had it first.';
comment on column story_spread.relation is 'How that article stands to the story, as in story_articles.';
comment on column story_spread.title is 'Title of that article; null: it has none.';
comment on column story_spread.url is 'Address of that article.';
comment on column story_spread.article_id is 'That article; see articles.';
comment on column story_spread.source_count is 'Independent publishers of the story: those of one owner count once.';
