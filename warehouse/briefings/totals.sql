-- One row: the counts of the whole period, also where a list is cut.
select
    count(*) as article_count,
    count(distinct period.story_id) as story_count,
    count(distinct period.story_id) filter (
        where getvariable('since') is null or had_it_at(firsts.published_at, firsts.first_seen_at) >= getvariable('since')
    ) as new_story_count,
    count(distinct period.source) as source_count,
    count(distinct period.language) as language_count,
    min(known_at) as first_at,
    max(known_at) as last_at,
    coalesce(max(step), 'day') as step,
    (select count(*) from compared) as figure_count,
    (select count(*) from said) as quote_count,
    (
        select count(*)
        from revisions
        where change = 'edited by publisher'
            and article_id in (select article_id from told)
            and (getvariable('since') is null or seen_at >= getvariable('since')) and seen_at < getvariable('until')
    ) as edit_count,
    (select max(loaded_at) from articles) as snapshot_at,
    (select last_load_seq from load_sequence) as load_seq
from period
left join stories using (story_id)
left join articles as firsts on firsts.article_id = stories.first_article_id
