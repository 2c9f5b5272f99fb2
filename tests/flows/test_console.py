"""What a person sees of an answer."""

from datetime import UTC, datetime

import pytest

from flows import console


def test_an_answer_with_few_columns_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    console.say_table(("topic", "articles"), [("deepseek", 14), ("grid-storage", None)])

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["topic", "articles"]
    assert lines[2:] == [["deepseek", "14"], ["grid-storage", "-"]]


def test_an_answer_with_many_columns_is_a_list_for_each_row(capsys: pytest.CaptureFixture[str]) -> None:
    columns = [f"column{number}" for number in range(20)]

    console.say_table(columns, [list(range(20)), list(range(20))])

    out = capsys.readouterr().out
    assert "-- 1 -" in out
    assert "-- 2 -" in out
    assert "column19  19" in out


def test_markup_in_an_answer_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    console.say_table(("title",), [("[red]not red[/red] <script>",)])
    console.say("[bold]as it is[/bold]")

    out = capsys.readouterr().out
    assert "[red]not red[/red] <script>" in out
    assert "[bold]as it is[/bold]" in out


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (datetime(2026, 1, 5, 6, 10, 59, tzinfo=UTC), "2026-01-05 06:10"),
        (0.4567, "0.457"),
        (5_580_000.0, "5,580,000"),
        ("two\nlines", "two lines"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_a_cell_is_short_and_on_one_line(value: object, shown: str) -> None:
    assert console.cell(value) == shown
