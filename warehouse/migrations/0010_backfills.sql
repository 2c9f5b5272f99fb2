-- Archives that are taken in: how far, so that a killed backfill goes on where it was.

create table backfills (
    backfill_id varchar not null,
    url varchar not null,
    total_bytes bigint not null,
    question varchar not null,
    next_offset bigint not null,
    page_count bigint not null,
    unmatched_count bigint not null,
    uncovered_count bigint not null,
    outside_count bigint not null,
    revisit_count bigint not null,
    entry_count bigint not null,
    started_at timestamptz not null,
    saved_at timestamptz not null,
    ended_at timestamptz,
    run_id varchar not null
);

comment on table backfills is 'One row per WARC that was taken in (a file, or a member of a WACZ) and question put to it. Pages that did not answer the question are counted here and nowhere else: nobody asked for their addresses.';
comment on column backfills.backfill_id is 'Derived from the WARC (its place, size and time of change) and the question; stable across runs.';
comment on column backfills.url is 'The WARC as a file: URL; a member of a WACZ after #.';
comment on column backfills.total_bytes is 'Its length in bytes.';
comment on column backfills.question is 'What was looked for: all pages or those about the topics, received since and until when.';
comment on column backfills.next_offset is 'Byte at which the next run goes on; equal to total_bytes at the end.';
comment on column backfills.page_count is 'Pages so far, within the time asked for.';
comment on column backfills.unmatched_count is 'Of these, pages whose bytes showed that no topic can be found in them; they were not read.';
comment on column backfills.uncovered_count is 'Of these, pages that were read and gave no coverage, and so were not loaded.';
comment on column backfills.outside_count is 'Pages received before or after the time asked for.';
comment on column backfills.revisit_count is 'Records that say of a page that it was unchanged; its body stands elsewhere.';
comment on column backfills.entry_count is 'Pages that became entries of the ledger, with what is damaged.';
comment on column backfills.started_at is 'When it was begun.';
comment on column backfills.saved_at is 'When the last batch was loaded.';
comment on column backfills.ended_at is 'When its end was reached; null: not yet.';
comment on column backfills.run_id is 'The run that loaded the last batch.';

comment on column documents.warc_file is 'Path below raw/ of the WARC that keeps the bytes; null: they are kept elsewhere (an ingested file), or no longer, because their day is over NEWSDESK_RAW_RETENTION_DAYS ago.';
