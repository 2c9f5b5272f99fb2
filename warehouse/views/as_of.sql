-- One row per article known at the instant, with the title and text it had then, newest first.
create or replace macro as_of(ts) as table
select
    articles.article_id,
    articles.url,
    articles.source,
    revisions.title,
    articles.published_at,
    articles.first_seen_at,
    articles.loaded_at,
    articles.load_seq,
    revisions.revision,
    revisions.change,
    revisions.seen_at,
    revisions.text,
    revisions.text_sha256,
    revisions.document_sha256
from articles
join (
    select article_id, max(revision) as revision
    from revisions
    where seen_at <= ts::timestamptz
    group by article_id
) as known using (article_id)
join revisions
    on revisions.article_id = known.article_id
    and revisions.revision = known.revision
where articles.loaded_at <= ts::timestamptz
order by articles.load_seq desc;

comment on macro table as_of is 'One row per article that was queryable at the instant, newest first: title, text, text_sha256 and document_sha256 of the latest revision received by then, its number, change and seen_at. Articles loaded later are left out. url, source and published_at are those of today: they are not kept by revision.';
