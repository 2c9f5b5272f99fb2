"""Authors and days are compared as people would: however a list is written, in the zone in which a day is written."""

import pytest

from bench.scoring import one_holds_other, same_names, same_words
from bench.text_tools import Sample, newsdesk


@pytest.mark.parametrize(
    ("gold", "predicted", "same"),
    [
        (["Jane Doe, John Smith"], ["John Smith", "JANE DOE"], True),
        (["Jane Doe and John Smith"], ["Jane Doe", "John Smith"], True),
        (["jd/ap"], ["jd", "ap"], True),
        (["Jane Doe"], ["Jane Doe", "John Smith"], False),
        (["Jane Doe"], [], False),
        (["Jane Doe"], ["Jane"], False),
    ],
)
def test_several_people_in_one_string_are_the_same_people(gold: list[str], predicted: list[str], same: bool) -> None:  # noqa: FBT001
    assert same_names(gold, predicted) is same


@pytest.mark.parametrize(
    ("gold", "predicted", "same", "part"),
    [
        ("Markets fall – “again”", 'markets fall - "again"', True, True),
        ("Markets fall again", "Shares: Markets fall again", False, True),
        ("Markets fall again, and bonds", "Markets fall again", False, True),
        ("Markets fall again", "Stocks fall again", False, False),
        ("Markets", "Markets fall again", False, False),
        ("Markets fall again", None, False, False),
    ],
)
def test_titles_are_the_same_in_letters_and_digits_or_hold_each_other(
    gold: str,
    predicted: str | None,
    same: bool,  # noqa: FBT001
    part: bool,  # noqa: FBT001
) -> None:
    assert same_words(gold, predicted) is same
    assert one_holds_other(gold, predicted) is part


def test_a_day_counts_in_the_zone_in_which_the_page_writes_it() -> None:
    head = '<meta property="article:published_time" content="Sat, 19 Oct 2024 00:30:00 +0200">'
    body = f"<html><head>{head}</head><body><h1>Markets fall</h1><p>Text.</p></body></html>".encode()

    found = newsdesk(Sample(url="https://a.example/x", body=body, content_type="text/html", is_plain=False))

    assert found.days == {"2024-10-18", "2024-10-19"}
