"""The briefing as text: what is escaped, what the policy allows, what the charts are told."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html as parser

from flows.report.charts import coverage_chart, figures_chart, spread_chart
from flows.report.measures import measures, near_amounts
from flows.report.page import claim, page
from flows.report.showing import table
from flows.report.wording import address, day, hours, instant, step
from flows.report.writing import Written, file_name
from tests.flows.made_briefing import HOSTILE, UNTIL, article, figure, made, nothing


def written(*briefings: object) -> str:
    return page(briefings or (made(),), made_at=UNTIL, version="9.9")  # type: ignore[arg-type]


def test_a_hostile_title_is_text_wherever_it_stands() -> None:
    tree = parser.fromstring(written())

    assert tree.xpath("//img") == []
    assert len(tree.xpath("//script")) == 3
    assert HOSTILE[:60] in tree.xpath("string(//*[@id='t0-a0000'])")


def test_the_data_in_the_page_hold_nothing_that_ends_a_script() -> None:
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', written(), re.DOTALL)

    assert data
    assert not set("<>&\u2028\u2029") & set(data[1])
    assert json.loads(data[1])["topics"][0]["figures"][0]["sentence"].endswith(HOSTILE)


def test_the_policy_allows_the_scripts_of_the_page_by_their_hashes_and_no_request() -> None:
    text = written()
    policy = parser.fromstring(text).xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)

    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert len(scripts) == 2
    for script in scripts:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy


def test_only_a_web_address_becomes_a_link() -> None:
    links = parser.fromstring(written()).xpath("//a/@href")

    assert "https://one.example/0?a=1&b=\"'" in links
    assert not [link for link in links if not link.startswith(("https://", "#"))]
    assert address("JavaScript:alert(1)") is None
    assert address("HTTPS://a.example") == "HTTPS://a.example"


def test_the_page_names_no_other_place_in_what_it_loads() -> None:
    tree = parser.fromstring(written())

    assert tree.xpath("//link | //iframe | //object | //*[@src]") == []
    assert "url(" not in tree.xpath("string(//style)")


def test_every_claim_leads_to_the_row_of_its_article() -> None:
    tree = parser.fromstring(written())
    targets = {link.removeprefix("#") for link in tree.xpath("//a[starts-with(@href, '#t0-a')]/@href")} - {
        "t0-articles"
    }

    assert {"t0-a0000", "t0-a0001"} <= targets
    assert targets <= set(tree.xpath("//@id"))
    for row in tree.xpath("//tr[@data-amount] | //*[@data-of]"):
        assert row.xpath(".//code")
        assert row.xpath(".//a[contains(@href, '#t0-')]")


def test_ids_are_unique_also_where_two_topics_have_one_article() -> None:
    ids = parser.fromstring(written(made(), made(topic_id="chips"))).xpath("//@id")

    assert len(ids) == len(set(ids))


def test_headings_go_down_one_level_at_a_time() -> None:
    levels = [int(heading.tag[1]) for heading in parser.fromstring(written()).xpath("//h1 | //h2 | //h3 | //h4")]

    assert levels[0] == 1
    assert all(later - before <= 1 for before, later in pairwise(levels))


def test_a_topic_without_coverage_says_so_and_draws_nothing() -> None:
    tree = parser.fromstring(written(nothing()))

    assert "No article covers this topic in this period." in tree.text_content()
    assert tree.xpath("//*[@data-chart]") == []


def test_articles_that_the_list_leaves_out_are_in_the_chart() -> None:
    whole = made(articles=5)
    cut = replace(whole, articles=whole.articles[:2])
    data = re.search(r'id="data">(.*?)</script>', written(cut), re.DOTALL)

    assert data
    assert sum(row["count"] for row in json.loads(data[1])["topics"][0]["unlisted"]) == 3


def test_charts_hold_no_data_and_name_no_address() -> None:
    for chart in (coverage_chart("day"), coverage_chart("month"), spread_chart(), figures_chart()):
        assert chart["data"] == {"name": "rows"}
        assert "http" not in json.dumps(chart)
        assert json.loads(json.dumps(chart)) == chart


def test_measures_keep_kinds_and_units_apart() -> None:
    dollars = [figure(article(0, title="a"), 5e6), figure(article(1, title="b"), 6e6)]
    euros = [{**row, "currency": "EUR"} for row in dollars]
    alone = {**dollars[0], "kind": "percent", "unit": "%", "currency": None}

    found = measures([*dollars, *euros, alone])

    assert [(measure.label, len(measure.rows)) for measure in found] == [("money in EUR", 2), ("money in USD", 2)]


@pytest.mark.parametrize(
    ("values", "near"),
    [([5.0, 5.58, 5.6], [(5.0, 5.6)]), ([5.0, 9.0], []), ([5.0, 5.0], []), ([-5.0, 0.0, 5.0], [])],
)
def test_close_amounts_are_found_where_publishers_differ(values: list[float], near: list[tuple[float, float]]) -> None:
    rows = [figure(article(number, title="a"), value) for number, value in enumerate(values)]

    found = near_amounts(measures(rows))

    assert [(group.low["value"], group.high["value"]) for group in found] == near


def test_close_amounts_of_one_publisher_are_no_disagreement() -> None:
    assert near_amounts(measures([figure(article(0, title="a"), value) for value in (5.0, 5.5)])) == []


def test_a_claim_says_what_the_text_says_of_it() -> None:
    row = {"is_approximate": True, "comparison": ">", "raw": "$5.6m"}

    assert claim(row) == "more than about $5.6m"


def test_instants_name_the_day_and_utc() -> None:
    assert instant(datetime(2026, 1, 5, 1, 30, tzinfo=timezone(timedelta(hours=2)))) == "Sun 4 Jan 2026, 23:30 UTC"
    assert instant(datetime(2026, 1, 5, 0, 0, tzinfo=timezone(timedelta()))) == "Mon 5 Jan 2026"
    assert day(date(2026, 12, 31)) == "Thu 31 Dec 2026"
    assert [step(date(2026, 1, 5), size) for size in ("day", "week", "month")] == [
        "Mon 5 Jan 2026", "week of Mon 5 Jan 2026", "Jan 2026",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "at once"), (0.25, "15 min"), (2.5, "2.5 h"), (13, "13 h"), (49, "2 d 1 h"), (96, "4 d"), (5000, "208 d")],
)
def test_durations_are_said_as_people_say_them(value: float, words: str) -> None:
    assert hours(value) == words


def test_a_topic_gives_a_name_of_a_file_whatever_it_is_called() -> None:
    assert file_name("../a b/ü") == "---a-b-ü.html"


def test_the_page_of_a_run_names_the_files() -> None:

    told = table([Written(path=Path("/home/x.html"), byte_count=1, briefings=(made(),))])

    assert "| Deepseek | 3 | 2 | 2 | `/home/x.html` |" in told
