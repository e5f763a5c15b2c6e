"""The events of a ticket out of its versions in Git, for what the rows of the index cut short or cannot tell."""

from __future__ import annotations

from gitdesk.domain.change import Change
from gitdesk.domain.event import events
from gitdesk.exporters import facts
from gitdesk.exporters.story import Story
from gitdesk.index.history_rows import merge_events
from gitdesk.store import codec, read
from gitdesk.store.objects import parents_of_commit
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.domain.document import Document
    from gitdesk.domain.event import Event
    from gitdesk.domain.ticket import Message, Ticket
    from gitdesk.store.git import Repo

    Row = tuple[Any, ...]

_OF_FILES = ("attachment", "moved")
_BACK = frozenset(("created", "restored", "mended"))


class _Step(Value):
    """A commit's rows, what it changed, and between which two versions; `creation` when there was none before."""

    rows: Sequence[Row]
    told: tuple[Event, ...] = ()
    old: Ticket | None = None
    new: Ticket | None = None
    creation: bool = False
    mark: str = ""  # "deleted" or "restored"
    joins: bool = False  # several branches


class Versions:
    """Reads the versions of one ticket after another."""

    def __init__(self, repo: Repo, authors: Mapping[int, str], left: Callable[[str], None]) -> None:
        self._repo, self._authors, self._left = repo, authors, left

    def ticket(
        self, ticket_id: str, path: str, blob: str, commits: Sequence[Sequence[Row]]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
        """Returns a ticket with its events and attachments, `blob` "" for one that is gone; None if never readable.

        What cannot be read now is told as it was when it last could.
        """
        steps, last = self._steps(path, commits)
        if blob:
            last = codec.parse(self._repo.blob(blob), path).ticket or last
        if last is None:
            return None
        now = facts.of_ticket(last, ticket_id)
        story = Story(now, self._left)
        thread: Sequence[Message] = ()
        for step in steps:
            thread = self._tell(story, step, thread)
        return story.told(now), story.files

    def _steps(self, path: str, commits: Sequence[Sequence[Row]]) -> tuple[list[_Step], Ticket | None]:
        """Returns what each commit did, and the last version that could be read."""
        where = next((row[4] for group in commits for row in group if row[2] == "moved"), path)
        last: Ticket | None = None
        begun = gone = False
        steps = []
        for group in commits:
            commit = group[0][9]
            kinds = {row[2] for row in group}
            was, where = where, next((row[5] for row in group if row[2] == "moved"), where)
            after = self._document(commit, where)
            new = after.ticket if after is not None else None
            if "boundary" in kinds:
                self._left("tickets whose history before the edge of this shallow clone is missing")
                begun = True
                steps.append(_Step(rows=group))
            elif kinds & {"deleted", "unreadable"}:
                last = self._first(commit, was) or last
                if "unreadable" in kinds:
                    self._left("versions of tickets that cannot be read")
                gone = gone or "deleted" in kinds
                steps.append(_Step(rows=group, mark="deleted" if "deleted" in kinds else ""))
            elif kinds & _BACK and new is not None:
                told = events(last, new) if last is not None else ()
                mark = "restored" if gone and begun else ""
                steps.append(_Step(rows=group, told=told, old=last, new=new, creation=not begun, mark=mark))
                begun, gone = True, False
            else:
                old, told = self._difference(commit, was, after, group)
                joins = len(parents_of_commit(self._repo.commit(commit))) > 1
                steps.append(_Step(rows=group, told=told, old=old, new=new, joins=joins))
            last = new or last
        return steps, last

    def _difference(
        self, commit: str, path: str, after: Document | None, rows: Sequence[Row]
    ) -> tuple[Ticket | None, tuple[Event, ...]]:
        """Returns the version a commit began with and what it changed itself, or undid of what a side had changed."""
        olds = [found for found in self._befores(commit, path) if found is not None]
        old = olds[0].ticket if olds else None
        if old is None or after is None or after.ticket is None:
            return old, ()
        if len(olds) > 1:
            told = merge_events(Change(path=after.path, before=olds[0], after=after), olds)
            sides = [one.ticket for one in olds if one.ticket]
            return old, _with_undone(rows, told, sides, after.ticket)
        return old, events(old, after.ticket)

    def _befores(self, commit: str, path: str) -> Iterator[Document | None]:
        for parent in parents_of_commit(self._repo.commit(commit)):
            yield self._document(parent, path)

    def _first(self, commit: str, path: str) -> Ticket | None:
        """Returns the ticket as the first parent that has it readable had it."""
        return next(
            (one.ticket for one in self._befores(commit, path) if one is not None and one.ticket), None
        )

    def _document(self, commit: str, path: str) -> Document | None:
        data = read.find_file(self._repo, commit, path)
        return codec.parse(data, path) if data is not None else None

    def _tell(self, story: Story, step: _Step, thread: Sequence[Message]) -> Sequence[Message]:
        """Tells a commit; takes and returns the thread as whoever follows the events has it."""
        event = story.event(step.rows[0], self._authors)
        for row in step.rows:
            if row[2] in _OF_FILES:
                story.change(event, row[2], row[3], row[4], row[5], row[7], row[6])
        if step.mark:
            event[step.mark] = True
        if step.creation:
            story.creation(event)
            if step.new is not None:
                story.opening = [facts.message(said) for said in step.new.messages]
            return step.new.messages if step.new is not None else ()
        for one in step.told:
            if not one.kind.startswith("message"):
                story.change(event, one.kind, one.field, one.before, one.after, one.was, one.index)
        if step.new is None:
            return thread
        newer = step.new.messages
        spoken = [one for one in step.told if one.kind.startswith("message")]
        added = spoken[0].message if len(spoken) == 1 and spoken[0].kind == "message" else None
        if added is not None and newer[-1:] == (added,) and not (step.joins and (*thread, added) != newer):
            story.say(event, facts.message(added))
            return (*thread, added)
        if spoken or (step.joins and tuple(thread) != newer):
            # Of branches the messages came one after the other; what a merge makes of them is told as a whole.
            older = thread if step.joins or step.old is None else step.old.messages
            change = {
                key: [facts.message(said) for said in one] for key, one in (("from", older), ("to", newer))
            }
            event.setdefault("changes", {})["messages"] = change
            return newer
        return thread


def _with_undone(
    rows: Sequence[Row], told: tuple[Event, ...], sides: Sequence[Ticket], new: Ticket
) -> tuple[Event, ...]:
    """Adds to what a merge decided what its rows say beside: that it undid what a side had changed.

    A row may be cut; whole it stands among the differences from that side.
    """
    found = list(told)
    against = [events(side, new) for side in sides]
    for row in rows:
        kind: str = row[2]
        if kind in _OF_FILES or kind.startswith("message") or any(_is_told(one, row) for one in found):
            continue
        whole = (one for differences in against for one in differences if _is_told(one, row))
        found += [one for one in (next(whole, None),) if one is not None]
    return tuple(found)


def _is_told(event: Event, row: Row) -> bool:
    """Tells whether an event is the one that a row tells, whose texts may be cut."""
    if (event.kind, event.field, event.was, event.index) != (row[2], row[3], row[7], row[6]):
        return False
    return _begins(event.before, row[4]) and _begins(event.after, row[5])


def _begins(text: str, kept: str) -> bool:
    return text == kept or (kept[-1:] == "…" and text.startswith(kept[:-1]))
