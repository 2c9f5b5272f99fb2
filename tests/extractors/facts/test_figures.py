"""Amounts as news states them, and numbers that are none."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.facts.figures import find_figures
from extractors.model import Figure


def figures_in(text: str, *, language: str | None = "en", currency: str = "USD") -> tuple[Figure, ...]:
    return find_figures(text, language=language, currency=currency)


def only(text: str, *, language: str | None = "en", currency: str = "USD") -> Figure:
    found = figures_in(text, language=language, currency=currency)
    assert len(found) == 1, [figure.raw for figure in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "raw", "value", "currency"),
    [
        ("It cost $5.6mn to build.", "$5.6mn", 5.6e6, "USD"),
        ("The fund lost $600bn.", "$600bn", 6e11, "USD"),
        ("They want US$5 trillion.", "US$5 trillion", 5e12, "USD"),
        ("A ticket is €49.", "€49", 49.0, "EUR"),
        ("It sold for £71.6million.", "£71.6million", 7.16e7, "GBP"),
        ("The grant is Rs 24 lakh.", "Rs 24 lakh", 2.4e6, "INR"),
        ("He paid 3,000 euros.", "3,000 euros", 3000.0, "EUR"),
        ("It charges 1.4 cents.", "1.4 cents", 0.014, "USD"),
        ("A 50-million-dollar hole.", "50-million-dollar", 5e7, "USD"),
        ("It was two million dollars.", "two million dollars", 2e6, "USD"),
        ("HK$3bn was raised.", "HK$3bn", 3e9, "HKD"),
        ("The plan needs 600,000 won.", "600,000 won", 6e5, "KRW"),
        ("It cost £3, or 30 pounds for ten.", "30 pounds", 30.0, "GBP"),
    ],
)
def test_money_is_read_with_its_magnitude(text: str, raw: str, value: float, currency: str) -> None:
    found = [figure for figure in figures_in(text) if figure.raw == raw]

    assert [(figure.kind, figure.value, figure.currency) for figure in found] == [("money", value, currency)]


@pytest.mark.parametrize(
    ("text", "language", "raw", "value", "currency"),
    [
        ("Das kostet 1,5 Milliarden Euro.", "de", "1,5 Milliarden Euro", 1.5e9, "EUR"),
        ("Die Schulden: 2 Billionen Dollar.", "de", "2 Billionen Dollar", 2e12, "USD"),
        ("Il vaut 600 milliards de dollars.", "fr", "600 milliards de dollars", 6e11, "USD"),
        ("Cuesta 600.000 millones de euros.", "es", "600.000 millones de euros", 6e11, "EUR"),
        ("Costa 3 miliardi di euro.", "it", "3 miliardi di euro", 3e9, "EUR"),
        ("Custou R$ 2,5 bilhões.", "pt", "R$ 2,5 bilhões", 2.5e9, "BRL"),
        ("Это стоит 5,6 млн долл. в сумме", "ru", "5,6 млн долл.", 5.6e6, "USD"),
        ("训练成本为557.6万美元。", "zh", "557.6万美元", 5.576e6, "USD"),
        ("市值蒸发近6000亿美元。", "zh", "6000亿美元", 6e11, "USD"),
        ("時価総額は5900億ドル減った。", "ja", "5900億ドル", 5.9e11, "USD"),
        ("予算は1兆2000億円だ。", "ja", "1兆2000億円", 1.2e12, "JPY"),
        ("매출은 3조 5천억 원이다.", "ko", "3조 5천억 원", 3.5e12, "KRW"),
    ],
)
def test_money_is_read_in_many_languages(text: str, language: str, raw: str, value: float, currency: str) -> None:
    figure = only(text, language=language)

    assert (figure.raw, figure.value, figure.currency) == (raw, value, currency)


def test_a_billion_is_long_where_the_language_says_so() -> None:
    english = only("It is $2 billion.")
    spanish = only("Son 2 billones de dólares.", language="es")

    assert (english.value, spanish.value) == (2e9, 2e12)


def test_a_bare_dollar_is_the_dollar_of_the_source_and_says_that_it_is_implied() -> None:
    bare, named = figures_in("It rose from $5m, not from US$5m.", currency="NZD")

    assert (bare.currency, bare.is_currency_implied) == ("NZD", True)
    assert (named.currency, named.is_currency_implied) == ("USD", False)


def test_a_bare_dollar_at_a_source_without_dollars_is_the_american_one() -> None:
    assert only("Das Unternehmen zahlt $5.", language="de", currency="EUR").currency == "USD"


def test_an_amount_in_brackets_after_another_is_its_conversion() -> None:
    first, second = figures_in("It costs 71,350 euros ($78,770) at launch.")

    assert first.converted_of is None
    assert second.converted_of == first.char_start


def test_a_bare_dollar_that_converts_american_dollars_is_another_dollar() -> None:
    _, second = figures_in("Shares lost US$590b ($1.03 trillion) in a day.")

    assert (second.currency, second.is_currency_implied) == ("NZD", True)


def test_lengths_in_brackets_are_conversions_and_shares_are_not() -> None:
    miles, kilometres = figures_in("The car goes 39 miles (63 kilometers) on one charge.")
    _, share = figures_in("They counted 52 people (20%) in all.")

    assert kilometres.converted_of == miles.char_start
    assert share.converted_of is None


@pytest.mark.parametrize(
    ("text", "comparison", "is_approximate"),
    [
        ("It shed more than $1tn.", ">", False),
        ("It took less than 1%.", "<", False),
        ("There was around $68 billion.", "=", True),
        ("It cost only around $5.6 million.", "=", True),
        ("It lost nearly 40%.", "<", True),
        ("It paid at least $3bn.", ">=", False),
        ("It may pay up to $3bn.", "<=", False),
        ("It may pay $3bn or more.", ">=", False),
        ("It fell c14% today.", "=", True),
        ("It cost $3bn.", "=", False),
    ],
)
def test_hedges_become_a_comparison_and_a_mark(text: str, comparison: str, is_approximate: bool) -> None:  # noqa: FBT001
    figure = only(text)

    assert (figure.comparison, figure.is_approximate) == (comparison, is_approximate)


def test_hedges_stand_after_the_number_in_chinese_and_japanese() -> None:
    assert only("共有500人以上。", language="zh").comparison == ">="
    assert only("約500人が集まった。", language="ja").is_approximate


@pytest.mark.parametrize(
    ("text", "per_value", "per_unit"),
    [
        ("It burns $5bn a year.", 1.0, "year"),
        ("They cost $30,000 a shot.", 1.0, "shot"),
        ("Gold is at $1,472 an ounce.", 1.0, "ounce"),
        ("He pays 855 Euro pro Jahr.", 1.0, "year"),
        ("It costs $7 per million tokens.", 1e6, "tokens"),
        ("It costs $7 each.", 1.0, "piece"),
        ("It costs $7 each of the years.", None, None),
    ],
)
def test_what_an_amount_is_paid_for_is_kept(text: str, per_value: float | None, per_unit: str | None) -> None:
    figure = figures_in(text)[0]

    assert (figure.per_value, figure.per_unit) == (per_value, per_unit)


def test_a_price_for_every_so_many_names_both() -> None:
    price, basis = figures_in("It charges 1.4 cents for every 1mn tokens.")

    assert (price.per_value, price.per_unit) == (1e6, "tokens")
    assert (basis.kind, basis.value, basis.unit) == ("count", 1e6, "tokens")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("It wants $40-50 billion of them.", 4e10, 5e10),
        ("Cars make 40 to 80 percent of it.", 40.0, 80.0),
        ("It seats 242 to 330 passengers.", 242.0, 330.0),
        ("It is between 5 and 10 percent.", 5.0, 10.0),
        ("It pays $5m to $10m.", 5e6, 1e7),
    ],
)
def test_a_range_is_one_figure_with_two_ends(text: str, low: float, high: float) -> None:
    figure = only(text)

    assert (figure.value, figure.value_max) == (low, high)


def test_a_rise_from_one_amount_to_another_is_two_figures() -> None:
    found = figures_in("It rose from 5% to 10%, and shares gained $2 to $50.")

    assert [(figure.value, figure.value_max) for figure in found] == [(5, None), (10, None), (2, None), (50, None)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("It has 2,048 Nvidia H800 GPUs.", 2048, "Nvidia H800 GPUs"),
        ("They used 50,000 of the best H100 GPUs.", 50000, "best H100 GPUs"),
        ("A 4,000-person crew left.", 4000, "person"),
        ("It killed 26 people there.", 26, "people"),
        ("The raid killed at least 13, police said.", 13, None),
        ("Another 5 were killed.", 5, None),
        ("It has 3.5 billion users.", 3.5e9, "users"),
        ("It is 300 km away.", 300, "km"),
        ("It has 10,000+ customers.", 10000, "customers"),
        ("India is home to 1.4 billion.", 1.4e9, None),
    ],
)
def test_counts_name_what_they_count(text: str, value: float, unit: str | None) -> None:
    figure = only(text)

    assert (figure.kind, figure.value, figure.unit) == ("count", value, unit)


@pytest.mark.parametrize(
    ("text", "language", "value", "unit"),
    [
        ("Sie beschäftigt 540 Mitarbeiter in Wien.", "de", 540, "Mitarbeiter"),
        ("Rund 38 664 Menschen starben.", "de", 38664, "Menschen"),
        ("Plus de 5 000 messages sont partis.", "fr", 5000, "messages"),
        ("大会には5735人が参加した。", "ja", 5735, "人"),
        ("每天售出200万张票。", "zh", 2e6, "张"),
    ],
)
def test_counts_are_read_in_other_languages(text: str, language: str, value: float, unit: str) -> None:
    figure = only(text, language=language)

    assert (figure.kind, figure.value, figure.unit) == ("count", value, unit)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It is about 15 times more efficient.", 15),
        ("Prices fell by a factor of around 20.", 20),
        ("A 10-fold rise.", 10),
        ("It is three times as big.", 3),
        ("Das ist 5-fach besser.", 5),
    ],
)
def test_multiples_are_told_from_occasions(text: str, value: float) -> None:
    figure = only(text)

    assert (figure.kind, figure.value, figure.unit) == ("multiple", value, "x")


def test_occasions_are_a_count() -> None:
    assert [figure.kind for figure in figures_in("He was married 3 times.")] == []


def test_a_share_of_people_is_a_rate() -> None:
    figure = only("About 7 in 10 voters agree.")

    assert (figure.kind, figure.value) == ("rate", 0.7)


@pytest.mark.parametrize(
    "text",
    [
        "In 2016 elections were held.",
        "R1, V3, o1 and H800 beat GPT-4.",
        "Its Llama 4 runs on an iPhone 15.",
        "The S&P 500 closed lower.",
        "He lived at 300 Slater Street.",
        "She was 42 years old, he 39.",
        "On Jan 20 and on 5 May it rained.",
        "The 17th and the 3rd came late.",
        "They won 3-2 at 10:30 on 12/05/2016.",
        "It is one of the best of the 1980s.",
        "Read https://example.org/2023/07/story-658186 first.",
        "It took 90 days and 15 minutes.",
        "1. Begin here",
        "Article 19 and Section 230 apply.",
        "A 60-year-old man met 30-somethings.",
        "The 9/11 report names 24/7 support for COVID-19.",
    ],
)
def test_names_dates_ages_and_codes_are_no_figures(text: str) -> None:
    assert [figure.raw for figure in figures_in(text)] == []


@pytest.mark.parametrize(
    ("text", "raw", "value"),
    [
        ("It charges only one.4 cents for it.", "one.4 cents", 0.014),
        ("The value is torn downUS$590b in a day.", "US$590b", 5.9e11),
    ],
)
def test_damaged_numbers_are_read_and_flagged(text: str, raw: str, value: float) -> None:
    figure = only(text)

    assert (figure.raw, figure.value, figure.is_damaged) == (raw, value, True)


def test_sound_numbers_are_not_flagged() -> None:
    assert not only("It charges only 1.4 cents for it.").is_damaged


def test_the_subject_is_the_name_before_the_figure_and_never_its_source() -> None:
    figure = only("Goldman Sachs estimates that the maker Quantis lost $5bn. It fell.")

    assert figure.subject == "Quantis"
    assert figure.subjects == ("Goldman Sachs", "Quantis")
    assert figure.attributed_to == "Goldman Sachs"


def test_a_figure_without_a_name_near_has_no_subject() -> None:
    assert only("Prices fell 11% overall.").subject is None


def test_a_figure_inside_a_quote_is_attributed_to_its_speaker() -> None:
    figure = only("“They spent $5m on it,” said Anna Keller, the analyst.")

    assert figure.attributed_to == "Anna Keller"


def test_every_figure_carries_its_sentence() -> None:
    figure = only("It rained. The bill was $5.6m in all. It stopped.")

    assert figure.sentence == "The bill was $5.6m in all."


PIECES = st.sampled_from(
    [
        "$",
        "US$",
        "€",
        "5",
        "1,000",
        "1.234,5",
        "½",
        "٣",
        "１２",
        "3",
        "million",
        "bn",
        "%",
        "percent",
        "万",
        "亿",
        "元",
        "to",
        "-",
        "–",
        "one.",
        "from",
        "between",
        "and",
        "about",
        "a year",
        "per",
        "(",
        ")",
        ".",
        ",",
        "\n",
        "🙂",
        "é",
        "e\u0301",
        "said",
        "He",
        "Anna Keller",
        "“",
        "”",
        '"',
        "«",
        "»",
        "http://a.b/5",
        "+",
        "x",
        "times",
        "people",
        "MİLYON",
        "\u00a0",
    ]
)
ANY_TEXT = st.one_of(
    st.text(max_size=80), st.lists(st.tuples(PIECES, st.sampled_from(["", " "])), max_size=25).map(
        lambda pairs: "".join(piece + gap for piece, gap in pairs)
    )
)  # fmt: skip


@given(text=ANY_TEXT, language=st.sampled_from(["en", "de", "fr", "zh", "tr", None]))
def test_every_offset_points_at_its_words_in_every_script(text: str, language: str | None) -> None:
    found = figures_in(text, language=language)

    assert all(text[figure.char_start : figure.char_end] == figure.raw for figure in found)
    assert all(figure.raw in figure.sentence for figure in found)
    assert all(one.char_end <= other.char_start for one, other in pairwise(found))


@given(text=ANY_TEXT)
def test_conversions_point_at_another_figure(text: str) -> None:
    found = figures_in(text)
    starts = {figure.char_start for figure in found}

    assert all(figure.converted_of in starts for figure in found if figure.converted_of is not None)


@given(number=st.integers(min_value=1, max_value=10**9))
def test_a_number_is_read_as_it_is_written(number: int) -> None:
    assert only(f"It cost ${number:,} in all.").value == number
    assert only(f"Es kostet {number:,} Euro.".replace(",", "."), language="de").value == number


def test_the_same_text_gives_the_same_figures() -> None:
    text = "It lost $5bn, or 7%, of 3 million users."

    assert figures_in(text) == figures_in(text)
    assert not re.search(r"\d", "".join(figure.unit or "" for figure in figures_in(text)))
