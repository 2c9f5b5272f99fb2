-- The numbers and keys by which a load finds rows are those of what they stand for.
select 'story_articles' as kind, story_articles.article_id as id
from story_articles
left join articles on articles.load_seq = story_articles.article_load_seq
where articles.article_id is distinct from story_articles.article_id
union all
select 'documents', document_sha256
from documents
where document_key is distinct from try_cast('0x' || document_sha256[1:16] as ubigint)
union all
select 'story_texts', text_no::varchar from story_texts where number_count is distinct from len(sketch)
