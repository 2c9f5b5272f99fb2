"""Which texts are the same text: by what was done to them, and by what they only seem to share."""

import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import StoryMember, StoryPlace
from extractors.stories.comparing import compare
from extractors.stories.fingerprint import sketch
from extractors.stories.placing import place_articles
from extractors.stories.sameness import links_of
from extractors.stories.telling import Relation
from extractors.stories.words import fold

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)

PORT = """The harbour of Ostrava Bay reopened on Tuesday after engineers cleared the wreck of a grain carrier that had \
blocked its only deep channel for nineteen days. Forty-one vessels were waiting outside, and the port authority \
said that it would take until the end of the month to bring all of them in.
"We have moved the last section of the hull," said Marta Lindqvist, who leads the salvage team. "The channel is \
as deep as it was before." Divers had worked in shifts of ninety minutes, because the current leaves little time \
between the tides.
The carrier ran aground on 3 May with 28,000 tonnes of wheat on board. Two thirds of the cargo was saved and \
sold at a discount; the rest has been left to the fish. Insurers put the damage at $64 million, a figure that \
the owner disputes.
Farmers inland had to send their harvest by rail, which costs about a third more. Their association wants the \
authority to dredge a second channel, a plan that was shelved in 2011 for want of money.
The minister of transport, Paulo Reyes, called the closure a lesson. A country that sells a tenth of the \
region's grain, he told parliament, cannot depend on a ditch two hundred metres wide. He promised a study by the \
autumn, though not a budget."""

LIBRARY = """The oldest lending library of the valley will stay open on Sundays, the council decided last night after \
a debate that lasted until one in the morning. Supporters had collected nine thousand signatures within a week.
Closing it one day earlier would have saved the town 80,000 euros a year. The treasurer, Ingrid Falk, argued \
that the roof of the school was more urgent, and that readers could come on Saturdays.
Others spoke of students without a quiet room at home, and of the pensioners who read the newspapers there while \
the heating is on. "It is the only warm place that asks nothing of you," one of them said.
In the end eleven members voted for the Sundays and eight against them. The roof will be paid for by a loan, \
which the bank has offered at four percent over twelve years.
The library was founded by a bookbinder who left it his house and 312 volumes. Today it lends 140,000 books a \
year, more than any other of its size in the province."""


def places(*texts: str, order: Sequence[int] = ()) -> dict[str, StoryPlace]:
    """Place articles with *texts*, named a, b, c..., that had them in this order, whatever the order of the loading."""
    words = [fold(text) for text in texts]
    order = order or range(len(texts))
    members = [
        StoryMember(
            article_id=chr(97 + number), text_no=number, first_seen_at=NOON, had_it_at=NOON + timedelta(hours=number)
        )
        for number in order
    ]
    links = [
        link
        for place, one in enumerate(order)
        for other in order[:place]
        for link in links_of(one, other, compare(words[one], words[other]))
    ]
    return {place.article_id: place for place in place_articles(members, links).places}


def placed(text: str, *others: str) -> StoryPlace:
    """Place *text* behind *others*."""
    return places(*others, text)[chr(97 + len(others))]


def are_one(*texts: str) -> bool:
    return len({place.story_id for place in places(*texts).values()}) == 1


def swapped(text: str, share: float) -> str:
    """Replace *share* of the longer words by words of nonsense."""
    chance = random.Random(7)
    return re.sub(r"\b[a-z]{4,}\b", lambda word: word[0][::-1] if chance.random() < share else word[0], text)


