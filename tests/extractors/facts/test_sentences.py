"""The sentence around a place, in the languages the watchlist reads."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.facts import sentences
from extractors.facts.sentences import sentence_around, sentence_spans

NEWSY = st.text(alphabet=st.sampled_from("abAB .!?\n\"“”„«»「」。、5'’é深🚀\u0301"), max_size=120)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["It cost $5.58m to build.", "That is little."],
        ["Mr. Liang met Dr. J. D. Vance of the U.S. Senate.", "He left."],
        ["Is it over?", "No!", "Wait…", "Yes."],
        ["He said: “It works. It is cheap.”", "Others doubt it."],
        ["“Did it cost US$5m? Of course not,” said Stacy."],
        ["Yahoo! shares fell.", "So did others."],
        ["Am 20. Januar erschien R1, z.B. als App.", "Die Kurse fielen um ca. 17 Prozent."],
        ["„Das ist neu. Sehr neu“, sagte Dr. Müller.", "Er lachte."],
        ["M. Macron a réagi.", "« C’est un choc. Un vrai », dit-il."],
        ["深度求索发布了R1。", "“成本很低。真的。”他说。", "股价下跌！"],
        ["ディープシークは「安い。速い。」と述べた。", "株価は下がった。"],
        ["डीपसीक ने मॉडल जारी किया।", "शेयर गिरे।"],
        ["هل انتهى الأمر؟", "لا أحد يعرف."],
    ],
)
def test_sentences_end_where_a_reader_ends_them(sentences: list[str]) -> None:
    glue = "" if any(mark in sentences[0] for mark in "。！") else " "
    assert split(glue.join(sentences)) == sentences


def test_a_sentence_never_crosses_a_line_break() -> None:
    assert split("A headline without a stop\nThe text. More") == ["A headline without a stop", "The text.", "More"]


@given(NEWSY)
def test_sentences_cover_all_but_white_space_in_order(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())


@given(NEWSY, st.data())
def test_the_sentence_around_a_place_holds_the_place(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    left, right = sentence_around(text, start, end)
    assert 0 <= left <= start <= end <= right <= len(text)


def test_a_list_without_stops_is_cut_to_whole_words_around_the_place() -> None:
    text = "name " * 400 + "DeepSeek" + " name" * 400
    at = text.index("DeepSeek")
    left, right = sentence_around(text, at, at + 8)
    assert 400 < right - left <= 800
    assert set(text[left:right].split()) == {"name", "DeepSeek"}


def test_a_text_is_divided_once_however_many_places_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "It paid $5m, and then another. " * 200
    divided = []
    monkeypatch.setattr(sentences, "sentence_spans", lambda text: divided.append(text) or sentence_spans(text))

    found = {sentence_around(text, at.start(), at.end()) for at in re.finditer(r"\$5m", text)}

    assert len(found) == 200
    assert len(divided) == 1
