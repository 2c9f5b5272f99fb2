-- What was found to be wrong with the service, so that each problem is told once.

create table problems (
    problem_id varchar not null,
    kind varchar not null,
    subject varchar not null,
    words varchar not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    ended_at timestamptz
);

comment on table problems is 'One row per problem that was noticed, from the moment it was first seen until it was over; one that comes back is a new row.';
comment on column problems.problem_id is 'Derived from kind, subject and the instant it was first seen.';
comment on column problems.kind is 'not polling, no new rows, silent source, queue, old snapshot, waiting writer, failing runs, or doctor (an invariant that does not hold).';
comment on column problems.subject is 'What has the problem: a source, a flow, a check; empty where it is the whole service.';
comment on column problems.words is 'What is wrong, in words, as last seen.';
comment on column problems.first_seen_at is 'When it was first seen; it was told then, and not again.';
comment on column problems.last_seen_at is 'When it was last seen.';
comment on column problems.ended_at is 'When it was first found to be over; null: it lasts.';
