-- Every offset points at the words it claims, in the text of its revision; mentions in titles have none.
select mentions.article_id, mentions.revision, mentions.raw, char_start, char_end
from mentions
left join revisions using (article_id, revision)
where revisions.article_id is null
    or case
        when zone = 'title' then
            char_start is not null or char_end is not null or not contains(coalesce(revisions.title, ''), mentions.raw)
        else
            char_start is null or char_end is null
            or substr(revisions.text, char_start + 1, char_end - char_start) is distinct from mentions.raw
    end
