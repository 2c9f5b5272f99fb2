-- A poll stands there once.
select poll_id, count(*) as row_count from polls group by poll_id having count(*) > 1
