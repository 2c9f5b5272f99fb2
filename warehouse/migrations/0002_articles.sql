-- What was received, what was read from it, how it changed, what was stripped.

create table documents (
    document_sha256 varchar not null,
    url varchar not null,
    final_url varchar not null,
    fetched_at timestamptz not null,
    http_status smallint,
    content_type varchar,
    charset varchar,
    body_bytes bigint not null,
    warc_file varchar,
    warc_offset bigint,
    run_id varchar not null
);

comment on table documents is 'One row per distinct body ever received, error pages too; the same bytes twice are one row.';
comment on column documents.document_sha256 is 'sha256 of the body with content encodings undone.';
comment on column documents.url is 'Address asked, the first time these bytes came; for a file its file: URL.';
comment on column documents.final_url is 'Address that answered, after redirects.';
comment on column documents.fetched_at is 'When the bytes were first received.';
comment on column documents.http_status is 'Status of the answer; null: a file, never an HTTP answer.';
comment on column documents.content_type is 'Content-Type as sent; null: none.';
comment on column documents.charset is 'Charset the text was read with; null: the body was not read.';
comment on column documents.body_bytes is 'Length of the body in bytes.';
comment on column documents.warc_file is 'Path below raw/ of the WARC that keeps the bytes; null: they are kept elsewhere (an ingested file).';
comment on column documents.warc_offset is 'Byte at which the record begins in warc_file; null with it.';
comment on column documents.run_id is 'The run that received it.';

create table articles (
    article_id varchar not null,
    url varchar not null,
    canonical_url varchar not null,
    source varchar not null,
    title varchar,
    standfirst varchar,
    authors varchar[] not null,
    published_at timestamptz,
    published_at_from varchar,
    modified_at timestamptz,
    first_seen_at timestamptz not null,
    loaded_at timestamptz not null,
    load_seq bigint not null,
    language varchar,
    language_score double,
    text varchar not null,
    text_from varchar not null check (text_from in ('page', 'json-ld', 'feed', 'file')),
    text_sha256 varchar not null,
    word_count bigint not null,
    is_truncated boolean not null,
    is_paywalled boolean not null,
    repaired varchar[] not null,
    revision integer not null,
    story_id varchar,
    document_sha256 varchar not null,
    extractor varchar not null,
    extractor_version varchar not null,
    run_id varchar not null,
    entry_id varchar not null
);

comment on table articles is 'One row per canonical URL: the current revision of its text and metadata.';
comment on column articles.article_id is 'Derived from the canonical URL; stable across runs.';
comment on column articles.url is 'Address that answered.';
comment on column articles.canonical_url is 'Publisher''s canonical address where it is believable, else url.';
comment on column articles.source is 'Publisher: a registrable domain, or what the watchlist says.';
comment on column articles.title is 'Title; null: none was found.';
comment on column articles.standfirst is 'Summary under the title; null: none was found.';
comment on column articles.authors is 'Names in order; empty: none was found.';
comment on column articles.published_at is 'Publisher''s claim, may be wrong or in the future; null: none was found. Not when it became known: see first_seen_at.';
comment on column articles.published_at_from is 'Which witness gave published_at: json-ld, meta, feed, url, time, text or htmldate; null without a date.';
comment on column articles.modified_at is 'Publisher''s claim of its last change; null: none.';
comment on column articles.first_seen_at is 'When newsdesk first saw the entry that led here.';
comment on column articles.loaded_at is 'When the row became part of the warehouse; an edit leaves it.';
comment on column articles.load_seq is 'Grows with every article loaded; an edit leaves it.';
comment on column articles.language is 'ISO 639-1; null: could not be told.';
comment on column articles.language_score is 'Confidence 0 to 1; null with language.';
comment on column articles.text is 'Clean text, paragraphs joined by one newline; offsets of evidence count its code points from 0.';
comment on column articles.text_from is 'Which witness gave the text: page, json-ld, feed or file.';
comment on column articles.text_sha256 is 'sha256 of the text as UTF-8.';
comment on column articles.word_count is 'Words in the text.';
comment on column articles.is_truncated is 'True where the text is known to be only the beginning.';
comment on column articles.is_paywalled is 'True where the publisher says the article is not free.';
comment on column articles.repaired is 'Names of the repairs that changed something, in order; empty: none.';
comment on column articles.revision is 'Number of the current revision, from 1.';
comment on column articles.story_id is 'The story it belongs to; null: not assigned, then it stands for itself.';
comment on column articles.document_sha256 is 'The document the current text was read from.';
comment on column articles.extractor is 'What read it.';
comment on column articles.extractor_version is 'Version of what read it.';
comment on column articles.run_id is 'The run that loaded the current revision.';
comment on column articles.entry_id is 'The entry that first led here; its outcome is stored.';

create table revisions (
    article_id varchar not null,
    revision integer not null,
    seen_at timestamptz not null,
    change varchar not null check (change in ('first', 'edited by publisher', 're-extracted')),
    title varchar,
    text varchar not null,
    text_sha256 varchar not null,
    added_chars bigint not null,
    removed_chars bigint not null,
    extractor_version varchar not null,
    document_sha256 varchar not null
);

comment on table revisions is 'One row per text an article has had; the highest revision is the one in articles.';
comment on column revisions.article_id is 'The article; see articles.';
comment on column revisions.revision is 'From 1, in the order seen.';
comment on column revisions.seen_at is 'When the document with this text was received.';
comment on column revisions.change is 'first, edited by publisher, or re-extracted (the same page read anew by another extractor).';
comment on column revisions.title is 'Title of this revision; null: none.';
comment on column revisions.text is 'Text of this revision.';
comment on column revisions.text_sha256 is 'sha256 of the text as UTF-8.';
comment on column revisions.added_chars is 'Code points that the revision before did not have; for the first, all.';
comment on column revisions.removed_chars is 'Code points of the revision before that are gone; for the first, 0.';
comment on column revisions.extractor_version is 'Version of what read it.';
comment on column revisions.document_sha256 is 'The document it was read from.';

create table removals (
    article_id varchar not null,
    revision integer not null,
    ordinal integer not null,
    kind varchar not null check (
        kind in (
            'comment', 'comment_form', 'byline', 'caption', 'pull_quote', 'related', 'newsletter',
            'subscription', 'consent', 'share', 'repeated_on_site', 'other'
        )
    ),
    text varchar not null,
    rule varchar not null
);

comment on table removals is 'One row per block that was stripped from a page, so that stripping can be checked and undone.';
comment on column removals.article_id is 'The article; see articles.';
comment on column removals.revision is 'The revision it was stripped from.';
comment on column removals.ordinal is 'Order on the page, from 1.';
comment on column removals.kind is 'comment, comment_form, byline, caption, pull_quote, related, newsletter, subscription, consent, share, repeated_on_site or other.';
comment on column removals.text is 'What was stripped.';
comment on column removals.rule is 'Name of the rule that stripped it.';
