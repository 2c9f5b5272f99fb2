"""
What deserves a row in Prefect's UI: a batch of feeds, a batch of entries, a publication.

Each task is a plain function wrapped once. None is cached and no result is kept: what is known stands in the warehouse.
An empty task costs 7 to 20 ms and a task in another process fifty times that (measured with Prefect 3.8 and 3.9), so a
task is a batch, and the processes that read documents are not Prefect's.
"""

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows import sitemaps
from flows.collecting import collect_batch
from flows.looking import look_again
from flows.polling import poll_batch
from warehouse.snapshot import publish as publish_snapshot

poll_feeds = task(name="poll feeds", cache_policy=NO_CACHE, persist_result=False)(poll_batch)
poll_sitemaps = task(name="poll sitemaps", cache_policy=NO_CACHE, persist_result=False)(sitemaps.poll_sitemaps)
consult_sitemaps = task(name="consult sitemaps", cache_policy=NO_CACHE, persist_result=False)(sitemaps.consult_sitemaps)
collect_entries = task(
    name="collect entries", task_run_name="batch {number}", cache_policy=NO_CACHE, persist_result=False
)(collect_batch)
look_at_pages = task(name="look at pages again", cache_policy=NO_CACHE, persist_result=False)(look_again)
publish_tables = task(name="publish snapshot", cache_policy=NO_CACHE, persist_result=False)(publish_snapshot)
