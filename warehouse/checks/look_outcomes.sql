-- A look that was made has its outcome and its instant; what was not asked for yet is still planned.
select article_id, look_count, last_outcome, last_looked_at, next_look_at
from looks
where (look_count > 0) <> (last_outcome is not null)
    or (last_outcome is null) <> (last_looked_at is null)
    or (look_count = 0 and next_look_at is null)
    or (last_outcome in ('gone', 'moved', 'blocked') and next_look_at is not null)
