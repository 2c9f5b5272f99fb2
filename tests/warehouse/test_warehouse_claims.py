"""What analysts ask of claims: which amounts stand side by side, who had one first, who said what."""

from dataclasses import replace

import pytest

from tests.warehouse.newsroom import CLAIMS, Newsroom, Warehouse
from warehouse.asked_again import finish
from warehouse.coverage import sync_topics

R1_COST = "DeepSeek says that R1 cost $5.6m."
REPEATED = "R1 took $5.6m."
DISPUTED = "“Not R1 for $5m,” said Ann Ash."
UNSIGNED = "Somebody said: “Who?”"


@pytest.fixture
def desk(warehouse: Warehouse, room: Newsroom) -> Warehouse:
    """Return a warehouse in which three publishers name an amount; the second to be loaded had it first."""
    texts = (R1_COST, REPEATED, DISPUTED, UNSIGNED)
    warehouse.loaded(
        *(room.collected(entry, text=text) for entry, text in zip(warehouse.found(len(texts)), texts, strict=True))
    )
    for number, source in enumerate(("daily.example", "wire.example", "late.example"), start=1):
        warehouse.con.execute("update articles set source = ? where load_seq = ?", [source, number])
    warehouse.con.execute("update articles set published_at = ? where load_seq = 2", [room.later(-5)])
    return warehouse


def test_amounts_stand_side_by_side_with_who_had_each_first(desk: Warehouse, room: Newsroom) -> None:
    rows = desk.rows(
        "select subject, value, raw, source, first_source, first_at, has_mention from figures_compared(?)", "DeepSEEK"
    )

    assert rows == [
        ("DeepSeek", 5.6e6, "$5.6m", "daily.example", "wire.example", room.later(-5), True),
        ("R1", 5.0e6, "$5m", "late.example", "late.example", room.now, False),
        ("R1", 5.6e6, "$5.6m", "wire.example", "wire.example", room.later(-5), False),
    ]  # fmt: skip


def test_another_subject_with_the_same_amount_is_another_claim(warehouse: Warehouse, room: Newsroom) -> None:
    early, late = warehouse.found(2)
    warehouse.loaded(room.collected(early, text="OpenAI paid $9m."), room.collected(late, text="R1 took $9m."))

    assert warehouse.rows("select subject, url = ? from figures_compared('deepseek')", late.url) == [
        ("OpenAI", False), ("R1", True),
    ]  # fmt: skip
    warehouse.con.execute("update articles set source = url")
    assert warehouse.value("select bool_and(first_source = source) from figures_compared('deepseek')") is True


