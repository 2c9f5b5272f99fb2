-- What is looked for, where it stands, which article covers which topic.

create table topics (
    topic_id varchar not null,
    title varchar not null,
    query varchar not null,
    query_version varchar not null,
    valid_from timestamptz not null,
    valid_to timestamptz
);

comment on table topics is 'One row per version of a topic''s query; the current one has no valid_to.';
comment on column topics.topic_id is 'Name in the watchlist.';
comment on column topics.title is 'Title for people.';
comment on column topics.query is 'The query as written.';
comment on column topics.query_version is 'First 12 hex digits of the query''s sha256.';
comment on column topics.valid_from is 'When the watchlist began to say so.';
comment on column topics.valid_to is 'When it ceased to; null: it still does.';

create table mentions (
    article_id varchar not null,
    revision integer not null,
    topic_id varchar not null,
    term varchar not null,
    raw varchar not null,
    zone varchar not null check (zone in ('title', 'lede', 'body')),
    char_start bigint,
    char_end bigint,
    sentence varchar not null
);

comment on table mentions is 'One row per place where a term of a topic stands in a revision of an article.';
comment on column mentions.article_id is 'The article; see articles.';
comment on column mentions.revision is 'The revision whose text the offsets point into.';
comment on column mentions.topic_id is 'The topic; see topics.';
comment on column mentions.term is 'The term as the query writes it.';
comment on column mentions.raw is 'The words as the article writes them.';
comment on column mentions.zone is 'title, lede or body.';
comment on column mentions.char_start is 'Code points before the mention in the text: substr(text, char_start + 1, char_end - char_start) = raw. Null in zone title: the title is no part of the text.';
comment on column mentions.char_end is 'Code points before the end of the mention in the text. Null in zone title.';
comment on column mentions.sentence is 'The sentence around it; the whole title in zone title.';

create table coverage (
    article_id varchar not null,
    topic_id varchar not null,
    query_version varchar not null,
    relevance double not null,
    mention_count bigint not null,
    in_title boolean not null,
    in_lede boolean not null,
    first_mention_at_char bigint,
    matched_at timestamptz not null,
    load_seq bigint not null
);

comment on table coverage is 'One row per article, topic and version of its query: the topic found in the article''s current revision.';
comment on column coverage.article_id is 'The article; see articles.';
comment on column coverage.topic_id is 'The topic; see topics.';
comment on column coverage.query_version is 'The version of the query that matched.';
comment on column coverage.relevance is '0 to 1; how much the article is about the topic.';
comment on column coverage.mention_count is 'Mentions in title and text.';
comment on column coverage.in_title is 'True where the title mentions it.';
comment on column coverage.in_lede is 'True where the lede mentions it.';
comment on column coverage.first_mention_at_char is 'Code points before the first mention in the text; null: only the title mentions it.';
comment on column coverage.matched_at is 'When this coverage was recorded.';
comment on column coverage.load_seq is 'The article''s load_seq; where the topic was found only later (an edit, a changed query), a later number.';
