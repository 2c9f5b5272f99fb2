-- Where the clauses of a query are found.
create or replace macro search_hits(query) as table
with elements as materialized (
    from search_elements(query)
),
terms as materialized (
    select clause, ordinal, term, size, is_title_only, is_excluded
    from elements
    where not is_prefix
    union all
    select distinct clause, ordinal, search_terms.term, size, is_title_only, is_excluded
    from elements
    join search_terms
        on search_terms.head = search_head(elements.term)
        and starts_with(search_terms.term, elements.term)
    where elements.is_prefix
),
word_lists as materialized (
    select clause, is_excluded, is_title, article_count, numbers
    from terms
    join search_terms using (term)
    where size = 1 and (is_title or not is_title_only)
),
phrase_lists as materialized (
    select clause, is_excluded, ordinal, size, is_title, numbers, positions
    from terms
    join search_terms using (term)
    where size > 1 and (is_title or not is_title_only)
),
-- A phrase is looked for in the texts that have its rarest term.
rarest as (
    select clause, arg_min(ordinal, (place_count, ordinal)) as ordinal
    from (select clause, ordinal, sum(len(numbers)) as place_count from phrase_lists group by all)
    group by clause
),
candidates as (
    select distinct clause, number
    from (select clause, unnest(numbers) as number from phrase_lists join rarest using (clause, ordinal))
),
phrase_places as (
    select clause, is_excluded, ordinal, size, is_title, unnest(numbers) as number, unnest(positions) as position
    from phrase_lists
),
phrases as (
    select clause, is_excluded, is_title, number
    from phrase_places
    semi join candidates using (clause, number)
    group by clause, is_excluded, is_title, number, position - ordinal, size
    having count(*) = size
),
-- Words of very many places are looked for only where the rarer ones were found; where there are no others, everywhere.
common as materialized (
    select clause, sum(article_count) filter (not is_title) as article_count
    from word_lists
    where not is_excluded
    group by clause
    having sum(len(numbers)) > 50000
),
found as materialized (
    select clause, is_excluded, is_title, unnest(numbers) as number
    from word_lists
    anti join common using (clause)
    union all
    from phrases
),
sought as materialized (
    select distinct number from found where not is_excluded
),
common_found as (
    select clause, is_excluded, is_title, unnest(numbers) as number
    from word_lists
    semi join common using (clause)
    where not exists (from sought)
    union all
    select clause, is_excluded, is_title, number
    from (
        select clause, is_excluded, is_title, unnest(numbers) as number
        from word_lists
        semi join common using (clause)
        where exists (from sought)
    )
    semi join sought using (number)
),
counted as (
    select
        clause,
        number,
        is_excluded,
        count(*) filter (is_title) as title_count,
        count(*) filter (not is_title) as text_count
    from (from found union all from common_found)
    group by clause, number, is_excluded
)
select
    clause,
    load_seq,
    is_excluded,
    3 * title_count + text_count as frequency,
    3 * title_words + text_words as words,
    common.article_count as common_count
from counted
join search_texts using (number)
left join common using (clause);

comment on macro table search_hits is 'Where search() finds the clauses of a query: one row per clause and article. newsdesk''s own.';
