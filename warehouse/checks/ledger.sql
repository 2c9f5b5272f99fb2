-- Found = stored + duplicate + unchanged + discarded + failed + pending: every entry has one outcome of the list.
with ledger as (
    select
        count(*) as found_count,
        count(*) filter (outcome = 'stored') as stored_count,
        count(*) filter (outcome = 'duplicate') as duplicate_count,
        count(*) filter (outcome = 'unchanged') as unchanged_count,
        count(*) filter (
            outcome in ('too_short', 'not_article', 'paywalled', 'blocked', 'gone', 'unsupported')
        ) as discarded_count,
        count(*) filter (outcome = 'failed') as failed_count,
        count(*) filter (outcome = 'pending') as pending_count,
        (select coalesce(sum(new_entry_count), 0) from polls) as listed_count,
        (select count(*) from entries join feeds using (feed_id) where feeds.kind in ('files', 'list')) as file_count
    from entries
)
from ledger
where found_count <> stored_count + duplicate_count + unchanged_count + discarded_count + failed_count + pending_count
    or found_count <> listed_count + file_count
