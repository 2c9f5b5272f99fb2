-- A topic has at most one current version, and a version ends after it begins.
select topic_id, count(*) filter (valid_to is null) as current_count, min(valid_to - valid_from) as shortest
from topics
group by topic_id
having count(*) filter (valid_to is null) > 1 or min(valid_to - valid_from) < interval 0 seconds
