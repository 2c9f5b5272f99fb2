"""Folding moves no offset; words end where their script says."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.facts.folding import ends_word, fold, starts_word, word_end


@given(st.text())
def test_folding_keeps_the_length_of_every_text(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_every_code_point_of_unicode_folds_to_one_code_point() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert len(fold(everything)) == len(everything)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_text_folds_the_same_alone_or_beside_another(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("DeepSeek", "deepseek"),
        ("ＤｅｅｐＳｅｅｋ", "deepseek"),
        ("İstanbul", "istanbul"),
        ("ΣΟΦΟΣ", "σοφοσ"),
        ("DeepSeek’s", "deepseek's"),
        ("o1‑mini", "o1-mini"),
        ("Liang\u00a0Wenfeng", "liang wenfeng"),
        ("ﾃﾞｨｰﾌﾟ", unicodedata.normalize("NFD", "ディープ")),
    ],
)
def test_case_width_and_typographic_variants_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("the deepseek model", "deepseek"),
        ("(deepseek)", "deepseek"),
        ("deepseek's", "deepseek"),
        ("deepseek-r1", "deepseek"),
        ("#deepseek", "deepseek"),
        ("的deepseek模型", "deepseek"),
        ("deepseek가", "deepseek"),
        ("杭州深度求索公司", "深度求索"),
        ("新ディープシークショック", "ディープシーク"),
        ("บริษัทดีปซีกของจีน", "ดีปซีก"),
        ("딥시크는", "딥시크"),
        ("中딥시크", "딥시크"),
        ("وديب سيك", "ديب سيك"),
        ("بالصين", "صين"),
        ("डीपसीक ने", "डीपसीक"),
        ("🚀deepseek🚀", "deepseek"),
    ],
)
def test_a_word_stands_by_itself(text: str, word: str) -> None:
    at = text.index(word)
    assert starts_word(text, at)
    assert ends_word(text, at + len(word))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("deepseekers", "deepseek"),
        ("said", "ai"),
        ("r10", "r1"),
        ("cafe\u0301", "cafe"),
        ("중국딥시크", "딥시크"),
        ("डीपसीकी", "डीपसीक"),
        ("кластер", "ла"),
        ("deepseek_ai", "deepseek"),
    ],
)
def test_a_part_of_a_longer_word_is_no_word(text: str, word: str) -> None:
    at = text.index(word)
    assert not (starts_word(text, at) and ends_word(text, at + len(word)))


def test_a_word_goes_on_to_its_last_letter() -> None:
    assert word_end("deepseeks neues", len("deepseek")) == len("deepseeks")
