-- A look is of an article that is held, and each has one plan.
select article_id, 'no such article' as problem from looks anti join articles using (article_id)
union all
select article_id, 'planned twice' from looks group by article_id having count(*) > 1
