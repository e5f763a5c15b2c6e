"""Reads a desk out of a repository: where it lives, what a commit holds, what differs between two."""

from __future__ import annotations

import os
from collections import deque
from itertools import chain, islice

from gitdesk.domain.ticket import timestamp
from gitdesk.errors import NotFound, SetupError, UsageError
from gitdesk.store import objects, process, refs, worktrees
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from gitdesk.domain.document import Document
    from gitdesk.store.git import Repo
    from gitdesk.store.objects import TreeEntry
    from gitdesk.store.worktrees import Checkout

CONFIG_PATH, TICKETS = "gitdesk.yaml", "tickets"
DEFAULT_BRANCH = "desk"

# Up to here single objects read in process beat starting `git cat-file`; up to here trees walked beat `git diff-tree`.
_FEW_BLOBS, _FEW_FOLDERS = 32, 12


class Location(Value):
    """Where a desk lives. `ref` None: a detached HEAD, which can be read only. `tip` None: no commit yet."""

    ref: str | None
    tip: str | None
    checkout: Checkout | None
    remote_ref: str | None  # the branch of a remote that the missing local one starts from
    reason: str  # why this branch, for people

    @property
    def branch(self) -> str:
        """Returns the branch's short name, "" for a detached HEAD."""
        return (self.ref or "").removeprefix("refs/heads/")

    @property
    def checked_out(self) -> bool:
        """Tells whether some work tree shows the desk."""
        return self.checkout is not None


def locate(repo: Repo, environ: Mapping[str, str]) -> Location:
    """Returns where the desk of a repository lives; raises SetupError when there is none."""
    named, reason = environ.get("GITDESK_BRANCH"), "GITDESK_BRANCH names it"
    if not named:
        named, reason = repo.own_setting("gitdesk.branch"), "the setting gitdesk.branch names it"
    if named:
        location = branch_location(repo, named, reason)
        if location.tip is None and location.checkout is None:
            raise SetupError(
                f'there is no branch "{named}", though {reason}',
                hint=f"`gitdesk init --branch {named}` makes it",
            )
        if location.tip is None or not holds_desk(repo, location.tip):
            raise SetupError(
                f'not a desk: branch "{named}" has no {CONFIG_PATH}', hint="`gitdesk init` makes one"
            )
        return location
    return _guess(repo)


def _guess(repo: Repo) -> Location:
    ref, tip = repo.head()
    if tip is not None and holds_desk(repo, tip):
        if ref is None:
            return Location(
                ref=None,
                tip=tip,
                checkout=None,
                remote_ref=None,
                reason="HEAD is detached at a commit that holds a desk",
            )
        return Location(
            ref=ref,
            tip=tip,
            checkout=worktrees.find_checkout(repo, ref),
            remote_ref=None,
            reason="it is the current branch and holds a desk",
        )
    location = branch_location(repo, DEFAULT_BRANCH, "the current branch holds no desk, and this one does")
    if location.tip is not None and holds_desk(repo, location.tip):
        return location
    where = repo.work_tree or repo.git_dir
    raise SetupError(f'not a desk: no {CONFIG_PATH} in "{where}"', hint="`gitdesk init` makes one")


def branch_location(repo: Repo, branch: str, reason: str) -> Location:
    """Returns a branch as a desk's place, whether it exists or not; a remote's branch stands in for a missing one."""
    ref = refs.full_name(branch)
    tip = repo.read_ref(ref)
    remote_ref = None
    if tip is None:
        candidates = refs.remote_branches(repo, ref.removeprefix("refs/heads/"))
        if candidates:
            remote_ref = candidates[0]
            tip = repo.read_ref(remote_ref)
            reason = f"{reason} (on {remote_ref.removeprefix('refs/remotes/')} only; the first change makes it local)"
    checkout = worktrees.find_checkout(repo, ref)
    return Location(ref=ref, tip=tip, checkout=checkout, remote_ref=remote_ref, reason=reason)


def holds_desk(repo: Repo, commit: str) -> bool:
    """Tells whether a commit has a `gitdesk.yaml`."""
    return find_entry(repo, commit, CONFIG_PATH) is not None


def find_entry(repo: Repo, commit: str, path: str) -> TreeEntry | None:
    """Returns what a commit has at a path, None for nothing."""
    oid = objects.tree_of_commit(repo.commit(commit))
    *folders, name = os.fsencode(path).split(b"/")
    for folder in folders:
        entry = objects.find_in_tree(repo.tree_data(oid), folder, repo.id_size)
        if entry is None or entry.mode != objects.TREE_MODE:
            return None
        oid = entry.oid
    return objects.find_in_tree(repo.tree_data(oid), name, repo.id_size)


def find_file(repo: Repo, commit: str, path: str) -> bytes | None:
    """Returns the bytes of a plain file of a commit, None when there is none."""
    entry = find_entry(repo, commit, path)
    return repo.blob(entry.oid) if entry and entry.mode in objects.PLAIN_MODES else None


def list_folder(repo: Repo, commit: str, path: str) -> tuple[tuple[str, TreeEntry], ...]:
    """Returns names and entries of a folder of a commit (an attachment folder, say), () when there is none."""
    entry = find_entry(repo, commit, path.rstrip("/"))
    if entry is None or entry.mode != objects.TREE_MODE:
        return ()
    return tuple((os.fsdecode(name), child) for name, child in repo.tree(entry.oid).items())


