-- A story that is none any more leads to one that is, in one step.
select story_id, now_story_id, count(*) as row_count
from story_aliases
group by story_id, now_story_id
having now_story_id not in (select story_id from stories)
    or story_id in (select story_id from stories)
    or count(*) > 1
