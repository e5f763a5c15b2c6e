"""The index's cache of trees (extension TREE): kept true across a change, so that the next `git status` is fast."""

from __future__ import annotations

from collections.abc import Mapping

from gitdesk.value import Value


class Folder(Value):
    """What a commit did to a folder: its tree before and after ("" for none) and how many files more it holds.

    `moulded` means that folders came or went in it or below: its cached tree is then left for Git to make.
    """

    old: str
    new: str
    added: int
    moulded: bool


Known = Mapping[bytes, Folder]  # by path, the root's being b""


def update(content: bytes, known: Known, id_size: int) -> bytes:
    """Returns the extension's content after a commit that touched the known folders and nothing else.

    A folder that is gone keeps a node without a tree; Git drops it. A node is name, NUL, files, blank, folders,
    newline, then the tree's id unless files is -1.
    """
    names = {path.rpartition(b"/")[2] for path in known}
    pieces: list[bytes] = []
    missing = len(known)
    done = at = 0
    above: list[tuple[bytes, int]] = []  # a folder with the slash, and how many below it are still to come
    while missing and at < len(content):
        zero = content.find(b"\0", at)
        line = content.find(b"\n", zero) + 1
        files, _, count = content[zero + 1 : line - 1].partition(b" ")
        if zero < 0 or not line or not count.isdigit() or not files.removeprefix(b"-").isdigit():
            return b"\0-1 0\n"  # nothing cached at all is always true
        name, folders = content[at:zero], int(count)
        end = line + (0 if files == b"-1" else id_size)
        prefix = above[-1][0] if above else b""
        if name in names and prefix + name in known:
            pieces += (
                content[done:at],
                _node(name, files, content[line:end], folders, known[prefix + name]),
            )
            done = end
            missing -= 1
        at = end
        if above:
            above[-1] = (prefix, above[-1][1] - 1)
        if folders:
            above.append((prefix + name + b"/" if name else b"", folders))
        while above and not above[-1][1]:
            above.pop()
    return b"".join((*pieces, content[done:]))


def _node(name: bytes, files: bytes, oid: bytes, folders: int, folder: Folder) -> bytes:
    if files == b"-1" or oid.hex() != folder.old or not folder.new or folder.moulded:
        return b"%s\0-1 %d\n" % (name, folders)
    return b"%s\0%d %d\n%s" % (name, int(files) + folder.added, folders, bytes.fromhex(folder.new))
