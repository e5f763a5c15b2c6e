"""Makes a work tree follow its branch over a long stretch of history, by Git's own merge of two trees."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from shlex import quote

from gitdesk.errors import Refused, SetupError
from gitdesk.lazy import pattern
from gitdesk.store import attributes, journal, local_commits, passing, worktrees
from gitdesk.store.lock import FileLock, cannot
from gitdesk.store.object_writer import discard
from gitdesk.store.objects import BLOB, FILE_MODE, PLAIN_MODES, object_id
from gitdesk.store.way_back import WayBack
from gitdesk.store.worktree import NEW_INDEX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.store.git import Repo
    from gitdesk.store.local_commits import Difference
    from gitdesk.store.ref_update import Move
    from gitdesk.store.worktrees import Checkout

LINK = "120000"
_WAYS = (  # Git's words for a file in the way, ours, and how to go on
    (
        pattern(r"Entry '(.*)' (?:not uptodate|would be overwritten by merge)\. Cannot merge\.$"),
        '"{}" has changes that are not committed, and others have changed it too',
        "commit them, or put them aside with git stash push -- {}; then again",
    ),
    (
        pattern(r"Untracked working tree file '(.*)' would be (?:overwritten|removed) by merge\.$"),
        '"{}" is not in Git here, and others have shared a file of that name',
        "move {} out of the way, then again",
    ),
)


def announce(repo: Repo, path: str, ref: str, old: str, move: Move, checkout: Checkout) -> None:
    """Writes into the journal what is about to happen, so that whoever comes after a killed one can finish it."""
    entry = journal.Entry(
        ref=ref,
        old=move.old,
        new=move.new,
        why=move.why,
        who=move.who,
        checkout=worktrees.name_of(repo, checkout),
        paths=tuple(_touched(repo, old, move.new)),
    )
    journal.write(path, entry)


def _touched(repo: Repo, old: str, new: str) -> list[tuple[str, str, str]]:
    """Returns path, old and new blob id of every usual file that differs between two commits."""
    return [
        (one.path, one.old[1] if one.old else "", one.new[1] if one.new else "")
        for one in local_commits.between(repo, old, new)
        if not _is_odd(one)
    ]


def _is_odd(one: Difference) -> bool:
    """Tells whether a path has, before or after, what is no usual file: a program, a link, a submodule."""
    return any(spot is not None and spot[0] != FILE_MODE for spot in (one.old, one.new))


def complete_odd(repo: Repo, checkout: Checkout, old: str, new: str, keep_open: tuple[int, ...]) -> None:
    """Shows what is no usual file, where a killed writer may have left it as it was before.

    What is neither as it was nor as it will be is somebody's work and stays; so do submodules.
    """
    options, environ = attributes.filters_off(repo)
    environ |= {"GIT_DIR": checkout.git_dir, "GIT_WORK_TREE": checkout.path}
    place = ("-C", checkout.path, *options)
    for one in local_commits.between(repo, old, new):
        full = f"{checkout.path}/{one.path}"
        if not _is_odd(one) or _shown(repo, full) not in (_content(one.old), _content(one.new)):
            continue
        if one.new is None:
            words = ("update-index", "--force-remove", "--", one.path)
        else:
            words = ("update-index", "--add", "--cacheinfo", f"{one.new[0]},{one.new[1]},{one.path}")
        repo.run(*place, *words, env=environ, keep_open=keep_open)
        if one.new is None:
            discard(full)
        else:
            again = ("checkout-index", "--force", "--index", "--", one.path)
            repo.run(*place, *again, env=environ, keep_open=keep_open)


def _shown(repo: Repo, full: str) -> tuple[str, str] | None:
    """Returns kind and blob id of what the work tree has at a path, None for nothing."""
    try:
        if os.path.islink(full):
            data, kind = os.fsencode(os.readlink(full)), LINK
        else:
            with open(full, "rb") as file:
                data, kind = file.read(), "file"
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return "other", ""
    return kind, object_id(repo.hash_name, BLOB, data)


def _content(spot: tuple[str, str] | None) -> tuple[str, str] | None:
    if spot is None:
        return None
    return (LINK if spot[0] == LINK else "file" if spot[0] in PLAIN_MODES else "submodule"), spot[1]


@contextmanager
def following(
    repo: Repo, checkout: Checkout, old: str, new: str, keep_open: tuple[int, ...]
) -> Iterator[None]:
    """Brings index and files from one commit to another; while the branch then moves, nobody else has Git's index.

    Raises Refused when files are in the way, SetupError when it could not be done; then all is as it was. Raises
    Unfinished where that could not be either. Git works on a copy of its index: its own lock would outlive it if it
    were killed, and ours is known for what it is.
    """
    import shutil

    lock, copy = FileLock(f"{checkout.index}.lock", repo.lock_mark), f"{checkout.git_dir}/{NEW_INDEX}"
    lock.take()
    try:
        _discard(copy)
        try:
            with suppress(FileNotFoundError):
                shutil.copy2(checkout.index, copy)
        except OSError as problem:
            raise cannot("write", copy, problem) from None
        _read_trees(repo, checkout, (old, new), copy, keep_open)
        os.rename(copy, checkout.index)
        yield
    finally:
        _discard(copy)
        lock.release()


def require_followable(repo: Repo, checkout: Checkout, old: str, new: str) -> None:
    """Raises Refused where changed files would be in the way from one commit to another; changes nothing."""
    import shutil

    with passing.folder() as folder:
        copy = f"{folder}/index"
        with suppress(FileNotFoundError):
            shutil.copy2(checkout.index, copy)
        _read_trees(repo, checkout, (old, new), copy, (), dry=True)


class Unfinished(SetupError):
    """Some files show the new commit already and could not be taken back; the journal tells of it."""


def _read_trees(
    repo: Repo,
    checkout: Checkout,
    trees: tuple[str, str],
    index: str,
    keep_open: tuple[int, ...],
    *,
    dry: bool = False,
) -> None:
    options, environ = attributes.filters_off(repo)
    environ |= {"GIT_DIR": checkout.git_dir, "GIT_WORK_TREE": checkout.path, "GIT_INDEX_FILE": index}
    place = ("-C", checkout.path, *options)
    dry_run = ("--dry-run",) if dry else ()
    words = (*place, "read-tree", *dry_run, "-m", "-u", "--no-recurse-submodules", *trees)
    back = WayBack(repo, checkout, local_commits.between(repo, *trees) if trees[0] else ())

    def known() -> frozenset[str]:
        listed = repo.run(*place, "ls-files", "-z", env=environ).split(b"\0")
        return frozenset(map(os.fsdecode, listed))

    back.require_room(known)
    done = repo.call(*words, env=environ, keep_open=keep_open)
    begun = back.begun() if done.status and not dry else []
    if done.status and not begun:
        # In a folder that was copied or unpacked every file looks changed until Git looks into it.
        repo.call(*place, "update-index", "-q", "--refresh", env=environ, keep_open=keep_open)
        done = repo.call(*words, env=environ, keep_open=keep_open)
        begun = back.begun() if done.status and not dry else []
    if not done.status:
        return
    if not begun:
        raise _in_the_way(os.fsdecode(done.error))
    first = _first_line(done.error.decode("utf-8", "replace"))
    discard(f"{index}.lock")
    if not back.go(begun, place, environ):
        raise Unfinished(
            f"the work tree is half way to the new commit: {first}",
            hint="is the disk full? When there is room, the next command of gitdesk's completes it",
        )
    os.rename(index, checkout.index)
    raise SetupError(
        f"the work tree cannot follow: {first}",
        hint="nothing has changed. Is the disk full, or the size of a file limited? Make room, then try again",
    )


def _in_the_way(said: str) -> Refused:
    """Returns as an error what keeps the work tree from following, in words of ours where Git's are known."""
    first = _first_line(said)
    hint = "commit or put aside what is changed there"
    for gits, words, way in _WAYS:
        found = gits.match(first)
        if found is not None:
            first, hint = words.format(found[1]), way.format(quote(found[1]))
            break
    return Refused(f"the work tree cannot follow: {first}", hint=hint)


def _first_line(said: str) -> str:
    line = (said.strip().splitlines() or ["no reason given"])[0]
    return line.removeprefix("error: ").removeprefix("fatal: ")


def _discard(copy: str) -> None:
    discard(copy)
    discard(f"{copy}.lock")
