-- One row per topic and article that covers it: by its current query, or by an earlier one where that was not asked yet.
create or replace view current_coverage as
with asked as (
    select coverage.*
    from coverage
    join topics using (topic_id, query_version)
    where topics.valid_to is null
), unasked as (
    -- A query that was changed leaves what is held as it was until it is asked of it, so that nothing vanishes unread.
    select coverage.*, closed.valid_from
    from topics as current
    join topics as closed
        on closed.topic_id = current.topic_id
        and closed.query_version <> current.query_version
    join coverage
        on coverage.topic_id = closed.topic_id
        and coverage.query_version = closed.query_version
    join articles using (article_id)
    where current.valid_to is null
        and current.backfilled_at is null
        and articles.loaded_at < current.valid_from
        -- A newer version that was asked of it and did not find it has the last word.
        and not exists (
            from topics as newer
            where newer.topic_id = closed.topic_id
                and newer.valid_to is not null
                and newer.valid_from > closed.valid_from
                and (newer.backfilled_at is not null or newer.valid_from <= articles.loaded_at)
        )
), latest as (
    select * exclude (valid_from)
    from unasked
    qualify row_number() over (partition by article_id, topic_id order by valid_from desc) = 1
)
from asked
union all by name
from latest anti join asked using (article_id, topic_id);

comment on view current_coverage is 'One row per topic and article that covers it: by the topic''s current query; where that was changed and not yet asked of what was loaded before (`newsdesk topics backfill`), by the version that was asked last.';
comment on column current_coverage.article_id is 'The article; see articles.';
comment on column current_coverage.topic_id is 'The topic; see topics.';
comment on column current_coverage.query_version is 'The version of the query that matched.';
comment on column current_coverage.relevance is '0 to 1; how much the article is about the topic.';
comment on column current_coverage.mention_count is 'Mentions in title and text.';
comment on column current_coverage.in_title is 'True where the title mentions it.';
comment on column current_coverage.in_lede is 'True where the lede mentions it.';
comment on column current_coverage.first_mention_at_char is 'Code points before the first mention in the text; null: only the title mentions it.';
comment on column current_coverage.matched_at is 'When this coverage was recorded.';
comment on column current_coverage.load_seq is 'Number of the coverage, as in coverage.';
