"""Why a topic matched, or why it just did not."""

import pytest

from extractors.errors import QueryError
from extractors.facts.explain import explain
from extractors.facts.topics import compile_topics
from extractors.model import WatchedTopic

TOPIC = WatchedTopic(
    topic_id="deepseek",
    title="DeepSeek",
    query='deepseek OR "liang wenfeng" OR (R1 AND (china OR openai)) NOT rivian',
    query_version="v",
)
COMPILED = compile_topics((TOPIC,))


def test_each_clause_says_whether_it_held() -> None:
    told = explain(COMPILED, "deepseek", title=None, text="R1 beat OpenAI. R1!")
    assert told.matched
    assert told.relevance is not None
    held = {clause.written: (clause.held, clause.place_count) for clause in told.clauses}
    assert held["R1"] == (True, 2)
    assert held["china"] == (False, 0)
    assert held["deepseek OR liang wenfeng"] == (False, 0)
    assert held["rivian"] == (False, 0)
    assert [mention.raw for mention in told.mentions] == ["R1", "OpenAI", "R1"]


def test_what_excluded_the_text_is_a_not_clause_that_held() -> None:
    told = explain(COMPILED, "deepseek", title="Rivian R1", text="OpenAI inside")
    assert not told.matched
    assert told.relevance is None
    assert [(clause.role, clause.written) for clause in told.clauses if clause.role == "not" and clause.held] == [
        ("not", "rivian")
    ]


def test_near_misses_say_what_stands_there_instead() -> None:
    told = explain(
        COMPILED, "deepseek", title=None, text="DeepSeekers of R1: Liang and Wenfeng, openai.com/x www.openai.com"
    )
    misses = {miss.term: (miss.raw, miss.why) for miss in told.near_misses}
    assert misses["deepseek"] == ("DeepSeekers", "stands inside a longer word")
    assert misses["liang wenfeng"] == ("Liang and Wenfeng", "its words stand apart")


def test_a_weak_term_without_its_company_is_a_near_miss() -> None:
    told = explain(COMPILED, "deepseek", title=None, text="The new R1 is out")
    assert [(miss.raw, miss.why) for miss in told.near_misses] == [("R1", "needs also china OR openai")]


def test_what_excluded_the_text_is_a_near_miss() -> None:
    told = explain(COMPILED, "deepseek", title=None, text="DeepSeek drives a Rivian")
    assert ("Rivian", "excludes the article") in [(miss.raw, miss.why) for miss in told.near_misses]


def test_a_long_list_of_absent_names_is_one_clause() -> None:
    query = " OR ".join(f"name{number}" for number in range(500))
    topic = WatchedTopic(topic_id="names", title="", query=query, query_version="v")
    told = explain(compile_topics((topic,)), "names", title=None, text="name7 came")
    assert [clause.written[-12:] for clause in told.clauses[1:]] == ["name7", "and 487 more"]


def test_a_term_in_an_address_is_a_near_miss() -> None:
    told = explain(COMPILED, "deepseek", title=None, text="See https://deepseek.com")
    assert [(miss.raw, miss.why) for miss in told.near_misses] == [("deepseek", "stands in an address")]


def test_a_term_in_the_wrong_field_is_a_near_miss() -> None:
    topic = WatchedTopic(topic_id="t", title="", query="title:deepseek", query_version="v")
    told = explain(compile_topics((topic,)), "t", title="Shock", text="DeepSeek rises")
    assert [(miss.raw, miss.why) for miss in told.near_misses] == [("DeepSeek", "stands only in the text")]


def test_an_unknown_topic_is_named_with_those_there_are() -> None:
    with pytest.raises(QueryError, match="it has: deepseek"):
        explain(COMPILED, "nvidia", title=None, text="")
