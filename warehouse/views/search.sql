-- The articles that a query finds, best first, with the passage that shows why.

-- Where the sentence begins that a place of a text stands in; of a long one, a word at most 150 code points before it.
create or replace macro search_sentence_start(text, place) as
    place - least(place, 150) + length(if(
        place > 150,
        regexp_extract(
            substr(text, place - 149, 150),
            '(?s)^(?:.*(?:[\p{L}\p{N}"”’)%]{3}[.!?…]["”’»)\]]*\s+|[\n。！？])|\S*\s)'
        ),
        regexp_extract(
            substr(text, 1, place), '(?s)^.*(?:[\p{L}\p{N}"”’)%]{3}[.!?…]["”’»)\]]*\s+|[\n。！？])'
        )
    ));

-- From a place of a text to the end of its sentence; at most 240 code points.
create or replace macro search_sentence_rest(text, place) as regexp_extract(
    substr(text, place + 1, 240), '(?s)^.+?(?:[\p{L}\p{N}"”’)%]{3}[.!?…]["”’»)\]]*(?:\s|$)|[\n。！？]|$)'
);

create or replace macro search(query) as table
with elements as materialized (
    from search_elements(query)
),
scored as materialized (
    from search_scores(query)
),
best as materialized (
    select load_seq from scored order by missing_count, score desc, load_seq desc limit 50
),
texts as materialized (
    select load_seq, text from articles where load_seq in (from best)
),
words as (
    select load_seq, unnest(words) as word, unnest(words[2:]) as next_word, generate_subscripts(words, 1) as position
    from (select load_seq, search_words(text) as words from texts)
),
places as (
    select load_seq, clause, position - ordinal as place
    from (select load_seq, position, search_term(word, next_word) as term from words) as words
    join elements
        on words.term = elements.term
        or elements.is_prefix and starts_with(words.term, elements.term)
    where not is_excluded and not is_title_only
    group by load_seq, clause, place, size
    having count(*) = size
),
-- The place from which most clauses stand within 30 words; the first of these.
windows as (
    select
        load_seq,
        place,
        count(distinct clause) over (
            partition by load_seq order by place range between current row and 30 following
        ) as clause_count
    from places
),
chosen as (
    select load_seq, arg_min(place, (-clause_count, place)) as word_count from windows group by load_seq
),
cut as (
    select
        load_seq,
        text,
        regexp_extract_all(text, '[' || search_gaps() || ']*(?:' || search_word() || ')')[:word_count + 1] as parts
    from texts
    join chosen using (load_seq)
),
placed as (
    -- Up to the end of the word, less the word.
    select load_seq, text, length(array_to_string(parts, '')) - length(search_words(parts[-1])[1]) as place
    from cut
    union all
    select load_seq, text, 0 from texts anti join chosen using (load_seq)
),
passages as (
    select load_seq, char_start, regexp_replace(passage, '\s+$', '') as passage
    from (
        select
            load_seq,
            search_sentence_start(text, place) as char_start,
            substr(text, char_start + 1, place - char_start) || search_sentence_rest(text, place) as passage
        from placed
    )
)
select
    article_id,
    story_id,
    score,
    missing_count,
    title,
    url,
    source,
    published_at,
    first_seen_at,
    language,
    passage,
    char_start
from scored
join articles using (load_seq)
left join passages using (load_seq)
order by missing_count, score desc, load_seq desc;

comment on macro table search is 'One row per article that the query finds in its title or current text. A query is words, "phrases", prefixes* (two letters or more), -excluded, title:only; without case, width, accents; at most 1,000 characters. First those with all of it, then by score (BM25), then the newest. missing_count: how many of the words and phrases the article does not have. passage: the sentence with most of them, from char_start in the text; for the 50 best rows, else null. A word of more than 50,000 places is looked for only where the rarer ones are found.';
