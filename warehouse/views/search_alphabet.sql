-- How words are told and compared: the only rules, for what is indexed as for what is asked.

-- Letters of scripts that are written without spaces, as a part of a pattern. Korean has spaces, but joins particles to
-- its words; U+30FC and U+FF70 lengthen vowels in Japanese.
create or replace macro search_signs() as
    '\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\x{30FC}\x{FF70}';

-- What stands between words, as a part of a pattern.
create or replace macro search_gaps() as '\p{Z}\p{S}\p{P}\p{C}';

-- One word, as a pattern: a sign, or a run of what is neither sign nor gap.
create or replace macro search_word() as
    '[' || search_signs() || ']|[^' || search_gaps() || search_signs() || ']+';

-- The words of a text, in order.
create or replace macro search_words(text) as regexp_extract_all(text, search_word());

create or replace macro search_is_sign(word) as coalesce(regexp_matches(word, '^[' || search_signs() || ']'), false);

-- A word without case, width, accents. Marks are taken from letters of four scripts only: in others they are letters.
create or replace macro search_folded(word) as if(
    strlen(word) = length(word),
    lower(word),
    translate(
        lower(if(
            regexp_matches(word, '[\p{Latin}\p{Greek}\p{Arabic}\p{Hebrew}]'),
            strip_accents(word),
            nfc_normalize(word)
        )),
        '０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚøłđħıςё' || chr(769),
        '0123456789abcdefghijklmnopqrstuvwxyzoldhiσе'
    )
);

-- Under which term a word stands in the index: folded; a sign together with the sign after it.
create or replace macro search_term(word, next_word) as
    if(search_is_sign(word), word || if(search_is_sign(next_word), next_word, ''), search_folded(word));

-- The beginning of a term, by which the index is sorted: two letters, or one sign.
create or replace macro search_head(term) as left(term, if(search_is_sign(term), 1, 2));
