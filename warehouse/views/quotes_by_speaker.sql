-- One row per speaker and quote: by speaker, newest first. The view leaves copies out, the macro shows them if asked.
create or replace macro quotes_by_speaker(with_copies := false) as table
with said as (
    select
        quotes.*,
        articles.source,
        articles.title,
        articles.url,
        articles.published_at,
        articles.load_seq,
        -- A claim of publication later than our first sight of the article is wrong.
        least(coalesce(articles.published_at, articles.first_seen_at), articles.first_seen_at) as known_at,
        articles.story_id as story
    from quotes
    join articles using (article_id, revision)
    where quotes.speaker is not null
), shown as (
    from said
    qualify with_copies
        or load_seq = first_value(load_seq) over (
            -- Copies differ in marks and spaces.
            partition by story, lower(speaker), regexp_replace(lower(text), '[^\pL\pN]+', '', 'g')
            order by known_at, load_seq
        )
)
select
    speaker,
    text,
    cue,
    kind,
    confidence,
    source,
    title,
    url,
    published_at,
    sentence,
    article_id,
    char_start,
    char_end,
    speaker_raw
from shown
order by lower(speaker), known_at desc, load_seq desc, char_start;

comment on macro table quotes_by_speaker is 'The view of this name; with_copies := true shows the quotes of every copy of a story, too.';

create or replace view quotes_by_speaker as
from quotes_by_speaker();

comment on view quotes_by_speaker is 'One row per speaker and quote, by speaker, newest first: of the articles of one story only the earliest that has it. Quotes without a speaker are left out. quotes_by_speaker(with_copies := true) shows the copies, too.';
comment on column quotes_by_speaker.speaker is 'Full name where the article gives it, else the words that name the speaker.';
comment on column quotes_by_speaker.text is 'The words with their marks.';
comment on column quotes_by_speaker.cue is 'The word that marks it as said; null: none.';
comment on column quotes_by_speaker.kind is 'direct, partial or continued, as in quotes.';
comment on column quotes_by_speaker.confidence is '0 to 1; how surely the speaker is the one named; from 0.6 the text states it.';
comment on column quotes_by_speaker.source is 'Publisher.';
comment on column quotes_by_speaker.title is 'Title of the article; null: none.';
comment on column quotes_by_speaker.url is 'Address of the article.';
comment on column quotes_by_speaker.published_at is 'Publisher''s claim; null: none.';
comment on column quotes_by_speaker.sentence is 'The sentence around it.';
comment on column quotes_by_speaker.article_id is 'The article; see articles.';
comment on column quotes_by_speaker.char_start is 'Code points before the opening mark in the text of the article.';
comment on column quotes_by_speaker.char_end is 'Code points before the end of the closing mark.';
comment on column quotes_by_speaker.speaker_raw is 'What stands at the cue: a name, a pronoun, a role; null: nothing.';
