-- What texts have to do with each other, so that stories follow from the texts and not from the order of loading.
-- Articles loaded before are not compared with new ones until `newsdesk stories rebuild`.

drop table story_texts;

create table story_texts (
    text_no bigint not null,
    words_key varchar not null,
    article_id varchar not null,
    text_sha256 varchar not null,
    sketch ubigint[] not null,
    core_no bigint not null
);

comment on table story_texts is 'One row per text that new ones are compared with; articles with the same words share one. newsdesk''s own.';
comment on column story_texts.text_no is 'Counted from 1, in the order in which texts came.';
comment on column story_texts.words_key is 'Hash of its words: the same for texts that differ in layout, quotes or accents only.';
comment on column story_texts.article_id is 'An article that carries it; see articles.';
comment on column story_texts.text_sha256 is 'The revision of that article that carries it; see revisions.';
comment on column story_texts.sketch is 'Its smallest hashes of runs of four words, ascending.';
comment on column story_texts.core_no is 'The text_no of the text that its story stands around; its own for that one.';

create table story_links (
    text_no bigint not null,
    other_no bigint not null,
    is_same boolean not null,
    is_quote boolean not null,
    word_count bigint not null,
    covered double not null,
    likeness double not null,
    number_count bigint not null,
    number_hits bigint not null,
    regions bigint[] not null
);

comment on table story_links is 'One row per text and other text that it has much in common with: how the one stands in the other. newsdesk''s own; stories follow from it.';
comment on column story_links.text_no is 'The text; see story_texts.';
comment on column story_links.other_no is 'The other text; there is a row for its side, too.';
comment on column story_links.is_same is 'The two are one text, whatever was done to it.';
comment on column story_links.is_quote is 'The text quotes the other, as a round-up does.';
comment on column story_links.word_count is 'Words of the text.';
comment on column story_links.covered is 'Share of the text that was found in the other, 0 to 1.';
comment on column story_links.likeness is 'Share of the words of what was found that are the same, 0 to 1.';
comment on column story_links.number_count is 'Numbers in what was found.';
comment on column story_links.number_hits is 'How many of these stand in the other, too.';
comment on column story_links.regions is 'Where in the text it was found: first word of a region, word after its last, those of the next region.';

alter table story_articles add column text_no bigint;

comment on column story_articles.text_no is 'The text that was placed, newsdesk''s own; see story_texts. Null: loaded by an older newsdesk, until newsdesk stories rebuild.';
comment on column story_articles.relation is 'first: of the article that had it first. copy: the same words. excerpt: a part of it. update: it holds the text and brings more. rewrite: the text with words changed.';
comment on table story_articles is 'One row per article: the story it belongs to, and how it stands to the text that it is likest to of those that had it earlier.';
comment on column stories.story_id is 'The article_id of the article that began it; never used again for another. A story that turned out to be part of another is in story_aliases.';

-- The first of a story is now the article that had it first, not the one that began it.
update story_articles set relation = 'copy'
where relation = 'first' and article_id not in (select first_article_id from stories);
update story_articles set relation = 'first', similarity = null, containment = null, novelty = 1, evidence = null
where relation <> 'first' and article_id in (select first_article_id from stories);
