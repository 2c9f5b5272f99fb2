-- Every figure's offsets point at its words, in the text of its revision.
select figures.article_id, figures.revision, figures.raw, char_start, char_end
from figures
left join revisions using (article_id, revision)
where revisions.article_id is null
    or substr(revisions.text, char_start + 1, char_end - char_start) is distinct from figures.raw
