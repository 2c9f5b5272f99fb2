-- One row per figure in an article of the topic, side by side: by subject, kind and value, earliest first.
create or replace macro figures_compared(topic, with_copies := false, about := null) as table
with covered as (
    select
        current_coverage.topic_id,
        figures.*,
        articles.source,
        articles.title,
        articles.url,
        articles.published_at,
        articles.load_seq,
        -- A claim of publication later than our first sight of the article is wrong.
        least(coalesce(articles.published_at, articles.first_seen_at), articles.first_seen_at) as known_at,
        articles.story_id as story,
        exists (
            from mentions
            where mentions.article_id = figures.article_id
                and mentions.revision = figures.revision
                and mentions.topic_id = current_coverage.topic_id
                and mentions.sentence = figures.sentence
        ) as has_mention,
        exists (
            from quotes
            where quotes.article_id = figures.article_id
                and quotes.revision = figures.revision
                and quotes.char_start <= figures.char_start
                and quotes.char_end > figures.char_start
        ) as is_quoted
    from current_coverage
    join articles using (article_id)
    join figures using (article_id, revision)
    where lower(current_coverage.topic_id) = lower(topic)
        and figures.converted_of is null
        and (about is null or regexp_matches(figures.sentence, about, 'i'))
), told as (
    -- Two articles make the same claim where amount and unit are equal and a word of the names is: R1, DeepSeek-R1.
    select
        covered.*,
        unnest(
            list_append(
                regexp_extract_all(lower(array_to_string(list_append(subjects, subject), ' ')), '[\pL\pN]{2,}'),
                'story: ' || story
            )
        ) as word
    from covered
), dated as (
    select
        topic_id,
        article_id,
        char_start,
        min({'known_at': known_at, 'load_seq': load_seq, 'source': source}) over (
            partition by kind, value, value_max, lower(unit), currency, per_value, lower(per_unit), word
        ) as first_told
    from told
), firsts as (
    select topic_id, article_id, char_start, min(first_told) as first_told
    from dated
    group by topic_id, article_id, char_start
), shown as (
    from covered
    qualify with_copies
        or load_seq = first_value(load_seq) over (
            partition by
                story, lower(subject), kind, value, value_max, lower(unit), currency, per_value, lower(per_unit)
            order by known_at, load_seq
        )
)
select
    shown.subject,
    shown.kind,
    shown.unit,
    shown.currency,
    shown.value,
    shown.value_max,
    shown.comparison,
    shown.is_approximate,
    shown.per_value,
    shown.per_unit,
    shown.raw,
    shown.attributed_to,
    shown.source,
    shown.title,
    shown.url,
    shown.published_at,
    shown.sentence,
    firsts.first_told.known_at as first_at,
    firsts.first_told.source as first_source,
    shown.has_mention,
    shown.subjects,
    shown.is_currency_implied,
    shown.is_damaged,
    shown.topic_id,
    shown.article_id,
    shown.char_start,
    shown.char_end,
    coalesce(shown.attributed_to, shown.source) as said_by,
    shown.is_quoted
from shown
join firsts using (topic_id, article_id, char_start)
order by
    lower(shown.subject) nulls last,
    shown.kind,
    shown.currency nulls last,
    lower(shown.unit) nulls last,
    shown.value,
    shown.known_at,
    shown.load_seq,
    shown.char_start;

comment on macro table figures_compared is 'One row per figure in an article of the topic (any case), side by side by subject, kind, currency, unit and value, earliest first. Conversions are left out. Of the articles of one story only the earliest that states an amount of a subject shows it; with_copies := true shows all. about := ''cost|train'' keeps the figures whose sentence has these words (a regular expression, any case). first_at and first_source say who had the claim first: the same amount and unit, with a word of the names in common; said_by is the speaker or source that the sentence names, else the publisher; is_quoted is true within a quote; has_mention is true where the sentence mentions the topic.';
