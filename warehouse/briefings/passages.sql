-- The sentence of each article with the most mentions, the earliest of these; one of the text rather than the title.
create temp table passages as
with sentences as (
    select article_id, zone, sentence, min(char_start) as char_start, count(*) as mention_count
    from mentions
    join period using (article_id, revision, topic_id)
    group by article_id, zone, sentence
)
select
    article_id,
    arg_max(sentence, (zone <> 'title', mention_count, -coalesce(char_start, 0))) as passage
from sentences
group by article_id
