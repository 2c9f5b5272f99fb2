-- At most six texts stand for a story, each of an article of it, as it was when it was placed.
select 'story' as kind, story_id as id, count(*) as row_count
from story_texts
group by story_id
having count(*) > 6
union all
select 'text', article_id, count(*)
from story_texts
group by article_id, story_id, text_sha256
having count(*) > 1
    or not exists (
        from articles
        where articles.article_id = story_texts.article_id and articles.story_id = story_texts.story_id
    )
    or not exists (
        from revisions
        where revisions.article_id = story_texts.article_id and revisions.text_sha256 = story_texts.text_sha256
    )
