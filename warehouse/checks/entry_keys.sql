-- An entry stands in the ledger once.
select entry_id, count(*) as row_count from entries group by entry_id having count(*) > 1
