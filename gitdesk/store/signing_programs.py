"""Which programs make and check signatures: the person's and the machine's settings say it, never the repository's."""

from __future__ import annotations

import os

from gitdesk.store import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.store.git import Repo

# Settings that name the same program, of which the last one counts; and Git's own choice where there is none.
_PROGRAMS = {
    ("gpg.program", "gpg.openpgp.program"): "gpg",
    ("gpg.x509.program",): "gpgsm",
    ("gpg.ssh.program",): "ssh-keygen",
    ("gpg.ssh.defaultkeycommand",): "false",  # no command, so no key: Git says which setting it wants
}
_REPOSITORYS = ("local", "worktree")  # scopes; what such a file includes has its scope too


def trusted(repo: Repo) -> list[str]:
    """Returns options for Git by which programs that only the repository names give way to the person's, or Git's."""
    if not any(key in repo.settings() for keys in _PROGRAMS for key in keys):
        return []
    told = list(_scoped(repo))
    options: list[str] = []
    for keys, usual in _PROGRAMS.items():
        named = [(scope, value) for scope, key, value in told if key in keys]
        if any(scope in _REPOSITORYS for scope, _ in named):
            others = [value for scope, value in named if scope not in _REPOSITORYS]
            options += ["-c", f"{keys[0]}={others[-1] if others else usual}"]
    return options


def _scoped(repo: Repo) -> Iterator[tuple[str, str, str]]:
    """Yields scope, name and value of every setting about signatures, the last one of a name last."""
    words = ["git", "config", "-z", "--show-scope", "--get-regexp", r"^gpg\."]
    # Without our own options, which would be listed as if they were the person's.
    parts = process.run(words, repo.environment()).output.split(b"\0")
    for scope, setting in zip(parts[0::2], parts[1::2], strict=False):
        key, _, value = setting.partition(b"\n")
        yield os.fsdecode(scope), os.fsdecode(key), os.fsdecode(value)
