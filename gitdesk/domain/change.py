"""A Change: one file of the desk before and after, by whom, when and why; and the events of changes."""

from __future__ import annotations

from functools import lru_cache

from gitdesk.domain import change_words
from gitdesk.domain.change_message import (
    APPROVED,
    AUTOMATION,
    BEHALF,
    VIA,
    clean_reason,
    parse_message,
    render_message,
)
from gitdesk.domain.change_words import phrase
from gitdesk.domain.event import KINDS, Event, events, value_text
from gitdesk.domain.format import id_of
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from gitdesk.domain.document import Document

__all__ = (
    "APPROVED",
    "AUTOMATION",
    "BEHALF",
    "KINDS",
    "REBASE",
    "SOURCE",
    "VIA",
    "Change",
    "Commit",
    "CommitRecord",
    "Event",
    "FileVersion",
    "Signature",
    "clean_reason",
    "events",
    "is_config",
    "is_document",
    "owner_of",
    "parse_message",
    "phrase",
    "render_message",
    "subject",
    "told",
    "told_of",
    "value_text",
    "with_moves",
)

SOURCE = "Gitdesk-Source"  # a commit that replays an event of another system's history
REBASE = "Gitdesk-Rebase-SLA"  # the policies whose running clocks change over to what this commit says


class Signature(Value):
    """Who and when, as a commit says it; `at` keeps the zone offset it was written with."""

    name: str
    email: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class Commit(Value):
    """A commit. `signed`: it carries a signature, good or not. `shallow`: this clone lacks its parents."""

    id: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str
    signed: bool = False
    shallow: bool = False

    @property
    def subject(self) -> str:
        """Returns the first paragraph of the message on one line."""
        return parse_message(self.message)[0]

    @property
    def body(self) -> str:
        """Returns the message without subject and trailers: the reason a person gave."""
        return parse_message(self.message)[1]

    @property
    def trailers(self) -> tuple[tuple[str, str], ...]:
        """Returns key and value of each trailer."""
        return parse_message(self.message)[2]


class FileVersion(Value):
    """What a commit did to one path: blob ids before (one a parent) and after; "" where there was no file."""

    path: str
    old: tuple[str, ...]
    new: str


class CommitRecord(Value):
    """A commit and what it changed itself, as history tells it.

    `folders` are path and id of the trees that may hold a name twice, "" for the id of a tree that is none; they are
    told only to who judges.
    """

    commit: Commit
    changes: tuple[FileVersion, ...]
    folders: tuple[tuple[str, str], ...] = ()


class Change(Value):
    """One file before and after. `commit` is None while it is about to be made.

    Of files that are no documents (attachments, gitdesk.yaml) the blob ids say what was there, "" nothing.
    """

    path: str
    before: Document | None = None
    after: Document | None = None
    commit: Commit | None = None
    old: str = ""
    new: str = ""

    @property
    def ticket_id(self) -> str:
        """Returns the ticket this is about: by its path, of a file elsewhere by its header, else ""."""
        owner = owner_of(self.path)
        if owner:
            return owner
        for document in (self.after, self.before):
            if document is not None and document.ticket is not None:
                return document.ticket.id
        return ""

    @property
    def existed(self) -> bool:
        """Tells whether the file was there before."""
        return self.before is not None or bool(self.old)

    @property
    def exists(self) -> bool:
        """Tells whether the file is there afterwards."""
        return self.after is not None or bool(self.new)


@lru_cache(maxsize=1 << 15)
def owner_of(path: str) -> str:
    """Returns the id of the ticket whose file or attachment a path is; "" if it is neither."""
    parts = path.split("/")
    if len(parts) > 3:
        return id_of("/".join(parts[:3]) + ".md") or ""
    return id_of(path) or ""


@lru_cache(maxsize=1 << 15)
def is_document(path: str) -> bool:
    """Tells whether a path may hold a ticket: Markdown under tickets/ and nobody's attachment."""
    if not (path.startswith("tickets/") and path.endswith(".md")):
        return False
    return id_of(path) is not None or not owner_of(path)


def is_config(path: str) -> bool:
    """Tells whether a path holds rules of the desk: gitdesk.yaml or a calendar."""
    return path == "gitdesk.yaml" or (path.startswith("calendars/") and path.endswith(".yaml"))


def told(changes: Iterable[Change]) -> tuple[Event, ...]:
    """Returns the events of the changes one commit makes; a file that moved with its id is told as moved."""
    return tuple(event for change in with_moves(changes) for event in told_of(change))


