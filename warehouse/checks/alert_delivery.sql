-- No alert of the last seven days was given up, or waits for over a day because its channel cannot be had.
select rule, message_id, outcome, due_at, error
from alerts
where created_at > (select max(started_at) from runs) - interval 7 days
    and (outcome = 'failed' or (outcome = 'pending' and due_at < (select max(started_at) from runs) - interval 1 day))
