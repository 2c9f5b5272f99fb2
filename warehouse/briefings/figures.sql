-- The figures; those whose sentence names the topic first.
select *
from compared
order by
    has_mention desc,
    count(*) over (partition by kind, currency, lower(unit)) desc,
    known_at desc,
    article_id,
    char_start
limit 1500
