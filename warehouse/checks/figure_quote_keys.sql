-- A figure and a quote stand once at their place, in a revision that is held.
with placed as (
    select 'figure' as kind, article_id, revision, char_start from figures
    union all
    select 'quote', article_id, revision, char_start from quotes
)
select kind, article_id, revision, char_start, count(*) as row_count
from placed
group by all
having count(*) > 1
    or not exists (
        from revisions
        where revisions.article_id = placed.article_id and revisions.revision = placed.revision
    )
