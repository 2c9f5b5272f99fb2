-- Where rows stand: numbers that grow with their tables, and short keys, so that a load need not read whole columns of ids.

-- Not named load_seq, which would make that name ambiguous where analysts join the two tables.
alter table story_articles add column article_load_seq bigint;
update story_articles set article_load_seq = articles.load_seq
from articles
where articles.article_id = story_articles.article_id;
comment on column story_articles.article_load_seq is
    'load_seq of the article: finds it without reading the ids of all.';

alter table documents add column document_key ubigint;
update documents set document_key = try_cast('0x' || document_sha256[1:16] as ubigint);
comment on column documents.document_key is
    'First 64 bits of document_sha256: narrow enough to look through all documents for bytes that came before.';

alter table story_texts add column number_count integer;
update story_texts set number_count = len(sketch);
comment on column story_texts.number_count is 'How many numbers the sketch has.';
