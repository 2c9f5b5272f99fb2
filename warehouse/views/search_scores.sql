-- One row per article that a query finds: BM25 with k1 = 1.2, b = 0.75, a word of the title counted as three.
create or replace macro search_scores(query) as table
with hits as materialized (
    from search_hits(query)
),
corpus as (
    select count(*) as article_count, avg(3 * title_words + text_words) as words from search_texts
),
rarity as (
    select clause, ln(1 + (any_value(article_count) - holders + 0.5) / (holders + 0.5)) as weight
    from (select clause, coalesce(any_value(common_count), count(*)) as holders from hits group by clause)
    cross join corpus
    group by clause, holders
),
asked as (
    select count(distinct clause) as clause_count from search_elements(query) where not is_excluded
)
select
    load_seq,
    round(sum(weight * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * hits.words / corpus.words))), 6) as score,
    any_value(clause_count) - count(*) as missing_count
from hits
join rarity using (clause)
cross join corpus
cross join asked
group by load_seq
having not bool_or(is_excluded);

comment on macro table search_scores is 'One row per article that search() finds, unordered and without its words: load_seq, score, missing_count. The quickest way to count and to join.';
