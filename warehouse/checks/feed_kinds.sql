-- Every feed is of a known kind; sitemap_children belong to a sitemap.
select feed_id, kind
from feeds
where kind not in ('rss', 'atom', 'rdf', 'json', 'sitemap', 'files', 'list')
union all
select feed_id, 'child'
from sitemap_children anti join feeds using (feed_id)
