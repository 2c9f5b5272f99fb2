"""What is held beside what is read today: what counts as lost, what is left to another command, what is shown."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from extractors.identity import article_id, sha256_hex
from extractors.model import Document, Hints, Outcome, Reading, WatchedTopic
from extractors.reading import read
from flows.comparison import ALL_SOURCES, Difference, Effect, Tally, compare, examples, losses, new_article, settled

TOPICS = (WatchedTopic(topic_id="deepseek", title="DeepSeek", query="deepseek", query_version="v1"),)
NOW = datetime(2026, 1, 5, tzinfo=UTC)
WORDS = (
    "The council of Port Ellery has bought a small model from DeepSeek and runs it in the harbour office, for $5.6m.\n"
    "Nobody there had expected it to answer letters about mooring fees, but it does, in three languages.\n"
    "“It has saved me two days a week,” said Ann Ash, the harbour master, who still reads every letter.\n"
)


def reading_of(text: str, **changes: Any) -> Reading:
    document = Document(
        sha256=sha256_hex(text),
        url="https://harbour.example/1",
        final_url="https://harbour.example/1",
        fetched_at=NOW,
        content_type="text/plain",
        body=text.encode(),
    )
    return replace(read(document, hints=Hints(), topics=TOPICS, now=NOW), **changes)


def test_the_same_reading_by_another_version_is_the_same() -> None:
    held = reading_of(WORDS)
    assert held.article
    today = replace(held, article=replace(held.article, extractor_version="9"))

    assert compare(held, today).effect is Effect.SAME


def test_what_only_moved_is_neither_lost_nor_gained() -> None:
    held, today = reading_of(WORDS), reading_of(f"The harbour office writes letters now, all of them.\n{WORDS}")
    assert held.figures
    assert held.quotes

    counts = compare(held, today).counts

    assert counts["mentions_before"] == counts["figures_before"] == counts["quotes_before"] == 1
    for name in ("mentions", "figures", "quotes"):
        assert (counts[f"{name}_lost"], counts[f"{name}_gained"]) == (0, 0)


def test_a_text_that_is_no_article_any_more_is_lost_whole() -> None:
    held = reading_of(WORDS)
    today = Reading(document_sha256=held.document_sha256, outcome=Outcome.FAILED, reason="it broke")
    assert held.article

    difference = compare(held, today)

    assert difference.counts["removed_chars"] == difference.counts["before_chars"] == len(held.article.text)
    assert difference.counts["mentions_lost"] == 1
    assert difference.came == ("failed: it broke",)


def test_an_article_keeps_the_address_under_which_it_is_known() -> None:
    held = reading_of(WORDS)
    assert held.article
    moved = replace(held.article, article_id=article_id("elsewhere"), canonical_url="https://elsewhere.example/")

    today, counts = settled(replace(held, article=moved), held, topics=TOPICS)

    assert today.article == held.article
    assert counts["moved_count"] == 1
    assert compare(held, today).effect is Effect.SAME


@pytest.mark.parametrize(
    ("text_held", "is_left"), [(WORDS, True), (WORDS.replace("DeepSeek", "somebody"), False)], ids=["query", "text"]
)
def test_a_topic_that_the_held_text_names_too_is_the_find_of_its_query(*, text_held: str, is_left: bool) -> None:
    held = reading_of(text_held, coverage=(), mentions=())

    today, counts = settled(reading_of(WORDS), held, topics=TOPICS)

    assert (today.coverage == (), today.mentions == (), bool(counts["unapplied_count"])) == (is_left,) * 3


def tally(documents: int, **counts: int) -> Tally:
    found = Tally()
    found.counts.update({"document_count": documents, "before_chars": 1_000 * documents, **counts})
    return found


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"removed_chars": 500}, []),
        ({"removed_chars": 501}, [("a.example", "characters"), (ALL_SOURCES, "characters")]),
        ({"mentions_before": 20, "mentions_lost": 2}, [("a.example", "mentions"), (ALL_SOURCES, "mentions")]),
        ({"mentions_before": 19, "mentions_lost": 2}, [(ALL_SOURCES, "mentions")]),
    ],
)
def test_a_loss_is_refused_from_the_share_on_where_there_is_enough_to_judge(
    counts: dict[str, int], expected: list[tuple[str, str]]
) -> None:
    found = losses({"a.example": tally(10, **counts)}, allowed_pct=5)

    assert [(loss.source, loss.what) for loss in found] == expected


def test_small_sources_are_judged_together() -> None:
    small = {f"s{number}.example": tally(1, removed_chars=60) for number in range(30)}

    assert [loss.source for loss in losses(small, allowed_pct=5)] == [ALL_SOURCES]
    assert losses(small | {"large.example": tally(100)}, allowed_pct=5) == []


def test_ten_examples_at_most_and_three_of_one_source() -> None:
    found: dict[str, Tally] = {}
    for number in range(40):
        example = Difference(
            url=f"https://s{number % 5}.example/{number}",
            source=f"s{number % 5}.example",
            effect=Effect.TEXT,
            counts=tally(1, removed_chars=number).counts,
        )
        found.setdefault(example.source, Tally()).add(example)

    shown = examples(found)

    assert [example.counts["removed_chars"] for example in shown] == list(range(39, 29, -1))
    found = {"s4.example": found["s4.example"]}
    assert [example.counts["removed_chars"] for example in examples(found)] == [39, 34, 29]


def test_a_new_article_loses_nothing_of_its_source() -> None:
    found = Tally()
    found.add(new_article(reading_of(WORDS)))

    assert losses({"harbour.example": found}, allowed_pct=0) == []
    assert found.counts["document_count"] == 0
