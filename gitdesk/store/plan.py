"""What a commit will change: the trees up from each touched file, and each file's blob before and after."""

from __future__ import annotations

import os

from gitdesk.errors import Refused, UsageError
from gitdesk.store import objects
from gitdesk.store.cache_tree import Folder
from gitdesk.store.objects import TreeEntry
from gitdesk.store.read import ATTRIBUTES_PATH, CONFIG_PATH, TICKETS
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitdesk.store.git import Repo
    from gitdesk.store.object_writer import ObjectWriter


class Touched(Value):
    """A file that differs: blob ids before and after, "" for no file, and the new content."""

    path: str
    old: str
    new: str
    content: bytes = b""


class Plan(Value):
    """The new root tree, the touched files in order, and what becomes of the folders above them."""

    tree: str
    touched: tuple[Touched, ...]
    folders: Mapping[bytes, Folder]


CALENDARS = "calendars"  # holidays, a country a file: HR.yaml


def make_plan(repo: Repo, tip: str | None, files: Mapping[str, bytes | None], writer: ObjectWriter) -> Plan:
    """Returns what putting these files (None: removing them) on top of a commit changes.

    Raises Refused where something that is no plain file, or a folder, is in the way. Objects go to the writer.
    """
    builder = _Builder(repo, writer)
    root = objects.tree_of_commit(repo.commit(tip)) if tip else ""
    tree = builder.folder(b"", root, {tuple(_split(path)): content for path, content in files.items()})
    touched = tuple(sorted(builder.touched, key=lambda one: os.fsencode(one.path)))
    return Plan(tree=tree.new or writer.add(objects.TREE, b""), touched=touched, folders=builder.folders)


def is_inside(path: str) -> bool:
    """Tells whether a path is one that a desk's commits touch: its settings, holidays, or something below tickets/."""
    top, *parts = path.split("/")
    if not parts:
        return path in (CONFIG_PATH, ATTRIBUTES_PATH)
    if top == CALENDARS and len(parts) == 1:
        name, dot, kind = parts[0].partition(".")
        return bool(dot) and kind == "yaml" and len(name) == 2 and name.isascii() and name.isupper()
    return top == TICKETS and is_in_work_tree(path)


def is_in_work_tree(path: str) -> bool:
    """Tells whether Git could have a file at a path of a work tree, of a desk or beside one."""
    return not any(part.lower() in ("", ".", "..", ".git") or "\0" in part for part in path.split("/"))


def _split(path: str) -> list[bytes]:
    if not is_inside(path):
        raise UsageError(f'"{path}" is no path inside a desk')
    return os.fsencode(path).split(b"/")


class _Builder:
    def __init__(self, repo: Repo, writer: ObjectWriter) -> None:
        self._repo, self._writer = repo, writer
        self.touched: list[Touched] = []
        self.folders: dict[bytes, Folder] = {}

    def folder(self, path: bytes, oid: str, changes: dict[tuple[bytes, ...], bytes | None]) -> Folder:
        """Builds a folder's new tree; its paths are relative to it."""
        data = self._repo.tree_data(oid) if oid else b""
        changed: dict[bytes, TreeEntry | None] = {}
        below: dict[bytes, dict[tuple[bytes, ...], bytes | None]] = {}
        added, moulded = 0, False
        find = self._finder(data, len(changes))
        for parts, content in changes.items():
            if len(parts) > 1:
                below.setdefault(parts[0], {})[parts[1:]] = content
            else:
                added += self._file(path, parts[0], find(parts[0]), content, changed)
        for name, inner in below.items():
            old = self._folder_id(path + name, find(name))
            child = self.folder(path + name + b"/", old, inner)
            added += child.added
            moulded |= child.moulded or not child.old or not child.new
            if child.new != child.old:
                changed[name] = TreeEntry(objects.TREE_MODE, name, child.new) if child.new else None
        new = oid
        if changed:
            data = objects.edit_tree(data, changed, self._repo.id_size)
            new = self._writer.add(objects.TREE, data) if data else ""
        result = Folder(old=oid, new=new, added=added, moulded=moulded)
        self.folders[path.rstrip(b"/")] = result
        return result

    def _finder(self, data: bytes, count: int) -> Callable[[bytes], TreeEntry | None]:
        """Returns what finds entries of a tree, given how many may be looked for."""
        size = self._repo.id_size
        if count > objects.FEW:
            return objects.parse_tree(data, size).get
        return lambda name: objects.find_in_tree(data, name, size)

    def _file(
        self,
        folder: bytes,
        name: bytes,
        entry: TreeEntry | None,
        content: bytes | None,
        changed: dict[bytes, TreeEntry | None],
    ) -> int:
        """Notes what becomes of one file; returns how many files more there are."""
        path = os.fsdecode(folder + name)
        if entry is not None and entry.mode != objects.FILE_MODE:
            raise Refused(
                f'"{path}" is {_KINDS.get(entry.mode, "not a plain file")}', hint=_HINTS.get(entry.mode)
            )
        old = entry.oid if entry else ""
        new = self._writer.add(objects.BLOB, content) if content is not None else ""
        if old == new:
            return 0
        changed[name] = TreeEntry(objects.FILE_MODE, name, new) if new else None
        self.touched.append(Touched(path=path, old=old, new=new, content=content or b""))
        return (new != "") - (old != "")

    def _folder_id(self, path: bytes, entry: TreeEntry | None) -> str:
        if entry is None:
            return ""
        if entry.mode != objects.TREE_MODE:
            kind = _KINDS.get(entry.mode, "a file")
            raise Refused(f'"{os.fsdecode(path)}" should be a folder and is {kind}')
        return entry.oid


_KINDS = {
    "100755": "an executable file",
    "120000": "a symbolic link",
    "160000": "a submodule",
    objects.TREE_MODE: "a folder",
}
_HINTS = {"100755": "make it a plain file: `git update-index --chmod=-x` and `git commit`"}
