-- Every row that names a run names one that is recorded.
with named as (
    select distinct run_id from polls
    union
    select run_id from documents
    union
    select run_id from articles
    union
    select run_id from entries where run_id is not null
)
from named anti join runs using (run_id)
