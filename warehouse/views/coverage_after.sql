-- One row per article of the topic (any case) with a load_seq above the one given, in that order.
create or replace macro coverage_after(topic, seq) as table
select *
from article_coverage
where lower(topic_id) = lower(topic)
    and load_seq > seq::bigint
order by load_seq;

comment on macro table coverage_after is 'One row per article of the topic (any case) with a load_seq above the one given, in that order: a reader that keeps the highest one it saw never misses and never repeats a row.';
