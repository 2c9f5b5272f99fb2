"""What a figure is about, and according to whom."""

import pytest

from extractors.facts.figures import find_figures
from extractors.facts.topics import compile_topics, match
from extractors.facts.watched_names import watched_names
from extractors.model import Figure, WatchedTopic

QUERY = 'nordlicht OR 深度求索 OR 储能 OR "grid storage" OR "nordlicht ban"~5'
TOPICS = (WatchedTopic(topic_id="north", title="Nordlicht", query=QUERY, query_version="1"),)


def only(text: str, *, language: str = "en", watched: tuple[tuple[int, int], ...] = ()) -> Figure:
    (figure,) = find_figures(text, language=language, currency="USD", watched=watched)
    return figure


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Goldman Sachs estimates that the ports took $7 billion.", "Goldman Sachs"),
        ("Anna Keller, the head of Nordbank in Oslo, said the port took 300 ships.", "Anna Keller"),
        ("Early estimates suggest that Nordbank holds 12% of it.", "Early estimates"),
        ("The company’s annual report shows that it has 1,024 ships.", "The company’s annual report"),
        ("On May 3, Nordbank opened it, claiming that it cost $4.1m.", "Nordbank"),
        ("The fee was said to be $4.1m.", None),
        ("Nordbank paid $4.1m.", None),
    ],
)
def test_the_source_is_who_the_sentence_says_it_is(text: str, source: str | None) -> None:
    assert only(text).attributed_to == source


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("James Brown’s Nordbank is lending more than $3bn.", "Nordbank"),
        ("Anna Keller, the head of Scale Works in Oslo, said the port took 300 ships.", None),
        ("On May 3, Nordbank opened it, claiming that it cost $4.1m.", "Nordbank"),
        ("NordBank grew despite Oslo’s Sovereign Fund. The fund has 1,024 ships.", "NordBank"),
    ],
)
def test_the_subject_is_neither_the_source_nor_an_owner(text: str, subject: str | None) -> None:
    assert only(text).subject == subject


def spans(text: str, language: str) -> tuple[tuple[int, int], ...]:
    mentions, _coverage = match(compile_topics(TOPICS), title=None, text=text, source="", language=language)
    return watched_names(mentions)


def test_the_watchlist_names_what_the_text_alone_does_not_show_to_be_a_name() -> None:
    text = "深度求索的费用为120万美元。"

    assert only(text, language="zh").subject is None
    assert only(text, language="zh", watched=spans(text, "zh")).subject == "深度求索"
    begun = "Nordlicht paid $5m."
    assert only(begun).subject is None
    assert only(begun, watched=spans(begun, "en")).subject == "Nordlicht"


@pytest.mark.parametrize("text", ["Grid storage is cheap; grid storage grew 5%.", "储能增长5%。"])
def test_common_words_of_a_query_are_no_names(text: str) -> None:
    assert spans(text, "en") == ()
