"""The files of a work tree that a commit touches: looked at, laid out beside, renamed into place."""

from __future__ import annotations

import contextlib
import os
import stat

from gitdesk.errors import Refused
from gitdesk.store import attributes, objects
from gitdesk.store.lock import cannot
from gitdesk.store.object_writer import discard, write_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.store.git import Repo
    from gitdesk.store.index_file import IndexEntry
    from gitdesk.store.plan import Touched
    from gitdesk.store.worktrees import Checkout

WAITING = "gitdesk-file-"  # what files are called until they take their places
Stamp = tuple[int, int, int, int]


def stamp(found: os.stat_result) -> Stamp:
    """Returns what tells one state of a file from another."""
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def is_waiting(folder: str, name: str) -> bool:
    """Tells whether something is a file of ours that waits to take its place."""
    return (
        name.startswith(WAITING)
        and name.removeprefix(WAITING).isdecimal()
        and stat.S_ISREG(os.lstat(f"{folder}/{name}").st_mode)
    )


def find_stamp(path: str) -> Stamp | None:
    """Returns the stamp of a file (of a link, not of what it points to), None for no file."""
    try:
        return stamp(os.lstat(path))
    except (FileNotFoundError, NotADirectoryError):
        return None


class ShownFiles:
    """Files of one checkout. Nothing is ever written through a link, or over what somebody else has changed."""

    def __init__(self, repo: Repo, checkout: Checkout) -> None:
        self._repo, self._checkout = repo, checkout
        self._seen: dict[str, Stamp | None] = {}
        self._waiting: dict[str, str] = {}
        self._made: list[str] = []
        self.foreign: set[str] = set()  # what has somebody else's content, and keeps it
        self.done: set[str] = set()  # what is already as it should be

    def full(self, path: str) -> str:
        """Returns where a path of the repository is on the disk."""
        return f"{self._checkout.path}/{path}"

    # looking

    def check(self, one: Touched, entry: IndexEntry | None, index_time: int) -> None:
        """Raises Refused when a file is not what the tip holds, or there is one where none should be."""
        self._seen[one.path] = None
        try:
            found = os.lstat(self.full(one.path))
        except (FileNotFoundError, NotADirectoryError):
            if one.old:
                raise Refused(
                    f'"{one.path}" is deleted in the work tree',
                    hint=f"commit that, or `git restore -- {one.path}`",
                ) from None
            return
        self._seen[one.path] = stamp(found)
        plain = stat.S_ISREG(found.st_mode)
        if not one.old:
            if not plain or self._content_id(one.path) != one.new:
                raise Refused(
                    f'"{one.path}" is in the way: it is not under version control', hint="move it away"
                )
            self.done.add(one.path)
            return
        # Git's own shortcut, and its exception: a file as young as the index may have changed unseen.
        fresh = entry is not None and entry.matches(found) and found.st_mtime_ns < index_time
        if not fresh and not (plain and self._content_id(one.path) == one.old):
            raise Refused(
                f'"{one.path}" has uncommitted changes', hint=f"commit them, or `git restore -- {one.path}`"
            )

    def check_folders(self, path: str, safe: set[str]) -> None:
        """Raises Refused where something on the way to a path is a link, or no folder."""
        folder = os.path.dirname(path)
        while folder and folder not in safe:
            try:
                mode = os.lstat(self.full(folder)).st_mode
            except (FileNotFoundError, NotADirectoryError):
                mode = stat.S_IFDIR
            if not stat.S_ISDIR(mode):
                kind = "a symbolic link" if stat.S_ISLNK(mode) else "a file"
                raise Refused(f'"{folder}" in the work tree is {kind}, not a folder')
            safe.add(folder)
            folder = os.path.dirname(folder)

    def judge(self, one: Touched) -> None:
        """Finds out, after a killed writer, whether a file is done, still to do, or somebody else's; never refuses."""
        shown = self._shown_id(one.path)
        if shown == one.new:
            self.done.add(one.path)
        elif shown == one.old or self._is_begun(one):
            self._seen[one.path] = find_stamp(self.full(one.path))
        else:
            self.foreign.add(one.path)

    def _is_begun(self, one: Touched) -> bool:
        """Tells whether a file is the beginning of what it is to become: as far as Git had come when it was killed."""
        wanted = self._contents([one])[one.path] if one.new else b""
        try:
            with open(self.full(one.path), "rb") as file:
                begun = file.read(len(wanted) + 1)
        except OSError:
            return False
        return len(begun) < len(wanted) and wanted.startswith(begun)

    def is_unchanged(self, path: str) -> bool:
        """Tells whether a file is still what it was when it was looked at."""
        return find_stamp(self.full(path)) == self._seen.get(path)

    def _shown_id(self, path: str) -> str:
        """Returns the blob id of a file, "" for none, "?" for what is no plain file."""
        try:
            self.check_folders(path, set())
            mode = os.lstat(self.full(path)).st_mode
        except Refused:
            return "?"
        except (FileNotFoundError, NotADirectoryError):
            return ""
        return self._content_id(path) if stat.S_ISREG(mode) else "?"

    def _content_id(self, path: str) -> str:
        """Returns the blob id that committing a file would give."""
        if attributes.may_convert(self._repo, self._checkout, [path]):
            words = ("hash-object", f"--path={path}", "--end-of-options", self.full(path))
            return self._git(*words).decode("ascii").strip()
        try:
            with open(self.full(path), "rb") as file:
                return objects.object_id(self._repo.hash_name, objects.BLOB, file.read())
        except OSError as problem:
            raise cannot("read", self.full(path), problem) from None

    def _git(self, *words: str) -> bytes:
        """Runs Git at the root of the work tree, where it looks for attributes, without the filters."""
        options, env = attributes.filters_off(self._repo)
        env |= {"GIT_DIR": self._checkout.git_dir, "GIT_WORK_TREE": self._checkout.path}
        return self._repo.run("-C", self._checkout.path, *options, *words, env=env)

    # laying out

    def lay_out(self, touched: Sequence[Touched]) -> None:
        """Puts new contents on the disk, beside their places, and makes the folders they need."""
        kept = self.foreign | self.done
        wanted = [one for one in touched if one.new and one.path not in kept]
        if not wanted:
            return
        contents = self._contents(wanted)
        folder = self._folder_for_waiting()
        for number, one in enumerate(wanted):
            waiting = f"{folder}/{WAITING}{number}"
            try:
                discard(waiting)
                self._waiting[one.path] = waiting
                _fill(waiting, contents[one.path])
                self._make_folder(os.path.dirname(self.full(one.path)))
            except OSError as problem:
                raise cannot("write", self.full(one.path), problem) from None

    def _contents(self, wanted: Sequence[Touched]) -> dict[str, bytes]:
        """Returns the bytes that Git would write for each path."""
        if not attributes.may_convert(self._repo, self._checkout, [one.path for one in wanted]):
            return {one.path: one.content for one in wanted}
        return {one.path: self._git("cat-file", "--filters", f"--path={one.path}", one.new) for one in wanted}

    def _folder_for_waiting(self) -> str:
        """Returns a folder from which files can be renamed into the work tree."""
        same = os.stat(self._checkout.git_dir).st_dev == os.stat(self._checkout.path).st_dev
        return self._checkout.git_dir if same else self._checkout.path

    def _make_folder(self, folder: str) -> None:
        if os.path.isdir(folder):
            return
        self._make_folder(os.path.dirname(folder))
        os.mkdir(folder)
        self._made.append(folder)

    def discard(self) -> None:
        """Removes what was laid out and has not taken its place."""
        for waiting in self._waiting.values():
            discard(waiting)
        self._waiting.clear()
        while self._made:
            with contextlib.suppress(OSError):  # in use by now
                os.rmdir(self._made.pop())

    # following

    def show(self, one: Touched) -> None:
        """Renames a file into its place, or removes it; what somebody saved this very moment stays."""
        if one.path in self.done or one.path in self.foreign:
            return
        if not self.is_unchanged(one.path):
            self.foreign.add(one.path)  # Git will show it as a change of theirs
            return
        path = self.full(one.path)
        if not one.new:
            discard(path)
            self._remove_empty_folders(one.path)
            return
        waiting = self._waiting[one.path]
        if one.old or self._seen.get(one.path):  # what is there has been looked at, and is just that still
            os.rename(waiting, path)
            return
        try:
            os.link(waiting, path)  # unlike a rename, never over a file that has come meanwhile
        except FileExistsError:
            self.foreign.add(one.path)
        except OSError:  # a file system without hard links
            os.rename(waiting, path)
        else:
            os.unlink(waiting)

    def _remove_empty_folders(self, path: str) -> None:
        folder = os.path.dirname(path)
        while folder:
            try:
                os.rmdir(self.full(folder))
            except OSError:
                return
            folder = os.path.dirname(folder)


def _fill(path: str, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        write_all(descriptor, data)
    finally:
        os.close(descriptor)
