-- The articles, newest first. A browser must draw them: 5,000 make a page of 6 MB.
select period.*, story_articles.relation, passages.passage
from period
left join story_articles using (article_id)
left join passages using (article_id)
order by known_at desc, load_seq desc
limit 5000
