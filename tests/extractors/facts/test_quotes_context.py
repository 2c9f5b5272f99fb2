"""Who speaks where the cue names nobody at its side: other languages, the sentence before, the watchlist."""

import pytest

from extractors.facts.quotes import find_quotes


def speakers(text: str, language: str) -> list[str | None]:
    return [quote.speaker for quote in find_quotes(text, language=language)]


@pytest.mark.parametrize(
    ("language", "text", "speaker"),
    [
        ("es", "Ana Torres dirige el puerto. “Vamos a abrir mañana mismo”, ha señalado.", "Ana Torres"),
        ("es", "“Es una auténtica vergüenza”. Con esas palabras describió Ana Torres el cierre.", "Ana Torres"),
        ("es", "Para Torres, el cierre es “un error muy grave de la empresa”.", "Torres"),
        ("es", "Para el instructor, los hechos tienen una “gravedad fuera de lo común”.", "el instructor"),
        ("fr", 'Pour Jeanne Martin, chercheuse à Lyon, la situation est "intenable".', "Jeanne Martin"),
        ("de", "Anna Keller sagte, der Hafen öffne bald. Der Plan sei „sehr gut und machbar“.", "Anna Keller"),
        ("de", "Im Interview antwortete Anna Keller: „Das werden wir nicht tun.“", "Anna Keller"),
        ("en", "The report forecasts a loss and says “ports will close by the summer”.", "The report"),
        ("en", "Anna Keller said the port would shut.\nIt lies idle.\n“We have no choice at all.”", "Anna Keller"),
    ],
)  # fmt: skip
def test_the_sentence_around_says_who_speaks(language: str, text: str, speaker: str) -> None:
    assert speakers(text, language) == [speaker]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“港口今年冬天不会再开放了。”某大学海洋经济研究院教授李大明说。", "李大明"),
        ("记者找到了刘小冬，她点头承认：“是的，船已经卖了。”", None),
        ("负责人刘小冬说，港口很小。她回忆称，“那年冬天我们没有船。”", "刘小冬"),
        ("3月2日，公司的官方网站发布了一条消息，介绍了情况，称“码头下周关闭，请旅客改乘火车。”", "公司的官方网站"),
        ("有旅客在论坛上抱怨：“等了三个小时，一条船也没来。”", "旅客"),
        ("在网上发表的这份报告说：“海水一年比一年高，码头必须重建。”", "这份报告"),
    ],
)  # fmt: skip
def test_chinese_clauses_say_who_speaks(text: str, speaker: str | None) -> None:
    assert speakers(text, "zh") == [speaker]


@pytest.mark.parametrize(
    "text",
    [
        "许多旅客直接称其为“海上的小小火车站”。",
        "他们认为这有助于“一带一路”的建设。",
        "标准(以下称“征求意见稿”)已经公布。",
    ],
)
def test_chinese_terms_and_names_are_no_quotes(text: str) -> None:
    assert find_quotes(text, language="zh") == ()


def test_what_a_ship_was_called_is_no_speech() -> None:
    assert find_quotes("Das Schiff hieß zuvor „Blaue Linde“ und „Nordstern“.", language="de") == ()


def test_what_was_said_impersonally_is_said_by_whom_the_sentence_before_tells_of() -> None:
    text = "Anna Keller forderte mehr Geld. „Wir brauchen es noch in diesem Jahr“, hieß es."

    assert speakers(text, "de") == ["Anna Keller"]


def test_a_straight_mark_may_be_closed_by_a_curly_one() -> None:
    (quote,) = find_quotes('Anna Keller called it "a very bad idea for us” on Monday.', language="en")

    assert quote.text == '"a very bad idea for us”'


def test_a_reference_is_no_quote() -> None:
    assert find_quotes("Prices rose again last year (see ‘The ports’ long decline’).", language="en") == ()


def test_terms_of_a_manual_are_no_quotes_however_many() -> None:
    terms = "best cheap running shoes", "how to tie laces", "shoes for wide feet", "what shoes to buy"
    text = " ".join(f"A keyword such as “{term}” is informational." for term in terms)

    assert find_quotes(text, language="en") == ()