def test_a_conversion_is_no_claim(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.loaded(*(room.collected(entry, text=CLAIMS) for entry in warehouse.found(1)))

    assert warehouse.rows("select raw from figures_compared('deepseek')") == [("$5.6m",), ("$600m",)]
    assert warehouse.value("select count(*) from figures") == 3


def test_figures_of_articles_that_do_not_cover_the_topic_are_left_out(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.loaded(*(room.collected(entry, text="R1 took $9m.", title="Quiet") for entry in warehouse.found(1)))

    assert warehouse.rows("from figures_compared('deepseek')") == []


def test_the_claims_of_a_changed_query_stay_until_it_is_asked_and_stand_once(
    warehouse: Warehouse, room: Newsroom
) -> None:
    """Two articles, covered by the old query; the new one finds the first of them only."""
    warehouse.loaded(*(room.collected(entry, text=f"{R1_COST} {entry.url}") for entry in warehouse.found(2)))
    changed = replace(room.topic, query="x", query_version="v2")
    sync_topics(warehouse.con, [changed], now=room.later())

    assert warehouse.value("select count(*) from figures_compared('deepseek')") == 2

    warehouse.con.execute(
        "insert into coverage select * replace ('v2' as query_version) from coverage order by article_id limit 1"
    )
    assert warehouse.value("select count(*) from figures_compared('deepseek')") == 2

    finish(warehouse.con, [changed], now=room.later(2))
    assert warehouse.value("select count(*) from figures_compared('deepseek')") == 1


def test_only_the_current_revision_is_compared_and_quoted(warehouse: Warehouse, room: Newsroom) -> None:
    (entry,) = warehouse.found(1)
    warehouse.loaded(room.collected(entry, text=CLAIMS))
    warehouse.loaded(room.collected(entry, text="DeepSeek paid $6m. “No,” said Ann Ash.", at=room.later()))

    assert warehouse.rows("select raw from figures_compared('deepseek')") == [("$6m",)]
    assert warehouse.rows("select text from quotes_by_speaker") == [("“No,”",)]


def test_the_very_same_text_counts_once_for_the_earliest_unless_copies_are_asked_for(
    warehouse: Warehouse, room: Newsroom
) -> None:
    copy, original = warehouse.found(2)
    warehouse.loaded(*(room.collected(entry, text=CLAIMS) for entry in (copy, original)))
    warehouse.con.execute("update articles set published_at = ? where url = ?", [room.later(-1), original.url])

    assert warehouse.rows("select distinct url from figures_compared('deepseek')") == [(original.url,)]
    assert warehouse.value("select count(*) from figures_compared('deepseek', with_copies := true)") == 4
    assert warehouse.rows("select url from quotes_by_speaker") == [(original.url,)]
    assert warehouse.value("select count(*) from quotes_by_speaker(with_copies := true)") == 2


def test_a_story_shows_each_claim_and_quote_once_and_what_its_update_adds(warehouse: Warehouse, room: Newsroom) -> None:
    first, update, other = warehouse.found(3)
    warehouse.loaded(
        room.collected(first, text=CLAIMS),
        room.collected(update, text=f"{CLAIMS.replace('“', '“ ')} R1 took $7m. “Yes,” said Ann Ash."),
        room.collected(other, text=f"Other. {CLAIMS}"),
    )
    warehouse.con.execute("update articles set story_id = 's' where load_seq < 3")

    assert warehouse.rows("select raw, url from figures_compared('deepseek') order by url, value") == [
        ("$5.6m", first.url), ("$600m", first.url), ("$7m", update.url), ("$5.6m", other.url), ("$600m", other.url),
    ]  # fmt: skip
    assert warehouse.rows("select text, url from quotes_by_speaker order by url") == [
        ("“R1 was cheap,”", first.url), ("“Yes,”", update.url), ("“R1 was cheap,”", other.url),
    ]  # fmt: skip


def test_an_amount_stated_twice_in_one_article_is_no_copy(warehouse: Warehouse, room: Newsroom) -> None:
    warehouse.loaded(*(room.collected(entry, text=f"{R1_COST}\nDeepSeek: $5.6m.") for entry in warehouse.found(1)))

    assert len(warehouse.rows("from figures_compared('deepseek')")) == 2


def test_quotes_stand_by_speaker_and_those_of_nobody_are_left_out(desk: Warehouse) -> None:
    assert desk.rows("select speaker, text, cue, kind, source, sentence from quotes_by_speaker") == [
        ("Ann Ash", "“Not R1 for $5m,”", "said", "direct", "late.example", DISPUTED)
    ]
    assert desk.value("select count(*) from quotes") == 2


def test_claims_may_be_asked_for_by_the_words_of_their_sentence(desk: Warehouse) -> None:
    query = "select raw from figures_compared('deepseek', about := ?)"

    assert desk.rows(query, "COST") == [("$5.6m",)]
    assert desk.rows(query, "cost|took") == [("$5.6m",), ("$5.6m",)]
    assert desk.rows(query, "weather") == []


def test_a_claim_says_whose_words_it_is_in(desk: Warehouse) -> None:
    rows = desk.rows("select raw, said_by, is_quoted from figures_compared('deepseek') order by value, raw, said_by")

    assert rows == [
        ("$5m", "late.example", True), ("$5.6m", "daily.example", False), ("$5.6m", "wire.example", False),
    ]  # fmt: skip
    desk.con.execute("update figures set attributed_to = 'Ann Ash' where raw = '$5m'")
    assert desk.value("select said_by from figures_compared('deepseek') where is_quoted") == "Ann Ash"
