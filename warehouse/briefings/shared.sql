-- How the stories of the period spread. The views look at the whole snapshot; each is asked once.
create temp table shared as
select story_spread.* exclude (lag), epoch(lag) / 3600 as lag_hours
from story_spread
where story_id in (select story_id from period)
