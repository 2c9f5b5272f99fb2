"""Constructions of hard news in five languages: who speaks, and that nobody is made to speak."""

from pathlib import Path

import pytest

from extractors.facts.quotes import find_quotes

#: One construction a block: the text (" // " parts paragraphs), then "=" and its speakers parted by "|"; "-" is a
#: speaker whom the text does not name, "~" any, nothing where no marked words are speech.
_WIRE = Path(__file__).parents[2] / "data" / "wire"
_LANGUAGES = ("en", "de", "fr", "es", "zh")
#: Below it a speaker only stands near; see docs/explanation/quotes.md.
_STATED = 0.6


def _constructions() -> list[tuple[str, str, list[str]]]:
    found = []
    for language in _LANGUAGES:
        for block in (_WIRE / f"{language}.txt").read_text(encoding="utf-8").strip().split("\n\n"):
            text, _, speakers = block.rpartition("\n=")
            wanted = [name.strip() for name in speakers.split("|")] if speakers.strip() else []
            found.append((language, text.replace(" // ", "\n"), wanted))
    return found


@pytest.mark.parametrize(("language", "text", "wanted"), _constructions())
def test_a_construction_of_the_wires_names_who_speaks(language: str, text: str, wanted: list[str]) -> None:
    found = find_quotes(text, language=language)

    assert len(found) == len(wanted), [quote.text for quote in found]
    for quote, speaker in zip(found, wanted, strict=True):
        if speaker == "-":
            assert quote.speaker is None or quote.confidence < _STATED
        elif speaker != "~":
            assert quote.speaker == speaker


def test_every_language_has_twenty_constructions_or_more() -> None:
    languages = [language for language, _text, _wanted in _constructions()]

    assert all(languages.count(language) >= 20 for language in _LANGUAGES)
