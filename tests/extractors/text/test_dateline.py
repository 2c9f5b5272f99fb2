"""Where the head of a page names no day, the one beside the headline is believed, not one of another text."""

from datetime import UTC, datetime

import pytest

from extractors.model import Hints
from extractors.text.metadata import Metadata, read_metadata
from extractors.text.page import parse_page

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
HEADING = "<h1>The council votes for a seawall</h1>"
TEXT = "<p>The council of Port Ellery voted on 3 March 2019 for a seawall, as it had said it would every year.</p>"


def about(body: str, *, head: str = "", url: str = "https://ellery.example/seawall") -> Metadata:
    page = parse_page(f"<html lang='en'><head>{head}</head><body>{body}{TEXT}</body></html>", url=url)
    return read_metadata(page, final_url=url, hints=Hints(), now=NOW)


def day(found: Metadata) -> tuple[str | None, str | None]:
    return found.published_at.isoformat()[:16] if found.published_at else None, found.published_at_from


@pytest.mark.parametrize(
    "body",
    [
        f"{HEADING}<p>By Ann Lee | 31 October 2025</p>",
        f"<p>October 31, 2025 - 11 minutes</p>{HEADING}",
        f"{HEADING}<div><span>von annlee</span> · <span class='published'>31. Oktober 2025</span></div>",
        f"<time datetime='2025-12-24T09:00Z'>Ticker</time>{'<p>News</p>' * 9}{HEADING}<p>am 31.10.2025</p>",
        f"{HEADING}<p>Last updated</p><p>4 November 2025</p><p>Published 31 October 2025</p>",
        f"{HEADING}<script>var day = '2025-11-03';</script><p>31/10/2025</p>",
    ],
)
def test_the_day_beside_the_headline_is_the_articles(body: str) -> None:
    assert day(about(body)) == ("2025-10-31T00:00", "text")


def test_a_time_beside_the_headline_is_read_to_the_minute() -> None:
    ticker = "<p><time datetime='2025-12-24T09:00Z'>News</time></p>" * 9
    body = f"{ticker}{HEADING}<p><time datetime='2025-10-31T18:30+01:00'>31 October</time></p>"

    assert day(about(body)) == ("2025-10-31T17:30", "time")


def test_a_time_elsewhere_on_the_page_says_the_same_day_to_the_minute() -> None:
    ticker, own = "<time datetime='2025-12-24T09:00Z'>News</time>", "<time datetime='2025-10-31T18:30Z'></time>"
    body = f"{ticker}{own}{'<p>News</p>' * 9}{HEADING}<p>31 October 2025</p>"

    assert day(about(body)) == ("2025-10-31T18:30", "time")


def test_a_day_of_change_or_of_a_sentence_or_far_below_is_not_taken() -> None:
    for body in (
        f"{HEADING}<p>Updated 4 November 2025</p>",
        HEADING,
        f"{HEADING}{'<p>News</p>' * 12}<p>4 November 2025</p>",
    ):
        assert day(about(body))[0] != "2025-11-04T00:00" or day(about(body))[1] == "htmldate"


def test_the_address_is_believed_before_another_day_beside_the_headline() -> None:
    found = about(f"{HEADING}<p>4 November 2025</p>", url="https://ellery.example/2025/10/31/seawall")

    assert day(found) == ("2025-10-31T00:00", "url")


def test_what_the_head_of_the_page_claims_is_believed_first() -> None:
    head = '<meta property="article:published_time" content="2025-10-30T08:00Z">'

    assert day(about(f"{HEADING}<p>31 October 2025</p>", head=head)) == ("2025-10-30T08:00", "meta")
