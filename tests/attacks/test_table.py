"""The table of docs/security.md and the tests: each row has one, and each test its row."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from gitdesk.domain.rules import RULES

HERE = Path(__file__).resolve().parent
PAGE = (HERE.parent.parent / "docs" / "security.md").read_text(encoding="utf-8")
SECTION = re.compile(r"\n## [^\n]+\n\n`tests/attacks/(test_\w+)\.py`\n(.*?)(?=\n## |\Z)", re.DOTALL)
MODULES = sorted(path.stem for path in HERE.glob("test_*.py") if path.stem != "test_table")


def rows() -> Iterator[tuple[str, list[str]]]:
    """Yields the module of each row, and its cells."""
    for module, text in SECTION.findall(PAGE):
        for line in text.splitlines():
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if cells and cells[0] != "Attack" and set(cells[0]) - {"-"}:
                yield module, cells


def proved_by(module: str) -> dict[str, str]:
    """Returns the attack that each test of a module is about."""
    found = importlib.import_module(f"attacks.{module}")
    named = {
        name: value for name, value in vars(found).items() if name.startswith("test_") and callable(value)
    }
    return {name: getattr(value, "attack", "") for name, value in named.items()}


def test_the_table_is_long_enough_to_be_worth_reading() -> None:
    assert len(list(rows())) >= 60


@pytest.mark.parametrize("module", MODULES)
def test_every_row_has_a_test_and_every_test_its_row(module: str) -> None:
    told = [cells[0] for where, cells in rows() if where == module]
    proved = list(proved_by(module).values())
    assert sorted(told) == sorted(proved)
    assert len(set(told)) == len(told)


def test_every_section_has_its_module_and_every_row_all_its_cells() -> None:
    assert sorted(module for module, _ in SECTION.findall(PAGE)) == MODULES
    assert [cells for _, cells in rows() if len(cells) != 4 or not all(cells)] == []


@pytest.mark.parametrize("module", MODULES)
def test_no_test_of_an_attack_is_left_out(module: str) -> None:
    source = (HERE / f"{module}.py").read_text(encoding="utf-8")
    assert not re.search(r"\b(mark|pytest)\.(skip|skipif|xfail|importorskip)\b", source)


def asserts(node: ast.AST, helpers: Mapping[str, ast.FunctionDef]) -> bool:
    """Tells whether something can fail in a piece of code, or in a function of its module that it calls."""
    for one in ast.walk(node):
        if isinstance(one, ast.Assert):
            return True
        called = one.func if isinstance(one, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr == "raises":
            return True
        name = called.id if isinstance(called, ast.Name) else ""
        others = {other: each for other, each in helpers.items() if other != name}
        if name in helpers and asserts(helpers[name], others):
            return True
    return False


@pytest.mark.parametrize("module", MODULES)
def test_every_test_of_an_attack_can_fail(module: str) -> None:
    tree = ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))
    functions = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
    tests = [one for name, one in functions.items() if name.startswith("test_")]
    assert tests
    assert [one.name for one in tests if not asserts(one, functions)] == []


def test_a_test_that_asserts_nothing_is_found() -> None:
    tree = ast.parse("def test_x(desk): helper(desk)\ndef helper(desk): helper(desk.commit({}))")
    functions = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
    assert not asserts(functions["test_x"], functions)


def test_every_code_of_the_table_is_a_rule_and_stands_in_its_module() -> None:
    for module, cells in rows():
        codes = set(re.findall(r"\b[FWSAPTCH]\d{3}\b", " ".join(cells[1:])))
        source = (HERE / f"{module}.py").read_text(encoding="utf-8")
        assert codes <= set(RULES), cells
        assert codes <= set(re.findall(r"\b[FWSAPTCH]\d{3}\b", source)), (cells, codes)


def test_every_setting_that_is_tried_stands_in_the_table() -> None:
    from .test_programs import SETTINGS

    told = " ".join(cells[1] for module, cells in rows() if module == "test_programs")
    for setting in SETTINGS:
        section, _, rest = setting.partition(".")
        middle, dot, name = rest.rpartition(".")
        listed = (f"`{setting}`", f"`{section}.*{dot}{name}`" if middle else f"`{section}.*`")
        assert any(one in told for one in listed), setting
