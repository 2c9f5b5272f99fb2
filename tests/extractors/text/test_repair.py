"""Damage is mended and named; text that was right is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from extractors.text.page import parse_page
from extractors.text.repair import merge_repairs, parseable, repair_page, repair_texts

CLEAN = [
    "The model’s makers said “it just happened” – and that was all. It cost 5 € or £4.",
    "São Paulo não é a capital; a avó dançou até à manhã. O PÃO E A MAÇÃ.",
    "Le château de l’Aisne, bâti au Moyen Âge, brûla à Noël : 100 000 € de dégâts.",
    "Ça va ? L’âne brait, la crème brûlée refroidit, le pâté attend.",
    "Großmutter saß auf der Straße; Äpfel, Öl und Übermut.",
    "România și Țările Române: în câmpie, sâmbătă, mâine, cântând.",
    "Tiếng Việt: Nước mắm, phở, bánh mì, cà phê sữa đá, âm nhạc.",
    "Türkiye’de şehir içi ulaşım; kâğıt, hâlâ, rüzgâr.",
    "Российская газета пишет: «Это не так», — сказал он. Ёлка, съезд, объём.",
    "深度求索发布新模型。「便宜」与“强大”并存。",
    "日本語の文章です。句読点、括弧（かっこ）もあります。",
    "زبان فارسی می‌تواند نیم‌فاصله داشته باشد.",
    "हिन्दी में लिखा गया वाक्य, क्‍या यह ठीक है?",
    "∀x ∈ ℝ: x² ≥ 0, a ≤ b ≠ c, ∑ᵢ xᵢ ± σ, 30 °C, µm, ½",
    "if (a && b) { return x->y[0]; } // a&amp;b in HTML is written &amp;amp;",
    "Dvořák, Škoda, Łódź, Ångström, Ñuñoa, Þór, Œuvre, Čapek, Ğ, İstanbul",
    "She ate papier-mâché at the Neuchâtel fête; the château’s âge was unknown.",
    "👨‍👩‍👧 family 👍🏽 and ☃ snow",
]


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_is_unchanged(text: str) -> None:
    for language in ("en", None, "fr"):
        assert repair_texts([text], language=language).texts == (text,)
    assert repair_page(f"<p>{text}</p>") == (f"<p>{text}</p>", ())


@given(
    st.lists(
        st.sampled_from([word for text in CLEAN[:15] for word in text.split() if "&" not in word]),
        min_size=1,
        max_size=30,
    )
)
def test_any_mixture_of_clean_words_is_unchanged(words: list[str]) -> None:
    text = " ".join(words)

    assert repair_texts([text], language="en").texts == (text,)
    assert repair_page(text)[0] == text


@given(st.text(max_size=200))
def test_repairing_twice_changes_nothing(text: str) -> None:
    once = repair_texts([text], language="en").texts

    assert repair_texts(once, language="en").texts == once


@pytest.mark.parametrize(
    ("codec", "right"),
    [
        ("latin-1", "OpenAI’s model is “cheap”"),
        # cp1252 has no character for the last byte of a closing quote.
        ("cp1252", "OpenAI’s model – “cheap, they say"),
        ("iso-8859-2", "OpenAI’s model is “cheap”"),
        ("cp1251", "OpenAI’s model is “cheap”"),
    ],
)
def test_double_encoding_is_undone_on_the_page(codec: str, right: str) -> None:
    wrong = right.encode().decode(codec)

    text, repairs = repair_page(f"<p>{wrong}</p><p>“good” quotes stay</p>")

    assert text == f"<p>{right}</p><p>“good” quotes stay</p>"
    assert repairs == ("double-encoding",)


def test_a_bad_word_among_good_quotes_is_undone_alone() -> None:
    text, _repairs = repair_page("The “naivetÃ©” of the “community”")

    assert text == "The “naiveté” of the “community”"


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("OpenAIâs o1 â cheap â came first", "OpenAI’s o1 – cheap – came first"),
        (
            "Itâs true and they donât; weâve seen it, youâll see, Iâd go, Iâm here, theyâre off",
            "It’s true and they don’t; we’ve seen it, you’ll see, I’d go, I’m here, they’re off",
        ),
        ("It uses 9% of its rivalsâ GPUs, it isnât more", "It uses 9% of its rivals’ GPUs, it isn’t more"),
        ("He said: âIt wasnât me.â Then he left", "He said: “It wasn’t me.” Then he left"),
        ("âTank Manâ, âEmpty Chairâ, and thatâs all", "“Tank Man”, “Empty Chair”, and that’s all"),
        ("compete to be the bestâtheyâre not", "compete to be the best—they’re not"),
        ("In 2010â2015 itâs over", "In 2010–2015 it’s over"),
        ("OâBrienâs book, from the â80s", "O’Brien’s book, from the ’80s"),
        ("and so onâ¦ itâs â¬5", "and so on… it’s €5"),
    ],
)
def test_lost_bytes_are_guessed_from_context(damaged: str, whole: str) -> None:
    found = repair_texts([damaged], language="en")

    assert found.texts == (whole,)
    assert found.repairs == ("lost-bytes",)


def test_letters_of_names_survive_beside_lost_bytes() -> None:
    found = repair_texts(["Neuchâtelâs château isnât far"], language="en")

    assert found.texts == ("Neuchâtel’s château isn’t far",)


def test_lost_bytes_are_not_guessed_in_other_languages() -> None:
    text = "Il â dit â quâil vient"

    assert repair_texts([text], language="fr").texts == (text,)


@pytest.mark.parametrize(
    ("damaged", "whole", "name"),
    [
        ("AT&amp;T and R&amp;D", "AT&T and R&D", "entities"),
        ("It&#8217;s &ldquo;fine&rdquo;", "It’s “fine”", "entities"),
        ("Deep\u00adSeek Deep\u200bSeek", "DeepSeek DeepSeek", "invisible-characters"),
        ("Deep\u00a0Seek 5\u202f%", "Deep Seek 5 %", "no-break-spaces"),
        ("a\x07b", "ab", "control-characters"),
    ],
)
def test_each_small_repair_is_named(damaged: str, whole: str, name: str) -> None:
    found = repair_texts([damaged], language="de")

    assert (found.texts, found.repairs) == ((whole,), (name,))


def test_repairs_are_merged_once_in_a_fixed_order() -> None:
    assert merge_repairs(["entities"], ["double-encoding", "entities"]) == ("double-encoding", "entities")


@pytest.mark.parametrize("odd", ["\x00", "\x01", "\x1b", "\ufffe", "\uffff", "&#1;", "&#x1B", "&#0065534;", "&#XFFFF;"])
def test_what_no_tree_may_hold_is_gone_before_a_page_is_parsed(odd: str) -> None:
    assert parseable(f"<p>sea{odd}wall</p>") == b"<p>seawall</p>"


@pytest.mark.parametrize("odd", ["\x0b", "\x0c", "\x1e", "&#12;", "&#x0B;"])
def test_a_feed_of_any_kind_parts_words(odd: str) -> None:
    assert parseable(f"<p>sea{odd}wall</p>") == b"<p>sea wall</p>"


@pytest.mark.parametrize(
    "plain", ["&#9;", "&#10;", "&#13;", "&#110;", "&#x41;", "&#160;", "&#x1F600;", "\t\r\n é 深 😀", "&#"]
)
def test_every_other_character_reaches_the_parser_as_it_is(plain: str) -> None:
    assert parseable(plain) == plain.encode()


@given(st.text(st.characters(max_codepoint=0x1FFFF)), st.integers(0, 0x1FFFF), st.sampled_from(["&#{};", "&#x{:x}"]))
def test_the_text_of_a_tree_can_be_put_back_into_it(text: str, code: int, reference: str) -> None:
    tree = parse_page(f"<p>{text}{reference.format(code)} end</p>", url="").tree

    for element in tree.iter():
        copy = etree.Element("p")
        copy.text = "".join(element.itertext())
