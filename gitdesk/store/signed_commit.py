"""Commits that are signed: Git makes them, so that the signature is as the user's configuration wants it."""

from __future__ import annotations

from gitdesk.errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitdesk.store.git import Repo
    from gitdesk.store.identity import Identity


# As older and newer versions of Git tell of a program that says nothing.
_SILENCE = ("", "(no gpg output)")


class Unsigned(Refused):
    """A commit was to be signed and could not be."""


def make(
    repo: Repo,
    tree: str,
    parents: Iterable[str],
    message: str,
    author: Identity,
    committer: Identity,
    sign: bool | str,
) -> str:
    """Writes a signed commit object and returns its id; `sign` is a key, or True for the user's own."""
    from gitdesk.store import signing_programs

    words = [*signing_programs.trusted(repo), "commit-tree", "-S" if sign is True else f"-S{sign}"]
    for parent in parents:
        words += ["-p", parent]
    env = {"GIT_TERMINAL_PROMPT": "1"}
    for role, who in (("AUTHOR", author), ("COMMITTER", committer)):
        env |= {
            f"GIT_{role}_NAME": who.name,
            f"GIT_{role}_EMAIL": who.email,
            f"GIT_{role}_DATE": who.date,
        }
    done = repo.call(*words, tree, input=message.encode("utf-8", "replace"), env=env)
    if done.status:
        said = done.error.decode("utf-8", "replace").strip().splitlines()
        key = repo.config("user.signingkey")
        usual = f"Git could not sign with {key}" if key else "user.signingkey is not set"
        reason = next((line for line in said if "gpg failed" not in line and line not in _SILENCE), usual)
        raise Unsigned(
            f"the commit could not be signed: {reason.removeprefix('error: ').removeprefix('fatal: ')}",
            hint="see `git config --get-regexp '^(gpg|user\\.signingkey|commit\\.gpgsign)'`",
        )
    return done.output.decode("ascii").strip()
