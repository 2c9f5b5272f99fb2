-- What hosts ask of us, kept from run to run.

create table hosts (
    host varchar primary key,
    robots_asked_at timestamptz,
    robots_http_status smallint,
    robots_text varchar,
    robots_error varchar,
    crawl_delay_seconds double not null,
    hold_until timestamptz
);

comment on table hosts is 'One row per host whose robots.txt was asked for, or that asked to be left alone for a while.';
comment on column hosts.host is 'Lower case, without port; with NEWSDESK_HOLD_SCOPE url or domain, also the address or domain that a hold is for.';
comment on column hosts.robots_asked_at is 'When its robots.txt was last asked for; asked again after 24 hours, or after 10 minutes where it could not be had. Null: not yet.';
comment on column hosts.robots_http_status is 'Status of that answer; null: there was none.';
comment on column hosts.robots_text is 'The rules that hold, cut at 500 KiB; null: there is no such file, or it was never had.';
comment on column hosts.robots_error is 'Why it could not be had, in words; rules known from before stay, without any the host is left alone. Null: it was answered.';
comment on column hosts.crawl_delay_seconds is 'Seconds between two requests that the rules ask of us, at most 120; 0: none.';
comment on column hosts.hold_until is 'A 429 or 503 with Retry-After asked not to be asked before this instant; null: never did.';
