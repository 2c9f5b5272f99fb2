-- Every entry and every poll belongs to a feed.
select entry_id as id, feed_id from entries anti join feeds using (feed_id)
union all
select poll_id, feed_id from polls anti join feeds using (feed_id)
