-- One row per article of the topic (any case) first seen at or after the instant, newest first.
create or replace macro coverage_since(topic, since) as table
select *
from article_coverage
where lower(topic_id) = lower(topic)
    and first_seen_at >= since::timestamptz
order by first_seen_at desc, load_seq desc;

comment on macro table coverage_since is 'One row per article of the topic (any case) first seen at or after the instant, newest first.';
