"""Alerts of whole runs: from a feed to a webhook, with the bell that rings besides; what a person asks of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alert_desk import text_of
from desk import newsdesk_command, rows, sample_environment
from receiver import receiving
from small_site import SITE, Site, rss, served_site

from extractors.errors import ChannelError
from flows.commands import alerts
from flows.settings import Settings
from tests.flows.test_events import arrived

WATCHLIST = f"""
[topics.deepseek]
query = "deepseek"
alert = ["desk", "later"]
[[feeds]]
url = "{SITE}/feed.rss"
[alerts.desk]
url = "env:DESK_URL"
when = "new story"
[alerts.later]
url = "env:OTHER_URL"
when = "digest 08:00 Europe/London"
"""

CYCLE = """
from flows.collect import collect
from flows.poll import poll
from flows.settings import Settings
poll(Settings(), only_due=False)
collect(Settings())
"""


def put(site: Site, *numbers: int) -> None:
    """Have the feed list a page for each of *numbers*."""
    for number in numbers:
        paragraphs = "".join(f"<p>{line}</p>" for line in text_of(number).splitlines())
        site.put(f"page{number}", f"<html><title>Page {number}</title><article>{paragraphs}</article></html>")
    site.put("feed.rss", rss(*((f"page{number}", 1.0) for number in numbers)))


@pytest.mark.slow
def test_what_a_feed_brings_is_told_by_the_run_that_collects_it(tmp_path: Path, prefect_server: str) -> None:
    with served_site(tmp_path) as site, receiving() as receiver:
        site.watch(WATCHLIST)
        environment = (
            os.environ
            | sample_environment(site.settings.home, site.newsroom)
            | {
                "NEWSDESK_WATCHLIST": str(site.settings.watchlist),
                "PREFECT_API_URL": prefect_server,
                "DESK_URL": receiver.url,
            }
        )

        def run(*command: str) -> str:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout

        put(site, 1)
        first = json.loads(run(*newsdesk_command("run", "--json")))
        assert receiver.titles == ["deepseek: new story - Page 1"]
        assert (first["alerts"]["sent_count"], first["alerts"]["decided_count"]) == (1, 2)
        assert first["alerts"]["held"] == "1 held until 08:00 Europe/London"

        put(site, 1, 2, 3)
        environment["NEWSDESK_DISPATCH"] = "event"
        run(sys.executable, "-c", CYCLE)
        assert sorted(receiver.titles[1:]) == ["deepseek: new story - Page 2", "deepseek: new story - Page 3"]
        assert rows(site.settings.home, "select count(*) from alerts where outcome = 'sent'") == [(3,)], (
            "published, too"
        )

    ((stories, last),) = rows(
        site.settings.home, "select list(story_id order by load_seq), max(load_seq) from articles"
    )
    assert isinstance(stories, list)
    (bell,) = arrived(prefect_server, "newsdesk.coverage.new", article_count=2, load_seq=last)
    assert bell == {"topic_id": "deepseek", "story_ids": bell["story_ids"], "article_count": 2, "load_seq": last}
    assert set(stories[1:]) == set(bell["story_ids"])  # type: ignore[call-overload]


@pytest.fixture
def settings(home: Path, tmp_path: Path) -> Settings:
    watchlist = tmp_path / "watchlist.toml"
    watchlist.write_text(WATCHLIST)
    return Settings(home=home, watchlist=watchlist)


def test_a_test_message_goes_to_the_channel_and_what_came_back_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with receiving() as receiver:
        monkeypatch.setenv("DESK_URL", receiver.url)
        alerts.test_alert(settings, "desk")
        assert capsys.readouterr().out == "JSON took a test message of rule desk\n"
        assert receiver.titles == ["newsdesk: test of desk"]
        receiver.failures = 1
        with pytest.raises(ChannelError, match="503"):
            alerts.test_alert(settings, "desk")
    with pytest.raises(ChannelError, match="OTHER_URL is not set"):
        alerts.test_alert(settings, "later")
    with pytest.raises(ChannelError, match="no such rule; it has desk, later"):
        alerts.test_alert(settings, "dsek")


def test_a_list_says_what_waits_and_what_was_sent(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    from flows.collecting import now, open_writer
    from warehouse.snapshot import publish

    with open_writer(settings) as con:
        con.execute(
            """
            insert into alerts by name
            select
                'a' || outcome as alert_id, 'desk' as rule, 'new story' as kind, 'deepseek' as topic_id,
                'Headline' as headline, 'why' as reason, timestamptz '2026-01-05 06:00:00Z' as created_at,
                created_at as due_at, alert_id as message_id, 1 as attempt_count, outcome,
                if(outcome = 'sent', created_at, null) as sent_at, if(outcome = 'sent', 'Slack', null) as channel,
                if(outcome = 'sent', null, 'error=503') as error
            from (values ('sent'), ('failed'), ('pending')) as outcomes (outcome)
            """
        )
    publish(settings.home, now=now())

    alerts.list_alerts(settings, limit=10, as_json=False)
    shown = capsys.readouterr().out
    alerts.list_alerts(settings, limit=1, as_json=True)
    (first,) = json.loads(capsys.readouterr().out)

    assert "sent 2026-01-05 06:00 (Slack)" in shown
    assert "failed: error=503" in shown
    assert "waits until 2026-01-05 06:00 UTC; last: error=503" in shown
    assert (first["alert_id"], first["outcome"]) == ("apending", "pending")
