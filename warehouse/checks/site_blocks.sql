-- A block is counted once for a source, never more often than the articles it stood in, and each of these was loaded.
select source, block_key, article_count, count(*) over (partition by source, block_key) as row_count
from site_blocks
qualify row_count > 1
    or article_count < 1
    or greatest(off_topic_count, edge_count, marked_count) > article_count
    or context_count > article_count
    or context_count <> fewest_contexts(contexts)
    or first_seen_at > last_seen_at
    or text_article_id not in (select article_id from articles)
