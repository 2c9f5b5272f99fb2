"""Topics: what matches, where, how much."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.facts.topics import CompiledTopics, compile_topics, match
from extractors.model import Coverage, Mention, WatchedTopic, Zone
from extractors.watchlist import parse_watchlist

ROOT = Path(__file__).resolve().parents[3]
CONTRACT = 'deepseek OR "深度求索" OR "liang wenfeng" OR (R1 AND (china OR openai OR nvidia)) NOT "deep sea"'


def compiled(*queries: str) -> CompiledTopics:
    return compile_topics(
        tuple(
            WatchedTopic(topic_id=f"t{number}", title="", query=query, query_version="v")
            for number, query in enumerate(queries)
        )
    )


def found(
    query: str, text: str, *, title: str | None = None, source: str = "example.org", language: str | None = None
) -> tuple[tuple[Mention, ...], tuple[Coverage, ...]]:
    return match(compiled(query), title=title, text=text, source=source, language=language)


def raws(query: str, text: str) -> list[str]:
    return [mention.raw for mention in found(query, text)[0]]


@pytest.fixture(scope="module")
def starter() -> CompiledTopics:
    text = (ROOT / "watchlist.toml").read_text(encoding="utf-8")
    return compile_topics(parse_watchlist(text, path="watchlist.toml").topics)


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("deepseek", "DeepSeek’s DeepSeek-R1 by deepseek.", ["DeepSeek", "DeepSeek", "deepseek"]),
        ("deepseek", "Deepseekers seek. See https://deepseek.com/deepseek now", []),
        ("deepseek", "Ask chat.deepseek.com", ["deepseek"]),
        ("deepseek*", "DeepSeeks Modell, DeepSeekin malli", ["DeepSeeks", "DeepSeekin"]),
        ("deepseek", "ＤＥＥＰＳＥＥＫ，深度", ["ＤＥＥＰＳＥＥＫ"]),
        (
            '"liang wenfeng"',
            "Liang  Wenfeng, Liang-Wenfeng, Liang “Wenfeng”",
            ["Liang  Wenfeng", "Liang-Wenfeng", "Liang “Wenfeng"],
        ),
        ('"liang wenfeng"', "Said Liang. Wenfeng left. Liang, Wenfeng.\nLiang\nWenfeng", []),
        ('"deepseek r1"', "DeepSeek’s R1 and DeepSeek-R1", ["DeepSeek’s R1", "DeepSeek-R1"]),
        ("深度求索", "杭州深度求索公司", ["深度求索"]),
        ("ディープシーク", "新ﾃﾞｨｰﾌﾟｼｰｸ", ["ﾃﾞｨｰﾌﾟｼｰｸ"]),
        ("딥시크", "중국의 딥시크가 딥시크를", ["딥시크", "딥시크"]),
        ("дипсик*", "о ДипСике", ["ДипСике"]),
        ('"ديب سيك"', "شركة وديب سيك الصينية", ["ديب سيك"]),
        ("müller", "Mu\u0308ller und Müller", ["Mu\u0308ller", "Müller"]),
        ("$NVDA OR C++", "Buy $NVDA. Write C++!", ["$NVDA", "C++"]),
        ('"NYSE:T"', "(NYSE:T)", ["NYSE:T"]),
        ("deepseek OR deepseek-r1", "DeepSeek-R1", ["DeepSeek-R1"]),
        ("ai", "He said AI again", ["AI"]),
    ],
)
def test_terms_stand_where_a_reader_sees_them(query: str, text: str, expected: list[str]) -> None:
    assert raws(query, text) == expected


@pytest.mark.parametrize(
    ("query", "text", "matches"),
    [
        ("deepseek AND nvidia", "DeepSeek", False),
        ("deepseek AND nvidia", "DeepSeek hit Nvidia", True),
        ("deepseek nvidia", "DeepSeek alone", False),
        ("deepseek nvidia", "DeepSeek hit Nvidia", True),
        ("deepseek NOT nvidia", "DeepSeek hit Nvidia", False),
        ("deepseek OR openai NOT nvidia", "OpenAI and Nvidia", False),
        ("deepseek AND (openai OR nvidia)", "DeepSeek hit Nvidia", True),
        ("deepseek AND (NOT nvidia)", "DeepSeek hit Nvidia", False),
        ("(deepseek AND openai) OR nvidia", "Nvidia", True),
        ("+deepseek -nvidia", "DeepSeek", True),
        (CONTRACT, "R1 is a road in Wales", False),
        (CONTRACT, "R1 surprised OpenAI", True),
        (CONTRACT, "DeepSeek explores the deep sea", False),
        ('"deepseek ban"~3', "a ban on the app DeepSeek", True),
        ('"deepseek ban"~2', "a ban on the app DeepSeek", False),
        ('"deepseek ban"~9', "DeepSeek grew.\nA ban came.", False),
        ('"深度 芯片"~4', "深度求索用芯片", True),
        ('"深度 芯片"~2', "深度求索用芯片", False),
        ('"deepseek ban"~3', "DeepSeek faces one more new wide ban. DeepSeek: ban", True),
    ],
)
def test_the_tree_is_evaluated_as_written(query: str, text: str, matches: bool) -> None:  # noqa: FBT001
    assert bool(found(query, text)[1]) is matches


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("title:deepseek", True),
        ("title:nvidia", False),
        ("text:nvidia", True),
        ("text:deepseek", False),
        ("article_title:(deepseek OR nvidia)", True),
        ("nvidia AND source:ft.com", True),
        ("nvidia AND source:(bbc.co.uk OR ft.com)", True),
        ("nvidia AND source:*.com", True),
        ("nvidia NOT source:ft.com", False),
        ("nvidia AND language:en", True),
        ("nvidia AND language:de", False),
    ],
)
def test_fields_limit_where_to_look(query: str, matches: bool) -> None:  # noqa: FBT001
    _, coverage = found(query, "Nvidia fell.", title="DeepSeek rises", source="ft.com", language="en")
    assert bool(coverage) is matches


def test_an_unknown_language_holds_no_language_test() -> None:
    assert not found("nvidia AND language:en", "Nvidia fell.", language=None)[1]


def test_a_weak_term_is_a_mention_only_where_its_company_stands() -> None:
    assert raws(CONTRACT, "DeepSeek made R1.") == ["DeepSeek"]
    assert raws(CONTRACT, "DeepSeek made R1 in China.") == ["DeepSeek", "R1", "China"]


def test_company_marked_with_zero_must_stand_there_but_is_no_mention() -> None:
    assert raws("R1 AND (china OR openai)^0", "R1 shook OpenAI in China") == ["R1"]
    assert raws("R1 AND (china OR openai)^0", "R1 shook all") == []


def test_terms_under_not_are_no_mentions() -> None:
    assert raws("deepseek OR (openai NOT microsoft)", "DeepSeek, OpenAI, Microsoft") == ["DeepSeek"]


def test_near_words_are_one_mention_from_the_first_to_the_last() -> None:
    assert raws('"r1 china"~4', "In China the new R1 sells; China buys") == ["R1 sells; China"]


def test_a_mention_in_the_title_has_no_offsets_and_the_title_as_sentence() -> None:
    mentions, coverage = found("deepseek", "Nothing here.", title="The DeepSeek shock")
    assert [(m.zone, m.char_start, m.char_end, m.raw, m.sentence) for m in mentions] == [
        (Zone.TITLE, None, None, "DeepSeek", "The DeepSeek shock")
    ]
    assert (coverage[0].in_title, coverage[0].in_lede, coverage[0].first_mention_at_char) == (True, False, None)


def test_zones_and_sentences_of_the_text() -> None:
    text = "First line. DeepSeek came.\nSecond.\nThird. Then DeepSeek won! End."
    mentions, coverage = found("deepseek", text, title=None)
    assert [(m.zone, m.sentence) for m in mentions] == [
        (Zone.LEDE, "DeepSeek came."),
        (Zone.BODY, "Then DeepSeek won!"),
    ]
    assert coverage[0].mention_count == 2
    assert coverage[0].first_mention_at_char == 12


def test_topics_do_not_disturb_one_another() -> None:
    mentions, coverage = match(
        compiled("deepseek", "nvidia NOT deepseek", "deep*"),
        title=None,
        text="DeepSeek and Nvidia",
        source="",
        language=None,
    )
    assert [(m.topic_id, m.raw) for m in mentions] == [("t0", "DeepSeek"), ("t2", "DeepSeek")]
    assert [c.topic_id for c in coverage] == ["t0", "t2"]


def test_compiling_the_same_topics_again_gives_the_same_object() -> None:
    assert compiled("deepseek") is compiled("deepseek")


def test_no_topics_match_nothing() -> None:
    assert match(compile_topics(()), title="DeepSeek", text="DeepSeek", source="", language=None) == ((), ())


PIECES = st.sampled_from(
    [
        "DeepSeek", "deepseek’s", "DEEPSEEK-R1", "深度求索", "ﾃﾞｨｰﾌﾟｼｰｸ", "딥시크가", "ديب سيك", "डीपसीक", "ดีปซีก",
        "Liang", "Wenfeng", "Liang, Wenfeng", "R1", "china", "🚀", "👩🏽‍💻", "e\u0301", "İ", "ß", "ﬁ",
        "\u200d", "\u0301",
        " ", "  ", "\n", ". ", ", ", "“", "”", "'s", "a", "的", "https://deepseek.com/x",
    ]
)  # fmt: skip
EVERY = compiled(
    'deepseek* OR 深度求索 OR ディープシーク OR 딥시크 OR "ديب سيك" OR डीपसीक OR ดีปซีก OR "liang wenfeng" '
    'OR (R1 AND china) OR "deepseek china"~5',
    '"e\u0301" OR i OR ß',
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join), st.text(max_size=10))
def test_every_offset_points_at_its_words(text: str, title: str) -> None:
    mentions, coverage = match(EVERY, title=title, text=text, source="", language=None)
    for mention in mentions:
        if mention.char_start is None:
            assert mention.raw in title
        else:
            assert text[mention.char_start : mention.char_end] == mention.raw
        assert mention.raw
        assert mention.raw in mention.sentence
    assert sum(one.mention_count for one in coverage) == len(mentions)


def test_half_a_surrogate_pair_disturbs_nothing() -> None:
    assert raws("deepseek", "\ud83d DeepSeek \ude00") == ["DeepSeek"]


@given(st.text(alphabet="ab1 _-.,’'é\n深", max_size=30), st.text(alphabet="ab1", min_size=1, max_size=3))
def test_a_word_is_found_exactly_where_a_plain_search_for_whole_words_finds_it(text: str, word: str) -> None:
    plain = [found.span() for found in re.finditer(rf"(?<![ab1é_]){word}(?![ab1é_])", text)]
    mentions, _ = match(compiled(f'"{word}"'), title=None, text=text, source="", language=None)
    assert [(mention.char_start, mention.char_end) for mention in mentions] == plain


@given(st.lists(PIECES, max_size=20).map("".join))
def test_mentions_of_one_topic_stand_in_order_and_apart(text: str) -> None:
    mentions, _ = match(EVERY, title=None, text=text, source="", language=None)
    for topic_id in ("t0", "t1"):
        spans = [(m.char_start or 0, m.char_end or 0) for m in mentions if m.topic_id == topic_id]
        assert all(left[1] <= right[0] for left, right in pairwise(spans))


HEADLINES = {
    "de": "DeepSeeks neues Modell setzt Nvidia unter Druck",
    "fr": "L’effet DeepSeek fait trembler la Bourse",
    "es": "DeepSeek, la empresa china que desafía a OpenAI",
    "zh": "深度求索创始人梁文锋回应",
    "zh-Hant": "梁文鋒談人工智慧",
    "ja": "中国ディープシークの衝撃、エヌビディア株急落",
    "ko": "中 딥시크가 던진 충격",
    "ru": "Акции упали из-за ДипСика",
    "uk": "Китайський ДіпСік обвалив ринок",
    "ar": "أسهم التكنولوجيا تهوي بسبب ديب سيك",
    "fa": "هوش مصنوعی دیپ‌سیک چیست؟",
    "he": "המודל של דיפסיק מטלטל את השווקים",
    "hi": "डीपसीक ने मचाया तहलका",
    "bn": "ডিপসিক কী?",
    "ta": "டீப்சீக் என்றால் என்ன?",
    "th": "หุ้นร่วงเพราะดีปซีกของจีน",
    "fi": "DeepSeekin malli yllätti",
    "tr": "DeepSeek'in yükselişi",
    "en-founder": "Who is Liang Wenfeng?",
    "en-two-words": "China’s Deep Seek stuns rivals",
    "en-weak": "R1 matches OpenAI at a fraction of the price",
}


@pytest.mark.parametrize("headline", HEADLINES.values(), ids=HEADLINES.keys())
def test_the_starter_topic_knows_the_name_in_every_press(starter: CompiledTopics, headline: str) -> None:
    assert match(starter, title=headline, text="", source="", language=None)[1]


@pytest.mark.parametrize(
    "text",
    [
        "Deep sea mining off China seeks permits",
        "They had to dig deep, seek help from China and carry on.",
        "Rivian’s R1 uses Nvidia chips",
        "The R1 motorway is closed",
        "J’ai vu la Chine; ai miei amici, OpenAI.",
        "Sally Liang and Wenfeng Zhou of Nvidia",
    ],
)
def test_the_starter_topic_leaves_other_things_alone(starter: CompiledTopics, text: str) -> None:
    assert not match(starter, title=None, text=text, source="", language=None)[1]


def test_the_starter_topic_keeps_an_article_on_deepseek_with_a_deep_sea_cable(starter: CompiledTopics) -> None:
    assert match(
        starter, title=None, text="DeepSeek’s traffic runs through a deep-sea cable.", source="", language=None
    )[1]


@pytest.mark.shared
def test_all_five_seeds_are_covered_and_every_hit_of_the_gold_is_found(starter: CompiledTopics, shared: Path) -> None:
    gold = json.loads((shared / "seeds" / "gold.json").read_text(encoding="utf-8"))
    for seed in ("000", "001", "002", "003", "004"):
        # The repair of lost apostrophes comes before matching; both are one code point.
        text = (shared / "seeds" / gold[seed]["file"]).read_bytes().decode().replace("eekâs", "eek’s")
        mentions, coverage = match(starter, title=None, text=text, source="", language="en")
        hits = {(m.char_start, m.char_end) for m in mentions if "deep" in m.term}
        wanted = {(hit["start"], hit["end"]) for hit in gold[seed]["watch_mentions"] if not hit["in_url"]}
        if seed != "002":
            assert hits == wanted
        in_article = {(hit["start"], hit["end"]) for hit in gold[seed]["watch_mentions"] if hit["zone"] == "article"}
        assert in_article <= hits
        assert coverage[0].relevance > 0.7


@pytest.mark.shared
def test_pages_of_2019_do_not_match(starter: CompiledTopics, shared: Path) -> None:
    pages = (shared / "corpora" / "newspapers-181" / "pages.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [page["text"] for page in map(json.loads, pages) if page.get("text")]
    assert len(texts) > 100
    covered = [text[:60] for text in texts if match(starter, title=None, text=text, source="", language=None)[1]]
    assert covered == []
