-- Texts are counted once each, are carried by the revision that they name, and stand around a text of their own story.
with stories_of as (
    select text_no, any_value(story_id) as story_id, count(distinct story_id) as story_count
    from story_articles
    where text_no is not null
    group by text_no
)
select 'text' as kind, story_texts.text_no as id, count(*) as row_count
from story_texts
left join stories_of using (text_no)
left join stories_of as cores on cores.text_no = story_texts.core_no
group by story_texts.text_no
having count(*) > 1
    or any_value(stories_of.story_count) is distinct from 1
    or any_value(stories_of.story_id) is distinct from any_value(cores.story_id)
union all
select 'words', min(text_no), count(*)
from story_texts
group by words_key
having count(*) > 1
union all
select 'revision', text_no, 0
from story_texts
where not exists (
    from revisions
    where revisions.article_id = story_texts.article_id and revisions.text_sha256 = story_texts.text_sha256
)
union all
select 'article', text_no, count(*)
from story_articles
where text_no is not null and text_no not in (select text_no from story_texts)
group by text_no
