-- Every document that an article, a revision or an entry refers to is held.
with referred as (
    select 'article ' || article_id as referrer, document_sha256 from articles
    union all
    select 'revision ' || article_id || ' ' || revision, document_sha256 from revisions
    union all
    select 'entry ' || entry_id, document_sha256 from entries where document_sha256 is not null
)
from referred anti join documents using (document_sha256)
