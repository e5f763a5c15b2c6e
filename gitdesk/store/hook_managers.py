"""Who else keeps the hooks of a clone: husky, lefthook, pre-commit, a folder of one's own; and what to add there."""

from __future__ import annotations

import os

from gitdesk.store import hook_files
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.store.git import Repo

_FOUND_BY = {  # in the order in which they are looked for, by what lies at the top of a work tree
    "husky": (".husky",),
    "lefthook": tuple(f"{dot}lefthook.{end}" for dot in ("", ".") for end in ("yml", "yaml", "toml", "json")),
    "pre-commit": (".pre-commit-config.yaml", ".pre-commit-config.yml"),
}
_INSTALL = {
    "husky": "npx husky",
    "lefthook": "lefthook install",
    "pre-commit": f"pre-commit install {' '.join(f'-t {name}' for name in hook_files.CLIENT)}",
}
_CALLS = {  # as lefthook is told them
    "pre-commit": "gitdesk hook pre-commit",
    "commit-msg": "gitdesk hook commit-msg {1}",
    "pre-push": "gitdesk hook pre-push {1}",
}
_WITH_INPUT = "pre-push"  # which Git tells on standard input what is pushed


class Manager(Value):
    """A program, or a person, that keeps the hooks of a clone elsewhere.

    `advice` is the line to add, and where, or what to call in this clone; None when each of our hooks is called.
    """

    name: str
    advice: str | None


def find_manager(repo: Repo) -> Manager | None:
    """Returns who keeps the hooks of this clone when it is not the clone itself, so that ours are not to be put in."""
    top = repo.work_tree
    for name, files in _FOUND_BY.items():
        there = [one for one in files if top is not None and os.path.lexists(os.path.join(top, one))]
        if top is not None and there:
            return Manager(name=name, advice=_advice(name, top, there[0]) or _asleep(repo, name))
    if not repo.config("core.hooksPath"):
        return None
    folder = hook_files.directory(repo)
    names = hook_files.SERVER if hook_files.is_bare(repo) else hook_files.CLIENT
    if top is not None and _is_within(folder, top) and not _is_within(folder, repo.common_dir):
        return Manager(name="core.hooksPath", advice=_by_hand(folder, os.path.relpath(folder, top), names))
    if not repo.run("config", "--local", "--get", "core.hooksPath", check=False).strip():
        return Manager(name="a core.hooksPath for all repositories", advice=_by_hand(folder, folder, names))
    return None


def _advice(name: str, top: str, file: str) -> str | None:
    path = os.path.join(top, file)
    if name == "husky":
        return _by_hand(path, file, hook_files.CLIENT)
    lacking = [one for one in hook_files.CLIENT if not _calls(path, one)]
    if not lacking:
        return None
    if name == "lefthook":
        return _lefthook(file, lacking)
    return _pre_commit(file, lacking)


def _asleep(repo: Repo, name: str) -> str | None:
    """Returns what to call in a clone whose manager is told of our hooks and was never started here."""
    folder = hook_files.directory(repo)
    awake = all(os.path.lexists(os.path.join(folder, one)) for one in hook_files.CLIENT)
    return None if awake else f"call once in this clone: {_INSTALL[name]}"


def _lefthook(file: str, names: Sequence[str]) -> str:
    """Returns what to add to a file of lefthook's in its language; for TOML in words."""
    if file.endswith(".toml"):
        calls = (
            f"for {name}: {_CALLS[name]}" + (" (with use_stdin)" if name == _WITH_INPUT else "")
            for name in names
        )
        return f"add commands to {file}, {'; '.join(calls)}"
    lines = []
    for name in names:
        call = _CALLS[name]
        if file.endswith(".json"):
            more = ', "use_stdin": true' if name == _WITH_INPUT else ""
            lines.append(f'"{name}": {{"commands": {{"gitdesk": {{"run": "{call}"{more}}}}}}}')
        else:
            more = ", use_stdin: true" if name == _WITH_INPUT else ""
            text = f'"{call}"' if "{" in call else call
            lines.append(f"{name}: {{commands: {{gitdesk: {{run: {text}{more}}}}}}}")
    return f"add to {file}: {(', ' if file.endswith('.json') else '; ').join(lines)}"


def _pre_commit(file: str, names: Sequence[str]) -> str:
    hooks = ", ".join(
        f'{{id: gitdesk-{name}, name: "gitdesk, {name}", entry: gitdesk hook {name}, language: system, '
        f"pass_filenames: {'true' if name == 'commit-msg' else 'false'}, always_run: true, verbose: true, "
        f"stages: [{name}]}}"
        for name in names
    )
    line = f"- {{repo: local, hooks: [{hooks}]}}"
    return f"add under repos in {file}: {line}, then call: {_INSTALL['pre-commit']}"


def _by_hand(folder: str, shown: str, names: Sequence[str]) -> str | None:
    lines = [
        f'to {os.path.join(shown, name)}: gitdesk hook {name} "$@" || exit'
        for name in names
        if not _calls(os.path.join(folder, name), name)
    ]
    return f"add {'; '.join(lines)}" if lines else None


def _calls(path: str, name: str) -> bool:
    """Tells whether a file calls one of our hooks, or names it as pre-commit's configuration does."""
    calls = (f"gitdesk hook {name}".encode(), f"gitdesk-{name}".encode())
    lines = (hook_files.content(path) or b"").split(b"\n")
    return any(call in line for line in lines if not line.lstrip().startswith(b"#") for call in calls)


def _is_within(path: str, folder: str) -> bool:
    inner, outer = os.path.realpath(path), os.path.realpath(folder)
    return inner == outer or inner.startswith(outer + os.sep)
