"""Who says what: marked speech with its speaker, and marked words that nobody says."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.facts.quotes import find_quotes
from extractors.model import Quote


def quotes_in(text: str, *, language: str | None = "en") -> tuple[Quote, ...]:
    return find_quotes(text, language=language)


def only(text: str, *, language: str | None = "en") -> Quote:
    found = quotes_in(text, language=language)
    assert len(found) == 1, [quote.text for quote in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "speaker", "cue"),
    [
        ("“It is too late for that,” said Anna Keller, an analyst.", "Anna Keller", "said"),
        ("“It is too late for that,” Anna Keller said.", "Anna Keller", "said"),
        ('"It is too late for that," Anna Keller told reporters.', "Anna Keller", "told"),
        ("Anna Keller said: “It is too late for that.”", "Anna Keller", "said"),
        ("Anna Keller, the head of the Nordbank, described it as “a very bad idea”.", "Anna Keller", "described"),
        ("“It is too late for that,” said analyst Anna Keller of Nordbank.", "Anna Keller", "said"),
        ("“Who did it?” asked Anna Keller.", "Anna Keller", "asked"),
        ("“It is too late for that,” says an AI investor in China.", "an AI investor in China", "says"),
        ("“It is too late for that,” said a spokesman for Anna Keller.", "a spokesman for Anna Keller", "said"),
        ("“We are looking into the matter,” the White House said.", "White House", "said"),
        ("“It is too late for that,” according to Anna Keller.", "Anna Keller", "according to"),
        ("The plan was “far too late for all of us,” warned Anna Keller, who runs it.", "Anna Keller", "warned"),
        ("“It is too late,” Anna Keller, a lawyer who left the firm, wrote.", "Anna Keller", "wrote"),
    ],
)
def test_the_speaker_stands_at_the_cue(text: str, speaker: str, cue: str) -> None:
    quote = only(text)

    assert (quote.speaker, quote.cue) == (speaker, cue)


def test_a_surname_is_resolved_to_the_full_name() -> None:
    quote = only("Anna Keller runs the bank.\n“It is too late for that,” Keller said.")

    assert (quote.speaker, quote.speaker_raw) == ("Anna Keller", "Keller")


def test_a_pronoun_is_the_last_person_named_of_its_sex() -> None:
    quote = only("Anna Keller met James Brown.\n“It is too late for that,” she said.")
    other = only("Anna Keller met James Brown.\n“It is too late for that,” he said.")

    assert (quote.speaker, quote.speaker_raw) == ("Anna Keller", "she")
    assert (other.speaker, other.speaker_raw) == ("James Brown", "he")
    assert quote.confidence < only("“It is too late for that,” said Anna Keller.").confidence


def test_a_company_is_no_he() -> None:
    quote = only("James Brown left Air Street Capital for Goldman Sachs.\n“It is too late for that,” he said.")

    assert quote.speaker == "James Brown"


def test_a_pronoun_without_a_person_before_names_nobody() -> None:
    quote = only("The bank fell.\n“It is too late for that,” he said.")

    assert (quote.speaker, quote.speaker_raw) == (None, "he")


def test_a_split_quote_has_one_speaker() -> None:
    first, second = quotes_in("“It is late,” said Anna Keller, one of the bankers, “and it is dark”.")

    assert (first.speaker, second.speaker) == ("Anna Keller", "Anna Keller")
    assert first.kind == "direct"


def test_a_quote_that_goes_on_after_its_cue_is_continued() -> None:
    _, second = quotes_in("“It is late,” said Anna Keller. “And it is getting dark out there.”")

    assert (second.speaker, second.kind) == ("Anna Keller", "continued")


def test_a_quote_left_open_goes_on_in_the_next_paragraph() -> None:
    text = "“It is late,” said Anna Keller. “We must go on with this.\n“And it is getting dark out there.”\nIt rained."
    found = quotes_in(text)

    assert [quote.speaker for quote in found] == ["Anna Keller"] * 3
    assert found[1].text == "“We must go on with this."


def test_a_quote_before_the_one_with_the_cue_has_its_speaker() -> None:
    first, second = quotes_in("“It is late.” “And it is dark out there,” said Anna Keller.")

    assert first.speaker == second.speaker == "Anna Keller"


def test_two_people_in_one_sentence_keep_their_words() -> None:
    first, second = quotes_in(
        "Anna Keller called the model “impressive”, while James Brown, chief of Nordbank, credited it "
        "with “great advances”."
    )

    assert (first.speaker, second.speaker) == ("Anna Keller", "James Brown")


@pytest.mark.parametrize(
    "text",
    [
        "The “personal computer” came later.",
        "The model can “reason” about problems.",
        "They left the “bigger is better” crowd.",
        "He has set up a “war room” for it.",
        "A song called “Long Road Home” won.",
        "She appeared on “Meet the Press” on Sunday.",
        "It is used for “open” models only.",
        "They read “The Art of Walking” aloud.",
    ],
)
def test_terms_titles_and_words_at_a_distance_are_no_quotes(text: str) -> None:
    assert [quote.text for quote in quotes_in(text)] == []


def test_speech_without_a_speaker_keeps_none() -> None:
    quote = only("The letter came late. “We never wanted any of this to happen to us.”")

    assert quote.speaker is None
    assert quote.confidence < 0.5


@pytest.mark.parametrize(
    ("language", "text", "words", "speaker"),
    [
        ("de", "„Das ist viel zu spät“, sagte Anna Keller am Montag.", "„Das ist viel zu spät“", "Anna Keller"),
        ("de", "»Das ist viel zu spät«, so Keller.", "»Das ist viel zu spät«", "Keller"),
        ("fr", "« C’est beaucoup trop tard », a déclaré Anna Keller.", "« C’est beaucoup trop tard »", "Anna Keller"),
        ("es", "«Es demasiado tarde ya», dijo Anna Keller.", "«Es demasiado tarde ya»", "Anna Keller"),
        ("zh", "李强说：“现在已经太晚了。”", "“现在已经太晚了。”", "李强"),
        ("zh", "“现在已经太晚了。”李强表示。", "“现在已经太晚了。”", "李强"),
        ("ja", "田中氏は「もう遅すぎると思う」と述べた。", "「もう遅すぎると思う」", "田中氏"),
    ],
)
def test_marks_and_cues_of_other_languages_are_known(language: str, text: str, words: str, speaker: str) -> None:
    quote = only(text, language=language)

    assert (quote.text, quote.speaker) == (words, speaker)


def test_a_french_inverted_pronoun_is_resolved() -> None:
    quote = only("Anna Keller dirige la banque.\n« C’est beaucoup trop tard », explique-t-elle.", language="fr")

    assert quote.speaker == "Anna Keller"


def test_an_apostrophe_ends_no_quote() -> None:
    quote = only("‘It’s far too late for us,’ said Anna Keller.")

    assert quote.text == "‘It’s far too late for us,’"


def test_inches_open_no_quote() -> None:
    assert quotes_in('The screen is 15" wide and 9" high.') == ()


PIECES = st.sampled_from(
    [
        "“",
        "”",
        '"',
        "'",
        "‘",
        "’",
        "«",
        "»",
        "„",
        "「",
        "」",
        "said",
        "Anna Keller",
        "Keller",
        "he",
        "she",
        "they",
        "told",
        ":",
        ",",
        ".",
        "?",
        "\n",
        "🙂",
        "e\u0301",
        "It is late",
        "according to",
        "the White House",
        "说",
        "—",
        "and",
        "who",
        "Mr.",
        "(",
        ")",
    ]
)
ANY_TEXT = st.one_of(
    st.text(max_size=80), st.lists(st.tuples(PIECES, st.sampled_from(["", " "])), max_size=25).map(
        lambda pairs: "".join(piece + gap for piece, gap in pairs)
    )
)  # fmt: skip


@given(text=ANY_TEXT, language=st.sampled_from(["en", "de", "fr", "zh", "ja", None]))
def test_every_offset_points_at_its_words_in_every_script(text: str, language: str | None) -> None:
    found = quotes_in(text, language=language)

    assert all(text[quote.char_start : quote.char_end] == quote.text for quote in found)
    assert all(one.char_end <= other.char_start for one, other in pairwise(found))
    assert all(0 <= quote.confidence <= 1 for quote in found)


@given(text=ANY_TEXT)
def test_a_speaker_stands_in_the_text(text: str) -> None:
    assert all(word in text for quote in quotes_in(text) if quote.speaker for word in quote.speaker.split())


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("The FBI director, James Comey, wrote that agents had been “extremely careless” with it.", "James Comey"),
        ("“This is a disgrace for us,” said Sen. John McCain (R-Ariz.), who chairs the panel.", "John McCain"),
        ("Anna Keller’s “basket of trifles” comment hurt her.", "Anna Keller"),
        ("As Anna Keller put it, “the arc bends toward justice”.", "Anna Keller"),
        (
            "One user on the site, which is a copy of another, posted: “I want to know how they came.”",
            "One user on the site",
        ),
        ("“Nothing is decided yet,” James Brown said, adding that he “will not wait for long”.", "James Brown"),
    ],
)
def test_speakers_are_found_behind_titles_appositions_and_remarks(text: str, speaker: str) -> None:
    assert {quote.speaker for quote in quotes_in(text)} == {speaker}


def test_marks_in_a_manual_are_no_speech() -> None:
    steps = [f"Press “button {number} twice” and wait." for number in range(6)]

    assert quotes_in("\n".join(steps)) == ()
