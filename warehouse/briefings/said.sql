-- The quotes of the period.
create temp table said as
select quotes_by_speaker.*, period.story_id, period.known_at, period.starts_on
from quotes_by_speaker
join period using (article_id)
