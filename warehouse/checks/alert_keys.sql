-- An alert stands there once, and of one story and topic a rule tells once.
select alert_id, rule, topic_id, story_id
from alerts
qualify count(*) over (partition by alert_id) > 1
    or (
        kind = 'new story'
        and count(*) over (partition by rule, kind, topic_id, story_id) > 1
    )
