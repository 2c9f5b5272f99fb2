-- A story stands there once and counts its articles and publishers; the one that had it first is one of them.
select stories.story_id, stories.article_count, stories.source_count, members.article_count as held_count
from stories
left join (
    select
        story_id,
        count(*) as article_count,
        count(distinct owner_of(source)) as source_count,
        min(first_seen_at) as first_seen_at,
        max(first_seen_at) as last_seen_at,
        list(article_id) as article_ids
    from articles
    group by story_id
) as members using (story_id)
where members.article_count is distinct from stories.article_count
    or members.source_count is distinct from stories.source_count
    or members.first_seen_at is distinct from stories.first_seen_at
    or members.last_seen_at is distinct from stories.last_seen_at
    or not list_contains(members.article_ids, stories.first_article_id)
union all
select story_id, null, null, count(*) from stories group by story_id having count(*) > 1
