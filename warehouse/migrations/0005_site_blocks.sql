-- What may be furniture of a site: blocks that stood in its articles, with what speaks for it and against it.

create table site_blocks (
    source varchar not null,
    block_key ubigint not null,
    is_pattern boolean not null,
    text varchar not null,
    text_article_id varchar not null,
    word_count integer not null,
    article_count integer not null,
    off_topic_count integer not null,
    edge_count integer not null,
    marked_count integer not null,
    contexts ubigint[] not null,
    context_count integer not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null
);

comment on table site_blocks is 'One row per block that may be furniture of a site, counted over the articles of one source; at most 5,000 per source, those seen least and longest ago go first. What was learnt of it is in site_furniture.';
comment on column site_blocks.source is 'The publisher; see articles.source.';
comment on column site_blocks.block_key is '64-bit hash of the words of the block, or of its pattern.';
comment on column site_blocks.is_pattern is 'True where names, numbers and addresses were taken out: blocks that differ in those alone are one row.';
comment on column site_blocks.text is 'How the block begins, as one of the articles has it.';
comment on column site_blocks.text_article_id is 'The article that text is from: of those seen the one with the smallest id.';
comment on column site_blocks.word_count is 'Words of that block; two characters count as one where a script has no spaces.';
comment on column site_blocks.article_count is 'Articles it stood in, each counted once, at its first text.';
comment on column site_blocks.off_topic_count is 'Articles of those in which it did not speak of what the article is about.';
comment on column site_blocks.edge_count is 'Articles of those in which it stood among the first two or last three blocks.';
comment on column site_blocks.marked_count is 'Articles of those in which the page set it apart: by links, its container, or a second extractor that left it out.';
comment on column site_blocks.contexts is 'Hashes by which copies of an article are told from other articles (of a pattern: its variants from each other); the 16 smallest of each residue modulo 4.';
comment on column site_blocks.context_count is 'How many of the articles (of a pattern: of the variants) are no copies of each other, up to 16: the fewest hashes of one residue.';
comment on column site_blocks.first_seen_at is 'first_seen_at of the earliest of the articles.';
comment on column site_blocks.last_seen_at is 'first_seen_at of the latest of the articles.';

-- The 16 smallest of each residue: a set that comes out the same in whatever order its parts are put together.
create macro smallest_contexts(contexts) as
    list_sort([context for context in list_distinct(contexts) if context % 4 = 0])[:16]
    || list_sort([context for context in list_distinct(contexts) if context % 4 = 1])[:16]
    || list_sort([context for context in list_distinct(contexts) if context % 4 = 2])[:16]
    || list_sort([context for context in list_distinct(contexts) if context % 4 = 3])[:16];

-- Articles that are no copies of each other differ in all four hashes.
create macro fewest_contexts(contexts) as least(
    len([context for context in contexts if context % 4 = 0]),
    len([context for context in contexts if context % 4 = 1]),
    len([context for context in contexts if context % 4 = 2]),
    len([context for context in contexts if context % 4 = 3])
);

comment on macro smallest_contexts is 'Internal: the 16 smallest of a list of hashes, for each residue modulo 4.';
comment on macro fewest_contexts is 'Internal: how many hashes of the list the residue modulo 4 has that has fewest.';
