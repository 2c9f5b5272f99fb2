-- Only a pending entry waits for another attempt; every other one says when it was settled.
select entry_id, outcome, outcome_at, next_attempt_at
from entries
where (outcome <> 'pending' and (next_attempt_at is not null or outcome_at is null or attempt_count = 0))
    or (outcome = 'pending' and attempt_count > 0 and next_attempt_at is null)
