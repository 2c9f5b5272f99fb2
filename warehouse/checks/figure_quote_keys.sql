-- A figure and a quote stand once at their place.
select 'figure' as kind, article_id, revision, char_start, count(*) as row_count
from figures
group by all
having count(*) > 1
union all
select 'quote', article_id, revision, char_start, count(*)
from quotes
group by all
having count(*) > 1
