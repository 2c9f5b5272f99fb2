-- The quotes of the speakers that most publishers quote, newest first.
with counted as (
    select
        *,
        count(*) over (partition by lower(speaker)) as said_count,
        count(distinct source) over (partition by lower(speaker)) as source_count
    from said
), ranked as (
    select *, dense_rank() over (order by source_count desc, said_count desc, lower(speaker)) as place
    from counted
)
select *
from ranked
where place <= 25
qualify row_number() over (partition by place order by known_at desc, article_id, char_start) <= 8
order by place, known_at desc, article_id, char_start
