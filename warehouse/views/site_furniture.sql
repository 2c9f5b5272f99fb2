-- What was learnt to repeat on each site.
create or replace view site_furniture as
select
    source,
    text,
    article_count,
    share_pct,
    word_count,
    is_pattern,
    is_certain,
    first_seen_at,
    last_seen_at,
    block_key
from furniture_among((select list(distinct source) from site_blocks))
order by source, article_count desc, text, block_key;

comment on view site_furniture is 'One row per block that was learnt to repeat on a site. Articles read since then go without it; what went is in removals, kind repeated_on_site. Those with most articles first, by source.';
comment on column site_furniture.source is 'The publisher; see articles.source.';
comment on column site_furniture.text is 'How the block begins, as one of the articles has it.';
comment on column site_furniture.article_count is 'Articles it stood in.';
comment on column site_furniture.share_pct is 'Those articles, in percent of the articles of the source since it was first seen.';
comment on column site_furniture.word_count is 'Words of the block.';
comment on column site_furniture.is_pattern is 'True: blocks that differ from it in names, numbers and addresses alone are meant too.';
comment on column site_furniture.is_certain is 'True: most articles carry it, so it goes even where it names what the article is about.';
comment on column site_furniture.first_seen_at is 'When the earliest of the articles was first seen.';
comment on column site_furniture.last_seen_at is 'When the latest of the articles was first seen.';
comment on column site_furniture.block_key is 'Hash of its words or of its pattern.';
