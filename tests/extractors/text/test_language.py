"""The language of a text is told without a download or a word on the terminal."""

import pytest

from extractors.text.language import detect_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The company released a new model last week and markets fell.", "en"),
        ("Das Unternehmen hat letzte Woche ein neues Modell veröffentlicht.", "de"),
        ("L’entreprise a publié un nouveau modèle la semaine dernière.", "fr"),
        ("La empresa publicó un nuevo modelo la semana pasada.", "es"),
        ("Компания выпустила новую модель на прошлой неделе.", "ru"),
        ("该公司上周发布了新模型，市场随即下跌。", "zh"),
        ("同社は先週、新しいモデルを発表しました。", "ja"),
        ("أطلقت الشركة نموذجا جديدا الأسبوع الماضي", "ar"),
    ],
)
def test_languages_are_told(text: str, code: str, capfd: pytest.CaptureFixture[str]) -> None:
    found, score = detect_language(text)

    assert found == code
    assert score is not None
    assert 0 < score <= 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["", "   ", "12 345 %", "https://example.org/a/b", "ok"])
def test_too_little_text_has_no_language(text: str) -> None:
    assert detect_language(text) == (None, None)


def test_the_title_counts_where_the_text_is_short() -> None:
    assert detect_language("R1", title="Das neue Modell aus China überrascht die Börse")[0] == "de"
