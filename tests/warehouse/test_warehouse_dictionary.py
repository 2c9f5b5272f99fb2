"""The data dictionary is the schema's own words."""

from pathlib import Path

from tests.warehouse.newsroom import Warehouse
from warehouse.dictionary import render
from warehouse.doctor import run_checks

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "data-dictionary.md"


def test_every_table_view_macro_and_column_has_a_comment(warehouse: Warehouse) -> None:
    assert [result.example for result in run_checks(warehouse.con) if result.name == "comments"] == [None]


def test_the_page_in_the_repository_is_what_the_schema_says_now(warehouse: Warehouse) -> None:
    assert PAGE.read_text("utf-8").endswith(render(warehouse.con))


def test_the_dictionary_names_views_macros_tables_types_and_nulls(warehouse: Warehouse) -> None:
    page = render(warehouse.con)

    assert "### new_coverage\n" in page
    assert "### coverage_after(topic, seq)\n" in page
    assert "| `article_id` | varchar | no | Derived from the canonical URL; stable across runs. |" in page
    assert "| `published_at` | timestamptz | yes |" in page


def test_a_new_column_changes_the_dictionary(warehouse: Warehouse) -> None:
    before = render(warehouse.con)
    warehouse.con.execute("alter table articles add column mood varchar")

    assert "| `mood` | varchar | yes |  |" in render(warehouse.con)
    assert "mood" not in before
