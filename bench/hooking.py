"""Hooks and the merge driver: what Git waits for before a commit, at a push and in a merge.

python bench/hooking.py [SIZE …]; exits 1 when a budget is missed.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from clockwork import GITDESK, RUNS, Task, bare_python, environ, interleave
from desks import case, copy, git
from verdict import Row, conclude, tell

_HOOKS = Path(__file__).resolve().parent.parent / "hooks"
_MESSAGE = "\n### 2026-11-01T{:02}:00:00Z · note · Agent 01 <agent01@desk.example>\n\n{}\n"


def rows(size: int, runs: int = RUNS) -> Iterator[Row]:
    """Yields the rows of a desk of some size."""
    tell(f"hooks on {size:,} tickets …")
    folder = copy(size, "hooking")
    try:
        ticket = folder / case(3, size).path
        base = ticket.read_text(encoding="utf-8")
        ticket.write_text(base + _MESSAGE.format(6, "ours"), encoding="utf-8")
        git(folder, "commit", "--quiet", "--all", "--message", "a note by hand")
        git(folder, "branch", "--quiet", "elsewhere")
        outside, inside = (_hook(f"pre-commit, {words}", folder) for words in ("no desk file", "one ticket"))
        outside.before = lambda _: git(folder, "read-tree", "HEAD")
        inside.before = lambda number: _stage(folder, ticket, number)
        pushed = _pushed(folder)
        merging = _merging(folder, case(3, size).path, base)
        unit = bare_python()
        interleave([unit, outside, inside, pushed, merging], runs)
        yield Row(
            what=outside.name, size=size, budget=10, unit="ms", measured=outside.seconds * 1000,
            seconds=outside.seconds, mark="rules",
        )  # fmt: skip
        for one, budget, mark in ((inside, 8, "rules"), (pushed, 12, "rules"), (merging, 7, "together")):
            yield Row(
                what=one.name, size=size, budget=budget, unit="P", measured=one.seconds / unit.seconds,
                seconds=one.seconds, mark=mark,
            )  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hook(name: str, folder: Path) -> Task:
    command = ("sh", "-c", 'cd "$1" && exec "$2"', "sh", str(folder), str(_HOOKS / "pre-commit"))
    return Task(name=name, command=lambda _: command, environ=environ(), codes=(0,))


def _stage(folder: Path, ticket: Path, number: int) -> None:
    text = git(folder, "show", f"HEAD:{ticket.relative_to(folder)}").decode("utf-8")
    ticket.write_text(text + _MESSAGE.format(7, f"run {number}"), encoding="utf-8")
    git(folder, "add", str(ticket))


def _pushed(folder: Path) -> Task:
    """Returns what a server does for a push of one commit."""
    new, old = (git(folder, "rev-parse", name).decode("ascii").strip() for name in ("HEAD", "HEAD^"))
    server = folder.with_name("hooking.git")
    shutil.rmtree(server, ignore_errors=True)
    git(folder, "clone", "--quiet", "--bare", "--local", str(folder), str(server))
    line = f"{old} {new} refs/heads/main"
    script = f'cd "$1" && echo "{line}" | "$2" hook pre-receive'
    command = ("sh", "-c", script, "sh", str(server), GITDESK)
    return Task(name="pre-receive, 1 commit", command=lambda _: command, environ=environ())


def _merging(folder: Path, path: str, base: str) -> Task:
    """Returns what Git's merge waits for when both sides wrote a note."""
    names = [folder / ".git" / f"merging-{side}" for side in ("base", "ours", "theirs")]
    ours = base + _MESSAGE.format(6, "ours")
    for name, text in zip(names, (base, ours, base + _MESSAGE.format(5, "theirs")), strict=True):
        name.write_text(text, encoding="utf-8")
    command = (GITDESK, "merge-driver", *map(str, names), "7", path)
    return Task(
        name="merge driver, one file",
        command=lambda _: command,
        environ=environ(),
        before=lambda _: names[1].write_text(ours, encoding="utf-8"),
    )


if __name__ == "__main__":
    found = [row for size in map(int, sys.argv[1:] or ["1000", "10000"]) for row in rows(size)]
    raise SystemExit(conclude(found))
