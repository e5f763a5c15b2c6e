"""Commits that another history does not have, with all that each changed, byte for byte, of the desk or beside it."""

from __future__ import annotations

import os

from gitdesk.store import objects
from gitdesk.store.identity import Identity, parse_date
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitdesk.store.git import Repo
    from gitdesk.store.tree_edit import Spot


class Difference(Value):
    """A path, and mode and id of what stands there before and after; None for nothing."""

    path: str
    old: Spot | None
    new: Spot | None


class LocalCommit(Value):
    """A commit as it is to be made once more: its author's line, its message, what it changes."""

    id: str
    parents: tuple[str, ...]
    author: str  # `Name <address> seconds zone`
    message: str
    changes: tuple[Difference, ...] = ()

    @property
    def is_merge(self) -> bool:
        """Tells whether it brings histories together."""
        return len(self.parents) > 1

    @property
    def subject(self) -> str:
        """Returns the first line of the message."""
        return self.message.strip().partition("\n")[0]

    @property
    def who(self) -> Identity:
        """Returns the author as a value."""
        person, _, time = self.author.rpartition("> ")
        name, _, email = person.partition(" <")
        at = parse_date(f"@{time}")
        assert at is not None
        return Identity(name=name, email=email, at=at)


def ahead(repo: Repo, tip: str, other: str) -> tuple[str, ...]:
    """Returns the commits of a tip that another one does not have, no commit before its parents; "" has none."""
    words = ("rev-list", "--topo-order", "--reverse", tip, *((f"^{other}",) if other else ()), "--")
    return tuple(repo.run(*words).decode("ascii").split())


def read(repo: Repo, ids: Iterable[str]) -> list[LocalCommit]:
    """Returns commits with what each changed; of a merge only that it is one."""
    plain = [_commit(repo, oid) for oid in ids]
    asked = "".join(f"{one.id}\n" for one in plain if not one.is_merge).encode("ascii")
    words = (
        "diff-tree",
        "--stdin",
        "-r",
        "-z",
        "--raw",
        "--root",
        "--no-renames",
        "--no-abbrev",
        "--no-ext-diff",
    )
    found: dict[str, tuple[Difference, ...]] = {}
    if asked:
        found = dict(_by_commit(repo.run(*words, input=asked).split(b"\0")))
    return [
        LocalCommit(
            id=one.id,
            parents=one.parents,
            author=one.author,
            message=one.message,
            changes=found.get(one.id, ()),
        )
        for one in plain
    ]


def between(repo: Repo, old: str, new: str) -> tuple[Difference, ...]:
    """Returns what differs between two commits."""
    words = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff", old, new)
    return tuple(_differences(iter(repo.run(*words).split(b"\0"))))


def _by_commit(tokens: list[bytes]) -> Iterator[tuple[str, tuple[Difference, ...]]]:
    commit, entries = "", []
    rest = iter(tokens)
    for token in rest:
        if token.startswith(b":"):
            entries.append(_difference(token, next(rest)))
        elif token.strip():
            if commit:
                yield commit, tuple(entries)
            commit, entries = token.strip().decode("ascii"), []
    if commit:
        yield commit, tuple(entries)


def _differences(tokens: Iterator[bytes]) -> Iterator[Difference]:
    for token in tokens:
        if token.startswith(b":"):
            yield _difference(token, next(tokens))


def _difference(facts: bytes, path: bytes) -> Difference:
    old_mode, new_mode, old, new, _ = facts[1:].decode("ascii").split(" ")
    return Difference(path=os.fsdecode(path), old=_spot(old_mode, old), new=_spot(new_mode, new))


def _spot(mode: str, oid: str) -> Spot | None:
    return None if mode == "000000" else (mode.lstrip("0"), oid)


def _commit(repo: Repo, oid: str) -> LocalCommit:
    data = repo.commit(oid)
    head, _, message = data.partition(b"\n\n")
    author, encoding = b"", "utf-8"
    for line in head.split(b"\n"):
        if line.startswith(b"author "):
            author = line[7:]
        elif line.startswith(b"encoding "):
            encoding = line[9:].decode("ascii", "replace")
    return LocalCommit(
        id=oid,
        parents=objects.parents_of_commit(data),
        author=_decoded(author, encoding),
        message=_decoded(message, encoding),
    )


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        return data.decode("utf-8", "replace")
