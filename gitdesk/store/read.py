"""Reads a desk out of a repository: where it lives, what a commit holds, what differs between two."""

from __future__ import annotations

import os
from collections import deque
from itertools import chain, islice

from gitdesk.domain.ticket import timestamp
from gitdesk.errors import NotFound, SetupError, UsageError
from gitdesk.store import misplaced, objects, process, refs, worktrees
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from gitdesk.domain.document import Document
    from gitdesk.store.git import Repo
    from gitdesk.store.objects import TreeEntry
    from gitdesk.store.worktrees import Checkout

CONFIG_PATH, ATTRIBUTES_PATH, TICKETS = "gitdesk.yaml", ".gitattributes", "tickets"
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
        if location.tip is None or not is_desk(repo, location.tip):
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
    if ref is not None and tip is not None and is_desk(repo, tip):
        return branch_location(
            repo, ref, f"it is the current branch and held a desk until its {CONFIG_PATH} was deleted"
        )
    if location.tip is not None and is_desk(repo, location.tip):
        return location
    where = repo.work_tree or repo.git_dir
    raise SetupError(f'not a desk: no {CONFIG_PATH} in "{where}"', hint="`gitdesk init` makes one")


def at_head(repo: Repo) -> Location:
    """Returns what is checked out as a desk's place, whether it holds one or not."""
    ref, tip = repo.head()
    return Location(ref=ref, tip=tip, checkout=None, remote_ref=None, reason="it is checked out")


def branch_location(repo: Repo, branch: str, reason: str) -> Location:
    """Returns a branch as a desk's place, whether it exists or not; a remote's branch stands in for a missing one."""
    ref = refs.branch_behind(repo, refs.full_name(branch))
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


def is_desk(repo: Repo, commit: str) -> bool:
    """Tells whether a commit holds a desk, or the tickets of one whose `gitdesk.yaml` was deleted."""
    if holds_desk(repo, commit):
        return True
    from gitdesk.store.deleted_config import find_deletion

    return find_deletion(repo, commit) is not None


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
    """Returns names and entries of the files in a folder of a commit (attachments, say), () when there is none.

    Like everywhere on a desk, folders, links and submodules do not count; `check` tells of them.
    """
    entry = find_entry(repo, commit, path.rstrip("/"))
    if entry is None or entry.mode != objects.TREE_MODE:
        return ()
    children = repo.tree(entry.oid).items()
    return tuple((os.fsdecode(name), child) for name, child in children if child.mode in objects.PLAIN_MODES)


class Source:
    """What the index is made from: differences, documents and blobs of one repository."""

    def __init__(self, repo: Repo, parse: Callable[[bytes, str], Document]) -> None:
        self._repo, self._parse = repo, parse

    def diff(self, old: str | None, new: str) -> Iterator[tuple[str, str | None, str | None]]:
        """Yields path, old and new blob id of the desk's files that differ; `old` None stands for an empty desk.

        Only plain files count: a link or a submodule is as good as nothing, except where the file of a ticket
        belongs; there a mark stands for its id, of which `documents` makes a document that cannot be read. Raises
        Unreadable when a commit is not, or no longer, in this clone.
        """
        if old is None:
            return _all_files(self._repo, new)
        return _differences(self._repo, old, new)

    def documents(self, wanted: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, Document]]:
        """Yields path, blob id and parsed document of each wanted path and blob id, streaming.

        Their order is that of what is wanted. What is no plain file has the blob id "".
        """
        rest = iter(wanted)
        few = list(islice(rest, _FEW_BLOBS + 1))
        if len(few) <= _FEW_BLOBS:
            for path, oid in few:
                if misplaced.is_mark(oid):
                    yield path, "", misplaced.document(path, oid)
                else:
                    yield path, oid, self._parse(self._repo.blob(oid), path)
            return
        waiting: deque[tuple[str, str]] = deque()

        def ids() -> Iterator[str]:
            for path, oid in chain(few, rest):
                waiting.append((path, oid))
                if not misplaced.is_mark(oid):
                    yield oid

        for oid, data in self._repo.blobs(ids()):
            yield from _marked(waiting)
            path, _ = waiting.popleft()
            yield path, oid, self._parse(data, path)
        yield from _marked(waiting)

    def blob(self, oid: str) -> bytes:
        """Returns a blob's content."""
        return self._repo.blob(oid)


