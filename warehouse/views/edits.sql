-- One row per edit by a publisher, newest first.
create or replace view edits as
with numbered as (
    select
        article_id,
        revision,
        change,
        seen_at,
        title,
        extractor_version,
        added_chars,
        removed_chars,
        string_split(text, chr(10)) as paragraphs,
        lag(seen_at) over before as previous_seen_at,
        lag(title) over before as title_before,
        lag(extractor_version) over before as version_before,
        string_split(lag(text) over before, chr(10)) as paragraphs_before
    from revisions
    -- Most articles were never edited; their texts are left packed.
    where article_id in (select article_id from revisions where change = 'edited by publisher')
    window before as (partition by article_id order by revision)
)
select
    numbered.article_id,
    coalesce(articles.story_id, numbered.article_id) as story_id,
    articles.url,
    articles.source,
    numbered.seen_at,
    numbered.previous_seen_at,
    numbered.revision,
    numbered.title_before,
    numbered.title as title_after,
    numbered.title_before is distinct from numbered.title as is_retitled,
    numbered.added_chars,
    numbered.removed_chars,
    [p for p in numbered.paragraphs if not list_contains(numbered.paragraphs_before, p)] as added,
    [p for p in numbered.paragraphs_before if not list_contains(numbered.paragraphs, p)] as removed,
    numbered.version_before <> numbered.extractor_version as is_other_extractor
from numbered
join articles using (article_id)
where numbered.change = 'edited by publisher'
order by numbered.seen_at desc, numbered.article_id, numbered.revision desc;

comment on view edits is 'One row per edit by a publisher, newest first: what the text and the headline were, and became. What only our extractor reads otherwise is no edit, nor is furniture that changed. `newsdesk read URL --edits` shows the words.';
comment on column edits.article_id is 'The article; see articles.';
comment on column edits.story_id is 'The story; an article without one stands for itself.';
comment on column edits.url is 'Address of the article.';
comment on column edits.source is 'Publisher.';
comment on column edits.seen_at is 'When the page with the new text was received: the edit was made before that.';
comment on column edits.previous_seen_at is 'When the text before was received: the edit was made after that.';
comment on column edits.revision is 'The revision that the edit made; the text before has the number below.';
comment on column edits.title_before is 'Title before; null: none.';
comment on column edits.title_after is 'Title after; null: none.';
comment on column edits.is_retitled is 'True where the two titles differ.';
comment on column edits.added_chars is 'Code points that the text before did not have, compared by words.';
comment on column edits.removed_chars is 'Code points of the text before that are gone, compared by words.';
comment on column edits.added is 'Paragraphs that the text before did not have, in order; a paragraph with one changed word is here whole.';
comment on column edits.removed is 'Paragraphs of the text before that are gone, in order.';
comment on column edits.is_other_extractor is 'True where another version of the extractor read the text before: then a difference may be ours.';
