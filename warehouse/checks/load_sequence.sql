-- load_seq is given once to an article, never falls as loaded_at grows, and none is above the counter.
with given as (
    select article_id, load_seq, loaded_at, lag(loaded_at) over (order by load_seq) as earlier
    from articles
)
select article_id as id, load_seq, 'above the counter' as problem
from articles
where load_seq > (select last_load_seq from load_sequence)
union all
select article_id, load_seq, 'coverage above the counter'
from coverage
where load_seq > (select last_load_seq from load_sequence)
union all
select any_value(article_id), load_seq, 'given twice' from articles group by load_seq having count(*) > 1
union all
select article_id, load_seq, 'loaded before the one below' from given where loaded_at < earlier
union all
select coverage.article_id, coverage.load_seq, 'coverage before its article'
from coverage
join articles using (article_id)
where coverage.load_seq < articles.load_seq
