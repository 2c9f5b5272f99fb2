-- Of every indexed text the index has as many places as the text has words, in the segment that it says.
with places as (
    select segment, is_title, unnest(numbers) as number from search_terms
),
counted as (
    select number, any_value(segment) as segment, count(*) filter (is_title) as title_words, count(*) filter (not is_title) as text_words
    from places
    group by number
)
select load_seq, revision, 'text' as problem
from search_texts
left join counted using (number)
where search_texts.title_words <> coalesce(counted.title_words, 0)
    or search_texts.text_words <> coalesce(counted.text_words, 0)
    or search_texts.segment <> counted.segment
union all
select segment, len(numbers), 'list'
from search_terms
where len(numbers) <> len(positions)
    or segment not in (select segment from search_segments)
