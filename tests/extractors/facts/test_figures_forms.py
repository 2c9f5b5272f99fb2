"""Amounts in forms that labelled news taught: left out nouns, ranges with a word, speeds, crowns."""

import pytest

from extractors.facts.figures import find_figures
from extractors.model import Figure


def figures_in(text: str, *, language: str) -> tuple[Figure, ...]:
    return find_figures(text, language=language, currency="USD")


@pytest.mark.parametrize(
    ("language", "text", "raw", "kind", "value"),
    [
        ("en", "It needs an additional 0.4 FTE.", "0.4 FTE", "count", 0.4),
        ("en", "The line opened 40 stops for a total of about 310 in Canada.", "310", "count", 310.0),
        ("en", "They kept between four and 12 per cent of it.", "four and 12 per cent", "percent", 4.0),
        ("zh", "乘客从5000－6000人升至很多。", "5000－6000人", "count", 5000.0),
        ("zh", "发生4起事故。", "4起", "count", 4.0),
        ("fr", "Il faut multiplier par 10 le nombre de navires.", "10", "multiple", 10.0),
        ("fr", "L'indice est à 8.120,25 points.", "8.120,25 points", "count", 8120.25),
        ("es", "El tren llegó a 90 kilómetros por hora.", "90 kilómetros por hora", "rate", 90.0),
    ],
)
def test_amounts_that_labelled_news_taught(language: str, text: str, raw: str, kind: str, value: float) -> None:
    figure = figures_in(text, language=language)[-1]

    assert (figure.raw, figure.kind, figure.value) == (raw, kind, value)


def test_crowns_are_those_of_the_country_that_the_text_names() -> None:
    (swedish,) = figures_in("Le port suédois gagne 12,5 milliards de couronnes.", language="fr")
    (unknown,) = figures_in("Il gagne 12,5 milliards de couronnes.", language="fr")

    assert (swedish.kind, swedish.currency, swedish.value) == ("money", "SEK", 12.5e9)
    assert (unknown.kind, unknown.currency) == ("money", None)
