-- Stories: which articles carry the same text, who had it first, what stands for a story when a new text comes.

create table stories (
    story_id varchar not null,
    title varchar,
    first_article_id varchar not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    article_count bigint not null,
    source_count bigint not null
);

comment on table stories is 'One row per story: the articles that carry one text, whatever was done to it.';
comment on column stories.story_id is 'The article_id of the article that began it; never used again for another. A story that turned out to be part of an older one is in story_aliases.';
comment on column stories.title is 'Title of first_article_id; null: it has none.';
comment on column stories.first_article_id is 'The article that had it first: by the publisher''s claim where that is no later than our first sight, else by our first sight; a claim of midnight sharp is a day, and counts from its end.';
comment on column stories.first_seen_at is 'When the first of its articles was first seen.';
comment on column stories.last_seen_at is 'When the last of its articles was first seen.';
comment on column stories.article_count is 'Its articles.';
comment on column stories.source_count is 'Publishers of these.';

create table story_articles (
    story_id varchar not null,
    article_id varchar not null,
    relation varchar not null check (relation in ('first', 'copy', 'excerpt', 'update', 'rewrite')),
    similarity double,
    containment double,
    novelty double not null,
    evidence varchar
);

comment on table story_articles is 'One row per article: the story it belongs to, and how it stands to the text of that story that it is likest to.';
comment on column story_articles.story_id is 'The story; see stories.';
comment on column story_articles.article_id is 'The article; see articles.';
comment on column story_articles.relation is 'first: it began the story. copy: the same words. excerpt: a part of it. update: it holds the text and brings more. rewrite: the text with words changed.';
comment on column story_articles.similarity is 'Share of the words of both texts that stand in both in the same order, 0 to 1; null: nothing was compared.';
comment on column story_articles.containment is 'Share of the one text that is found in the other, 0 to 1, the larger of both directions; null: nothing was compared.';
comment on column story_articles.novelty is 'Share of its words that the story did not have, 0 to 1.';
comment on column story_articles.evidence is 'What was found, in words; null: nothing was compared.';

create table story_aliases (
    story_id varchar not null,
    now_story_id varchar not null,
    merged_at timestamptz not null,
    article_id varchar not null
);

comment on table story_aliases is 'One row per story that is none any more, because it turned out to be part of an older one.';
comment on column story_aliases.story_id is 'The story that was.';
comment on column story_aliases.now_story_id is 'The story that its articles belong to now; see stories.';
comment on column story_aliases.merged_at is 'When that turned out.';
comment on column story_aliases.article_id is 'The article that showed it: it carries the text of both.';

create table story_texts (
    article_id varchar not null,
    story_id varchar not null,
    text_sha256 varchar not null,
    sketch ubigint[] not null
);

comment on table story_texts is 'One row per text that stands for its story, at most six a story: new texts are compared with these. newsdesk''s own.';
comment on column story_texts.article_id is 'The article; see articles.';
comment on column story_texts.story_id is 'The story; see stories.';
comment on column story_texts.text_sha256 is 'The revision of the article that was placed; see revisions.';
comment on column story_texts.sketch is 'Its smallest hashes of runs of four words, ascending.';

-- By what instant an article had its text: a claim later than our first sight is wrong, and midnight sharp is a day.
create macro had_it_at(published_at, first_seen_at) as least(
    coalesce(
        case
            when epoch(published_at::timestamptz) % 86400 = 0
                then published_at::timestamptz + interval 24 hours
            else published_at
        end,
        first_seen_at
    ),
    first_seen_at
);

comment on column articles.story_id is 'The story it belongs to; see stories.';

-- Of the articles that were loaded before, those with the very same text are one story; `newsdesk stories rebuild`
-- compares the others, too.
update articles set story_id = firsts.article_id
from (
    select text_sha256, arg_min(article_id, (first_seen_at, article_id)) as article_id
    from articles
    group by text_sha256
) as firsts
where articles.text_sha256 = firsts.text_sha256;

insert into stories
select
    story_id,
    arg_min(
        {'title': title, 'article_id': article_id}, (had_it_at(published_at, first_seen_at), article_id)
    ).title,
    arg_min(article_id, (had_it_at(published_at, first_seen_at), article_id)),
    min(first_seen_at),
    max(first_seen_at),
    count(*),
    count(distinct source)
from articles
group by story_id
order by min(load_seq);

insert into story_articles
select
    story_id,
    article_id,
    if(article_id = story_id, 'first', 'copy'),
    if(article_id = story_id, null, 1),
    if(article_id = story_id, null, 1),
    if(article_id = story_id, 1, 0),
    if(article_id = story_id, null, 'the same text as ' || story_id)
from articles
order by load_seq;
