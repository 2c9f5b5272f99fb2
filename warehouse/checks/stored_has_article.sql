-- Every entry that is stored is the one its article names, and the other way round.
select entry_id, entries.article_id, articles.entry_id as article_entry_id
from (from entries where outcome = 'stored') as entries
full join articles using (entry_id)
where entries.article_id is distinct from articles.article_id