def subject(changes: Sequence[Change]) -> str:
    """Returns a commit's first line: `GD-7K3QX4M2: status open → waiting`, `12 tickets: tag +billing`."""
    # Several steps may change one file: the first before and the last after count.
    whole: dict[str, Change] = {}
    for change in changes:
        known = whole.get(change.path)
        whole[change.path] = change if known is None else replace(change, before=known.before, old=known.old)
    by_ticket: dict[str, list[Event]] = {}
    for event in told(whole.values()):
        by_ticket.setdefault(event.ticket_id, []).append(event)
    if not by_ticket:
        return change_words.quiet_subject(
            [(one.ticket_id, quiet(one)) for one in whole.values() if quiet(one)]
        )
    return change_words.subject(list(by_ticket.items()))


def quiet(change: Change) -> str:
    """Returns in words how a file changed that says what it said before; "" for one that is the same or not there."""
    before, after = change.before, change.after
    if before is None or after is None or before.data == after.data:
        return ""
    old, new = before.data, after.data
    if old.replace(b"\r\n", b"\n") != new.replace(b"\r\n", b"\n"):
        return "layout of the file changed, nothing it says"
    names = [_line_ends(data) for data in (old, new)]
    return f"line ends {names[0]} → {names[1]}"


def _line_ends(data: bytes) -> str:
    crlf = data.count(b"\r\n")
    return "LF" if not crlf else "CRLF" if crlf == data.count(b"\n") else "mixed"


def with_moves(changes: Iterable[Change]) -> list[Change]:
    """Joins the removal of a readable ticket with its appearance under another path."""
    given = list(changes)
    gone = {
        change.before.ticket.id: change
        for change in given
        if change.after is None and change.before is not None and change.before.ticket is not None
    }
    if not gone:
        return given
    joined: list[Change] = []
    moved: set[str] = set()
    for change in given:
        ticket = change.after.ticket if change.before is None and change.after is not None else None
        origin = gone.get(ticket.id) if ticket is not None else None
        if origin is not None and origin.path not in moved:
            moved.add(origin.path)
            change = replace(change, before=origin.before, old=origin.old)
        joined.append(change)
    return [change for change in joined if change.path not in moved]


def told_of(change: Change, *, brief: bool = False) -> tuple[Event, ...]:
    """Returns the events of one change, whatever kind of file it is about; `brief` as in `events`."""
    before, after, ticket_id = change.before, change.after, change.ticket_id
    if (before is None and after is None) or not is_document(change.path):
        return _told_of_file(change, ticket_id)
    old = before.ticket if before is not None else None
    new = after.ticket if after is not None else None
    known = bool(owner_of(change.path))
    if (after is not None and new is None) or (before is not None and old is None):
        return _told_of_unreadable(change, ticket_id) if known or old or new else ()
    moved: tuple[Event, ...] = ()
    if before is not None and after is not None and before.path != after.path:
        moved = (Event(ticket_id=ticket_id, kind="moved", before=before.path, after=after.path),)
    return moved + tuple(
        event if event.ticket_id == ticket_id else replace(event, ticket_id=ticket_id)
        for event in events(old, new, brief=brief)
    )


def _told_of_unreadable(change: Change, ticket_id: str) -> tuple[Event, ...]:
    before, after = change.before, change.after
    if after is None:
        return (Event(ticket_id=ticket_id, kind="deleted"),)
    if after.ticket is not None:
        return (Event(ticket_id=ticket_id, kind="mended", after=after.ticket.title),)
    problem = after.problems[0].message if after.problems else ""
    if before is not None and before.data == after.data:
        return ()
    return (Event(ticket_id=ticket_id, kind="unreadable", after=problem),)


def _told_of_file(change: Change, ticket_id: str) -> tuple[Event, ...]:
    old = change.old or ("file" if change.existed else "")
    new = change.new or ("file" if change.exists else "")
    same = change.before is not None and change.after is not None and change.before.data == change.after.data
    if same or (change.old and change.old == change.new):
        return ()
    if is_config(change.path):
        return (Event(ticket_id="", kind="config", field=change.path, before=old, after=new),)
    if ticket_id and not is_document(change.path):
        name = change.path.split("/", 3)[3]
        return (Event(ticket_id=ticket_id, kind="attachment", field=name, before=old, after=new),)
    return ()
