-- The figures of the period.
create temp table compared as
select compared.*, period.story_id, period.known_at, period.starts_on
from figures_compared(getvariable('topic')) as compared
join period using (article_id)