def _marked(waiting: deque[tuple[str, str]]) -> Iterator[tuple[str, str, Document]]:
    """Yields the documents of the marks that stand first."""
    while waiting and misplaced.is_mark(waiting[0][1]):
        path, mark = waiting.popleft()
        yield path, "", misplaced.document(path, mark)


def _all_files(repo: Repo, commit: str) -> Iterator[tuple[str, str | None, str | None]]:
    repo.commit(commit)  # a missing one is told apart from an empty desk
    found: dict[str, str] = {}  # by path: a tree may name a file twice, and Git checks out the last one
    for record in records(repo, "ls-tree", "-rtz", "--full-tree", commit, "--", TICKETS, CONFIG_PATH):
        facts, _, name = record.partition(b"\t")
        mode, _, oid = facts.decode("ascii").split(" ")
        path = os.fsdecode(name)
        shown = oid if mode in objects.PLAIN_MODES else misplaced.mark(path, mode, oid)
        if shown is not None:
            found[path] = shown
    for path, shown in found.items():
        yield path, None, shown


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
        before, after = _shown(path, one), _shown(path, two)
        if before or after:
            found.append((path, before, after))
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


def _shown(path: str, entry: TreeEntry | None) -> str | None:
    if entry is None:
        return None
    return entry.oid if entry.mode in objects.PLAIN_MODES else misplaced.mark(path, entry.mode, entry.oid)


def _differences_by_git(repo: Repo, old: str, new: str) -> Iterator[tuple[str, str | None, str | None]]:
    words = ("diff-tree", "-r", "-t", "--raw", "-z", "--no-renames", "--no-ext-diff", "--no-abbrev")
    told = records(repo, *at_top(repo), *words, old, new, "--", TICKETS, CONFIG_PATH)
    found: dict[str, tuple[str | None, str | None]] = {}
    for facts in told:
        path = os.fsdecode(next(told))
        old_mode, new_mode, one, two, _ = facts[1:].decode("ascii").split(" ")
        before = one if old_mode in objects.PLAIN_MODES else misplaced.mark(path, old_mode, one)
        after = two if new_mode in objects.PLAIN_MODES else misplaced.mark(path, new_mode, two)
        if before or after:
            # A file that became a folder is told as two things, one that went and one that came.
            went, came = found.get(path, (None, None))
            found[path] = (before or went, after or came)
    for path, (before, after) in found.items():
        yield path, before, after


def at_top(repo: Repo) -> tuple[str, ...]:
    """Returns the words that make Git take paths from the top of the work tree, wherever a person stands in it."""
    return ("-C", repo.work_tree) if repo.work_tree is not None else ()


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
    # Where Git wants a date it reads a small number as something else; not so here.
    seconds = int(moment.timestamp())
    words = ("rev-list", "-1", "--first-parent", f"--min-age={seconds}", tip, "--")
    found = repo.run(*words).decode("ascii").strip() if seconds > 0 else ""
    if not found:
        shallow = os.path.exists(f"{repo.common_dir}/shallow")
        hint = "this is a shallow clone; `git fetch --unshallow` brings the rest" if shallow else None
        raise NotFound(f"the desk has no commit at or before {timestamp(moment)}", hint=hint)
    return found


def revision(repo: Repo, text: str) -> str:
    """Returns the commit a revision names; raises NotFound, or UsageError for what can be none."""
    if not text or text.startswith(("-", "^")) or ".." in text or "\0" in text:
        raise UsageError(f'"{text}" is neither a time nor a commit')
    done = repo.call("rev-parse", "--verify", "--quiet", "--end-of-options", f"{text}^{{commit}}")
    found = done.output.decode("ascii", "replace").strip()
    if done.status or not found:
        raise NotFound(
            f'no commit or time "{text}"',
            hint="a time looks like 2026-11-22T09:00:00Z, 2026-11-22 or `3 days ago`",
        )
    return found
