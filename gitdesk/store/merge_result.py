"""What a merge of two commits would come to, found out without touching the repository or running anything of it."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager

from gitdesk.store import discover
from gitdesk.store.git import Repo
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "gitdesk"), ("EMAIL", "gitdesk@localhost"), ("DATE", "1970-01-01T00:00:00Z"))
}


class Merged(Value):
    """A merge commit in a repository of its own, and the paths that Git could not settle."""

    repo: Repo
    commit: str
    conflicts: tuple[str, ...]


@contextmanager
def merged(repo: Repo, base: str, head: str) -> Iterator[Merged]:
    """Gives the merge of two commits, for as long as the block lasts.

    It is made beside the repository, which lends its objects: nothing is written there, and no merge driver that its
    settings or attributes name is run. So it is the merge that a hosting site makes.
    """
    with tempfile.TemporaryDirectory(prefix="gitdesk-") as folder:
        beside = _beside(repo, folder)
        try:
            words = ("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", base, head)
            done = beside.call(*words)
            if done.status > 1:
                raise repo.failure(words, done)
            tree, *paths = done.output.split(b"\0")
            made = ("commit-tree", tree.decode("ascii"), "-p", base, "-p", head)
            commit = beside.run(*made, env=_NOBODY).decode("ascii").strip()
            conflicts = dict.fromkeys(os.fsdecode(path) for path in paths if path)
            yield Merged(repo=beside, commit=commit, conflicts=tuple(conflicts) if done.status else ())
        finally:
            beside.close()


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
    for name, content in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(content)
    environ = {name: value for name, value in repo.environ.items() if name != "GIT_OBJECT_DIRECTORY"}
    found = discover.Found(
        git_dir=folder, common_dir=folder, work_tree=None, hash_name=repo.hash_name, odd_refs=repo.odd_refs
    )
    return Repo(found, environ)
