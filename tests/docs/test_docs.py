"""Docs that can rot are generated or tested."""

import re
from pathlib import Path

import pytest
from desk import ROOT

from flows.reference import stale_pages
from flows.settings import Settings

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "sample").glob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_generated_pages_are_fresh() -> None:
    assert stale_pages() == [], "run `make docs`"


def test_a_generated_page_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")

    assert stale_pages() == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text()) if "://" not in target and "mailto:" not in target]

    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_machine(page: Path) -> None:
    # The folders that people's machines differ in; written in pieces, since this file is searched too.
    machine = re.compile("/(" + "|".join(["ro" + "ot", "ho" + "me", "wo" + "rk", "tm" + "p"]) + r")/\w")

    assert machine.findall(page.read_text()) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_waits_to_be_finished(page: Path) -> None:
    text = page.read_text()

    assert "<!-- output" not in text
    assert "TBD" not in text


def test_every_command_that_the_docs_show_exists() -> None:
    from flows.cli import cli

    command = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?newsdesk (?:--home \S+ )?([a-z]+)", re.MULTILINE)
    shown = {words for page in PAGES for words in command.findall(page.read_text())}

    assert shown
    assert shown <= set(cli.commands), shown - set(cli.commands)


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]

    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
