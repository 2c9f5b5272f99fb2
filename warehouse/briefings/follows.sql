-- Who had stories first, and who had them later.
select
    firsts.source as leader,
    later.source as follower,
    count(*) as story_count,
    median(later.lag_hours) as median_lag_hours
from shared as later
join shared as firsts using (story_id)
where firsts.is_first and not later.is_first
group by all
order by story_count desc, median_lag_hours, leader, follower
limit 60
