-- The index behind search(): which words stand where, in the current text of every article.

create table search_texts (
    number integer not null,
    load_seq bigint not null,
    revision integer not null,
    segment integer not null,
    title_words integer not null,
    text_words integer not null
);

comment on table search_texts is 'One row per text that search() finds: the current revision of each article. newsdesk''s own.';
comment on column search_texts.number is 'Its number in search_terms; never given again. A number without a row here is of a text that is no longer current, and is passed over.';
comment on column search_texts.load_seq is 'The article; see articles.';
comment on column search_texts.revision is 'Its revision that is indexed.';
comment on column search_texts.segment is 'The part of the index that holds its words; see search_segments.';
comment on column search_texts.title_words is 'Words of the title; a sign of a script without spaces counts as one.';
comment on column search_texts.text_words is 'Words of the text, counted so.';

create table search_terms (
    segment integer not null,
    head varchar not null,
    term varchar not null,
    is_title boolean not null,
    article_count integer not null,
    numbers integer[] not null,
    positions integer[] not null
);

comment on table search_terms is 'One row per segment of the index, term, and whether it stands in titles or texts: every place of it. newsdesk''s own.';
comment on column search_terms.segment is 'The part of the index; within it rows are sorted by head, term, is_title.';
comment on column search_terms.head is 'Beginning of the term: two letters, or a sign of a script without spaces.';
comment on column search_terms.term is 'A word without case, width, accents; of scripts without spaces a sign with the one after it.';
comment on column search_terms.is_title is 'True: places in titles; false: in texts.';
comment on column search_terms.article_count is 'Different numbers in numbers.';
comment on column search_terms.numbers is 'For each place the number of its text in search_texts, ascending.';
comment on column search_terms.positions is 'For each place which word of the title or text it is, from 1; beside numbers.';

create table search_segments (
    segment integer not null,
    text_count integer not null,
    word_count bigint not null
);

comment on table search_segments is 'One row per part of the index. Each publication adds one; four of about one size become one, up to some 16 million words. newsdesk''s own.';
comment on column search_segments.segment is 'Its number; never given again.';
comment on column search_segments.text_count is 'Texts in it, those no longer current too.';
comment on column search_segments.word_count is 'Words of these, titles included.';

create table search_state (
    last_number integer not null,
    last_segment integer not null,
    load_seq bigint not null,
    revision_count bigint not null
);

comment on table search_state is 'One row: how far the index is. newsdesk''s own.';
comment on column search_state.last_number is 'Highest number given in search_texts so far.';
comment on column search_state.last_segment is 'Highest number given in search_segments so far.';
comment on column search_state.load_seq is 'last_load_seq of load_sequence when the index was complete.';
comment on column search_state.revision_count is 'Rows of revisions when the index was complete. Where both are as they were, the index holds exactly the current texts.';

insert into search_state values (0, 0, 0, 0);
