-- An alert has a known outcome, and what its outcome says: sent, an instant; failed or skipped, a reason.
select alert_id, outcome, sent_at, error
from alerts
where outcome not in ('pending', 'sent', 'failed', 'skipped')
    or (outcome = 'sent') <> (sent_at is not null)
    or (outcome in ('failed', 'skipped') and error is null)
    or sent_at < due_at
