-- Every entry that is a duplicate or unchanged names an article that is held.
select entry_id, outcome, article_id
from entries
where outcome in ('duplicate', 'unchanged')
    and not exists (from articles where articles.article_id = entries.article_id)
