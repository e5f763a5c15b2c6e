"""What a merge of two commits would come to, found out without touching the repository or running anything of it."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress

from gitdesk.errors import SetupError
from gitdesk.store import discover, merge_settled, passing
from gitdesk.store.git import Repo
from gitdesk.store.history import mark
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "gitdesk"), ("EMAIL", "gitdesk@localhost"), ("DATE", "1970-01-01T00:00:00Z"))
}
_REMERGE = (
    "--remerge-diff",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--no-show-signature",
    "--format=%H",
)


class Merged(Value):
    """A merge commit in a repository of its own; `settled` by field alone, and what a person has to settle in words."""

    repo: Repo
    commit: str
    settled: tuple[str, ...]
    conflicts: Mapping[str, str]


class Remerged(Value):
    """What Git makes of two commits by itself: a tree, and the files it could not settle with the base's blob ids."""

    tree: str
    conflicts: Mapping[str, str]


@contextmanager
def merged(repo: Repo, base: str, head: str) -> Iterator[Merged]:
    """Gives the merge of two commits, for as long as the block lasts.

    It is made beside the repository, which lends its objects: nothing is written there, and no merge driver that its
    settings or attributes name is run. What Git cannot settle by lines is merged by field, as our driver does it.
    """
    with beside(repo) as other:
        found = remerged(other, base, head)
        if found is None:
            raise SetupError(f"{base[:10]} and {head[:10]} have no commit in common")
        whole = merge_settled.settle(other, found.tree, found.conflicts, base, head)
        made = ("commit-tree", whole.tree, "-p", base, "-p", head)
        commit = other.run(*made, env=_NOBODY).decode("ascii").strip()
        yield Merged(repo=other, commit=commit, settled=whole.paths, conflicts=whole.conflicts)


def remerged(other: Repo, one: str, two: str) -> Remerged | None:
    """Returns what Git makes of two commits, None of histories that have nothing in common.

    `other` is a repository beside theirs, which gets the new objects.
    """
    words = ("merge-tree", "--write-tree", "-z", "--no-messages", one, two)
    done = other.call(*words)
    if done.status > 1:
        if b"unrelated histories" in done.error:
            return None
        raise other.failure(words, done)
    tree, *entries = done.output.split(b"\0")
    conflicts: dict[str, str] = {}
    for entry in filter(None, entries):
        words_of, _, path = entry.partition(b"\t")
        _, oid, stage = words_of.decode("ascii").split()
        name = path.decode("utf-8", "replace")  # as in `differences` and in history
        conflicts[name] = oid if stage == "1" else conflicts.get(name, "")
    return Remerged(tree=tree.decode("ascii"), conflicts=conflicts)


def settled_by_hand(other: Repo, tip: str, since: Sequence[str]) -> frozenset[str]:
    """Returns the merges of a tip that hold something else than what Git makes of their two parents by itself."""
    known = (f"^{one}" for one in since)
    words = ("--no-replace-objects", "log", "--merges", *_REMERGE, "--end-of-options", tip, *known, "--")
    found: set[str] = set()
    commit, is_path = "", False
    for token in other.run(*words).split(b"\0"):
        text = token.lstrip(b"\n")
        if is_path:
            is_path = False
        elif text.startswith(b":"):
            is_path = True  # whatever the next one looks like, it is a path
            found.add(commit)
        elif text:
            commit = text.decode("ascii")
    return frozenset(found)


def differences(other: Repo, old: str, new: str) -> Iterator[tuple[str, str, str]]:
    """Yields path and marks (see `history.commits`) of what differs between two trees."""
    words = ("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", old, new)
    tokens = iter(other.run(*words).split(b"\0"))
    for entry in tokens:
        path = next(tokens, b"")
        if entry:
            modes = entry[1:].split()
            yield path.decode("utf-8", "replace"), mark(modes[0], modes[2]), mark(modes[1], modes[3])


@contextmanager
def beside(repo: Repo) -> Iterator[Repo]:
    """Gives an empty repository that reads the objects of another one, for as long as the block lasts."""
    with passing.folder() as folder:
        other = _beside(repo, folder)
        try:
            yield other
        finally:
            other.close()


def _beside(repo: Repo, folder: str) -> Repo:
    """Returns an empty repository in a folder that reads the objects of another one."""
    for name in ("objects/info", "refs"):
        os.makedirs(os.path.join(folder, name))
    sha256 = repo.hash_name == "sha256"
    files = {
        "HEAD": "ref: refs/heads/none\n",
        "config": f"[core]\n\trepositoryformatversion = {int(sha256)}\n\tbare = true\n"
        + ("[extensions]\n\tobjectformat = sha256\n" if sha256 else ""),
        "objects/info/alternates": f"{os.path.abspath(repo.objects_dir)}\n",
    }
    with suppress(FileNotFoundError), open(os.path.join(repo.common_dir, "shallow"), encoding="ascii") as cut:
        files["shallow"] = cut.read()
    for name, content in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(content)
    environ = {name: value for name, value in repo.environ.items() if name != "GIT_OBJECT_DIRECTORY"}
    found = discover.Found(
        git_dir=folder, common_dir=folder, work_tree=None, hash_name=repo.hash_name, odd_refs=repo.odd_refs
    )
    return Repo(found, environ)
