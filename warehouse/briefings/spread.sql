-- Who had each story when; for stories of several publishers.
select shared.*, article_id in (select article_id from period) as is_listed
from shared
where story_id in (
    select story_id
    from shared
    group by story_id
    order by max(source_count) desc, max(had_it_at) desc, story_id
    limit 300
)
order by source_count desc, max(had_it_at) over (partition by story_id) desc, story_id, had_it_at, article_id
