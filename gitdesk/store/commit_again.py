"""How `git commit` was called, as far as a hook can tell: what the same commit takes once more."""

from __future__ import annotations

import os
from datetime import timedelta

from gitdesk.errors import SetupError
from gitdesk.store.identity import identity
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gitdesk.store.git import Repo

_MOST = 20  # paths that are named
_OPEN = timedelta(hours=2)  # in which an editor may have been open


class Again(Value):
    """What stands after `git commit`: options, and paths from the top of the work tree."""

    options: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def again(repo: Repo, index_file: str | None) -> Again:
    """Returns with what the same is committed again after a hook has refused, by the index that Git named to it.

    What was staged before is still there. What Git itself staged is not: for `-a` and `-i PATH` it locks the index and
    writes it next to that, and for `-- PATH` there is a third one; both are gone once the hook has said no.
    """
    name = os.path.basename(index_file or "")
    if index_file is None or not name.endswith(".lock"):
        return Again()
    env = {"GIT_INDEX_FILE": os.path.abspath(index_file)}
    if name.startswith("next-index"):
        return _named((), _paths(repo, "--cached", "HEAD", env=env))
    left = _paths(repo, env=env)
    if not left:
        return Again(options=("-a",))
    taken = [path for path in _paths(repo) if path not in left]
    return _named(("-i",), taken) if taken else Again(options=("-p",))


def authorship(repo: Repo, environ: Mapping[str, str], now: datetime) -> tuple[str, ...]:
    """Returns the options that say who wrote the commit, and when, where a new one would say something else.

    Git names both to hooks. The date is when it was called, unless it was told one: an editor is open for less long.
    """
    if "GIT_AUTHOR_DATE" not in environ:
        return ()
    plain = {name: value for name, value in environ.items() if not name.startswith("GIT_AUTHOR_")}
    try:
        told, usual = (identity(repo, each, now)[0] for each in (environ, plain))
    except SetupError:  # Git knows by the variables alone who this is, so they are the person's own
        return ()
    options = () if str(told) == str(usual) else (f"--author={told}",)
    return options if abs(told.at - usual.at) < _OPEN else (*options, f"--date={told.at.isoformat()}")


def _named(options: tuple[str, ...], paths: list[str]) -> Again:
    if len(paths) <= _MOST:
        return Again(options=options, paths=tuple(paths))
    folders = dict.fromkeys(os.path.dirname(path).partition("/")[0] or path for path in paths)
    return Again(options=options, paths=tuple(folders))


def _paths(repo: Repo, *words: str, env: dict[str, str] | None = None) -> list[str]:
    """Returns the paths in which an index differs from the work tree, or from a commit."""
    found = repo.run("diff", "--name-only", "-z", "--no-renames", "--no-relative", *words, env=env)
    return [os.fsdecode(one) for one in found.split(b"\0") if one]
