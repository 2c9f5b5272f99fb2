-- One row per entry that is not stored, newest first.
create or replace view missing as
select
    entries.entry_id,
    feeds.source,
    entries.title,
    entries.url,
    entries.outcome,
    case entries.outcome
        when 'pending' then case
            when entries.attempt_count = 0 then 'Not fetched yet'
            else 'Tried ' || case when entries.attempt_count = 1 then 'once' else entries.attempt_count || ' times' end
                || ', to be tried again ' || coalesce(strftime(entries.next_attempt_at, 'after %Y-%m-%d %H:%M UTC'), 'at the next run')
        end
        when 'duplicate' then 'Its article is held'
        when 'unchanged' then 'Its page was looked at again, the text is the one held'
        when 'too_short' then 'Less text than an article has'
        when 'not_article' then 'The page is not an article'
        when 'paywalled' then 'The publisher gives only a teaser without payment'
        when 'blocked' then 'The server refused us, or showed a wall'
        when 'gone' then 'The page is not there any more'
        when 'unsupported' then 'Nothing that can be read as text'
        when 'failed' then 'It could not be fetched or read'
    end
        || coalesce(': ' || entries.outcome_reason, '') as reason,
    entries.published_at,
    entries.first_seen_at,
    entries.outcome_at,
    entries.attempt_count,
    entries.article_id,
    entries.feed_id
from entries
join feeds using (feed_id)
where entries.outcome <> 'stored'
order by entries.first_seen_at desc, entries.entry_id;

comment on view missing is 'One row per entry that is not stored, newest first: which, and why, in words.';
comment on column missing.entry_id is 'The entry; see entries.';
comment on column missing.source is 'Publisher.';
comment on column missing.title is 'Title in the feed; null: none.';
comment on column missing.url is 'Link as given.';
comment on column missing.outcome is 'What became of it, as in entries.';
comment on column missing.reason is 'Why, in words.';
comment on column missing.published_at is 'Publisher''s claim; null: none.';
comment on column missing.first_seen_at is 'When it was first seen.';
comment on column missing.outcome_at is 'When the last attempt ended; null: not tried yet.';
comment on column missing.attempt_count is 'How many times it was tried.';
comment on column missing.article_id is 'The article held through another entry; null: none.';
comment on column missing.feed_id is 'The feed that listed it; see feeds.';
