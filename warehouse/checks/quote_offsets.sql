-- Every quote's offsets point at its words with their marks, in the text of its revision.
select quotes.article_id, quotes.revision, quotes.text, char_start, char_end
from quotes
left join revisions using (article_id, revision)
where revisions.article_id is null
    or substr(revisions.text, char_start + 1, char_end - char_start) is distinct from quotes.text
