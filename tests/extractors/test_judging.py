"""What a page with enough text is: an article below long menus, or a list of links."""

from datetime import UTC, datetime

import pytest

from extractors.identity import sha256_hex
from extractors.model import Document, Hints, Outcome
from extractors.reading import read

TEXT = """\
The ferry that links the two halves of the town will run at night again from the first of June, the harbour office
said on Monday. It had stopped in the winter because its second captain retired and nobody could be found who would
steer it past midnight.

Thirty people applied when the office offered to pay for the licence, among them a baker, two teachers and a former
goalkeeper of the local club. Four of them have passed the examination, and the first will begin on the day after
the harvest festival.

For the nurses of the hospital on the northern bank it means the end of a detour of forty minutes. Several had taken
to sleeping in an empty ward before early shifts, which the hospital tolerated, and the union did not.

The council has set aside enough money for two years. After that, the treasurer said, the town will have to know
whether it wants a bridge, which has been promised before every election since she was a child.
"""
MENU = "".join(
    f"<li><a href='/topic/{number}'>Everything about topic number {number}</a></li>" for number in range(600)
)


def outcome_of(body: str) -> Outcome:
    page = f"<html><head><title>Town</title></head><body><ul>{MENU}</ul>{body}</body></html>".encode()
    url = "https://www.town.example/news/ferry"
    now = datetime(2026, 11, 22, tzinfo=UTC)
    document = Document(sha256=sha256_hex(page), url=url, final_url=url, fetched_at=now, http_status=200, body=page)
    return read(document, hints=Hints(), topics=(), now=now).outcome


def test_an_article_below_a_long_menu_is_an_article() -> None:
    assert outcome_of("<div>" + "".join(f"<p>{text}</p>" for text in TEXT.split("\n\n")) + "</div>") is Outcome.STORED


@pytest.mark.parametrize("teaser", ["The ferry runs at night again.", "A captain was found, and a night is saved."])
def test_a_list_of_teasers_below_a_long_menu_is_none(teaser: str) -> None:
    items = "".join(f"<p><a href='/news/{number}'>{teaser} {number}</a></p>" for number in range(40))
    assert outcome_of(items) is not Outcome.STORED
