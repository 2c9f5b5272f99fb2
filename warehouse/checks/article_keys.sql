-- An article, a document and a revision stand there once.
select 'article' as kind, article_id as id, count(*) as row_count from articles group by all having count(*) > 1
union all
select 'document', document_sha256, count(*) from documents group by all having count(*) > 1
union all
select 'revision', article_id || ' ' || revision, count(*) from revisions group by all having count(*) > 1
