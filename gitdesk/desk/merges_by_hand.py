"""Merges that hold something else than Git makes of them: what their author changed or left out of either side."""

from __future__ import annotations

from contextlib import ExitStack

from gitdesk.desk.commit_changes import plain
from gitdesk.desk.judging import is_desk_file
from gitdesk.domain.change import Change, is_document
from gitdesk.store import codec, merge_result, misplaced, objects, read
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from gitdesk.domain.change import Commit, FileVersion
    from gitdesk.domain.document import Document
    from gitdesk.domain.ticket import Message
    from gitdesk.store.git import Repo
    from gitdesk.store.history import MergeRecord


class MergesByHand:
    """Tells of each merge what its author did. Git merges beside the repository, when the first one is asked for."""

    def __init__(self, repo: Repo, tip: str, since: Sequence[str]) -> None:
        self._repo, self._tip, self._since = repo, tip, since
        self._stack = ExitStack()
        self._beside: Repo | None = None
        self._odd: frozenset[str] = frozenset()

    def __enter__(self) -> MergesByHand:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def changes(self, record: MergeRecord) -> Iterator[Change]:
        """Yields what the author of a merge changed of what both sides come to; nothing of a merge that Git made.

        Of a file that Git could not settle, somebody had to choose: yields it with all messages that had to stay. Of
        more than two sides, or of two without a common past, it yields each change that takes one back to another, and
        a ticket that is like none of them with all messages that had to stay.
        """
        commit = record.commit
        if len(commit.parents) > 2:
            yield from self._taken_back(record)
            return
        other = self._other()
        if commit.id not in self._odd:
            return
        auto = merge_result.remerged(other, *commit.parents)
        if auto is None:
            yield from self._taken_back(record)
            return
        sides = {version.path: version for version in record.sides}
        for path, old, new in merge_result.differences(other, auto.tree, commit.id):
            if not is_desk_file(path):
                continue
            if path not in auto.conflicts:
                yield self._change(path, old, new, commit, other)
            elif path in sides:
                yield from self._chosen(sides[path], auto.conflicts[path], commit, other)

    def paths(self, record: MergeRecord) -> frozenset[str]:
        """Returns the desk's files of which a merge holds something else than Git makes of them by itself.

        Of more than two sides, or of two without a common past, that is every file in which they differ.
        """
        commit = record.commit
        all_ = frozenset(version.path for version in record.sides if is_desk_file(version.path))
        if len(commit.parents) > 2:
            return all_
        other = self._other()
        if commit.id not in self._odd:
            return frozenset()
        auto = merge_result.remerged(other, *commit.parents)
        if auto is None:
            return all_
        return frozenset(path for path, _, _ in merge_result.differences(other, auto.tree, commit.id))

    def _other(self) -> Repo:
        if self._beside is None:
            self._beside = self._stack.enter_context(merge_result.beside(self._repo))
            self._odd = merge_result.settled_by_hand(self._beside, self._tip, self._since)
        return self._beside

    def _taken_back(self, record: MergeRecord) -> Iterator[Change]:
        for version in record.sides:
            if not is_desk_file(version.path):
                continue
            if version.new in version.old:
                for old in version.old:
                    if old and old != version.new:
                        yield self._change(version.path, old, version.new, record.commit, self._repo)
            elif is_document(version.path):
                start = self._start(record.commit.parents, version.path)
                yield from self._chosen(version, start, record.commit, self._repo)

    def _start(self, parents: Sequence[str], path: str) -> str:
        """Returns the blob that a path had where all sides parted, "" for none."""
        found = self._repo.run("merge-base", "--octopus", *parents, check=False).decode("ascii").split()
        entry = read.find_entry(self._repo, found[0], path) if found else None
        return entry.oid if entry is not None and entry.mode in objects.PLAIN_MODES else ""

    def _chosen(self, version: FileVersion, base: str, commit: Commit, other: Repo) -> Iterator[Change]:
        """Yields what somebody made of a file that several sides changed at one place."""
        whole = [self._change(version.path, old, version.new, commit, other) for old in version.old]
        if not is_document(version.path):
            yield from (change for change in whole if version.new in version.old and change.old != change.new)
            return
        before = [change.before for change in whole]
        start = self._document(version.path, base, other)
        kept = _messages(start)
        sides = [_messages(one) for one in before]
        for number, (change, own) in enumerate(zip(whole, sides, strict=True)):
            if change.before is None or change.before.ticket is None:
                continue
            others = sides[:number] + sides[number + 1 :]
            # What another side has taken out, it has answered for itself.
            stay = tuple(one for one in own if one not in kept or all(one in each for each in others))
            ticket = change.after.ticket if change.after is not None else None
            if ticket is None:
                yield change
            elif not frozenset(stay) <= frozenset(ticket.messages):
                settled = replace(ticket, messages=stay)
                yield replace(change, before=replace(change.before, ticket=settled))

    def _change(self, path: str, old: str, new: str, commit: Commit, other: Repo) -> Change:
        if not is_document(path):
            return Change(path=path, commit=commit, old=plain(old), new=plain(new))
        before, after = (self._document(path, plain(oid), other) for oid in (old, new))
        return Change(path=path, before=before, after=after, commit=commit, old=plain(old), new=plain(new))

    def _document(self, path: str, oid: str, other: Repo) -> Document | None:
        return codec.parse(other.blob(oid), path) if oid and not misplaced.is_mark(oid) else None


def _messages(document: Document | None) -> tuple[Message, ...]:
    return document.ticket.messages if document is not None and document.ticket is not None else ()
