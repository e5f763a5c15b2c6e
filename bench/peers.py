"""The same everyday calls on other trackers that keep tickets in a repository, where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from clockwork import Task, bare_python, interleave
from desks import ENVIRON, HOME, case
from verdict import Row, tell

LARGEST = 1000  # these take minutes to fill; the comparison holds at any size


def rows(size: int, runs: int) -> Iterator[Row]:
    """Yields list and show of each tracker found on PATH; nothing where there is none."""
    if size > LARGEST:
        return
    for fill, tasks in (p for name, p in PEERS.items() if shutil.which(name)):
        folder = HOME / f"peer-{fill.__name__.strip('_')}-{size}"
        if not folder.exists():
            tell(f"filling {folder.name} …")
            folder.mkdir(parents=True)
            fill(folder, size)
        unit = bare_python()
        calls = tasks(folder)
        interleave([unit, *calls], runs)
        for call in calls:
            yield Row(
                mark="peer", what=call.name, size=size, budget=None, unit="P",
                measured=call.seconds / unit.seconds, seconds=call.seconds,
            )  # fmt: skip


def _run(folder: Path, *command: str, text: str = "") -> str:
    done = subprocess.run(
        command, cwd=folder, env=ENVIRON, input=text, stdout=subprocess.PIPE, check=True, encoding="utf-8"
    )
    return done.stdout


def _titles(size: int) -> Iterator[tuple[str, str]]:
    for number in range(size):
        one = case(number, size)
        yield one.head.split("title: ", 1)[1].split("\n", 1)[0], one.description


def _git_bug(folder: Path, size: int) -> None:
    _run(folder, "git", "init", "--quiet")
    _run(
        folder,
        "git-bug",
        "user",
        "new",
        "--non-interactive",
        "--name",
        "Bench",
        "--email",
        "bench@desk.example",
    )
    for title, text in _titles(size):
        _run(folder, "git-bug", "bug", "new", "--non-interactive", "--title", title, "--message", text)


def _tk(folder: Path, size: int) -> None:
    _run(folder, "git", "init", "--quiet")
    for title, text in _titles(size):
        _run(folder, "tk", "create", title, "--description", text)


def _backlog(folder: Path, size: int) -> None:
    _run(folder, "git", "init", "--quiet")
    _run(folder, "backlog", "init", "bench", "--defaults")
    for title, text in _titles(size):
        _run(folder, "backlog", "task", "create", title, "--description", text)


def _calls(folder: Path, tracker: str, listing: tuple[str, ...]) -> list[Task]:
    words = ("sh", "-c", 'cd "$0" && exec "$@"', str(folder), *listing)
    return [Task(name=f"{tracker}: list", command=lambda _: words, environ=ENVIRON)]


PEERS = {
    "git-bug": (_git_bug, lambda folder: _calls(folder, "git-bug", ("git-bug", "bug", "status:open"))),
    "tk": (_tk, lambda folder: _calls(folder, "tk", ("tk", "ls"))),
    "backlog": (
        _backlog,
        lambda folder: _calls(folder, "Backlog.md", ("backlog", "task", "list", "--plain")),
    ),
}
