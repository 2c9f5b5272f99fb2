-- Every article belongs to one story that is held; of its articles one is the first, and one gave it its id.
select 'article' as kind, articles.article_id as id, count(story_articles.article_id) as row_count
from articles
left join story_articles
    on story_articles.article_id = articles.article_id and story_articles.story_id = articles.story_id
left join stories on stories.story_id = articles.story_id
group by articles.article_id
having count(story_articles.article_id) <> 1 or count(stories.story_id) <> 1
union all
select 'place', article_id, count(*)
from story_articles
group by article_id
having count(*) > 1 or not exists (from articles where articles.article_id = story_articles.article_id)
union all
select 'first', story_articles.story_id, count(*) filter (where relation = 'first')
from story_articles
left join stories using (story_id)
group by story_articles.story_id
having count(*) filter (where relation = 'first') <> 1
    or max(article_id) filter (where relation = 'first') <> any_value(stories.first_article_id)
    or not bool_or(article_id = story_articles.story_id)
