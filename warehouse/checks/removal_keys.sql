-- Every removal belongs to a revision, numbered from 1 without gaps.
select article_id, revision, count(*) as removal_count
from removals
group by article_id, revision
having max(ordinal) <> count(*) or min(ordinal) <> 1 or count(distinct ordinal) <> count(*)
    or not exists (
        from revisions
        where revisions.article_id = removals.article_id and revisions.revision = removals.revision
    )
