"""Queries that cannot mean what was meant are refused, with the mend."""

import pytest

from extractors.errors import QueryError
from extractors.facts.queries import parse_query


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("deepseek AND", "ends too early"),
        ("(deepseek OR r1", "a bracket is not closed"),
        ('deepseek OR "liang', "quotation mark is not closed"),
        ("deepseek or r1", "operators stand in capitals (OR)"),
        ("deepseek OR openai china", "put the words joined by OR in brackets"),
        ("deepsek~", "fuzzy words are not supported"),
        ("/deep.*/", "regular expressions are not supported"),
        ("text:[a TO b]", "ranges are not supported"),
        ("*seek", "only at the end"),
        ("de*seek", "only at the end"),
        ("d*", "at least 2 letters"),
        ("titel:deepseek", "did you mean title:?"),
        ("NYSE:T", '"NYSE:T"'),
        ("NOT deepseek", "only excludes"),
        ("deepseek OR source:ft.com", "none of its words"),
        ("source:ft.com", "none of its words"),
        ("deepseek OR china^0", "none of its words"),
        ("deepseek^0", "none of its words"),
        ('"?!"', "no word to look for"),
        ("(" * 3000 + "deepseek" + ")" * 3000, "nested too deeply"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_with_the_mend(query: str, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(query, topic_id="deepseek")
    assert says in str(caught.value)
    assert str(caught.value).startswith("topic deepseek: ")


def test_a_list_of_ten_thousand_names_is_read() -> None:
    tree = parse_query(" OR ".join(f"name{number}" for number in range(10_000)), topic_id="names")
    assert len(getattr(tree, "parts", ())) == 10_000
