"""The size of things, what is documented, and what no line may say."""

import ast
import re
import tokenize
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from desk import ROOT

MODULE_LINES = 400
FUNCTION_LINES = 50
CODE = sorted(path for folder in ("extractors", "warehouse", "flows") for path in (ROOT / folder).rglob("*.py"))
ALL_PYTHON = CODE + sorted((ROOT / "bench").rglob("*.py")) + sorted((ROOT / "tests").rglob("*.py"))

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def definitions(path: Path) -> Iterator[Function | ast.ClassDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


def code_lines(function: Function) -> int:
    """Count the lines of *function* without its docstring and decorators."""
    docstring = ast.get_docstring(function, clean=False)
    first = function.body[0]
    hidden = (first.end_lineno or 0) - first.lineno + 1 if docstring is not None else 0
    return (function.end_lineno or 0) - function.lineno + 1 - hidden


@pytest.mark.parametrize("path", ALL_PYTHON, ids=name_of)
def test_a_module_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MODULE_LINES


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_a_function_has_at_most_50_lines(path: Path) -> None:
    long = {
        node.name: code_lines(node)
        for node in definitions(path)
        if not isinstance(node, ast.ClassDef) and code_lines(node) > FUNCTION_LINES
    }

    assert long == {}


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_everything_public_is_documented(path: Path) -> None:
    tree = ast.parse(path.read_text())
    bare = [node.name for node in public(tree) if not ast.get_docstring(node)]

    assert ast.get_docstring(tree), "the module says nothing of itself"
    assert bare == []


def public(scope: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    """Give what *scope* offers by a public name, in its public classes too; not what stands inside functions."""
    for node in scope.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_the_first_line_of_a_module_needs_no_and(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()[0]
    # "title and text" lists two things; ", and" or a second verb would be a second job.
    assert ", and " not in first


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_module_has_a_name_that_says_nothing(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "base", "manager", "misc", "util", "helper"}


def test_except_exception_stands_at_the_document_boundary_alone() -> None:
    places = {name_of(path) for path in CODE if re.search(r"except (Base)?Exception\b", path.read_text())}

    assert places == {"flows/readers.py"}


UNFINISHED = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error")


def spoken(path: Path) -> Iterator[str]:
    """Give the comments and names of *path*, not its string literals (a test may write about anything)."""
    for token in tokenize.generate_tokens(StringIO(path.read_text()).readline):
        if token.type in {tokenize.COMMENT, tokenize.NAME}:
            yield token.string


@pytest.mark.parametrize("path", ALL_PYTHON, ids=name_of)
def test_nothing_is_left_for_later(path: Path) -> None:
    left = [words for words in spoken(path) if any(mark in words for mark in UNFINISHED)]

    assert left == []


def test_sql_stands_in_the_warehouse_alone() -> None:
    statement = re.compile(
        r"\b(select\s.+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s)", re.IGNORECASE | re.DOTALL
    )
    offenders = {
        name_of(path)
        for path in CODE
        if path.parts[len(ROOT.parts)] == "extractors"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.search(node.value)
    }

    assert offenders == set()
