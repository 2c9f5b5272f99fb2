-- What repeats on the sites of a list of sources. Public: site_furniture; the readers ask for the sources of a batch.
create or replace macro furniture_among(asked) as table
with candidates as (
    select source, text, is_pattern, word_count, article_count, off_topic_count, edge_count, marked_count, context_count,
        first_seen_at, last_seen_at, block_key
    from site_blocks
    where context_count >= 4 and source in (select unnest(asked))
),
-- Articles of each source from each instant on.
later as (
    select
        source,
        first_seen_at as since,
        sum(count(*)) over (partition by source order by first_seen_at desc) as article_count
    from articles
    where source in (select source from candidates)
    group by source, first_seen_at
),
shares as (
    select candidates.*, candidates.article_count / greatest(later.article_count, candidates.article_count) as share
    from candidates
    asof left join later
        on candidates.source = later.source and candidates.first_seen_at <= later.since
),
judged as (
    select
        *,
        not is_pattern and context_count >= 12 and share >= 0.5 as is_certain,
        2 * off_topic_count >= article_count
        and (
            -- Nobody writes the same 15 words by chance four times in unlike articles.
            word_count >= 15
            or 2 * marked_count >= article_count
            -- "Rating: 4 out of 5" stands in many articles and says something of each.
            or (is_pattern or not regexp_matches(text, '[0-9]'))
            and (share >= 1 / 3 or share >= 0.1 and 2 * edge_count >= article_count)
        ) as is_likely
    from shares
)
select
    source, text, is_pattern, word_count, article_count, round(100 * share, 1) as share_pct, is_certain,
    first_seen_at, last_seen_at, block_key
from judged
where is_certain or is_likely;

comment on macro table furniture_among is 'Public as site_furniture: what repeats on the sites of the list of sources given.';
