"""Opening a pull request with the program of a hosting site, if the person has it and asks for it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.cli.context import Context


def run(context: Context, words: Sequence[str], page: str) -> bool:
    """Runs gh, glab or tea in the repository's folder; tells whether it opened the pull request.

    What it says goes to standard error: ours is the answer.
    """
    import subprocess

    note = context.out.note
    if not words:
        note("no program is known that opens a pull request there" + ("" if page else ": which site is it?"))
        if not page:
            note("hint: git config gitdesk.site github, gitlab, gitea or bitbucket tells")
        return False
    program = _find(words[0], context)
    if program is None:
        note(f"{words[0]} is not installed, so the pull request is yours to open")
        return False
    folder = context.desk.repo.work_tree or context.desk.repo.git_dir
    try:
        done = subprocess.run(
            [program, *words[1:]], cwd=folder, stdin=subprocess.DEVNULL, stdout=2, check=False
        )
    except OSError as error:
        note(f"{words[0]} cannot be run: {(error.strerror or str(error)).lower()}")
        return False
    if done.returncode:
        note(f"{words[0]} did not open the pull request; the proposal is there")
    return not done.returncode


def _find(name: str, context: Context) -> str | None:
    """Returns a program of the PATH, never one that lies in the current folder."""
    for folder in context.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, name)
        if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None
