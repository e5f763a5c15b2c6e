"""The house keeps its shape: floors, single owners, small modules, and nothing heavy before it is needed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gitdesk"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_HOOK = 10

# Who alone may import what: the rest of the house asks them.
OWNERS = {
    "click": ("gitdesk/cli/",),
    "sqlite3": ("gitdesk/index/",),
    "tabulate": ("gitdesk/render/",),
    "yaml": ("gitdesk/store/",),
    "ruamel": ("gitdesk/store/",),
    "frontmatter": ("gitdesk/store/",),
    "git": ("gitdesk/store/",),
    "fastjsonschema": ("gitdesk/store/",),
    "holidays": ("gitdesk/desk/holiday_library.py",),
    "subprocess": ("gitdesk/store/", "gitdesk/cli/"),  # Git in the store; the editor and the pager in the cli
}
HEAVY = {
    "yaml",
    "ruamel",
    "frontmatter",
    "git",
    "jsonschema",
    "fastjsonschema",
    "importlib.metadata",
    "tabulate",
}


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yields line and full name of everything a module imports, wherever in it that stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def loaded(code: str, cwd: Path) -> set[str]:
    """Returns the modules a fresh interpreter has after running some code."""
    script = f"{code}\nimport sys; print('\\n'.join(['', '##modules', *sys.modules]))"
    environ = {**os.environ, **_IDENTITY, "PYTHONPATH": str(ROOT), "GITDESK_PAGER": "cat"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=cwd,
        env=environ,
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
    )
    return set(done.stdout.split("##modules\n", 1)[1].splitlines())


def test_the_floors_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout.decode()


@pytest.mark.parametrize(("library", "owners"), OWNERS.items())
def test_a_library_has_one_owner(library: str, owners: tuple[str, ...]) -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in MODULES
        for _, name in imports(path)
        if name == library or name.startswith(library + ".")
    }
    assert {user for user in users if not user.startswith(owners)} == set()


def test_no_module_is_longer_than_it_should_be() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_bytes().splitlines()) for path in MODULES}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_every_module_says_what_it_owns() -> None:
    silent = [
        str(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_module_is_named_after_nothing() -> None:
    assert {path.stem for path in MODULES} & {
        "util",
        "utils",
        "helpers",
        "common",
        "manager",
        "misc",
    } == set()


def test_hooks_are_ten_lines_at_most_and_plain_shell() -> None:
    hooks = [path for path in (ROOT / "hooks").iterdir() if path.is_file()]
    assert hooks
    for path in hooks:
        assert len(path.read_text().splitlines()) <= LONGEST_HOOK, path
        assert path.read_text().startswith("#!/bin/sh\n"), path
        assert os.access(path, os.X_OK), path
        subprocess.run(["sh", "-n", str(path)], check=True)


def test_no_two_modules_import_each_other_at_start() -> None:
    """Imports inside functions and under TYPE_CHECKING may point back; those that run at import time may not."""
    names = {_module_name(path): path for path in MODULES}
    graph = {name: {found for found in _at_import(path) if found in names} for name, path in names.items()}
    assert list(_cycles(graph)) == []


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _at_import(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _cycles(graph: dict[str, set[str]]) -> Iterator[tuple[str, ...]]:
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if name in way:
            yield (*way[way.index(name) :], name)
        elif name not in done:
            for other in graph[name]:
                yield from visit(other, (*way, name))
            done.add(name)

    for name in graph:
        yield from visit(name, ())


def test_help_imports_no_command(tmp_path: Path) -> None:
    from gitdesk.cli.table import COMMANDS

    commands = {row.target.partition(":")[0] for row in COMMANDS}
    assert commands
    assert loaded("from gitdesk.cli.main import main; main(['--help'])", tmp_path) & commands == set()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Makes a desk with one ticket and a warm index."""
    folder = tmp_path_factory.mktemp("desk")
    for words in (["init"], ["new", "One", "-m", "text"], ["list"]):
        code = f"import sys; from gitdesk.cli.main import main; sys.exit(main({words!r}))"
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=folder,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **_IDENTITY},
        )
    return folder


# What a warm read has no use for; each costs a tenth of a start of Python or more.
NOT_FOR_READING = {
    "click",
    "dataclasses",
    "inspect",
    "typing",
    "wcwidth",
    "hashlib",
    "zoneinfo",
    "subprocess",
}
NOT_FOR_CHANGING = {
    "click",
    "dataclasses",
    "inspect",
    "typing",
    "wcwidth",
    "subprocess",
    "json",
    "signal",
    "sqlite3",
    "threading",
    "gitdesk.domain.query",
    "gitdesk.domain.rules_file",
    "gitdesk.index.index",
    "gitdesk.store.amend",
    "gitdesk.store.recovery",
}


@pytest.fixture(scope="module")
def ticket(desk: Path) -> str:
    """Returns the id of the desk's ticket."""
    return next(desk.glob("tickets/*/*.md")).stem


@pytest.mark.parametrize(
    "words",
    [
        "list",
        "list --json status:new --sort -created -n 5",
        "show ID",
        "show ID --json",
        "search text",
        "log ID",
    ],
)
def test_reading_a_warm_desk_imports_neither_click_nor_dataclasses(
    desk: Path, ticket: str, words: str
) -> None:
    args = words.replace("ID", ticket).split()
    loaded(
        f"from gitdesk.cli.main import main; main({args!r})", desk
    )  # the trail is indexed when first asked for
    found = loaded(f"from gitdesk.cli.main import main; assert main({args!r}) == 0", desk)
    assert "gitdesk.index.index" in found
    assert found & NOT_FOR_READING == set()
    assert (
        found & {f"gitdesk.{name}" for name in ("desk.writing", "desk.plan", "store.write", "store.amend")}
        == set()
    )


@pytest.mark.parametrize("words", ["assign ID iva", "reply ID -m text", "move ID open"])
def test_a_change_imports_neither_click_nor_dataclasses_nor_the_index(
    desk: Path, ticket: str, words: str
) -> None:
    args = [word.replace("ID", ticket) for word in words.split()]
    found = loaded(f"from gitdesk.cli.main import main; assert main({args!r}) == 0", desk)
    assert "gitdesk.desk.writing" in found
    assert found & NOT_FOR_CHANGING == set()


_IDENTITY = {
    "GIT_AUTHOR_NAME": "Iva Kralj",
    "GIT_AUTHOR_EMAIL": "iva@acme.example",
    "GIT_COMMITTER_NAME": "Iva Kralj",
    "GIT_COMMITTER_EMAIL": "iva@acme.example",
}


@pytest.mark.parametrize("words", [["list"], ["list", "--json"], ["search", "text"]], ids=" ".join)
def test_reading_a_warm_desk_imports_nothing_heavy(desk: Path, words: list[str]) -> None:
    found = loaded(f"from gitdesk.cli.main import main; main({words!r})", desk)
    assert "gitdesk.index.index" in found
    allowed = {"tabulate", "importlib.metadata"} if words[-1] != "--json" else set()
    assert found & (HEAVY - allowed) == set()
