"""Local changes made once more on top of what others shared: field by field, as the merge driver does it.

Not the text of a commit is carried over but what it did to each file, against what the file is by now. A commit that
does not fit is held, and so is every later one that builds on it: that is
about the same ticket, or points to one that it made.
"""

from __future__ import annotations

from gitdesk.domain import format as grammar
from gitdesk.domain.change import is_document, owner_of
from gitdesk.domain.merge import DESCRIPTION, told_value
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import Refused, Unreadable
from gitdesk.store import codec, merge_file, objects, tree_edit
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as Some

    from gitdesk.domain.document import Document
    from gitdesk.domain.merge import Conflict
    from gitdesk.store.git import Repo
    from gitdesk.store.local_commits import Difference, LocalCommit
    from gitdesk.store.object_writer import ObjectWriter
    from gitdesk.store.tree_edit import Spot

    # Makes a commit: the local one, its new tree, what it stands on, its message; returns the new id.
    Make = Callable[[LocalCommit, str, str, str], str]


class Unfit(Refused):
    """A change does not fit what is there by now; `path` is the file that says so."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


class Held(Value):
    """A local commit that is not made again: why, in words, and the commit it builds on where that is the reason."""

    commit: LocalCommit
    reason: str
    hint: str = ""
    behind: str = ""


class Made(Value):
    """A local commit and the one that stands for it now, "" where all it did is there already."""

    commit: LocalCommit
    new: str


class Reapplied(Value):
    """What became of local commits: the new tip, each commit made or held, and tickets that got another id."""

    tip: str
    made: tuple[Made, ...] = ()
    held: tuple[Held, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


class Reapplying:
    """Makes commits again on top of another one; nothing refers to them yet."""

    def __init__(self, repo: Repo, writer: ObjectWriter, environ: Mapping[str, str], make: Make) -> None:
        self._repo, self._writer, self._environ, self._make = repo, writer, environ, make
        self._ids: dict[str, str] = {}  # of fresh tickets that met a twin
        self._names: dict[str, str] = {}  # paths of attachments whose name was taken

    def run(
        self, commits: Sequence[LocalCommit], base: str, refused: Mapping[str, tuple[str, str]]
    ) -> Reapplied:
        """Returns what becomes of the commits on top of `base`; `refused` (reason and hint by id) are held at once."""
        self._ids, self._names = {}, {}
        tip, tree = base, objects.tree_of_commit(self._repo.commit(base))
        made: list[Made] = []
        held: list[Held] = []
        taken: dict[str, str] = {}  # what held commits are about, and which
        fresh: set[str] = set()  # tickets that held commits would have brought
        for commit in commits:
            about = subjects(commit)
            needs = (*about, *self._named(commit, fresh))
            behind = next((taken[one] for one in needs if one in taken), "")
            if behind:
                held.append(Held(commit=commit, reason="it builds on one that is held back", behind=behind))
            elif commit.id in refused:
                reason, hint = refused[commit.id]
                held.append(Held(commit=commit, reason=reason, hint=hint))
            else:
                try:
                    new = self._commit(commit, tree)
                except (Refused, Unreadable) as error:
                    held.append(Held(commit=commit, reason=error.message, hint=error.hint or ""))
                else:
                    if new == tree and commit.changes:
                        made.append(Made(commit=commit, new=""))
                        continue
                    tree = new
                    tip = self._make(commit, tree, tip, self._renamed(commit.message))
                    made.append(Made(commit=commit, new=tip))
                    continue
            taken.update(dict.fromkeys(about, commit.id))
            fresh |= {
                owner_of(one.path) for one in commit.changes if one.old is None and is_document(one.path)
            }
        renamed = tuple(self._ids.items())
        return Reapplied(tip=tip, made=tuple(made), held=tuple(held), renamed=renamed)

    def _named(self, commit: LocalCommit, fresh: Some[str]) -> list[str]:
        """Returns which of some tickets a commit's own ones link to or are merged into."""
        found: list[str] = []
        for one in commit.changes if fresh else ():
            if one.new is None or not is_document(one.path):
                continue
            try:
                ticket = self._document(one.path, one.new).ticket
            except Unreadable:
                continue
            if ticket is not None:
                named = (*(link.target for link in ticket.links), ticket.merged_into)
                found += [each for each in named if each in fresh]
        return found

    def merged(self, changes: Sequence[Difference], tree: str) -> str:
        """Returns a tree with changes made to it; raises Unfit for what does not fit."""
        return self._applied(changes, tree, "")

    def _commit(self, commit: LocalCommit, tree: str) -> str:
        ids, names = dict(self._ids), dict(self._names)
        try:
            return self._applied(commit.changes, tree, commit.id)
        except (Refused, Unreadable):
            self._ids, self._names = ids, names
            raise

    def _applied(self, changes: Sequence[Difference], tree: str, commit: str) -> str:
        """Returns the new tree. Tickets come last: they say how the files beside them are called in the end."""
        wanted: dict[str, Spot | None] = {}
        for one in changes:
            if commit and one.old is None and is_document(one.path):
                self._meet_twin(one, tree, commit)
        for one in sorted(changes, key=lambda one: is_document(one.path)):
            path = self._path(one.path)
            if (
                commit
                and one.old is None
                and one.new is not None
                and not is_document(path)
                and owner_of(path)
            ):
                path = self._free(path, one.new, tree, wanted)
            there, new = tree_edit.find(self._repo, tree, path), one.new
            if self._ids or self._names:
                one = self._rewritten(one)
                new = one.new
            if there == new:
                continue
            wanted[path] = new if there == one.old else self._joined(path, one.old, there, new)
        if not wanted:
            return tree
        self._writer.flush()
        new_tree = tree_edit.edited(self._repo, self._writer, tree, wanted)
        self._writer.flush()
        return new_tree

    # Twins, and names that are taken

    def _meet_twin(self, one: Difference, tree: str, commit: str) -> None:
        """Draws a fresh ticket's id again where another clone has shared one of the same id meanwhile."""
        there = tree_edit.find(self._repo, tree, one.path)
        if there is None or there == one.new or one.new is None:
            return
        mine, other = (self._document(one.path, spot).ticket for spot in (one.new, there))
        if mine is None or other is None:
            return
        if (mine.created, mine.requester) == (other.created, other.requester):
            return  # the same ticket, come here by two ways
        from gitdesk.store import layout

        old = mine.id
        prefix = old.partition("-")[0]
        count = 0

        def bits(number: int) -> int:
            # Not by chance: who was killed after sharing it must come to the same id once more.
            nonlocal count
            count += 1
            from hashlib import sha256

            digest = sha256(f"{commit}\0{old}\0{count}".encode()).digest()
            return int.from_bytes(digest, "big") >> (256 - number)

        def taken(candidate: str) -> bool:
            found = tree_edit.find(self._repo, tree, grammar.path_of(candidate))
            if found is None:
                return False
            known = self._document(grammar.path_of(candidate), found).ticket
            return known is None or (known.created, known.requester) != (mine.created, mine.requester)

        self._ids[old] = layout.new_id(prefix, taken, bits)

    def _path(self, path: str) -> str:
        if path in self._names:
            return self._names[path]
        owner = owner_of(path)
        if owner not in self._ids:
            return path
        new = TicketId(self._ids[owner])
        if is_document(path):
            return grammar.path_of(new)
        return grammar.attachment_dir(new) + path.rpartition("/")[2]

    def _free(self, path: str, mine: Spot, tree: str, wanted: Mapping[str, Spot | None]) -> str:
        """Returns where a fresh attachment goes: under its own name unless another file has it."""
        stem, dot, ending = path.rpartition(".")
        if not dot or "/" in ending:
            stem, dot, ending = path, "", ""
        candidate, number = path, 1
        while (there := tree_edit.find(self._repo, tree, candidate)) not in (
            None,
            mine,
        ) or candidate in wanted:
            if there is not None and there[0] == objects.TREE_MODE:
                break
            number += 1
            candidate = f"{stem}-{number}{dot}{ending}"
        if candidate != path:
            self._names[path] = candidate
        return candidate

    def _rewritten(self, one: Difference) -> Difference:
        """Returns a change of a ticket with the ids and names that are in force now."""
        if not is_document(one.path):
            return one
        old, new = (self._with_names(one.path, spot) for spot in (one.old, one.new))
        return replace(one, old=old, new=new)

    def _with_names(self, path: str, spot: Spot | None) -> Spot | None:
        if spot is None or spot[0] not in objects.PLAIN_MODES:
            return spot
        before = self._repo.blob(spot[1])
        data = before
        for old, new in self._ids.items():
            data = data.replace(old.encode(), new.encode())
        folder = grammar.attachment_dir(TicketId(owner_of(path))) if owner_of(path) else "\0"
        names = {
            old.rpartition("/")[2]: new.rpartition("/")[2]
            for old, new in self._names.items()
            if old.startswith(folder)
        }
        if names:
            data = _with_attachments(data, path, names)
        if data == before:
            return spot
        oid = self._writer.add(objects.BLOB, data)
        self._writer.flush()
        return spot[0], oid

    def _renamed(self, text: str) -> str:
        for old, new in self._ids.items():
            text = text.replace(old, new)
        return text

    # One path that both sides changed

    def _joined(self, path: str, base: Spot | None, there: Spot | None, mine: Spot | None) -> Spot | None:
        if mine is None or there is None:
            gone, other = ("here", "there") if mine is None else ("there", "here")
            raise Unfit(path, f'"{path}" is deleted {gone} and changed {other}')
        modes = {spot[0] for spot in (base, there, mine) if spot is not None}
        if not modes <= set(objects.PLAIN_MODES):
            raise Unfit(path, f'"{path}" was changed on both sides and is no plain file')
        mode = there[0] if base is None or mine[0] == base[0] else mine[0]
        old, theirs, ours = (self._repo.blob(spot[1]) if spot else b"" for spot in (base, there, mine))
        try:
            # What is there is edited, so that the layout it has stays.
            merged = merge_file.merge(path, old, theirs, ours, self._environ)
        except Unreadable:
            raise Unfit(path, f'"{path}" was changed on both sides and is no text') from None
        if merged.is_conflict:
            raise Unfit(path, _in_words(path, merged.conflicts))
        return mode, self._writer.add(objects.BLOB, merged.data)

    def _document(self, path: str, spot: Spot) -> Document:
        data = self._repo.blob(spot[1]) if spot[0] in objects.PLAIN_MODES else b""
        return codec.parse(data, path)


