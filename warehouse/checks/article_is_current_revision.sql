-- Every article is its highest revision, word for word, and its revisions count from 1.
with numbered as (
    select article_id, max(revision) as newest, count(*) as revision_count from revisions group by article_id
)
select article_id, articles.revision, numbered.newest
from articles
full join numbered using (article_id)
left join revisions
    on revisions.article_id = articles.article_id
    and revisions.revision = articles.revision
where articles.revision is distinct from numbered.newest
    or numbered.newest is distinct from numbered.revision_count
    or (articles.text, articles.title, articles.text_sha256)
        is distinct from (revisions.text, revisions.title, revisions.text_sha256)
