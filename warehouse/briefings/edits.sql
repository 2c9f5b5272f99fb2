-- What publishers changed in the period, in any article of the topic.
select edits.*, article_id in (select article_id from period) as is_listed
from edits
where article_id in (select article_id from told)
    and (getvariable('since') is null or seen_at >= getvariable('since')) and seen_at < getvariable('until')
order by seen_at desc, article_id, revision desc
limit 200