def subjects(commit: LocalCommit) -> frozenset[str]:
    """Returns what a commit is about, as far as others may build on it: tickets, and files that are of none."""
    return frozenset(owner_of(one.path) or one.path for one in commit.changes)


def _with_attachments(data: bytes, path: str, names: Mapping[str, str]) -> bytes:
    """Returns a ticket file whose messages call attachments by the names that they got."""
    document = codec.parse(data, path)
    if document.ticket is None:
        return data
    messages = []
    for message in document.ticket.messages:
        if any(name in names for name in message.attachments):
            listed = ", ".join(names.get(name, name) for name in message.attachments)
            meta = tuple((key, listed if key == "attachments" else value) for key, value in message.meta)
            message = replace(message, meta=meta)
        messages.append(message)
    return codec.amend(document, replace(document.ticket, messages=tuple(messages)))


def _in_words(path: str, conflicts: Iterable[Conflict]) -> str:
    """Returns in words what both sides do not agree on; without a field, of which file."""
    parts = []
    for one in conflicts:
        if one.field == DESCRIPTION:
            parts.append("the description was changed in the same lines")
        else:
            parts.append(f"{one.field} is {told_value(one.ours)} there and {told_value(one.theirs)} here")
    return "; ".join(parts) or f'"{path}" was changed in the same lines on both sides'
