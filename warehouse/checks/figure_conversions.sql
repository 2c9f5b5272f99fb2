-- Every conversion points at a figure of the same revision which is a claim of its own.
select article_id, revision, raw, char_start, converted_of
from figures
where converted_of is not null
    and not exists (
        from figures as claims
        where claims.article_id = figures.article_id
            and claims.revision = figures.revision
            and claims.char_start = figures.converted_of
            and claims.converted_of is null
    )