COPIES = {
    "as it is": PORT,
    "with furniture": f"Share this article\nBy our staff\n{PORT}\nSign up for our newsletter\nMost read today",
    "cut to a third": PORT[: len(PORT) // 3],
    "from the middle": PORT[len(PORT) // 5 : 4 * len(PORT) // 5],
    "with comments twice its length": f"{PORT}\n"
    + "\n".join(f"Reader {n}: {line}" for n, line in enumerate(LIBRARY.split("\n") * 3)),
    "in another order": "\n".join(reversed(PORT.split("\n"))),
    "with broken quotes": PORT.replace('"', "â").replace("'", "â"),
    "with one word of ten swapped": swapped(PORT, 0.15),
    "with one word of five swapped": swapped(PORT, 0.3),
    "without a sentence": PORT.replace("Divers had worked in shifts of ninety minutes, because", "Because"),
}


@pytest.mark.parametrize("text", COPIES.values(), ids=COPIES.keys())
def test_a_text_joins_its_story_whatever_was_done_to_it(text: str) -> None:
    assert are_one(text, PORT)


@pytest.mark.parametrize("text", COPIES.values(), ids=COPIES.keys())
def test_the_original_joins_the_story_of_its_copy_when_it_comes_later(text: str) -> None:
    assert are_one(PORT, text)


@pytest.mark.parametrize("text", COPIES.values(), ids=COPIES.keys())
def test_a_copy_shares_enough_of_its_sketch_to_be_found(text: str) -> None:
    assert len(set(sketch(fold(text))) & set(sketch(fold(PORT)))) >= 2


def test_the_relation_says_what_was_done() -> None:
    assert placed(COPIES["with furniture"], PORT).relation == Relation.COPY
    assert placed(COPIES["cut to a third"], PORT).relation == Relation.EXCERPT
    assert placed(COPIES["with one word of five swapped"], PORT).relation == Relation.REWRITE
    assert placed(f"{PORT}\n{LIBRARY}", PORT).relation == Relation.UPDATE
    assert placed(LIBRARY, PORT).relation == Relation.FIRST


def test_novelty_is_the_share_of_words_that_the_story_did_not_have() -> None:
    assert placed(COPIES["in another order"], PORT).novelty == pytest.approx(0, abs=0.1)
    assert placed(f"{PORT}\n{LIBRARY}", PORT).novelty == pytest.approx(
        len(LIBRARY.split()) / len(f"{PORT} {LIBRARY}".split()), abs=0.05
    )


def test_another_report_is_a_story_of_its_own() -> None:
    assert not are_one(LIBRARY, PORT)


def test_a_report_that_reuses_a_paragraph_as_background_is_a_story_of_its_own() -> None:
    background = PORT.split("\n")[2]
    assert not are_one(f"{LIBRARY}\n{background}", PORT)


def test_two_reports_with_one_agency_paragraph_are_two_stories() -> None:
    shared = (
        "The agency reported that talks would go on for another week, and that nobody expected a result before May."
    )
    assert not are_one(f"{LIBRARY}\n{shared}", f"{PORT}\n{shared}")


def weather(place_name: str, low: int, wind: int, rain: int, rise: str) -> str:
    """Return a forecast in the wording of every other."""
    return (
        f"Forecast for {place_name}: a dry start, with showers expected later in the day. Temperatures between {low} "
        f"and {low + 9} degrees, wind from the west at {wind} kilometres an hour. The chance of rain is {rain} "
        f"percent, sunrise at {rise}. The outlook for the coming days remains mixed, the service said in its daily "
        "bulletin. Drivers should take care on higher roads."
    )


def test_one_wording_with_other_numbers_is_another_report() -> None:
    today, tomorrow = weather("Graz", 4, 22, 60, "6:41"), weather("Porto", 11, 35, 20, "7:08")
    assert not are_one(tomorrow, today)
    assert are_one(today.replace("the service", "our service"), today)


ROUND_UP = [PORT.split("\n", maxsplit=1)[0], LIBRARY.split("\n", maxsplit=1)[0], weather("Lyon", 7, 12, 40, "6:59")]


def test_a_round_up_of_three_stories_belongs_to_none_of_them() -> None:
    found = places(*ROUND_UP, "\n".join(ROUND_UP))
    assert len({place.story_id for place in found.values()}) == 4
    assert found["d"].evidence == "a round-up: it quotes several stories and belongs to none"


def test_two_copies_of_one_round_up_are_one_story() -> None:
    found = places(*ROUND_UP, "\n".join(ROUND_UP), "\n".join(["Our week", *ROUND_UP]))
    assert found["e"].story_id == found["d"].story_id
    assert len({place.story_id for place in found.values()}) == 4


def test_two_parts_are_one_story_with_the_text_that_holds_both() -> None:
    size = len(PORT)
    begin, end = PORT[: 3 * size // 5], PORT[2 * size // 5 :]
    assert not are_one(begin, end)
    assert are_one(begin, end, PORT)


def test_a_background_piece_of_one_copy_does_not_chain_another_report_to_the_story() -> None:
    excerpt = PORT[len(PORT) // 3 : 2 * len(PORT) // 3]
    report = f"{excerpt}\n{LIBRARY}"
    found = places(PORT, COPIES["with furniture"], COPIES["with broken quotes"], excerpt, report, LIBRARY)
    assert found["e"].story_id != found["a"].story_id
    assert found["f"].story_id != found["a"].story_id


@given(st.permutations(range(6)))
def test_the_order_of_the_loading_changes_nothing(order: Sequence[int]) -> None:
    texts = [PORT[: len(PORT) // 2], LIBRARY, COPIES["with furniture"], COPIES["from the middle"], LIBRARY[200:], PORT]
    assert places(*texts, order=order) == places(*texts)


@given(st.text(), st.text())
def test_shares_lie_between_nothing_and_everything(left: str, right: str) -> None:
    found = compare(fold(left), fold(right))
    for side in (found.left, found.right):
        assert 0 <= side.covered <= 1
        assert 0 <= side.likeness <= 1
    assert 0 <= found.similarity <= 1


@given(st.text(min_size=1))
def test_every_text_with_words_is_its_own_copy(text: str) -> None:
    words = fold(text)
    if words.words:
        assert compare(words, words).containment == 1
        assert len(sketch(words)) >= 1


def test_texts_without_spaces_between_words_are_compared_by_characters() -> None:
    text = (
        "港口在周二重新开放，工程师清除了堵塞唯一深水航道十九天的运粮船残骸。四十一艘船在外等候，港务局表示月底前才能全部引入。"
        * 3
    )
    other = (
        "市议会昨晚经过一直持续到凌晨一点的辩论后决定，山谷里最古老的借书馆将继续在星期天开放，支持者一周内征集了九千个签名。"
        * 3
    )
    assert are_one(text[: len(text) // 2], text)
    assert not are_one(other, text)


@pytest.mark.shared
def test_of_the_seeds_two_are_one_story(shared: Path) -> None:
    from bench.text_tools import Sample, newsdesk

    names = sorted((shared / "seeds").glob("00*.txt"))
    texts = [
        newsdesk(Sample(url=path.as_uri(), body=path.read_bytes(), content_type="text/plain", is_plain=True)).text
        for path in names
    ]
    found = places(*texts)
    assert [found[name].story_id for name in "abcde"] == ["a", "a", "c", "d", "e"]
    assert found["b"].relation == Relation.COPY


@pytest.mark.shared
def test_a_copy_with_swapped_words_joins_as_a_rewrite(shared: Path) -> None:
    spun = next((shared / "seeds").glob("004*.txt")).read_text("utf-8")
    found = placed(swapped(spun, 0.2), spun)
    assert (found.story_id, found.relation) == ("a", Relation.REWRITE)
