-- Which versions of a query were asked of everything held.

alter table topics add column backfilled_at timestamptz;

comment on column topics.backfilled_at is 'When this version had been asked of every article held (`newsdesk topics backfill`); null: articles loaded before valid_from were never asked.';
