"""What rings where a Prefect server listens: each bell once, with ids and counts only."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from desk import sample_environment
from small_site import SITE, rss, served_site

from extractors.identity import feed_id

#: Prefect's client sends events in the background and its server stores them in the background.
ARRIVAL_SECONDS = 30.0

#: A feed is an alarm once it has been watched for a day; so it is made older between the polls.
POLLS = """
from flows.collecting import open_writer
from flows.poll import poll
from flows.settings import Settings
for _ in range(3):
    poll(Settings(), only_due=False)
    with open_writer(Settings()) as con:
        con.execute("update feeds set added_at = added_at - interval 2 days")
"""


def events_of(api: str, name: str) -> list[dict[str, object]]:
    """Return the payloads of the events *name* that the server holds."""
    wanted = {"filter": {"event": {"name": [name]}, "occurred": {"since": "2000-01-01T00:00:00Z"}}}
    request = urllib.request.Request(
        f"{api}/events/filter", data=json.dumps(wanted).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return [event["payload"] for event in json.load(answer)["events"]]


def arrived(api: str, name: str, **values: object) -> list[dict[str, object]]:
    """Return the payloads that have *values*, once there is one; the server is shared, others ring there, too."""
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while True:
        found = [one for one in events_of(api, name) if all(one.get(key) == value for key, value in values.items())]
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.5)


@pytest.mark.slow
def test_a_poll_rings_for_new_entries_and_once_for_a_feed_that_fell_silent(tmp_path: Path, prefect_server: str) -> None:
    with served_site(tmp_path) as site:
        site.put("feed.rss", rss(*((f"page{day}", 24.0 * day) for day in range(9, 17))))
        site.watch(f'[topics.t]\nquery = "word"\n[[feeds]]\nurl = "{SITE}/feed.rss"\n')
        environment = (
            os.environ
            | sample_environment(site.settings.home, site.newsroom)
            | {
                "NEWSDESK_WATCHLIST": str(site.settings.watchlist),
                "NEWSDESK_DISPATCH": "event",
                "PREFECT_API_URL": prefect_server,
            }
        )
        done = subprocess.run(
            [sys.executable, "-c", POLLS], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr

    ours = feed_id(f"{SITE}/feed.rss")
    (failing,) = arrived(prefect_server, "newsdesk.feed.failing", feed_id=ours)
    (found,) = arrived(prefect_server, "newsdesk.entries.found", feed_ids=[ours], entry_count=8)
    assert failing["status"] == "silent"
    assert found.keys() == {"feed_ids", "entry_count"}
