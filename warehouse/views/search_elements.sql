-- How a query is read. A clause is a word, a "phrase" or a prefix*; what several words are joined to (deep-sea, 深度求索)
-- is a phrase. An element is a term of a clause, at its place in it.
create or replace macro search_elements(query) as table
with pieces as (
    select row_number() over () as clause, piece
    from (
        select distinct unnest(regexp_extract_all(
            regexp_replace(
                translate(nfc_normalize(left(query, 1000)), '“”„«»「」『』＂＊', '""""""""""*'), '(^|\s)NOT\s+', '\1-', 'g'
            ),
            -- A closing quote may lack.
            '-?(?:(?i)title:)?(?:"[^"]*"?|[^\s\p{Z}"]+)'
        )) as piece
    )
    where piece not in ('AND', 'OR')
),
words as (
    select clause, piece, unnest(words) as word, generate_subscripts(words, 1) as ordinal
    from (
        select clause, piece, search_words(regexp_replace(piece, '^-?((?i)title:)?', '')) as words
        from pieces
    )
),
told as (
    select
        *,
        search_is_sign(word) as is_sign,
        lead(word) over (partition by clause order by ordinal) as next_word,
        lag(word) over (partition by clause order by ordinal) as previous_word
    from words
),
elements as (
    select
        clause,
        piece,
        ordinal,
        search_term(word, next_word) as term,
        is_sign and not search_is_sign(next_word) as is_last_sign,
        search_is_sign(previous_word) as is_after_sign,
        is_last_sign or (next_word is null and length(word) > 1 and regexp_matches(piece, '[*]"?$')) as is_prefix
    from told
)
select
    clause,
    piece,
    ordinal,
    term,
    is_prefix,
    count(*) over (partition by clause) as size,
    regexp_matches(piece, '(?i)^-?title:') as is_title_only,
    piece[1] = '-' as is_excluded
from elements
-- The last of several signs says nothing that the pair before it does not.
where not (is_last_sign and is_after_sign);

comment on macro table search_elements is 'How search() reads a query: one row per term of a clause. newsdesk''s own.';