class Source:
    """What the index is made from: differences, documents and blobs of one repository."""

    def __init__(self, repo: Repo, parse: Callable[[bytes, str], Document]) -> None:
        self._repo, self._parse = repo, parse

    def diff(self, old: str | None, new: str) -> Iterator[tuple[str, str | None, str | None]]:
        """Yields path, old and new blob id of the desk's files that differ; `old` None stands for an empty desk.

        Only plain files count: a link or a submodule is as good as nothing. Raises Unreadable when a commit is
        not, or no longer, in this clone.
        """
        if old is None:
            return _all_files(self._repo, new)
        return _differences(self._repo, old, new)

    def documents(self, wanted: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, Document]]:
        """Yields path, blob id and parsed document of each wanted path and blob id, in order, streaming."""
        rest = iter(wanted)
        few = list(islice(rest, _FEW_BLOBS + 1))
        if len(few) <= _FEW_BLOBS:
            for path, oid in few:
                yield path, oid, self._parse(self._repo.blob(oid), path)
            return
        paths: deque[str] = deque()

        def ids() -> Iterator[str]:
            for path, oid in chain(few, rest):
                paths.append(path)
                yield oid

        for oid, data in self._repo.blobs(ids()):
            path = paths.popleft()
            yield path, oid, self._parse(data, path)

    def blob(self, oid: str) -> bytes:
        """Returns a blob's content."""
        return self._repo.blob(oid)


def _all_files(repo: Repo, commit: str) -> Iterator[tuple[str, str | None, str | None]]:
    repo.commit(commit)  # a missing one is told apart from an empty desk
    for record in records(repo, "ls-tree", "-r", "-z", "--full-tree", commit, "--", TICKETS, CONFIG_PATH):
        facts, _, path = record.partition(b"\t")
        mode, _, oid = facts.decode("ascii").split(" ")
        if mode in objects.PLAIN_MODES:
            yield os.fsdecode(path), None, oid


def _differences(repo: Repo, old: str, new: str) -> Iterator[tuple[str, str | None, str | None]]:
    pairs = [
        (path, find_entry(repo, old, path), find_entry(repo, new, path)) for path in (CONFIG_PATH, TICKETS)
    ]
    pairs = [(path, one, two) for path, one, two in pairs if one != two]
    found: list[tuple[str, str | None, str | None]] = []
    folders = 0
    while pairs:
        path, one, two = pairs.pop()
        if _is_tree(one) or _is_tree(two):
            folders += 1
            if folders > _FEW_FOLDERS:
                return _differences_by_git(repo, old, new)
            pairs += _children(repo, path, one, two)
        if _plain(one) or _plain(two):
            found.append((path, _plain(one), _plain(two)))
    return iter(sorted(found))


def _children(
    repo: Repo, path: str, one: TreeEntry | None, two: TreeEntry | None
) -> list[tuple[str, TreeEntry | None, TreeEntry | None]]:
    before = repo.tree_data(one.oid) if one and _is_tree(one) else b""
    after = repo.tree_data(two.oid) if two and _is_tree(two) else b""
    differing = objects.compare_trees(before, after, repo.id_size)
    return [(f"{path}/{os.fsdecode(name)}", old, new) for name, old, new in differing]


def _is_tree(entry: TreeEntry | None) -> bool:
    return entry is not None and entry.mode == objects.TREE_MODE


def _plain(entry: TreeEntry | None) -> str | None:
    return entry.oid if entry and entry.mode in objects.PLAIN_MODES else None


def _differences_by_git(repo: Repo, old: str, new: str) -> Iterator[tuple[str, str | None, str | None]]:
    words = ("diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-ext-diff", "--no-abbrev")
    told = records(repo, *words, old, new, "--", TICKETS, CONFIG_PATH)
    for facts in told:
        path = os.fsdecode(next(told))
        old_mode, new_mode, one, two, _ = facts[1:].decode("ascii").split(" ")
        before = one if old_mode in objects.PLAIN_MODES else None
        after = two if new_mode in objects.PLAIN_MODES else None
        if before or after:
            yield path, before, after


def records(repo: Repo, *words: str) -> Iterator[bytes]:
    """Yields the NUL-ended records of a call of Git as they come."""
    pipes = process.open_pipes(repo.words(*words), repo.environment())
    left = b""
    status = 0
    try:
        while piece := os.read(pipes.output, 1 << 16):
            *whole, left = (left + piece).split(b"\0")
            yield from whole
    finally:
        status = pipes.close()
    if status:
        raise repo.failure(words, process.Finished(status, b"", b""))


def commit_before(repo: Repo, tip: str, moment: datetime) -> str:
    """Returns the last commit on the branch's own line (first parents) at or before a time; raises NotFound."""
    until = f"--until={int(moment.timestamp())}"
    found = repo.run("rev-list", "-1", "--first-parent", until, tip, "--").decode("ascii").strip()
    if not found:
        shallow = os.path.exists(f"{repo.common_dir}/shallow")
        hint = "this is a shallow clone; `git fetch --unshallow` brings the rest" if shallow else None
        raise NotFound(f"the desk has no commit at or before {timestamp(moment)}", hint=hint)
    return found


def revision(repo: Repo, text: str) -> str:
    """Returns the commit a revision names; raises NotFound, or UsageError for what can be none."""
    if not text or text.startswith("-") or "\0" in text:
        raise UsageError(f'"{text}" is neither a time nor a commit')
    done = repo.call("rev-parse", "--verify", "--quiet", "--end-of-options", f"{text}^{{commit}}")
    found = done.output.decode("ascii", "replace").strip()
    if done.status or not found:
        raise NotFound(
            f'no commit or time "{text}"',
            hint="a time looks like 2026-11-22T09:00:00Z, 2026-11-22 or `3 days ago`",
        )
    return found
