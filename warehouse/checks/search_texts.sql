-- Nothing is indexed twice or of an article that is not held, and the index holds the current text of every article.
select load_seq, count(*) as row_count, 'more than one text' as problem
from search_texts
group by load_seq
having count(*) > 1
union all
select load_seq, revision, 'a number twice'
from search_texts
qualify count(*) over (partition by number) > 1
union all
-- Between a load and the publication that follows it the index is behind.
select coalesce(articles.load_seq, search_texts.load_seq), coalesce(articles.revision, search_texts.revision), 'not as in articles'
from articles
full join search_texts using (load_seq, revision)
where (articles.load_seq is null or search_texts.load_seq is null)
    and (select (load_seq, revision_count) from search_state)
        = (select (last_load_seq, (select count(*) from revisions)) from load_sequence)
